//! Problem details (RFC 9457) as a value: the JSON document that a failed request is answered with.

use std::borrow::Cow;

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
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Problem {
    status: StatusCode,
    kind: Option<Cow<'static, str>>,
    title: Option<Cow<'static, str>>,
    detail: Option<Cow<'static, str>>,
    instance: Option<Cow<'static, str>>,
    extensions: Vec<(String, Value)>,
}

impl Problem {
    /// The problem that a status says by itself: type `about:blank`, and the status phrase as its title (§4.2.1).
    pub fn new(status: StatusCode) -> Self {
        Self { status, kind: None, title: None, detail: None, instance: None, extensions: Vec::new() }
    }

    /// Sets `type`: a URI that identifies the kind of problem (§3.1.1).
    pub fn with_type(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.kind = Some(uri.into());
        self
    }

    /// Sets `title`: a summary that is the same for each problem of its type (§3.1.3).
    pub fn with_title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Sets `detail`: what went wrong this time, for the client to mend it (§3.1.4).
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
        let name = name.into();
        if !["type", "title", "status", "detail", "instance"].contains(&name.as_str()) {
            self.extensions.retain(|(earlier, _)| *earlier != name);
            self.extensions.push((name, value.into()));
        }
        self
    }

    /// The status, which is the answer's own status too (§3.1.2).
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The title, or the phrase of the status.
    pub fn title(&self) -> &str {
        self.title.as_deref().or(self.status.canonical_reason()).unwrap_or("Unknown")
    }

    /// What went wrong this time.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// An extension member.
    pub fn extension(&self, name: &str) -> Option<&Value> {
        self.extensions.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The document as JSON.
    pub(crate) fn to_json(&self) -> Bytes {
        serde_json::to_vec(self).expect("a map of strings, numbers and JSON values is JSON").into()
    }

    /// The document of a problem that says no more than its status.
    pub(crate) fn plain_json(status: StatusCode) -> Bytes {
        plain_document(status).map_or_else(|| Self::new(status).to_json(), |text| Bytes::from_static(text.as_bytes()))
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", self.kind.as_deref().unwrap_or("about:blank"))?;
        map.serialize_entry("title", self.title())?;
        map.serialize_entry("status", &self.status.as_u16())?;
        if let Some(detail) = &self.detail {
            map.serialize_entry("detail", detail)?;
        }
        if let Some(instance) = &self.instance {
            map.serialize_entry("instance", instance)?;
        }
        for (name, value) in &self.extensions {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The documents of the statuses that the crate itself answers with, so that they cost no allocation.
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
    fn the_ready_documents_are_the_ones_that_would_be_made() {
        for status in (100..1000).map(|code| StatusCode::from_u16(code).unwrap()) {
            let made = || serde_json::to_string(&Problem::new(status)).unwrap();
            assert!(plain_document(status).is_none_or(|ready| ready == made()), "{status}");
        }
    }
}
