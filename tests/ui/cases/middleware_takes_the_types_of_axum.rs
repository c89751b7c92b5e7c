//! A middleware function with the `Request` and the `Next` of axum.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use route_handlers::RouteHandlers;
use route_handlers::middleware::from_fn;

async fn log(request: Request, next: Next) -> Response {
    next.run(request).await
}

fn main() {
    let _ = RouteHandlers::new().get("/", async || "hello").layer(from_fn(log));
}
