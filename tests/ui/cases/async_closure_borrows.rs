//! An `async` closure without `move` that captures a variable.

use route_handlers::RouteHandlers;

fn main() {
    let greeting = String::from("hello");
    let _ = RouteHandlers::new().get("/", async || greeting.clone());
}
