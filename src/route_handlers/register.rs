//! Registers routes: the methods that panic on a mistake, and the `try_` methods that return an error.

use http::Method;

use crate::handler::{Handler, HttpService, NestedHandler, handler};
use crate::route::{self, Route};
use crate::route_handlers::RouteHandlers;
use crate::routing::{RouteError, join};

impl RouteHandlers {
    /// Registers the methods of one path and their options.
    ///
    /// Patterns consist of literals and parameters: `/users/{id}` (one segment), `/v{n}` and `/{name}.json` (a part of one),
    /// `/files/{*path}` (one or more segments), `/docs/{*page?}` (zero or more). `{{` and `}}` are literal braces.
    ///
    /// # Panics
    ///
    /// * If the pattern is malformed.
    /// * If a method is registered twice.
    /// * If the pattern differs from another one only in the names of its parameters.
    /// * If a handler takes a state that the table does not have, or reads the body twice.
    /// * If a handler takes a [`Path<T>`](crate::Path) that cannot hold the parameters of the pattern. A handler may take more
    ///   parameters than its pattern has: [`nest`](Self::nest) below a prefix with parameters adds them. If that does not
    ///   happen, [`over`](Self::over) panics, and in a table without an inner service the response is 500.
    ///
    /// ```
    /// use route_handlers::{Path, RouteHandlers, get};
    ///
    /// let api = RouteHandlers::new()
    ///     .route("/users", get(async || "all users").post(async || "made"))
    ///     .route("/files/{*path}", get(async |Path(path): Path<String>| path));
    /// ```
    #[track_caller]
    pub fn route(self, pattern: &str, route: Route) -> Self {
        or_panic(self.try_route(pattern, route))
    }

