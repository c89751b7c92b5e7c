//! Functions named after the methods: each starts a [`Route`], or adds a method to one.

use http::Method;

use crate::handler::Handler;
use crate::route::Route;
use crate::route::query::with_content_type;

/// Creates a route for GET, and for HEAD unless HEAD has its own handler.
///
/// ```
/// use route_handlers::{RouteHandlers, get};
///
/// let api = RouteHandlers::new().route("/", get(async || "one"));
/// ```
#[track_caller]
pub fn get<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().get(handler)
}

/// Creates a route for HEAD.
///
/// ```
/// use route_handlers::{RouteHandlers, head};
///
/// let api = RouteHandlers::new().route("/", head(async || ()));
/// ```
#[track_caller]
pub fn head<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().head(handler)
}

/// Creates a route for POST.
///
/// ```
/// use route_handlers::{RouteHandlers, post};
///
/// let api = RouteHandlers::new().route("/", post(async || "made"));
/// ```
#[track_caller]
pub fn post<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().post(handler)
}

/// Creates a route for PUT.
///
/// ```
/// use route_handlers::{RouteHandlers, put};
///
/// let api = RouteHandlers::new().route("/", put(async || "replaced"));
/// ```
#[track_caller]
pub fn put<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().put(handler)
}

/// Creates a route for PATCH.
///
/// ```
/// use route_handlers::{RouteHandlers, patch};
///
/// let api = RouteHandlers::new().route("/", patch(async || "changed"));
/// ```
#[track_caller]
pub fn patch<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().patch(handler)
}

/// Creates a route for DELETE.
///
/// ```
/// use route_handlers::{RouteHandlers, delete};
///
/// let api = RouteHandlers::new().route("/", delete(async || "gone"));
/// ```
#[track_caller]
pub fn delete<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().delete(handler)
}

/// Creates a route for OPTIONS, instead of the automatic response.
///
/// ```
/// use route_handlers::{RouteHandlers, options};
///
/// let api = RouteHandlers::new().route("/", options(async || ()));
/// ```
#[track_caller]
pub fn options<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().options(handler)
}

/// Creates a route for QUERY: a safe and idempotent method like GET, with the query in the content (RFC 10008).
///
/// A QUERY without a `Content-Type` is 400, whatever the arguments of the handler (§2.1). A media type that they do not accept
/// is 415. That response and the automatic OPTIONS have the accepted types in `Accept-Query` (§3).
///
/// A browser sends a QUERY to another origin only after a preflight request. A cache that does not know the method does not
/// keep the response. [`Route::etag`] and [`Route::ranges`] do not apply to it: for conditions, ranges and such a cache, add a
/// GET route for the result and name it in `Content-Location` (§2.3).
///
/// ```
/// use http::{Method, Request};
/// use route_handlers::{Body, Json, RouteHandlers, get};
/// use serde::Deserialize;
/// use tower::ServiceExt;
///
/// #[derive(Deserialize)]
/// struct Filter {
///     author: String,
/// }
///
/// # tokio_test::block_on(async {
/// let books = get(async || "all books").query(async |Json(filter): Json<Filter>| format!("books of {}", filter.author));
/// let api = RouteHandlers::new().route("/books", books);
///
/// let query = Request::builder().method(Method::QUERY).uri("/books").header("content-type", "application/json");
/// let found = api.clone().oneshot(query.body(Body::from(r#"{ "author": "Ada" }"#))?).await?;
/// assert_eq!(found.status(), 200);
///
/// let options = api.oneshot(Request::options("/books").body(Body::empty())?).await?;
/// assert_eq!(options.headers()["allow"], "GET, HEAD, OPTIONS, QUERY");
/// assert_eq!(options.headers()["accept-query"], "application/json");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[track_caller]
pub fn query<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().query(handler)
}

/// Creates a route for every method except CONNECT and TRACE.
///
/// The handler also gets a QUERY without a content type, which [`query`] refuses.
///
/// ```
/// use route_handlers::{RouteHandlers, any};
///
/// let api = RouteHandlers::new().route("/", any(async || "whatever the method"));
/// ```
#[track_caller]
pub fn any<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().any(handler)
}

/// Creates a route for any one method: `PURGE`, `PROPFIND`, …
///
/// ```
/// use http::Method;
/// use route_handlers::{RouteHandlers, on};
///
/// let api = RouteHandlers::new().route("/cache", on(Method::from_bytes(b"PURGE")?, async || "empty"));
/// # Ok::<(), http::method::InvalidMethod>(())
/// ```
#[track_caller]
pub fn on<H: Handler<A>, A: 'static>(method: Method, handler: H) -> Route {
    Route::new().on(method, handler)
}

impl Route {
    /// Adds a handler for GET, and for HEAD unless HEAD has its own handler.
    #[track_caller]
    pub fn get<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::GET), handler.erase())
    }

    /// Adds a handler for HEAD.
    #[track_caller]
    pub fn head<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::HEAD), handler.erase())
    }

    /// Adds a handler for POST.
    #[track_caller]
    pub fn post<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::POST), handler.erase())
    }

    /// Adds a handler for PUT.
    #[track_caller]
    pub fn put<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::PUT), handler.erase())
    }

    /// Adds a handler for PATCH.
    #[track_caller]
    pub fn patch<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::PATCH), handler.erase())
    }

    /// Adds a handler for DELETE.
    #[track_caller]
    pub fn delete<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::DELETE), handler.erase())
    }

    /// Adds a handler for OPTIONS, instead of the automatic response.
    #[track_caller]
    pub fn options<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::OPTIONS), handler.erase())
    }

    /// Adds a handler for QUERY (RFC 10008). A QUERY without a `Content-Type` is 400: see [`query`].
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, get};
    ///
    /// let api = RouteHandlers::new().route("/users", get(async || "all").query(async |filter: String| filter));
    /// ```
    #[track_caller]
    pub fn query<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::QUERY), with_content_type(handler.erase()))
    }

    /// Adds a handler for every method without its own handler, except CONNECT and TRACE.
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, get};
    ///
    /// let api = RouteHandlers::new().route("/", get(async || "a GET").any(async || "another method"));
    /// ```
    #[track_caller]
    pub fn any<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(None, handler.erase())
    }

    /// Adds a handler for any one method: `PURGE`, `PROPFIND`, …
    #[track_caller]
    pub fn on<H: Handler<A>, A: 'static>(self, method: Method, handler: H) -> Self {
        match method {
            Method::QUERY => self.query(handler),
            method => self.with(Some(method), handler.erase()),
        }
    }
}
