//! Code of axum inside a route table: extractors, handlers, layers, and `axum::serve`.
#![cfg(feature = "axum")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{
    ConnectInfo, FromRef, FromRequestParts, MatchedPath, OriginalUri, Path, Query, RawPathParams, State,
};
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use route_handlers::hosts::axum::{Axum, AxumBody, handler, layer, response, router};
use route_handlers::{Body, Error, ErrorContext, RouteHandlers, get as get_route, post, service};
use serde::Deserialize;
use support::{get, post_json, problem, request, send, send_get};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceBuilder;
use tower::ServiceExt;
use tower::limit::ConcurrencyLimitLayer;
use tower::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

#[derive(Deserialize)]
struct Page {
    page: u32,
}

#[derive(Clone)]
struct Name(&'static str);

#[derive(Clone)]
struct App {
    name: Name,
}

impl FromRef<App> for Name {
    fn from_ref(app: &App) -> Self {
        app.name.clone()
    }
}

/// Refuses every request with a response that is no problem document.
struct Closed;

impl<S: Sync> FromRequestParts<S> for Closed {
    type Rejection = (StatusCode, [(&'static str, &'static str); 1], &'static str);

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Err((StatusCode::FORBIDDEN, [("x-closed", "yes")], "closed on Sundays"))
    }
}

// Extractors.

#[tokio::test]
async fn extractor_of_the_head_is_an_argument() {
    let api = RouteHandlers::new()
        .get("/", async |Axum(Query(query), ..): Axum<Query<Page>>| query.page.to_string())
        .get("/optional", async |query: Axum<Result<Query<Page>, QueryRejection>>| query.is_ok().to_string());
    assert_eq!(send_get(api.clone(), "/?page=2").await, (200, "2".into()));
    assert_eq!(send_get(api.clone(), "/optional").await, (200, "false".into()));
    let (status, text) = send_get(api, "/?page=x").await;
    assert_eq!(status, 400);
    assert!(text.starts_with("Failed to deserialize query string"), "{text}");
}

#[tokio::test]
async fn extractor_reads_the_extensions_of_the_host() {
    let api = RouteHandlers::new().get("/", async |peer: Axum<ConnectInfo<SocketAddr>>| peer.0.to_string());
    let mut request = get("/");
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 7))));
    assert_eq!(send(api, request).await.2, "127.0.0.1:7");
}

#[tokio::test]
async fn extractor_of_the_body_stands_at_any_position() {
    let api = RouteHandlers::new().post(
        "/{id}",
        async |body: AxumBody<axum::Json<Vec<u32>>>, method: Method, id: route_handlers::Path<u32>| {
            format!("{method} {} {:?}", id.0, body.0.0)
        },
    );
    assert_eq!(send(api.clone(), post_json("/7", "[1,2]")).await.2, "POST 7 [1, 2]");
    let (status, headers, text) = send(api, request(Method::POST, "/7", "[1,2]")).await;
    assert_eq!(
        (status.as_u16(), &headers["content-type"]),
        (415, &HeaderValue::from_static("text/plain; charset=utf-8"))
    );
    assert!(text.contains("Content-Type: application/json"), "{text}");
}

#[tokio::test]
async fn second_reader_of_the_body_is_refused_at_registration() {
    let twice = async |_: AxumBody<String>, _: String| ();
    let error = RouteHandlers::new().try_route("/", post(twice)).unwrap_err();
    assert!(error.to_string().contains("reads the body twice, as `AxumBody` and as `String`"), "{error}");
}

#[tokio::test]
async fn state_of_the_table_is_the_state_of_an_extractor() {
    let api = RouteHandlers::new()
        .with_state(App { name: Name("Ada") })
        .get("/", async |Axum(State(name), ..): Axum<State<Name>, App>| name.0)
        .post("/", async |_: AxumBody<String, App>, app: Axum<State<App>, App>| app.name.0);
    assert_eq!(send_get(api.clone(), "/").await, (200, "Ada".into()));
    assert_eq!(send(api, request(Method::POST, "/", "")).await.2, "Ada");
}

