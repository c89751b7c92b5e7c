//! What the table stores: a handler with the options that hold for it.
//!
//! Their order, from the outside: HEAD is cut to its head, the deadline runs, the layers see the request, a panic is
//! caught, the arguments are read within the body limit, the handler answers. A failure is shaped by `on_error` where it
//! arises, so that the layers see what is sent.

use std::fmt;
use std::sync::Arc;

use http::header::UPGRADE;
use http::{Extensions, Method};

use crate::after::{AfterJobs, RequestWaitUntil};
use crate::body::Body;
use crate::extract::{Reads, Requirements};
use crate::finish::{BoxAnswer, Finish, HeadAnswer};
use crate::handler::{SharedHandler, call_by_body, call_by_head, call_reading};
use crate::headers;
use crate::on_error::ErrorHook;
#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::request::{DEFAULT_BODY_LIMIT, Head, Hooks, Matched, Request, RequestHead, WholeBody};
use crate::route::Options;
use crate::routing::{Leaf, Params};

#[derive(Clone)]
pub(crate) struct Endpoint {
    handler: SharedHandler,
    options: Arc<Options>,
    /// What the handler reads.
    reads: Reads,
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
            None => Ok(Self { reads: handler.reads(), handler, options }),
        }
    }

    pub(crate) fn options(&self) -> &Arc<Options> {
        &self.options
    }

    /// The same handler with other options, of which the states are not asked again.
    pub(crate) fn with_options(&self, options: Arc<Options>) -> Self {
        Self { handler: Arc::clone(&self.handler), options, reads: self.reads }
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
    fn wait_until(&self, extensions: &Extensions, defaults: &Defaults) -> Option<RequestWaitUntil> {
        let own = extensions.get::<RequestWaitUntil>();
        own.or(self.options.wait_until.as_ref()).or(defaults.wait_until.as_ref()).cloned()
    }

    /// The steps that finish the response. `defaults` are those of the table, for options that the route does not set.
    ///
    /// There are none without a hook, a HEAD, an upgrade, or extensions. A host may have put a `RequestWaitUntil` into these.
    #[inline]
    pub(crate) fn finish(&self, head: Head<'_>, leaf: &Leaf<Self>, defaults: &Defaults) -> Finish {
        let options = &*self.options;
        let has_hooks = options.on_error.is_some() || options.wait_until.is_some();
        let has_defaults = defaults.on_error.is_some() || defaults.wait_until.is_some();
        let is_usual =
            *head.method != Method::HEAD && head.extensions.is_empty() && !headers::contains(head.headers, UPGRADE);
        if has_hooks || has_defaults || !is_usual {
            return self.more_to_finish(head, leaf, defaults);
        }
        Finish::default()
    }

    /// The same where it may be something.
    #[inline(never)]
    fn more_to_finish(&self, head: Head<'_>, leaf: &Leaf<Self>, defaults: &Defaults) -> Finish {
        let head_answer = match *head.method == Method::HEAD {
            false => HeadAnswer::NotHead,
            true if leaf.methods().inherits_head() => HeadAnswer::ByGet,
            true => HeadAnswer::Own,
        };
        let may_upgrade = headers::may_upgrade(head.version, head.headers);
        let on_error = self.options.on_error.as_ref().or(defaults.on_error.as_ref());
        let wait_until = self.wait_until(head.extensions, defaults);
        if on_error.is_none() && wait_until.is_none() {
            return Finish::new(head_answer, may_upgrade, None);
        }
        let hooks = Hooks {
            on_error: on_error.map(|hook| hook.keep((head.method, head.uri, head.headers), leaf.pattern())),
            after: wait_until.map(AfterJobs::new),
        };
        Finish::new(head_answer, may_upgrade, Some(Arc::new(hooks)))
    }

    pub(crate) fn reads(&self) -> Reads {
        self.reads
    }

    /// The future of a handler that reads the head alone.
    #[inline]
    pub(crate) fn call_by_head(
        &self,
        head: Head<'_>,
        leaf: &Leaf<Self>,
        params: &Params,
        finish: &Finish,
    ) -> BoxAnswer {
        call_by_head(&self.handler, &self.head(head, leaf, params), finish)
    }

    /// The future of a handler that reads the head, and then the body.
    #[inline]
    pub(crate) fn call_by_body(
        &self,
        head: Head<'_>,
        body: Body,
        leaf: &Leaf<Self>,
        params: &Params,
        defaults: &Defaults,
        finish: &Finish,
    ) -> BoxAnswer {
        let body = WholeBody::new(body, head.headers, self.body_limit(defaults));
        call_by_body(&self.handler, &self.head(head, leaf, params), body, finish)
    }

    /// The future of any handler.
    #[inline]
    pub(crate) fn call(&self, request: Request, finish: &Finish) -> BoxAnswer {
        call_reading(self.reads, &self.handler, request, finish)
    }

    fn head<'r>(&'r self, sent: Head<'r>, leaf: &'r Leaf<Self>, params: &'r Params) -> RequestHead<'r> {
        RequestHead { sent, pattern: Some(leaf.pattern()), params, states: &self.options.states }
    }

    fn body_limit(&self, defaults: &Defaults) -> usize {
        self.options.route.body_limit.or(defaults.body_limit).unwrap_or(DEFAULT_BODY_LIMIT)
    }

    /// What the handler's request knows of the route.
    #[inline]
    pub(crate) fn matched(&self, leaf: &Leaf<Self>, params: Params, defaults: &Defaults, finish: &Finish) -> Matched {
        Matched {
            pattern: Some(Arc::clone(leaf.pattern())),
            params,
            states: self.options.states.clone(),
            body_limit: self.body_limit(defaults),
            hooks: finish.hooks().cloned(),
        }
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
