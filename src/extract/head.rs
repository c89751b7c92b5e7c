//! Arguments that are a piece of the head.

use http::{HeaderMap, Method, StatusCode, Uri, Version};

use crate::error::{Error, Result};
use crate::extract::FromRequest;
use crate::request::{MatchedRoute, Request};

impl FromRequest for Method {
    const WAITS: bool = false;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.method().clone())
    }
}

impl FromRequest for Uri {
    const WAITS: bool = false;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.uri().clone())
    }
}

impl FromRequest for Version {
    const WAITS: bool = false;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.version())
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

    async fn from_request(request: &mut Request) -> Result<Self> {
        let missing =
            || Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, "the request was not matched by a table");
        request.matched_route().ok_or_else(missing)
    }

    fn is_present(request: &Request) -> bool {
        request.matched_route().is_some()
    }
}
