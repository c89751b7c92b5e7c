//! Deserializes the fields of a query or a form (`application/x-www-form-urlencoded`) into one value.

mod impossible;
mod pairs;
mod same_name;
mod table;

use http::StatusCode;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, Visitor};

use crate::error::{Error, Result};
use crate::request::deserializer_methods::scalar_methods;
use crate::request::values::{self, Cause, Fault, Round, Seen, Text};
use crate::request::words;

pub(crate) use impossible::{field_names, impossible};
use pairs::Pairs;
use same_name::Values;
#[cfg(feature = "multipart")]
use table::Field;
use table::Fields;

/// Deserializes the fields.
pub(super) fn deserialize<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    deserialize_fields(&Fields::of(form_urlencoded::parse(bytes)))
}

/// The value of a field in a form with files.
#[cfg(feature = "multipart")]
#[derive(Debug)]
pub(crate) enum Part {
    Text(String),
    /// The number of the file.
    File(usize),
}

/// Deserializes the fields of a form with files.
#[cfg(feature = "multipart")]
pub(super) fn deserialize_parts<T: DeserializeOwned>(parts: &[(String, Part)]) -> Result<T, Fault> {
    let fields = parts.iter().map(|(name, part)| match part {
        Part::Text(text) => Field::new(name.into(), text.into()),
        Part::File(number) => Field::of_file(name.into(), *number),
    });
    deserialize_fields(&Fields::linked(fields.collect()))
}

fn deserialize_fields<T: DeserializeOwned>(fields: &Fields<'_>) -> Result<T, Fault> {
    let result = values::read(|| fields.texts(), |round| T::deserialize(Reader { fields, round }));
    result.map_err(|fault| fields.add_name(fault))
}

/// Makes the error for a value that could not be read. Its detail begins with `subject`.
#[cold]
pub(super) fn explain(fault: &Fault, type_name: &str, status: StatusCode, subject: &str) -> Error {
    if let Cause::Shape(reason) = fault.cause() {
        let reason = format!("`{type_name}` cannot be read from a request: {reason}");
        return Error::internal(reason);
    }
    let detail = format!("{subject}: {fault}");
    Error::from_source(status, detail.clone()).with_quoting_detail(detail)
}

/// Deserializes all fields, as a struct, a map, a list of pairs, or a unit.
#[derive(Clone, Copy)]
struct Reader<'a, 'r> {
    fields: &'a Fields<'a>,
    round: &'r Round<'r>,
}

impl<'a, 'r> Reader<'a, 'r> {
    fn name(self, at: usize) -> Text<'a, 'r> {
        let field = &self.fields.0[at];
        let owner = values::name_of(field.first);
        Text { content: &field.name, file: None, owner, round: self.round, is_element: false, is_form: true }
    }

    fn value(self, at: usize) -> Text<'a, 'r> {
        let field = &self.fields.0[at];
        let owner = values::value_of(field.first);
        Text {
            content: field.value(),
            file: field.file.as_ref(),
            owner,
            round: self.round,
            is_element: false,
            is_form: true,
        }
    }
}

#[cold]
fn no_fields<T>(expected: &str) -> Result<T, Fault> {
    Err(Fault::shape(format!("expected a struct, a map or a list of pairs, not {expected}")))
}

macro_rules! no_fields {
    ($($method:ident())*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let expected: &dyn Expected = &visitor;
            no_fields(&words::expected(&expected.to_string()))
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'de, '_> {
    type Error = Fault;

    scalar_methods!(no_fields);

    fn deserialize_option<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        no_fields("an option (`Option<Query<T>>` is one, not `Query<Option<T>>`)")
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let map = Map { reader: self, next: 0, absent: self.round.absent(), values: None };
        self.round.search_if_missing(visitor.visit_map(map))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.round.see(Seen { fields, ..Seen::default() });
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    /// A list of pairs.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(Pairs::new(self))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Fault> {
        no_fields("a tuple")
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, name: &'static str, _: usize, _: V) -> Result<V::Value, Fault> {
        no_fields(&format!("the tuple struct `{name}`"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fault> {
        no_fields(&format!("the enum `{name}` (it may be tagged: `#[serde(tag = …)]`)"))
    }
}

/// The fields by their names, each name once. Names that the request lacks follow.
struct Map<'a, 'r> {
    reader: Reader<'a, 'r>,
    next: usize,
    absent: &'r [&'static str],
    values: Option<Values<'a, 'r>>,
}

impl<'de> MapAccess<'de> for Map<'de, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let fields = &self.reader.fields.0;
        while fields.get(self.next).is_some_and(|field| field.first != self.next) {
            self.next += 1;
        }
        if self.next < fields.len() {
            let first = self.next;
            self.next += 1;
            self.values = Some(Values { reader: self.reader, first: Ok(first) });
            return seed.deserialize(self.reader.name(first)).map(Some);
        }
        let Some((name, left)) = self.absent.split_first() else { return Ok(None) };
        self.absent = left;
        self.values = Some(Values { reader: self.reader, first: Err(name) });
        let name: StrDeserializer<'_, Fault> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let values = self.values.take().ok_or_else(|| Fault::shape("the value was requested before its name"))?;
        values.add_owner(seed.deserialize(values))
    }
}
