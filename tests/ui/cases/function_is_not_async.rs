//! A function that is not `async`.

use route_handlers::RouteHandlers;

fn show() -> &'static str {
    "hello"
}

fn main() {
    let _ = RouteHandlers::new().get("/function", show);
    let _ = RouteHandlers::new().get("/closure", || "hello");
}
