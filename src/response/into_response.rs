//! The trait that converts the result of a handler into a response, and its basic implementations.

use std::borrow::Cow;
use std::convert::Infallible;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};

use crate::body::{Body, BoxError};
use crate::error::Error;
use crate::platform::MaybeSend;
use crate::problem::{self, Problem};
use crate::response::Response;

/// A type that a handler can return.
///
/// | a handler returns | the client receives |
/// |---|---|
/// | [`Json<T>`](crate::Json), [`Html<T>`](crate::Html), [`Redirect`](crate::Redirect) | JSON, HTML, a redirect |
/// | `&'static str`, `String` | 200, `text/plain; charset=utf-8` |
/// | `Bytes`, `Vec<u8>`, `&'static [u8]` | 200, `application/octet-stream` |
/// | `Sse<S>` (feature `sse`) | server-sent events |
/// | [`Download`](crate::Download) | a file to save, with its name |
/// | [`Created<T>`](crate::Created), [`NoContent`](crate::NoContent) | 201 with JSON, 204 |
/// | [`StatusCode`] | this status, without content |
/// | `()` | 200, without content |
/// | [`Body`], `http::Response<B>` | 200 with this body, this response |
/// | `(StatusCode, R)`, `(P, R)`, `(P, Q, R)`, `(StatusCode, P, R)`, `(StatusCode, P, Q, R)` | `R` with this status and these parts: headers, cookies ([`IntoResponseParts`](crate::response::IntoResponseParts)) |
/// | `Option<R>` | `R`, or 404 |
/// | `Result<R, E>` | `R` or `E`; an [`Error`] is a problem document |
/// | `Box<dyn Error + Send + Sync>`, `anyhow::Error` (feature `anyhow`) | 500, or the response of an [`Error`] in its chain |
///
/// A response with status 204, 205 or 304 is sent without its content (RFC 9110 §15.3.5, §15.3.6, §15.4.5).
/// A 101 is sent only if the client requested an upgrade: over HTTP/1.1, with `Upgrade` and `Connection: upgrade` (§7.8).
/// Otherwise it becomes a 500.
///
/// ```
/// use http::StatusCode;
/// use route_handlers::IntoResponse;
///
/// let response = (StatusCode::CREATED, [("location", "/users/7")], "made").into_response();
/// assert_eq!(response.status(), 201);
/// assert_eq!(response.headers()["location"], "/users/7");
/// assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
/// ```
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    label = "the result of this handler",
    note = "a handler returns `Json<T>` or `Created<T>` (`T: Serialize`), `Html<T>`, `NoContent`, `Redirect`, `StatusCode`, `()`, strings, bytes, \
            `Body`, `http::Response<B>`, `Sse<S>` (feature `sse`), `Error`, `Problem`, `Box<dyn Error + Send + Sync>`, `anyhow::Error` (feature `anyhow`), `Option<R>`, `Result<R, E>`, or a tuple of an optional \
            `StatusCode`, up to two parts (`IntoResponseParts`) and one of these",
    note = "a value that implements axum's `IntoResponse` is returned by `hosts::axum::response(value)` (feature `axum`)",
    note = "a handler that fails with errors of several types returns `route_handlers::Result<R>`: `?` converts each type that implements \
            `std::error::Error`"
)]
pub trait IntoResponse {
    /// Converts the value into a response. It must not panic: a value that cannot be sent becomes a 500 problem.
    fn into_response(self) -> Response;
}

impl<B> IntoResponse for http::Response<B>
where
    B: http_body::Body<Data: bytes::Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    fn into_response(self) -> Response {
        self.map(Body::new)
    }
}

impl IntoResponse for Body {
    fn into_response(self) -> Response {
        Response::new(self)
    }
}

impl IntoResponse for () {
    fn into_response(self) -> Response {
        Response::default()
    }
}

impl IntoResponse for StatusCode {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = self;
        response
    }
}

