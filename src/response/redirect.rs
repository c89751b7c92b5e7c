//! Redirects.

use std::fmt::Write as _;
use std::ops::Range;

use http::StatusCode;
use http::header::{HeaderValue, LOCATION};

use crate::error::{Error, Result};
use crate::response::{IntoResponse, Response};
use crate::routing::escape;

/// A response that sends the client to another location (RFC 9110 §15.4).
///
/// A relative location stays relative (§10.2.2). A character that a URI cannot contain is percent-encoded; a percent-encoded
/// one is not changed: `/a b%20"\` is sent as `/a%20b%20%22%5C`. `\` is encoded because browsers read it as `/`.
///
/// The response is a 500 problem in these cases:
///
/// * The status is not that of a redirect.
/// * The location has a control character, which browsers remove.
/// * Browsers and other clients would read different hosts: there is `\` in the host, or an `http` location has no host
///   (`https:/x`, `///x`).
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
    /// Creates a temporary redirect (307) that keeps the method, as `redirect()` in Next.js.
    pub fn to(location: impl AsRef<str>) -> Self {
        Self::with_status(StatusCode::TEMPORARY_REDIRECT, location)
    }

    /// Creates a permanent redirect (308) that keeps the method, as `permanentRedirect()` in Next.js.
    ///
    /// ```
    /// use route_handlers::{Redirect, RouteHandlers};
    ///
    /// let api = RouteHandlers::new().get("/old", async || Redirect::permanent("/new"));
    /// ```
    pub fn permanent(location: impl AsRef<str>) -> Self {
        Self::with_status(StatusCode::PERMANENT_REDIRECT, location)
    }

    /// Creates a redirect to a GET of another location (303), for example after a form was posted.
    ///
    /// ```
    /// use route_handlers::{Redirect, RouteHandlers};
    ///
    /// let api = RouteHandlers::new().post("/orders", async || Redirect::see_other("/orders/7"));
    /// ```
    pub fn see_other(location: impl AsRef<str>) -> Self {
        Self::with_status(StatusCode::SEE_OTHER, location)
    }

    /// Creates a redirect with status 301, 302, 303, 307 or 308.
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::{IntoResponse, Redirect};
    ///
    /// assert_eq!(Redirect::with_status(StatusCode::FOUND, "/x").into_response().status(), 302);
    /// assert_eq!(Redirect::with_status(StatusCode::OK, "/x").into_response().status(), 500);
    /// ```
    pub fn with_status(status: StatusCode, location: impl AsRef<str>) -> Self {
        Self { status, location: location.as_ref().to_owned() }
    }

    fn try_into_response(self) -> Result<Response> {
        let is_redirect = matches!(self.status.as_u16(), 301 | 302 | 303 | 307 | 308);
        if !is_redirect {
            let reason = format!("{} is not a redirect status: use 301, 302, 303, 307 or 308", self.status);
            return Err(Error::internal(reason));
        }
        let location = encode(&self.location).map_err(|reason| {
            let reason = format!("the location {:?} cannot be sent: {reason}", self.location);
            Error::internal(reason)
        })?;
        let mut response = self.status.into_response();
        response.headers_mut().insert(LOCATION, HeaderValue::try_from(location)?);
        Ok(response)
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        self.try_into_response().into_response()
    }
}

/// Percent-encodes every character that a URI reference cannot hold (RFC 3986 appendix A).
///
/// # Errors
///
/// The reason why a browser would read another location.
fn encode(location: &str) -> std::result::Result<String, &'static str> {
    if location.contains(|character: char| character.is_ascii_control()) {
        return Err("it has a control character");
    }
    let host = authority(location)?;
    let mut fragments = 0;
    let mut encoded = String::with_capacity(location.len());
    for (at, character) in location.char_indices() {
        let is_allowed = match character {
            '%' => escape(&location[at..]).is_some(),
            '[' | ']' => host.contains(&at), // an IPv6 address
            '#' => {
                fragments += 1;
                fragments == 1
            }
            _ => character.is_ascii_alphanumeric() || "-._~:/?@!$&'()*+,;=".contains(character),
        };
        if is_allowed {
            encoded.push(character);
            continue;
        }
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            write!(encoded, "%{byte:02X}").expect("writing to a String does not fail");
        }
    }
    Ok(encoded)
}

/// The range of the authority (RFC 3986 §3.2), empty if there is none.
///
/// # Errors
///
/// The reason why a browser would read another host than RFC 3986 does.
fn authority(location: &str) -> std::result::Result<Range<usize>, &'static str> {
    let is_scheme = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let scheme = location.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| is_scheme(scheme));
    let start = scheme.map_or(0, |scheme| scheme.len() + 1);
    let is_web = scheme.is_none_or(|scheme| ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web)));
    let Some(rest) = location[start..].strip_prefix("//") else {
        // A browser reads the next segment as the host.
        return if is_web && scheme.is_some() { Err("it has no `//` before the host") } else { Ok(0..0) };
    };
    let host = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if is_web && host.is_empty() {
        return Err("it has no host"); // a browser reads the next segment as the host
    }
    if host.contains('\\') {
        return Err("it has a `\\` in the host"); // a browser ends the host there
    }
    Ok(start + 2..start + 2 + host.len())
}
