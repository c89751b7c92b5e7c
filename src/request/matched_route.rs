//! The pattern that matched a request.

use std::fmt;
use std::sync::Arc;

use crate::routing::Pattern;

/// The pattern of the route that matched the request: `/users/{id}`, never the path.
///
/// Use it as the label `http.route` of metrics, which must have few values. Use it in layers that authorize requests: it is
/// the pattern of the handler that runs, or of the 405, for every spelling of the path.
///
/// It is an argument of handlers, and is in the extensions of each request to a route that a layer of the table sees.
///
/// ```
/// use route_handlers::extract::MatchedRoute;
/// use route_handlers::RouteHandlers;
///
/// let api = RouteHandlers::new().get("/users/{id}", async |route: MatchedRoute| route.as_str().to_owned());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct MatchedRoute(Arc<Pattern>);

impl MatchedRoute {
    pub(crate) fn new(pattern: Arc<Pattern>) -> Self {
        Self(pattern)
    }

    /// Returns the pattern as registered, with the prefixes of nested tables.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the names of the parameters, in the order of the pattern.
    ///
    /// ```
    /// # use route_handlers::extract::MatchedRoute;
    /// async fn names(route: MatchedRoute) -> String {
    ///     route.names().collect::<Vec<_>>().join(", ") // of `/users/{id}/posts/{post}`: `id, post`
    /// }
    /// ```
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.names()
    }
}

impl fmt::Debug for MatchedRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MatchedRoute").field(&self.as_str()).finish()
    }
}

impl fmt::Display for MatchedRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl AsRef<str> for MatchedRoute {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}
