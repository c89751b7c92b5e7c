//! A route table as a tower service, and tower services as handlers.
//!
//! Most programs name nothing of this module: [`RouteHandlers::over`](crate::RouteHandlers::over) puts a table in front of a
//! service, and [`RouteHandlers::route_service`](crate::RouteHandlers::route_service) registers a service. Use the module to name
//! the type of a service, to use a service for one method, and to write functions that take or return layers.
//!
//! ```
//! use axum::Router;
//! use route_handlers::RouteHandlers;
//! use route_handlers::service::RouteHandlersService;
//! use route_handlers::testing::Client;
//!
//! fn app() -> RouteHandlersService<Router> {
//!     let pages = Router::new().route("/", axum::routing::get(async || "a page of axum"));
//!     RouteHandlers::new().get("/api/hello", async || "hello").over(pages)
//! }
//!
//! # tokio_test::block_on(async {
//! let client = Client::new(app());
//! assert_eq!(client.get("/api/hello").await.text(), "hello");
//! assert_eq!(client.get("/").await.text(), "a page of axum");
//! # });
//! ```
//!
//! A service for one method, inside a layer that a function returns:
//!
//! ```
//! use http::header::{CACHE_CONTROL, HeaderValue};
//! use http::{Request, Response};
//! use route_handlers::service::{self, HandlerLayer};
//! use route_handlers::testing::Client;
//! use route_handlers::{Body, RouteHandlers, get};
//! use tower_http::set_header::SetResponseHeaderLayer;
//!
//! fn cached() -> impl HandlerLayer {
//!     SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("max-age=60"))
//! }
//!
//! let logo = tower::service_fn(async |_: Request<Body>| Ok::<_, std::convert::Infallible>(Response::new(Body::from("<svg/>"))));
//! # tokio_test::block_on(async {
//! let api = RouteHandlers::new().route("/logo.svg", get(service::handler(logo)).layer(cached()));
//! let response = Client::new(api).get("/logo.svg").await;
//! assert_eq!(response.text(), "<svg/>");
//! assert_eq!(response.header("cache-control"), Some("max-age=60"));
//! # });
//! ```

mod arrived;
mod body;
mod future;
mod inner;

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Buf;
use tower_service::Service;

use crate::body::BoxError;
use crate::platform::MaybeSend;
use crate::table::{Dispatch, Table};

pub use crate::finalize::HandlerFuture;
pub use crate::handler::{HandlerLayer, HandlerService, HttpService, OriginalUri, ServiceHandler, handler};
use arrived::Arrived;
pub use body::ResponseBody;
pub use future::{ResponseFuture, RouteFuture};
pub use inner::InnerFuture;

/// The routes of a [`RouteHandlers`](crate::RouteHandlers) in front of an inner service.
///
/// A request for any other path reaches the inner service unchanged.
///
/// The service is built by [`RouteHandlers::over`](crate::RouteHandlers::over), or by tower's `ServiceBuilder`.
///
/// # Readiness
///
/// This service is always ready. The inner service is polled for readiness only for a request that falls through. The
/// future of that request waits for the inner service, and returns the error of its `poll_ready`. So the routes work while
/// the inner service is busy, and hold no slot that it reserves.
///
/// The inner service must be `Clone`: one request waits for a busy service while others arrive. Put a service that is not
/// `Clone`, such as tower's `RateLimit`, into a tower `Buffer`. To limit requests while the inner service is busy, put
/// tower's `ConcurrencyLimit` or `LoadShed` around this service.
///
/// ```
/// use route_handlers::service::RouteHandlersService;
/// use route_handlers::RouteHandlers;
///
/// let app: RouteHandlersService<&str> = RouteHandlers::new().over("the inner service");
/// assert_eq!(app.get_ref(), &"the inner service");
/// assert_eq!(app.into_inner(), "the inner service");
/// ```
#[derive(Clone, Debug)]
pub struct RouteHandlersService<S> {
    table: Arc<Table>,
    inner: S,
}

impl<S> RouteHandlersService<S> {
    pub(crate) fn new(table: Arc<Table>, inner: S) -> Self {
        Self { table, inner }
    }

    /// Returns the inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// Returns the inner service, for changes.
    ///
    /// ```
    /// use route_handlers::RouteHandlers;
    ///
    /// let mut app = RouteHandlers::new().over(String::from("inner"));
    /// app.get_mut().push_str(" service");
    /// assert_eq!(app.get_ref(), "inner service");
    /// ```
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Drops the routes and returns the inner service.
    pub fn into_inner(self) -> S {
        self.inner
    }

    /// The routes, for a host's adapter.
    #[cfg(feature = "hyper")]
    pub(crate) fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// Responds to a request. `pass` passes a request that the table does not serve to the inner service.
    pub(crate) fn respond<B, F>(
        table: &Arc<Table>,
        request: http::Request<B>,
        pass: impl FnOnce(http::Request<B>) -> F,
    ) -> ResponseFuture<F>
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
    {
        match table.dispatch(&request, true) {
            Dispatch::Pass => ResponseFuture::inner(pass(request)),
            Dispatch::Handle(route) => {
                ResponseFuture::ours(RouteFuture::handler(Arrived::new(table, route, request).start()))
            }
            Dispatch::Respond(response) => ResponseFuture::ours(RouteFuture::generated(response)),
            Dispatch::RespondInLayers(mut response) => {
                ResponseFuture::ours(RouteFuture::handler(Arrived::new(table, response.route(), request).start()))
            }
        }
    }
}

/// Responds to a request to a table without an inner service.
pub(crate) fn respond_alone<B>(table: &Arc<Table>, request: http::Request<B>) -> RouteFuture
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    // A function for the arms that `respond` has too would cost 55 instructions, 4 % of a small GET: it takes the decision by
    // value.
    match table.dispatch(&request, false) {
        Dispatch::Handle(route) => RouteFuture::handler(Arrived::new(table, route, request).start()),
        Dispatch::Respond(response) => RouteFuture::generated(response),
        Dispatch::RespondInLayers(mut response) => {
            RouteFuture::handler(Arrived::new(table, response.route(), request).start())
        }
        Dispatch::Pass => unreachable!("without an inner service, no request is passed on"),
    }
}

impl<S, B, R> Service<http::Request<B>> for RouteHandlersService<S>
where
    S: Service<http::Request<B>, Response = http::Response<R>> + Clone,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    type Response = http::Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<InnerFuture<S, http::Request<B>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        Self::respond(&self.table, request, |request| InnerFuture::new(&mut self.inner, request))
    }
}
