//! The body as an argument: whole within the limit, or as a stream.

use bytes::Bytes;

use crate::body::Body;
use crate::error::Result;
use crate::extract::shortcut::Shortcut;
use crate::extract::{FromRequest, RouteCheck};
use crate::request::{Request, parse_text};

impl FromRequest for Bytes {
    async fn from_request(request: &mut Request) -> Result<Self> {
        request.bytes().await
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("Bytes");
    }
}

/// The body as UTF-8 text without its byte order mark. Invalid UTF-8 is 400; [`Request::text`] replaces it.
impl FromRequest for String {
    async fn from_request(request: &mut Request) -> Result<Self> {
        request.bytes().await.and_then(parse_text)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("String");
    }
}

/// The body as a stream, without a limit.
impl FromRequest for Body {
    const SHORTCUT: Option<Shortcut<Self>> = Some(Shortcut::Take(|incoming| incoming.take().take_body("Body")));

    async fn from_request(request: &mut Request) -> Result<Self> {
        request.take_body("Body")
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("Body");
    }
}
