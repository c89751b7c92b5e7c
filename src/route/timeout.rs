//! A deadline for the handlers of a route.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::error::Error;
use crate::finalize::BoxedResponse;
use crate::handler::{Erased, Run, Wrapper};
use crate::request::Incoming;
use crate::response::IntoResponse;
use crate::route::Route;

impl Route {
    /// Limits the time for the response of each handler that the route has **so far**, like `maxDuration` in Next.js.
    ///
    /// The time of the layers before this call counts too. A layer after it sees the 504.
    ///
    /// After this time the future of the handler is dropped, and the response is 504. The time of a streamed body is not
    /// limited.
    ///
    /// The timer needs a tokio runtime with time enabled.
    ///
    /// ```
    /// use std::time::Duration;
    /// use route_handlers::{RouteHandlers, get};
    ///
    /// let api = RouteHandlers::new().route("/report", get(async || "done").timeout(Duration::from_secs(30)));
    /// ```
    pub fn timeout(self, duration: Duration) -> Self {
        self.wrap_each(|handler| {
            handler.wrap(|handler| Timed { handler, duration }).listing(Wrapper::Timeout(duration))
        })
    }
}

struct Timed {
    handler: Erased,
    duration: Duration,
}

impl Run for Timed {
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        let response = self.handler.start_inner(incoming);
        Box::pin(async move {
            // Started inside the future: without a tokio runtime the timer panics, and here that becomes a 500.
            match tokio::time::timeout(self.duration, response).await {
                Ok(Ok(response)) => response,
                Err(_elapsed) => Error::new(StatusCode::GATEWAY_TIMEOUT).into_response(),
            }
        })
    }
}
