//! A waker that stays the same from the handler to the end of the body.
//!
//! `worker::Delay` wakes the task that polled it first. A body has two tasks: the one that makes the response polls it once,
//! so that an early error can be a 500, and the stream that JavaScript reads polls it afterwards. Without the relay the
//! second task would never be woken.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use futures_util::future::poll_fn;
use futures_util::task::AtomicWaker;

/// Wakes the task that polled last.
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

    /// Registers the task's waker, and polls with the relay's own waker.
    pub(super) fn poll<T>(&self, cx: &mut Context<'_>, poll: impl FnOnce(&mut Context<'_>) -> T) -> T {
        self.last.0.register(cx.waker());
        poll(&mut Context::from_waker(&self.waker))
    }

    /// Wakes the task that polled last.
    pub(super) fn wake(&self) {
        self.last.0.wake();
    }

    pub(super) async fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|cx| self.poll(cx, |cx| future.as_mut().poll(cx))).await
    }
}
