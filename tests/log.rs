//! The lines of the log with feature `tracing`.
#![cfg(all(feature = "testing", feature = "tracing"))]

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use futures_util::{StreamExt, stream};
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use route_handlers::after::{BoxFuture, WaitUntil};
use route_handlers::body::BoxError;
#[cfg(feature = "timeout")]
use route_handlers::get;
use route_handlers::middleware::{Next, from_fn};
use route_handlers::service::{HandlerLayer, HttpService};
use route_handlers::testing::Client;
use route_handlers::{After, Body, Error, ErrorContext, Request, Response, Result, RouteHandlers, post};
use tower::ServiceExt;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Collects each event as its fields.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("route_handlers")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}

struct Broken;

impl WaitUntil for Broken {
    fn wait_until(&self, _: BoxFuture<'static, ()>) {
        panic!("expected by the test");
    }
}

async fn failing() -> Result<&'static str> {
    Err(std::io::Error::other("the disk is full"))?
}

async fn panicking() -> &'static str {
    panic!("expected by the test")
}

/// Builds a new request without the extensions of the first one.
fn forget(request: http::Request<Body>) -> http::Request<Body> {
    let (parts, body) = request.into_parts();
    http::Request::builder().method(parts.method).uri(parts.uri).body(body).unwrap()
}

async fn refuse(_: Request, _: Next) -> Result<Response> {
    Err(std::io::Error::other("no session"))?
}

/// A layer that fails before the handler runs.
fn breaking() -> impl HandlerLayer + Clone {
    tower::filter::FilterLayer::new(|_: http::Request<Body>| Err::<http::Request<Body>, _>("the layer is broken"))
}

/// The lines that are added to the log until a future ends.
fn lines(work: impl Future) -> Vec<String> {
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || drop(tokio_test::block_on(work)));
    std::mem::take(&mut log.0.lock().unwrap())
}

/// The lines that a request to a service adds.
fn lines_of(app: impl HttpService, method: &str, uri: &str) -> Vec<String> {
    let client = Client::new(app);
    lines(async { client.request(Method::from_bytes(method.as_bytes()).unwrap(), uri).await })
}

#[track_caller]
fn assert_names(line: &str, method: &str, route: Option<&str>, status: u16, cause: &str) {
    assert!(line.contains(&format!("http.request.method=\"{method}\" ")), "{line}");
    assert_eq!(line.contains("http.route="), route.is_some(), "{line}");
    assert!(route.is_none_or(|route| line.contains(&format!("http.route=\"{route}\" "))), "{line}");
    assert!(line.contains(&format!("http.response.status_code={status} ")), "{line}");
    assert!(line.contains(cause), "{line}");
}

#[test]
fn line_names_the_method_the_route_the_status_and_the_cause() {
    let panicking_hook = |_: Error, _: &ErrorContext<'_>| -> Response { panic!("expected by the test") };
    let api = RouteHandlers::new()
        .get("/guarded/{id}", failing)
        .route_layer(from_fn(refuse))
        .route("/lost", post(async || "").layer(tower::util::MapRequestLayer::new(forget)))
        .get("/failing/{id}", failing)
        .get("/busy/{id}", async || Error::new(StatusCode::SERVICE_UNAVAILABLE).with_detail("no worker is free"))
        .get("/panicking/{id}", panicking)
        .nest("/behind", RouteHandlers::new().get("/{id}", failing).claim("/claimed").layer(breaking()))
        .merge(RouteHandlers::new().get("/hook/{id}", failing).claim("/hooked").on_error(panicking_hook));
    for (method, uri, count, route, status, cause) in [
        ("POST", "/lost", 1, None, 500, "without the extensions"), // the route was in the extensions
        ("GET", "/failing/7", 1, Some("/failing/{id}"), 500, "the disk is full"),
        ("HEAD", "/failing/7", 1, Some("/failing/{id}"), 500, "the disk is full"),
        ("GET", "/busy/7", 1, Some("/busy/{id}"), 503, "no worker is free"),
        ("GET", "/panicking/7", 1, Some("/panicking/{id}"), 500, "expected by the test"),
        ("GET", "/guarded/7", 1, Some("/guarded/{id}"), 500, "no session"),
        ("GET", "/behind/7", 1, Some("/behind/{id}"), 500, "the layer is broken"),
        ("DELETE", "/behind/7", 1, Some("/behind/{id}"), 500, "the layer is broken"),
        ("GET", "/behind/%FF", 1, Some("/behind/{id}"), 500, "the layer is broken"),
        ("GET", "/behind/claimed/7", 1, None, 500, "the layer is broken"),
        ("GET", "/hook/7", 2, Some("/hook/{id}"), 500, "expected by the test"),
        ("DELETE", "/hook/7", 1, Some("/hook/{id}"), 500, "expected by the test"),
        ("GET", "/hooked/7", 1, None, 500, "expected by the test"),
    ] {
        let lines = lines_of(api.clone(), method, uri);
        assert_eq!(lines.len(), count, "{uri}: {lines:?}");
        for line in &lines {
            assert_names(line, method, route, status, "");
        }
        assert!(lines[count - 1].contains(cause), "{uri}: {lines:?}");
    }
    for (method, uri) in [("GET", "/failing/7/x"), ("DELETE", "/failing/7"), ("GET", "/failing/%FF")] {
        assert_eq!(lines_of(api.clone(), method, uri), [""; 0], "{method} {uri}");
    }
}

