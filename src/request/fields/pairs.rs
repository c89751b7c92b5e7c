//! Deserializes the fields as a list of pairs.

use serde::de::value::SeqDeserializer;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::request::fields::Reader;
use crate::request::values::{self, Fault};

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

impl<'de> Deserializer<'de> for Pair<'de, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Self(reader, at) = self;
        visitor.visit_seq(SeqDeserializer::new([reader.name(at).element(), reader.value(at).element()].into_iter()))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
