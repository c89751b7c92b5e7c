//! Tower layers around handlers.
//!
//! A layer is applied once, around a [`HandlerService`]. The service that it makes is shared by all handlers that the layer
//! wraps, so that a limit in it counts the requests to all of them. Each request stores the [`InnerHandler`] that the
//! service calls.

use std::sync::Arc;

use tower_layer::Layer;

use crate::finalize::BoxedResponse;
use crate::handler::boxed_service::{BoxedService, HttpService};
use crate::handler::erased::{Erased, Run};
use crate::handler::middleware_check::MiddlewareCheck;
use crate::handler::service::{HandlerService, InnerHandler};
use crate::handler::wrapper::{LayerInfo, Wrapper};
use crate::request::Incoming;

/// A tower layer for routes. It is implemented for each layer that makes an [`HttpService`] of a [`HandlerService`].
///
/// Use it as the return type of a function that makes a layer:
///
/// ```
/// use http::{HeaderValue, header};
/// use route_handlers::RouteHandlers;
/// use route_handlers::service::HandlerLayer;
/// use tower::ServiceBuilder;
/// use tower_http::set_header::SetResponseHeaderLayer;
/// use tower_http::trace::TraceLayer;
///
/// fn usual() -> impl HandlerLayer {
///     let no_cache = HeaderValue::from_static("no-cache");
///     ServiceBuilder::new()
///         .layer(TraceLayer::new_for_http())
///         .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, no_cache))
/// }
///
/// let api = RouteHandlers::new().get("/news", async || "today").layer(usual());
/// ```
///
/// # Errors of a layer
///
/// A layer may fail with any error that is `Into<BoxError>`. If it is an [`Error`](crate::Error) of this crate, or has one in
/// its chain of sources, this is the response. Any other error is 500. It is logged, and its text is never sent. With feature
/// `tower`, the errors of tower's `TimeoutLayer` and `LoadShedLayer` are 504 and 503.
///
/// Other errors are mapped by a layer outside:
///
/// ```
/// use http::{Request, StatusCode};
/// use route_handlers::body::BoxError;
/// use route_handlers::{Body, Error, RouteHandlers};
/// use tower::{ServiceBuilder, ServiceExt};
///
/// # tokio_test::block_on(async {
/// let checked = ServiceBuilder::new()
///     .map_err(|error: BoxError| match error.is::<std::num::ParseIntError>() {
///         true => Error::new(StatusCode::FORBIDDEN).into(),
///         false => error,
///     })
///     .filter(|request: Request<Body>| match request.uri().query().unwrap_or("0").parse::<u32>() {
///         Ok(_) => Ok(request),
///         Err(error) => Err(error),
///     });
/// let api = RouteHandlers::new().get("/", async || "hello").layer(checked);
/// assert_eq!(api.oneshot(Request::get("/?x").body(Body::empty())?).await?.status(), 403);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
///
/// # Layers for axum
///
/// A layer for the body type of axum, such as `axum::middleware::from_fn` and `GovernorLayer` of `tower_governor`, is put into
/// `hosts::axum::layer` (feature `axum`): [`hosts`](crate::hosts).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer for routes",
    label = "not a `tower::Layer` around a `HandlerService`",
    note = "if it is a service, and not a layer, use `route_service`, `nest_service` or `over`"
)]
pub trait HandlerLayer {
    /// Applies the layer around any handler.
    #[doc(hidden)]
    fn apply(self) -> AppliedLayer;
}

impl<L: Layer<HandlerService, Service: HttpService>> HandlerLayer for L {
    fn apply(self) -> AppliedLayer {
        let (service, checks) = MiddlewareCheck::collect(|| self.layer(HandlerService::new()).boxed());
        AppliedLayer { service, info: LayerInfo::new::<L>(checks) }
    }
}

/// A layer that was applied: the service that it made, and what routes list about it.
#[derive(Clone, Debug)]
pub struct AppliedLayer {
    service: BoxedService,
    info: LayerInfo,
}

impl AppliedLayer {
    pub(crate) fn checks(&self) -> &[MiddlewareCheck] {
        &self.info.checks
    }
}

impl Erased {
    /// Wraps the handler in a layer at registration.
    pub(crate) fn layered(self, layer: &AppliedLayer) -> Self {
        self.inside(layer).listing(Wrapper::Layer(layer.info.clone()))
    }

    /// Wraps the handler in a layer that is not listed, for a response that is made during a request.
    pub(crate) fn inside(self, layer: &AppliedLayer) -> Self {
        let service = layer.service.clone();
        self.wrap(|handler| Layered { service, handler: Arc::new(InnerHandler::new(handler)) })
    }
}

/// A handler inside a layer.
struct Layered {
    /// The service that the layer made.
    service: BoxedService,
    handler: Arc<InnerHandler>,
}

impl Run for Layered {
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        let mut request = incoming.take();
        request.set_inner_handler(Arc::clone(&self.handler) as _);
        self.service.call(request.into())
    }
}