    /// Registers the methods of one path like [`route`](Self::route), but returns an error instead of a panic.
    ///
    /// An error drops the table. To continue without the route, keep a clone.
    ///
    /// # Errors
    ///
    /// In the cases where [`route`](Self::route) panics.
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, get};
    ///
    /// let error = RouteHandlers::new().try_route("/[id]", get(async || "one")).unwrap_err();
    /// assert_eq!(error.pattern(), "/[id]");
    /// assert!(error.to_string().contains("`{id}`"));
    /// ```
    pub fn try_route(mut self, pattern: &str, route: Route) -> Result<Self, RouteError> {
        self.table_mut().add(pattern, route)?;
        Ok(self)
    }

    /// Registers a handler for any one method: `PURGE`, `QUERY`, `PROPFIND`, …
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// use http::Method;
    /// use route_handlers::RouteHandlers;
    ///
    /// let api = RouteHandlers::new().on(Method::from_bytes(b"PURGE")?, "/cache", async || "empty");
    /// # Ok::<(), http::method::InvalidMethod>(())
    /// ```
    #[track_caller]
    pub fn on<H: Handler<A>, A: 'static>(self, method: Method, pattern: &str, handler: H) -> Self {
        self.route(pattern, route::on(method, handler))
    }

    /// Registers a handler like [`on`](Self::on), but returns an error instead of a panic.
    ///
    /// # Errors
    ///
    /// In the cases where [`on`](Self::on) panics.
    ///
    /// ```
    /// use http::Method;
    /// use route_handlers::RouteHandlers;
    ///
    /// let api = RouteHandlers::new().get("/", async || "first");
    /// assert!(api.try_on(Method::GET, "/", async || "second").is_err());
    /// ```
    #[track_caller]
    pub fn try_on<H: Handler<A>, A: 'static>(
        self,
        method: Method,
        pattern: &str,
        handler: H,
    ) -> Result<Self, RouteError> {
        self.try_route(pattern, route::on(method, handler))
    }

    /// Adds all routes of another table under a prefix, which may have parameters. Its route `/` becomes the prefix.
    ///
    /// The patterns are joined in this call: nothing is stripped from the path of a request. The routes keep the layers, the state, the
    /// body limit, `on_error` and `wait_until` of the other table. Its claims are added too. Its trailing-slash policy is
    /// not.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// use route_handlers::{Path, RouteHandlers};
    ///
    /// let users = RouteHandlers::new()
    ///     .get("/", async || "all users")
    ///     .get("/{id}", async |Path(id): Path<u32>| format!("user {id}"));
    /// let api = RouteHandlers::new().nest("/api/users", users);
    ///
    /// assert_eq!(format!("{api:?}"), "[/api/users [GET], /api/users/{id} [GET]]");
    /// ```
    #[track_caller]
    pub fn nest(self, prefix: &str, other: Self) -> Self {
        or_panic(self.try_nest(prefix, other))
    }

    /// Adds another table like [`nest`](Self::nest), but returns an error instead of a panic.
    ///
    /// # Errors
    ///
    /// In the cases where [`nest`](Self::nest) panics.
    ///
    /// ```
    /// use route_handlers::RouteHandlers;
    ///
    /// let users = RouteHandlers::new().get("/{id}", async || "one");
    /// let api = RouteHandlers::new().get("/users/{name}", async || "one, too");
    /// let error = api.try_nest("/users", users).unwrap_err();
    /// assert!(error.to_string().contains("match the same paths"));
    /// ```
    #[expect(clippy::needless_pass_by_value, reason = "consumes the other table, as `merge` does")]
    pub fn try_nest(mut self, prefix: &str, other: Self) -> Result<Self, RouteError> {
        self.table_mut().add_table(Some(prefix), &other.table)?;
        Ok(self)
    }

    /// Adds all routes of another table. They keep their options, as with [`nest`](Self::nest).
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// use route_handlers::RouteHandlers;
    ///
    /// let users = RouteHandlers::new().get("/users", async || "all users");
    /// let orders = RouteHandlers::new().get("/orders", async || "all orders");
    /// assert_eq!(users.merge(orders).routes().count(), 2);
    /// ```
    #[track_caller]
    pub fn merge(self, other: Self) -> Self {
        or_panic(self.try_merge(other))
    }

    /// Adds another table like [`merge`](Self::merge), but returns an error instead of a panic.
    ///
    /// # Errors
    ///
    /// In the cases where [`merge`](Self::merge) panics.
    ///
    /// ```
    /// use route_handlers::RouteHandlers;
    ///
    /// let table = || RouteHandlers::new().get("/users", async || "all users");
    /// let error = table().try_merge(table()).unwrap_err();
    /// assert!(error.first_registered().is_some());
    /// ```
    #[expect(clippy::needless_pass_by_value, reason = "consumes the other table")]
    pub fn try_merge(mut self, other: Self) -> Result<Self, RouteError> {
        self.table_mut().add_table(None, &other.table)?;
        Ok(self)
    }

    /// Claims every path at and below a prefix for the table: a path without a route is 404, and does not reach the inner
    /// service.
    ///
    /// Another spelling of a claimed path is 400, and does not reach the inner service. Services read a path in different ways:
    /// some split it at `%2F`, `\` or `%5C` too, cut `;…` from each segment, merge `//`, or resolve `.`, `..` and `%2e`. A
    /// path is another spelling if any combination of these ways leads to a path at or below the prefix: `//api/x`,
    /// `/./api/x`, `/x/..%2Fapi`, `/x/..;/api`. In front of a file server, claim each prefix that a guard protects.
    ///
    /// A chain of two services is covered too: the first, such as a URL parser, a proxy or a servlet container, resolves the
    /// path without a split at `%2F` or `%5C`, and the second reads the result in any of these ways. A chain of three is not
    /// covered. A path of more than 3 kB that needs nearly all of these ways is 400 before all of them are tried.
    ///
    /// Escapes are decoded once (RFC 3986 §2.4): `/%2561pi` and `/x/%252e%252e/api` fall through. Do not claim a prefix for
    /// an inner service that decodes a path twice, or whose file names ignore case: let that service guard itself.
    ///
    /// # Panics
    ///
    /// If the prefix is malformed.
    ///
    /// ```
    /// use route_handlers::RouteHandlers;
    ///
    /// let api = RouteHandlers::new().get("/api/users", async || "all users").claim("/api");
    /// ```
    #[track_caller]
    pub fn claim(mut self, prefix: &str) -> Self {
        let claimed = self.table_mut().claim(prefix);
        or_panic(claimed.map(|()| self))
    }

    /// Registers a tower service for every method of a pattern except CONNECT and TRACE.
    ///
    /// The service gets the request with its whole path. [`nest_service`](Self::nest_service) strips a prefix from it.
    /// [`service::handler`](crate::service::handler) makes a handler of a service, for a single method or with options.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// use route_handlers::RouteHandlers;
    /// use tower_http::services::ServeFile;
    ///
    /// let api = RouteHandlers::new().route_service("/robots.txt", ServeFile::new("public/robots.txt"));
    /// ```
    #[track_caller]
    pub fn route_service<S: HttpService>(self, pattern: &str, service: S) -> Self {
        self.route(pattern, route::any(handler(service)))
    }

    /// Registers a tower service for a prefix and every path below it, and strips the prefix from the path of each request.
    ///
    /// For the prefix itself the service gets the path `/`. The prefix may have parameters. The path is split at `/` only, as
    /// in the lookup of routes. [`OriginalUri`] in the extensions of the request has the URI that the client sent. A path
    /// below the prefix with a malformed escape, a dot segment or an empty segment (`//`) is 400. More specific routes have
    /// precedence.
    ///
    /// A service that redirects to a path of its own does not know the prefix: give it to the service, such as with
    /// `ServeDir::redirect_path_prefix`.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// [`OriginalUri`]: crate::service::OriginalUri
    ///
    /// ```
    /// use http::Request;
    /// use route_handlers::{Body, RouteHandlers};
    /// use tower::ServiceExt;
    /// use tower_http::services::ServeDir;
    ///
    /// # tokio_test::block_on(async {
    /// let api = RouteHandlers::new().nest_service("/crate", ServeDir::new("."));
    /// let manifest = api.oneshot(Request::get("/crate/Cargo.toml").body(Body::empty())?).await?;
    /// assert_eq!(manifest.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn nest_service<S: HttpService>(self, prefix: &str, service: S) -> Self {
        self.route(&join(prefix, "/{*rest?}"), route::any(NestedHandler::new(service)))
    }

    /// Registers a handler for GET, and for HEAD unless HEAD has its own handler.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// # use route_handlers::RouteHandlers;
    /// let api = RouteHandlers::new().get("/users/{id}", async || "one");
    /// ```
    #[track_caller]
    pub fn get<H: Handler<A>, A: 'static>(self, pattern: &str, handler: H) -> Self {
        self.route(pattern, route::get(handler))
    }

    /// Registers a handler for HEAD.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// # use route_handlers::RouteHandlers;
    /// let api = RouteHandlers::new().head("/users/{id}", async || ());
    /// ```
    #[track_caller]
    pub fn head<H: Handler<A>, A: 'static>(self, pattern: &str, handler: H) -> Self {
        self.route(pattern, route::head(handler))
    }

    /// Registers a handler for POST.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// # use route_handlers::RouteHandlers;
    /// let api = RouteHandlers::new().post("/users/{id}", async || "made");
    /// ```
    #[track_caller]
    pub fn post<H: Handler<A>, A: 'static>(self, pattern: &str, handler: H) -> Self {
        self.route(pattern, route::post(handler))
    }

    /// Registers a handler for PUT.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// # use route_handlers::RouteHandlers;
    /// let api = RouteHandlers::new().put("/users/{id}", async || "replaced");
    /// ```
    #[track_caller]
    pub fn put<H: Handler<A>, A: 'static>(self, pattern: &str, handler: H) -> Self {
        self.route(pattern, route::put(handler))
    }

    /// Registers a handler for PATCH.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// # use route_handlers::RouteHandlers;
    /// let api = RouteHandlers::new().patch("/users/{id}", async || "changed");
    /// ```
    #[track_caller]
    pub fn patch<H: Handler<A>, A: 'static>(self, pattern: &str, handler: H) -> Self {
        self.route(pattern, route::patch(handler))
    }

    /// Registers a handler for DELETE.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// # use route_handlers::RouteHandlers;
    /// let api = RouteHandlers::new().delete("/users/{id}", async || "gone");
    /// ```
    #[track_caller]
    pub fn delete<H: Handler<A>, A: 'static>(self, pattern: &str, handler: H) -> Self {
        self.route(pattern, route::delete(handler))
    }

    /// Registers a handler for OPTIONS, instead of the automatic response.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// # use route_handlers::RouteHandlers;
    /// let api = RouteHandlers::new().options("/users/{id}", async || ());
    /// ```
    #[track_caller]
    pub fn options<H: Handler<A>, A: 'static>(self, pattern: &str, handler: H) -> Self {
        self.route(pattern, route::options(handler))
    }

    /// Registers a handler for QUERY (RFC 10008). A QUERY without a `Content-Type` is 400: see [`query`](crate::query()).
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// # use route_handlers::{Json, RouteHandlers};
    /// let api = RouteHandlers::new().query("/users", async |Json(names): Json<Vec<String>>| names.join(", "));
    /// ```
    #[track_caller]
    pub fn query<H: Handler<A>, A: 'static>(self, pattern: &str, handler: H) -> Self {
        self.route(pattern, route::query(handler))
    }

    /// Registers a handler for every method without its own handler on this pattern, except CONNECT and TRACE.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// # use route_handlers::RouteHandlers;
    /// let api = RouteHandlers::new().any("/users/{id}", async || "whatever the method");
    /// ```
    #[track_caller]
    pub fn any<H: Handler<A>, A: 'static>(self, pattern: &str, handler: H) -> Self {
        self.route(pattern, route::any(handler))
    }
}

/// Panics at the line of the user's call, because each function in between is `#[track_caller]`.
#[track_caller]
fn or_panic(result: Result<RouteHandlers, RouteError>) -> RouteHandlers {
    match result {
        Ok(table) => table,
        Err(error) => panic!("{error}"),
    }
}
