//! The cookies as an argument.

use crate::error::Result;
use crate::extract::FromRequest;
use crate::request::{Cookies, Request};

impl FromRequest for Cookies {
    const WAITS: bool = false;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.cookies())
    }
}
