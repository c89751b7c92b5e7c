//! Finds how texts must be given to a type that asks what its values are.
//!
//! Each value is given as a text first. If a `u32` then refuses the text `5`, the refusal is recorded, even if an `Option` or
//! another variant hides it. The type is then deserialized once more, with `5` as a number.

use std::collections::{BTreeSet, HashSet};

use crate::request::values::fault::{Cause, Fault};
use crate::request::values::record::{Asked, Given, Place, Record, Refusal, record};
use crate::request::values::text;
use crate::request::values::{Attempt, Guess, Guesses, Kind, Owner, Round, is_value};
use crate::request::words;

/// How often a type is deserialized at most. A value that needs more is refused, so that the work stays linear.
const MAX_ROUNDS: usize = 64;

/// The rounds in which the guess for one value changes. After them, the guess changes for all values that may be the same kind,
/// because a client may send a map of many values.
const ROUNDS_ONE_BY_ONE: usize = 16;

/// How often a value is given as a list. The error for a refused list does not name its field, so all lists become texts again,
/// and the correct lists need a second try.
const MAX_LISTS_TRIED: u8 = 2;

/// The number of values for which a round finds out whether the type uses them.
const MAX_TRIED: usize = 16;

/// Finds the guesses that a type can be deserialized from.
#[cold]
pub(super) fn guesses(texts: Vec<(&str, Owner)>, attempt: &Attempt<'_>) -> Result<Guesses, Fault> {
    Attempts { places: Places::new(texts), attempt }.run()
}

struct Attempts<'a, 't> {
    places: Places<'a>,
    attempt: &'t Attempt<'t>,
}

impl Attempts<'_, '_> {
    fn run(&self) -> Result<Guesses, Fault> {
        let mut guesses = Guesses::default();
        let mut success = None;
        let mut missing = None;
        let mut is_reverted = false;
        for round in 1..=MAX_ROUNDS {
            let (result, record) = self.attempt(&guesses);
            let mut next = self.convert(&guesses, &record, round);
            if let Err(fault) = &result {
                next = next.or_else(|| add_missing(&guesses, fault, &mut missing));
                next = next.or_else(|| self.revert_last(&guesses, &record));
            }
            match (result, next) {
                (Ok(()), None) => {
                    let reverted = self.revert(&guesses, &record.refusals).filter(|_| !is_reverted);
                    match (self.finish(guesses, record), reverted) {
                        (Err(_), Some(reverted)) => guesses = reverted, // an `Option` may hide that a variant refused a number
                        (result, _) => return result,
                    }
                    is_reverted = true;
                }
                (Err(fault), None) => {
                    let Some((guesses, record)) = success else {
                        return Err(self.explain(fault, missing, &guesses, &record));
                    };
                    return self.finish(guesses, record);
                }
                (result, Some(next)) => {
                    let tried = std::mem::replace(&mut guesses, next);
                    if result.is_ok() {
                        success = Some((tried, record));
                    }
                }
            }
        }
        Err(Fault::value(Place::Unknown, "too many values match several types"))
    }

    fn attempt(&self, guesses: &Guesses) -> (Result<(), Fault>, Record) {
        record(|| (self.attempt)(&Round::new(guesses)))
    }

    /// Gives a refused text as the kind that was asked for, if the text can be read as that kind.
    fn convert(&self, guesses: &Guesses, record: &Record, round: usize) -> Option<Guesses> {
        let mut next = guesses.clone();
        let mut is_changed = false;
        for refusal in &record.refusals {
            let Some((text, owner)) = self.refused(refusal) else { continue };
            let Some(converted) = guesses.of(owner).convert(refusal.asked, text) else { continue };
            next.set(owner, converted);
            is_changed = true;
            if round >= ROUNDS_ONE_BY_ONE {
                self.convert_all(&mut next, |other, text| {
                    if is_value(other) == is_value(owner) {
                        Guess::default().convert(refusal.asked, text)
                    } else {
                        None
                    }
                });
                break;
            }
        }
        is_changed.then_some(next)
    }

