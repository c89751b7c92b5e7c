//! The media type of a body.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::error::{Error, Result};
use crate::headers;
use crate::request::RequestHead;

/// JSON, as it is asked for and answered with.
pub(crate) const JSON: &str = "application/json";

/// What an HTML form sends unless it says otherwise.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// What an HTML form with files sends.
#[cfg(feature = "multipart")]
pub(crate) const MULTIPART: &str = "multipart/form-data";

/// Refuses a body that is not of this media type.
pub(crate) fn check(head: &RequestHead<'_>, accepted: &'static str) -> Result<()> {
    if essence(head.headers()).eq_ignore_ascii_case(accepted) { Ok(()) } else { Err(unsupported(head, accepted)) }
}

/// Refuses a body that is not JSON.
pub(crate) fn check_json(head: &RequestHead<'_>) -> Result<()> {
    if is_json(head.headers()) { Ok(()) } else { Err(unsupported(head, JSON)) }
}

fn content_type(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers::get(headers, header::CONTENT_TYPE)
}

/// Type and subtype of the body, without parameters, as they were sent.
pub(crate) fn essence(headers: &HeaderMap) -> &str {
    let content_type = content_type(headers).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim()
}

/// The `charset` parameter, in lower case.
pub(crate) fn charset(headers: &HeaderMap) -> Option<String> {
    let content_type = content_type(headers)?.to_str().ok()?;
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charsets.next().map(|(_, value)| value.trim().trim_matches('"').to_ascii_lowercase())
}

/// `application/json`, or any type with the suffix `+json` (RFC 6838 §4.2.8).
fn is_json(headers: &HeaderMap) -> bool {
    if content_type(headers).is_some_and(|value| value == JSON) {
        return true; // as nearly every client writes it
    }
    let essence = essence(headers);
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    let is_suffixed = subtype.len() > 5 && subtype.as_bytes()[subtype.len() - 5..].eq_ignore_ascii_case(b"+json");
    !kind.is_empty() && (essence.eq_ignore_ascii_case(JSON) || is_suffixed)
}

/// 415 names what is accepted: `Accept-Patch` for PATCH (RFC 5789 §2.2), else `Accept` (RFC 9110 §15.5.16).
#[cold]
fn unsupported(head: &RequestHead<'_>, accepted: &'static str) -> Error {
    let name = if *head.method() == Method::PATCH { HeaderName::from_static("accept-patch") } else { header::ACCEPT };
    Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE)
        .with_detail(format!("the body must be `{accepted}`: say so in `content-type`"))
        .with_header(name, HeaderValue::from_static(accepted))
}