impl IntoResponse for Infallible {
    fn into_response(self) -> Response {
        match self {}
    }
}

/// A 200 with a content type. Callers pass a constant, so that it is checked at compile time.
pub(super) fn typed(content_type: HeaderValue, body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
pub(super) const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
const PROBLEM: HeaderValue = HeaderValue::from_static(problem::MEDIA_TYPE);
pub(crate) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
pub(super) const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");

impl IntoResponse for &'static str {
    fn into_response(self) -> Response {
        typed(TEXT, self.into())
    }
}

impl IntoResponse for String {
    fn into_response(self) -> Response {
        typed(TEXT, self.into())
    }
}

impl IntoResponse for Cow<'static, str> {
    fn into_response(self) -> Response {
        match self {
            Cow::Borrowed(text) => text.into_response(),
            Cow::Owned(text) => text.into_response(),
        }
    }
}

impl IntoResponse for Bytes {
    fn into_response(self) -> Response {
        typed(OCTETS, self.into())
    }
}

impl IntoResponse for Vec<u8> {
    fn into_response(self) -> Response {
        typed(OCTETS, self.into())
    }
}

impl IntoResponse for &'static [u8] {
    fn into_response(self) -> Response {
        typed(OCTETS, self.into())
    }
}

impl<const N: usize> IntoResponse for &'static [u8; N] {
    fn into_response(self) -> Response {
        self.as_slice().into_response()
    }
}

/// `None` is 404.
impl<R: IntoResponse> IntoResponse for Option<R> {
    fn into_response(self) -> Response {
        match self {
            Some(some) => some.into_response(),
            None => Error::new(StatusCode::NOT_FOUND).into_response(),
        }
    }
}

impl<R: IntoResponse, E: IntoResponse> IntoResponse for Result<R, E> {
    fn into_response(self) -> Response {
        match self {
            Ok(ok) => ok.into_response(),
            Err(error) => error.into_response(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        Error::from(self).into_response()
    }
}

/// Marks the response that an error carries: a tuple does not change its status.
#[derive(Clone, Copy)]
pub(super) struct Carried;

/// The error is also stored in the extensions of the response, where `on_error` and layers find it. An error that carries a
/// response is not stored, so that the response is sent as it is.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Some(mut response) = self.take_response() {
            add_headers(&self, &mut response);
            response.extensions_mut().insert(Carried);
            return response;
        }
        let mut response = render(&self);
        response.extensions_mut().insert(self);
        response
    }
}

/// The error is logged and never sent: the response is 500. An [`Error`] in its chain of sources is the response.
impl IntoResponse for BoxError {
    fn into_response(self) -> Response {
        Error::from_boxed(self, StatusCode::INTERNAL_SERVER_ERROR).into_response()
    }
}

/// The error is logged and never sent: the response is 500. An [`Error`] in its chain of sources is the response.
#[cfg(feature = "anyhow")]
impl IntoResponse for anyhow::Error {
    fn into_response(self) -> Response {
        Error::known(&*self).unwrap_or_else(|| Error::internal(self.into_boxed_dyn_error())).into_response()
    }
}

/// A problem document with `no-store`: without it, caches may keep a 404, a 405 and others (RFC 9111 §4.2.2).
pub(crate) fn render(error: &Error) -> Response {
    let mut response = typed(PROBLEM, error.to_json().into());
    *response.status_mut() = error.status();
    response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    if error.has_details() {
        // A detail may quote the request (RFC 9457 §5), and a browser must not interpret it as HTML.
        response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
    }
    add_headers(error, &mut response);
    response
}

/// Adds the headers of the error. Each replaces a header of the response. A repeated header of the error is sent repeatedly.
fn add_headers(error: &Error, response: &mut Response) {
    if let Some(headers) = error.headers() {
        for name in headers.keys() {
            response.headers_mut().remove(name);
        }
        for (name, value) in headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
}
