//! Finds values that a type does not use: otherwise they would be lost without an error.

use std::collections::HashMap;

use crate::request::values::Owner;
use crate::request::values::fault::Fault;
use crate::request::values::guess::{Guess, Guesses};
use crate::request::values::place::Place;
use crate::request::values::record::{Given, Record, Refusal};
use crate::request::values::search::{MAX_TRIED, Search};

impl Search<'_, '_> {
    /// Refuses a value that the type asked about and then ignored, because an `Option` or an untagged enum hides why.
    pub(super) fn check_used(&self, guesses: Guesses, record: &Record) -> Result<Guesses, Fault> {
        let Some(hidden) = &record.last_fault else { return Ok(guesses) };
        let reasons = self.reasons(&guesses, record);
        // A refused value is the likeliest to be unused.
        let (mut values, others): (Vec<_>, Vec<_>) =
            record.asked_values().partition(|owner| reasons.contains_key(owner));
        values.extend(others);
        let (first, rest) = values.split_at(values.len().min(MAX_TRIED));
        let mut groups = first.chunks(1).chain(rest.chunks(usize::MAX));
        let Some([owner, ..]) = groups.find(|group| self.does_without(group, &guesses, record)) else {
            return Ok(guesses);
        };
        if let Some(reason) = reasons.get(owner) {
            return Err(Fault::value(Place::Owner(*owner), *reason));
        }
        let used = self.last_used(&guesses, record).filter(|used| self.does_without(&[*used], &guesses, record));
        Err(Fault::value(Place::Owner(used.unwrap_or(*owner)), format!("it cannot be used: {hidden}")))
    }

    /// Why each value was refused first. A value is left out if another kind of it was refused as well.
    fn reasons<'r>(&self, guesses: &Guesses, record: &'r Record) -> HashMap<Owner, &'r str> {
        let mut reasons = HashMap::new();
        for refusal in &record.refusals {
            if let Some((_, owner)) = self.refused(refusal).filter(|(_, owner)| !guesses.of(*owner).is_kept) {
                reasons.entry(owner).or_insert(&*refusal.reason);
            }
        }
        reasons
    }

    /// Whether the type asks for these values, and is made without them also if they are there.
    ///
    /// If one more attempt inside the type fails without them, then that attempt used them, and the type has a variant for a
    /// request without them.
    fn does_without(&self, values: &[Owner], guesses: &Guesses, with: &Record) -> bool {
        let (result, without) = self.attempt_without(values, guesses);
        let is_asked_for = |refusal: &Refusal| matches!(refusal.given, Given::Unreadable(_));
        result.is_ok() && without.fault_count <= with.fault_count && without.refusals.iter().any(is_asked_for)
    }

    /// Deserializes the type without these values: no type can read them.
    pub(super) fn attempt_without(&self, values: &[Owner], guesses: &Guesses) -> (Result<(), Fault>, Record) {
        let mut without = guesses.clone();
        for owner in values {
            without.set(*owner, Guess::unreadable_as(0));
        }
        self.attempt(&without)
    }
}
