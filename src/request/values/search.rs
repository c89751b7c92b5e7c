//! Finds the guesses that a type can be deserialized with: see the [module](super) for an example.

use std::collections::HashSet;

use crate::request::values::fault::{Cause, Fault};
use crate::request::values::guess::{Guess, Guesses, Kind};
use crate::request::values::place::{Place, Places};
use crate::request::values::record::{Given, Record, Refusal, record};
use crate::request::values::{Attempt, Owner, Round, is_value};

/// How often a type is deserialized at most. A value that needs more is refused, so that the work stays linear.
const MAX_ROUNDS: usize = 64;

/// The rounds that change only the guesses for refused values. A later round also changes those for values that may be of the
/// same kind, because a client may send a map of many values.
const ROUNDS_ONE_BY_ONE: usize = 16;

/// The number of values that are each tried in a round of their own.
pub(super) const MAX_TRIED: usize = 16;

/// Finds the guesses that a type can be deserialized with.
#[cold]
pub(super) fn guesses(texts: Vec<(&str, Owner)>, attempt: &Attempt<'_>) -> Result<Guesses, Fault> {
    Search { places: Places::new(texts), attempt }.run()
}

pub(super) struct Search<'a, 't> {
    pub(super) places: Places<'a>,
    attempt: &'t Attempt<'t>,
}

impl Search<'_, '_> {
    fn run(&self) -> Result<Guesses, Fault> {
        let mut guesses = Guesses::default();
        let mut success = None;
        for round in 1..=MAX_ROUNDS {
            let (result, record) = self.attempt(&guesses);
            let revised = self.convert(&guesses, &record, round);
            let revised = revised.or_else(|| self.repair(&guesses, result.as_ref().err()?, &record));
            match (result, revised) {
                (result, Some(revised)) => {
                    let tried = std::mem::replace(&mut guesses, revised);
                    if result.is_ok() {
                        success = Some((tried, record));
                    }
                }
                (Ok(()), None) => {
                    let reverted = self.revert(&guesses, &record.refusals);
                    match (self.finish(guesses, record), reverted) {
                        // An `Option` may hide that a variant refused a number.
                        (Err(_), Some(reverted)) => guesses = reverted,
                        (result, _) => return result,
                    }
                }
                (Err(fault), None) => {
                    // Texts of several kinds may fill a list of an untagged type. They can be read as texts only.
                    let Some((guesses, record)) = success else {
                        return Err(self.explain(fault, &guesses, &record));
                    };
                    return self.finish(guesses, record);
                }
            }
        }
        Err(Fault::value(Place::Unknown, "too many values match several types"))
    }

    /// Deserializes the type, and drops it.
    pub(super) fn attempt(&self, guesses: &Guesses) -> (Result<(), Fault>, Record) {
        record(|| (self.attempt)(&Round::new(guesses)))
    }

    /// Gives each refused text as the kind that the type asked for, if it can be read as that kind.
    fn convert(&self, guesses: &Guesses, record: &Record, round: usize) -> Option<Guesses> {
        let mut revised = None;
        for refusal in &record.refusals {
            let Some((text, owner)) = self.refused(refusal) else { continue };
            let Some(guess) = guesses.of(owner).asked_for(refusal.asked, text) else { continue };
            let revised = revised.get_or_insert_with(|| guesses.clone());
            revised.set(owner, guess);
            if round >= ROUNDS_ONE_BY_ONE {
                self.convert_others(revised, refusal, is_value(owner));
                break;
            }
        }
        revised
    }

    /// Gives all names, or all values, as the kind that the type asked for, if they are given as texts yet.
    fn convert_others(&self, guesses: &mut Guesses, refusal: &Refusal, are_values: bool) {
        for (text, owner) in self.places.iter() {
            if is_value(owner) == are_values && guesses.of(owner) == Guess::default() {
                if let Some(guess) = Guess::default().asked_for(refusal.asked, text) {
                    guesses.set(owner, guess);
                }
            }
        }
    }

