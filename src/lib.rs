//! Route handlers for any Tower service.
//!
//! Maps paths and methods to closures, in front of an existing server. Handlers serve the paths of a [`RouteHandlers`]
//! table. Every other request goes unchanged to the inner service. The table works with hyper, axum, warp, and every other
//! host that calls a `tower::Service`.
//!
//! ```
//! use std::convert::Infallible;
//!
//! use http::{Request, Response, StatusCode};
//! use route_handlers::{Body, Json, Path, RouteHandlers, get};
//! use tower::{ServiceExt, service_fn};
//!
//! # tokio_test::block_on(async {
//! let existing = service_fn(async |_: Request<Body>| Ok::<_, Infallible>(Response::new(Body::from("a page"))));
//!
//! let app = RouteHandlers::new()
//!     .get("/api/users", async || Json(["Ada", "Bo"]))
//!     .route("/api/users/{id}", get(async |Path(id): Path<u32>| format!("user {id}")).delete(async || StatusCode::NO_CONTENT))
//!     .over(existing);
//!
//! let hit = app.clone().oneshot(Request::get("/api/users/7").body(Body::empty())?).await?;
//! assert_eq!(hit.status(), StatusCode::OK);
//!
//! let wrong_method = app.clone().oneshot(Request::put("/api/users/7").body(Body::empty())?).await?;
//! assert_eq!(wrong_method.status(), StatusCode::METHOD_NOT_ALLOWED);
//! assert_eq!(wrong_method.headers()["allow"], "DELETE, GET, HEAD, OPTIONS");
//!
//! let other_path = app.oneshot(Request::get("/about").body(Body::empty())?).await?;
//! assert_eq!(other_path.status(), StatusCode::OK); // the inner service's page
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # Patterns
//!
//! | pattern | matches | Next.js |
//! |---|---|---|
//! | `/users` | this path only | `users` |
//! | `/users/{id}` | one non-empty segment | `[id]` |
//! | `/v{n}`, `/{name}.json` | a part of one segment | – |
//! | `/files/{*path}` | one or more segments | `[...path]` |
//! | `/docs/{*page?}` | zero or more segments | `[[...page]]` |
//!
//! `{{` and `}}` are literal braces. Among the patterns that match the path and have the method, the most specific one is
//! used. They are compared segment by segment, in the order of the table above.
//!
//! A segment is decoded once, after the path is split: `/%61bc` is `/abc`, and `%2F` is never a separator. The response is
//! 400 if the path matches, but a parameter has a malformed escape, invalid UTF-8 or a NUL, or is `.` or `..`, or if a
//! catch-all has an empty segment.
//!
//! # Automatic responses
//!
//! | request | response |
//! |---|---|
//! | a method that no matching pattern has | 405 with `Allow` |
//! | HEAD, if the path has a GET handler and no HEAD handler | the response of the GET handler, without content |
//! | OPTIONS, if the path has no OPTIONS handler | 204 with `Allow` |
//! | a path without a route, below a [claimed](RouteHandlers::claim) prefix or in a table without an inner service | 404 |
//! | a request with a panicking handler | 500; the connection stays open |
//!
//! These error responses, and those for an [`Error`] or for invalid input of an argument, are problem documents (RFC 9457)
//! with `Cache-Control: no-store`. [`on_error`](RouteHandlers::on_error) can change them.
//!
//! # Where to start
//!
//! The [guide] teaches the crate in chapters, from the first route on. This table lists the main items.
//!
//! | task | see |
//! |---|---|
//! | register routes, nest and merge tables, share state | [`RouteHandlers`] |
//! | use several methods, layers or limits on a path | [`Route`] |
//! | write a handler | [`Handler`] |
//! | choose its arguments, or write your own | [`FromRequest`], [`FromHead`] |
//! | read forms and uploaded files | [`Form`], `FormData` (feature `multipart`) |
//! | choose its result | [`IntoResponse`] |
//! | return an error, or an error enum of the application | [`Error`], [`Problem`] |
//! | check a bearer token or an API key | [`extract::Bearer`], [`extract::constant_time_eq`]; `examples/guards` has more guards |
//! | verify the signature of a body, then parse it | [`Json::from_bytes`] |
//! | learn the address of the client, also behind a proxy | [`extract::ClientIp`] |
//! | run code around handlers | [`middleware::from_fn`], [`RouteHandlers::layer`], [`RouteHandlers::route_layer`], [`Route::layer`] |
//! | use a tower service as a route | [`RouteHandlers::route_service`], [`RouteHandlers::nest_service`] |
//! | test a route, a handler or an argument | `testing` (feature `testing`), or the example above: `oneshot` of `tower::ServiceExt` |
//! | serve without a host, use a host without tower, or code of axum | [`hosts`] |
//! | make routes from folders | [`app_dir`](mod@app_dir) |
//!
//! # Features
//!
//! No feature is on by default.
//!
//! | feature | what it adds |
//! |---|---|
//! | `hyper` | `hyper::service::Service` for [`RouteHandlers`] and [`RouteHandlersService`](service::RouteHandlersService) |
//! | `serve` | `hosts::hyper::serve`: a server for HTTP/1 and HTTP/2 with time limits and a graceful shutdown |
//! | `warp` | `hosts::warp::filter`: a table as a warp `Filter` |
//! | `axum` | `hosts::axum`: extractors, handlers and layers of axum in a table; a table for `axum::serve` |
//! | `tokio` | `WaitUntil` for `tokio_util`'s `TaskTracker` |
//! | `worker` | `hosts::worker`: serves a table as a Cloudflare Worker |
//! | `multipart` | forms with files: `FormData` reads them into a type, `multipart::Multipart` field by field |
//! | `temp-files` | large files of a `FormData` are written to temporary files; `UploadedFile::{path, persist}` (tokio) |
//! | `cookie-signed` | signed and encrypted cookies: `SetCookie::signed`, `Cookies::get_signed`, `Key` |
//! | `sse` | `sse`: server-sent events as a response; `LastEventId` |
//! | `app-dir` | `app_dir::Builder`: [routes from folders](mod@app_dir), for `build.rs` |
//! | `openapi` | `documented`, `RouteHandlers::openapi`: an OpenAPI document of the routes; `serve_openapi`, `serve_docs` |
//! | `garde` | `Valid` for every type with `#[derive(garde::Validate)]` (needs rustc 1.87) |
//! | `anyhow` | `anyhow::Error` as the result of a handler: 500, and the error is logged |
//! | `tower` | 504 and 503 for the errors of tower's `TimeoutLayer` and `LoadShedLayer` |
//! | `timeout` | `Route::timeout`: 504 after a deadline (needs a tokio runtime) |
//! | `tracing` | logs 5xx responses with their cause, panics, and failed connections of `serve` |
//! | `testing` | `testing`: a client and a builder of requests, for tests |
//!
//! On wasm32, handlers and their futures need not be `Send`, and panics are not caught. `tokio`, `temp-files`, `axum` and `serve` do
//! not compile there, because they need threads, files, sockets, or handlers that are `Send`. `timeout` does not compile for
//! wasm32-unknown-unknown, which has no clock.
//! `cookie-signed` needs a source of randomness: enable the feature `js` of `getrandom` 0.2 in your program.
//!
//! # Developing
//!
//! `.ci/run` runs all checks. The modules below form layers: a module imports only from layers above its own.
//! `tests/layers.rs` checks this.

