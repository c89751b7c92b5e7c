//! The fields of a query or a form, linked by their names.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::request::values::{self, Cause, Fault, FileMark, Owner, Place};
use crate::request::words;

/// The fields in the order of the request. Fields with one name are linked with each other.
pub(super) struct Fields<'a>(pub(super) Vec<Field<'a>>);

pub(super) struct Field<'a> {
    pub(super) name: Cow<'a, str>,
    value: Cow<'a, str>,
    /// The file, if the value is one.
    pub(super) file: Option<FileMark>,
    /// The index of the first field with this name.
    pub(super) first: usize,
    /// The index of the next field with this name.
    pub(super) next: Option<usize>,
}

impl<'a> Field<'a> {
    /// A field that is not linked yet.
    pub(super) fn new(name: Cow<'a, str>, value: Cow<'a, str>) -> Self {
        Self { name, value, file: None, first: 0, next: None }
    }

    #[cfg(feature = "multipart")]
    pub(super) fn of_file(name: Cow<'a, str>, number: usize) -> Self {
        Self { file: Some(FileMark::new(number)), ..Self::new(name, Cow::default()) }
    }

    /// The value as text. The address of a text tells which field was refused, and `form_urlencoded` gives one address to all empty
    /// values. For this reason an empty value is the empty text at the end of its name.
    pub(super) fn value(&self) -> &str {
        match &self.file {
            Some(file) => file.text(),
            None if self.value.is_empty() => &self.name[self.name.len()..],
            None => &self.value,
        }
    }
}

impl<'a> Fields<'a> {
    pub(super) fn of(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        Self::linked(pairs.map(|(name, value)| Field::new(name, value)).collect())
    }

    pub(super) fn linked(mut fields: Vec<Field<'a>>) -> Self {
        let mut links = Vec::new();
        let mut last = HashMap::with_capacity(fields.len());
        for (at, field) in fields.iter_mut().enumerate() {
            field.first = at;
            match last.entry(&*field.name) {
                Entry::Vacant(entry) => _ = entry.insert(at),
                Entry::Occupied(mut entry) => links.push((entry.insert(at), at)),
            }
        }
        for (before, at) in links {
            fields[before].next = Some(at);
            fields[at].first = fields[before].first;
        }
        Self(fields)
    }

    pub(super) fn texts(&self) -> Vec<(&str, Owner)> {
        let mut texts = Vec::with_capacity(2 * self.0.len());
        for field in &self.0 {
            texts.push((&*field.name, values::name_of(field.first)));
            texts.push((field.value(), values::value_of(field.first)));
        }
        texts
    }

    /// Adds the name of the field to a fault.
    pub(super) fn add_name(&self, fault: Fault) -> Fault {
        match fault.into_cause() {
            Cause::Value { place: Place::Owner(owner), reason, .. } => {
                let field = &self.0[values::parameter_of(owner)];
                Fault::value(Place::Owner(owner), format!("{}: {reason}", words::quoted(&field.name)))
            }
            other => other.into(),
        }
    }
}
