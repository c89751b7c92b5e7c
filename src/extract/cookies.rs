//! The cookies as an argument.

use crate::error::Result;
use crate::extract::{FromRequest, Reads};
use crate::request::{Cookies, Request};

impl FromRequest for Cookies {
    const READS: Reads = Reads::Request;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.cookies())
    }
}
