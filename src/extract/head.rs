//! Arguments that are a piece of the head.

use http::{HeaderMap, Method, StatusCode, Uri, Version};

use crate::error::{Error, Result};
use crate::extract::{FromRequest, Reads};
use crate::request::{MatchedRoute, Request, RequestHead};

impl FromRequest for Method {
    const READS: Reads = Reads::Head;

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        Ok(head.method().clone())
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::from_head(&request.head())
    }
}

impl FromRequest for Uri {
    const READS: Reads = Reads::Head;

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        Ok(head.uri().clone())
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::from_head(&request.head())
    }
}

impl FromRequest for Version {
    const READS: Reads = Reads::Head;

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        Ok(head.version())
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::from_head(&request.head())
    }
}

impl FromRequest for HeaderMap {
    const READS: Reads = Reads::Request;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.headers().clone())
    }

    async fn from_request_last(request: &mut Request) -> Result<Self> {
        Ok(request.take_headers())
    }
}

impl FromRequest for MatchedRoute {
    const READS: Reads = Reads::Head;

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        let missing =
            || Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, "the request was not matched by a table");
        head.matched_route().ok_or_else(missing)
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::from_head(&request.head())
    }

    fn is_present(request: &Request) -> bool {
        request.matched_route().is_some()
    }
}
