//! A handler of any type. Its future is boxed, once per request.
//!
//! The service calls [`Erased::start`], and makes the outermost [`HandlerFuture`] of the result. A layer, or an
//! option that changes the response, calls [`Erased::start_inner`]. Both call [`Run::run`], which is the function itself, or the layer or the option.

use std::fmt;
use std::future::ready;
use std::sync::Arc;

use crate::catch_panic::catch_panic;
use crate::error::Error;
use crate::extract::RouteCheck;
use crate::finalize::{BoxedResponse, Finalize, HandlerFuture};
use crate::handler::middleware_check::MiddlewareCheck;
#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::Incoming;
use crate::response::IntoResponse;

/// A handler without its type.
#[derive(Clone)]
pub struct Erased {
    run: Arc<dyn Run>,
    /// Checks the arguments at registration.
    check: fn(&mut RouteCheck<'_>),
    /// Check the arguments of the middleware functions around the handler.
    middleware: Arc<[MiddlewareCheck]>,
    /// The description for the OpenAPI document.
    #[cfg(feature = "openapi")]
    operation: Option<Arc<Operation>>,
    /// The options of the handler that the document mentions.
    #[cfg(feature = "openapi")]
    pub(crate) described: Described,
}

/// The options around a handler that the OpenAPI document mentions.
#[cfg(feature = "openapi")]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Described {
    pub(crate) has_etag: bool,
    pub(crate) has_deadline: bool,
}

/// The code for one type of handler, or for a layer or an option around a handler.
pub(crate) trait Run: MaybeSend + MaybeSync + 'static {
    /// Starts the response to a request.
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse;
}

impl Erased {
    pub(crate) fn new(run: impl Run, check: fn(&mut RouteCheck<'_>)) -> Self {
        Self {
            run: Arc::new(run),
            check,
            middleware: Arc::default(),
            #[cfg(feature = "openapi")]
            operation: None,
            #[cfg(feature = "openapi")]
            described: Described::default(),
        }
    }

    /// Wraps the handler in a layer or an option. The checks and the description of the handler move to the result.
    pub(crate) fn wrap<R: Run>(mut self, wrap: impl FnOnce(Self) -> R) -> Self {
        // Moved, as otherwise each layer would keep the checks of all layers inside it.
        let middleware = std::mem::take(&mut self.middleware);
        Self { run: Arc::new(wrap(self.clone())), middleware, ..self }
    }

    #[cfg(feature = "openapi")]
    pub(crate) fn documented(mut self, operation: Operation) -> Self {
        self.operation = Some(Arc::new(operation));
        self
    }

    #[cfg(feature = "openapi")]
    pub(crate) fn operation(&self) -> Option<&Operation> {
        self.operation.as_deref()
    }

    pub(crate) fn check(&self, route: &mut RouteCheck<'_>) {
        (self.check)(route);
    }

    /// The checks of the middleware functions around the handler.
    pub(crate) fn middleware(&self) -> &[MiddlewareCheck] {
        &self.middleware
    }

    pub(super) fn add_checks(&mut self, checks: &[MiddlewareCheck]) {
        self.middleware = self.middleware.iter().chain(checks).cloned().collect();
    }

    /// Starts the response to a request. A panic becomes a 500.
    #[inline]
    pub(crate) fn start(&self, incoming: &mut dyn Incoming) -> BoxedResponse {
        let run = Arc::clone(&self.run);
        catch_panic(|| run.run(incoming)).unwrap_or_else(|panic| respond(panic.into()))
    }

    /// Starts the response for a layer or an option around the handler, which gets an error already logged and shaped.
    pub(crate) fn start_inner(&self, incoming: &mut dyn Incoming) -> HandlerFuture {
        let finalize = Finalize::inner(&incoming.head());
        HandlerFuture::new(self.start(incoming), finalize)
    }
}

impl fmt::Debug for Erased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Erased").finish_non_exhaustive()
    }
}

/// The response for a panic, or for the error of an argument.
pub(super) fn respond(error: Error) -> BoxedResponse {
    Box::pin(ready(error.into_response()))
}
