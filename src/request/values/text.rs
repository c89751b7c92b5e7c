//! Deserializes a value from one text.

use std::str::FromStr;

use serde::de::value::{BorrowedBytesDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, SeqAccess, Visitor};

use crate::request::values::fault::Fault;
use crate::request::values::file::{FILE, FileMark};
use crate::request::values::guess::{Guess, Guessed, boolean, number};
use crate::request::values::place::Place;
use crate::request::values::record::Seen;
use crate::request::values::{Owner, Round};
use crate::request::words;

/// Deserializes one text, as any type that a text can be.
#[derive(Clone, Copy)]
pub(in crate::request) struct Text<'a, 'r> {
    pub(in crate::request) content: &'a str,
    /// The file, if the value is one.
    pub(in crate::request) file: Option<&'a FileMark>,
    pub(in crate::request) owner: Owner,
    pub(in crate::request) round: &'r Round<'r>,
    /// Whether it is an element of a list: if a list is guessed, it is one value of that list.
    pub(in crate::request) is_element: bool,
    /// Whether `on` is true, as in a form.
    pub(in crate::request) is_form: bool,
}

impl<'a> Text<'a, '_> {
    fn fault(self, expected: &str) -> Fault {
        let reason = match self.file {
            Some(_) => words::file_is_not(expected),
            None => format!("{} is not {expected}", words::quoted(self.content)),
        };
        Fault::value(Place::Owner(self.owner), reason)
    }

    /// The fault if no text is of the type. It is described for the programmer, and for the client, who may have chosen it.
    #[cold]
    fn no_text<T>(self, wanted: &str, expected: &str) -> Result<T, Fault> {
        self.round.search();
        Err(self.fault(expected).with_shape(format!("a parameter is text, not {wanted}")))
    }

    /// The text, for a type that takes any text.
    fn text(self) -> Result<&'a str, Fault> {
        if self.file.is_some() { Err(self.fault("a text")) } else { Ok(self.content) }
    }

    fn parse<T: FromStr>(self, type_name: &str) -> Result<T, Fault> {
        self.content.parse().map_err(|_| self.fault(&words::expected(type_name)))
    }

    /// Adds the owner of this text to what a visitor refused.
    fn add_owner<T>(self, result: Result<T, Fault>) -> Result<T, Fault> {
        result.map_err(|fault| fault.with_owner(self.owner))
    }

    /// The text as an element of a list.
    pub(in crate::request) fn element(self) -> Self {
        Self { is_element: true, ..self }
    }

    /// Whether an `Option` of the text is `None`. The first entry of an HTML select, "any", sends an empty text.
    pub(in crate::request) fn is_none(self) -> bool {
        self.content.is_empty()
    }

    /// Gives the text to a type that does not say what it needs. Only a search does that.
    #[cold]
    fn give<V: Visitor<'a>>(self, guess: Guess, visitor: V) -> Result<V::Value, Fault> {
        if guess.is_list && !self.is_element {
            return visitor.visit_seq(Once(Some(self.element())));
        }
        match guess.value(self.content) {
            Guessed::Text => match self.file {
                Some(file) => visitor.visit_borrowed_bytes(file.bytes()),
                None => visitor.visit_borrowed_str(self.content),
            },
            Guessed::Natural(value) => visitor.visit_u64(value),
            Guessed::Integer(value) => visitor.visit_i64(value),
            Guessed::Float(value) => visitor.visit_f64(value),
            Guessed::Boolean(value) => visitor.visit_bool(value),
            Guessed::Nothing => visitor.visit_unit(),
            Guessed::Unreadable(bytes) => visitor.visit_borrowed_bytes(bytes),
        }
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $type_name:literal)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.add_owner(visitor.$visit(self.parse($type_name)?))
        }
    )*};
}

macro_rules! texts {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.add_owner(visitor.visit_borrowed_str(self.text()?))
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'de, '_> {
    type Error = Fault;

    parsed! {
        deserialize_i8 visit_i8 "i8"
        deserialize_i16 visit_i16 "i16"
        deserialize_i32 visit_i32 "i32"
        deserialize_i64 visit_i64 "i64"
        deserialize_i128 visit_i128 "i128"
        deserialize_u8 visit_u8 "u8"
        deserialize_u16 visit_u16 "u16"
        deserialize_u32 visit_u32 "u32"
        deserialize_u64 visit_u64 "u64"
        deserialize_u128 visit_u128 "u128"
        deserialize_char visit_char "one character"
    }

    texts! { deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match boolean(self.content).filter(|_| self.is_form || self.content != "on") {
            Some(value) => self.add_owner(visitor.visit_bool(value)),
            None if self.is_form => Err(self.fault("\"true\", \"on\" or \"false\"")),
            None => Err(self.fault("`true` or `false`")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let value = number(self.content).ok_or_else(|| self.fault("a number that can be held here"))?;
        self.add_owner(visitor.visit_f32(value))
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let value = number(self.content).ok_or_else(|| self.fault("a number"))?;
        self.add_owner(visitor.visit_f64(value))
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let guess = self.round.ask(self.owner)?;
        self.add_owner(self.give(guess, visitor))
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.add_owner(match self.round.guess(self.owner) {
            Some(guess) => self.give(guess, visitor),
            None => visitor.visit_borrowed_str(self.text()?),
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_none() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        self.add_owner(match self.file.filter(|_| name == FILE) {
            Some(file) => visitor.visit_newtype_struct(BorrowedBytesDeserializer::new(file.bytes())),
            None => visitor.visit_newtype_struct(self),
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.round.see(Seen { variants, ..Seen::default() });
        self.round.note_tag(&visitor);
        let text: StrDeserializer<'de, Fault> = self.text()?.into_deserializer();
        self.add_owner(text.deserialize_enum(name, variants, visitor))
    }

    /// A list of this text alone.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.add_owner(visitor.visit_seq(Once(Some(self.element()))))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        self.no_text("nothing", "null")
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, _: V) -> Result<V::Value, Fault> {
        self.no_text(&format!("the unit struct `{name}`"), "null")
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, _: V) -> Result<V::Value, Fault> {
        self.no_text(&format!("a tuple of {length}"), "an array")
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, name: &'static str, _: usize, _: V) -> Result<V::Value, Fault> {
        self.no_text(&format!("the tuple struct `{name}`"), "an array")
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        self.no_text("a map", "an object")
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fault> {
        self.no_text(&format!("the struct `{name}`"), "an object")
    }
}

impl<'de> IntoDeserializer<'de, Fault> for Text<'de, '_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A list of one text.
struct Once<'a, 'r>(Option<Text<'a, 'r>>);

impl<'de> SeqAccess<'de> for Once<'de, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        self.0.take().map(|text| seed.deserialize(text)).transpose()
    }
}