#![warn(unreachable_pub)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod catch_panic;
mod platform;

pub mod body;
mod entity_tag;
mod headers;
mod problem;
mod routing;
mod state;

pub mod app_dir;
mod byte_range;
mod error;

mod log;

pub mod after;
pub mod response;

mod on_error;

mod request;

pub mod cookie;
pub mod extract;
mod finalize;

#[cfg(feature = "openapi")]
pub mod openapi;

mod handler;

#[cfg(feature = "openapi")]
mod documented;
pub mod middleware;
pub mod pages;

mod route;

mod endpoint;

mod table;

pub mod service;

mod route_handlers;

pub mod hosts;

#[cfg(feature = "testing")]
pub mod testing;

#[doc(hidden)]
pub mod __private;

#[cfg(any(doc, doctest))]
pub mod guide;

#[doc(no_inline)]
pub use ::{bytes, http};
#[doc(inline)]
pub use body::Body;
#[cfg(feature = "openapi")]
pub use documented::{Documented, DocumentedArguments, documented};
pub use error::{Error, Result};
#[cfg(feature = "multipart")]
#[doc(inline)]
pub use extract::FormData;
#[doc(inline)]
pub use extract::{After, Extension, Form, FromHead, FromRequest, Path, Query, Valid};
pub use handler::Handler;
pub use on_error::ErrorContext;
pub use problem::Problem;
#[cfg(feature = "multipart")]
pub use request::multipart;
pub use request::{Cookies, Head, Request};
#[cfg(feature = "sse")]
#[doc(inline)]
pub use response::sse;
#[doc(inline)]
pub use response::{Created, Download, Html, IntoResponse, Json, NoContent, Redirect, Response, SetCookie};
pub use route::{Route, any, delete, get, head, on, options, patch, post, put, query};
pub use route_handlers::RouteHandlers;
pub use routing::RouteError;
pub use state::State;
pub use table::{RouteInfo, TrailingSlash};

#[cfg(all(doctest, feature = "axum", feature = "serve", feature = "testing"))]
#[doc = include_str!("../README.md")]
struct Readme;
