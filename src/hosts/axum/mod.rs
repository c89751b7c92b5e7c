//! Moves code of axum 0.8 into a route table: extractors, handlers and layers. Serves a table with `axum::serve`.
//!
//! | code of axum | here |
//! |---|---|
//! | an extractor that reads the head, such as `TypedHeader`, `CookieJar`, `Session` | an argument [`Axum<E>`](Axum) |
//! | an extractor that reads the body | an argument [`AxumBody<E>`](AxumBody) |
//! | a handler, with all its extractors | [`handler`]`(list_users, state)` |
//! | `axum::middleware::from_fn`, a layer for axum's body | [`layer`]`(from_fn(log))` |
//! | a value that implements axum's `IntoResponse` | [`response`]`(value)` |
//! | `axum::serve(listener, router)` | `axum::serve(listener, `[`router`]`(api))` |
//!
//! Use it for code of axum that cannot change yet. A whole axum `Router` needs none of this. It is a tower service: put the table
//! in front of it by [`over`](crate::RouteHandlers::over), or mount it by [`nest_service`](crate::RouteHandlers::nest_service).
//!
//! ```
//! use route_handlers::RouteHandlers;
//! use route_handlers::hosts;
//! use route_handlers::testing::Client;
//!
//! // A handler of axum, unchanged.
//! async fn show(axum::extract::Path(id): axum::extract::Path<u32>) -> impl axum::response::IntoResponse {
//!     axum::Json(id)
//! }
//!
//! # tokio_test::block_on(async {
//! let client = Client::new(RouteHandlers::new().get("/users/{id}", hosts::axum::handler(show, ())));
//! assert_eq!(client.get("/users/7").await.json::<u32>(), 7);
//! # });
//! ```
//!
//! With a state, an extractor in a handler of the table, and a middleware function:
//! ```
//! use std::sync::Arc;
//!
//! use axum::extract::{ConnectInfo, Path, Query, State};
//! use axum::middleware::{Next, from_fn};
//! use axum::response::{IntoResponse, Response};
//! use http::Request;
//! use route_handlers::hosts::axum::{self as adapt, Axum};
//! use route_handlers::{Body, RouteHandlers};
//! use tower::ServiceExt;
//!
//! #[derive(Clone)]
//! struct App {
//!     greeting: Arc<str>,
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Names {
//!     last: String,
//! }
//!
//! // A handler and a middleware of axum, unchanged.
//! async fn greet(State(app): State<App>, Path(first): Path<String>, Query(names): Query<Names>) -> impl IntoResponse {
//!     ([("x-by", "axum")], format!("{}, {first} {}", app.greeting, names.last))
//! }
//!
//! async fn log(request: axum::extract::Request, next: Next) -> Response {
//!     println!("{} {}", request.method(), request.uri());
//!     next.run(request).await
//! }
//!
//! let api = RouteHandlers::new()
//!     .get("/greetings/{first}", adapt::handler(greet, App { greeting: "hello".into() }))
//!     .get("/me", async |peer: Axum<ConnectInfo<u32>>| peer.0.0.to_string())
//!     .layer(adapt::layer(from_fn(log)));
//!
//! # tokio_test::block_on(async {
//! let request = Request::get("/greetings/Ada?last=Lovelace").body(Body::empty())?;
//! let response = api.oneshot(request).await?;
//! assert_eq!(response.headers()["x-by"], "axum");
//! # use http_body_util::BodyExt;
//! # assert_eq!(response.into_body().collect().await?.to_bytes(), "hello, Ada Lovelace");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod extract;
mod handler;
mod layer;
mod params;
mod serve;

use axum::response::IntoResponse;

use crate::body::Body;
use crate::response::Response;

pub use extract::{Axum, AxumBody};
pub use handler::{AxumHandler, handler};
pub use layer::{AxumHandlerService, AxumLayer, AxumLayerService, layer};
pub use serve::router;

/// Converts a value of axum's `IntoResponse`, so that a handler of a route table can return it.
///
/// A handler can return axum's `Response` without this.
///
/// ```
/// use axum::response::Html;
/// use route_handlers::RouteHandlers;
/// use route_handlers::hosts::axum::response;
///
/// let api = RouteHandlers::new().get("/", async || response(Html("<h1>hello</h1>")));
/// ```
pub fn response(value: impl IntoResponse) -> Response {
    value.into_response().map(Body::new)
}
