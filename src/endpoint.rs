//! A handler with its options, as the table stores it.
//!
//! The steps, from the outermost to the innermost: drop the content of a HEAD response, run the layers and the options in the
//! reverse order of their calls, catch panics, make the arguments, run the handler. `on_error` shapes an error where it
//! occurs, so that the layers see the response that is sent.

use std::fmt;
use std::sync::Arc;

use http::Method;
use http::header::UPGRADE;

use crate::after::{AfterJobs, RequestWaitUntil};
use crate::extract::RouteCheck;
use crate::finalize::{BoxedResponse, Finalize, HeadResponse};
use crate::handler::{AppliedLayer, Erased, LayerInfo, MiddlewareCheck, Wrapper};
use crate::headers;
use crate::log::Subject;
use crate::on_error::ErrorHook;
#[cfg(feature = "openapi")]
use crate::openapi::{Operation, SecurityScheme};
use crate::request::{DEFAULT_BODY_LIMIT, Head, Hooks, Incoming};
use crate::route::Options;
use crate::routing::{Leaf, Pattern};
use crate::state::States;

#[derive(Clone)]
pub(crate) struct Endpoint {
    handler: Erased,
    options: Arc<Options>,
    /// The media type that the arguments of the handler accept.
    media_type: Option<&'static str>,
}

impl Endpoint {
    pub(crate) fn new(handler: Erased, options: Arc<Options>) -> Self {
        Self { handler, options, media_type: None }
    }

    /// A response that the table generates, inside the layers of a route or a claim.
    pub(crate) fn generated(handler: Erased, options: Arc<Options>) -> Self {
        let handler = options.layers.iter().fold(handler, Erased::inside);
        Self::new(handler, options)
    }

    /// Checks the arguments of the handler. Returns why the pattern lacks a parameter, unless the table is nested below a prefix
    /// that has it.
    ///
    /// # Errors
    ///
    /// The reason why the handler cannot be registered for this pattern and with these options.
    pub(crate) fn check(&mut self, pattern: &Pattern) -> Result<Option<String>, String> {
        let mut route = RouteCheck::new(&self.options.states).with_pattern(pattern);
        self.handler.check(&mut route);
        self.media_type = route.media_type();
        let mut lacking = route.finish()?;
        for layer in self.layers() {
            lacking = lacking.or(check_middleware(&layer.checks, &self.options.states, pattern)?);
        }
        Ok(lacking)
    }

    /// Wraps the handler in a layer. Returns why the pattern lacks a parameter, as [`check`](Self::check) does.
    pub(crate) fn add_layer(&mut self, layer: &AppliedLayer, pattern: &Pattern) -> Result<Option<String>, String> {
        self.handler = self.handler.clone().layered(layer);
        check_middleware(layer.checks(), &self.options.states, pattern)
    }

    pub(crate) fn options(&self) -> &Arc<Options> {
        &self.options
    }

    /// Replaces the options.
    pub(crate) fn with_options(&self, options: Arc<Options>) -> Self {
        Self { options, ..self.clone() }
    }

    /// The media type that the handler accepts.
    pub(crate) fn media_type(&self) -> Option<&'static str> {
        self.media_type
    }

    /// The description of the handler for the OpenAPI document.
    #[cfg(feature = "openapi")]
    pub(crate) fn operation(&self) -> Option<&Operation> {
        self.handler.operation()
    }

    /// Adds a security scheme of a table to the description of the handler.
    #[cfg(feature = "openapi")]
    pub(crate) fn add_security(&mut self, scheme: &SecurityScheme) {
        self.handler.add_security(scheme);
    }

    /// The layers and the options around the handler, from the innermost to the outermost.
    pub(crate) fn wrappers(&self) -> &[Wrapper] {
        self.handler.wrappers()
    }

    /// The layers around the handler, from the innermost to the outermost.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &LayerInfo> {
        self.handler.layers()
    }

    /// The calls for the layers and the options around the handler, in their order. The limit of the table is the outermost.
    pub(crate) fn list(&self, defaults: &Defaults) -> String {
        let limit = self.options.body_limit.or(defaults.body_limit).map(Wrapper::BodyLimit);
        self.options.route.list(self.wrappers().iter().chain(&limit))
    }

    /// The most bytes of a body that are buffered, unless a limit is around the handler.
    pub(crate) fn body_limit(&self, defaults: &Defaults) -> usize {
        self.options.body_limit.or(defaults.body_limit).unwrap_or(DEFAULT_BODY_LIMIT)
    }

    /// Starts the response to a request.
    #[inline]
    pub(crate) fn start(&self, incoming: &mut dyn Incoming) -> BoxedResponse {
        self.handler.start(incoming)
    }

    /// Returns the last changes to the response. `leaf` is `None` if the table generates the response, with the content of a
    /// GET. `defaults` of the table apply to options that the route does not set.
    #[inline]
    pub(crate) fn finalize(&self, head: &Head<'_>, leaf: Option<&Leaf<Self>>, defaults: &Defaults) -> Finalize {
        let head_response = match *head.method == Method::HEAD {
            false => HeadResponse::NotHead,
            true if leaf.is_none_or(|leaf| leaf.methods().inherits_head()) => HeadResponse::ByGet,
            true => HeadResponse::Own,
        };
        let may_upgrade = headers::contains(head.headers, UPGRADE) && headers::may_upgrade(head.version, head.headers);
        let subject = Subject::new(head.method, head.pattern);
        Finalize::new(head_response, may_upgrade, self.hooks(head, defaults, &subject).map(Arc::new), subject)
    }

    /// The hooks of the request. The request's own hook has precedence, then the hook of the route, then the default.
    #[inline]
    fn hooks(&self, head: &Head<'_>, defaults: &Defaults, subject: &Subject) -> Option<Hooks> {
        let on_error = self.options.on_error.as_ref().or(defaults.on_error.as_ref());
        let own = head.extensions.get::<RequestWaitUntil>();
        let wait_until = own.or(self.options.wait_until.as_ref()).or(defaults.wait_until.as_ref());
        if on_error.is_none() && wait_until.is_none() {
            return None;
        }
        Some(Hooks {
            on_error: on_error.map(|hook| hook.keep((head.method, head.uri, head.headers), head.pattern)),
            after: wait_until.cloned().map(|hook| AfterJobs::new(hook, subject.clone())),
        })
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Checks the arguments of the middleware functions around a handler or a claim.
pub(crate) fn check_middleware(
    checks: &[MiddlewareCheck],
    states: &States,
    pattern: &Pattern,
) -> Result<Option<String>, String> {
    let mut lacking = None;
    for middleware in checks {
        let mut route = RouteCheck::new(states).with_pattern(pattern);
        (middleware.check)(&mut route);
        let explain = |reason| format!("is behind `from_fn` of {}, which {reason}", middleware.location);
        lacking = lacking.or(route.finish().map_err(explain)?.map(explain));
    }
    Ok(lacking)
}

/// The options of a table, for its routes that do not set their own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defaults {
    pub(crate) body_limit: Option<usize>,
    pub(crate) on_error: Option<ErrorHook>,
    pub(crate) wait_until: Option<RequestWaitUntil>,
}
