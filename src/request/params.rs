//! A serde deserializer that reads the captured values of a pattern as one value of the handler's type.

use std::any::type_name;

use http::StatusCode;
use serde::de::value::SeqDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, Result};
use crate::request::deserializer_methods::{forward_to_text, one_value_methods, scalar_methods};
use crate::request::values::{self, Cause, Fault, Owner, Place, Round, Text};
use crate::routing::{Params, Pattern};

/// Deserializes the values that `pattern` captured from `path`.
#[inline]
pub(super) fn deserialize<T: DeserializeOwned>(pattern: Option<&Pattern>, params: &Params, path: &str) -> Result<T> {
    let source = Source { pattern, params, path };
    let result = values::read(|| source.texts(), |round| T::deserialize(Captured { source: &source, round }));
    result.map_err(|fault| explain(fault, &source, type_name::<T>()))
}

#[cold]
fn explain(fault: Fault, source: &Source<'_>, type_name: &str) -> Error {
    let pattern = source.pattern;
    if source.lacks_values() {
        return Error::new(StatusCode::BAD_REQUEST).with_detail("the path has a malformed parameter");
    }
    let cause = source.check_name(fault.into_cause());
    let Cause::Value { place, reason, .. } = &cause else {
        let reason = explain_misfit(&cause, pattern);
        let pattern = pattern.map_or("", Pattern::as_str);
        let reason = format!("`{type_name}` cannot hold the parameters of `{pattern}`: {reason}");
        return Error::internal(reason);
    };
    let name = match place {
        Place::Owner(owner) => pattern.and_then(|pattern| pattern.name_at(values::parameter_of(*owner))),
        _ => pattern.filter(|pattern| pattern.names().len() == 1).and_then(|pattern| pattern.name_at(0)),
    };
    let detail = match name {
        Some(name) => format!("the parameter `{name}`: {reason}"),
        None => format!("the path: {reason}"),
    };
    Error::from_source(StatusCode::BAD_REQUEST, detail.clone()).with_quoting_detail(detail)
}

/// Says why a type cannot hold the parameters of a pattern, and how to fix it.
#[cold]
pub(super) fn explain_misfit(cause: &Cause, pattern: Option<&Pattern>) -> String {
    match cause {
        Cause::Value { reason, .. } | Cause::Shape(reason) => reason.clone(),
        Cause::Unknown(name) => {
            format!("it has no field for the parameter `{name}`, and denies unknown fields: add the field")
        }
        Cause::Missing(name) => explain_missing(name, pattern),
    }
}

fn explain_missing(name: &str, pattern: Option<&Pattern>) -> String {
    if pattern.is_some_and(|pattern| pattern.position(name).is_some()) {
        return may_be_absent(name);
    }
    let fix = match pattern.and_then(|pattern| misspelled(name, pattern)) {
        Some(other) => format!("rename one of them, or add `#[serde(rename = \"{other}\")]` to the field"),
        None => format!("add `{{{name}}}` to the pattern, or rename the field"),
    };
    format!("its field `{name}` is no parameter: {fix}")
}

/// The parameter that differs from the name of a field only in case, `_` and `-`: `teamId` for `team_id`.
pub(super) fn misspelled<'p>(field: &str, pattern: &'p Pattern) -> Option<&'p str> {
    fn letters(name: &str) -> impl Iterator<Item = u8> {
        name.bytes().filter(|byte| !matches!(byte, b'_' | b'-')).map(|byte| byte.to_ascii_lowercase())
    }
    pattern.names().find(|name| letters(name).eq(letters(field)))
}

fn may_be_absent(name: &str) -> String {
    format!("`{name}` may capture nothing: take an `Option` or a `Vec`")
}

/// The values that a pattern captured from a path.
pub(super) struct Source<'a> {
    pub(super) pattern: Option<&'a Pattern>,
    pub(super) params: &'a Params,
    pub(super) path: &'a str,
}

impl<'a> Source<'a> {
    /// Whether the path was refused, so that no value was captured. Layers see a request for this path before its 400.
    fn lacks_values(&self) -> bool {
        self.pattern.is_some_and(|pattern| {
            self.params.len() + usize::from(pattern.has_optional_catch_all()) < pattern.names().len()
        })
    }

    /// A refused name is the mistake of the program: it is in the pattern.
    #[cold]
    pub(super) fn check_name(&self, cause: Cause) -> Cause {
        match cause {
            Cause::Value { place: Place::Owner(owner), reason, .. } if values::is_name(owner) => {
                let name = self.pattern.and_then(|pattern| pattern.name_at(values::parameter_of(owner)));
                let name = name.unwrap_or_default();
                Cause::Shape(format!(
                    "it cannot read the name of the parameter `{name}`: {reason} (a `String` holds any name)"
                ))
            }
            cause => cause,
        }
    }

