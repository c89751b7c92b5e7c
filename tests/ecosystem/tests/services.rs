//! Services of other crates as routes.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Path as AxumPath};
use axum::routing::get as axum_get;
use ecosystem::{Exchange, app};
use http::{Method, Request, header};
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use next_proxy::proxy;
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use route_handlers::{Body, RouteHandlers, patch};
use tokio::net::TcpListener;
use tonic::Code;
use tonic::service::Routes;
use tonic::transport::Endpoint;
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tower::ServiceExt;
use tower_http::services::ServeDir;
use warp::Filter;

async fn run(table: RouteHandlers, exchanges: impl IntoIterator<Item = Exchange>) {
    let app = app(table);
    for exchange in exchanges {
        exchange.run(&app, &mut Vec::new(), "as a route").await;
    }
}

/// Serves a table over HTTP/1 and HTTP/2 until the test ends.
async fn serve(table: RouteHandlers) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the listener has an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(table.clone());
            tokio::spawn(async move {
                auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await
            });
        }
    });
    address
}

/// A folder with files, which is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("route-handlers-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("sub")).expect("the folder can be made");
        fs::write(folder.join("index.html"), "<h1>home</h1>").expect("the file can be written");
        fs::write(folder.join("a b.txt"), "0123456789").expect("the file can be written");
        fs::write(folder.join("sub/index.html"), "<h1>sub</h1>").expect("the file can be written");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn serve_dir_serves_files_below_a_prefix() {
    let folder = Folder::new("files");
    let table = RouteHandlers::new()
        .get("/files/list", async || "the list")
        .nest_service("/files", ServeDir::new(&folder.0).redirect_path_prefix("/files"))
        .nest_service("/plain", ServeDir::new(&folder.0));
    let text = |exchange: Exchange| exchange.has("content-type", "text/plain").has("accept-ranges", "bytes");
    let exchanges = [
        text(Exchange::get("/files/a%20b.txt")).text("0123456789"),
        text(Exchange::get("/files/a%20b.txt").with("range", "bytes=2-4"))
            .status(206)
            .has("content-range", "bytes 2-4/10")
            .text("234"),
        Exchange::get("/files/a%20b.txt").with("range", "bytes=20-").status(416).has("content-range", "bytes */10"),
        text(Exchange::new(Method::HEAD, "/files/a%20b.txt")).has("content-length", "10").text(""),
        Exchange::get("/files/a%20b.txt").with("if-modified-since", "Fri, 31 Dec 2100 00:00:00 GMT").status(304),
        Exchange::get("/files/none.txt").status(404),
        Exchange::get("/files/sub/").has("content-type", "text/html").text("<h1>sub</h1>"),
        Exchange::get("/files").text("<h1>home</h1>"),
        Exchange::get("/files/").text("<h1>home</h1>"),
        Exchange::post("/files/a%20b.txt", "").status(405).has("allow", "GET,HEAD"),
        Exchange::get("/files/list").text("the list"),
        Exchange::get("/files/sub").status(307).has("location", "/files/sub/"),
        // Without `redirect_path_prefix`, `ServeDir` knows only the path that it got.
        Exchange::get("/plain/sub").status(307).has("location", "/sub/"),
        Exchange::get("/files/../Cargo.toml").status(400),
        Exchange::get("/files/%2e%2e/Cargo.toml").status(400),
        Exchange::get("/files/..%2fCargo.toml").status(400),
    ];
    run(table, exchanges).await;
}

#[tokio::test]
async fn etag_of_a_route_is_that_of_the_file_of_its_service() {
    let folder = Folder::new("etag");
    let file = route_handlers::service::handler(ServeDir::new(&folder.0));
    let app = app(RouteHandlers::new().route("/{*path}", route_handlers::get(file).etag()));
    let request = Request::get("/sub/index.html").body(Body::empty());
    let first = ecosystem::send(app.clone(), request.expect("the request is valid")).await;
    let again = Request::get("/sub/index.html").header(header::IF_NONE_MATCH, &first.1[header::ETAG]);
    let (status, _, body) = ecosystem::send(app, again.body(Body::empty()).expect("the request is valid")).await;
    assert_eq!((first.0.as_u16(), status.as_u16(), body.len()), (200, 304, 0));
}

#[tokio::test]
async fn axum_router_has_its_own_parameters_below_a_prefix() {
    let shop = Router::new()
        .route("/", axum_get(async || "the shop"))
        .route(
            "/items/{id}",
            axum_get(async |AxumPath(id): AxumPath<u32>| format!("item {id}")).post(async |text: String| text),
        )
        .route("/uri", axum_get(async |OriginalUri(uri): OriginalUri| uri.to_string()))
        .fallback(async || "nothing in the shop");
    let table = RouteHandlers::new()
        .nest_service("/shop", shop.clone())
        .nest_service("/{org}/shop", shop)
        .get("/shop/items/{id}/price", async || "a price");
    let exchanges = [
        Exchange::get("/shop").text("the shop"),
        Exchange::get("/shop/items/7?x=y").text("item 7"),
        Exchange::get("/acme/shop/items/7").text("item 7"),
        Exchange::post("/shop/items/7", "body").text("body"),
        Exchange::get("/shop/items/x").status(400),
        Exchange::new(Method::DELETE, "/shop/items/7").status(405).has("allow", "GET,HEAD,POST"),
        Exchange::get("/shop/elsewhere").text("nothing in the shop"),
        Exchange::get("/shop/items/7/price").text("a price"),
        // axum's `OriginalUri` is a type of axum: without an axum router outside, it is the URI that its router gets.
        Exchange::get("/shop/uri").text("/uri"),
    ];
    run(table, exchanges).await;
}

