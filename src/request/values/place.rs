//! Finds the parameter that a refused text belongs to.

use crate::request::values::Owner;

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

/// The texts of a request. The address of a text tells its owner: serde does not copy the text that a visitor refuses.
pub(super) struct Places<'a>(Vec<(&'a str, Owner)>);

impl<'a> Places<'a> {
    pub(super) fn new(mut texts: Vec<(&'a str, Owner)>) -> Self {
        texts.sort_unstable_by_key(|(text, _)| (text.as_ptr() as usize, text.len()));
        Self(texts)
    }

    /// All texts with their owners.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, Owner)> {
        self.0.iter().copied()
    }

    /// The text at a place, with its owner.
    pub(super) fn find(&self, place: Place) -> Option<(&'a str, Owner)> {
        match place {
            Place::Unknown => None,
            Place::Owner(wanted) => self.iter().find(|(_, owner)| *owner == wanted),
            Place::Text { start, length } => {
                let after = self.0.partition_point(|(text, _)| text.as_ptr() as usize <= start);
                let (text, owner) = *self.0[..after].last()?;
                let offset = start - text.as_ptr() as usize;
                Some((text.get(offset..offset + length)?, owner))
            }
        }
    }
}
