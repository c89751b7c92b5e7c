//! The options of a route.

use http::Method;

use crate::after::RequestWaitUntil;
use crate::handler::SharedHandler;
use crate::on_error::ErrorHook;
use crate::route::Route;
use crate::state::States;

/// What a [`Route`] was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct RouteOptions {
    pub(crate) body_limit: Option<usize>,
    pub(crate) pass_unsupported: bool,
    /// What puts the conditions around a handler. A program that never asks for them does not have them, so it stands
    /// here and not what it makes.
    pub(crate) conditional: Option<fn(SharedHandler, Option<&Method>) -> SharedHandler>,
    #[cfg(feature = "timeout")]
    pub(crate) timeout: Option<std::time::Duration>,
    /// Whether it serves the table's document, which is then in the request's extensions.
    #[cfg(feature = "openapi")]
    pub(crate) serves_document: bool,
}

impl RouteOptions {
    /// Whether the route was told nothing.
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

    /// Wraps the handler of a method as the options say: the deadline is outermost, then the preconditions.
    pub(crate) fn around(&self, handler: SharedHandler, method: Option<&Method>) -> SharedHandler {
        let conditional = self.conditional.unwrap_or(|handler, _| handler);
        self.timed(conditional(handler, method))
    }

    /// Whether the route was given a deadline.
    #[cfg(feature = "openapi")]
    #[cfg_attr(
        not(feature = "timeout"),
        expect(clippy::unused_self, reason = "with feature `timeout` it is asked for one")
    )]
    pub(crate) fn has_deadline(&self) -> bool {
        #[cfg(feature = "timeout")]
        let has_deadline = self.timeout.is_some();
        #[cfg(not(feature = "timeout"))]
        let has_deadline = false;
        has_deadline
    }

    #[cfg(not(feature = "timeout"))]
    #[expect(clippy::unused_self, reason = "with feature `timeout` it is asked for a deadline")]
    fn timed(&self, handler: SharedHandler) -> SharedHandler {
        handler
    }
}

/// What holds for a registered route: its own options, and those of the table it was registered in. Routes share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) route: RouteOptions,
    pub(crate) states: States,
    /// Set where the route came from a nested or merged table that has a hook of its own.
    pub(crate) on_error: Option<ErrorHook>,
    /// The same for what runs after the answer.
    pub(crate) wait_until: Option<RequestWaitUntil>,
}

impl Route {
    /// Sets how many bytes of a body an argument or a helper may buffer here: more is answered with 413.
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

    /// Passes a method that this path lacks to the inner service, which otherwise would be answered with 405.
    ///
    /// For a path that two services share: one GET of ours over a POST of theirs. Without an inner service it is 405.
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

    /// Has the route serve the document of the table that it is in when it is served.
    #[cfg(feature = "openapi")]
    pub(crate) fn serves_document(mut self) -> Self {
        self.options.serves_document = true;
        self
    }
}