    pub(super) fn texts(&self) -> Vec<(&'a str, Owner)> {
        let mut texts = Vec::new();
        for position in 0..self.params.len() {
            let name = self.pattern.and_then(|pattern| pattern.name_at(position));
            texts.extend(name.map(|name| (name, values::name_of(position))));
            let owner = values::value_of(position);
            match self.params.get(self.path, position) {
                Some(text) => texts.push((text, owner)),
                None => {
                    let segments = self.params.segments(self.path, position).into_iter().flatten();
                    texts.extend(segments.map(|segment| (segment, owner)));
                }
            }
        }
        texts
    }
}

/// All values that the pattern captured.
#[derive(Clone, Copy)]
pub(super) struct Captured<'a, 'r> {
    pub(super) source: &'r Source<'a>,
    pub(super) round: &'r Round<'r>,
}

impl<'a, 'r> Captured<'a, 'r> {
    /// One value for each parameter. The value of an optional catch-all that captured nothing is absent.
    fn places(self) -> impl Iterator<Item = Value<'a, 'r>> {
        self.first(self.source.pattern.map_or(0, |pattern| pattern.names().len()), false)
    }

    /// The values that were captured, for a list.
    fn values(self) -> impl Iterator<Item = Value<'a, 'r>> {
        self.first(self.source.params.len(), true)
    }

    fn first(self, count: usize, is_pair: bool) -> impl Iterator<Item = Value<'a, 'r>> {
        (0..count).map(move |position| Value { captured: self, position, segment: None, is_pair })
    }

    /// The only value, for a type that is read from one value.
    #[inline]
    fn single(self) -> Result<Value<'a, 'r>, Fault> {
        match self.source.params.len() {
            1 => Ok(Value { captured: self, position: 0, segment: None, is_pair: false }),
            _ => Err(self.not_single()),
        }
    }

    #[cold]
    fn not_single(self) -> Fault {
        let count = self.places().count();
        let fix = match (count, self.places().next()) {
            (1, Some(only)) => return Fault::shape(may_be_absent(only.name())),
            (0, _) => "add one, such as `{id}`",
            _ => "take a tuple or a struct",
        };
        Fault::shape(format!("it is one value, and the number of parameters is {count}: {fix}"))
    }

    #[cold]
    fn wrong_length(self, length: usize) -> Fault {
        let count = self.places().count();
        Fault::shape(format!(
            "it is a tuple of {length}, and the number of parameters is {count}: take one value for each"
        ))
    }
}

