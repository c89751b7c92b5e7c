//! The body as an argument: whole, in memory, within the limit.

use bytes::Bytes;

use crate::body::Body;
use crate::error::Result;
use crate::extract::{FromRequest, Reads, Requirements};
use crate::request::{Request, parse_text};

impl FromRequest for Bytes {
    const READS: Reads = Reads::Body;

    fn from_body(body: Bytes) -> Result<Self> {
        Ok(body)
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        request.bytes().await
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("Bytes");
    }
}

/// The body as UTF-8 text without its byte order mark, or 400; [`Request::text`] takes any bytes for text.
impl FromRequest for String {
    const READS: Reads = Reads::Body;

    fn from_body(body: Bytes) -> Result<Self> {
        parse_text(body)
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        request.bytes().await.and_then(parse_text)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("String");
    }
}

/// The body as it comes, to be streamed: no limit holds for it.
impl FromRequest for Body {
    const READS: Reads = Reads::Stream;

    async fn from_request(request: &mut Request) -> Result<Self> {
        request.take_body("Body")
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("Body");
    }
}
