//! A waker that stays the same from the handler to the end of the body.
//!
//! `worker::Delay` wakes whoever polled it first. A body is polled first by the task that answers, so that an error can
//! still be an answer, and then by the stream that JavaScript reads: that one would wait for ever.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::poll_fn;
use futures_util::task::AtomicWaker;
use http_body::Body as _;

use crate::body::{Body, BoxError};

/// Wakes whoever polled last.
#[derive(Clone)]
pub(super) struct Relay {
    last: Arc<Last>,
    waker: Waker,
}

struct Last(AtomicWaker);

impl Wake for Last {
    fn wake(self: Arc<Self>) {
        self.0.wake();
    }
}

impl Relay {
    pub(super) fn new() -> Self {
        let last = Arc::new(Last(AtomicWaker::new()));
        Self { waker: Arc::clone(&last).into(), last }
    }

    /// Notes who polls, and polls in the name of the relay.
    fn poll<T>(&self, cx: &mut Context<'_>, poll: impl FnOnce(&mut Context<'_>) -> T) -> T {
        self.last.0.register(cx.waker());
        poll(&mut Context::from_waker(&self.waker))
    }

    pub(super) async fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|cx| self.poll(cx, |cx| future.as_mut().poll(cx))).await
    }
}

/// The data of a body.
pub(super) struct Chunks {
    pub(super) body: Body,
    pub(super) relay: Relay,
}

impl Stream for Chunks {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { body, relay } = &mut *self;
        relay.poll(cx, |cx| {
            loop {
                let frame = std::task::ready!(Pin::new(&mut *body).poll_frame(cx));
                match frame.map(|frame| frame.map(http_body::Frame::into_data)) {
                    None => return Poll::Ready(None),
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    Some(Ok(Ok(data))) => return Poll::Ready(Some(Ok(data))),
                    Some(Ok(Err(_trailers))) => {}
                }
            }
        })
    }
}
