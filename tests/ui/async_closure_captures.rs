//! An `async` closure whose future borrows what the closure captured.

use route_handlers::RouteHandlers;

fn main() {
    let greeting = String::from("hello");
    let _ = RouteHandlers::new().get("/", async move || greeting.clone());
}
