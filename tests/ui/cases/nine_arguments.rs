//! More arguments than a handler can have.

use http::Method;
use route_handlers::RouteHandlers;

async fn show(
    _: Method,
    _: Method,
    _: Method,
    _: Method,
    _: Method,
    _: Method,
    _: Method,
    _: Method,
    _: Method,
) -> &'static str {
    "hello"
}

fn main() {
    let _ = RouteHandlers::new().get("/", show);
}
