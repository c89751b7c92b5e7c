//! A service in the place of a layer.

use route_handlers::{RouteHandlers, get};
use tower_http::services::ServeDir;

fn main() {
    let _ = RouteHandlers::new().get("/", async || "hello").layer(ServeDir::new("public"));
    let _ = get(async || "hello").layer(ServeDir::new("public"));
}
