//! Arguments that borrow from the request.

use route_handlers::{Request, RouteHandlers};

async fn text(_: &str) -> &'static str {
    "hello"
}

async fn request(_: &Request) -> &'static str {
    "hello"
}

fn main() {
    let _ = RouteHandlers::new().get("/text", text);
    let _ = RouteHandlers::new().get("/request", request);
}
