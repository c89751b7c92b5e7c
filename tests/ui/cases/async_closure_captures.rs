//! An `async` closure with a future that borrows from the closure.

use route_handlers::RouteHandlers;

fn main() {
    let greeting = String::from("hello");
    let _ = RouteHandlers::new().get("/", async move || greeting.clone());
    let greeting = String::from("hello");
    let _ = RouteHandlers::new().get("/moved", move || async { greeting });
}