#[tokio::test]
async fn missing_state_is_refused_at_registration() {
    let error = RouteHandlers::new().try_route("/", get_route(async |_: Axum<State<App>, App>| ())).unwrap_err();
    assert!(
        error.to_string().contains("App>`, which the table lacks (it has no state yet): call `with_state`"),
        "{error}"
    );
}

#[tokio::test]
async fn rejection_is_sent_as_it_is() {
    let api = RouteHandlers::new()
        .get("/", async |_: Axum<Closed>| ())
        .get("/caught", async |closed: Result<Axum<Closed>, Error>| {
            closed.err().map(|error| error.status().to_string())
        })
        .get("/more", async |closed: Result<Axum<Closed>, Error>| {
            closed.map(|_| ()).map_err(|error| error.with_header(http::header::VARY, HeaderValue::from_static("x-day")))
        })
        .on_error(|_, _: &ErrorContext<'_>| unreachable!("a response that is carried is not shaped"));
    let (status, headers, text) = send(api.clone(), get("/")).await;
    assert_eq!((status.as_u16(), text.as_str()), (403, "closed on Sundays"));
    assert_eq!((&headers["x-closed"], headers.get("cache-control")), (&HeaderValue::from_static("yes"), None));
    assert_eq!(send_get(api.clone(), "/caught").await, (200, "403 Forbidden".into()));
    let (_, headers, text) = send(api, get("/more")).await;
    assert_eq!((&headers["vary"], text.as_str()), (&HeaderValue::from_static("x-day"), "closed on Sundays"));
}

#[test]
fn second_clone_of_an_error_is_a_problem() {
    use route_handlers::IntoResponse;

    let error = Error::from_response(http::Response::builder().status(410).body(Body::from("gone")).unwrap());
    let response = error.clone().into_response();
    assert_eq!((response.status().as_u16(), response.headers().len()), (410, 0));
    assert_eq!(error.into_response().headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn extractor_that_only_the_router_of_axum_sets_is_refused_at_registration() {
    let refused = |route| RouteHandlers::new().try_route("/{id}", route).unwrap_err().to_string();
    let paths = [
        refused(get_route(async |_: Axum<Path<u32>>| ())),
        refused(get_route(async |_: Axum<Option<Path<u32>>>| ())),
        refused(get_route(async |_: Axum<RawPathParams>| ())),
    ];
    for error in paths {
        assert!(error.contains("which only axum's router can set: take `route_handlers::Path`"), "{error}");
    }
    let matched = refused(get_route(async |_: Axum<MatchedPath>| ()));
    assert!(matched.contains("take `route_handlers::extract::MatchedRoute`"), "{matched}");
}

// Handlers.

async fn show(State(name): State<Name>, Path(id): Path<u32>, Query(page): Query<Page>) -> impl IntoResponse {
    (StatusCode::CREATED, [("x-by", "axum")], format!("{} {id} {}", name.0, page.page))
}

#[tokio::test]
async fn unchanged_handler_of_axum_is_a_handler() {
    let api = RouteHandlers::new().get("/users/{id}", handler(show, Name("Ada")));
    let (status, headers, text) = send(api.clone(), get("/users/7?page=2")).await;
    assert_eq!((status.as_u16(), &headers["x-by"], text.as_str()), (201, &HeaderValue::from_static("axum"), "Ada 7 2"));
    let (status, text) = send_get(api.clone(), "/users/x?page=2").await;
    assert_eq!(status, 400);
    assert!(text.starts_with("Invalid URL: Cannot parse"), "{text}");
    let (status, headers, text) = send(api, request(Method::HEAD, "/users/7?page=2", "")).await;
    assert_eq!((status.as_u16(), &headers["content-length"], text.as_str()), (201, &HeaderValue::from_static("7"), ""));
}

async fn describe(
    path: Option<MatchedPath>,
    OriginalUri(original): OriginalUri,
    uri: Uri,
    params: RawPathParams,
) -> String {
    let path = path.as_ref().map_or("-", MatchedPath::as_str);
    let params: Vec<String> = params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{path} {original} {uri} {}", params.join("&"))
}

#[tokio::test]
async fn handler_of_axum_sees_the_parameters_of_every_pattern() {
    let cases = [
        ("/", "/", "/ / / "),
        ("/a/{id}", "/a/%C3%A9%2F%20x?q=%2F", "/a/{id} /a/%C3%A9%2F%20x?q=%2F /a/%C3%A9%2F%20x?q=%2F id=é/ x"),
        ("/api/{id}", "/%61pi/7", "/api/{id} /%61pi/7 /%61pi/7 id=7"),
        ("/a/{x}/b/{y}", "/a/1/b/2", "/a/{x}/b/{y} /a/1/b/2 /a/1/b/2 x=1&y=2"),
        ("/files/{*path}", "/files/a/b%20c", "/files/{*path} /files/a/b%20c /files/a/b%20c path=a/b c"),
        ("/docs/{*page?}", "/docs", "/docs /docs /docs "),
        ("/docs/{*page?}", "/docs/a", "/docs/{*page} /docs/a /docs/a page=a"),
        ("/v{n}/{name}.json", "/v2/x.json", "- /v2/x.json /v2/x.json n=2&name=x"),
        ("/{{a}}/b:c/d*/{x}", "/%7Ba%7D/b:c/d*/1", "/%7Ba%7D/b:c/d*/{x} /%7Ba%7D/b:c/d*/1 /%7Ba%7D/b:c/d*/1 x=1"),
        ("/:/{x}", "/:/1", "/:/{x} /:/1 /:/1 x=1"),
        ("/{{{id}}}", "/%7B7%7D", "- /%7B7%7D /%7B7%7D id=7"),
        ("/caf\u{e9}/{d}", "/caf%C3%A9/1", "/caf%C3%A9/{d} /caf%C3%A9/1 /caf%C3%A9/1 d=1"),
    ];
    for (pattern, uri, expected) in cases {
        let api = RouteHandlers::new().get(pattern, handler(describe, ()));
        assert_eq!(send_get(api, uri).await, (200, expected.into()), "{pattern}");
    }
}

#[tokio::test]
async fn handler_of_axum_sees_the_pattern_with_the_prefix_of_each_table() {
    let users = RouteHandlers::new().get("/users/{id}", handler(describe, ()));
    let api = RouteHandlers::new().nest("/a/{tenant}", users.clone()).nest("/b", users);
    for _ in 0..2 {
        let expected = "/a/{tenant}/users/{id} /a/1/users/2 /a/1/users/2 tenant=1&id=2";
        assert_eq!(send_get(api.clone(), "/a/1/users/2").await, (200, expected.into()));
        assert_eq!(send_get(api.clone(), "/b/users/3").await, (200, "/b/users/{id} /b/users/3 /b/users/3 id=3".into()));
    }
    let outer = Router::new().nest_service("/outer/{x}", api);
    let expected = "/outer/{x}/b/users/{id} /outer/0/b/users/3 /b/users/3 x=0&id=3";
    assert_eq!(send_get(router(outer), "/outer/0/b/users/3").await, (200, expected.into()));
}

#[tokio::test]
async fn path_that_is_too_long_for_axum_is_414() {
    let api = RouteHandlers::new().get("/{id}", handler(describe, ()));
    let long = "\u{e9}".repeat(30_000); // `http` takes it without escapes, and axum needs three bytes for each byte
    match Uri::try_from(format!("/{long}")) {
        Ok(uri) => {
            let mut request = get("/");
            *request.uri_mut() = uri;
            assert_eq!(problem(&send(api, request).await)["status"], 414);
        }
        Err(_) => assert_eq!(send_get(api, &format!("/{}", "!".repeat(60_000))).await.0, 200),
    }
}

#[tokio::test]
async fn body_limit_of_the_route_is_that_of_the_extractors() {
    let api = RouteHandlers::new()
        .route("/handler", post(handler(async |body: String| body, ())).body_limit(3))
        .route("/argument", post(async |body: AxumBody<String>| body.0).body_limit(3))
        .post("/large", handler(async |body: String| body.len().to_string(), ()))
        .body_limit(3 << 20);
    for path in ["/handler", "/argument"] {
        assert_eq!(send(api.clone(), request(Method::POST, path, "abc")).await.2, "abc");
        assert_eq!(send(api.clone(), request(Method::POST, path, "abcd")).await.0, 413);
    }
    assert_eq!(send(api, request(Method::POST, "/large", "x".repeat(3 << 20))).await.2, (3 << 20).to_string());
}

#[tokio::test]
async fn response_of_axum_is_sent_as_it_is() {
    let failing = async || -> Response { (StatusCode::INTERNAL_SERVER_ERROR, "broken").into_response() };
    let api = RouteHandlers::new()
        .get("/handler", handler(failing, ()))
        .get("/response", failing)
        .get("/value", async || response((StatusCode::INTERNAL_SERVER_ERROR, "broken")))
        .on_error(|_, _: &ErrorContext<'_>| unreachable!("a response is not shaped"));
    for path in ["/handler", "/response", "/value"] {
        assert_eq!(send_get(api.clone(), path).await, (500, "broken".into()));
    }
}

#[tokio::test]
async fn panic_in_a_handler_of_axum_is_500() {
    let panicking = async || -> &'static str { panic!("on purpose") };
    let api = RouteHandlers::new().get("/", handler(panicking, ()));
    assert_eq!(problem(&send(api, get("/")).await)["status"], 500);
}

// Layers.

async fn stamp(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert("stamp", HeaderValue::from_static("seen"));
    response
}

async fn guard(
    State(name): State<Name>,
    request: axum::extract::Request,
    next: Next,
) -> Result<Response, (StatusCode, &'static str)> {
    if request.headers().contains_key("authorization") {
        Ok(next.run(request).await)
    } else {
        Err((StatusCode::UNAUTHORIZED, name.0))
    }
}

#[tokio::test]
async fn middleware_of_axum_wraps_routes() {
    let guarded = layer(from_fn_with_state(Name("who are you?"), guard));
    let api = RouteHandlers::new()
        .post("/{id}", async |id: route_handlers::Path<u32>, body: String| format!("{} {body}", id.0))
        .route_layer(guarded)
        .layer(layer(from_fn(stamp)));
    let (status, headers, text) = send(api.clone(), request(Method::POST, "/7", "x")).await;
    assert_eq!(
        (status.as_u16(), &headers["stamp"], text.as_str()),
        (401, &HeaderValue::from_static("seen"), "who are you?")
    );
    let mut authorized = request(Method::POST, "/7", "x");
    authorized.headers_mut().insert("authorization", HeaderValue::from_static("me"));
    assert_eq!(send(api.clone(), authorized).await.2, "7 x");
    let (status, headers, _) = send(api, get("/7")).await;
    assert_eq!((status.as_u16(), &headers["stamp"]), (405, &HeaderValue::from_static("seen")));
}

#[tokio::test]
async fn stack_of_layers_needs_one_adapter() {
    let layers = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(from_fn(stamp))
        .layer(ConcurrencyLimitLayer::new(1));
    let api = RouteHandlers::new().get("/", async || "hello").layer(layer(layers));
    for _ in 0..2 {
        assert_eq!(send(api.clone(), get("/")).await.1["stamp"], "seen");
    }
}

#[tokio::test]
async fn service_inside_a_layer_of_axum_keeps_an_error() {
    let failing = layer(ServiceBuilder::new().layer(TimeoutLayer::new(Duration::ZERO)));
    let api = RouteHandlers::new().get("/", std::future::pending::<()>).layer(failing);
    let expected = if cfg!(feature = "tower") { 504 } else { 500 };
    assert_eq!(send(api, get("/")).await.0, expected);
}

// Servers.

/// Sends a GET over a socket, and returns the response.
async fn get_over_socket(address: SocketAddr, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n{headers}\r\n").as_bytes()).await.unwrap();
    let mut response = String::new();
    let mut buffer = [0; 1024];
    while !response.contains("\r\n\r\n") || !(response.ends_with("hello") || response.contains("101")) {
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut buffer)).await.unwrap().unwrap();
        assert_ne!(read, 0, "{response}");
        response.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    response
}

#[tokio::test]
async fn axum_serves_a_table_in_one_expression() {
    async fn check(make: impl AsyncFnOnce(TcpListener) -> std::io::Result<()> + 'static, path: &str) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::select! {
            served = make(listener) => panic!("{served:?}"),
            response = get_over_socket(address, path, "") => assert!(response.starts_with("HTTP/1.1 200"), "{response}"),
        }
    }

    let api = RouteHandlers::new().get("/", async || "hello");
    let pages = Router::new().route("/page", axum::routing::get(async || "hello"));
    let over = api.clone().over(pages.clone());
    let layered = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(TimeoutLayer::new(Duration::from_secs(9)))
        .service(over.clone());
    let as_layer = ServiceBuilder::new().layer(TraceLayer::new_for_http()).layer(api.clone()).service(pages);
    check(async |listener| axum::serve(listener, router(api)).await, "/").await;
    check(async |listener| axum::serve(listener, router(over)).await, "/page").await;
    check(async |listener| axum::serve(listener, router(layered)).await, "/page").await;
    check(async |listener| axum::serve(listener, router(as_layer)).await, "/").await;
}

#[tokio::test]
async fn error_of_a_layer_in_a_served_table_is_a_response() {
    let hanging = RouteHandlers::new().get("/", std::future::pending::<()>);
    let app = router(ServiceBuilder::new().layer(TimeoutLayer::new(Duration::ZERO)).service(hanging));
    let expected = if cfg!(feature = "tower") { 504 } else { 500 };
    assert_eq!(problem(&send(app, get("/")).await)["status"], expected);
}

async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |_: WebSocket| ())
}

