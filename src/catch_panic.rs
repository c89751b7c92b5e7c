//! A panic in a handler is its request's failure, not the connection's.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use http::StatusCode;
use pin_project_lite::pin_project;

use crate::error::Error;

pin_project! {
    /// A future whose panic is its `Err`.
    ///
    /// Where panics abort, as on wasm32, it does nothing: there the host must begin anew.
    pub(crate) struct CatchPanic<F> {
        #[pin]
        future: F,
    }
}

impl<F> CatchPanic<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { future }
    }
}

impl<F: Future> Future for CatchPanic<F> {
    type Output = Result<F::Output, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let future = self.project().future;
        // The future is never polled after its panic, so no broken state of it is seen.
        match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(payload) => Poll::Ready(Err(describe(&*payload))),
        }
    }
}

/// The panic's message is for the log alone.
pub(crate) fn describe(payload: &(dyn Any + Send)) -> Error {
    let message = payload.downcast_ref::<String>().map(String::as_str);
    let message = message.or(payload.downcast_ref::<&str>().copied()).unwrap_or("a value that is no text");
    Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, format!("a panic: {message}"))
}