/// Deserializes a scalar from the only value.
macro_rules! forward_to_single {
    ($($method:ident())*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.single()?.$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Captured<'de, '_> {
    type Error = Fault;

    scalar_methods!(forward_to_single);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.source.params.len() == 0 { visitor.visit_none() } else { visitor.visit_some(self) }
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
        match self.source.pattern {
            Some(pattern) if pattern.names().len() == 1 && pattern.is_catch_all(0) => match self.values().next() {
                Some(tail) => tail.deserialize_seq(visitor),
                None => visitor.visit_seq(Sequence(std::iter::empty::<Value<'_, '_>>())),
            },
            _ => visitor.visit_seq(Sequence(self.values())),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        match self.places().count() {
            count if count == length => visitor.visit_seq(Sequence(self.places())),
            _ => Err(self.wrong_length(length)),
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
        // Only an optional catch-all can capture nothing, and it is the last parameter. It is then an empty list.
        let is_any_absent = !self.round.absent().is_empty();
        let count = if is_any_absent { self.places().count() } else { self.source.params.len() };
        self.round.search_if_missing(visitor.visit_map(Fields { values: self.first(count, false), value: None }))
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
struct Value<'a, 'r> {
    captured: Captured<'a, 'r>,
    position: usize,
    segment: Option<&'a str>,
    /// Whether a tuple is the name and the value, as in a list of pairs.
    is_pair: bool,
}

impl<'a, 'r> Value<'a, 'r> {
    fn source(self) -> &'r Source<'a> {
        self.captured.source
    }

    fn owner(self) -> Owner {
        values::value_of(self.position)
    }

    #[inline]
    fn name(self) -> &'a str {
        self.source().pattern.and_then(|pattern| pattern.name_at(self.position)).unwrap_or_default()
    }

    #[inline]
    fn name_text(self) -> Text<'a, 'r> {
        let owner = values::name_of(self.position);
        Text { content: self.name(), file: None, owner, round: self.captured.round, is_element: false, is_form: false }
    }

    fn segments(self) -> Option<impl Iterator<Item = &'a str> + Clone> {
        self.source().params.segments(self.source().path, self.position)
    }

    fn is_present(self) -> bool {
        self.segment.is_some() || self.source().params.has(self.position)
    }

    fn is_catch_all(self) -> bool {
        self.segment.is_none() && self.source().pattern.is_some_and(|pattern| pattern.is_catch_all(self.position))
    }

    #[inline]
    fn text(self) -> Result<Text<'a, 'r>, Fault> {
        let Some(content) = self.content() else { return Err(self.no_text()) };
        let is_element = self.segment.is_some();
        Ok(Text { content, file: None, owner: self.owner(), round: self.captured.round, is_element, is_form: false })
    }

    /// The text of the value, if it is one text. Not inlined, so that only the short `text` is copied to each call.
    fn content(self) -> Option<&'a str> {
        match self.segment {
            Some(segment) => Some(segment),
            None => self.source().params.get(self.source().path, self.position),
        }
    }

    #[cold]
    fn no_text(self) -> Fault {
        if self.is_present() {
            self.fault("a segment contains an encoded `/`, which would look like a separator in the joined text")
        } else {
            Fault::shape(may_be_absent(self.name()))
        }
    }

    /// Deserializes the value. A fault has its name, also one that the type finds after it has read the value.
    fn read_by<S: DeserializeSeed<'a>>(self, seed: S) -> Result<S::Value, Fault> {
        seed.deserialize(self).map_err(|fault| fault.with_owner(self.owner()))
    }

    #[cold]
    fn no_list(self, wanted: &str) -> Fault {
        self.captured.round.search();
        let name = self.name();
        let shape = match self.segment {
            Some(_) => format!("a segment of `{name}` is one value, not a {wanted}"),
            None => format!("`{name}` is one segment, not a {wanted}: take one value, or write `{{*{name}}}`"),
        };
        self.fault(format!("it is one segment, not a {wanted}")).with_shape(shape)
    }

    fn fault(self, reason: impl Into<String>) -> Fault {
        Fault::value(Place::Owner(self.owner()), reason)
    }

    /// The segments of a catch-all.
    fn list<V: Visitor<'a>>(self, is_pair: bool, visitor: V) -> Result<V::Value, Fault> {
        let segments = self.segments().into_iter().flatten();
        let list = Sequence(segments.map(|segment| Value { segment: Some(segment), is_pair, ..self }));
        visitor.visit_seq(list).map_err(|fault| fault.with_owner(self.owner()))
    }
}

impl<'de> Deserializer<'de> for Value<'de, '_> {
    type Error = Fault;

    one_value_methods!(forward_to_text);

    /// Deserializes a catch-all, as its tail or as the list of its segments.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if !self.is_catch_all() {
            return self.text()?.deserialize_any(visitor);
        }
        let guess = self.captured.round.ask(self.owner())?;
        match self.text() {
            Ok(text) if !guess.is_list => text.deserialize_any(visitor),
            _ => self.list(true, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_present() { visitor.visit_some(self) } else { visitor.visit_none() }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self).map_err(|fault| fault.with_owner(self.owner()))
    }

    /// The segments of a catch-all.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_catch_all() { self.list(true, visitor) } else { Err(self.no_list("list")) }
    }

    /// The segments of a catch-all, if their number is `length`. For another parameter in a list, its name and its value.
    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        if self.is_catch_all() {
            return match self.segments().into_iter().flatten().count() {
                count if count == length => self.list(false, visitor),
                count => {
                    let plural = if length == 1 { "" } else { "s" };
                    Err(self.fault(format!("expected {length} segment{plural}, found {count}")))
                }
            };
        }
        if !self.is_pair || length != 2 {
            return Err(self.no_list("tuple"));
        }
        visitor.visit_seq(SeqDeserializer::new([self.name_text(), self.text()?].into_iter()))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}

/// A sequence of values.
struct Sequence<I>(I);

impl<'de: 'r, 'r, I: Iterator<Item = Value<'de, 'r>>> SeqAccess<'de> for Sequence<I> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        self.0.next().map(|value| value.read_by(seed)).transpose()
    }
}

/// A map from names to values.
struct Fields<'a, 'r, I> {
    values: I,
    value: Option<Value<'a, 'r>>,
}

impl<'de, 'r, I: Iterator<Item = Value<'de, 'r>>> MapAccess<'de> for Fields<'de, 'r, I> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        self.value = self.values.next();
        self.value.map(|value| seed.deserialize(value.name_text())).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let value = self.value.take().ok_or_else(|| Fault::shape("the value was requested before its name"))?;
        value.read_by(seed)
    }
}
