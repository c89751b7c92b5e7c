//! `hosts::axum::handler` takes a handler of axum, and its state.

use axum::extract::State;
use route_handlers::RouteHandlers;
use route_handlers::hosts;

async fn show(State(name): State<String>) -> String {
    name
}

fn main() {
    let _ = RouteHandlers::new().get("/", hosts::axum::handler(show, 7));
}
