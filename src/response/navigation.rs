//! Functions that end a handler early, with the names of Next.js.

use http::StatusCode;

use crate::error::Error;
use crate::response::Redirect;

/// Returns a 404 error, for `Err(not_found())`.
///
/// ```
/// use route_handlers::response::not_found;
/// use route_handlers::{Path, Result};
///
/// async fn show(Path(id): Path<u32>) -> Result<String> {
///     if id > 2 { Err(not_found()) } else { Ok(format!("user {id}")) }
/// }
/// ```
pub fn not_found() -> Error {
    Error::new(StatusCode::NOT_FOUND)
}

/// Returns a 403 error: the caller is authenticated but not permitted.
///
/// ```
/// use route_handlers::response::forbidden;
/// use route_handlers::Result;
///
/// async fn delete(is_admin: bool) -> Result<&'static str> {
///     if is_admin { Ok("gone") } else { Err(forbidden().with_detail("only administrators delete")) }
/// }
/// ```
pub fn forbidden() -> Error {
    Error::new(StatusCode::FORBIDDEN)
}

/// Returns a 401 error: the caller is not authenticated.
///
/// RFC 9110 §15.5.2 requires a `WWW-Authenticate` header: see [`Error::with_header`](crate::Error::with_header).
///
/// ```
/// use http::HeaderMap;
/// use route_handlers::response::unauthorized;
/// use route_handlers::Result;
///
/// async fn me(headers: HeaderMap) -> Result<&'static str> {
///     if headers.contains_key("authorization") { Ok("you") } else { Err(unauthorized()) }
/// }
/// ```
pub fn unauthorized() -> Error {
    Error::new(StatusCode::UNAUTHORIZED)
}

/// Returns a 307 redirect, like [`Redirect::to`].
///
/// ```
/// use route_handlers::response::redirect;
/// use route_handlers::RouteHandlers;
///
/// let api = RouteHandlers::new().get("/old", async || redirect("/new"));
/// ```
pub fn redirect(location: impl AsRef<str>) -> Redirect {
    Redirect::to(location)
}

/// Returns a 308 redirect, like [`Redirect::permanent`].
///
/// ```
/// use route_handlers::response::permanent_redirect;
/// use route_handlers::IntoResponse;
///
/// assert_eq!(permanent_redirect("/new").into_response().status(), 308);
/// ```
pub fn permanent_redirect(location: impl AsRef<str>) -> Redirect {
    Redirect::permanent(location)
}
