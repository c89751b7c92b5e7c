//! Records the refusals of types as they happen: an `Option` or an untagged enum may hide one.

use std::cell::RefCell;

use crate::request::values::Owner;

/// Bytes that no type accepts: they are no text, no number and no list.
pub(in crate::request) const UNREADABLE: &[u8] = b"\xFF";

/// The text that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::request) enum Place {
    Unknown,
    Owner(Owner),
    /// Its address in memory.
    Text {
        start: usize,
        length: usize,
    },
}

impl Place {
    pub(super) fn of(text: &str) -> Self {
        Self::Text { start: text.as_ptr() as usize, length: text.len() }
    }
}

thread_local! {
    /// The refusals of the attempt that runs on this thread. A thread-local, because serde's constructors of errors take no
    /// context, and so cannot reach the attempt.
    static RECORDED: RefCell<Option<Recorded>> = const { RefCell::new(None) };
}

#[derive(Debug, Default)]
struct Recorded {
    refusals: Vec<Refusal>,
    last: Option<String>,
}

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
    /// Bytes that no type accepts.
    Unreadable,
}

/// The kind of a value that was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
    List,
    Boolean,
    SmallFloat,
    Other,
}

impl Asked {
    /// Finds the kind in the text of a visitor's `expecting`.
    pub(super) fn by(expected: &str) -> Self {
        let is_list = |word| ["sequence", "array", "tuple", "list", "set"].contains(&word);
        match expected {
            "f32" => Self::SmallFloat,
            expected if expected.contains("bool") => Self::Boolean,
            expected if expected.split(' ').any(is_list) => Self::List,
            _ => Self::Other,
        }
    }
}

/// A guard: while it lives, refusals on this thread are recorded.
#[derive(Debug)]
pub(super) struct Recording {
    /// The recording that this one interrupts.
    outer: Option<Recorded>,
    is_over: bool,
}

impl Recording {
    pub(super) fn begin() -> Self {
        Self { outer: RECORDED.replace(Some(Recorded::default())), is_over: false }
    }

    /// Ends the recording, and returns the refusals and the last fault.
    pub(super) fn end(mut self) -> (Vec<Refusal>, Option<String>) {
        let recorded = self.leave().unwrap_or_default();
        (recorded.refusals, recorded.last)
    }

    fn leave(&mut self) -> Option<Recorded> {
        let outer = if self.is_over { return None } else { self.outer.take() };
        self.is_over = true;
        RECORDED.replace(outer)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Records a fault, if there is a recording.
pub(super) fn note(reason: &str, refusal: Option<(Given, Asked)>) {
    RECORDED.with_borrow_mut(|recorded| {
        let Some(recorded) = recorded else { return };
        if let Some((given, asked)) = refusal {
            recorded.refusals.push(Refusal { given, asked, reason: reason.to_owned() });
        }
        recorded.last = Some(reason.to_owned());
    });
}
