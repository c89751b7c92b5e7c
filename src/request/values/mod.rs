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
//! | [`Guess`] | a guess of what a text is, for a type that asks: a text, a number, a list, … |
//! | [`Round`] | one attempt to deserialize the type, with a guess for each owner |
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

/// A guess of what a value is, for a type that asks: a text, a number, a list, …
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Guess {
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

impl Guess {
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

/// The guess for each value.
#[derive(Clone, Debug, Default)]
pub(super) struct Guesses {
    /// Values beyond the end are given as texts.
    by_owner: Vec<Guess>,
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

impl Guesses {
    fn of(&self, owner: Owner) -> Guess {
        self.by_owner.get(owner).copied().unwrap_or_default()
    }

    fn set(&mut self, owner: Owner, guess: Guess) {
        if self.by_owner.len() <= owner {
            self.by_owner.resize(owner + 1, Guess::default());
        }
        self.by_owner[owner] = guess;
    }

    /// The names that the type passed to its deserializer in the last attempt.
    pub(super) fn seen(&self) -> Seen {
        self.seen.get()
    }
}

/// One attempt to deserialize a type.
pub(super) struct Round<'g> {
    /// How values are given. There is none in the first attempt: it ends where a type asks what a value is.
    guesses: Option<&'g Guesses>,
    /// Finds how values must be given, if the first attempt is not enough. A program has code for that only if one of its
    /// types may need it.
    search: Cell<Option<Search>>,
}

/// Finds the guesses that a type can be deserialized from.
type Search = fn(Vec<(&str, Owner)>, &Attempt<'_>) -> Result<Guesses, Fault>;

/// Tries to deserialize the type, and drops it.
type Attempt<'t> = dyn Fn(&Round<'_>) -> Result<(), Fault> + 't;

impl<'g> Round<'g> {
    /// An attempt in which the values are given by these guesses.
    pub(super) const fn new(guesses: &'g Guesses) -> Self {
        Self { guesses: Some(guesses), search: Cell::new(None) }
    }

    /// Records the names of a type.
    pub(super) fn see(&self, seen: Seen) {
        if let Some(guesses) = self.guesses {
            guesses.seen.set(seen);
        }
    }

    /// Records that a value chooses the variant of an adjacently tagged enum, by the words of serde's own visitor.
    fn note_tag(&self, visitor: &dyn Expected) {
        if self.guesses.is_some() && visitor.to_string().starts_with("variant of enum ") {
            record::note_tag();
        }
    }

    /// Parameters that the request lacks, given as empty lists.
    #[inline]
    pub(super) fn absent(&self) -> &'g [&'static str] {
        self.guesses.map_or(&[], |guesses| &guesses.absent)
    }

    /// How a value is given to a type that does not say what it needs; `None` in the first attempt.
    #[inline]
    fn guess(&self, owner: Owner) -> Option<Guess> {
        self.guesses.map(|guesses| guesses.of(owner))
    }

    /// Returns the guess for a value, for a type that asks what the value is.
    pub(super) fn ask(&self, owner: Owner) -> Result<Guess, Fault> {
        let Some(guess) = self.guess(owner) else {
            self.search();
            return Err(Fault::value(Place::Owner(owner), "one attempt is not enough"));
        };
        record::note_asked(owner);
        Ok(guess)
    }

    /// Makes a search follow this attempt, if it is the first.
    pub(super) fn search(&self) {
        self.search.set(Some(search::guesses));
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
    let first = Round { guesses: None, search: Cell::new(None) };
    let result = attempt(&first);
    let Some(search) = first.search.get() else { return result };
    let guesses = search(texts(), &|round| attempt(round).map(drop))?;
    attempt(&Round::new(&guesses))
}
