//! What the table stores: a handler with the options that hold for it.
//!
//! Their order, from the outside: HEAD is cut to its head, the deadline runs, the layers see the request, a panic is
//! caught, the arguments are read within the body limit, the handler answers. A failure is shaped by `on_error` where it
//! arises, so that the layers see what is sent.

use std::fmt;
use std::sync::Arc;

use bytes::Buf;
use http::{Extensions, Method};

use crate::after::{AfterJobs, RequestWaitUntil};
use crate::body::{Body, BoxError};
use crate::extract::Requirements;
use crate::finish::{BoxAnswer, Finish, HeadAnswer};
use crate::handler::{SharedHandler, call, call_alone};
use crate::on_error::ErrorHook;
#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::platform::MaybeSend;
use crate::request::{DEFAULT_BODY_LIMIT, Matched, Request};
use crate::route::Options;
use crate::routing::{Leaf, Params};

#[derive(Clone)]
pub(crate) struct Endpoint {
    handler: SharedHandler,
    options: Arc<Options>,
}

impl Endpoint {
    /// # Errors
    ///
    /// Why the handler cannot be served with these options.
    pub(crate) fn new(handler: SharedHandler, options: Arc<Options>) -> Result<Self, String> {
        let mut requirements = Requirements::new(&options.states);
        handler.requirements(&mut requirements);
        match requirements.unmet() {
            Some(unmet) => Err(unmet),
            None => Ok(Self { handler, options }),
        }
    }

    pub(crate) fn options(&self) -> &Arc<Options> {
        &self.options
    }

    /// The same handler with other options, of which the states are not asked again.
    pub(crate) fn with_options(&self, options: Arc<Options>) -> Self {
        Self { handler: Arc::clone(&self.handler), options }
    }

    /// The media type that the handler wants the body to have.
    pub(crate) fn media_type(&self) -> Option<&'static str> {
        let mut requirements = Requirements::new(&self.options.states);
        self.handler.requirements(&mut requirements);
        requirements.media_type()
    }

    /// What a document says of the handler.
    #[cfg(feature = "openapi")]
    pub(crate) fn operation(&self) -> Option<&Operation> {
        self.handler.operation()
    }

    /// Who runs what comes after the answer: the request's own hook, or that of the route's table.
    #[inline]
    fn wait_until(&self, extensions: &Extensions, defaults: &Defaults) -> Option<RequestWaitUntil> {
        let own = extensions.get::<RequestWaitUntil>();
        own.or(self.options.wait_until.as_ref()).or(defaults.wait_until.as_ref()).cloned()
    }

    /// Runs the handler. `defaults` are the table's, for what the route does not say itself.
    #[expect(clippy::inline_always, reason = "what it is given is large, and lies where the caller has it")]
    #[inline(always)]
    pub(crate) fn call<B>(
        &self,
        request: http::Request<B>,
        leaf: &Leaf<Self>,
        params: Params,
        defaults: &Defaults,
    ) -> BoxAnswer
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
    {
        let options = &*self.options;
        let head = match *request.method() == Method::HEAD {
            false => HeadAnswer::NotHead,
            true if leaf.methods().inherits_head() => HeadAnswer::ByGet,
            true => HeadAnswer::Own,
        };
        let hook = options.on_error.as_ref().or(defaults.on_error.as_ref());
        let after = self.wait_until(request.extensions(), defaults).map(AfterJobs::new);
        let on_error = hook.map(|hook| hook.keep(&request, leaf.pattern()));
        let finish = Finish::new(head, on_error.as_ref(), after.as_ref());
        if let Some(answer) = call_alone(&self.handler, &finish) {
            return answer;
        }
        let matched = Matched {
            pattern: Some(Arc::clone(leaf.pattern())),
            params,
            states: options.states.clone(),
            body_limit: options.route.body_limit.or(defaults.body_limit).unwrap_or(DEFAULT_BODY_LIMIT),
            after,
            on_error,
        };
        let (parts, body) = request.into_parts();
        call(&self.handler, &mut Request::new(parts, Body::new(body), matched), &finish)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("options", &self.options).finish_non_exhaustive()
    }
}

/// What holds for every route of a table that does not say otherwise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defaults {
    pub(crate) body_limit: Option<usize>,
    pub(crate) on_error: Option<ErrorHook>,
    pub(crate) wait_until: Option<RequestWaitUntil>,
}
