//! Problem details (RFC 9457): the JSON document of an error response.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// The media type of a problem document (RFC 9457 §3).
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// A problem document: `type`, `title`, `status`, `detail`, `instance` and extension members.
///
/// ```
/// use http::StatusCode;
/// use route_handlers::Problem;
///
/// let problem = Problem::new(StatusCode::NOT_FOUND).with_detail("no user 7");
/// assert_eq!(
///     serde_json::to_string(&problem).unwrap(),
///     r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"no user 7"}"#,
/// );
///
/// let problem = Problem::new(StatusCode::FORBIDDEN)
///     .with_type("https://example.com/problems/credit")
///     .with_title("Too little credit")
///     .with_instance("/orders/7")
///     .with_extension("balance", 30);
/// assert_eq!(problem.extension("balance").unwrap(), 30);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Problem {
    status: StatusCode,
    pub(crate) kind: Option<Cow<'static, str>>,
    pub(crate) title: Option<Cow<'static, str>>,
    pub(crate) detail: Option<Cow<'static, str>>,
    instance: Option<Cow<'static, str>>,
    extensions: Extensions,
}

impl Problem {
    /// Creates a problem with a status only.
    ///
    /// The type is `about:blank`, and the title is the reason phrase of the status (§4.2.1).
    pub fn new(status: StatusCode) -> Self {
        Self { status, kind: None, title: None, detail: None, instance: None, extensions: Extensions::none() }
    }

    /// Sets `type`: a URI that identifies the kind of problem (§3.1.1).
    pub fn with_type(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.kind = Some(uri.into());
        self
    }

    /// Sets `title`: a summary that is equal for all problems of one type (§3.1.3).
    pub fn with_title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Sets `detail`: an explanation of this occurrence that helps the client to correct it (§3.1.4).
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Sets `instance`: a URI that identifies this occurrence (§3.1.5).
    pub fn with_instance(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.instance = Some(uri.into());
        self
    }

    /// Sets an extension member (§3.2). The five standard members have their own methods and are not overwritten.
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::{IntoResponse, Problem};
    ///
    /// let problem = Problem::new(StatusCode::FORBIDDEN)
    ///     .with_type("https://example.com/problems/credit")
    ///     .with_title("Too little credit")
    ///     .with_instance("/orders/7")
    ///     .with_extension("balance", 30);
    /// assert_eq!(problem.extension("balance").unwrap(), 30);
    /// assert_eq!(problem.into_response().headers()["content-type"], "application/problem+json");
    /// ```
    pub fn with_extension(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set_extension(name.into(), value.into());
        self
    }

    pub(crate) fn set_extension(&mut self, name: String, value: Value) {
        if !["type", "title", "status", "detail", "instance"].contains(&name.as_str()) {
            self.extensions.set(name, value, &ANY);
        }
    }

    /// Sets an extension member with a text as its value. The name must not be that of a standard member.
    pub(crate) fn set_text_extension(&mut self, name: &str, text: String) {
        self.extensions.set(name.to_owned(), Value::String(text), self.extensions.values);
    }

    /// Returns the status, which is also the status of the response (§3.1.2).
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the title, or the reason phrase of the status.
    pub fn title(&self) -> &str {
        self.title.as_deref().or(self.status.canonical_reason()).unwrap_or("Unknown")
    }

    /// Returns the explanation of this occurrence.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Returns an extension member.
    pub fn extension(&self, name: &str) -> Option<&Value> {
        self.extensions.members.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The document as JSON.
    pub(crate) fn to_json(&self) -> Bytes {
        let mut json = serde_json::to_vec(&Standard(self)).expect("strings and a number can be serialized");
        if !self.extensions.members.is_empty() {
            json.pop(); // the closing brace
            self.extensions.write(&mut json);
            json.push(b'}');
        }
        json.into()
    }

    /// The document of a problem with a status only.
    pub(crate) fn plain_json(status: StatusCode) -> Bytes {
        plain_document(status).map_or_else(|| Self::new(status).to_json(), |text| Bytes::from_static(text.as_bytes()))
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        Standard(self).serialize_into(&mut map)?;
        for (name, value) in &self.extensions.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The standard members of a problem.
struct Standard<'p>(&'p Problem);

impl Standard<'_> {
    fn serialize_into<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("type", self.0.kind.as_deref().unwrap_or("about:blank"))?;
        map.serialize_entry("title", self.0.title())?;
        map.serialize_entry("status", &self.0.status.as_u16())?;
        if let Some(detail) = self.0.detail.as_deref() {
            map.serialize_entry("detail", detail)?;
        }
        if let Some(instance) = self.0.instance.as_deref() {
            map.serialize_entry("instance", instance)?;
        }
        Ok(())
    }
}

