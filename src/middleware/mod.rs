//! Middleware functions: code that runs before and after handlers, as a tower layer.
//!
//! Use them for code of your program around several routes, such as a check of the caller. For a common task, such as CORS or
//! compression, use a layer of `tower-http`. Code that only makes a value for a handler is an
//! [argument](crate::extract).
//!
//! ```
//! use route_handlers::middleware::{Next, from_fn};
//! use route_handlers::testing::Client;
//! use route_handlers::{Request, Response, RouteHandlers};
//!
//! async fn stamp(request: Request, next: Next) -> Response {
//!     let mut response = next.run(request).await;
//!     response.headers_mut().insert("x-by", http::HeaderValue::from_static("stamp"));
//!     response
//! }
//!
//! # tokio_test::block_on(async {
//! let client = Client::new(RouteHandlers::new().get("/", async || "hello").layer(from_fn(stamp)));
//! assert_eq!(client.get("/").await.header("x-by"), Some("stamp"));
//! # });
//! ```
//! [`from_fn`] makes a layer of an `async` function. Its last two arguments are the [`Request`](crate::Request) and [`Next`].
//! The arguments before them are made like those of a handler. The function can
//!
//! * call the handler with [`Next::run`], and change its response,
//! * respond without a call of the handler,
//! * change the request before the call, or put a value into its extensions, which a handler takes as
//!   [`Extension`](crate::Extension).
//!
//! ```
//! use http::{Request as HttpRequest, StatusCode};
//! use route_handlers::middleware::{Next, from_fn};
//! use route_handlers::{Body, Error, Extension, FromHead, Head, Request, Response, Result, RouteHandlers};
//! use tower::ServiceExt;
//!
//! /// The caller that a header names.
//! #[derive(Clone)]
//! struct User(String);
//!
//! impl FromHead for User {
//!     fn from_head(head: &Head<'_>) -> Result<Self> {
//!         head.header("x-user").map(|name| User(name.to_owned())).ok_or(Error::new(StatusCode::UNAUTHORIZED))
//!     }
//! }
//!
//! /// Lets administrators pass. The handlers can take the user as an `Extension`.
//! async fn admins_only(user: User, mut request: Request, next: Next) -> Result<Response> {
//!     if user.0 != "ada" {
//!         return Err(Error::new(StatusCode::FORBIDDEN));
//!     }
//!     request.extensions_mut().insert(user);
//!     Ok(next.run(request).await)
//! }
//!
//! # tokio_test::block_on(async {
//! let api = RouteHandlers::new()
//!     .get("/admin", async |Extension(User(name)): Extension<User>| format!("hello {name}"))
//!     .route_layer(from_fn(admins_only));
//!
//! let ask = |user| HttpRequest::get("/admin").header("x-user", user).body(Body::empty());
//! assert_eq!(api.clone().oneshot(ask("ada")?).await?.status(), 200);
//! assert_eq!(api.oneshot(ask("bob")?).await?.status(), 403);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! The layer fits around each [`HttpService`], by [`RouteHandlers::layer`](crate::RouteHandlers::layer),
//! [`RouteHandlers::route_layer`](crate::RouteHandlers::route_layer), [`Route::layer`](crate::Route::layer), and tower's
//! `ServiceBuilder`, alone or with other layers. Around a whole server there is no route: then an argument that needs a state
//! or a parameter fails.

mod function;
mod next;
mod service;

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use tower_layer::Layer;

use crate::handler::{HttpService, MiddlewareCheck};

pub use function::MiddlewareFunction;
pub use next::Next;
pub use service::FromFnService;

/// Makes a tower layer of an `async` function: see [the module](self).
///
/// The function takes up to six arguments that are [`FromRequest`](crate::FromRequest), then the
/// [`Request`](crate::Request), then [`Next`]. If an argument fails, its error is the response, and neither the function nor
/// the handler runs. An argument that reads the body leaves none for the request: registration refuses it. To read the body,
/// take it from the request, and put it back with [`Request::set_body`](crate::Request::set_body). Otherwise a handler that
/// reads the body fails with 500.
///
/// Where the layer is registered, a [`State`](crate::State) that the route table lacks is a panic that names this call.
///
/// ```
/// use std::time::Instant;
///
/// use route_handlers::middleware::{Next, from_fn};
/// use route_handlers::{Request, RouteHandlers};
///
/// let timed = from_fn(async |request: Request, next: Next| {
///     let start = Instant::now();
///     let mut response = next.run(request).await;
///     let value = format!("app;dur={}", start.elapsed().as_millis());
///     response.headers_mut().insert("server-timing", value.parse().expect("digits are a valid value"));
///     response
/// });
/// let api = RouteHandlers::new().get("/", async || "hello").layer(timed);
/// ```
#[track_caller]
pub fn from_fn<F, Args>(function: F) -> FromFn<F, Args>
where
    F: MiddlewareFunction<Args>,
{
    FromFn { function, location: Location::caller(), args: PhantomData }
}

/// A middleware function as a tower layer: see [`from_fn`].
#[must_use]
pub struct FromFn<F, Args> {
    function: F,
    /// The call of `from_fn`.
    location: &'static Location<'static>,
    args: PhantomData<fn() -> Args>,
}

impl<F: Clone, Args> Clone for FromFn<F, Args> {
    fn clone(&self) -> Self {
        Self { function: self.function.clone(), ..*self }
    }
}

impl<F, Args, S> Layer<S> for FromFn<F, Args>
where
    F: MiddlewareFunction<Args>,
    S: HttpService,
{
    type Service = FromFnService<F, Args>;

    fn layer(&self, inner: S) -> Self::Service {
        MiddlewareCheck { check: F::check, location: self.location }.add();
        FromFnService::new(self.function.clone(), inner.boxed())
    }
}

impl<F, Args> fmt::Debug for FromFn<F, Args> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromFn").field("location", &self.location).finish_non_exhaustive()
    }
}
