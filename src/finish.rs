//! The last word on every answer: a panic is one, failures go through `on_error`, and what HTTP does not allow is taken out.

use std::convert::Infallible;
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::CONTENT_LENGTH;
use http::{HeaderValue, StatusCode};
use http_body::Body as _;
use pin_project_lite::pin_project;

use crate::after::HandOver;
use crate::body::{Body, BoxError};
use crate::catch_panic::catch_panic;
use crate::error::Error;
use crate::headers;
use crate::log;
use crate::platform::MaybeSend;
use crate::request::{Hooks, Request};
use crate::response::{IntoResponse, Response};

pin_project! {
    /// The future of a handler, or of a layer around it, as it may be sent.
    pub(crate) struct Answering<F: ?Sized> {
        finish: Finish,
        // Only the future of the response that is sent has it, until the body of the response takes it.
        after: Option<HandOver>,
        #[pin]
        future: F,
    }
}

/// An answer, as a service gives it.
pub(crate) type Answered = Result<Response, Infallible>;

/// The future of an answer, whose type is forgotten.
pub(crate) trait Answer: MaybeSend {
    /// Polls it. What comes of it is put where the caller wants it: so it is not copied from a closure.
    fn poll_answer(self: Pin<&mut Self>, cx: &mut Context<'_>, answer: &mut Poll<Answered>);
}

pin_project! {
    /// A future that gives the answer itself.
    pub(crate) struct Made<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future<Output = Response> + MaybeSend> Answer for Made<F> {
    #[inline]
    fn poll_answer(self: Pin<&mut Self>, cx: &mut Context<'_>, answer: &mut Poll<Answered>) {
        if let Poll::Ready(response) = self.project().future.poll(cx) {
            *answer = Poll::Ready(Ok(response));
        }
    }
}

impl<F: Future<Output: IntoResponse> + MaybeSend> Answer for F {
    #[inline]
    fn poll_answer(self: Pin<&mut Self>, cx: &mut Context<'_>, answer: &mut Poll<Answered>) {
        if let Poll::Ready(own) = self.poll(cx) {
            *answer = Poll::Ready(Ok(own.into_response()));
        }
    }
}

/// The one box of an answer. Only the future in it is forgotten, so that what is done around it is compiled once and not
/// for each handler. Its output is a service's, so that it is handed on as it is.
pub(crate) type BoxAnswer = Pin<Box<Answering<dyn Answer>>>;

pin_project! {
    /// Where the future goes in a box that is there before it.
    #[project = SlotProj]
    pub(crate) enum Slot<F> {
        Empty,
        Begun { #[pin] future: F },
        Failed { error: Error },
    }
}

impl<F> Default for Answering<Slot<F>> {
    #[inline]
    fn default() -> Self {
        Self { finish: Finish::default(), after: None, future: Slot::Empty }
    }
}

impl<F: Answer> Answer for Slot<F> {
    fn poll_answer(self: Pin<&mut Self>, cx: &mut Context<'_>, answer: &mut Poll<Answered>) {
        match self.project() {
            SlotProj::Begun { future } => future.poll_answer(cx, answer),
            SlotProj::Failed { error } => fail(error, answer),
            SlotProj::Empty => {} // never: it is filled where it is made
        }
    }
}

#[inline(never)] // once, and not for each handler
fn fail(error: &Error, answer: &mut Poll<Answered>) {
    *answer = Poll::Ready(Ok(error.clone().into_response()));
}

impl Answering<dyn Answer> {
    /// Arranges that the work for after the response is handed over when the response body is dropped, or this future if it
    /// makes no response.
    ///
    /// The service calls this once for each request: the future of a handler within a layer ends too early.
    pub(crate) fn hand_over(self: Pin<&mut Self>, hooks: &Hooks) {
        *self.project().after = hooks.after.clone().map(HandOver::new);
    }

    /// Polls it, and puts what comes of it where the caller wants it, who begins with [`Poll::Pending`] there.
    pub(crate) fn poll_finished(self: Pin<&mut Self>, cx: &mut Context<'_>, answer: &mut Poll<Answered>) {
        debug_assert!(answer.is_pending(), "what was there before is finished already");
        let this = self.project();
        // After its panic the future is not polled again, so no broken state of it is seen.
        if let Err(panic) = catch_panic(|| this.future.poll_answer(cx, answer)) {
            *answer = Poll::Ready(Ok(Error::from(panic).into_response()));
        }
        if let Poll::Ready(Ok(response)) = answer {
            if response.body().whole().is_none() {
                begin(response, cx);
            }
            this.finish.apply(response);
            if let Some(after) = this.after.take() {
                follow(after, response);
            }
        }
    }
}

impl Future for Answering<dyn Answer> {
    type Output = Answered;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut answer = Poll::Pending;
        self.poll_finished(cx, &mut answer);
        answer
    }
}

/// What is done to an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finish {
    head: HeadAnswer,
    /// Whether the client asked for an upgrade, and so a 101 may be sent.
    may_upgrade: bool,
    hooks: Option<Arc<Hooks>>,
}

/// How a HEAD is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum HeadAnswer {
    /// It is another method.
    #[default]
    NotHead,
    /// Somebody further out sees to it, if it is one.
    Outside,
    /// By the handler of GET, which makes the content that GET would send.
    ByGet,
    /// By a handler that knows of HEAD, and need not make any content.
    Own,
}

