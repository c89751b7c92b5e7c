//! The whole request as an argument.

use crate::body::Body;
use crate::error::Result;
use crate::extract::shortcut::Shortcut;
use crate::extract::{FromRequest, RouteCheck};
use crate::request::Request;

impl FromRequest for Request {
    const SHORTCUT: Option<Shortcut<Self>> = Some(Shortcut::Take(|incoming| Ok(incoming.take())));

    /// Takes the body with a copy of the head, for the arguments after this one. The last argument takes the request itself.
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.copy_head("Request"))
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("Request");
    }
}

impl FromRequest for http::Request<Body> {
    const SHORTCUT: Option<Shortcut<Self>> = Some(Shortcut::Take(|incoming| Ok(incoming.take().into())));

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.copy_head("http::Request").into())
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("http::Request");
    }
}
