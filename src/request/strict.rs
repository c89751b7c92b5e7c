//! Reads JSON as JSON Schema describes a type, where serde and `serde_json` differ from it:
//!
//! * A struct is an object. Serde also reads an array of the fields in their order.
//! * `168.0` is an integer. `serde_json` refuses it. Here only one of 2⁵² or more is refused, and each for a 128-bit integer.
//! * An `f32` does not hold `1e39`. Serde reads it as infinite.
//!
//! Serde buffers values behind `flatten`, `tag` and `untagged`. Its own rules apply there.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};

/// Wraps a deserializer, and every visitor, seed and access that passes through it.
pub(super) struct Strict<'m, T>(pub(super) T, pub(super) Mode<'m>);

/// A change to the values, or a record of names.
#[derive(Clone, Copy)]
pub(super) enum Mode<'m> {
    Plain,
    /// A number larger than any `f32` is given as a string to a visitor that asks for no type: serde buffers it, and an `f32`
    /// refuses it.
    LargeAsText,
    /// The function is called with the names in each struct and each enum.
    Record(&'m dyn Fn(Declared)),
}

/// The names in a type, in the order of the declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declared {
    Fields(&'static [&'static str]),
    Variants(&'static [&'static str]),
}

/// Whether no `f32` can hold a number: serde would read it as infinite.
///
/// `f32::MAX` is written as `3.4028235e38`, which is a larger `f64` but is rounded to `f32::MAX`.
pub(super) fn is_large(value: f64) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "serde makes an `f32` in the same way")]
    let rounded = value as f32;
    rounded.is_infinite()
}

macro_rules! forward_deserialize {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* Strict(visitor, self.1))
        }
    )*};
}

/// For values without parts, and for those that no rule is about.
macro_rules! as_they_are {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* visitor)
        }
    )*};
}

macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Integer(visitor))
        }
    )*};
}

macro_rules! forward_visit {
    ($($method:ident $type:ty,)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$method(value)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<'_, D> {
    type Error = D::Error;

    forward_deserialize! {
        deserialize_any()
        deserialize_option()
        deserialize_map()
        deserialize_newtype_struct(name: &'static str)
        deserialize_seq()
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
    }

    as_they_are! {
        deserialize_bool()
        deserialize_i128()
        deserialize_u128()
        deserialize_f64()
        deserialize_char()
        deserialize_str()
        deserialize_string()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_identifier()
        deserialize_unit()
        deserialize_unit_struct(name: &'static str)
        deserialize_ignored_any()
    }

    integers! {
        deserialize_i8
        deserialize_i16
        deserialize_i32
        deserialize_i64
        deserialize_u8
        deserialize_u16
        deserialize_u32
        deserialize_u64
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_f32(Float(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if let Mode::Record(record) = self.1 {
            record(Declared::Fields(fields));
        }
        self.0.deserialize_struct(name, fields, Object(visitor, self.1))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if let Mode::Record(record) = self.1 {
            record(Declared::Variants(variants));
        }
        self.0.deserialize_enum(name, variants, Strict(visitor, self.1))
    }
}

/// The visitor of a struct: it accepts an object only.
struct Object<'m, V>(V, Mode<'m>);

impl<'de, V: Visitor<'de>> Visitor<'de> for Object<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(members, self.1))
    }
}

/// The visitor of an integer: it accepts a number such as `168.0`.
struct Integer<V>(V);

/// The largest integer that is accepted as an `f64`: 2⁵² - 1. `serde_json` rounds the last digit of a larger one, and would make
/// `9007199254740990` of `9007199254740991.0`.
const EXACT: f64 = 4_503_599_627_370_495.0;

impl<'de, V: Visitor<'de>> Visitor<'de> for Integer<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    forward_visit! {
        visit_i64 i64,
        visit_u64 u64,
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is an integer below 2⁵²")]
    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if value.fract() != 0.0 || value.abs() > EXACT {
            self.0.visit_f64(value)
        } else if value < 0.0 {
            self.0.visit_i64(value as i64)
        } else {
            self.0.visit_u64(value as u64)
        }
    }
}

/// The visitor of an `f32`: it refuses a number that would be infinite.
struct Float<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Float<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    forward_visit! {
        visit_i64 i64,
        visit_u64 u64,
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if is_large(value) {
            return Err(E::invalid_value(Unexpected::Float(value), &"a smaller number"));
        }
        self.0.visit_f64(value)
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    forward_visit! {
        visit_bool bool,
        visit_i8 i8,
        visit_i16 i16,
        visit_i32 i32,
        visit_i64 i64,
        visit_i128 i128,
        visit_u8 u8,
        visit_u16 u16,
        visit_u32 u32,
        visit_u64 u64,
        visit_u128 u128,
        visit_f32 f32,
        visit_char char,
        visit_str &str,
        visit_borrowed_str &'de str,
        visit_string String,
        visit_bytes &[u8],
        visit_borrowed_bytes &'de [u8],
        visit_byte_buf Vec<u8>,
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        match self.1 {
            Mode::LargeAsText if is_large(value) => self.0.visit_string(serde_json::Value::from(value).to_string()),
            _ => self.0.visit_f64(value),
        }
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(deserializer, self.1))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(deserializer, self.1))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Strict(elements, self.1))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(members, self.1))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variants: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Strict(variants, self.1))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(deserializer, self.1))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed, self.1))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Strict(seed, self.1))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, 'm, A: EnumAccess<'de>> EnumAccess<'de> for Strict<'m, A> {
    type Error = A::Error;
    type Variant = Strict<'m, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(seed).map(|(name, variant)| (name, Strict(variant, self.1)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Strict(seed, self.1))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(length, Strict(visitor, self.1))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        if let Mode::Record(record) = self.1 {
            record(Declared::Fields(fields));
        }
        self.0.struct_variant(fields, Object(visitor, self.1))
    }
}
