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
use crate::handler::wrapper::{LayerInfo, Wrapper};
#[cfg(feature = "openapi")]
use crate::openapi::{Operation, SecurityScheme};
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::Incoming;
use crate::response::IntoResponse;

/// A handler without its type.
#[derive(Clone)]
pub struct Erased {
    run: Arc<dyn Run>,
    /// Checks the arguments at registration.
    check: fn(&mut RouteCheck<'_>),
    /// From the innermost to the outermost, in the order of the calls.
    wrappers: Arc<[Wrapper]>,
    /// The description for the OpenAPI document.
    #[cfg(feature = "openapi")]
    operation: Option<Arc<Operation>>,
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
            wrappers: Arc::default(),
            #[cfg(feature = "openapi")]
            operation: None,
        }
    }

    /// Wraps the handler in a layer or an option. The list and the description of the handler move to the result.
    pub(crate) fn wrap<R: Run>(mut self, wrap: impl FnOnce(Self) -> R) -> Self {
        // Moved, as otherwise each layer would keep the list of all layers inside it.
        let wrappers = std::mem::take(&mut self.wrappers);
        Self { run: Arc::new(wrap(self.clone())), wrappers, ..self }
    }

    /// Lists the layer or the option in which the handler was wrapped.
    pub(crate) fn listing(mut self, wrapper: Wrapper) -> Self {
        self.wrappers = self.wrappers.iter().cloned().chain([wrapper]).collect();
        self
    }

    #[cfg(feature = "openapi")]
    pub(crate) fn documented(mut self, operation: Operation) -> Self {
        self.operation = Some(Arc::new(operation));
        self
    }

    /// Adds a security scheme of a table to the description of the handler.
    #[cfg(feature = "openapi")]
    pub(crate) fn add_security(&mut self, scheme: &SecurityScheme) {
        if let Some(operation) = &mut self.operation {
            Arc::make_mut(operation).add_security_of_group(scheme.clone());
        }
    }

    #[cfg(feature = "openapi")]
    pub(crate) fn operation(&self) -> Option<&Operation> {
        self.operation.as_deref()
    }

    pub(crate) fn check(&self, route: &mut RouteCheck<'_>) {
        (self.check)(route);
    }

    /// The layers and the options around the handler, from the innermost to the outermost.
    pub(crate) fn wrappers(&self) -> &[Wrapper] {
        &self.wrappers
    }

    /// The layers around the handler, from the innermost to the outermost.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &LayerInfo> {
        self.wrappers.iter().filter_map(|wrapper| match wrapper {
            Wrapper::Layer(layer) => Some(layer),
            _ => None,
        })
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
