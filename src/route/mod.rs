//! The methods of one path and their options, like `route.js` in Next.js.

mod etag;
mod layered;
mod listing;
mod methods;
mod options;
mod query;
mod ranges;
#[cfg(feature = "timeout")]
mod timeout;

use std::fmt;

use http::Method;

use crate::handler::Erased;
use crate::routing::Place;

pub(crate) use listing::write_methods;
pub use methods::{any, delete, get, head, on, options, patch, post, put, query};
pub(crate) use options::{ChangedOptions, Options, RouteOptions};

/// The methods of one path, each with its handler, and the options for them.
///
/// [`get`], [`post`] and the other functions start a route; methods of the same names add to it.
///
/// ```
/// use route_handlers::{Path, RouteHandlers, get};
///
/// let api = RouteHandlers::new().route(
///     "/users/{id}",
///     get(async |Path(id): Path<u32>| format!("user {id}"))
///         .delete(async |Path(id): Path<u32>| format!("gone: {id}"))
///         .body_limit(1024),
/// );
/// ```
///
/// ```
/// use http::Method;
/// use route_handlers::{RouteHandlers, get};
///
/// let api = RouteHandlers::new().route(
///     "/notes/{id}",
///     get(async || "read")
///         .head(async || "instead of the GET handler")
///         .post(async || "append")
///         .put(async || "replace")
///         .patch(async || "change")
///         .delete(async || "delete")
///         .options(async || "instead of the automatic response")
///         .on(Method::from_bytes(b"LOCK")?, async || "lock"),
/// );
/// # Ok::<(), http::method::InvalidMethod>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Route {
    pub(crate) methods: Vec<MethodHandler>,
    pub(crate) options: RouteOptions,
}

/// A handler and its method. `None` means every method without its own handler.
#[derive(Clone)]
pub(crate) struct MethodHandler {
    pub(crate) method: Option<Method>,
    pub(crate) handler: Erased,
    pub(crate) registered_at: Place,
}

impl Route {
    /// A route without methods.
    pub(crate) fn new() -> Self {
        Self { methods: Vec::new(), options: RouteOptions::default() }
    }

    /// Wraps each handler that the route has so far.
    fn wrap_each(mut self, wrap: impl Fn(Erased) -> Erased) -> Self {
        for entry in &mut self.methods {
            entry.handler = wrap(entry.handler.clone());
        }
        self
    }

    #[track_caller]
    fn with(mut self, method: Option<Method>, handler: Erased) -> Self {
        self.methods.push(MethodHandler { method, handler, registered_at: Place::caller() });
        self
    }
}

/// Lists the methods with their layers and options: `Route [GET].etag() [POST].body_limit(1024)`.
impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Route")?;
        let methods = self.methods.iter();
        write_methods(f, methods.map(|entry| (entry.method.as_ref(), self.options.list(entry.handler.wrappers()))))
    }
}
