//! The work of `After` of one invocation.

use std::any::Any;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;
use route_handlers::after::RequestWaitUntil;
use route_handlers::body::BoxError;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Runs the work for after a response. A task that panics affects no other task.
pub(crate) struct Work {
    tasks: TaskTracker,
    /// Counts as a task until the response is done, as the work arrives only then.
    open: TaskTrackerToken,
}

impl Work {
    /// Receives the work of a request.
    pub(crate) fn of(request: &mut lambda_http::Request, tasks: TaskTracker) -> Self {
        request.extensions_mut().insert(RequestWaitUntil::new(tasks.clone()));
        Self { open: tasks.token(), tasks }
    }

    /// Waits until the work is done. The response must be dropped before.
    pub(crate) async fn finish(self) {
        drop(self.open);
        done(&self.tasks).await;
    }

    /// Runs a future, and finishes the work if the future fails or panics: a failed response has work too.
    pub(crate) async fn unless_ok<T>(
        self,
        future: impl Future<Output = Result<T, BoxError>>,
    ) -> Result<(T, Self), BoxError> {
        let failure: Result<BoxError, Box<dyn Any + Send>> = match AssertUnwindSafe(future).catch_unwind().await {
            Ok(Ok(value)) => return Ok((value, self)),
            Ok(Err(error)) => Ok(error),
            Err(panic) => Err(panic),
        };
        self.finish().await;
        Err(failure.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

/// Waits until no task is left.
pub(crate) async fn done(tasks: &TaskTracker) {
    tasks.close();
    tasks.wait().await;
}
