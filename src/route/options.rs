//! The options of a route.

use std::sync::Arc;

use crate::after::RequestWaitUntil;
use crate::finalize::BoxedResponse;
use crate::handler::{AppliedLayer, Erased, Run, Wrapper};
use crate::on_error::ErrorHook;
use crate::request::Incoming;
use crate::route::Route;
use crate::state::States;

/// The options of a [`Route`] that are not around its handlers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RouteOptions {
    pub(crate) pass_unsupported: bool,
    /// Whether the route serves the table's document. If so, the request's extensions get the document.
    #[cfg(feature = "openapi")]
    pub(crate) serves_document: bool,
}

impl RouteOptions {
    /// The calls for the layers and the options of a handler, in their order.
    pub(crate) fn list<'w>(self, wrappers: impl IntoIterator<Item = &'w Wrapper>) -> String {
        let own = wrappers.into_iter().map(ToString::to_string);
        own.chain(self.pass_unsupported.then(|| ".pass_unsupported()".to_owned())).collect()
    }
}

/// The options of a registered route: its own, and those of the table in which it was registered. Routes can share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) route: RouteOptions,
    pub(crate) states: States,
    /// The limit of the nested or merged table that the route came from, if it has one.
    pub(crate) body_limit: Option<usize>,
    /// The layers around the responses that the table generates for the route, from the innermost to the outermost.
    pub(crate) layers: Arc<[AppliedLayer]>,
    /// The hook of the nested or merged table that the route came from, if it has one.
    pub(crate) on_error: Option<ErrorHook>,
    /// The hook of that table for work after the response, if it has one.
    pub(crate) wait_until: Option<RequestWaitUntil>,
}

/// Changes the options of one route after the other. Successive routes that share their options still do afterwards.
#[derive(Default)]
pub(crate) struct ChangedOptions(Option<(Arc<Options>, Arc<Options>)>);

impl ChangedOptions {
    pub(crate) fn of(&mut self, options: &Arc<Options>, change: impl FnOnce(&Options) -> Options) -> Arc<Options> {
        match &self.0 {
            Some((before, after)) if Arc::ptr_eq(before, options) => Arc::clone(after),
            _ => {
                let after = Arc::new(change(options));
                self.0 = Some((Arc::clone(options), Arc::clone(&after)));
                after
            }
        }
    }
}

impl Route {
    /// Sets how many bytes of a body an argument or a method of `Request` may buffer. The response to a longer body is 413.
    ///
    /// The methods that the route has **so far** get this limit. If one of them already has a limit, that one stays.
    /// A layer that is added later reads the body within the limit of the table. To change the limit for the layer too, call
    /// this after [`layer`](Self::layer).
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, post};
    ///
    /// let api = RouteHandlers::new()
    ///     .route("/notes", post(async |note: String| note).body_limit(64 * 1024));
    /// ```
    pub fn body_limit(self, bytes: usize) -> Self {
        self.wrap_each(|handler| handler.wrap(|handler| Limited { handler, bytes }).listing(Wrapper::BodyLimit(bytes)))
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

/// A handler with a limit of the body.
struct Limited {
    handler: Erased,
    bytes: usize,
}

impl Run for Limited {
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        incoming.limit_body(self.bytes);
        self.handler.start(incoming)
    }
}
