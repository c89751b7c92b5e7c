//! Route handlers for any Tower service.
//!
//! Maps paths and methods to closures, in front of a server that already runs. Your functions serve the paths that
//! [`RouteHandlers`] knows, and every other request goes unchanged to the inner service. It works with hyper, axum, warp,
//! and every host that speaks `tower::Service`.
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
//! let wrong_verb = app.clone().oneshot(Request::put("/api/users/7").body(Body::empty())?).await?;
//! assert_eq!(wrong_verb.status(), StatusCode::METHOD_NOT_ALLOWED);
//! assert_eq!(wrong_verb.headers()["allow"], "DELETE, GET, HEAD, OPTIONS");
//!
//! let not_ours = app.oneshot(Request::get("/about").body(Body::empty())?).await?;
//! assert_eq!(not_ours.status(), StatusCode::OK); // the inner service's page
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # Patterns
//!
//! | pattern | matches | Next.js |
//! |---|---|---|
//! | `/users` | itself | `users` |
//! | `/users/{id}` | one segment that is not empty | `[id]` |
//! | `/v{n}`, `/{name}.json` | a part of one | – |
//! | `/files/{*path}` | one segment or more | `[...path]` |
//! | `/docs/{*page?}` | zero segments or more | `[[...page]]` |
//!
//! `{{` and `}}` are literal braces. The most specific pattern that has the verb wins, segment by segment in the order
//! above. A segment is decoded once, after the path is split: `/%61bc` is `/abc`, and `%2F` is never a separator. A path
//! that is ours is answered with 400 if a parameter would be malformed, not UTF-8, NUL, `.` or `..`, or if a catch-all
//! has an empty segment.
//!
//! # What is answered for you
//!
//! 405 with `Allow` where no matching pattern has the verb; HEAD by the GET handler; OPTIONS with 204 and `Allow`; 404
//! below a prefix that was [claimed](RouteHandlers::claim), and by a table that is a service by itself. Every failure is
//! a problem document (RFC 9457) with `Cache-Control: no-store`, and [`on_error`](RouteHandlers::on_error) reshapes it.
//! A handler that panics is answered with 500, and its connection goes on.
//!
//! # Where to find what
//!
//! | want | see |
//! |---|---|
//! | to register, nest, merge, share state | [`RouteHandlers`] |
//! | several verbs on a path, layers, limits | [`Route`] |
//! | what a handler can be | [`Handler`] |
//! | what it can take | [`FromRequest`] |
//! | what it can answer | [`IntoResponse`] |
//! | to fail | [`Error`], [`Problem`] |
//! | a host that is no tower service | [`hosts`] |
//! | routes from folders | [`app_dir`](mod@app_dir) |
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `hyper` | | `hyper::service::Service` for [`RouteHandlers`] and [`RouteHandlersService`] |
//! | `warp` | | `hosts::warp::filter`: a table as a warp `Filter` |
//! | `tokio` | | `WaitUntil` for `tokio_util`'s `TaskTracker` |
//! | `worker` | | `hosts::worker`: a table as a Cloudflare Worker |
//! | `multipart` | | `Multipart`: forms with files, read field by field |
//! | `cookie-signed` | | signed and encrypted cookies: `SetCookie::signed`, `Cookies::get_signed`, `Key` |
//! | `sse` | | `sse`: server-sent events, as an answer; `LastEventId` |
//! | `app-dir` | | `app_dir::Builder`: [routes from folders](mod@app_dir), for `build.rs` |
//! | `openapi` | | `documented`, `RouteHandlers::openapi`: an OpenAPI document of the routes; `serve_openapi`, `serve_docs` |
//! | `timeout` | | `Route::timeout`: 504 after a deadline (a tokio runtime) |
//! | `tracing` | | failures of the server are logged, with their cause |
//!
//! On wasm32 handlers and their futures need not be `Send`, and a panic is not caught. `timeout` and `tokio` do not compile
//! there, as they need a clock and threads. There `cookie-signed` compiles once the program asks
//! `getrandom` 0.2 for its feature `js`, as it takes randomness.
//!
//! # Developing
//!
//! `.ci/run` checks everything. The modules below stand in layers: one imports only from the layers above its own, which
//! `tests/layers.rs` holds.

#![warn(unreachable_pub)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod catch_panic;
mod platform;

mod body;
mod entity_tag;
mod headers;
mod problem;
mod routing;
mod state;

pub mod app_dir;
mod error;

mod log;

mod after;
mod response;

mod on_error;

mod request;

mod extract;
mod finalize;

#[cfg(feature = "openapi")]
pub mod openapi;

mod handler;

#[cfg(feature = "openapi")]
mod documented;
mod pages;

mod route;

mod endpoint;

mod table;

mod service;

mod route_handlers;

pub mod hosts;

pub use after::{RequestWaitUntil, WaitUntil};
pub use body::{Body, BodyError, BoxError};
#[cfg(feature = "cookie-signed")]
pub use cookie::Key;
#[cfg(feature = "openapi")]
pub use documented::{Documented, DocumentedArguments, documented};
pub use error::{Error, Result};
#[cfg(feature = "sse")]
pub use extract::LastEventId;
pub use extract::{After, Extension, Form, FromHead, FromRequest, Path, Query, RouteCheck};
pub use finalize::HandlerFuture;
pub use handler::{Handler, HandlerService};
pub use on_error::ErrorContext;
pub use pages::{Pages, PagesArguments, PagesBody, PagesQuery, PagesRequest, PagesResponse, PagesValue, pages};
pub use platform::{BoxFuture, MaybeSend, MaybeSync};
pub use problem::Problem;
#[cfg(feature = "multipart")]
pub use request::multipart::{self, Multipart};
pub use request::{Cookies, Head, MatchedRoute, Request};
#[cfg(feature = "sse")]
pub use response::sse::{self, Sse};
pub use response::{
    Created, Html, IntoResponse, IntoResponseParts, Json, NoContent, Redirect, Response, ResponseParts, SameSite,
    SetCookie, forbidden, not_found, permanent_redirect, redirect, unauthorized,
};
pub use route::{Route, any, delete, get, head, on, options, patch, post, put};
pub use route_handlers::{RouteHandlers, RouteInfo};
pub use routing::RouteError;
pub use service::{InnerFuture, ResponseBody, ResponseFuture, RouteFuture, RouteHandlersService};
pub use state::State;
pub use table::TrailingSlash;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