    /// Revises the guesses after a fault, if no refused text can be given as what the type asked for.
    fn repair(&self, guesses: &Guesses, fault: &Fault, record: &Record) -> Option<Guesses> {
        if let Cause::Missing(name) = fault.cause() {
            if !guesses.absent.contains(name) {
                let mut revised = guesses.clone();
                revised.absent.push(name); // if the type is no list, it refuses the empty list
                return Some(revised);
            }
        }
        // The value at fault was refused last: another variant may have accepted those before it. If it is a text already, the
        // fault is that another value is none.
        let last = record.refusals.last()?;
        let reverted = self.revert(guesses, std::slice::from_ref(last));
        reverted.or_else(|| self.revert(guesses, &record.refusals))
    }

    /// Gives each value as a text again that was refused as another kind.
    fn revert(&self, guesses: &Guesses, refusals: &[Refusal]) -> Option<Guesses> {
        let refused = Refused::of(refusals);
        let mut revised = None;
        for (text, owner) in self.places.iter() {
            let guess = guesses.of(owner);
            if refused.contains(guess, text) {
                revised.get_or_insert_with(|| guesses.clone()).set(owner, guess.reverted());
            }
        }
        revised
    }

    fn finish(&self, guesses: Guesses, record: Record) -> Result<Guesses, Fault> {
        let (guesses, record) = self.give_blanks_as_none(guesses, record);
        self.check_used(guesses, &record)
    }

    /// Gives each empty text as `None`, if the type accepts that: all at once, or the first of them one by one.
    fn give_blanks_as_none(&self, mut guesses: Guesses, mut record: Record) -> (Guesses, Record) {
        let is_text = |owner: &Owner| record.asked.contains(owner) && guesses.of(*owner).kind == Kind::Text;
        let blanks = self.places.iter().filter(|(text, owner)| text.is_empty() && is_value(*owner));
        let blanks: Vec<_> = blanks.map(|(_, owner)| owner).filter(is_text).collect();
        let one_by_one = blanks.chunks(1).take(MAX_TRIED);
        for tried in blanks.chunks(usize::MAX).chain(one_by_one) {
            let mut revised = guesses.clone();
            for owner in tried {
                revised.set(*owner, guesses.of(*owner).as_nothing());
            }
            let (result, found) = self.attempt(&revised);
            if result.is_ok() && found.refusals_of_nothing() <= record.refusals_of_nothing() {
                (guesses, record) = (revised, found);
                if tried.len() == blanks.len() {
                    break;
                }
            }
        }
        (guesses, record)
    }

    /// The text that was refused, with its owner.
    pub(super) fn refused(&self, refusal: &Refusal) -> Option<(&str, Owner)> {
        match refusal.given {
            Given::Text(place) => self.places.find(place),
            _ => None,
        }
    }
}

/// The values that were refused in a round and are no texts. Equal values cannot be told apart.
struct Refused {
    list: bool,
    boolean: bool,
    nothing: bool,
    numbers: HashSet<u64>,
}

impl Refused {
    fn of(refusals: &[Refusal]) -> Self {
        let mut refused = Self { list: false, boolean: false, nothing: false, numbers: HashSet::new() };
        for refusal in refusals {
            match refusal.given {
                Given::List => refused.list = true,
                Given::Boolean => refused.boolean = true,
                Given::Nothing => refused.nothing = true,
                Given::Number(number) => _ = refused.numbers.insert(bits(number)),
                Given::Text(_) | Given::Unreadable(_) => {}
            }
        }
        refused
    }

    /// Whether a text with this guess was refused.
    fn contains(&self, guess: Guess, text: &str) -> bool {
        guess.is_list && self.list
            || match guess.kind {
                Kind::Number => text.parse().is_ok_and(|number| self.numbers.contains(&bits(number))),
                Kind::Boolean => self.boolean,
                Kind::Nothing => self.nothing,
                Kind::Text | Kind::Unreadable(_) => false,
            }
    }
}

/// A key for a number: `-0` is `0`.
fn bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}
