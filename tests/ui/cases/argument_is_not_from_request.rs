//! An argument that is not made from a request.

use route_handlers::RouteHandlers;

struct User;

async fn show(_: User) -> &'static str {
    "hello"
}

fn main() {
    let _ = RouteHandlers::new().get("/function", show);
    let _ = RouteHandlers::new().get("/closure", async |_: User| "hello");
}
