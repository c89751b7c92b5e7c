//! Tower layers around the handlers of a route.

use std::sync::Arc;

use bytes::Buf;
use http::StatusCode;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::{Body, BoxError};
use crate::error::Error;
use crate::finalize::BoxedResponse;
use crate::handler::{HandlerService, Run};
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::Incoming;
use crate::response::IntoResponse;
use crate::route::Route;

impl Route {
    /// Puts a tower layer around each handler that the route has **so far**. Methods that are added later are not wrapped.
    ///
    /// The layer sees each request for these handlers, with the [`MatchedRoute`](crate::extract::MatchedRoute) in its extensions. It
    /// never sees a 405 or an automatic OPTIONS. It runs before the arguments are made, so it also sees a request with an
    /// invalid argument. Of two layers the last one added is the outer one.
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
    ///
    /// Code of your own can run before each call, with tower's `MapRequestLayer` (feature `util`):
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    ///
    /// use route_handlers::{Body, RouteHandlers, get};
    /// use tower::util::MapRequestLayer;
    ///
    /// let calls = Arc::new(AtomicUsize::new(0));
    /// let counter = Arc::clone(&calls);
    /// let count = MapRequestLayer::new(move |request: http::Request<Body>| {
    ///     counter.fetch_add(1, Ordering::Relaxed);
    ///     request
    /// });
    /// let api = RouteHandlers::new().route("/news", get(async || "today").layer(count).delete(async || "not counted"));
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
        for method in &mut self.methods {
            let handler = method.handler.clone();
            method.handler = handler.wrap(|handler| Layered(layer.layer(HandlerService::new(handler))));
        }
        self
    }
}

/// A layer around a handler.
struct Layered<S>(S);

impl<S, B> Run for Layered<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error: Into<BoxError>, Future: MaybeSend>,
    S: Clone + MaybeSend + MaybeSync + 'static,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        let request = incoming.take().into();
        let response = async move {
            let mut service = self.0.clone();
            std::future::poll_fn(|cx| service.poll_ready(cx)).await?;
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
