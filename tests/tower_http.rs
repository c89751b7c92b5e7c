//! Layers of tower-http around a table and in its routes, and `ServeDir` as the inner service.

use std::convert::Infallible;
use std::fs;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use route_handlers::testing::{Client, RequestBuilder};
use route_handlers::{Body, RouteHandlers, get};
use tower::{ServiceBuilder, service_fn};
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

fn preflight(client: &Client, path: &str) -> RequestBuilder<Client> {
    let request = client.options(path).header("origin", "https://elsewhere.example");
    request.header("access-control-request-method", "GET")
}

#[tokio::test]
async fn cors_around_a_table_handles_preflights_and_adds_headers_to_every_response() {
    let cors = CorsLayer::new().allow_origin(Any).allow_methods([Method::GET]);
    let client = Client::new(ServiceBuilder::new().layer(cors).layer(api()).service(service_fn(inner)));

    let allowed = preflight(&client, "/api/hello").await;
    assert_eq!(allowed.header("access-control-allow-methods"), Some("GET"));
    for (path, status) in [("/api/hello", 200), ("/api/nothing", 404), ("/page", 200)] {
        let response = client.get(path).header("origin", "https://elsewhere.example").await;
        assert_eq!(response.assert_status(status).header("access-control-allow-origin"), Some("*"));
    }
}

#[tokio::test]
async fn cors_below_a_table_affects_the_inner_service_only() {
    let existing = ServiceBuilder::new().layer(CorsLayer::permissive()).service(service_fn(inner));
    let client = Client::new(api().over(existing));
    let ours = preflight(&client, "/api/hello").await;
    assert_eq!(ours.assert_status(204).header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(preflight(&client, "/page").await.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn cors_in_a_route_affects_its_handlers_only() {
    let cors = CorsLayer::new().allow_origin(Any);
    let app = RouteHandlers::new().route("/open", get(async || "open").layer(cors)).get("/closed", async || "closed");
    let client = Client::new(app).with_header("origin", "https://elsewhere.example");
    assert_eq!(client.get("/open").await.header("access-control-allow-origin"), Some("*"));
    assert_eq!(client.get("/closed").await.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn trace_and_compression_work_around_a_table_and_below_it() {
    let layers = || {
        ServiceBuilder::new()
            .layer(TraceLayer::new_for_http())
            .layer(CompressionLayer::new().compress_when(true_always))
    };
    let gzip = |client: Client| client.with_header("accept-encoding", "gzip");
    let around = gzip(Client::new(layers().layer(api()).service(service_fn(inner))));
    let below = gzip(Client::new(api().over(layers().service(service_fn(inner)))));

    let compressed = around.get("/api/text").await;
    assert_eq!(compressed.header("content-encoding"), Some("gzip"));
    assert!(compressed.bytes().len() < LONG.len());
    assert_eq!(around.get("/page").await.header("content-encoding"), Some("gzip"));

    assert_eq!(below.get("/api/text").await.text(), LONG);
    assert_eq!(below.get("/page").await.header("content-encoding"), Some("gzip"));
}

fn true_always(_: StatusCode, _: http::Version, _: &http::HeaderMap, _: &http::Extensions) -> bool {
    true
}

#[tokio::test]
async fn serve_dir_serves_the_paths_that_match_no_route() {
    let folder = std::env::temp_dir().join(format!("route-handlers-serve-dir-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("index.html"), "<h1>the front end</h1>").unwrap();
    let client = Client::new(api().over(ServeDir::new(&folder)));

    assert_eq!(client.get("/api/hello").await.text(), "hello");
    assert_eq!(client.get("/").await.assert_status(200).text(), "<h1>the front end</h1>");
    let misspelt = client.get("/api/helo").await;
    assert_eq!(misspelt.assert_status(404).header("content-type"), Some("application/problem+json"));
    client.get("/nothing.html").await.assert_status(404);
    fs::remove_dir_all(&folder).unwrap();
}
