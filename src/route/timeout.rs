//! A deadline for the handlers of a route.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::error::Error;
use crate::extract::Requirements;
use crate::finish::{BoxAnswer, Finish, HeadAnswer};
use crate::handler::{ErasedHandler, SharedHandler, call};
#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::request::Request;
use crate::response::IntoResponse;
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
    fn start(self: Arc<Self>, request: Request, finish: &Finish) -> BoxAnswer {
        let inner = Finish::of(&request, HeadAnswer::Outside);
        let answer = call(&self.inner, request, &inner);
        // The timer panics where there is no tokio runtime.
        let answer = async move {
            match tokio::time::timeout(self.duration, answer).await {
                Ok(Ok(response)) => response,
                Err(_elapsed) => Error::new(StatusCode::GATEWAY_TIMEOUT).into_response(),
            }
        };
        finish.boxed(answer)
    }

    fn requirements(&self, requirements: &mut Requirements<'_>) {
        self.inner.requirements(requirements);
    }

    #[cfg(feature = "openapi")]
    fn operation(&self) -> Option<&Operation> {
        self.inner.operation()
    }
}
