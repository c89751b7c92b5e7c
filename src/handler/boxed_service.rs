//! A tower service without its type.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;

use bytes::Buf;
use http::StatusCode;
use tower_service::Service;

use crate::body::{Body, BoxError};
use crate::error::Error;
use crate::finalize::BoxedResponse;
use crate::platform::{MaybeSend, MaybeSync};
use crate::response::IntoResponse;

/// A tower service that can respond to the requests of a route.
///
/// It is implemented for each service that takes `http::Request<Body>` and responds with `http::Response<B>`, for any body
/// type `B` with the data of a [`Buf`]. The error is a [`BoxError`] or converts into one. An [`Error`] in it becomes the
/// response, and any other error is 500 and is logged.
///
/// The service must be `Clone`: each request calls a clone of it, which is polled until it is ready. It must be `Send` and
/// `Sync` too, except on wasm32.
///
/// ```
/// use route_handlers::service::HttpService;
///
/// fn is_http_service(_: &impl HttpService) {}
///
/// is_http_service(&tower_http::services::ServeDir::new("public"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a service for the requests of a route",
    label = "not a `Clone` `tower::Service<http::Request<route_handlers::Body>>` with an `http::Response`",
    note = "put `tower::buffer::BufferLayer` outside a layer with a service that is not `Clone`, such as `RateLimitLayer`",
    note = "put a layer for the body of axum, such as `axum::middleware::from_fn` or `GovernorLayer`, into `hosts::axum::layer` (feature `axum`)",
    note = "a service of your own for any body is `impl<S, B> Service<http::Request<B>> for …`",
    note = "it must be `Send + Sync + 'static`, its future `Send`, its error `Into<BoxError>`, and its response body an `http_body::Body` with such an error"
)]
pub trait HttpService: Clone + MaybeSend + MaybeSync + 'static {
    /// Forgets the type of the service.
    #[doc(hidden)]
    fn boxed(self) -> BoxedService;
}

// Otherwise the compiler names only the bound that does not hold, without the message above.
#[diagnostic::do_not_recommend]
impl<S, B> HttpService for S
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error: Into<BoxError>, Future: MaybeSend>,
    S: Clone + MaybeSend + MaybeSync + 'static,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    fn boxed(self) -> BoxedService {
        BoxedService(Arc::new(Shared(self)))
    }
}

/// A tower service without its type. A clone shares it.
#[derive(Clone)]
pub struct BoxedService(Arc<dyn CallShared>);

impl BoxedService {
    /// Calls a clone of the service as soon as it is ready. An error of the service becomes a response.
    pub(crate) fn call(&self, request: http::Request<Body>) -> BoxedResponse {
        Arc::clone(&self.0).call(request)
    }
}

impl fmt::Debug for BoxedService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxedService").finish_non_exhaustive()
    }
}

trait CallShared: MaybeSend + MaybeSync {
    fn call(self: Arc<Self>, request: http::Request<Body>) -> BoxedResponse;
}

struct Shared<S>(S);

impl<S, B> CallShared for Shared<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error: Into<BoxError>, Future: MaybeSend>,
    S: Clone + MaybeSend + MaybeSync + 'static,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    fn call(self: Arc<Self>, request: http::Request<Body>) -> BoxedResponse {
        let response = async move {
            let mut service = self.0.clone();
            poll_fn(|cx| service.poll_ready(cx)).await?;
            service.call(request).await
        };
        Box::pin(async move {
            match response.await {
                Ok(response) => response.into_response(),
                Err(error) => Error::from_boxed(error, StatusCode::INTERNAL_SERVER_ERROR).into_response(),
            }
        })
    }
}
