//! Records the refusals of a type while it is deserialized: an `Option` or an untagged enum may hide that it refused a value.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::request::values::place::Place;
use crate::request::values::{Owner, is_value};

/// A value that was refused, as it was not of the kind that the type asked for.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) given: Given,
    pub(super) asked: Asked,
    pub(super) reason: String,
}

/// The kind of a value that was given.
#[derive(Clone, Copy, Debug)]
pub(super) enum Given {
    Text(Place),
    Number(f64),
    Boolean,
    List,
    Nothing,
    /// Bytes that no type accepts, with the number of the value.
    Unreadable(usize),
}

/// The kind of a value that was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
    List,
    Boolean,
    SmallFloat,
    /// The name of a variant. A number would be its index.
    Variant,
    Other,
}

impl Asked {
    /// Finds the kind in the text of a visitor's `expecting`.
    pub(super) fn by(expected: &str) -> Self {
        let is_list = |word| ["sequence", "array", "tuple", "list", "set"].contains(&word);
        match expected {
            "f32" => Self::SmallFloat,
            "string or map" => Self::Variant, // an enum in a buffer
            expected if expected.contains("bool") => Self::Boolean,
            expected if expected.split(' ').any(is_list) => Self::List,
            _ => Self::Other,
        }
    }
}

/// The refusals and questions of a type while it was deserialized.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) refusals: Vec<Refusal>,
    /// The last fault of any kind.
    pub(super) last_fault: Option<String>,
    /// The number of faults of any kind.
    pub(super) fault_count: usize,
    pub(super) seen: Seen,
    /// The names and values that the type asked about.
    pub(super) asked: BTreeSet<Owner>,
    /// Whether a value was read as the name of a variant, outside a buffer.
    pub(super) has_tag: bool,
}

/// The names that a type passed to its deserializer.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::request) struct Seen {
    /// The fields of the last struct.
    pub(in crate::request) fields: &'static [&'static str],
    /// The variants of the last enum.
    pub(in crate::request) variants: &'static [&'static str],
    /// The length of the last array or tuple.
    pub(in crate::request) length: usize,
}

impl Record {
    /// The values that the type asked about, in the order of the request.
    pub(super) fn asked_values(&self) -> impl Iterator<Item = Owner> {
        self.asked.iter().copied().filter(|owner| is_value(*owner))
    }

    /// How often the type refused `None`.
    pub(super) fn refusals_of_nothing(&self) -> usize {
        self.refusals.iter().filter(|refusal| matches!(refusal.given, Given::Nothing)).count()
    }
}

thread_local! {
    /// The record of the attempt that runs on this thread. A thread-local, because serde's constructors of errors take no
    /// context, and so cannot reach the attempt.
    static RECORD: RefCell<Option<Record>> = const { RefCell::new(None) };
}

/// Runs an attempt, and returns its result with its record.
pub(super) fn record<R>(attempt: impl FnOnce() -> R) -> (R, Record) {
    let _outer = Outer(RECORD.replace(Some(Record::default())));
    let result = attempt();
    (result, RECORD.take().unwrap_or_default())
}

/// The record of the attempt that this one interrupts. It is put back at the end, also if the attempt panics.
struct Outer(Option<Record>);

impl Drop for Outer {
    fn drop(&mut self) {
        RECORD.set(self.0.take());
    }
}

/// Adds to the record, if there is one.
fn note(add: impl FnOnce(&mut Record)) {
    RECORD.with_borrow_mut(|record| record.as_mut().map(add));
}

/// Records a fault.
pub(super) fn note_fault(reason: &str, refusal: Option<(Given, Asked)>) {
    note(|record| {
        let refusal = refusal.map(|(given, asked)| Refusal { given, asked, reason: reason.to_owned() });
        record.refusals.extend(refusal);
        record.last_fault = Some(reason.to_owned());
        record.fault_count += 1;
    });
}

/// Records the names of a type.
pub(super) fn note_seen(seen: Seen) {
    note(|record| record.seen = seen);
}

/// Records that a value was read as the name of a variant.
pub(super) fn note_tag() {
    note(|record| record.has_tag = true);
}

/// Records that a type asked what a value is.
pub(super) fn note_asked(owner: Owner) {
    note(|record| _ = record.asked.insert(owner));
}
