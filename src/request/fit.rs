//! Finds out before the first request whether a type can hold the parameters of a pattern.
//!
//! The type is deserialized from sample values, by the code that reads requests. So the check and a request have one set of
//! rules.

use serde::de::DeserializeOwned;

use crate::catch_panic::catch_panic;
use crate::request::params::{Captured, Source, explain_misfit, misspelled};
use crate::request::values::{self, Cause, Fault, Place, Round};
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
        let count = pattern.names().len();
        self.cause_of(pattern, count).or_else(|| {
            let is_none = self.is_optional && count == 1; // the argument is `None` if nothing is captured
            if is_none || !pattern.has_optional_catch_all() {
                return None;
            }
            let cause = self.cause_of(pattern, count - 1)?;
            Some(Cause::Shape(explain_misfit(&cause, Some(pattern))))
        })
    }

    /// Finds the mistake in the type for this number of values.
    fn cause_of(&self, pattern: &Pattern, count: usize) -> Option<Cause> {
        let mut texts = Texts { current: vec![SAMPLES[0]; count], tried: vec![1; count] };
        let mut misfits = Vec::new();
        while let Some(cause) = self.read(Some(pattern), &texts.current) {
            match cause {
                cause if is_unsupported(&cause) => return Some(cause),
                Cause::Value { place: Place::Owner(owner), .. } => {
                    if !self.try_next(&mut texts, pattern, values::parameter_of(owner)) {
                        let has_only_content = misfits.is_empty() && cause.needs_content();
                        let shape = has_only_content.then(|| Cause::Shape(words::ONLY_CONTENT.to_owned()));
                        return self.field(pattern, shape);
                    }
                }
                Cause::Value { .. } => return self.field(pattern, None),
                misfit => {
                    misfits.push(misfit);
                    if !self.try_next_variant(&mut texts, pattern) {
                        // A missing field is reported first, because a prefix can add it.
                        let is_other = |cause: &Cause| !matches!(cause, Cause::Missing(_));
                        return self.field(pattern, misfits.into_iter().min_by_key(is_other));
                    }
                }
            }
        }
        self.unsupported_variant(pattern, &texts.current)
    }

    /// Replaces a text by the next sample, and after the last one by the next name of a variant. False if there is none.
    fn try_next(&self, texts: &mut Texts, pattern: &Pattern, position: usize) -> bool {
        let Some(tried) = texts.tried.get(position) else { return false }; // an absent value has no text
        let variants = self.variants(pattern, &texts.current, position);
        let Some(next) = SAMPLES.iter().chain(variants).nth(*tried) else { return false };
        texts.current[position] = next;
        texts.tried[position] += 1;
        true
    }

    /// Replaces the name of a variant by the next one. False if there is none.
    fn try_next_variant(&self, texts: &mut Texts, pattern: &Pattern) -> bool {
        for position in 0..texts.current.len() {
            if texts.is_variant(position) && self.try_next(texts, pattern, position) {
                texts.reset_samples();
                return true;
            }
        }
        false
    }

    /// Finds a variant that serde does not support, for a type that these values can be read as. A path may name it.
    fn unsupported_variant(&self, pattern: &Pattern, texts: &[&str]) -> Option<Cause> {
        (0..texts.len()).find_map(|position| {
            let mut with_variant = texts.to_vec();
            self.variants(pattern, texts, position).iter().find_map(|variant| {
                with_variant[position] = variant;
                self.read(Some(pattern), &with_variant).filter(is_unsupported)
            })
        })
    }

    /// Returns the first required field if the pattern lacks it, otherwise `cause`. `None` if the type does not read fields, and
    /// `cause` is about fields.
    fn field(&self, pattern: &Pattern, cause: Option<Cause>) -> Option<Cause> {
        match self.read(None, &[]) {
            _ if cause.as_ref().is_some_and(|cause| cause.shape().is_some()) => cause,
            Some(cause) if cause.shape().is_some() => None,
            Some(Cause::Missing(name)) if pattern.position(name).is_none() => Some(Cause::Missing(name)),
            _ => cause,
        }
    }

    /// Reads the type from these values.
    fn read(&self, pattern: Option<&Pattern>, texts: &[&str]) -> Option<Cause> {
        let params = Params::of(texts.iter().copied());
        let source = Source { pattern, params: &params, path: "" };
        let result = values::read(|| source.texts(), |round| (self.attempt)(&source, round));
        result.err().map(|fault| source.check_name(fault.into_cause()).into_misfit())
    }

    /// The variants of the enum that is read from the value at `position`.
    fn variants(&self, pattern: &Pattern, texts: &[&str], position: usize) -> &'static [&'static str] {
        let mut texts = texts.to_vec();
        texts[position] = SAMPLES[0]; // the name of no variant
        let params = Params::of(texts.iter().copied());
        let source = Source { pattern: Some(pattern), params: &params, path: "" };
        let (_, seen) = values::observe(|round| (self.attempt)(&source, round));
        seen.variants
    }
}

/// The texts that a type is tried with: each is a sample first, and then the name of a variant.
struct Texts {
    current: Vec<&'static str>,
    /// The number of texts that were tried at each position.
    tried: Vec<usize>,
}

impl Texts {
    fn is_variant(&self, position: usize) -> bool {
        self.tried[position] > SAMPLES.len()
    }

    /// Begins with the first sample again: the next variant may need one that the last variant refused.
    fn reset_samples(&mut self) {
        for position in 0..self.current.len() {
            if !self.is_variant(position) {
                (self.current[position], self.tried[position]) = (SAMPLES[0], 1);
            }
        }
    }
}

/// Whether serde does not support the type, also if a variant fits.
fn is_unsupported(cause: &Cause) -> bool {
    cause.shape().is_some_and(words::is_unsupported)
}
