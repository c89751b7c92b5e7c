//! The argument at fault is between valid ones.

use http::Method;
use route_handlers::{Path, RouteHandlers};

struct User;

async fn show(_: Method, _: User, _: Path<u32>) -> &'static str {
    "hello"
}

fn main() {
    let _ = RouteHandlers::new().get("/{id}", show);
}
