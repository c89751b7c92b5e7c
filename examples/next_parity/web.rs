//! The details in which JavaScript's `Response`, `Headers` and `JSON` differ from this crate.

use std::fmt;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use indexmap::IndexMap;
use route_handlers::{Body, Error, Response, Result};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// `?case=…`: selects a response of the route.
#[derive(serde::Deserialize)]
pub struct Case {
    #[serde(default)]
    pub case: String,
}

/// `cases[name]()` of an unknown case.
pub fn no_such_case() -> Error {
    thrown("TypeError: cases[name] is not a function")
}

/// `throw`.
pub fn thrown(reason: &'static str) -> Error {
    Error::from_source(http::StatusCode::INTERNAL_SERVER_ERROR, reason)
}

/// `new Response(string)`.
pub fn text(body: impl Into<Body>) -> Response {
    typed("text/plain;charset=UTF-8", body)
}

/// `new Response(body, { headers: { 'content-type': … } })`.
pub fn typed(content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// `new Headers(list)`: trims the values, and joins those of one name, except for `Set-Cookie`.
///
/// # Errors
///
/// Fails if a name or a value is invalid.
pub fn headers<const N: usize>(list: [(&str, &str); N]) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in list {
        let name = HeaderName::try_from(name)?;
        let value = latin1(value.trim_matches([' ', '\t', '\r', '\n']))?;
        match headers.get_mut(&name) {
            Some(before) if name != http::header::SET_COOKIE => {
                *before = HeaderValue::from_bytes(&[before.as_bytes(), b", ", value.as_bytes()].concat())?;
            }
            _ => drop(headers.append(name, value)),
        }
    }
    Ok(headers)
}

/// JavaScript sends strings as bytes of Latin-1.
fn latin1(value: &str) -> Result<HeaderValue> {
    let bytes: Vec<u8> = value.chars().map(|character| u8::try_from(character as u32)).collect::<Result<_, _>>()?;
    Ok(HeaderValue::from_bytes(&bytes)?)
}

/// JavaScript reads bytes as Latin-1.
pub fn from_latin1(value: &HeaderValue) -> String {
    value.as_bytes().iter().map(|byte| char::from(*byte)).collect()
}

/// `JSON.parse`: any value. Keys keep their order, and the last value of a repeated key counts.
#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    Number(f64),
    String(String),
    Array(Vec<Value>),
    Object(IndexMap<String, Value>),
}

impl Value {
    /// `typeof`, with `null` and arrays as separate types.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// `value[key]`.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(key),
            _ => None,
        }
    }

    /// `Object.keys(value).length`, which throws for `null`.
    pub fn keys(&self) -> Option<usize> {
        match self {
            Self::Null => None,
            Self::Bool(_) | Self::Number(_) => Some(0),
            Self::String(text) => Some(utf16_length(text)),
            Self::Array(items) => Some(items.len()),
            Self::Object(members) => Some(members.len()),
        }
    }
}

/// `string.length`.
pub fn utf16_length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        /// The highest number up to which every integer is exact.
        const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            #[expect(clippy::cast_possible_truncation, reason = "it is an integer, and small enough")]
            Self::Number(value) if value.fract() == 0.0 && value.abs() <= MAX_SAFE_INTEGER => {
                serializer.serialize_i64(*value as i64)
            }
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => items.serialize(serializer),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

#[expect(clippy::cast_precision_loss, reason = "JavaScript has no other numbers")]
impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<Value, A::Error> {
        let mut object = IndexMap::new();
        while let Some((key, value)) = members.next_entry()? {
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