/// Marks an answer whose failure was logged and shaped, so that no layer further out does it again.
#[derive(Clone, Copy)]
struct Settled;

impl Finish {
    /// For the response that is sent.
    pub(crate) fn new(head: HeadAnswer, may_upgrade: bool, hooks: Option<Arc<Hooks>>) -> Self {
        Self { head, may_upgrade, hooks }
    }

    pub(crate) fn hooks(&self) -> Option<&Arc<Hooks>> {
        self.hooks.as_ref()
    }

    /// The box of an answer.
    #[inline]
    pub(crate) fn boxed<F: Future<Output = Response> + MaybeSend + 'static>(&self, future: F) -> BoxAnswer {
        Box::pin(Answering { finish: self.clone(), after: None, future: Made { future } })
    }

    /// The same where what begins the future may fail. The box is there before the future, which is so moved straight into
    /// it.
    pub(crate) fn try_boxed<F: Answer + 'static>(&self, begin: impl FnOnce() -> Result<F, Error>) -> BoxAnswer {
        let mut boxed = Box::<Answering<Slot<F>>>::default();
        let own = &mut *boxed;
        own.finish = self.clone();
        own.future = match begin() {
            Ok(future) => Slot::Begun { future },
            Err(error) => Slot::Failed { error },
        };
        Box::into_pin(boxed)
    }

    /// The box of an answer that is a failure.
    pub(crate) fn failed(&self, error: Error) -> BoxAnswer {
        self.boxed(ready(error.into_response()))
    }

    /// For the response of a handler within a layer.
    pub(crate) fn of(request: &Request, head: HeadAnswer) -> Self {
        let may_upgrade = headers::may_upgrade(request.version(), request.headers());
        Self { head, may_upgrade, hooks: request.hooks().cloned() }
    }

    fn apply(&mut self, response: &mut Response) {
        let may_be_head = self.head != HeadAnswer::NotHead;
        permit(response, may_be_head, self.may_upgrade);
        if !response.extensions().is_empty() {
            self.settle(response, may_be_head);
        }
        match self.head {
            HeadAnswer::NotHead | HeadAnswer::Outside => {}
            HeadAnswer::ByGet => drop_content(response, true),
            HeadAnswer::Own => drop_content(response, false),
        }
        self.hooks = None; // it adds no work, and so must not count as an owner of the list
    }

    /// Logs a failure, and has the hook shape it, unless that was done further in.
    #[inline(never)]
    fn settle(&self, response: &mut Response, may_be_head: bool) {
        let Some(error) = response.extensions().get::<Error>() else { return };
        if response.extensions().get::<Settled>().is_some() {
            return;
        }
        log::failure(error);
        if let Some(hooked) = self.hooks.as_ref().and_then(|hooks| hooks.on_error.as_ref()) {
            *response = hooked.answer(error.clone());
            permit(response, may_be_head, self.may_upgrade);
        }
        response.extensions_mut().insert(Settled);
    }
}

