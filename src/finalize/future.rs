//! The future of a handler's response.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::StatusCode;

use crate::after::HandOver;
use crate::catch_panic::catch_panic;
use crate::error::Error;
use crate::finalize::Finalize;
use crate::platform::BoxFuture;
use crate::response::{IntoResponse, Response};

/// The response of a handler, or of a layer around it, before it is finalized.
pub(crate) type BoxedResponse = BoxFuture<'static, Response>;

/// The future of a handler's response. Dropping it cancels the handler.
pub struct HandlerFuture {
    response: BoxedResponse,
    finalize: Finalize,
    /// The work for after the response, if this is the response that is sent. The body of the response takes it.
    after: Option<HandOver>,
}

impl HandlerFuture {
    /// For a response that a layer or an option may still change.
    pub(crate) fn new(response: BoxedResponse, finalize: Finalize) -> Self {
        Self { response, finalize, after: None }
    }

    /// For the response that is sent. It runs the work for after the response, also if `start` panics.
    #[inline]
    pub(crate) fn outermost(finalize: Finalize, start: impl FnOnce() -> BoxedResponse) -> Self {
        let after = finalize.after_jobs().cloned().map(HandOver::new);
        Self { response: start(), finalize, after }
    }
}

impl Future for HandlerFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut polled = catch_panic(|| self.response.as_mut().poll(cx).map(Ok))
            .unwrap_or_else(|panic| Poll::Ready(Ok(Error::from(panic).into_response()))); // the panicked future is not polled again
        // The response is changed in place, because each move copies 160 bytes.
        if let Poll::Ready(Ok(response)) = &mut polled {
            start_body(response, self.finalize.may_drop_content(), cx);
            self.finalize.apply(response);
            if let Some(after) = self.after.take() {
                let body = std::mem::take(response.body_mut());
                *response.body_mut() = after.follow(body);
            }
        }
        polled
    }
}

/// Polls a streamed body once. If the poll fails or panics, the error becomes the response.
///
/// A body that can send parts is left if none of it, or only a part, may be sent, because a read may cost a request to a store.
#[inline]
fn start_body(response: &mut Response, may_drop_content: bool, cx: &mut Context<'_>) {
    if response.body().whole().is_some() || (may_drop_content && response.body_mut().seekable_length().is_some()) {
        return;
    }
    if let Poll::Ready(Err(error)) = response.body_mut().poll_first_frame(cx) {
        *response = Error::from_boxed(error, StatusCode::INTERNAL_SERVER_ERROR).into_response();
    }
}

impl fmt::Debug for HandlerFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerFuture").finish_non_exhaustive()
    }
}
