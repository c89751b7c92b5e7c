//! The public route table: a builder, a tower `Layer`, and a tower `Service`.

#[cfg(feature = "openapi")]
mod openapi;
mod register;

#[cfg(any(feature = "axum", feature = "serve", feature = "testing", feature = "warp"))]
use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Buf;
use http::Method;
use tower_layer::Layer;
use tower_service::Service;

use crate::after::{RequestWaitUntil, WaitUntil};
use crate::body::BoxError;
use crate::error::Error;
use crate::handler::{AppliedLayer, HandlerLayer};
use crate::on_error::{ErrorContext, ErrorHook};
use crate::platform::MaybeSend;
use crate::request::MatchedRoute;
use crate::response::Response;
use crate::routing::RouteError;
use crate::service::{RouteFuture, RouteHandlersService, respond_alone};
use crate::state::States;
use crate::table::{RouteInfo, Table, TrailingSlash};

/// A route table: maps paths and methods to handlers, in front of a tower service or as one.
///
/// * **Builder**: [`get`](Self::get), [`post`](Self::post), …, [`route`](Self::route), [`nest`](Self::nest) and
///   [`merge`](Self::merge) register routes. On a mistake they panic at the caller's line. If two routes conflict, the
///   message names both. [`try_route`](Self::try_route) and the other `try_` methods return the error instead.
/// * **In front of a service**: [`over`](Self::over), or as a tower [`Layer`]. A request for any other path goes unchanged
///   to the inner service.
/// * **By itself**: a tower [`Service`] that responds with 404 to any other path.
///
/// A clone is cheap, because it shares the routes. Registering a route on a clone copies them first.
///
/// ```
/// use http::Request;
/// use route_handlers::{Body, RouteHandlers};
/// use tower::ServiceExt;
///
/// # tokio_test::block_on(async {
/// let api = RouteHandlers::new().get("/api/hello", async || "hello");
///
/// let hit = api.clone().oneshot(Request::get("/api/hello").body(Body::empty())?).await?;
/// assert_eq!(hit.status(), 200);
///
/// let wrong_method = api.oneshot(Request::post("/api/hello").body(Body::empty())?).await?;
/// assert_eq!(wrong_method.status(), 405);
/// assert_eq!(wrong_method.headers()["allow"], "GET, HEAD, OPTIONS");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
#[must_use]
pub struct RouteHandlers {
    table: Arc<Table>,
}

const WRAPS_NOTHING: &str =
    "the layer wraps nothing, because the table has no routes yet: register the routes before the layer";

impl RouteHandlers {
    /// Creates a table without routes.
    pub fn new() -> Self {
        Self { table: Arc::new(Table::new()) }
    }

    /// Puts the routes in front of a service. A request for any other path goes unchanged to that service.
    ///
    /// The response bodies of the service must yield `Bytes`, as those of hyper, axum and warp do. The service must be
    /// `Clone`. It is cloned when it is busy, so that the routes work meanwhile: see [`RouteHandlersService`].
    ///
    /// For a `ServiceBuilder` the table is a tower [`Layer`] that does the same: `ServiceBuilder::new().layer(api)`.
    ///
    /// # Panics
    ///
    /// If a handler takes parameters that its pattern lacks, and its table was not nested below a prefix that has them.
    ///
    /// ```
    /// # use route_handlers::{Body, RouteHandlers};
    /// # let existing = tower::service_fn(async |_: http::Request<Body>| Ok::<_, std::convert::Infallible>(http::Response::new(Body::empty())));
    /// let app = RouteHandlers::new().get("/api/hello", async || "hello").over(existing);
    /// ```
    #[track_caller]
    pub fn over<S>(self, inner: S) -> RouteHandlersService<S> {
        self.table.assert_complete();
        RouteHandlersService::new(self.table, inner)
    }

