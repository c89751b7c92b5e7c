//! A closure that changes a captured variable.

use route_handlers::RouteHandlers;

fn main() {
    let mut count = 0;
    let _ = RouteHandlers::new().get("/", move || {
        count += 1;
        async move { count.to_string() }
    });
}
