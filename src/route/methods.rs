//! The verbs' names: each starts a [`Route`], and chains on one.

use http::Method;

use crate::handler::{Handler, erase};
use crate::route::Route;

/// A route that answers GET, and HEAD unless that has a handler of its own.
///
/// ```
/// use route_handlers::{RouteHandlers, get};
///
/// let api = RouteHandlers::new().route("/", get(async || "one"));
/// ```
#[track_caller]
pub fn get<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().with(Some(Method::GET), erase(handler))
}

/// A route that answers HEAD.
///
/// ```
/// use route_handlers::{RouteHandlers, head};
///
/// let api = RouteHandlers::new().route("/", head(async || ()));
/// ```
#[track_caller]
pub fn head<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().with(Some(Method::HEAD), erase(handler))
}

/// A route that answers POST.
///
/// ```
/// use route_handlers::{RouteHandlers, post};
///
/// let api = RouteHandlers::new().route("/", post(async || "made"));
/// ```
#[track_caller]
pub fn post<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().with(Some(Method::POST), erase(handler))
}

/// A route that answers PUT.
///
/// ```
/// use route_handlers::{RouteHandlers, put};
///
/// let api = RouteHandlers::new().route("/", put(async || "replaced"));
/// ```
#[track_caller]
pub fn put<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().with(Some(Method::PUT), erase(handler))
}

/// A route that answers PATCH.
///
/// ```
/// use route_handlers::{RouteHandlers, patch};
///
/// let api = RouteHandlers::new().route("/", patch(async || "changed"));
/// ```
#[track_caller]
pub fn patch<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().with(Some(Method::PATCH), erase(handler))
}

/// A route that answers DELETE.
///
/// ```
/// use route_handlers::{RouteHandlers, delete};
///
/// let api = RouteHandlers::new().route("/", delete(async || "gone"));
/// ```
#[track_caller]
pub fn delete<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().with(Some(Method::DELETE), erase(handler))
}

/// A route that answers OPTIONS, in the place of the automatic answer.
///
/// ```
/// use route_handlers::{RouteHandlers, options};
///
/// let api = RouteHandlers::new().route("/", options(async || ()));
/// ```
#[track_caller]
pub fn options<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().with(Some(Method::OPTIONS), erase(handler))
}

/// A route that answers every method but CONNECT and TRACE.
///
/// ```
/// use route_handlers::{RouteHandlers, any};
///
/// let api = RouteHandlers::new().route("/", any(async || "whatever the method"));
/// ```
#[track_caller]
pub fn any<H: Handler<A>, A: 'static>(handler: H) -> Route {
    Route::new().with(None, erase(handler))
}

/// A route that answers any one method: `PURGE`, `QUERY`, `PROPFIND`, …
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
    Route::new().with(Some(method), erase(handler))
}

impl Route {
    /// Answers GET, and HEAD unless that has a handler of its own.
    #[track_caller]
    pub fn get<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::GET), erase(handler))
    }

    /// Answers HEAD.
    #[track_caller]
    pub fn head<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::HEAD), erase(handler))
    }

    /// Answers POST.
    #[track_caller]
    pub fn post<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::POST), erase(handler))
    }

    /// Answers PUT.
    #[track_caller]
    pub fn put<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::PUT), erase(handler))
    }

    /// Answers PATCH.
    #[track_caller]
    pub fn patch<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::PATCH), erase(handler))
    }

    /// Answers DELETE.
    #[track_caller]
    pub fn delete<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::DELETE), erase(handler))
    }

    /// Answers OPTIONS, in the place of the automatic answer.
    #[track_caller]
    pub fn options<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(Some(Method::OPTIONS), erase(handler))
    }

    /// Answers every method that has no handler of its own, but for CONNECT and TRACE.
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, get};
    ///
    /// let api = RouteHandlers::new().route("/", get(async || "a GET").any(async || "another method"));
    /// ```
    #[track_caller]
    pub fn any<H: Handler<A>, A: 'static>(self, handler: H) -> Self {
        self.with(None, erase(handler))
    }

    /// Answers any one method: `PURGE`, `QUERY`, `PROPFIND`, …
    #[track_caller]
    pub fn on<H: Handler<A>, A: 'static>(self, method: Method, handler: H) -> Self {
        self.with(Some(method), erase(handler))
    }
}