/// Makes the work for after the response wait for the end of its body.
#[inline(never)]
fn follow(after: HandOver, response: &mut Response) {
    let body = std::mem::take(response.body_mut());
    *response.body_mut() = after.follow(body);
}

/// Begins a body that is streamed: what it fails with at once, be it a panic, is the answer's failure.
#[inline(never)]
fn begin(response: &mut Response, cx: &mut Context<'_>) {
    if let Poll::Ready(Err(error)) = response.body_mut().begin(cx) {
        *response = Error::from_boxed(error, StatusCode::INTERNAL_SERVER_ERROR).into_response();
    }
}

/// Removes what HTTP does not allow in a response: a status that is not final, content that the status does not have.
///
/// 1xx is not final (RFC 9110 §15.2). Only a 101 is, if the client asked for an upgrade (§7.8): over HTTP/2 it would end the
/// connection of all requests. 204, 205 and 304 have no content (§15.3.5, §15.3.6, §15.4.5), and the first two no length
/// (§8.6). A wrong length is removed.
pub(crate) fn permit(response: &mut Response, may_be_head: bool, may_upgrade: bool) {
    if matches!(response.status().as_u16(), ..200 | 204 | 205 | 304) {
        permit_special(response, may_upgrade);
    } else if headers::contains(response.headers(), CONTENT_LENGTH) {
        drop_wrong_length(response, may_be_head);
    }
}

/// The same where the status is that of no usual answer.
#[inline(never)]
fn permit_special(response: &mut Response, may_upgrade: bool) {
    match response.status() {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => {
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        StatusCode::NOT_MODIFIED => {
            *response.body_mut() = Body::empty();
            drop_wrong_length(response, true);
        }
        StatusCode::SWITCHING_PROTOCOLS if may_upgrade => {}
        StatusCode::SWITCHING_PROTOCOLS => {
            *response =
                refused("101 without an upgrade that the client asked for: HTTP/1.1, `Upgrade`, `Connection: upgrade`");
        }
        status => *response = refused(format!("{status} is no final answer")),
    }
}

#[cold]
fn refused(reason: impl Into<BoxError>) -> Response {
    Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason).into_response()
}

/// A length that is not that of the content breaks the connection's framing (RFC 9110 §8.6), and so do two of them: the
/// host writes the right one. Where the answer to a HEAD, or a 304, has no content, it may be that of the GET.
#[inline(never)]
fn drop_wrong_length(response: &mut Response, may_be_head: bool) {
    let actual = response.body().size_hint().exact();
    let is_right = |said| actual.is_none_or(|actual| said == actual || (may_be_head && actual == 0));
    let mut lengths = response.headers().iter().filter(|(name, _)| *name == CONTENT_LENGTH);
    let said = lengths.next().and_then(|(_, said)| number(said));
    if !said.is_some_and(is_right) || lengths.next().is_some() {
        response.headers_mut().remove(CONTENT_LENGTH);
    }
}

/// Digits and nothing else: `parse` would take a `+` too.
fn number(value: &HeaderValue) -> Option<u64> {
    let text = value.to_str().ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The answer to HEAD: the head that GET has, with its length if that is known, and no content (RFC 9110 §9.3.2, §8.6).
///
/// Where the handler may have left the content out itself, no content says nothing of the length.
pub(crate) fn drop_content(response: &mut Response, content_is_that_of_get: bool) {
    if matches!(response.status().as_u16(), 101 | 204 | 205 | 304) {
        return;
    }
    let length = response.body().size_hint().exact();
    match length.filter(|length| content_is_that_of_get || *length > 0) {
        Some(length) => {
            if !response.headers().contains_key(CONTENT_LENGTH) {
                response.headers_mut().insert(CONTENT_LENGTH, length.into());
            }
            *response.body_mut() = Body::empty();
        }
        None => *response.body_mut() = Body::without_length(),
    }
}
