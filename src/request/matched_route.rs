//! The pattern that a request was matched by.

use std::fmt;
use std::sync::Arc;

use crate::routing::Pattern;

/// The pattern whose handler answers the request: `/users/{id}`, never the path.
///
/// It is low in cardinality, as a metric's `http.route` must be, and it is what an authorising layer should look at: it
/// is the pattern of the handler that runs, however the path was written. An argument of handlers, and in the
/// extensions of requests that go through [`Route::layer`](crate::Route::layer).
///
/// ```
/// use route_handlers::{MatchedRoute, RouteHandlers};
///
/// let api = RouteHandlers::new().get("/users/{id}", async |route: MatchedRoute| route.as_str().to_owned());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct MatchedRoute(Arc<Pattern>);

impl MatchedRoute {
    pub(super) fn new(pattern: Arc<Pattern>) -> Self {
        Self(pattern)
    }

    /// The pattern as it was registered, with the prefixes it is nested under.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The names of its parameters, in their order.
    ///
    /// ```
    /// # use route_handlers::MatchedRoute;
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
