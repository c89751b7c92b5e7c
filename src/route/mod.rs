//! One path's verbs and their options: Next's `route.js`.

mod etag;
mod layered;
mod methods;
mod options;
#[cfg(feature = "timeout")]
mod timeout;

use std::fmt;
use std::panic::Location;

use http::Method;

use crate::handler::SharedHandler;

pub use methods::{any, delete, get, head, on, options, patch, post, put};
pub(crate) use options::{Options, RouteOptions};

/// The verbs of one path, each with its handler, and the options that hold for them.
///
/// [`get`], [`post`] and their like start one; the same names chain.
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
#[derive(Clone)]
#[must_use]
pub struct Route {
    pub(crate) verbs: Vec<Verb>,
    pub(crate) options: RouteOptions,
}

/// A handler and its method; `None` is every method that has no handler of its own.
#[derive(Clone)]
pub(crate) struct Verb {
    pub(crate) method: Option<Method>,
    pub(crate) handler: SharedHandler,
    pub(crate) registered_at: &'static Location<'static>,
}

impl Route {
    /// A route without verbs.
    fn new() -> Self {
        Self { verbs: Vec::new(), options: RouteOptions::default() }
    }

    /// Every verb calls this itself, with a handler whose type is forgotten: what knows that type is compiled for each.
    #[track_caller]
    fn with(mut self, method: Option<Method>, handler: SharedHandler) -> Self {
        self.verbs.push(Verb { method, handler, registered_at: Location::caller() });
        self
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods = self.verbs.iter().map(|verb| verb.method.as_ref().map_or("any", Method::as_str));
        f.debug_struct("Route").field("methods", &methods.collect::<Vec<_>>()).field("options", &self.options).finish()
    }
}
