//! Finds the parameter at fault, for the message.

use std::collections::BTreeSet;

use crate::request::values::fault::{Cause, Fault};
use crate::request::values::guess::{Guess, Guesses};
use crate::request::values::place::Place;
use crate::request::values::record::{Asked, Given, Record, Refusal};
use crate::request::values::search::{MAX_TRIED, Search};
use crate::request::values::{Owner, is_value};
use crate::request::words;

impl Search<'_, '_> {
    /// Finds out whose mistake a fault is, and in which value.
    pub(super) fn explain(&self, fault: Fault, guesses: &Guesses, record: &Record) -> Fault {
        let is_chosen = record.has_tag || !record.asked.is_empty();
        if let Some(reason) = fault.cause().shape().filter(|_| !is_chosen) {
            return Fault::shape(reason); // another request cannot choose another variant
        }
        let fault = self.with_place(fault, guesses, record);
        let is_about_fields = matches!(fault.cause(), Cause::Missing(_) | Cause::Unknown(_));
        if is_about_fields && self.chooses_variant(guesses, record) {
            let reason = fault.to_string();
            return Cause::Value { place: Place::Unknown, reason, misfit: Some(Box::new(fault.into_cause())) }.into();
        }
        fault
    }

    /// Adds the owner of the refused value.
    fn with_place(&self, fault: Fault, guesses: &Guesses, record: &Record) -> Fault {
        let (place, reason, misfit) = match fault.into_cause() {
            Cause::Value { place, reason, misfit } => (place, reason, misfit),
            cause => return cause.into(),
        };
        let owner = match (self.places.find(place), guesses.absent.last()) {
            (Some((_, owner)), _) => Some(owner),
            (None, Some(name)) => return Cause::Missing(name).into(),
            (None, None) if words::is_about_fields(&reason) => None,
            (None, None) => self.last_used(guesses, record),
        };
        Cause::Value { place: owner.map_or(Place::Unknown, Place::Owner), reason, misfit }.into()
    }

    /// The value that the type used last before it failed, such as one that is given more than once.
    ///
    /// All values are given as unreadable, and the one that is refused becomes readable again, until none is refused.
    pub(super) fn last_used(&self, guesses: &Guesses, record: &Record) -> Option<Owner> {
        let values: Vec<_> = record.asked_values().take(MAX_TRIED + 1).collect();
        if values.len() > MAX_TRIED {
            return None;
        }
        let mut tried = guesses.clone();
        for (number, owner) in (0..).zip(&values) {
            tried.set(*owner, Guess::unreadable_as(number));
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

    /// Whether the type reads the name of a variant from a value. A name in a buffer shows only if it is unreadable.
    fn chooses_variant(&self, guesses: &Guesses, record: &Record) -> bool {
        let is_unreadable_name =
            |refusal: &Refusal| matches!((refusal.given, refusal.asked), (Given::Unreadable(_), Asked::Variant));
        let values: BTreeSet<_> = self.places.iter().map(|(_, owner)| owner).filter(|owner| is_value(*owner)).collect();
        let is_name = |owner| self.attempt_without(&[owner], guesses).1.refusals.iter().any(is_unreadable_name);
        record.has_tag || values.into_iter().take(MAX_TRIED).any(is_name)
    }
}
