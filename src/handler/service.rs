//! A handler as a tower service, and a tower service as a handler.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Buf;
use http::Method;
use tower_service::Service;

use crate::body::{Body, BoxError};
use crate::error::Error;
use crate::finalize::{BoxedResponse, Finalize, HandlerFuture};
use crate::handler::Handler;
use crate::handler::boxed_service::{BoxedService, HttpService};
use crate::handler::erased::{Erased, Run, respond};
use crate::platform::{Extended, MaybeSend};
use crate::request::{Incoming, Request};
use crate::response::Response;

/// The handlers inside a layer, as one tower service: the service that the layers of routes wrap.
///
/// It calls the handler that the route table put into the extensions of the request. So a layer that builds a new request
/// must keep the extensions of the first one: use `http::Request::into_parts` and `from_parts`. Otherwise the response is
/// 500.
///
/// ```
/// use http::HeaderValue;
/// use route_handlers::service::HandlerService;
/// use route_handlers::{Body, Response, RouteHandlers, get};
/// use tower::ServiceExt;
/// use tower::layer::layer_fn;
///
/// let stamped = layer_fn(|handler: HandlerService| {
///     ServiceExt::<http::Request<Body>>::map_response(handler, |mut response: Response| {
///         response.headers_mut().insert("stamp", HeaderValue::from_static("seen"));
///         response
///     })
/// });
/// let api = RouteHandlers::new().route("/", get(async || "hello").layer(stamped));
/// ```
#[derive(Clone, Debug)]
pub struct HandlerService(());

impl HandlerService {
    pub(super) fn new() -> Self {
        Self(())
    }
}

/// The handler inside a layer, as its request stores it.
pub(super) type InnerHandler = Extended<Erased>;

impl<B> Service<http::Request<B>> for HandlerService
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = HandlerFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> HandlerFuture {
        let mut request = Request::from(request.map(Body::new));
        let handler = request.take_inner_handler().and_then(|handler| handler.downcast::<InnerHandler>().ok());
        match handler {
            Some(handler) => handler.get().start_inner(&mut request),
            None => {
                let error = Error::internal(
                    "a layer built a new request without the extensions of the first one: use `into_parts` and `from_parts`",
                );
                HandlerFuture::new(respond(error), Finalize::inner(&request.head()))
            }
        }
    }
}

/// Makes a handler of a tower service, for one method of a route.
///
/// [`RouteHandlers::route_service`](crate::RouteHandlers::route_service) registers a service for every method.
///
/// ```
/// use route_handlers::{RouteHandlers, get, service};
/// use tower_http::services::ServeFile;
///
/// let logo = get(service::handler(ServeFile::new("public/logo.svg"))).etag();
/// let api = RouteHandlers::new().route("/logo.svg", logo);
/// ```
pub fn handler<S: HttpService>(service: S) -> ServiceHandler {
    ServiceHandler(service.boxed())
}

/// A tower service as a handler: see [`handler`].
#[derive(Clone, Debug)]
pub struct ServiceHandler(BoxedService);

impl Handler<()> for ServiceHandler {
    fn erase(self) -> Erased {
        Erased::new(self, |_| {})
    }
}

impl Run for ServiceHandler {
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        let is_head = *incoming.head().method == Method::HEAD;
        let response = self.0.call(incoming.take().into());
        if !is_head {
            return response;
        }
        Box::pin(async move {
            let mut response = response.await;
            // Unlike a function, a service may make no content for HEAD. This says nothing about the content of GET.
            if response.body().whole().is_some_and(<[u8]>::is_empty) {
                *response.body_mut() = Body::without_length();
            }
            response
        })
    }
}