    /// Converts each text that is given as such yet.
    fn convert_all(&self, guesses: &mut Guesses, convert: impl Fn(Owner, &str) -> Option<Guess>) {
        for (text, owner) in &self.places.0 {
            if guesses.of(*owner) == Guess::default() {
                if let Some(converted) = convert(*owner, text) {
                    guesses.set(*owner, converted);
                }
            }
        }
    }

    /// Gives the value at fault as a text again. It is the one that was refused last: another variant may have accepted those
    /// before it. If it is a text already, all are reverted.
    fn revert_last(&self, guesses: &Guesses, record: &Record) -> Option<Guesses> {
        let last = record.refusals.last()?;
        let reverted = self.revert(guesses, std::slice::from_ref(last));
        reverted.or_else(|| self.revert(guesses, &record.refusals))
    }

    /// Gives each value as a text again that was refused as another kind.
    fn revert(&self, guesses: &Guesses, refusals: &[Refusal]) -> Option<Guesses> {
        let refused = Refused::of(refusals);
        let mut next = guesses.clone();
        let mut is_changed = false;
        for (text, owner) in &self.places.0 {
            let guess = guesses.of(*owner);
            if refused.contains(guess, text) {
                let lists_tried = guess.lists_tried + u8::from(guess.is_list);
                next.set(*owner, Guess { is_kept: true, lists_tried, ..Guess::default() });
                is_changed = true;
            }
        }
        is_changed.then_some(next)
    }

    fn finish(&self, guesses: Guesses, record: Record) -> Result<Guesses, Fault> {
        let (guesses, record) = self.give_blanks_as_none(guesses, record);
        self.check_used(guesses, &record)
    }

    /// Gives each empty text as `None`, if the type accepts that: all at once, or the first of them one by one.
    fn give_blanks_as_none(&self, mut guesses: Guesses, mut record: Record) -> (Guesses, Record) {
        let asked: HashSet<_> = record.asked.iter().copied().collect();
        let is_blank =
            |owner: &Owner| is_value(*owner) && asked.contains(owner) && guesses.of(*owner).kind == Kind::Text;
        let blanks = self.places.0.iter().filter(|(text, _)| text.is_empty()).map(|(_, owner)| *owner);
        let blanks: Vec<_> = blanks.filter(is_blank).collect();
        if blanks.is_empty() {
            return (guesses, record);
        }
        let one_by_one = blanks.iter().take(MAX_TRIED).map(std::slice::from_ref);
        for blanks in std::iter::once(&*blanks).chain(one_by_one) {
            let mut next = guesses.clone();
            for owner in blanks {
                next.set(*owner, Guess { kind: Kind::Absent, is_list: false, ..guesses.of(*owner) });
            }
            let (result, found) = self.attempt(&next);
            if result.is_ok() && found.refusals_of_nothing() <= record.refusals_of_nothing() {
                let is_done = blanks.len() > 1;
                (guesses, record) = (next, found);
                if is_done {
                    break;
                }
            }
        }
        (guesses, record)
    }

    /// Refuses a value that the type asked for and then ignored: otherwise it would be lost without an error.
    fn check_used(&self, guesses: Guesses, record: &Record) -> Result<Guesses, Fault> {
        let Some(hidden) = &record.last_fault else { return Ok(guesses) };
        let mut reasons = Vec::new();
        for refusal in &record.refusals {
            let Some((_, owner)) = self.refused(refusal).filter(|(_, owner)| !guesses.of(*owner).is_kept) else {
                continue;
            };
            if reasons.len() <= owner {
                reasons.resize(owner + 1, None);
            }
            reasons[owner].get_or_insert(&refusal.reason);
        }
        let reason_of = |owner: Owner| reasons.get(owner).copied().flatten();
        let values = record.asked.iter().copied().filter(|owner| is_value(*owner));
        let (mut asked, others): (Vec<_>, Vec<_>) = values.partition(|owner| reason_of(*owner).is_some());
        asked.extend(others); // a refused text is the likeliest to be lost
        let rest = asked.split_off(asked.len().min(MAX_TRIED));
        let lost = asked.iter().find(|owner| self.does_without(&guesses, record, &[**owner]));
        let lost = lost.or_else(|| rest.first().filter(|_| self.does_without(&guesses, record, &rest)));
        let Some(owner) = lost else { return Ok(guesses) };
        if let Some(reason) = reason_of(*owner) {
            return Err(Fault::value(Place::Owner(*owner), reason));
        }
        let used = self.last_used(&guesses, record).filter(|used| self.does_without(&guesses, record, &[*used]));
        Err(Fault::value(Place::Owner(used.unwrap_or(*owner)), format!("it cannot be used: {hidden}")))
    }