#[test]
fn line_of_a_broken_hook_for_work_names_the_method_and_the_route() {
    let api = RouteHandlers::new().get("/{id}", async |after: After| after.run(async {})).wait_until(Broken);
    let request = http::Request::get("/7").body(Body::empty()).unwrap();
    let [line] = &lines(api.oneshot(request))[..] else { panic!("there is one line") };
    assert_names(line, "GET", Some("/{id}"), 500, "its work is lost");
}

#[test]
fn line_of_a_middleware_outside_a_table_names_no_route() {
    let app = tower::ServiceBuilder::new().layer(from_fn(refuse)).service(RouteHandlers::new().get("/{id}", failing));
    let [line] = &lines_of(app, "PUT", "/7")[..] else { panic!("there is one line") };
    assert_names(line, "PUT", None, 500, "no session");
}

#[cfg(feature = "axum")]
#[test]
fn line_of_a_service_that_axum_serves_names_the_method_and_the_status() {
    let failing = tower::service_fn(async |_: http::Request<axum::body::Body>| {
        Err::<Response, _>(BoxError::from("the server behind is gone"))
    });
    let app = route_handlers::hosts::axum::router(RouteHandlers::new().get("/{id}", async || "").over(failing));
    let [line] = &lines_of(app, "PUT", "/a/b")[..] else { panic!("there is one line") };
    assert_names(line, "PUT", None, 500, "the server behind is gone");
}

/// A body that fails after its first chunk.
fn broken(error: impl Into<BoxError>) -> Body {
    Body::from_stream(stream::iter([Ok("a chunk"), Err(error.into())]))
}

async fn failing_body() -> (StatusCode, Body) {
    (StatusCode::CREATED, broken("the disk is full"))
}

async fn panicking_body() -> (StatusCode, Body) {
    let chunks = stream::iter(0..2).map(|chunk| match chunk {
        0 => Ok::<_, BoxError>("a chunk"),
        _ => panic!("expected by the test"),
    });
    (StatusCode::CREATED, Body::from_stream(chunks))
}

#[test]
fn line_of_a_body_that_fails_names_the_method_the_route_and_the_status() {
    let api = RouteHandlers::new()
        .get("/export/{id}", failing_body)
        .get("/panics/{id}", panicking_body)
        .get("/limited/{id}", async || broken(Error::new(StatusCode::PAYLOAD_TOO_LARGE)))
        .layer(from_fn(async |request: Request, next: Next| next.run(request).await));
    let app = RouteHandlers::new().nest_service("/outer", api.clone()).merge(api);
    let read = async |method: &str, uri: &str| {
        let request = http::Request::builder().method(method).uri(uri).body(Body::empty()).unwrap();
        let Ok(response) = app.clone().oneshot(request).await;
        let _ = response.into_body().collect().await;
    };
    for (uri, route, cause) in [
        ("/export/7", "/export/{id}", "the disk is full"),
        ("/panics/7", "/panics/{id}", "expected by the test"),
        ("/outer/export/7", "/outer/{*rest?}", "the disk is full"),
    ] {
        let lines = lines(read("GET", uri));
        assert_eq!(lines.len(), 1, "{uri}: {lines:?}");
        assert_names(&lines[0], "GET", Some(route), 201, cause);
    }
    assert_eq!(lines(read("HEAD", "/export/7")), [""; 0]);
    assert_eq!(lines(read("GET", "/limited/7")), [""; 0]); // the client causes it
}

#[cfg(feature = "timeout")]
#[tokio::test(start_paused = true)]
async fn line_of_a_deadline_names_its_status() {
    let slow = get(std::future::pending::<()>).timeout(std::time::Duration::from_secs(1));
    let log = Log::default();
    let _logging = tracing::subscriber::set_default(log.clone());
    Client::new(RouteHandlers::new().route("/slow/{id}", slow)).get("/slow/7").await.assert_status(504);
    let lines = log.0.lock().unwrap().clone();
    assert_names(&lines[0], "GET", Some("/slow/{id}"), 504, "");
}
