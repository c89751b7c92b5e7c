//! Responses of handlers: the counterpart of `NextResponse` in Next.js.

mod created;
mod download;
mod file_name;
mod html;
mod into_response;
mod json;
mod navigation;
mod parts;
mod redirect;
mod set_cookie;
#[cfg(feature = "sse")]
pub mod sse;

pub use created::{Created, NoContent};
pub use download::Download;
pub use html::Html;
pub use into_response::IntoResponse;
pub(crate) use into_response::{NO_STORE, render};
pub use json::Json;
pub use navigation::{forbidden, not_found, permanent_redirect, redirect, unauthorized};
pub use parts::{IntoResponseParts, ResponseParts};
pub use redirect::Redirect;
pub(crate) use set_cookie::Identity;
pub use set_cookie::{SameSite, SetCookie};

use crate::body::Body;

/// The response of a handler.
///
/// ```
/// use route_handlers::{Body, Response};
///
/// async fn teapot() -> Response {
///     let mut response = Response::new(Body::from("short and stout"));
///     *response.status_mut() = http::StatusCode::IM_A_TEAPOT;
///     response
/// }
/// ```
pub type Response = http::Response<Body>;
