//! Tuples that add a status and headers to a response.

use std::fmt;

use http::header::{HeaderName, HeaderValue, SET_COOKIE};
use http::{Extensions, HeaderMap, StatusCode};

use crate::error::{Error, Result};
use crate::headers::Names;
use crate::response::into_response::Carried;
use crate::response::{IntoResponse, Response};

/// The head of a response, to which [`IntoResponseParts`] adds headers and extensions.
///
/// ```
/// use http::header::{HeaderValue, SERVER};
/// use route_handlers::response::{IntoResponseParts, ResponseParts};
/// use route_handlers::{IntoResponse, Result};
///
/// /// `Server: ours`
/// struct Ours;
///
/// impl IntoResponseParts for Ours {
///     fn into_response_parts(self, parts: &mut ResponseParts<'_>) -> Result<()> {
///         parts.headers_mut().insert(SERVER, HeaderValue::from_static("ours"));
///         Ok(())
///     }
/// }
///
/// assert_eq!((Ours, "hello").into_response().headers()[SERVER], "ours");
/// ```
pub struct ResponseParts<'a>(&'a mut Response);

impl ResponseParts<'_> {
    /// Returns the headers, for changes.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.0.headers_mut()
    }

    /// Returns the extensions, for changes.
    ///
    /// ```
    /// use route_handlers::Result;
    /// use route_handlers::response::{IntoResponseParts, ResponseParts};
    ///
    /// /// How many rows a handler read, for a layer that counts them.
    /// #[derive(Clone)]
    /// struct Rows(u32);
    ///
    /// impl IntoResponseParts for Rows {
    ///     fn into_response_parts(self, parts: &mut ResponseParts<'_>) -> Result<()> {
    ///         parts.extensions_mut().insert(self);
    ///         Ok(())
    ///     }
    /// }
    /// ```
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        self.0.extensions_mut()
    }
}

/// Prints neither the values of headers nor the extensions: they may be secrets.
impl fmt::Debug for ResponseParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseParts")
            .field("status", &self.0.status())
            .field("headers", &Names(self.0.headers()))
            .finish_non_exhaustive()
    }
}

/// A part of a tuple that adds to the head of the response.
///
/// A header replaces a header of this name in the response or in an earlier part. `Set-Cookie` is added instead. If one part
/// has a name several times, all its values are sent.
///
/// ```
/// use http::header::{CACHE_CONTROL, HeaderMap};
/// use route_handlers::IntoResponse;
///
/// let response = ([(CACHE_CONTROL, "max-age=60")], "hello").into_response();
/// assert_eq!(response.headers()[CACHE_CONTROL], "max-age=60");
///
/// let refused = ([("x-broken", "two\r\nlines")], "hello").into_response();
/// assert_eq!(refused.status(), 500);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither headers nor another part of a response",
    note = "parts are `HeaderMap`, `[(name, value); N]`, `SetCookie`, `Cookies`, `Option<P>`, and types that implement `IntoResponseParts`",
    note = "the order in a tuple is `StatusCode`, then up to two parts, then the content"
)]
pub trait IntoResponseParts {
    /// Adds headers and extensions to the head.
    ///
    /// # Errors
    ///
    /// Fails if a part cannot be sent, such as a line break in a header value. The response is then a 500 problem.
    fn into_response_parts(self, parts: &mut ResponseParts<'_>) -> Result<()>;
}

impl IntoResponseParts for HeaderMap {
    fn into_response_parts(self, parts: &mut ResponseParts<'_>) -> Result<()> {
        let mut last = None;
        for (name, value) in self {
            let is_repeated = name.is_none(); // a map gives the name of a header with its first value only
            last = name.or(last);
            if let Some(name) = &last {
                add(parts.headers_mut(), name.clone(), value, is_repeated);
            }
        }
        Ok(())
    }
}

impl<K, V, const N: usize> IntoResponseParts for [(K, V); N]
where
    K: TryInto<HeaderName, Error: Into<http::Error>>,
    V: TryInto<HeaderValue, Error: Into<http::Error>>,
{
    fn into_response_parts(self, parts: &mut ResponseParts<'_>) -> Result<()> {
        let mut names = [const { None }; N];
        for (position, (name, value)) in self.into_iter().enumerate() {
            let name: HeaderName = name.try_into().map_err(Into::into)?;
            let value = value.try_into().map_err(Into::into)?;
            let is_repeated = names[..position].iter().flatten().any(|earlier| *earlier == name);
            names[position] = Some(name.clone());
            add(parts.headers_mut(), name, value, is_repeated);
        }
        Ok(())
    }
}

/// Adds a header. It replaces the one of the response, unless the same part repeats the name. A second `Set-Cookie` sets
/// another cookie, so it replaces nothing.
fn add(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue, is_repeated: bool) {
    if is_repeated || name == SET_COOKIE {
        headers.append(name, value);
    } else {
        headers.insert(name, value);
    }
}

/// `None` adds nothing.
impl<P: IntoResponseParts> IntoResponseParts for Option<P> {
    fn into_response_parts(self, parts: &mut ResponseParts<'_>) -> Result<()> {
        self.map_or(Ok(()), |part| part.into_response_parts(parts))
    }
}

/// Sets the status, unless the response was made from an [`Error`], which keeps its own.
fn set_status(response: &mut Response, status: StatusCode) {
    let extensions = response.extensions();
    if extensions.get::<Error>().is_none() && extensions.get::<Carried>().is_none() {
        *response.status_mut() = status;
    }
}

impl<R: IntoResponse> IntoResponse for (StatusCode, R) {
    fn into_response(self) -> Response {
        let mut response = self.1.into_response();
        set_status(&mut response, self.0);
        response
    }
}

/// A part that cannot be sent turns the response into a 500 problem.
impl<P: IntoResponseParts, R: IntoResponse> IntoResponse for (P, R) {
    fn into_response(self) -> Response {
        let (part, inner) = self;
        let mut response = inner.into_response();
        match part.into_response_parts(&mut ResponseParts(&mut response)) {
            Ok(()) => response,
            Err(error) => error.into_response(),
        }
    }
}

impl<P: IntoResponseParts, Q: IntoResponseParts, R: IntoResponse> IntoResponse for (P, Q, R) {
    fn into_response(self) -> Response {
        let (first, second, inner) = self;
        (second, (first, inner)).into_response()
    }
}

impl<P: IntoResponseParts, R: IntoResponse> IntoResponse for (StatusCode, P, R) {
    fn into_response(self) -> Response {
        let (status, part, inner) = self;
        let mut response = (part, inner).into_response();
        set_status(&mut response, status);
        response
    }
}

impl<P: IntoResponseParts, Q: IntoResponseParts, R: IntoResponse> IntoResponse for (StatusCode, P, Q, R) {
    fn into_response(self) -> Response {
        let (status, first, second, inner) = self;
        let mut response = (second, (first, inner)).into_response();
        set_status(&mut response, status);
        response
    }
}
