//! A layer that takes a request of axum.

use axum::body::Body;
use axum::middleware::{Next, from_fn};
use route_handlers::RouteHandlers;

async fn pass(request: http::Request<Body>, next: Next) -> axum::response::Response {
    next.run(request).await
}

fn main() {
    let _ = RouteHandlers::new().get("/", async || "hello").layer(from_fn(pass));
}
