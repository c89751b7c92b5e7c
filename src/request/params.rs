//! The parameters of a pattern as one value of the handler's type: a serde deserializer over what was captured.

use std::any::type_name;
use std::fmt;

use http::StatusCode;
use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::error::{Error, Result};
use crate::routing::{Params, Pattern};

/// Deserializes what `pattern` captured of `path`.
pub(super) fn deserialize<T: DeserializeOwned>(pattern: Option<&Pattern>, params: &Params, path: &str) -> Result<T> {
    let captured = Captured { pattern, params, path, has_absent: false };
    let read = match T::deserialize(captured) {
        // A field may be a list: then it is empty where an optional catch-all captured nothing. Tried second, as a field
        // with a default must not see the absent parameter.
        Err(Fault::Shape(_)) if captured.places().any(|place| !place.is_present()) => {
            T::deserialize(Captured { has_absent: true, ..captured })
        }
        read => read,
    };
    read.map_err(|fault| fault.into_error(pattern, type_name::<T>()))
}

/// Why it did not work.
#[derive(Debug)]
enum Fault {
    /// The request's value is not of the type: the client's mistake.
    Value { name: Option<String>, reason: String },
    /// No value could be of the type: the programmer's mistake.
    Shape(String),
}

impl Fault {
    #[cold]
    fn into_error(self, pattern: Option<&Pattern>, type_name: &str) -> Error {
        match self {
            Self::Value { name, reason } => {
                let detail = match name {
                    Some(name) => format!("the parameter `{name}`: {reason}"),
                    None => format!("the path: {reason}"),
                };
                Error::from_source(StatusCode::BAD_REQUEST, detail.clone()).with_quoting_detail(detail)
            }
            Self::Shape(reason) => {
                let pattern = pattern.map_or("", Pattern::as_str);
                let reason = format!("`{type_name}` cannot hold the parameters of `{pattern}`: {reason}");
                Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason)
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { reason, .. } | Self::Shape(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self::Value { name: None, reason: reason.to_string() }
    }

    fn invalid_type(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::Shape(format!("it has {unexpected}, and {expected} is wanted"))
    }

    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Self {
        Self::Shape(format!("there are {length}, and {expected} is wanted"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Shape(format!("there is no `{field}`"))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::Shape(format!("there is no field for `{field}`"))
    }
}

/// All that the pattern captured.
#[derive(Clone, Copy)]
struct Captured<'a> {
    pattern: Option<&'a Pattern>,
    params: &'a Params,
    path: &'a str,
    /// Whether a map has an entry for an optional catch-all that captured nothing.
    has_absent: bool,
}

impl<'a> Captured<'a> {
    /// A value for each name. That of an optional catch-all that captured nothing is absent.
    fn places(self) -> impl Iterator<Item = Value<'a>> {
        self.first(self.pattern.map_or(0, |pattern| pattern.names().len()))
    }

    /// The values that were captured.
    fn values(self) -> impl Iterator<Item = Value<'a>> {
        self.first(self.params.len())
    }

    fn first(self, count: usize) -> impl Iterator<Item = Value<'a>> {
        (0..count).map(move |position| Value { captured: self, position, segment: None })
    }

    /// The value, where a type asks for just one.
    #[inline]
    fn single(self) -> Result<Value<'a>, Fault> {
        match self.params.len() {
            1 => Ok(Value { captured: self, position: 0, segment: None }),
            count => Err(not_single(count)),
        }
    }
}

#[cold]
fn not_single(count: usize) -> Fault {
    Fault::Shape(match count {
        0 => "one value is wanted, and nothing was captured".into(),
        more => format!("one value is wanted, and there are {more}"),
    })
}

