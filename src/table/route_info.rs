//! What a table lists about its routes.

use std::fmt;

use http::Method;

use crate::endpoint::{Defaults, Endpoint};
use crate::handler::LayerInfo;
use crate::route::write_methods;
use crate::routing::Leaf;

/// One route of a table: its pattern, its methods, and their layers and options.
///
/// Its `Debug` shows the calls for the layers and the options in their order, so that the last one is the outermost:
///
/// ```
/// use route_handlers::{RouteHandlers, get};
/// use tower_http::cors::CorsLayer;
///
/// let notes = get(async || "all").etag().post(async |note: String| note).layer(CorsLayer::permissive());
/// let api = RouteHandlers::new().route("/notes", notes);
/// assert_eq!(format!("{api:?}"), "[/notes [GET].etag().layer(CorsLayer) [POST].layer(CorsLayer)]");
/// ```
#[derive(Clone, Copy)]
pub struct RouteInfo<'a> {
    leaf: &'a Leaf<Endpoint>,
    defaults: &'a Defaults,
}

impl<'a> RouteInfo<'a> {
    pub(super) fn new(leaf: &'a Leaf<Endpoint>, defaults: &'a Defaults) -> Self {
        Self { leaf, defaults }
    }

    /// Returns the pattern, including the prefixes of `nest`.
    pub fn pattern(self) -> &'a str {
        self.leaf.pattern().as_str()
    }

    /// Returns the names of the parameters, in their order.
    pub fn names(self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        self.leaf.pattern().names()
    }

    /// Returns the methods that have a handler of their own, in the order of their registration.
    pub fn methods(self) -> impl Iterator<Item = &'a Method> + use<'a> {
        self.leaf.methods().iter().filter_map(|(method, ..)| method)
    }

    /// Returns whether the route has a handler for every other method: [`any`](crate::any).
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, get};
    ///
    /// let api = RouteHandlers::new().route("/users/{id}", get(async || "one").any(async || "other"));
    /// assert!(api.routes().all(|route| route.has_any()));
    /// ```
    pub fn has_any(self) -> bool {
        self.leaf.methods().get(None).is_some()
    }

    /// Returns the types of the layers around the handler that serves a method, from the innermost to the outermost.
    ///
    /// The names are those of [`type_name`](std::any::type_name), without the paths of modules.
    ///
    /// Use it in a test that no route lacks a layer:
    ///
    /// ```
    /// use route_handlers::middleware::{Next, from_fn};
    /// use route_handlers::{Request, Response, RouteHandlers};
    ///
    /// async fn admins_only(request: Request, next: Next) -> Response {
    ///     next.run(request).await
    /// }
    ///
    /// let api = RouteHandlers::new().get("/admin/users", async || "all").route_layer(from_fn(admins_only));
    /// for route in api.routes().filter(|route| route.pattern().starts_with("/admin")) {
    ///     for method in route.methods() {
    ///         assert!(route.layers(method).any(|layer| layer.contains("admins_only")), "{method} {route:?}");
    ///     }
    /// }
    /// ```
    pub fn layers(self, method: &Method) -> impl Iterator<Item = String> + use<'a> {
        self.leaf.methods().serving(method).into_iter().flat_map(Endpoint::layers).map(LayerInfo::name)
    }
}

impl fmt::Debug for RouteInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.pattern())?;
        let methods = self.leaf.methods().iter();
        write_methods(f, methods.map(|(method, endpoint, _)| (method, endpoint.list(self.defaults))))
    }
}
