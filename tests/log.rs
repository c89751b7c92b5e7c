//! The lines of the log with feature `tracing`.
#![cfg(feature = "tracing")]

mod support;

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use http::Method;
use route_handlers::after::{BoxFuture, WaitUntil};
use route_handlers::middleware::{Next, from_fn};
use route_handlers::{After, ErrorContext, Request, Response, Result, RouteHandlers, post};
use support::{request, send};
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
fn forget(request: http::Request<route_handlers::Body>) -> http::Request<route_handlers::Body> {
    let (parts, body) = request.into_parts();
    http::Request::builder().method(parts.method).uri(parts.uri).body(body).unwrap()
}

async fn refuse(_: Request, _: Next) -> Result<Response> {
    Err(std::io::Error::other("no session"))?
}

#[test]
fn line_names_the_method_the_route_the_status_and_the_cause() {
    let api = RouteHandlers::new()
        .get("/guarded/{id}", failing)
        .route_layer(from_fn(refuse))
        .route("/lost", post(async || "").layer(tower::util::MapRequestLayer::new(forget)))
        .get("/failing/{id}", failing)
        .get("/panicking/{id}", panicking)
        .get("/after/{id}", async |after: After| after.run(async {}))
        .wait_until(Broken);
    let hooked = RouteHandlers::new()
        .get("/hook/{id}", failing)
        .on_error(|_, _: &ErrorContext<'_>| -> Response { panic!("expected by the test") });
    let cases = [
        ("/lost", 1, "POST", "", "without the extensions"), // the route was in the extensions
        ("/failing/7", 1, "GET", "/failing/{id}", "the disk is full"),
        ("/panicking/7", 1, "GET", "/panicking/{id}", "expected by the test"),
        ("/guarded/7", 1, "GET", "/guarded/{id}", "no session"),
        ("/after/7", 1, "GET", "/after/{id}", "its work is lost"),
        ("/hook/7", 2, "GET", "/hook/{id}", "expected by the test"),
        ("/failing/7/x", 0, "", "", ""),
    ];
    for (uri, count, method, route, cause) in cases {
        let log = Log::default();
        let api = api.clone().merge(hooked.clone());
        let method_sent = Method::from_bytes(method.as_bytes()).unwrap_or_default();
        let sent = request(method_sent, uri, "");
        tracing::subscriber::with_default(log.clone(), || tokio_test::block_on(send(api, sent)));
        let lines = log.0.lock().unwrap().clone();
        assert_eq!(lines.len(), count, "{uri}: {lines:?}");
        let Some(last) = lines.last() else { continue };
        for part in [
            format!("http.request.method=\"{method}\""),
            if route.is_empty() { String::new() } else { format!("http.route=\"{route}\"") },
            "http.response.status_code=500".to_owned(),
            cause.to_owned(),
        ] {
            assert!(last.contains(&part), "{uri}: {last}");
        }
    }
}
