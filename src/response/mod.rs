//! Responses of handlers: the counterpart of `NextResponse` in Next.js.
//!
//! A handler returns a value that implements [`IntoResponse`], which lists the types. A tuple adds a status, headers and cookies
//! to another value. Use a [`Response`] for full control, and an [`Error`](crate::Error) for a failure.
//!
//! ```
//! use http::StatusCode;
//! use route_handlers::response::{Json, NoContent};
//! use route_handlers::testing::Client;
//! use route_handlers::{RouteHandlers, get};
//!
//! let users = get(async || Json(["Ada", "Bo"]))
//!     .post(async || (StatusCode::CREATED, [("location", "/users/2")], "made"))
//!     .delete(async || NoContent);
//! # tokio_test::block_on(async {
//! let client = Client::new(RouteHandlers::new().route("/users", users));
//!
//! assert_eq!(client.get("/users").await.json::<Vec<String>>(), ["Ada", "Bo"]);
//! assert_eq!(client.post("/users").await.header("location"), Some("/users/2"));
//! client.delete("/users").await.assert_status(204);
//! # });
//! ```
//!
//! Your own type implements [`IntoResponse`]:
//!
//! ```
//! use route_handlers::response::{IntoResponse, Json, Response, not_found};
//! use route_handlers::testing::Client;
//! use route_handlers::{Path, RouteHandlers};
//!
//! enum Found {
//!     User(&'static str),
//!     Nobody,
//! }
//!
//! impl IntoResponse for Found {
//!     fn into_response(self) -> Response {
//!         match self {
//!             Found::User(name) => Json(name).into_response(),
//!             Found::Nobody => not_found().with_detail("no such user").into_response(),
//!         }
//!     }
//! }
//!
//! async fn show(Path(id): Path<u32>) -> Found {
//!     if id == 1 { Found::User("Ada") } else { Found::Nobody }
//! }
//!
//! # tokio_test::block_on(async {
//! let client = Client::new(RouteHandlers::new().get("/users/{id}", show));
//! client.get("/users/1").await.assert_status(200);
//! client.get("/users/2").await.assert_status(404);
//! # });
//! ```

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
