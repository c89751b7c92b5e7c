//! A value of axum's `IntoResponse` needs `hosts::axum::response` around it.

use route_handlers::RouteHandlers;

fn main() {
    let _ = RouteHandlers::new().get("/", async || axum::response::Html("hello"));
}
