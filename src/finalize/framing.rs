//! The framing of a response: the content and the length that its status allows.

use http::header::CONTENT_LENGTH;
use http::{HeaderValue, StatusCode};
use http_body::Body as _;

use crate::body::{Body, BoxError};
use crate::error::Error;
use crate::headers;
use crate::response::{IntoResponse, Response};

/// Enforces the rules of HTTP for a response: a status that is not final becomes a 500, and forbidden content is removed.
///
/// 1xx is not final (RFC 9110 §15.2), except a 101 if the client asked for an upgrade (§7.8). Over HTTP/2 a 101 would end
/// the connection with all its requests. 204, 205 and 304 have no content (§15.3.5, §15.3.6, §15.4.5), and 204 and 205 have
/// no length (§8.6). A wrong length is removed.
#[inline]
pub(crate) fn permit(response: &mut Response, may_be_head: bool, may_upgrade: bool) {
    if matches!(response.status().as_u16(), ..200 | 204 | 205 | 304) {
        permit_special(response, may_upgrade);
    } else if headers::contains(response.headers(), CONTENT_LENGTH) {
        drop_wrong_length(response, may_be_head);
    }
}

fn permit_special(response: &mut Response, may_upgrade: bool) {
    match response.status() {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => drop_all_content(response),
        StatusCode::NOT_MODIFIED => {
            *response.body_mut() = Body::empty();
            drop_wrong_length(response, true);
        }
        StatusCode::SWITCHING_PROTOCOLS if may_upgrade => drop_all_content(response),
        StatusCode::SWITCHING_PROTOCOLS => {
            *response =
                refused("101 needs a request for an upgrade: HTTP/1.1 with `Upgrade` and `Connection: upgrade`");
        }
        status => *response = refused(format!("{status} is not a final status")),
    }
}

/// Removes the content and its length.
fn drop_all_content(response: &mut Response) {
    *response.body_mut() = Body::empty();
    response.headers_mut().remove(CONTENT_LENGTH);
}

#[cold]
fn refused(reason: impl Into<BoxError>) -> Response {
    Error::internal(reason).into_response()
}

/// Removes a `Content-Length` that is wrong or repeated, because it would break the framing of the connection (RFC 9110
/// §8.6). The host adds the right one. A response to HEAD, or a 304, has no content and may have the length of the GET.
fn drop_wrong_length(response: &mut Response, may_be_head: bool) {
    let actual = response.body().size_hint().exact();
    let is_right = |stated| actual.is_none_or(|actual| stated == actual || (may_be_head && actual == 0));
    let mut lengths = response.headers().iter().filter(|(name, _)| *name == CONTENT_LENGTH);
    let stated = lengths.next().and_then(|(_, stated)| number(stated));
    if !stated.is_some_and(is_right) || lengths.next().is_some() {
        response.headers_mut().remove(CONTENT_LENGTH);
    }
}

/// Parses digits only, because `parse` would accept a `+` too.
fn number(value: &HeaderValue) -> Option<u64> {
    let text = value.to_str().ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Drops the content of a response to HEAD, and keeps the length of the GET if it is known (RFC 9110 §9.3.2, §8.6).
///
/// A handler of HEAD may make no content. Then the empty content says nothing about the length of the GET.
pub(crate) fn drop_content(response: &mut Response, content_is_that_of_get: bool) {
    if matches!(response.status().as_u16(), 101 | 204 | 205 | 304) {
        return;
    }
    let length = response.body().size_hint().exact();
    match length.filter(|length| content_is_that_of_get || *length > 0) {
        Some(length) => {
            if !response.headers().contains_key(CONTENT_LENGTH) {
                response.headers_mut().insert(CONTENT_LENGTH, length.into());
            }
            *response.body_mut() = Body::empty();
        }
        None => *response.body_mut() = Body::without_length(),
    }
}