impl Serialize for Standard<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.serialize_into(&mut map)?;
        map.end()
    }
}

/// The extension members, and the functions for their values.
struct Extensions {
    members: Vec<(String, Value)>,
    values: &'static Values,
}

/// The functions for extension values. A program that sets only texts does not link the code for other values: the tables for
/// printing floats are larger than the rest of this module.
struct Values {
    write: fn(&Value, &mut Vec<u8>),
    clone: fn(&Value) -> Value,
}

const TEXTS: Values = Values {
    write: |value, json| write(value.as_str().unwrap_or_default(), json),
    clone: |value| value.as_str().unwrap_or_default().into(),
};

const ANY: Values = Values { write, clone: Value::clone };

/// The bytes in JSON that remain of the beginning and the end of a text that quotes the request.
const QUOTING: (usize, usize) = (200, 100);

/// Cuts a text that quotes the request, so that the length of a problem document does not depend on the request. The
/// beginning names the place of the fault, and the end names the expected value, so both remain.
pub(crate) fn shorten(text: String) -> String {
    let (first, last) = QUOTING;
    if fitting(text.chars(), first + last) == text.len() {
        return text;
    }
    let head = fitting(text.chars(), first);
    let tail = fitting(text.chars().rev(), last);
    format!("{}…{}", &text[..head], &text[text.len() - tail..])
}

/// The length in UTF-8 of the first characters that take at most `most` bytes in JSON.
fn fitting(characters: impl Iterator<Item = char>, most: usize) -> usize {
    let mut written = 0;
    let fits = |character: &char| {
        written += json_length(*character);
        written <= most
    };
    characters.take_while(fits).map(char::len_utf8).sum()
}

/// The bytes of a character in a JSON string (RFC 8259 §7): `\n`, `\u0001`, or the character itself.
const fn json_length(character: char) -> usize {
    match character {
        '"' | '\\' | '\u{8}' | '\t' | '\n' | '\u{c}' | '\r' => 2,
        '\0'..='\u{1f}' => 6,
        _ => character.len_utf8(),
    }
}

/// Writes a value as JSON.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, json: &mut Vec<u8>) {
    serde_json::to_writer(json, value).expect("a JSON value can be serialized, and writing to a Vec does not fail");
}

impl Extensions {
    fn none() -> Self {
        Self { members: Vec::new(), values: &TEXTS }
    }

    fn set(&mut self, name: String, value: Value, values: &'static Values) {
        self.values = values;
        self.members.retain(|(earlier, _)| *earlier != name);
        self.members.push((name, value));
    }

    /// Writes each member after a comma.
    fn write(&self, json: &mut Vec<u8>) {
        for (name, value) in &self.members {
            json.push(b',');
            write(name.as_str(), json);
            json.push(b':');
            (self.values.write)(value, json);
        }
    }
}

impl Clone for Extensions {
    fn clone(&self) -> Self {
        let members = self.members.iter().map(|(name, value)| (name.clone(), (self.values.clone)(value)));
        Self { members: members.collect(), values: self.values }
    }
}

impl PartialEq for Extensions {
    fn eq(&self, other: &Self) -> bool {
        self.members == other.members
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut json = Vec::new();
        self.write(&mut json);
        let members = String::from_utf8_lossy(&json);
        write!(f, "{{{}}}", members.trim_start_matches(','))
    }
}

/// The documents of the most frequent generated responses, which therefore do not allocate.
const fn plain_document(status: StatusCode) -> Option<&'static str> {
    Some(match status.as_u16() {
        404 => r#"{"type":"about:blank","title":"Not Found","status":404}"#,
        405 => r#"{"type":"about:blank","title":"Method Not Allowed","status":405}"#,
        500 => r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_length_equals_the_written_length() {
        for character in ('\0'..='\u{ff}').chain(['€', '\u{2028}', '\u{fffd}', '😀', char::MAX]) {
            let json = serde_json::to_string(&character).unwrap();
            assert_eq!(json.len() - 2, json_length(character), "{json}");
        }
    }

    #[test]
    fn plain_documents_equal_the_serialized_ones() {
        for status in (100..1000).map(|code| StatusCode::from_u16(code).unwrap()) {
            let serialized = || serde_json::to_string(&Problem::new(status)).unwrap();
            assert!(plain_document(status).is_none_or(|ready| ready == serialized()), "{status}");
        }
    }
}
