//! Arguments that are a part of the head.

use http::{HeaderMap, Method, Uri, Version};

use crate::error::{Error, Result};
use crate::extract::FromHead;
use crate::request::{Head, MatchedRoute};

impl FromHead for Method {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        Ok(head.method().clone())
    }
}

impl FromHead for Uri {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        Ok(head.uri().clone())
    }
}

impl FromHead for Version {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        Ok(head.version())
    }
}

impl FromHead for HeaderMap {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        Ok(head.headers().clone())
    }
}

impl FromHead for MatchedRoute {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        let missing = || Error::internal("no route matched the request");
        head.matched_route().ok_or_else(missing)
    }

    fn is_present(head: &Head<'_>) -> bool {
        head.matched_route().is_some()
    }
}