    /// Shares a value with the handlers that are registered after this call. They take it as [`State<T>`](crate::State).
    ///
    /// A second value of the type replaces the first for the routes that follow.
    ///
    /// Tables with different layers share a state if each of them starts as a clone of one table that has the state. Then
    /// [`merge`](Self::merge) them.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU32, Ordering};
    ///
    /// use route_handlers::{RouteHandlers, State};
    ///
    /// let api = RouteHandlers::new()
    ///     .with_state(AtomicU32::new(0))
    ///     .get("/", async |State(visits): State<AtomicU32>| visits.fetch_add(1, Ordering::Relaxed).to_string());
    /// ```
    pub fn with_state<T: Send + Sync + 'static>(mut self, state: T) -> Self {
        self.table_mut().add_state(state);
        self
    }

    /// Sets the meaning of a `/` at the end of a path, for all routes. A nested or merged table takes the policy of the
    /// outer table.
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, TrailingSlash};
    ///
    /// let api = RouteHandlers::new()
    ///     .get("/users", async || "all users")
    ///     .trailing_slash(TrailingSlash::Remove); // 308 from /users/ to /users
    /// ```
    pub fn trailing_slash(mut self, policy: TrailingSlash) -> Self {
        self.table_mut().set_trailing_slash(policy);
        self
    }

    /// Sets how many bytes of a body an argument or a method of `Request` may buffer. The default is 2 MiB.
    ///
    /// The limit applies to every route that sets no limit, registered before or after this call.
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, post};
    ///
    /// let api = RouteHandlers::new()
    ///     .post("/notes", async |note: String| note)
    ///     .route("/films", post(async |film: bytes::Bytes| film.len().to_string()).body_limit(1 << 30))
    ///     .body_limit(64 * 1024); // for all routes except the films
    /// ```
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.table_mut().defaults.body_limit = Some(bytes);
        self
    }

    /// Sets the hook that turns errors into responses.
    ///
    /// It gets the errors of the table (404, 405, 400, …), of arguments and of panics, and each [`Error`] that a handler
    /// returns.
    ///
    /// The hook need not repeat the headers that a failure needs. A 405 gets `Allow`. A response with the status of the error
    /// gets the headers of the error, such as `WWW-Authenticate` and `Retry-After`. Every 4xx and 5xx gets
    /// `Cache-Control: no-store`. Except `Allow`, a header that the hook sets is not replaced. Other cookies of the error, and
    /// the members of its lists such as `Vary`, `Link` and `Server-Timing`, are added to those of the hook. If the hook
    /// panics, the response is the one without a hook.
    ///
    /// ```
    /// use route_handlers::{ErrorContext, IntoResponse, RouteHandlers};
    ///
    /// let api = RouteHandlers::new()
    ///     .get("/", async || "home")
    ///     .on_error(|error, _: &ErrorContext<'_>| (error.status(), error.to_string()).into_response());
    /// ```
    pub fn on_error<F>(mut self, hook: F) -> Self
    where
        F: Fn(Error, &ErrorContext<'_>) -> Response + Send + Sync + 'static,
    {
        self.table_mut().defaults.on_error = Some(ErrorHook::new(hook));
        self
    }

    /// Sets the hook that runs work after the response: [`After`](crate::After), [`Request::after`].
    ///
    /// Without a hook, an argument `After` is 500, and [`Request::after`] returns an error. A [`RequestWaitUntil`] that the
    /// host puts into the request's extensions takes precedence.
    ///
    /// [`Request::after`]: crate::Request::after
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] {
    /// use route_handlers::{After, RouteHandlers};
    /// use tokio_util::task::TaskTracker;
    ///
    /// let tasks = TaskTracker::new(); // at shutdown: tasks.close(); tasks.wait().await
    /// let api = RouteHandlers::new()
    ///     .post("/visits", async |after: After| after.run(async { /* count it */ }))
    ///     .wait_until(tasks.clone());
    /// # }
    /// ```
    pub fn wait_until(mut self, hook: impl WaitUntil) -> Self {
        self.table_mut().defaults.wait_until = Some(RequestWaitUntil::new(hook));
        self
    }

    /// Puts a tower layer around every response of the routes and the claims that are registered **so far**.
    ///
    /// These are the responses of handlers, the redirects of [`trailing_slash`](Self::trailing_slash), and the responses that
    /// the table makes for these routes: 405, the automatic OPTIONS, the 400 of a path, and the 404 below a
    /// [`claim`](Self::claim). So a `CorsLayer` sends its headers with all of them, and responds to preflight requests. A
    /// request that falls through does not reach the layer, nor does the 404 of a path that no route has. With `claim("/")` before
    /// the layer, every path is a path of the table. Or put the layer around the whole service with tower's `ServiceBuilder`.
    ///
    /// Of two layers the last one added is the outer one. The layers of a table that is nested or merged stay inside those of
    /// the outer table. The layer is applied once, so that a limit in it counts the requests to all these routes. The
    /// [`MatchedRoute`](crate::extract::MatchedRoute) is in the extensions of each request to a route.
    ///
    /// # Panics
    ///
    /// * If the table has no routes and no claims yet.
    /// * If a [`middleware`](crate::middleware) function in the layer takes a state that a route or a claim lacks, a `Path<T>`
    ///   that no prefix of `nest` can make fit, or a parameter of a claim. [`over`](Self::over) finds a parameter that only a
    ///   route lacks.
    ///
    /// ```
    /// use http::{Method, Request};
    /// use route_handlers::{Body, RouteHandlers};
    /// use tower::ServiceExt;
    /// use tower_http::cors::CorsLayer;
    ///
    /// # tokio_test::block_on(async {
    /// let api = RouteHandlers::new()
    ///     .get("/users", async || "all users")
    ///     .layer(CorsLayer::permissive());
    ///
    /// let preflight = Request::options("/users")
    ///     .header("origin", "https://example.com")
    ///     .header("access-control-request-method", "GET")
    ///     .body(Body::empty())?;
    /// assert_eq!(api.oneshot(preflight).await?.headers()["access-control-allow-origin"], "*");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn layer<L: HandlerLayer>(self, layer: L) -> Self {
        assert!(!self.table.is_empty(), "{WRAPS_NOTHING}");
        self.with_layer(layer, Table::add_layer)
    }

    /// Puts a tower layer around the handlers that are registered **so far**, and around nothing else.
    ///
    /// The layer does not see 405, the automatic OPTIONS, and the other responses that the table makes.
    ///
    /// Use it for a layer that may refuse a request, such as authorization: a path with a wrong method is then 405 for
    /// everybody. [`layer`](Self::layer) says more.
    ///
    /// # Panics
    ///
    /// If the table has no routes yet. Otherwise as [`layer`](Self::layer), for routes only.
    ///
    /// ```
    /// use route_handlers::RouteHandlers;
    /// use tower::limit::ConcurrencyLimitLayer;
    ///
    /// let api = RouteHandlers::new()
    ///     .get("/report", async || "large")
    ///     .route_layer(ConcurrencyLimitLayer::new(4))
    ///     .get("/health", async || "not limited");
    /// ```
    #[track_caller]
    pub fn route_layer<L: HandlerLayer>(self, layer: L) -> Self {
        assert!(self.routes().next().is_some(), "{WRAPS_NOTHING}");
        self.with_layer(layer, Table::add_route_layer)
    }

    #[track_caller]
    fn with_layer<L: HandlerLayer>(
        mut self,
        layer: L,
        add: fn(&mut Table, &AppliedLayer) -> Result<(), RouteError>,
    ) -> Self {
        if let Err(error) = add(self.table_mut(), &layer.apply()) {
            panic!("{error}");
        }
        self
    }

    /// Iterates over the routes, in the order of their registration. Use it for lists, metrics and documents.
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, get};
    ///
    /// let api = RouteHandlers::new().route("/users/{id}", get(async || "one").delete(async || "gone"));
    /// let route = api.routes().next().unwrap();
    /// assert_eq!(route.pattern(), "/users/{id}");
    /// assert_eq!(route.methods().map(|method| method.as_str()).collect::<Vec<_>>(), ["GET", "DELETE"]);
    /// ```
    pub fn routes(&self) -> impl Iterator<Item = RouteInfo<'_>> {
        self.table.list()
    }

    /// Returns the route of a request, for code outside the table, such as a layer around the whole server.
    ///
    /// `path` is the path of the request, percent-encoded.
    ///
    /// It is the pattern of the handler that serves the request. If no handler does (405, automatic OPTIONS, 400, a redirect,
    /// `pass_unsupported`), it is the most specific pattern that the path matches. If none matches, it is `None`. Layers of the
    /// table find the route in the extensions of the request.
    ///
    /// ```
    /// use http::Method;
    /// use route_handlers::RouteHandlers;
    ///
    /// let api = RouteHandlers::new().get("/users/{id}", async || "one");
    /// for method in [Method::GET, Method::DELETE] {
    ///     assert_eq!(api.matched_route(&method, "/users/7").unwrap().as_str(), "/users/{id}");
    /// }
    /// assert_eq!(api.matched_route(&Method::GET, "/files/7"), None);
    /// ```
    pub fn matched_route(&self, method: &Method, path: &str) -> Option<MatchedRoute> {
        self.table.pattern_of(method, path).cloned().map(MatchedRoute::new)
    }

    /// The table, for a host's adapter.
    #[cfg(any(feature = "hyper", feature = "warp"))]
    pub(crate) fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// The states that the table has now.
    pub(crate) fn states(&self) -> &States {
        self.table.states()
    }

    /// Creates a table without routes that has the states of this one.
    pub(crate) fn without_routes(&self) -> Self {
        Self { table: Arc::new(self.table.without_routes()) }
    }

    fn table_mut(&mut self) -> &mut Table {
        let table = Arc::make_mut(&mut self.table);
        #[cfg(feature = "openapi")]
        table.forget_document();
        table
    }
}

impl Default for RouteHandlers {
    fn default() -> Self {
        Self::new()
    }
}

/// Panics if the service is a table in which a handler takes parameters that its pattern lacks. A host calls it.
#[cfg(any(feature = "axum", feature = "serve", feature = "testing", feature = "warp"))]
#[track_caller]
pub(crate) fn assert_complete(service: &impl Any) {
    if let Some(api) = (service as &dyn Any).downcast_ref::<RouteHandlers>() {
        api.table.assert_complete();
    }
}

/// Lists the routes with their methods, layers and options, as [`RouteInfo`] does, and then the claims.
impl fmt::Debug for RouteHandlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table.fmt(f)
    }
}

impl<S> Layer<S> for RouteHandlers {
    type Service = RouteHandlersService<S>;

    #[track_caller]
    fn layer(&self, inner: S) -> RouteHandlersService<S> {
        self.clone().over(inner)
    }
}

/// Serves the table without an inner service. A path without a route is 404.
impl<B> Service<http::Request<B>> for RouteHandlers
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> RouteFuture {
        respond_alone(&self.table, request)
    }
}
