//! Deserializes JSON, and explains why a text is refused.

use std::any::type_name;
use std::cell::RefCell;
use std::fmt;

use http::StatusCode;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, Result};
use crate::request::byte_order_mark::without_mark;
use crate::request::strict::{Declared, Mode, Strict, is_large};
use crate::request::words;

/// The most characters of a JSON path in a response: the client may choose long keys.
const PATH: usize = 200;

/// Parses a whole body. A byte order mark before it is ignored.
///
/// 400 if the body is not JSON, whatever the type is; 422 if it is JSON of another type.
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let json = std::str::from_utf8(without_mark(bytes)).map_err(|error| not_json(error, "it is not UTF-8 text"))?;
    match read::<T>(json, Mode::Plain) {
        Ok(value) if has_large_number(json) => {
            check_buffered::<T>(json).map(|()| value).map_err(|fault| explain::<T>(json, fault))
        }
        Ok(value) => Ok(value),
        Err(error) => {
            let fault = track::<T>(json, Mode::Plain).err();
            Err(explain::<T>(json, fault.unwrap_or_else(|| (String::from("."), error))))
        }
    }
}

/// Returns the names in each struct and each enum of a text. Serde does not tell those of types behind `flatten`, `tag` and
/// `untagged`.
#[cold]
pub(crate) fn declared_names<T: DeserializeOwned>(bytes: &[u8]) -> Vec<Declared> {
    let names = RefCell::<Vec<_>>::default();
    let record = |declared| {
        let mut names = names.borrow_mut();
        if !names.contains(&declared) {
            names.push(declared);
        }
    };
    let json = std::str::from_utf8(without_mark(bytes)).unwrap_or_default();
    let _ = read::<T>(json, Mode::Record(&record));
    names.into_inner()
}

fn read<T: DeserializeOwned>(json: &str, mode: Mode<'_>) -> serde_json::Result<T> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = T::deserialize(Strict(&mut deserializer, mode))?;
    deserializer.end()?;
    Ok(value)
}

/// Parses a text, and returns the path of a fault. Tracking the path costs an allocation per node, so this runs only if there
/// is a fault.
#[cold]
fn track<T: DeserializeOwned>(json: &str, mode: Mode<'_>) -> Result<T, (String, serde_json::Error)> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = serde_path_to_error::deserialize(Strict(&mut deserializer, mode))
        .map_err(|fault| (words::cut(&fault.path().to_string(), PATH), fault.into_inner()))?;
    deserializer.end().map_err(|error| (String::from("."), error))?;
    Ok(value)
}

/// Refuses a number that serde has buffered, behind `flatten` or `tag`, and has read as an infinite `f32`. To find it, this reads
/// the JSON again, with a text in place of each large number: the error of the type says whether it expected an `f32`.
///
/// A refusal that serde drops is not seen: behind `untagged`, and in an `Option` behind `flatten`. An `f64` behind a buffer may
/// be refused first.
#[cold]
fn check_buffered<T: DeserializeOwned>(json: &str) -> Result<(), (String, serde_json::Error)> {
    let Err((path, error)) = track::<T>(json, Mode::LargeAsText) else { return Ok(()) };
    let said = said(&error);
    let number = said.strip_prefix("invalid type: string \"").and_then(|said| said.strip_suffix("\", expected f32"));
    let Some(number) = number else { return Ok(()) };
    let reason = format!("invalid value: floating point `{number}`, expected a smaller number");
    Err((path, serde_json::Error::custom(reason)))
}

/// Makes the error for a text that was refused.
#[cold]
fn explain<T>(json: &str, (path, error): (String, serde_json::Error)) -> Error {
    match check(json) {
        Err(error) => {
            let reason = words::cut(&error.to_string(), words::MESSAGE);
            not_json(error, &reason)
        }
        Ok(_) => not_the_type(&error, path, type_name::<T>()),
    }
}

