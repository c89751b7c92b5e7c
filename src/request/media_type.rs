//! The media type of a body.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::error::{Error, Result};
use crate::headers;
use crate::headers::Quoting;
use crate::request::{Head, Request};

/// The media type of JSON.
pub(crate) const JSON: &str = "application/json";

/// The default media type of HTML forms.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// The media type of HTML forms with files.
#[cfg(feature = "multipart")]
pub(crate) const MULTIPART: &str = "multipart/form-data";

/// Both media types of HTML forms.
#[cfg(feature = "multipart")]
pub(crate) const FORMS: &str = "application/x-www-form-urlencoded, multipart/form-data";

/// Refuses a body with another media type.
pub(crate) fn check(head: &Head<'_>, accepted: &'static str) -> Result<()> {
    if essence(head.headers()).eq_ignore_ascii_case(accepted) { Ok(()) } else { Err(unsupported(head, accepted)) }
}

/// Refuses a body that is no form. Returns whether the form may have files.
#[cfg(feature = "multipart")]
pub(crate) fn check_form(head: &Head<'_>) -> Result<bool> {
    let is_multipart = essence(head.headers()).eq_ignore_ascii_case(MULTIPART);
    if is_multipart || check(head, FORM).is_ok() { Ok(is_multipart) } else { Err(unsupported(head, FORMS)) }
}

/// Refuses a body that is not JSON.
pub(crate) fn check_json(request: &Request) -> Result<()> {
    if is_json(request.headers()) { Ok(()) } else { Err(unsupported(&request.head(), JSON)) }
}

fn content_type(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers::get(headers, header::CONTENT_TYPE)
}

/// The type and subtype of the body as sent, without parameters.
pub(crate) fn essence(headers: &HeaderMap) -> &str {
    let content_type = content_type(headers).and_then(|value| value.to_str().ok()).unwrap_or_default();
    headers::trim_ows(content_type.split(';').next().unwrap_or_default())
}

/// The `charset` parameter, in lower case.
pub(crate) fn charset(headers: &HeaderMap) -> Option<String> {
    let charset = parameter(headers, "charset").ok().flatten();
    charset.map(|charset| charset.to_ascii_lowercase())
}

/// Finds a parameter of `Content-Type` by its name.
///
/// # Errors
///
/// The reason, if the parameters are malformed or two of them have the name.
pub(crate) fn parameter<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<Cow<'a, str>>, &'static str> {
    let content_type = content_type(headers).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (_, parameters) = content_type.split_once(';').unwrap_or_default();
    let parameters = headers::parameters(parameters, Quoting::Escapes)?;
    let mut values = parameters.into_iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => Err("a parameter occurs twice"),
    }
}

/// `application/json`, or any type with the suffix `+json` (RFC 6838 §4.2.8).
fn is_json(headers: &HeaderMap) -> bool {
    if content_type(headers).is_some_and(|value| value == JSON) {
        return true; // the common case
    }
    let essence = essence(headers);
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    let is_suffixed = subtype.len() > 5 && subtype.as_bytes()[subtype.len() - 5..].eq_ignore_ascii_case(b"+json");
    !kind.is_empty() && (essence.eq_ignore_ascii_case(JSON) || is_suffixed)
}

/// A 415 that names the accepted type.
#[cold]
fn unsupported(head: &Head<'_>, accepted: &'static str) -> Error {
    let detail = format!("the `content-type` must be `{accepted}`");
    let error = Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE).with_detail(detail);
    error.with_header(accept(head.method()), HeaderValue::from_static(accepted))
}

/// The header that names the media types that a method accepts: `Accept-Patch` (RFC 5789 §2.2), `Accept-Query` (RFC 10008 §3),
/// else `Accept` (RFC 9110 §15.5.16).
///
/// `Accept-Query` is a structured field, in which a registered media type without parameters is a token.
pub(crate) fn accept(method: &Method) -> HeaderName {
    match *method {
        Method::PATCH => HeaderName::from_static("accept-patch"),
        Method::QUERY => HeaderName::from_static("accept-query"),
        _ => header::ACCEPT,
    }
}

impl Request {
    /// Refuses a body with another media type. The 415 names the accepted one.
    ///
    /// # Errors
    ///
    /// 415 if the `Content-Type` of the request is not `media_type`, with any parameters (RFC 9110 §8.3.1, §15.5.16).
    ///
    /// ```
    /// # use route_handlers::{Body, Request};
    /// let csv = http::Request::post("/").header("content-type", "text/CSV; charset=utf-8").body(Body::from("a,b"))?;
    /// assert!(Request::from(csv).require_media_type("text/csv").is_ok());
    ///
    /// let json = http::Request::post("/").header("content-type", "application/json").body(Body::from("[]"))?;
    /// assert_eq!(Request::from(json).require_media_type("text/csv").unwrap_err().status(), 415);
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn require_media_type(&self, media_type: &'static str) -> Result<()> {
        check(&self.head(), media_type)
    }
}
