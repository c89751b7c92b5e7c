//! A deadline for the handlers of a route.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::catch_panic::CatchPanic;
use crate::error::Error;
use crate::extract::Requirements;
use crate::finish::{Finish, HeadAnswer};
use crate::handler::{ErasedHandler, SharedHandler};
use crate::platform::BoxFuture;
use crate::request::Request;
use crate::response::{IntoResponse, Response};
use crate::route::{Route, RouteOptions};

impl Route {
    /// Gives each handler of the route this long to answer, layers and all: then its future is dropped, and the answer is
    /// 504. Next's `maxDuration`. What is streamed after the answer has begun is not timed.
    ///
    /// It needs a tokio runtime with its timer.
    ///
    /// ```
    /// use std::time::Duration;
    /// use route_handlers::{RouteHandlers, get};
    ///
    /// let api = RouteHandlers::new().route("/report", get(async || "done").timeout(Duration::from_secs(30)));
    /// ```
    pub fn timeout(mut self, duration: Duration) -> Self {
        self.options.timeout = Some(duration);
        self
    }
}

impl RouteOptions {
    pub(super) fn timed(&self, inner: SharedHandler) -> SharedHandler {
        match self.timeout {
            Some(duration) => Arc::new(Timed { inner, duration }),
            None => inner,
        }
    }
}

struct Timed {
    inner: SharedHandler,
    duration: Duration,
}

impl ErasedHandler for Timed {
    fn call(self: Arc<Self>, request: Request, head: HeadAnswer) -> BoxFuture<'static, Response> {
        let finish = Finish::of(&request, head);
        Box::pin(async move {
            let answer = Arc::clone(&self.inner).call(request, HeadAnswer::No);
            // The timer itself panics where there is no tokio runtime.
            let timely = CatchPanic::new(async { tokio::time::timeout(self.duration, answer).await }).await;
            finish.apply(match timely {
                Ok(Ok(response)) => response,
                Ok(Err(_elapsed)) => Error::new(StatusCode::GATEWAY_TIMEOUT).into_response(),
                Err(panic) => panic.into_response(),
            })
        })
    }

    fn requirements(&self, requirements: &mut Requirements<'_>) {
        self.inner.requirements(requirements);
    }
}
