//! Deserializes the fields as a list of pairs.

use serde::de::value::SeqDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Expected, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::request::deserializer_methods::scalar_methods;
use crate::request::fields::Reader;
use crate::request::values::{self, Fault};
use crate::request::words;

/// The fields as pairs of a name and a value.
pub(super) struct Pairs<'a, 'r> {
    reader: Reader<'a, 'r>,
    next: usize,
}

impl<'a, 'r> Pairs<'a, 'r> {
    pub(super) fn new(reader: Reader<'a, 'r>) -> Self {
        Self { reader, next: 0 }
    }
}

impl<'de> SeqAccess<'de> for Pairs<'de, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        if self.next == self.reader.fields.0.len() {
            return Ok(None);
        }
        self.next += 1;
        let at = self.next - 1;
        let owner = values::value_of(self.reader.fields.0[at].first);
        seed.deserialize(Pair(self.reader, at)).map(Some).map_err(|fault| fault.with_owner(owner))
    }
}

struct Pair<'a, 'r>(Reader<'a, 'r>, usize);

#[cold]
fn no_pair<T>(expected: &dyn Expected) -> Result<T, Fault> {
    let expected = words::expected(&expected.to_string());
    Err(Fault::shape(format!("an item of a list of fields is a pair of a name and a value, not {expected}")))
}

macro_rules! no_pair {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $(_: $type,)* visitor: V) -> Result<V::Value, Fault> {
            no_pair(&visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Pair<'de, '_> {
    type Error = Fault;

    scalar_methods!(no_pair);

    no_pair! {
        deserialize_option()
        deserialize_map()
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Self(reader, at) = self;
        visitor.visit_seq(SeqDeserializer::new([reader.name(at).element(), reader.value(at).element()].into_iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        if length == 2 { self.deserialize_any(visitor) } else { no_pair(&visitor) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! { unit unit_struct seq tuple_struct struct ignored_any }
}
