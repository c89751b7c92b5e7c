//! HTML responses.

use http::HeaderValue;

use crate::body::Body;
use crate::response::Response;
use crate::response::into_response::{IntoResponse, typed};

/// An HTML response, with content type `text/html; charset=utf-8`. The text is sent unchanged: escape untrusted input.
///
/// ```
/// use route_handlers::{Html, IntoResponse};
///
/// let response = Html("<h1>hello</h1>").into_response();
/// assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handlers construct it")]
pub struct Html<T>(pub T);

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

impl<T: Into<Body>> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        typed(HTML, self.0.into())
    }
}