#[tokio::test]
async fn tonic_responds_to_its_client_behind_a_table() {
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_service_status("shop", ServingStatus::NotServing).await;
    let grpc = Routes::new(health);
    let as_a_route = RouteHandlers::new()
        .get("/hello", async || "hello")
        .route_service("/grpc.health.v1.Health/{*method}", grpc.clone());
    let behind_a_table = RouteHandlers::new().get("/hello", async || "hello").route_service("/{*path?}", grpc);
    for table in [as_a_route, behind_a_table] {
        let address = serve(table).await;
        let channel = Endpoint::from_shared(format!("http://{address}")).expect("the URL is valid").connect_lazy();
        let mut client = HealthClient::new(channel);
        for (service, expected) in [("", ServingStatus::Serving), ("shop", ServingStatus::NotServing)] {
            let reply = client.check(HealthCheckRequest { service: service.to_owned() }).await;
            assert_eq!(reply.expect("the trailers say that it succeeded").get_ref().status, expected as i32);
        }
        let failed = client.check(HealthCheckRequest { service: "none".to_owned() }).await.unwrap_err();
        assert_eq!((failed.code(), failed.message()), (Code::NotFound, "service not registered"));
        let mut watch = client.watch(HealthCheckRequest { service: "shop".to_owned() }).await.unwrap().into_inner();
        for expected in [ServingStatus::NotServing, ServingStatus::Serving] {
            assert_eq!(watch.message().await.unwrap().unwrap().status, expected as i32);
            reporter.set_service_status("shop", ServingStatus::Serving).await;
        }
        reporter.set_service_status("shop", ServingStatus::NotServing).await;
    }
}

/// A server of the Model Context Protocol without tools.
#[derive(Clone)]
struct Mcp;

impl ServerHandler for Mcp {}

#[tokio::test]
async fn mcp_server_initializes_a_session() {
    let mcp = StreamableHttpService::new(
        || Ok(Mcp),
        Arc::new(LocalSessionManager::default()),
        StreamableHttpServerConfig::default(),
    );
    let table = RouteHandlers::new().route_service("/mcp", mcp.clone()).nest_service("/tools/mcp", mcp);
    let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;
    for uri in ["/mcp", "/tools/mcp"] {
        let request = Request::post(uri)
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(Body::from(initialize));
        let response = app(table.clone()).oneshot(request.expect("the request is valid")).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(response.headers().contains_key("mcp-session-id"));
        let mut events = response.into_body();
        let mut text = String::new();
        while !text.contains("serverInfo") {
            let frame = events.frame().await.expect("an event with the result").expect("the stream does not fail");
            text.push_str(&String::from_utf8_lossy(frame.data_ref().expect("a frame with data")));
        }
        assert!(text.contains(r#""protocolVersion":"2025-03-26""#), "{text}");
    }
    let refused = Exchange::post("/mcp", initialize).with("host", "localhost").status(406);
    run(table, [refused]).await;
}

#[tokio::test]
async fn warp_filters_see_the_path_below_a_prefix() {
    let hello = warp::path!("hello" / String).map(|name: String| format!("hello {name}"));
    let echo = warp::path!("echo").and(warp::post()).and(warp::body::bytes()).map(|bytes: bytes::Bytes| bytes.to_vec());
    let table = RouteHandlers::new().nest_service("/warp", warp::service(hello.or(echo)));
    let exchanges = [
        Exchange::get("/warp/hello/ada").has("content-type", "text/plain; charset=utf-8").text("hello ada"),
        Exchange::post("/warp/echo", "body").with("content-length", "4").text("body"),
        Exchange::get("/warp/elsewhere").status(404),
        Exchange::get("/warp/echo").status(405),
    ];
    run(table, exchanges).await;
}

#[tokio::test]
async fn reverse_proxy_sends_the_path_below_its_prefix() {
    let upstream = RouteHandlers::new()
        .get("/", async || "upstream")
        .route("/items/{id}", patch(async |uri: http::Uri, text: String| format!("{uri} {text}")));
    let upstream = proxy(&format!("http://{}", serve(upstream).await));
    let table = RouteHandlers::new()
        .get("/old/new", async || "here")
        .nest_service("/old", upstream.clone())
        .route_service("/items/{id}", upstream);
    let patch = |uri| Exchange::new(Method::PATCH, uri).body("body");
    let exchanges = [
        Exchange::get("/old").text("upstream"),
        Exchange::get("/old/new").text("here"),
        patch("/old/items/7?x=y").text("/items/7?x=y body"),
        patch("/items/7").text("/items/7 body"),
        Exchange::get("/items/7").status(405).has("allow", "OPTIONS, PATCH"),
        Exchange::get("/old/elsewhere").status(404),
    ];
    run(table, exchanges).await;
}
