//! Routes with telemetry: a span and a duration for each request, by OpenTelemetry's semantic conventions for HTTP.
//!
//! The telemetry is around the whole server, so that it also sees the paths that no route has. For the routes alone, write
//! `api.layer(…)`: there the extensions of a request have its [`MatchedRoute`].

use std::convert::Infallible;
use std::time::Instant;

use bytes::Buf;
use http::{Method, Request, StatusCode};
use metrics::{Label, Unit, describe_histogram, histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, KeyValue};
use opentelemetry_instrumentation_tower::http::server::LayerBuilder;
use opentelemetry_semantic_conventions::attribute::{
    ERROR_TYPE, HTTP_REQUEST_METHOD, HTTP_REQUEST_METHOD_ORIGINAL, HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE,
};
use opentelemetry_semantic_conventions::metric::HTTP_SERVER_REQUEST_DURATION;
use route_handlers::body::BoxError;
use route_handlers::extract::MatchedRoute;
use route_handlers::middleware::{Next, from_fn};
use route_handlers::service::HandlerFuture;
use route_handlers::{Body, Error, IntoResponse, Path, Request as OurRequest, Response, RouteHandlers, State};
use tower::{Service, ServiceBuilder, service_fn};

/// The method in the telemetry for a method that the conventions do not know. A client can send any number of those.
const OTHER: &str = "_OTHER";

/// The upper bounds of the buckets that the conventions advise for durations in seconds.
const BUCKETS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// What the client sent, in the extensions of the request.
#[derive(Clone)]
struct Sent {
    method: Method,
    route: Option<MatchedRoute>,
}

/// The routes, and the page with the metrics for Prometheus.
pub fn api(page: PrometheusHandle) -> RouteHandlers {
    RouteHandlers::new()
        .with_state(page)
        .get("/users/{id}", async |Path(id): Path<u32>| format!("user {id}"))
        .get("/reports", async || Error::internal("the disk is full"))
        .get("/metrics", async |State(page): State<PrometheusHandle>| page.render())
}

/// The routes in front of an existing server, with telemetry around both. Set the global providers of OpenTelemetry first.
pub fn app<B>(
    api: RouteHandlers,
) -> impl Service<Request<B>, Response = Response, Error = Infallible, Future = HandlerFuture> + Clone + Send + Sync
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    let routes = api.clone();
    let spans_and_metrics = LayerBuilder::builder()
        .with_route_extractor_fn(|request: &Request<Body>| {
            Some(request.extensions().get::<Sent>()?.route.as_ref()?.to_string())
        })
        .with_response_extractor_fn(|response: &Response| error_type(response.status()))
        .build()
        .expect("no option is invalid");
    ServiceBuilder::new()
        .layer(from_fn(move |request, next| record(routes.clone(), request, next)))
        .layer(spans_and_metrics)
        .layer(from_fn(restore_method))
        .service(api.over(service_fn(existing)))
}

/// The server that exists already. It has no page.
async fn existing(_: Request<Body>) -> Result<Response, Infallible> {
    Ok((StatusCode::NOT_FOUND, "no such page").into_response())
}

/// Records the duration of a request for Prometheus. The layer inside sees [`OTHER`] in place of an unknown method.
async fn record(routes: RouteHandlers, request: OurRequest, next: Next) -> Response {
    let mut request = http::Request::from(request);
    let route = routes.matched_route(request.method(), request.uri().path());
    let sent = Sent { method: request.method().clone(), route };
    if !is_known(&sent.method) {
        *request.method_mut() = Method::from_bytes(OTHER.as_bytes()).expect("it is a token");
    }
    let mut labels = vec![Label::new(HTTP_REQUEST_METHOD, request.method().to_string())];
    labels.extend(sent.route.as_ref().map(|route| Label::new(HTTP_ROUTE, route.to_string())));
    request.extensions_mut().insert(sent);
    let start = Instant::now();
    let response = next.run(request.into()).await;
    labels.push(Label::new(HTTP_RESPONSE_STATUS_CODE, response.status().as_str().to_owned()));
    histogram!(HTTP_SERVER_REQUEST_DURATION, labels).record(start.elapsed());
    response
}

/// Whether the conventions know the method.
fn is_known(method: &Method) -> bool {
    matches!(
        method.as_str(),
        "CONNECT" | "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT" | "QUERY" | "TRACE"
    )
}

/// Restores the method that the client sent, and names the span as the conventions say.
async fn restore_method(request: OurRequest, next: Next) -> Response {
    let mut request = http::Request::from(request);
    let sent = request.extensions_mut().remove::<Sent>();
    if let Some(Sent { method, route }) = sent.filter(|sent| !is_known(&sent.method)) {
        let context = Context::current();
        context.span().update_name(route.map_or("HTTP".to_owned(), |route| format!("HTTP {route}")));
        context.span().set_attribute(KeyValue::new(HTTP_REQUEST_METHOD_ORIGINAL, method.to_string()));
        *request.method_mut() = method;
    }
    next.run(request.into()).await
}

/// The type of the error, which the conventions require for a status of 500 and above.
fn error_type(status: StatusCode) -> Vec<KeyValue> {
    let error = status.is_server_error().then(|| KeyValue::new(ERROR_TYPE, status.as_str().to_owned()));
    error.into_iter().collect()
}

/// Records the metrics of the program for the page. Call [`PrometheusHandle::run_upkeep`] every few seconds.
///
/// # Errors
///
/// If the program already has a recorder of metrics.
pub fn prometheus() -> Result<PrometheusHandle, BuildError> {
    let builder = PrometheusBuilder::new().with_recommended_naming(true).set_buckets(&BUCKETS)?;
    let page = builder.install_recorder()?;
    describe_histogram!(HTTP_SERVER_REQUEST_DURATION, Unit::Seconds, "Duration of HTTP server requests.");
    Ok(page)
}
