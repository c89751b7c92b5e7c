//! Arguments that are a piece of the head.

use http::{HeaderMap, Method, StatusCode, Uri, Version};

use crate::error::{Error, Result};
use crate::extract::FromRequest;
use crate::request::{MatchedRoute, Request, RequestHead};

impl FromRequest for Method {
    const WAITS: bool = false;
    const BY_HEAD: bool = true;

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        Ok(head.method().clone())
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::from_head(&request.head())
    }
}

impl FromRequest for Uri {
    const WAITS: bool = false;
    const BY_HEAD: bool = true;

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        Ok(head.uri().clone())
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::from_head(&request.head())
    }
}

impl FromRequest for Version {
    const WAITS: bool = false;
    const BY_HEAD: bool = true;

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        Ok(head.version())
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::from_head(&request.head())
    }
}

impl FromRequest for HeaderMap {
    const WAITS: bool = false;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.headers().clone())
    }

    async fn from_request_last(request: &mut Request) -> Result<Self> {
        Ok(request.take_headers())
    }
}

impl FromRequest for MatchedRoute {
    const WAITS: bool = false;
    const BY_HEAD: bool = true;

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
