//! The options of a route.

use http::Method;

use crate::after::RequestWaitUntil;
use crate::handler::Erased;
use crate::on_error::ErrorHook;
use crate::route::Route;
use crate::state::States;

/// The options that were set on a [`Route`].
#[derive(Clone, Debug, Default)]
pub(crate) struct RouteOptions {
    pub(crate) body_limit: Option<usize>,
    pub(crate) pass_unsupported: bool,
    /// Wraps a handler for `etag`. It is a function pointer, so that a program that never calls `etag` does not contain the
    /// code.
    pub(crate) conditional: Option<fn(Erased, Option<&Method>) -> Erased>,
    #[cfg(feature = "timeout")]
    pub(crate) timeout: Option<std::time::Duration>,
    /// Whether the route serves the table's document. If so, the request's extensions get the document.
    #[cfg(feature = "openapi")]
    pub(crate) serves_document: bool,
}

impl RouteOptions {
    /// Whether no option was set.
    pub(crate) fn is_default(&self) -> bool {
        let Self {
            body_limit,
            pass_unsupported,
            conditional,
            #[cfg(feature = "timeout")]
            timeout,
            #[cfg(feature = "openapi")]
            serves_document,
        } = self;
        let is_default = body_limit.is_none() && !pass_unsupported && conditional.is_none();
        #[cfg(feature = "timeout")]
        let is_default = is_default && timeout.is_none();
        #[cfg(feature = "openapi")]
        let is_default = is_default && !serves_document;
        is_default
    }

    /// Wraps the handler of a method for its options: the deadline is outermost, then the preconditions.
    pub(crate) fn around(&self, handler: Erased, method: Option<&Method>) -> Erased {
        let conditional = self.conditional.unwrap_or(|handler, _| handler);
        self.timed(conditional(handler, method))
    }

    /// Whether the route has a deadline.
    #[cfg(feature = "openapi")]
    #[cfg_attr(not(feature = "timeout"), expect(clippy::unused_self, reason = "feature `timeout` reads it"))]
    pub(crate) fn has_deadline(&self) -> bool {
        #[cfg(feature = "timeout")]
        let has_deadline = self.timeout.is_some();
        #[cfg(not(feature = "timeout"))]
        let has_deadline = false;
        has_deadline
    }

    #[cfg(not(feature = "timeout"))]
    #[expect(clippy::unused_self, reason = "feature `timeout` reads it")]
    fn timed(&self, handler: Erased) -> Erased {
        handler
    }
}

/// The options of a registered route: its own, and those of the table in which it was registered. Routes can share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) route: RouteOptions,
    pub(crate) states: States,
    /// The hook of the nested or merged table that the route came from, if it has one.
    pub(crate) on_error: Option<ErrorHook>,
    /// The hook of that table for work after the response, if it has one.
    pub(crate) wait_until: Option<RequestWaitUntil>,
}

impl Route {
    /// Sets how many bytes of a body an argument or a helper may buffer. The response to a longer body is 413.
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, post};
    ///
    /// let api = RouteHandlers::new()
    ///     .route("/notes", post(async |note: String| note).body_limit(64 * 1024));
    /// ```
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.options.body_limit = Some(bytes);
        self
    }

    /// Passes requests with a method that this path does not have to the inner service, instead of sending 405.
    ///
    /// This is for a path that two services share, such as our GET and the POST of the inner service. Without an inner
    /// service the response is 405.
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, get};
    ///
    /// let api = RouteHandlers::new().route("/login", get(async || "the form").pass_unsupported());
    /// ```
    pub fn pass_unsupported(mut self) -> Self {
        self.options.pass_unsupported = true;
        self
    }

    /// Marks the route, so that it serves the document of the table that serves the request.
    #[cfg(feature = "openapi")]
    pub(crate) fn serves_document(mut self) -> Self {
        self.options.serves_document = true;
        self
    }
}
