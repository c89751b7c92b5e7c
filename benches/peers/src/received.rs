//! A response as a contender sent it, with its whole body.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

#[derive(Debug)]
pub struct Received {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Received {
    /// Whether `Allow` names GET.
    pub fn has_allow(&self) -> bool {
        self.headers.get(ALLOW).is_some_and(|allow| allow.to_str().unwrap().contains("GET"))
    }

    pub fn is_json(&self) -> bool {
        self.has_type("application/json")
    }

    /// Whether the response is 200 with this text.
    pub fn is_text(&self, text: &str) -> bool {
        self.status == 200 && self.has_type("text/plain") && self.body == text
    }

    fn has_type(&self, content_type: &str) -> bool {
        self.headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(content_type.as_bytes()))
    }
}
