//! Tower layers around the handlers of a route.

use crate::handler::HandlerLayer;
use crate::route::Route;

impl Route {
    /// Puts a tower layer around the handlers and options that the route has **so far**.
    ///
    /// Methods that are added later are not wrapped.
    ///
    /// The layer sees each request for these handlers, with the [`MatchedRoute`](crate::extract::MatchedRoute) in its
    /// extensions. It runs before the arguments are made, so it also sees a request with an invalid argument. It never sees a
    /// 405 or an automatic OPTIONS: for these use [`RouteHandlers::layer`](crate::RouteHandlers::layer).
    ///
    /// Of two layers the last one added is the outer one. Options follow the same order: a layer after `timeout` sees the
    /// 504, and a layer before it does not. The layer is applied once, so that a limit in it counts the requests to all these
    /// methods.
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, get};
    /// use tower_http::set_header::SetResponseHeaderLayer;
    ///
    /// let no_cache = SetResponseHeaderLayer::if_not_present(
    ///     http::header::CACHE_CONTROL,
    ///     http::HeaderValue::from_static("no-cache"),
    /// );
    /// let api = RouteHandlers::new().route("/news", get(async || "today").layer(no_cache));
    /// ```
    ///
    /// [`middleware::from_fn`](crate::middleware::from_fn) makes a layer of an `async` function.
    pub fn layer<L: HandlerLayer>(self, layer: L) -> Self {
        let layer = layer.apply();
        self.wrap_each(|handler| handler.layered(&layer))
    }
}
