//! The whole request as an argument.

use crate::body::Body;
use crate::error::Result;
use crate::extract::{FromRequest, Reads, Requirements};
use crate::request::Request;

impl FromRequest for Request {
    const READS: Reads = Reads::Request;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.copy_head("Request"))
    }

    async fn from_request_last(request: &mut Request) -> Result<Self> {
        Ok(request.take())
    }

    #[inline]
    fn from_request_at_once(request: &mut Request) -> Result<Self> {
        Ok(request.take())
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("Request");
    }
}

impl FromRequest for http::Request<Body> {
    const READS: Reads = Reads::Request;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.copy_head("http::Request").into())
    }

    async fn from_request_last(request: &mut Request) -> Result<Self> {
        Ok(request.take().into())
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("http::Request");
    }
}
