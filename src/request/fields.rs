//! Deserializes the fields of a query or a form (`application/x-www-form-urlencoded`) into one value.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use http::StatusCode;
use serde::de::value::{SeqDeserializer, StrDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::error::{Error, Result};
use crate::request::methods::{one_value_methods, scalar_methods};
use crate::request::values::{self, Cause, FILE, Fault, FileMark, Forms, Owner, Place, Round, Seen, Text, UNREADABLE};
use crate::request::words;

/// Deserializes the fields.
pub(super) fn deserialize<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    Fields::of(form_urlencoded::parse(bytes)).deserialize()
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
        Part::File(number) => Field { file: Some(FileMark::new(*number)), ..Field::new(name.into(), Cow::default()) },
    });
    Fields::linked(fields.collect()).deserialize()
}

/// Why no query and no form can be read as `T`; `None` if none is found. Each field is tried alone.
///
/// Optional fields behind `#[serde(flatten)]` cannot be tried: serde does not tell their names.
pub(crate) fn impossible<T: DeserializeOwned>() -> Option<String> {
    find_impossible(&|fields, round| T::deserialize(Reader { fields, round }).map(drop))
}

/// Returns the names of the fields of a struct, in the order of the declaration. It is empty for other types.
#[cold]
pub(crate) fn field_names<T: DeserializeOwned>() -> &'static [&'static str] {
    read_pairs(&|fields, round| T::deserialize(Reader { fields, round }).map(drop), &[]).1.fields
}

type Attempt = dyn Fn(&Fields<'_>, &Round<'_>) -> Result<(), Fault>;

fn find_impossible(attempt: &Attempt) -> Option<String> {
    let (cause, seen) = read_pairs(attempt, &[]);
    if let Some(Cause::Shape(reason)) = cause {
        return Some(reason);
    }
    if seen.fields.is_empty() {
        return find_impossible_in_map(attempt);
    }
    seen.fields.iter().find_map(|name| {
        let (mut cause, mut seen) = read_pairs(attempt, &[(name, "0")]);
        if seen.length > 1 {
            (cause, seen) = read_pairs(attempt, &vec![(*name, "0"); seen.length]);
        }
        let is_text = |variant: &&str| {
            let (cause, _) = read_pairs(attempt, &[(name, variant)]);
            !cause.is_some_and(|cause| cause.needs_content())
        };
        let reason = match cause {
            Some(Cause::Shape(reason)) => reason,
            _ if seen.variants.is_empty() || seen.variants.iter().any(is_text) => return None,
            _ => "a parameter is text, and each variant of the enum has content".to_owned(),
        };
        Some(format!("the field `{name}`: {reason}"))
    })
}

/// As [`find_impossible`], for a type that does not tell the names of its fields. Its errors name the required ones, one by
/// one.
fn find_impossible_in_map(attempt: &Attempt) -> Option<String> {
    let mut pairs = vec![("0", "0")];
    loop {
        match read_pairs(attempt, &pairs).0 {
            Some(Cause::Shape(reason)) => return Some(reason),
            Some(Cause::Missing(name)) if !pairs.contains(&(name, "0")) => pairs.push((name, "0")),
            _ => return None,
        }
    }
}

/// Reads these fields, and returns the names that the type asked for.
fn read_pairs(attempt: &Attempt, pairs: &[(&str, &str)]) -> (Option<Cause>, Seen) {
    let fields = Fields::of(pairs.iter().map(|(name, value)| (Cow::Borrowed(*name), Cow::Borrowed(*value))));
    let forms = Forms::default();
    let fault = attempt(&fields, &Round::new(&forms)).err();
    (fault.map(Fault::into_cause), forms.seen())
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

/// The fields in the order of the request. Fields with one name are linked with each other.
struct Fields<'a>(Vec<Field<'a>>);

struct Field<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
    /// The file, if the value is one.
    file: Option<FileMark>,
    /// The index of the first field with this name.
    first: usize,
    /// The index of the next field with this name.
    next: Option<usize>,
}

