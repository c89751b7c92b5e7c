//! Layers of tower-http around a table and in its routes, and `ServeDir` as the inner service.

use std::convert::Infallible;
use std::fs;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use route_handlers::body::BoxError;
use route_handlers::{Body, RouteHandlers, get};
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::services::ServeDir;
use tower_http::trace::TraceLayer;

/// A text long enough to be compressed.
const LONG: &str = "route handlers, route handlers, route handlers, route handlers, route handlers, route handlers";

fn api() -> RouteHandlers {
    RouteHandlers::new().get("/api/text", async || LONG).get("/api/hello", async || "hello").claim("/api")
}

async fn inner(_: Request<Body>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("inner")))
}

async fn send<S, R>(service: S, request: http::request::Builder) -> Response<Bytes>
where
    S: Service<Request<Body>, Response = Response<R>, Error: std::fmt::Debug>,
    R: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    let response = service.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.map_err(Into::into).unwrap().to_bytes();
    Response::from_parts(parts, bytes)
}

fn preflight(path: &str) -> http::request::Builder {
    Request::builder()
        .method(Method::OPTIONS)
        .uri(path)
        .header(header::ORIGIN, "https://elsewhere.example")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
}

#[tokio::test]
async fn cors_around_a_table_handles_preflights_and_adds_headers_to_every_response() {
    let cors = CorsLayer::new().allow_origin(Any).allow_methods([Method::GET]);
    let app = ServiceBuilder::new().layer(cors).layer(api()).service(service_fn(inner));

    let allowed = send(app.clone(), preflight("/api/hello")).await;
    assert_eq!(allowed.headers()[header::ACCESS_CONTROL_ALLOW_METHODS], "GET");
    for (path, status) in [("/api/hello", 200), ("/api/nothing", 404), ("/page", 200)] {
        let response = send(app.clone(), Request::get(path).header(header::ORIGIN, "https://elsewhere.example")).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN]),
            (status, &"*".parse().unwrap())
        );
    }
}

#[tokio::test]
async fn cors_below_a_table_affects_the_inner_service_only() {
    let existing = ServiceBuilder::new().layer(CorsLayer::permissive()).service(service_fn(inner));
    let app = api().over(existing);
    let ours = send(app.clone(), preflight("/api/hello")).await;
    assert_eq!(
        (ours.status(), &ours.headers()[header::ALLOW]),
        (StatusCode::NO_CONTENT, &"GET, HEAD, OPTIONS".parse().unwrap())
    );
    let theirs = send(app, preflight("/page")).await;
    assert_eq!(theirs.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
}

#[tokio::test]
async fn cors_in_a_route_affects_its_handlers_only() {
    let cors = CorsLayer::new().allow_origin(Any);
    let app = RouteHandlers::new().route("/open", get(async || "open").layer(cors)).get("/closed", async || "closed");
    let open = send(app.clone(), Request::get("/open").header(header::ORIGIN, "https://elsewhere.example")).await;
    assert_eq!(open.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    let closed = send(app, Request::get("/closed").header(header::ORIGIN, "https://elsewhere.example")).await;
    assert!(!closed.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
}

#[tokio::test]
async fn trace_and_compression_work_around_a_table_and_below_it() {
    let layers = || {
        ServiceBuilder::new()
            .layer(TraceLayer::new_for_http())
            .layer(CompressionLayer::new().compress_when(true_always))
    };
    let around = layers().layer(api()).service(service_fn(inner));
    let below = api().over(layers().service(service_fn(inner)));

    let gzip = |path| Request::get(path).header(header::ACCEPT_ENCODING, "gzip");
    let compressed = send(around.clone(), gzip("/api/text")).await;
    assert_eq!(compressed.headers()[header::CONTENT_ENCODING], "gzip");
    assert!(compressed.body().len() < LONG.len());
    assert_eq!(send(around, gzip("/page")).await.headers()[header::CONTENT_ENCODING], "gzip");

    assert_eq!(send(below.clone(), gzip("/api/text")).await.body(), LONG);
    assert_eq!(send(below, gzip("/page")).await.headers()[header::CONTENT_ENCODING], "gzip");
}

fn true_always(_: StatusCode, _: http::Version, _: &http::HeaderMap, _: &http::Extensions) -> bool {
    true
}

#[tokio::test]
async fn serve_dir_serves_the_paths_that_match_no_route() {
    let folder = std::env::temp_dir().join(format!("route-handlers-serve-dir-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("index.html"), "<h1>the front end</h1>").unwrap();
    let app = api().over(ServeDir::new(&folder));

    assert_eq!(send(app.clone(), Request::get("/api/hello")).await.body(), "hello");
    let page = send(app.clone(), Request::get("/")).await;
    assert_eq!((page.status(), page.body()), (StatusCode::OK, &Bytes::from("<h1>the front end</h1>")));
    let misspelt = send(app.clone(), Request::get("/api/helo")).await;
    assert_eq!(
        (misspelt.status(), &misspelt.headers()[header::CONTENT_TYPE]),
        (StatusCode::NOT_FOUND, &"application/problem+json".parse().unwrap())
    );
    assert_eq!(send(app, Request::get("/nothing.html")).await.status(), StatusCode::NOT_FOUND);
    fs::remove_dir_all(&folder).unwrap();
}
