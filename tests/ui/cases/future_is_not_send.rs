//! A future that cannot move to another thread.

use std::rc::Rc;

use route_handlers::RouteHandlers;

async fn wait() {}

async fn show() -> String {
    let greeting = Rc::new(String::from("hello"));
    wait().await;
    greeting.to_string()
}

fn main() {
    let _ = RouteHandlers::new().get("/", show);
}