    /// Whether the type asks for these values, and is made without them also if they are there.
    ///
    /// If one more attempt inside the type fails without them, then it is the one that used them, and the type has a variant for
    /// a request without them.
    fn does_without(&self, guesses: &Guesses, with: &Record, owners: &[Owner]) -> bool {
        let (result, record) = self.attempt_without(guesses, owners);
        let is_asked_for = |refusal: &Refusal| matches!(refusal.given, Given::Unreadable(_));
        result.is_ok() && record.fault_count <= with.fault_count && record.refusals.iter().any(is_asked_for)
    }

    /// Deserializes the type without these values: no type can read them.
    fn attempt_without(&self, guesses: &Guesses, owners: &[Owner]) -> (Result<(), Fault>, Record) {
        let mut without = guesses.clone();
        for owner in owners {
            without.set(*owner, Guess { kind: Kind::Unreadable(0), ..Guess::default() });
        }
        self.attempt(&without)
    }

    /// The text that was refused, with its owner.
    fn refused(&self, refusal: &Refusal) -> Option<(&str, Owner)> {
        match refusal.given {
            Given::Text(place) => self.places.find(place),
            _ => None,
        }
    }

    /// The value that a type used last before it failed, such as one that is given more than once.
    ///
    /// All values are given as unreadable, and the one that is refused becomes readable again, until none is refused.
    fn last_used(&self, guesses: &Guesses, record: &Record) -> Option<Owner> {
        let mut values: Vec<_> = record.asked.iter().copied().filter(|owner| is_value(*owner)).collect();
        values.sort_unstable();
        values.dedup();
        if values.len() > MAX_TRIED {
            return None;
        }
        let mut tried = guesses.clone();
        for (number, owner) in (0..).zip(&values) {
            tried.set(*owner, Guess { kind: Kind::Unreadable(number), ..Guess::default() });
        }
        let mut last = None;
        for _ in &values {
            let (_, record) = self.attempt(&tried);
            let refused = record.refusals.iter().find_map(|refusal| match refusal.given {
                Given::Unreadable(number) => values.get(number),
                _ => None,
            });
            let Some(owner) = refused else { break };
            tried.set(*owner, guesses.of(*owner));
            last = Some(*owner);
        }
        last
    }

    /// Replaces the address of a refused text by its owner.
    fn explain(&self, fault: Fault, missing: Option<&'static str>, guesses: &Guesses, record: &Record) -> Fault {
        let is_chosen = record.has_tag || !record.asked.is_empty();
        if let Some(reason) = fault.cause().shape().filter(|_| !is_chosen) {
            return Fault::shape(reason); // another request cannot choose another variant
        }
        let place = match fault.cause() {
            Cause::Value { place, .. } => self.places.find(*place),
            _ => None,
        };
        let fault: Fault = match (fault.into_cause(), place, missing) {
            (Cause::Value { reason, misfit, .. }, Some((_, owner)), _) => {
                Cause::Value { place: Place::Owner(owner), reason, misfit }.into()
            }
            (_, None, Some(name)) => Cause::Missing(name).into(),
            (Cause::Value { reason, misfit, .. }, None, None) => {
                let owner = if words::is_about_fields(&reason) { None } else { self.last_used(guesses, record) };
                Cause::Value { place: owner.map_or(Place::Unknown, Place::Owner), reason, misfit }.into()
            }
            (cause, ..) => cause.into(),
        };
        let is_about_fields = matches!(fault.cause(), Cause::Missing(_) | Cause::Unknown(_));
        if is_about_fields && self.chooses_variant(guesses, record) {
            let reason = fault.to_string();
            return Cause::Value { place: Place::Unknown, reason, misfit: Some(Box::new(fault.into_cause())) }.into();
        }
        fault
    }

