//! Layers for axum's body.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::body::Body as AxumBodyType;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::body::Body;
use crate::platform::BoxFuture;
use crate::service::HandlerService;

/// Adapts a layer that is typed on axum's body, such as `axum::middleware::from_fn`, to the routes of a table.
///
/// A layer that takes any body, as those of tower-http do, needs no adapter. To adapt several layers, put the whole
/// `ServiceBuilder` inside: `layer(ServiceBuilder::new().layer(first).layer(second))`.
///
/// ```
/// use axum::middleware::{Next, from_fn};
/// use axum::response::Response;
/// use http::{HeaderValue, Request};
/// use route_handlers::hosts;
/// use route_handlers::{Body, RouteHandlers};
/// use tower::ServiceExt;
///
/// async fn stamp(request: axum::extract::Request, next: Next) -> Response {
///     let mut response = next.run(request).await;
///     response.headers_mut().insert("stamp", HeaderValue::from_static("seen"));
///     response
/// }
///
/// let api = RouteHandlers::new().get("/", async || "hello").layer(hosts::axum::layer(from_fn(stamp)));
/// # tokio_test::block_on(async {
/// let response = api.oneshot(Request::get("/").body(Body::empty())?).await?;
/// assert_eq!(response.headers()["stamp"], "seen");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub fn layer<L: Layer<AxumHandlerService>>(layer: L) -> AxumLayer<L> {
    AxumLayer(layer)
}

/// A layer for axum's body, around the handlers of a route table: see [`layer`].
#[derive(Clone, Debug)]
pub struct AxumLayer<L>(L);

impl<L: Layer<AxumHandlerService>> Layer<HandlerService> for AxumLayer<L> {
    type Service = AxumLayerService<L::Service>;

    fn layer(&self, handler: HandlerService) -> Self::Service {
        AxumLayerService(self.0.layer(AxumHandlerService(handler)))
    }
}

/// The handlers of a route table as a service with axum's body: the service that a layer for axum's body wraps.
#[derive(Clone, Debug)]
pub struct AxumHandlerService(HandlerService);

impl Service<Request<AxumBodyType>> for AxumHandlerService {
    type Response = Response<AxumBodyType>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<AxumBodyType>) -> Self::Future {
        let response = self.0.call(request);
        Box::pin(async move { response.await.map(|response| response.map(AxumBodyType::new)) })
    }
}

/// The service of a layer for axum's body, as a service with the body of a route table.
#[derive(Clone, Debug)]
pub struct AxumLayerService<S>(S);

impl<S: Service<Request<AxumBodyType>>> Service<Request<Body>> for AxumLayerService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        self.0.call(request.map(AxumBodyType::new))
    }
}
