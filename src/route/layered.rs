//! Tower layers around the handlers of a route.

use std::sync::Arc;

use bytes::Buf;
use http::StatusCode;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::{Body, BoxError};
use crate::error::Error;
use crate::extract::Requirements;
use crate::finish::{BoxAnswer, Finish};
use crate::handler::{ErasedHandler, HandlerService, SharedHandler};
#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::Request;
use crate::response::IntoResponse;
use crate::route::Route;

impl Route {
    /// Puts a tower layer around each handler that the route has **so far**: a verb that is chained after it is not within.
    ///
    /// It sees the requests that a handler is about to answer, with the [`MatchedRoute`](crate::MatchedRoute) in their
    /// extensions, and never a 405 or an automatic OPTIONS. Of two layers the last one added is the outer one.
    ///
    /// ```
    /// use route_handlers::{RouteHandlers, get};
    /// use tower_http::set_header::SetResponseHeaderLayer;
    ///
    /// let no_cache = SetResponseHeaderLayer::if_not_present(
    ///     http::header::CACHE_CONTROL,
    ///     http::HeaderValue::from_static("no-cache"),
    /// );
    /// let api = RouteHandlers::new().route("/news", get(async || "today").layer(no_cache));
    /// ```
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<HandlerService>,
        L::Service: Service<http::Request<Body>, Response = http::Response<B>, Error: Into<BoxError>, Future: MaybeSend>
            + Clone
            + MaybeSend
            + MaybeSync
            + 'static,
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
    {
        for verb in &mut self.verbs {
            let inner = Arc::clone(&verb.handler);
            let service = layer.layer(HandlerService(Arc::clone(&inner)));
            verb.handler = Arc::new(Layered { service, inner });
        }
        self
    }
}

/// A handler within a layer; `inner` still knows what it requires.
struct Layered<S> {
    service: S,
    inner: SharedHandler,
}

impl<S, B> ErasedHandler for Layered<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error: Into<BoxError>, Future: MaybeSend>,
    S: Clone + MaybeSend + MaybeSync + 'static,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    fn start(self: Arc<Self>, request: Request, finish: &Finish) -> BoxAnswer {
        let answer = async move {
            let mut service = self.service.clone();
            std::future::poll_fn(|cx| service.poll_ready(cx)).await?;
            service.call(request.into()).await
        };
        let answer = async move {
            match answer.await {
                Ok(response) => response.into_response(),
                Err(error) => Error::from_boxed(error, StatusCode::INTERNAL_SERVER_ERROR).into_response(),
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
