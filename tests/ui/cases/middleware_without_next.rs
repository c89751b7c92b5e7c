//! A middleware function without `Next`.

use route_handlers::middleware::from_fn;
use route_handlers::{Request, RouteHandlers};

fn main() {
    let log = from_fn(async |request: Request| println!("{}", request.uri()));
    let _ = RouteHandlers::new().get("/", async || "hello").layer(log);
}