/// Scalars are asked of the single value; a macro, because the trait has a method for each.
macro_rules! forward_to_single {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.single()?.$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Captured<'de> {
    type Error = Fault;

    forward_to_single! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_identifier
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.params.len() == 0 { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    /// A list of any length: the segments of the only parameter if it is a catch-all, otherwise all values.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.pattern {
            Some(pattern) if pattern.names().len() == 1 && pattern.is_catch_all(0) => match self.values().next() {
                Some(tail) => tail.deserialize_seq(visitor),
                None => visitor.visit_seq(Sequence(std::iter::empty::<Value<'_>>())),
            },
            _ => visitor.visit_seq(Sequence(self.values())),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        match self.places().count() {
            count if count == length => visitor.visit_seq(Sequence(self.places())),
            count => Err(Fault::Shape(format!("{length} values are wanted, and there are {count}"))),
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

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let count = if self.has_absent { self.places().count() } else { self.params.len() };
        visitor.visit_map(Fields { values: self.first(count), value: None })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.single()?.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}

/// One captured value, or one segment of a catch-all.
#[derive(Clone, Copy)]
struct Value<'a> {
    captured: Captured<'a>,
    position: usize,
    segment: Option<&'a str>,
}

impl<'a> Value<'a> {
    fn name(self) -> &'a str {
        self.captured.pattern.and_then(|pattern| pattern.name_at(self.position)).unwrap_or_default()
    }

    fn segments(self) -> Option<impl Iterator<Item = &'a str> + Clone> {
        self.captured.params.segments(self.captured.path, self.position)
    }

    fn is_present(self) -> bool {
        self.segment.is_some() || self.captured.params.has(self.position)
    }

    fn is_catch_all(self) -> bool {
        self.segment.is_none() && self.captured.pattern.is_some_and(|pattern| pattern.is_catch_all(self.position))
    }

    #[inline]
    fn text(self) -> Result<&'a str, Fault> {
        let joined = || self.captured.params.get(self.captured.path, self.position);
        self.segment.or_else(joined).ok_or_else(|| self.no_text())
    }

    #[cold]
    fn no_text(self) -> Fault {
        if self.is_present() {
            self.fault("a segment holds an encoded `/`, which one text cannot tell from a separator")
        } else {
            Fault::Shape(format!("`{}` captured nothing, and a value is wanted", self.name()))
        }
    }

    fn parse<T>(self, kind: &str) -> Result<T, Fault>
    where
        T: std::str::FromStr<Err: fmt::Display>,
    {
        let text = self.text()?;
        text.parse().map_err(|error| self.fault(format!("`{text}` is not {kind}: {error}")))
    }

    fn fault(self, reason: impl Into<String>) -> Fault {
        Fault::Value { name: Some(self.name().to_owned()), reason: reason.into() }
    }

    /// Adds the name to what a visitor refused.
    fn named<T>(self, result: Result<T, Fault>) -> Result<T, Fault> {
        result.map_err(|fault| match fault {
            Fault::Value { name: None, reason } => self.fault(reason),
            other => other,
        })
    }
}

macro_rules! parse_scalars {
    ($($method:ident $visit:ident $kind:literal,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.named(visitor.$visit(self.parse($kind)?))
        }
    )*};
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Fault;

    parse_scalars! {
        deserialize_bool visit_bool "`true` or `false`",
        deserialize_i8 visit_i8 "an integer",
        deserialize_i16 visit_i16 "an integer",
        deserialize_i32 visit_i32 "an integer",
        deserialize_i64 visit_i64 "an integer",
        deserialize_i128 visit_i128 "an integer",
        deserialize_u8 visit_u8 "a natural number",
        deserialize_u16 visit_u16 "a natural number",
        deserialize_u32 visit_u32 "a natural number",
        deserialize_u64 visit_u64 "a natural number",
        deserialize_u128 visit_u128 "a natural number",
        deserialize_f32 visit_f32 "a number",
        deserialize_f64 visit_f64 "a number",
        deserialize_char visit_char "one character",
    }

    forward_to_deserialize_any! { str string identifier bytes byte_buf struct map unit unit_struct }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.named(visitor.visit_borrowed_str(self.text()?))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_present() { visitor.visit_some(self) } else { visitor.visit_none() }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        self.named(visitor.visit_newtype_struct(self))
    }

    /// The segments of a catch-all.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if !self.is_catch_all() {
            return Err(Fault::Shape(format!("`{}` is one segment, and a list is wanted", self.name())));
        }
        let segments = self.segments().into_iter().flatten();
        self.named(visitor.visit_seq(Sequence(segments.map(|segment| Value { segment: Some(segment), ..self }))))
    }

    /// As many segments of a catch-all as are wanted; of another parameter its name and its value.
    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        if self.is_catch_all() {
            return match self.segments().into_iter().flatten().count() {
                count if count == length => self.deserialize_seq(visitor),
                count => Err(self.fault(format!("{length} segments are wanted, and there are {count}"))),
            };
        }
        let name = Value { segment: Some(self.name()), ..self };
        visitor.visit_seq(Sequence([name, self].into_iter()))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let text: StrDeserializer<'de, Fault> = self.text()?.into_deserializer();
        self.named(text.deserialize_enum(name, variants, visitor))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}

/// Values one after another.
struct Sequence<I>(I);

impl<'de, I> SeqAccess<'de> for Sequence<I>
where
    I: Iterator<Item: Deserializer<'de, Error = Fault>>,
{
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        self.0.next().map(|value| seed.deserialize(value)).transpose()
    }
}

/// Values by their names.
struct Fields<'a, I> {
    values: I,
    value: Option<Value<'a>>,
}

impl<'de, I: Iterator<Item = Value<'de>>> MapAccess<'de> for Fields<'de, I> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        self.value = self.values.next();
        let name = self.value.map(Value::name);
        name.map(|name| seed.deserialize(name.into_deserializer())).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let value = self.value.take().ok_or_else(|| Fault::Shape("a value was asked for before its name".into()))?;
        seed.deserialize(value)
    }
}
