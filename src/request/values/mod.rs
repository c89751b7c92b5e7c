//! Deserializes types from texts: the query, a form and the parameters of a path.
//!
//! Most types say what they need, and are deserialized once. Behind `flatten`, `tag` and `untagged`, serde first asks what a
//! value is, and only then what the type needs. A text does not say its type, so the search in [`search`] finds out how each
//! value must be given.
//!
//! | type | meaning |
//! |---|---|
//! | [`Text`] | a text as a deserializer |
//! | [`Owner`] | the number of the name or value that a text belongs to |
//! | [`Form`] | how a text is given to a type that asks what it is: as a text, a number, a list, … |
//! | [`Round`] | one attempt to deserialize the type, with a form for each owner |
//! | [`Record`](record::Record) | the values that the type asked about and refused in one round |
//! | [`Fault`] | why the type could not be deserialized |

mod fault;
mod file;
mod record;
mod search;
mod text;

use std::cell::Cell;

use serde::de::Expected;

pub(super) use fault::{Cause, Fault};
pub(super) use file::{FILE, FileMark};
pub(super) use record::{Place, with_variants};
pub(super) use text::Text;

/// The number of a parameter's name (even) or value (odd).
pub(super) type Owner = usize;

/// The owner of a parameter's name.
pub(super) const fn name_of(parameter: usize) -> Owner {
    parameter * 2
}

/// The owner of a parameter's values.
pub(super) const fn value_of(parameter: usize) -> Owner {
    parameter * 2 + 1
}

/// The parameter that a text belongs to.
pub(super) const fn parameter_of(owner: Owner) -> usize {
    owner / 2
}

const fn is_value(owner: Owner) -> bool {
    owner % 2 == 1
}

/// How a value is given to a type that asks what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    is_list: bool,
    kind: Kind,
    /// Whether it was given as another kind and refused: then it stays a text.
    is_kept: bool,
    /// How often it was given as a list and refused.
    lists_tried: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Text,
    Number,
    Boolean,
    /// An empty text, given as `None`.
    Absent,
    /// Bytes that no type accepts, to learn whether the type uses the value. The number tells it from other such values.
    Unreadable(u8),
}

impl Form {
    /// Whether a text is given as a list.
    pub(super) fn is_list(self) -> bool {
        self.is_list && self.unreadable().is_none()
    }

    /// The bytes that no type accepts, if it is given as such.
    pub(super) fn unreadable(self) -> Option<&'static [u8]> {
        match self.kind {
            Kind::Unreadable(number) => record::UNREADABLE.get(..=usize::from(number)),
            _ => None,
        }
    }
}

/// How each value is given.
#[derive(Clone, Debug, Default)]
pub(super) struct Forms {
    /// Values beyond the end are given as texts.
    by_owner: Vec<Form>,
    /// Parameters that the request lacks, given as empty lists.
    absent: Vec<&'static str>,
    seen: Cell<Seen>,
}

/// The names that a type passed to its deserializer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// The fields of the struct.
    pub(super) fields: &'static [&'static str],
    /// The variants of the last enum.
    pub(super) variants: &'static [&'static str],
    /// The length of the last array or tuple.
    pub(super) length: usize,
}

impl Forms {
    fn of(&self, owner: Owner) -> Form {
        self.by_owner.get(owner).copied().unwrap_or_default()
    }

    fn set(&mut self, owner: Owner, form: Form) {
        if self.by_owner.len() <= owner {
            self.by_owner.resize(owner + 1, Form::default());
        }
        self.by_owner[owner] = form;
    }

    /// The names that the type passed to its deserializer in the last attempt.
    pub(super) fn seen(&self) -> Seen {
        self.seen.get()
    }
}

/// One attempt to deserialize a type.
pub(super) struct Round<'f> {
    /// How values are given. There is none in the first attempt: it ends where a type asks what a value is.
    forms: Option<&'f Forms>,
    /// Finds how values must be given, if the first attempt is not enough. A program has code for that only if one of its
    /// types may need it.
    search: Cell<Option<Search>>,
}

/// Finds the forms that a type can be deserialized from.
type Search = fn(Vec<(&str, Owner)>, &Attempt<'_>) -> Result<Forms, Fault>;

/// Tries to deserialize the type, and drops it.
type Attempt<'t> = dyn Fn(&Round<'_>) -> Result<(), Fault> + 't;

impl<'f> Round<'f> {
    /// An attempt in which the values are given in these forms.
    pub(super) const fn new(forms: &'f Forms) -> Self {
        Self { forms: Some(forms), search: Cell::new(None) }
    }

    /// Records the names of a type.
    pub(super) fn see(&self, seen: Seen) {
        if let Some(forms) = self.forms {
            forms.seen.set(seen);
        }
    }

    /// Records that a value chooses the variant of an adjacently tagged enum, by the words of serde's own visitor.
    fn note_tag(&self, visitor: &dyn Expected) {
        if self.forms.is_some() && visitor.to_string().starts_with("variant of enum ") {
            record::note_tag();
        }
    }

    /// Parameters that the request lacks, given as empty lists.
    #[inline]
    pub(super) fn absent(&self) -> &'f [&'static str] {
        self.forms.map_or(&[], |forms| &forms.absent)
    }

    /// How a value is given to a type that does not say what it needs; `None` in the first attempt.
    #[inline]
    fn form(&self, owner: Owner) -> Option<Form> {
        self.forms.map(|forms| forms.of(owner))
    }

    /// Returns the form of a value for a type that asks what the value is.
    pub(super) fn ask(&self, owner: Owner) -> Result<Form, Fault> {
        let Some(form) = self.form(owner) else {
            self.search();
            return Err(Fault::value(Place::Owner(owner), "one attempt is not enough"));
        };
        record::note_asked(owner);
        Ok(form)
    }

    /// Makes a search follow this attempt, if it is the first.
    pub(super) fn search(&self) {
        self.search.set(Some(search::forms));
    }

    /// Makes a search follow if a field is missing: a list that no value was sent for is empty.
    #[inline]
    pub(super) fn search_if_missing<T>(&self, result: Result<T, Fault>) -> Result<T, Fault> {
        result.inspect_err(|fault| {
            if matches!(fault.cause(), Cause::Missing(_)) {
                self.search();
            }
        })
    }
}

/// Deserializes a value from texts. `texts` lists each text with its owner, and `attempt` deserializes them once.
#[inline]
pub(super) fn read<'a, T>(
    texts: impl FnOnce() -> Vec<(&'a str, Owner)>,
    attempt: impl Fn(&Round<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let first = Round { forms: None, search: Cell::new(None) };
    let result = attempt(&first);
    let Some(search) = first.search.get() else { return result };
    let forms = search(texts(), &|round| attempt(round).map(drop))?;
    attempt(&Round::new(&forms))
}
