//! A service that is not `Clone` as a route.

use std::time::Duration;

use route_handlers::RouteHandlers;
use tower::Layer;
use tower::limit::RateLimitLayer;
use tower_http::services::ServeDir;

fn main() {
    let limited = RateLimitLayer::new(1, Duration::from_secs(1)).layer(ServeDir::new("public"));
    let _ = RouteHandlers::new().nest_service("/files", limited);
}