impl<'a> Field<'a> {
    /// A field that is not linked yet.
    fn new(name: Cow<'a, str>, value: Cow<'a, str>) -> Self {
        Self { name, value, file: None, first: 0, next: None }
    }

    /// The value as text. An empty value is the end of its name: the address of a text tells which field was refused, and all empty
    /// values of `form_urlencoded` have one address.
    fn value(&self) -> &str {
        match &self.file {
            Some(file) => file.text(),
            None if self.value.is_empty() => &self.name[self.name.len()..],
            None => &self.value,
        }
    }
}

impl<'a> Fields<'a> {
    fn of(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        Self::linked(pairs.map(|(name, value)| Field::new(name, value)).collect())
    }

    fn linked(mut fields: Vec<Field<'a>>) -> Self {
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

    fn deserialize<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let result = values::read(|| self.texts(), |round| T::deserialize(Reader { fields: self, round }));
        result.map_err(|fault| self.named(fault))
    }

    fn texts(&self) -> Vec<(&str, Owner)> {
        let mut texts = Vec::with_capacity(2 * self.0.len());
        for field in &self.0 {
            texts.push((&*field.name, values::name_of(field.first)));
            texts.push((field.value(), values::value_of(field.first)));
        }
        texts
    }

    /// Adds the name of the field to a fault.
    fn named(&self, fault: Fault) -> Fault {
        match fault.into_cause() {
            Cause::Value { place: Place::Owner(owner), reason } => {
                let field = &self.0[values::parameter_of(owner)];
                Fault::value(Place::Owner(owner), format!("{}: {reason}", words::quoted(&field.name)))
            }
            other => other.into(),
        }
    }
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

    no_fields! { deserialize_f32() deserialize_f64() }

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
        visitor.visit_seq(Pairs { reader: self, next: 0 })
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
        seed.deserialize(values)
    }
}

/// The values of one name.
#[derive(Clone, Copy)]
struct Values<'a, 'r> {
    reader: Reader<'a, 'r>,
    /// The index of the first value, or the name if the request lacks it: as a list it is empty, as any other type missing.
    first: Result<usize, &'static str>,
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
    fn named<T>(self, result: Result<T, Fault>) -> Result<T, Fault> {
        match self.first {
            Ok(first) => result.map_err(|fault| fault.of(values::value_of(first))),
            Err(_) => result,
        }
    }
}

/// Forwards to the single value.
macro_rules! forward_to_text {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, Fault> {
            self.text()?.$method($($argument,)* visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Values<'de, '_> {
    type Error = Fault;

    one_value_methods!(forward_to_text);

    forward_to_text! {
        deserialize_f32()
        deserialize_f64()
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if let Some(text) = self.single() {
            return text.deserialize_any(visitor);
        }
        match self.first {
            Ok(first) if self.reader.round.ask(values::value_of(first))?.is_unreadable() => {
                visitor.visit_borrowed_bytes(UNREADABLE)
            }
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.named(visitor.visit_seq(List { reader: self.reader, next: self.first.ok() }))
    }

    /// As many values as the array or the tuple has elements.
    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.reader.round.see(Seen { length, ..Seen::default() });
        let first = self.first.map_err(<Fault as de::Error>::missing_field)?;
        let list = List { reader: self.reader, next: Some(first) };
        match list.count() {
            count if count == length => self.named(visitor.visit_seq(list)),
            count => {
                let reason = format!("expected {length} values, found {count}");
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
        self.named(visitor.visit_newtype_struct(self))
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

/// The fields as pairs of a name and a value.
struct Pairs<'a, 'r> {
    reader: Reader<'a, 'r>,
    next: usize,
}

impl<'de> SeqAccess<'de> for Pairs<'de, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        if self.next == self.reader.fields.0.len() {
            return Ok(None);
        }
        self.next += 1;
        seed.deserialize(Pair(self.reader, self.next - 1)).map(Some)
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
