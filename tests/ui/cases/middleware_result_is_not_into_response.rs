//! A middleware function that returns a number.

use route_handlers::middleware::{Next, from_fn};
use route_handlers::{Request, RouteHandlers};

fn main() {
    let log = from_fn(async |request: Request, next: Next| next.run(request).await.status().as_u16());
    let _ = RouteHandlers::new().get("/", async || "hello").layer(log);
}
