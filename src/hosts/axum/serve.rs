//! Makes axum's router of any service.

use std::convert::Infallible;
use std::future::poll_fn;
use std::task::{Context, Poll};

use axum::Router;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use tower_service::Service;

use crate::body::BoxError;
use crate::error::Error;
use crate::log;
use crate::platform::BoxFuture;
use crate::response::IntoResponse;
use crate::route_handlers::assert_complete;

/// Makes the axum `Router` that `axum::serve` requires.
///
/// The service is a route table, a table in front of a router, or one of these in tower layers.
///
/// The error of a layer becomes a response, as in [`RouteHandlers::layer`](crate::RouteHandlers::layer).
///
/// The router has `into_make_service_with_connect_info::<SocketAddr>()`, for handlers that take axum's `ConnectInfo`.
///
/// ```no_run
/// use std::time::Duration;
///
/// use axum::Router;
/// use route_handlers::RouteHandlers;
/// use route_handlers::hosts;
/// use tokio::net::TcpListener;
/// use tower::ServiceBuilder;
/// use tower::timeout::TimeoutLayer;
///
/// # async fn run(listeners: [TcpListener; 3]) -> std::io::Result<()> {
/// # let [listener, second, third] = listeners;
/// let api = RouteHandlers::new().get("/api/hello", async || "hello");
/// let pages = Router::new().route("/", axum::routing::get(async || "a page of axum"));
/// let layered = ServiceBuilder::new().layer(TimeoutLayer::new(Duration::from_secs(5))).service(api.clone());
///
/// axum::serve(listener, hosts::axum::router(api.clone())).await?;
/// # let listener = second;
/// axum::serve(listener, hosts::axum::router(api.over(pages))).await?;
/// # let listener = third;
/// axum::serve(listener, hosts::axum::router(layered)).await
/// # }
/// ```
#[track_caller]
pub fn router<S, B>(service: S) -> Router
where
    S: Service<Request<axum::body::Body>, Response = Response<B>, Error: Into<BoxError>, Future: Send>,
    S: Clone + Send + Sync + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    assert_complete(&service);
    Router::new().fallback_service(Infallibly(service))
}

/// Converts the errors of a service to responses.
#[derive(Clone)]
struct Infallibly<S>(S);

impl<S, B> Service<Request<axum::body::Body>> for Infallibly<S>
where
    S: Service<Request<axum::body::Body>, Response = Response<B>, Error: Into<BoxError>, Future: Send>,
    S: Clone + Send + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<axum::body::Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<axum::body::Body>) -> Self::Future {
        let mut service = self.0.clone();
        let method = request.method().clone();
        Box::pin(async move {
            let response = async {
                poll_fn(|cx| service.poll_ready(cx)).await?;
                service.call(request).await
            };
            Ok(match response.await {
                Ok(response) => response.map(axum::body::Body::new),
                Err(error) => failed(error, &method),
            })
        })
    }
}

/// Logs an error and returns its response. No table finalizes this response, which would log the error.
fn failed(error: impl Into<BoxError>, method: &Method) -> Response<axum::body::Body> {
    let error = Error::from_boxed(error, StatusCode::INTERNAL_SERVER_ERROR);
    log::failure(&error, method, None);
    error.into_response().map(axum::body::Body::new)
}