#[tokio::test]
async fn web_socket_of_axum_upgrades_over_a_socket() {
    let api = RouteHandlers::new()
        .get("/handler", handler(echo, ()))
        .get("/argument", async |Axum(upgrade, ..): Axum<WebSocketUpgrade>| upgrade.on_upgrade(async |_: WebSocket| ()))
        .layer(layer(from_fn(stamp)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connected = router(api).into_make_service_with_connect_info::<SocketAddr>();
    let served = tokio::spawn(async move { axum::serve(listener, connected).await });
    let headers = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for path in ["/handler", "/argument"] {
        let response = get_over_socket(address, path, headers).await;
        assert!(
            response.starts_with("HTTP/1.1 101") && response.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            "{response}"
        );
    }
    served.abort();
}

#[tokio::test]
async fn router_of_axum_is_a_route_without_an_adapter() {
    let inner = Router::new().route("/{id}", axum::routing::get(async |Path(id): Path<u32>| id.to_string()));
    let api =
        RouteHandlers::new().nest_service("/users", inner.clone()).route("/one", get_route(service::handler(inner)));
    assert_eq!(send_get(api, "/users/7").await, (200, "7".into()));
}

#[test]
fn adapters_are_send_and_sync() {
    fn check<T: Send + Sync>() {}
    check::<Axum<Arc<str>, App>>();
    check::<route_handlers::hosts::axum::AxumHandler>();
    check::<Error>();
    let _: fn(Request<axum::body::Body>) = drop;
    let _ = |router: Router| router.oneshot(Request::new(axum::body::Body::empty()));
}
