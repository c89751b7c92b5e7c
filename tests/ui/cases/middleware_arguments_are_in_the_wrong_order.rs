//! A middleware function with an argument after the request.

use http::HeaderMap;
use route_handlers::middleware::{Next, from_fn};
use route_handlers::{Request, RouteHandlers};

fn main() {
    let log = from_fn(async |request: Request, headers: HeaderMap, next: Next| {
        println!("{headers:?}");
        next.run(request).await
    });
    let _ = RouteHandlers::new().get("/", async || "hello").layer(log);
}
