//! The responses of the routes that serve the document. Each is written once and then shared.

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY};

use crate::openapi::document::Document;
use crate::openapi::page;
use crate::request::media_type;
use crate::response::{Html, IntoResponse, Response};

/// The document in the forms in which it is served: JSON, and an HTML page.
#[derive(Clone)]
pub(crate) struct Published(Arc<Written>);

struct Written {
    json: Bytes,
    document: Document,
    page: OnceLock<(HeaderValue, Bytes)>,
}

impl Published {
    pub(crate) fn new(document: Document) -> Self {
        Self(Arc::new(Written { json: document.to_json().into(), document, page: OnceLock::new() }))
    }

    pub(crate) fn json(&self) -> Response {
        ([(CONTENT_TYPE, media_type::JSON), (CACHE_CONTROL, "no-cache")], self.0.json.clone()).into_response()
    }

    pub(crate) fn page(&self) -> Response {
        let document = self.0.document.as_value();
        let write = || {
            let policy = page::content_security_policy(document);
            let policy = policy.try_into().expect("the policy is ASCII");
            (policy, page::html(document).into())
        };
        let (policy, html) = self.0.page.get_or_init(write);
        let headers = [
            (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (CONTENT_SECURITY_POLICY, policy.clone()),
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        ];
        (headers, Html(html.clone())).into_response()
    }
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published").finish_non_exhaustive()
    }
}
