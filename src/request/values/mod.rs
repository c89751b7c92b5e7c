//! Deserializes types from texts: the query, a form and the parameters of a path.
//!
//! Most types say what they need, and are deserialized once: a `u32` calls `deserialize_u32`. Behind `flatten`, `tag` and
//! `untagged`, serde calls `deserialize_any` first, and keeps the value in a buffer until it knows the type. A text does not
//! say what it is, and a `u32` refuses the text `5` of a buffer. For this reason each text has a [`Guess`], and the type is
//! deserialized in several [`Round`]s: a refused text is given as what the type asked for in the next round. When no guess
//! changes any more, the search makes sure that the type uses each value: an `Option` may hide that it refused one.
//!
//! # Example
//!
//! The query is `?page=5`.
//!
//! ```text
//! struct Search { #[serde(flatten)] paging: Paging }
//! struct Paging { page: u32 }
//! ```
//!
//! | attempt | `5` is given as | result |
//! |---|---|---|
//! | first | | `flatten` calls `deserialize_any`: a search follows |
//! | round 1 | the text `"5"` | `u32` refuses it. The record says: the text `"5"` was given, a `u32` was asked for |
//! | round 2 | the number `5` | nothing is refused: the guesses are right |
//! | last | the number `5` | `Search` is returned |
//!
//! # Types
//!
//! | type | meaning |
//! |---|---|
//! | [`Text`] | a text as a deserializer |
//! | [`Owner`] | the number of the name or value that a text belongs to |
//! | [`Guess`] | a guess of what a text is, for a type that asks: a text, a number, a list, … |
//! | [`Round`] | one attempt to deserialize the type, with a guess for each owner |
//! | [`Record`](record::Record) | the values that the type asked about and refused in one round |
//! | [`Search`](search::Search) | finds the guesses, the unused values ([`unused`]) and the value at fault ([`explain`]) |
//! | [`Fault`] | why the type could not be deserialized |

mod explain;
mod fault;
mod file;
mod guess;
mod place;
mod record;
mod search;
mod text;
mod unused;

use std::cell::Cell;

use serde::de::Expected;

pub(super) use fault::{Cause, Fault};
pub(super) use file::{FILE, FileMark};
use guess::{Guess, Guesses};
pub(super) use place::Place;
pub(super) use record::Seen;
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

pub(super) const fn is_name(owner: Owner) -> bool {
    owner % 2 == 0
}

const fn is_value(owner: Owner) -> bool {
    !is_name(owner)
}

/// One attempt to deserialize a type.
pub(super) struct Round<'g> {
    /// The guesses for all texts. There are none in the first attempt: it ends where a type asks what a value is.
    guesses: Option<&'g Guesses>,
    /// Finds the guesses, if the first attempt is not enough. A program has code for that only if one of its
    /// types may need it.
    search: Cell<Option<FindGuesses>>,
}

/// Finds the guesses that a type can be deserialized with.
type FindGuesses = fn(Vec<(&str, Owner)>, &Attempt<'_>) -> Result<Guesses, Fault>;

/// Tries to deserialize the type, and drops it.
type Attempt<'t> = dyn Fn(&Round<'_>) -> Result<(), Fault> + 't;

impl<'g> Round<'g> {
    /// An attempt in which each text is given as it is guessed to be.
    const fn new(guesses: &'g Guesses) -> Self {
        Self { guesses: Some(guesses), search: Cell::new(None) }
    }

    /// Records the names of a type.
    pub(super) fn see(&self, seen: Seen) {
        if self.guesses.is_some() {
            record::note_seen(seen);
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

    /// The guess for a value, for a type that does not say what it needs; `None` in the first attempt.
    #[inline]
    fn guess(&self, owner: Owner) -> Option<Guess> {
        self.guesses.map(|guesses| guesses.of(owner))
    }

    /// Returns the guess for a value, for a type that asks what the value is, and records the question.
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

/// Runs one attempt, and returns its result with the names of the type.
pub(super) fn observe<R>(attempt: impl FnOnce(&Round<'_>) -> R) -> (R, Seen) {
    let (result, record) = record::record(|| attempt(&Round::new(&Guesses::default())));
    (result, record.seen)
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
