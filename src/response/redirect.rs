//! Redirects.

use std::fmt::Write as _;

use http::StatusCode;
use http::header::{HeaderValue, LOCATION};

use crate::error::{Error, Result};
use crate::response::{IntoResponse, Response};

/// An answer that sends the client to another place (RFC 9110 §15.4).
///
/// A relative location stays relative (§10.2.2), and what is not ASCII is percent-encoded. A location that no header can
/// hold, or a status that is no redirect, is answered with a 500 problem.
///
/// ```
/// use route_handlers::{IntoResponse, Redirect};
///
/// let response = Redirect::to("/sign-in").into_response();
/// assert_eq!((response.status().as_u16(), &response.headers()["location"]), (307, &"/sign-in".parse().unwrap()));
/// assert_eq!(Redirect::to("/a\r\nset-cookie: b=c").into_response().status(), 500);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Redirect {
    status: StatusCode,
    location: String,
}

impl Redirect {
    /// 307: the same method, this time. What Next's `redirect()` answers.
    pub fn to(location: impl AsRef<str>) -> Self {
        Self::with_status(StatusCode::TEMPORARY_REDIRECT, location)
    }

    /// 308: the same method, from now on. What Next's `permanentRedirect()` answers.
    pub fn permanent(location: impl AsRef<str>) -> Self {
        Self::with_status(StatusCode::PERMANENT_REDIRECT, location)
    }

    /// 303: a GET of another place, as after a form was posted.
    ///
    /// ```
    /// use route_handlers::{Redirect, RouteHandlers};
    ///
    /// let api = RouteHandlers::new().post("/orders", async || Redirect::see_other("/orders/7"));
    /// ```
    pub fn see_other(location: impl AsRef<str>) -> Self {
        Self::with_status(StatusCode::SEE_OTHER, location)
    }

    /// Any of 301, 302, 303, 307 and 308.
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::{IntoResponse, Redirect};
    ///
    /// assert_eq!(Redirect::with_status(StatusCode::FOUND, "/x").into_response().status(), 302);
    /// assert_eq!(Redirect::with_status(StatusCode::OK, "/x").into_response().status(), 500);
    /// ```
    pub fn with_status(status: StatusCode, location: impl AsRef<str>) -> Self {
        Self { status, location: percent_encode(location.as_ref()) }
    }

    fn try_into_response(self) -> Result<Response> {
        let is_redirect = matches!(self.status.as_u16(), 301 | 302 | 303 | 307 | 308);
        if !is_redirect {
            let reason = format!("{} is not the status of a redirect", self.status);
            return Err(Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason));
        }
        // A browser drops a tab or a line break, and so may read another location.
        if self.location.contains(|character: char| character.is_ascii_control()) {
            let reason = format!("{:?} is no location: it has a control character", self.location);
            return Err(Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason));
        }
        let mut response = self.status.into_response();
        response.headers_mut().insert(LOCATION, HeaderValue::try_from(self.location)?);
        Ok(response)
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        self.try_into_response().into_response()
    }
}

/// Encodes spaces and what is not ASCII (RFC 3986 §2.1); control characters stay, to be refused.
fn percent_encode(location: &str) -> String {
    let mut out = String::with_capacity(location.len());
    for character in location.chars() {
        if character == ' ' || !character.is_ascii() {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                write!(out, "%{byte:02X}").expect("writing to a String does not fail");
            }
        } else {
            out.push(character);
        }
    }
    out
}
