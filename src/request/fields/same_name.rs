//! Deserializes the values of the fields with one name.

use serde::de::{self, DeserializeSeed, Deserializer, SeqAccess, Visitor};

use crate::request::deserializer_methods::{forward_to_text, one_value_methods};
use crate::request::fields::Reader;
use crate::request::values::{self, FILE, Fault, Place, Seen, Text};

/// The values of one name.
#[derive(Clone, Copy)]
pub(super) struct Values<'a, 'r> {
    pub(super) reader: Reader<'a, 'r>,
    /// The index of the first value, or the name if the request lacks it: as a list it is empty, as any other type missing.
    pub(super) first: Result<usize, &'static str>,
}

impl<'a, 'r> Values<'a, 'r> {
    /// The value, if there is exactly one.
    fn single(self) -> Option<Text<'a, 'r>> {
        let first = self.first.ok()?;
        self.reader.fields.0[first].next.is_none().then(|| self.reader.value(first))
    }

    /// The value, for a type that takes one.
    fn text(self) -> Result<Text<'a, 'r>, Fault> {
        self.single().ok_or_else(|| match self.first {
            Ok(first) => Fault::value(Place::Owner(values::value_of(first)), "it is given more than once"),
            Err(name) => de::Error::missing_field(name),
        })
    }

    /// Adds the owner of the values to what a visitor refused.
    pub(super) fn add_owner<T>(self, result: Result<T, Fault>) -> Result<T, Fault> {
        match self.first {
            Ok(first) => result.map_err(|fault| fault.with_owner(values::value_of(first))),
            Err(_) => result,
        }
    }
}

impl<'de> Deserializer<'de> for Values<'de, '_> {
    type Error = Fault;

    one_value_methods!(forward_to_text);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if let Some(text) = self.single() {
            return text.deserialize_any(visitor);
        }
        let unreadable = match self.first {
            Ok(first) => self.reader.round.ask(values::value_of(first))?.unreadable(),
            Err(_) => None,
        };
        match unreadable {
            Some(bytes) => visitor.visit_borrowed_bytes(bytes),
            None => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.add_owner(visitor.visit_seq(List { reader: self.reader, next: self.first.ok() }))
    }

    /// As many values as the array or the tuple has elements.
    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.reader.round.see(Seen { length, ..Seen::default() });
        let first = self.first.map_err(<Fault as de::Error>::missing_field)?;
        let list = List { reader: self.reader, next: Some(first) };
        match list.count() {
            count if count == length => self.add_owner(visitor.visit_seq(list)),
            count => {
                let plural = if length == 1 { "" } else { "s" };
                let reason = format!("expected {length} value{plural}, found {count}");
                Err(Fault::value(Place::Owner(values::value_of(first)), reason))
            }
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.first.is_err() || self.single().is_some_and(Text::is_none) {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        if name == FILE {
            return self.text()?.deserialize_newtype_struct(name, visitor);
        }
        self.add_owner(visitor.visit_newtype_struct(self))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}

/// The values of one name, one after another.
struct List<'a, 'r> {
    reader: Reader<'a, 'r>,
    next: Option<usize>,
}

impl List<'_, '_> {
    fn count(&self) -> usize {
        std::iter::successors(self.next, |at| self.reader.fields.0[*at].next).count()
    }
}

impl<'de> SeqAccess<'de> for List<'de, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(at) = self.next else { return Ok(None) };
        self.next = self.reader.fields.0[at].next;
        seed.deserialize(self.reader.value(at).element()).map(Some)
    }
}