    /// Whether the type reads the name of a variant from a value. A name in a buffer shows only if it is unreadable.
    fn chooses_variant(&self, guesses: &Guesses, record: &Record) -> bool {
        let owners = self.places.0.iter().map(|(_, owner)| *owner);
        let values: BTreeSet<_> = owners.filter(|owner| is_value(*owner)).collect();
        let is_unreadable_name =
            |refusal: &Refusal| matches!((refusal.given, refusal.asked), (Given::Unreadable(_), Asked::Variant));
        let is_name = |owner| {
            let (_, record) = self.attempt_without(guesses, &[owner]);
            record.refusals.iter().any(is_unreadable_name)
        };
        record.has_tag || values.into_iter().take(MAX_TRIED).any(is_name)
    }
}

/// Finds the owner of a text by its address: serde does not copy the text that a visitor refuses.
struct Places<'a>(Vec<(&'a str, Owner)>);

impl<'a> Places<'a> {
    fn new(mut places: Vec<(&'a str, Owner)>) -> Self {
        places.sort_unstable_by_key(|(text, _)| (text.as_ptr() as usize, text.len()));
        Self(places)
    }

    /// The text with its owner.
    fn find(&self, place: Place) -> Option<(&'a str, Owner)> {
        match place {
            Place::Unknown => None,
            Place::Owner(wanted) => self.0.iter().copied().find(|(_, owner)| *owner == wanted),
            Place::Text { start, length } => {
                let after = self.0.partition_point(|(text, _)| text.as_ptr() as usize <= start);
                let (text, owner) = *self.0[..after].last()?;
                let offset = start - text.as_ptr() as usize;
                Some((text.get(offset..offset + length)?, owner))
            }
        }
    }
}

/// The kinds and numbers that were refused in a round.
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

    /// Whether a text that is given by this guess was refused.
    fn contains(&self, guess: Guess, text: &str) -> bool {
        guess.is_list && self.list
            || match guess.kind {
                Kind::Number => text.parse().is_ok_and(|number| self.numbers.contains(&bits(number))),
                Kind::Boolean => self.boolean,
                Kind::Absent => self.nothing,
                Kind::Text | Kind::Unreadable(_) => false,
            }
    }
}

/// A key for a number: `-0` is `0`.
fn bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

/// Treats an absent name as an empty list in the next attempt. If the type is not a list, the fault is the missing name.
fn add_missing(guesses: &Guesses, fault: &Fault, missing: &mut Option<&'static str>) -> Option<Guesses> {
    let Cause::Missing(name) = fault.cause() else { return None };
    *missing = Some(name);
    let is_first_time = !guesses.absent.contains(name);
    is_first_time.then(|| {
        let mut next = guesses.clone();
        next.absent.push(name);
        next
    })
}

impl Guess {
    /// The next guess for a text that was refused by this guess.
    fn convert(self, asked: Asked, text: &str) -> Option<Self> {
        let is_text = self.kind == Kind::Text || self.kind == Kind::Absent && !text.is_empty();
        let kind = match asked {
            Asked::List if self.is_list || self.lists_tried == MAX_LISTS_TRIED => return None,
            Asked::List => return Some(Self { is_list: true, is_kept: false, ..self }),
            _ if self.is_kept || !is_text => return None,
            _ if text.is_empty() => Kind::Absent,
            Asked::Variant => return None,
            Asked::Boolean => text::boolean(text).map(|_| Kind::Boolean)?,
            Asked::SmallFloat => text::number::<f32>(text).map(|_| Kind::Number)?,
            Asked::Other => text::number::<f64>(text).map(|_| Kind::Number)?,
        };
        Some(Self { kind, ..self })
    }
}