/// Whether a text has a number that an `f32` cannot hold. It has an exponent, or 39 digits or more.
///
/// A fast scan comes first. It may take a part of a string for a number, so what it finds is confirmed.
fn has_large_number(json: &str) -> bool {
    let bytes = json.as_bytes();
    let may_have_exponent = match bytes.last_chunk::<17>() {
        // Windows of a fixed length become vector instructions. The last window may overlap another one.
        Some(last) => bytes.windows(17).step_by(16).any(has_exponent) || has_exponent(last),
        None => has_exponent(bytes),
    };
    // 39 digits in a row fill at least one chunk of 16 bytes.
    let may_be_long = || bytes.chunks_exact(16).any(|chunk| chunk.iter().all(u8::is_ascii_digit));
    (may_have_exponent || may_be_long()) && check(json).is_ok_and(|checked| checked.has_large_number)
}

/// Whether a digit stands before an `e`.
fn has_exponent(text: &[u8]) -> bool {
    let is_exponent = |pair: &[u8]| pair[0].is_ascii_digit() & matches!(pair[1], b'e' | b'E');
    text.windows(2).fold(false, |has, pair| has | is_exponent(pair))
}

/// Checks that the whole text is JSON, within the limits of `serde_json` for nesting and numbers (RFC 8259 §9).
#[cold]
fn check(json: &str) -> serde_json::Result<Checked> {
    serde_json::from_str(json)
}

fn not_json(error: impl std::error::Error + Send + Sync + 'static, reason: &str) -> Error {
    let detail = format!("the body is not JSON: {reason}");
    Error::from_source(StatusCode::BAD_REQUEST, error).with_quoting_detail(detail)
}

fn not_the_type(error: &serde_json::Error, path: String, type_name: &str) -> Error {
    let said = said(error);
    if let Some(reason) = words::impossible(&said) {
        let reason = format!("`{type_name}` cannot be read from a request: {reason}");
        return Error::internal(reason);
    }
    let reason = reason(error, &said);
    let fault = Error::from_source(StatusCode::UNPROCESSABLE_ENTITY, format!("JSON for {type_name}: {error}"));
    if path == "." {
        return fault.with_quoting_detail(format!("the body: {reason}"));
    }
    fault.with_quoting_detail(format!("`{path}`: {reason}")).with_text_extension("path", path)
}

/// The message of an error without its position: the path says where the fault is.
fn said(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    said.strip_suffix(&position).unwrap_or(&said).to_owned()
}

/// The reason in the words of JSON, which the client knows.
fn reason(error: &serde_json::Error, said: &str) -> String {
    if error.is_data() {
        return words::message(said);
    }
    // The text is JSON, so these errors of syntax say what the type expected.
    match said {
        "expected value" => "it is not one of the known values".to_owned(),
        "invalid value: expected key to be a number in quotes" | "expected `\"`" => "a key is not a number".to_owned(),
        _ => "it has another type".to_owned(),
    }
}

/// Deserializes from any JSON, and keeps nothing but whether a number is too large for an `f32`.
#[derive(Clone, Copy, Default)]
struct Checked {
    has_large_number: bool,
}

impl Checked {
    fn add(&mut self, part: Self) {
        self.has_large_number |= part.has_large_number;
    }
}

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self::default())
    }
}

macro_rules! no_large_number {
    ($($method:ident $type:ty,)*) => {$(
        fn $method<E>(self, _: $type) -> Result<Self, E> {
            Ok(self)
        }
    )*};
}

impl<'de> Visitor<'de> for Checked {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    no_large_number! { visit_bool bool, visit_i64 i64, visit_u64 u64, visit_str &str, }

    fn visit_f64<E>(self, value: f64) -> Result<Self, E> {
        Ok(Self { has_large_number: is_large(value) })
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<Self, A::Error> {
        while let Some(element) = elements.next_element()? {
            self.add(element);
        }
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Self, A::Error> {
        while let Some((Self { .. }, value)) = members.next_entry()? {
            self.add(value);
        }
        Ok(self)
    }
}
