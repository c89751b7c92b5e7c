//! The work that handlers give to `After`.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use crate::after::{BoxFuture, WaitUntil};
use crate::platform::Parked;

/// A hook that keeps the work until the test runs it. A clone shares the work.
#[derive(Clone, Default)]
pub(super) struct KeptWork(Arc<Mutex<Vec<Parked<BoxFuture<'static, ()>>>>>);

impl KeptWork {
    fn take(&self) -> Vec<Parked<BoxFuture<'static, ()>>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs all work at once, and the work that it adds.
    pub(super) async fn run(&self) {
        let mut running = Vec::new();
        poll_fn(|cx| {
            loop {
                running.extend(self.take().into_iter().map(Parked::into_inner));
                running.retain_mut(|work: &mut BoxFuture<'static, ()>| work.as_mut().poll(cx).is_pending());
                if self.is_empty() {
                    return if running.is_empty() { Poll::Ready(()) } else { Poll::Pending };
                }
            }
        })
        .await;
    }

    fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

impl WaitUntil for KeptWork {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Parked::new(work));
    }
}
