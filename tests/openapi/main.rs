//! The OpenAPI document of a table's routes.

mod arguments;
mod form_data;
mod names;
mod responses;
mod serving;
mod shapes;
mod table;

#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use route_handlers::openapi::Info;
use route_handlers::{RouteHandlers, get};
use serde_json::Value;

/// Returns the document of a table. If `OPENAPI_DOCUMENTS` names a folder, each document is written there for a validator.
fn document(api: &RouteHandlers) -> Value {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let document = api.openapi(Info::new("Test", "1.0.0"));
    if let Some(folder) = std::env::var_os("OPENAPI_DOCUMENTS") {
        let name = format!("{}.json", COUNT.fetch_add(1, Ordering::Relaxed));
        std::fs::write(Path::new(&folder).join(name), document.to_json()).expect("the folder is there");
    }
    document.into_value()
}

/// Returns the operation of a handler for `GET /`, and the schemas of the document.
fn operation<A: 'static>(handler: impl route_handlers::Handler<A>) -> (Value, Value) {
    operation_at("/", handler)
}

fn operation_at<A: 'static>(pattern: &str, handler: impl route_handlers::Handler<A>) -> (Value, Value) {
    let mut document = document(&RouteHandlers::new().route(pattern, get(handler)));
    let path = document["paths"].as_object().expect("paths").keys().next().expect("a path").clone();
    (document["paths"][path]["get"].take(), document["components"]["schemas"].take())
}

/// Returns the statuses of an operation's responses.
fn statuses(operation: &Value) -> Vec<&str> {
    operation["responses"]
        .as_object()
        .map(|responses| responses.keys().map(String::as_str).collect())
        .unwrap_or_default()
}
