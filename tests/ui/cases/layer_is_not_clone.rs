//! A layer with a service that is not `Clone`.

use std::time::Duration;

use route_handlers::RouteHandlers;
use tower::limit::RateLimitLayer;

fn main() {
    let _ = RouteHandlers::new().get("/", async || "hello").layer(RateLimitLayer::new(1, Duration::from_secs(1)));
}
