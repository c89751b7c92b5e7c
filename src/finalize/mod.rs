//! The last step of every response: converts panics, applies `on_error`, and enforces the rules of HTTP.

mod framing;
mod future;

use std::sync::Arc;

use crate::after::AfterJobs;
use crate::error::Error;
use crate::headers;
use crate::log::Subject;
use crate::request::{Head, Hooks};
use crate::response::Response;

pub(crate) use framing::{drop_content, permit};
pub(crate) use future::BoxedResponse;
pub use future::HandlerFuture;

/// The last changes to a response before it is sent.
#[derive(Debug)]
pub(crate) struct Finalize {
    head: HeadResponse,
    /// Whether the client asked for an upgrade, so that a 101 may be sent.
    may_upgrade: bool,
    hooks: Option<Arc<Hooks>>,
    subject: Subject,
}

/// How the response to a HEAD is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum HeadResponse {
    /// The request has another method.
    #[default]
    NotHead,
    /// The request may be a HEAD. The outermost future drops the content.
    Outside,
    /// The handler of GET makes the response, with the content of a GET.
    ByGet,
    /// A handler of HEAD makes the response. It may make no content.
    Own,
}

/// Marks a response with an error that was logged, so that no outer future logs it again.
#[derive(Clone, Copy)]
struct Logged;

/// Marks a response that the hook of `on_error` shaped, so that no outer future shapes it again.
#[derive(Clone, Copy)]
struct Shaped;

/// Marks a response as finished: its error was logged, and the hook shaped it.
pub(crate) fn mark_settled(response: &mut Response) {
    response.extensions_mut().insert(Logged);
    response.extensions_mut().insert(Shaped);
}

impl Finalize {
    /// For the response that is sent.
    #[inline]
    pub(crate) fn new(head: HeadResponse, may_upgrade: bool, hooks: Option<Arc<Hooks>>, subject: Subject) -> Self {
        Self { head, may_upgrade, hooks, subject }
    }

    /// For the response of a handler inside a layer or an option.
    pub(crate) fn inner(head: &Head<'_>) -> Self {
        let may_upgrade = headers::may_upgrade(head.version, head.headers);
        let subject = Subject::new(head.method, head.pattern);
        Self { head: HeadResponse::Outside, may_upgrade, hooks: head.hooks.cloned(), subject }
    }

    /// Whether the content may be dropped: the response is to a HEAD, or an outer option replaces the content.
    fn may_drop_content(&self) -> bool {
        self.head != HeadResponse::NotHead
    }

    pub(crate) fn hooks(&self) -> Option<&Arc<Hooks>> {
        self.hooks.as_ref()
    }

    pub(crate) fn after_jobs(&self) -> Option<&AfterJobs> {
        self.hooks.as_ref()?.after.as_ref()
    }

    #[inline]
    pub(crate) fn apply(&mut self, response: &mut Response) {
        let may_be_head = self.head != HeadResponse::NotHead;
        permit(response, may_be_head, self.may_upgrade);
        if !response.extensions().is_empty() {
            self.settle(response, may_be_head);
        }
        match self.head {
            HeadResponse::NotHead | HeadResponse::Outside => {}
            HeadResponse::ByGet => drop_content(response, true),
            HeadResponse::Own => drop_content(response, false),
        }
        if cfg!(feature = "tracing") && self.head != HeadResponse::Outside && response.body().whole().is_none() {
            let (subject, status) = (std::mem::take(&mut self.subject), response.status());
            response.body_mut().on_failure(move |error| subject.log_body_failure(status, error));
        }
        self.hooks = None; // else `HandOver::follow` would wait for this owner of the list to add work
    }

    /// Logs an error and lets the hook shape it, unless an inner future did so.
    fn settle(&self, response: &mut Response, may_be_head: bool) {
        let Some(error) = response.extensions().get::<Error>() else { return };
        if response.extensions().get::<Logged>().is_none() {
            self.subject.log_failure(error);
        }
        // A layer may have built a new request without the hooks. An outer future has them.
        let hook = self.hooks.as_ref().and_then(|hooks| hooks.on_error.as_ref());
        if let Some(hook) = hook.filter(|_| response.extensions().get::<Shaped>().is_none()) {
            *response = hook.respond(error.clone());
            permit(response, may_be_head, self.may_upgrade);
            response.extensions_mut().insert(Shaped);
        }
        response.extensions_mut().insert(Logged);
    }
}
