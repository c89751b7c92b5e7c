//! The document as it is served: written once, and shared by every answer.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderName;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::openapi::document::Document;
use crate::request::media_type;

/// What the routes that serve the document answer with.
#[derive(Clone)]
pub(crate) struct Published(Arc<Written>);

struct Written {
    json: Bytes,
}

/// An answer: headers and content.
pub(crate) type Answer = ([(HeaderName, &'static str); 2], Bytes);

impl Published {
    pub(crate) fn new(document: &Document) -> Self {
        Self(Arc::new(Written { json: document.to_json().into() }))
    }

    pub(crate) fn json(&self) -> Answer {
        ([(CONTENT_TYPE, media_type::JSON), (CACHE_CONTROL, "no-cache")], self.0.json.clone())
    }
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published").finish_non_exhaustive()
    }
}
