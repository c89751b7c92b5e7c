//! A handler as a tower service.

use std::convert::Infallible;
use std::fmt;
use std::task::{Context, Poll};

use tower_service::Service;

use crate::body::Body;
use crate::finalize::HandlerFuture;
use crate::handler::Erased;
use crate::request::Request;
use crate::response::Response;

/// A handler as a tower service: the service that the layers of a [`Route`](crate::Route) wrap.
///
/// ```
/// use http::HeaderValue;
/// use route_handlers::service::HandlerService;
/// use route_handlers::{Response, RouteHandlers, get};
/// use tower::ServiceExt;
/// use tower::layer::layer_fn;
///
/// let stamped = layer_fn(|handler: HandlerService| {
///     handler.map_response(|mut response: Response| {
///         response.headers_mut().insert("stamp", HeaderValue::from_static("seen"));
///         response
///     })
/// });
/// let api = RouteHandlers::new().route("/", get(async || "hello").layer(stamped));
/// ```
#[derive(Clone)]
pub struct HandlerService(Erased);

impl HandlerService {
    pub(crate) fn new(handler: Erased) -> Self {
        Self(handler)
    }
}

impl Service<http::Request<Body>> for HandlerService {
    type Response = Response;
    type Error = Infallible;
    type Future = HandlerFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> HandlerFuture {
        self.0.start_inner(&mut Request::from(request))
    }
}

impl fmt::Debug for HandlerService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerService").finish_non_exhaustive()
    }
}
