//! The rest of the way to the handler.

use crate::finalize::{Finalize, HandlerFuture};
use crate::handler::BoxedService;
use crate::request::Request;
use crate::response::Response;

/// The inner layers and the handler, which a middleware function calls with [`run`](Self::run).
///
/// [`run`](Self::run) has an example.
#[derive(Clone, Debug)]
#[must_use = "without `run`, the handler does not run"]
pub struct Next(BoxedService);

impl Next {
    pub(super) fn new(inner: BoxedService) -> Self {
        Self(inner)
    }

    /// Runs the handler. An error or a panic, of the handler or of a layer around it, is a response too.
    ///
    /// ```
    /// use route_handlers::middleware::Next;
    /// use route_handlers::{Request, Response};
    ///
    /// async fn stamp(request: Request, next: Next) -> Response {
    ///     let mut response = next.run(request).await;
    ///     response.headers_mut().insert("stamp", http::HeaderValue::from_static("seen"));
    ///     response
    /// }
    /// ```
    pub async fn run(self, request: Request) -> Response {
        let finalize = Finalize::inner(&request.head());
        let Ok(response) = HandlerFuture::new(self.0.call(request.into()), finalize).await;
        response
    }
}
