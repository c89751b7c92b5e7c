//! Finds out before the first request whether a type can hold the parameters of a pattern.
//!
//! The type is deserialized from sample values, by the code that reads requests. So the check and a request have one set of
//! rules.

use serde::de::DeserializeOwned;

use crate::catch_panic::catch_panic;
use crate::request::params::{Captured, Source, explain_misfit, misspelled};
use crate::request::values::{self, Cause, Fault, Forms, Place, Round};
use crate::request::words;
use crate::routing::{Params, Pattern, join};

/// Why a type cannot hold the parameters of a pattern.
pub(crate) enum Misfit {
    /// No prefix helps.
    Always(String),
    /// A prefix with more parameters helps, if the table is nested below one.
    Alone(String),
}

/// One of these is a value of most types that a path contains: text, a number, one character, a boolean, a UUID, an IP address,
/// a time. The number is larger than the index of any variant, because serde accepts an index in place of a name.
const SAMPLES: [&str; 6] =
    ["100", "a", "true", "67e55044-10b1-426f-9247-bb680e5fe0c8", "127.0.0.1", "2000-01-01T00:00:00Z"];

/// The most parameters that a prefix is tried with. Serde reads tuples of at most 16.
const MAX_ADDED: usize = 16;

/// Why a `Path<T>` cannot hold the parameters of a pattern; `None` if it can, or if the type does not tell.
///
/// `is_optional` is for an `Option` of the argument.
pub(crate) fn misfit<T: DeserializeOwned>(pattern: &Pattern, is_optional: bool) -> Option<Misfit> {
    // A type may panic at a sample that no client sends. That must not end a program that cannot catch it.
    if cfg!(panic = "abort") {
        return None;
    }
    let attempt: &Attempt = &|source, round| T::deserialize(Captured { source, round }).map(drop);
    catch_panic(|| Trial { attempt, is_optional }.misfit(pattern)).unwrap_or_default()
}

/// Deserializes the type, and drops it.
type Attempt = dyn Fn(&Source<'_>, &Round<'_>) -> Result<(), Fault>;

struct Trial<'a> {
    attempt: &'a Attempt,
    is_optional: bool,
}

impl Trial<'_> {
    fn misfit(&self, pattern: &Pattern) -> Option<Misfit> {
        let mut cause = self.cause(pattern)?;
        let reason = explain_misfit(&cause, Some(pattern));
        let mut nested = pattern.clone();
        for added in 0..MAX_ADDED {
            let name = match &cause {
                // The type itself reports this field, and may do so for this sample only.
                Cause::Missing(name) if nested.position(name).is_some() => return None,
                Cause::Unknown(name) if nested.position(name).is_none() => return None,
                Cause::Missing(name) if misspelled(name, pattern).is_some() => {
                    return Some(Misfit::Always(explain_misfit(&cause, Some(pattern))));
                }
                Cause::Missing(name) => (*name).to_owned(),
                _ => format!("_{added}"),
            };
            nested = Pattern::new(&join(&format!("/{{{name}}}"), nested.as_str())).ok()?;
            match self.cause(&nested) {
                Some(next) => cause = next,
                None => return Some(Misfit::Alone(reason)),
            }
        }
        Some(Misfit::Always(reason))
    }

    /// Finds the mistake in the type; `None` if a path can be read as the type, or if no sample is a value of it.
    fn cause(&self, pattern: &Pattern) -> Option<Cause> {
        let mut texts = vec![SAMPLES[0]; pattern.names().len()];
        let mut tried = vec![0; texts.len()];
        while let Some(cause) = self.read(Some(pattern), &texts) {
            let next = match &cause {
                _ if cause.shape().is_some() => return Some(cause),
                Cause::Missing(_) | Cause::Unknown(_) => return self.field(pattern, Some(cause)),
                Cause::Value { place: Place::Owner(owner), .. } => {
                    let position = values::parameter_of(*owner);
                    tried[position] += 1;
                    let mut samples = SAMPLES.iter().chain(self.variants(pattern, &texts));
                    samples.nth(tried[position]).map(|sample| (position, *sample))
                }
                Cause::Value { .. } | Cause::Shape(_) => None,
            };
            let Some((position, sample)) = next else { return self.field(pattern, None) };
            texts[position] = sample;
        }
        self.absent(pattern, &texts).or_else(|| self.variant(pattern, &texts))
    }

    /// Finds a variant that serde does not support, for a type that these values can be read as. A path may name it.
    fn variant(&self, pattern: &Pattern, texts: &[&str]) -> Option<Cause> {
        (0..texts.len()).find_map(|position| {
            let mut texts = texts.to_vec();
            texts[position] = SAMPLES[0]; // the name of no variant
            self.variants(pattern, &texts).iter().find_map(|variant| {
                texts[position] = variant;
                self.read(Some(pattern), &texts).filter(|cause| cause.shape().is_some_and(words::is_unsupported))
            })
        })
    }

    /// Returns the first required field if the pattern lacks it, otherwise `cause`. `None` if the type does not read fields.
    fn field(&self, pattern: &Pattern, cause: Option<Cause>) -> Option<Cause> {
        match self.read(None, &[]) {
            Some(cause) if cause.shape().is_some() => None,
            Some(Cause::Missing(name)) if pattern.position(name).is_none() => Some(Cause::Missing(name)),
            _ => cause,
        }
    }

    /// Finds the mistake in the type for an optional catch-all that captures nothing.
    fn absent(&self, pattern: &Pattern, texts: &[&str]) -> Option<Cause> {
        let (_, first) = texts.split_last().filter(|_| pattern.has_optional_catch_all())?;
        if self.is_optional && first.is_empty() {
            return None; // the argument is `None`
        }
        let cause = self.read(Some(pattern), first)?;
        let is_value = matches!(cause, Cause::Value { shape: None, .. });
        (!is_value).then(|| Cause::Shape(explain_misfit(&cause, Some(pattern))))
    }

    /// Reads the type from these values.
    fn read(&self, pattern: Option<&Pattern>, texts: &[&str]) -> Option<Cause> {
        let params = Params::of(texts.iter().copied());
        let source = Source { pattern, params: &params, path: "" };
        let result = values::read(|| source.texts(), |round| (self.attempt)(&source, round));
        result.err().map(Fault::into_cause)
    }

    /// The variants of the enum that was read last.
    fn variants(&self, pattern: &Pattern, texts: &[&str]) -> &'static [&'static str] {
        let params = Params::of(texts.iter().copied());
        let forms = Forms::default();
        let source = Source { pattern: Some(pattern), params: &params, path: "" };
        let (_, tags) = values::with_variants(|| (self.attempt)(&source, &Round::new(&forms)));
        if tags.is_empty() { forms.seen().variants } else { tags }
    }
}
