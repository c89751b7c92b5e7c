//! Finds out before the first request whether a type can be read from a query or a form, and the names of its fields.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use crate::request::fields::Reader;
use crate::request::fields::table::Fields;
use crate::request::values::{self, Cause, Fault, Round, Seen};
use crate::request::words;

/// Why no query and no form can be read as `T`; `None` if none is found. Each field is tried alone.
///
/// Optional fields behind `#[serde(flatten)]` cannot be tried: serde does not tell their names.
pub(crate) fn impossible<T: DeserializeOwned>() -> Option<String> {
    find_impossible(&|fields, round| T::deserialize(Reader { fields, round }).map(drop))
}

/// Returns the names of the fields of a struct, in the order of the declaration. It is empty for other types.
#[cold]
pub(crate) fn field_names<T: DeserializeOwned>() -> &'static [&'static str] {
    read_pairs(&|fields, round| T::deserialize(Reader { fields, round }).map(drop), &[]).1.fields
}

type Attempt = dyn Fn(&Fields<'_>, &Round<'_>) -> Result<(), Fault>;

fn find_impossible(attempt: &Attempt) -> Option<String> {
    let (cause, seen) = read_pairs(attempt, &[]);
    if let Some(reason) = cause.as_ref().and_then(Cause::shape) {
        return Some(reason.to_owned());
    }
    if seen.fields.is_empty() {
        return find_impossible_in_map(attempt, vec![("0", "0")]);
    }
    seen.fields.iter().find_map(|name| {
        let (mut cause, mut seen) = read_pairs(attempt, &[(name, "0")]);
        if seen.length > 1 {
            (cause, seen) = read_pairs(attempt, &vec![(*name, "0"); seen.length]);
        }
        let is_text = |variant: &&str| {
            let (cause, _) = read_pairs(attempt, &[(name, variant)]);
            !cause.is_some_and(|cause| cause.needs_content())
        };
        let reason = match cause.as_ref().and_then(Cause::shape) {
            Some(reason) => reason,
            None if seen.variants.is_empty() || seen.variants.iter().any(is_text) => return None,
            None => words::ONLY_CONTENT,
        };
        Some(format!("the field `{name}`: {reason}"))
    })
}

/// As [`find_impossible`], for a type that does not tell the names of its fields. Its errors name the required ones, one by
/// one.
fn find_impossible_in_map(attempt: &Attempt, mut pairs: Vec<(&str, &str)>) -> Option<String> {
    loop {
        let (cause, seen) = read_pairs(attempt, &pairs);
        let cause = cause?;
        match (cause.shape(), &cause) {
            (Some(reason), _) => return Some(reason.to_owned()),
            (None, Cause::Missing(name)) if pairs.iter().all(|(known, _)| *known != *name) => pairs.push((name, "0")),
            _ => {
                // The last field is the tag of an enum. A variant may need a value that is not text, but serde must support it.
                let (tag, _) = pairs.pop().filter(|(_, value)| *value == "0")?;
                let in_variant = |variant| find_impossible_in_map(attempt, [&*pairs, &[(tag, variant)]].concat());
                let mut reasons = seen.variants.iter().copied().filter_map(in_variant);
                return reasons.find(|reason| words::is_unsupported(reason));
            }
        }
    }
}

/// Reads these fields, and returns the names that the type asked for.
fn read_pairs(attempt: &Attempt, pairs: &[(&str, &str)]) -> (Option<Cause>, Seen) {
    let fields = Fields::of(pairs.iter().map(|(name, value)| (Cow::Borrowed(*name), Cow::Borrowed(*value))));
    let (result, seen) = values::observe(|round| attempt(&fields, round));
    (result.err().map(Fault::into_cause), seen)
}
