//! An extractor with a state names it: `Axum<State<App>, App>`.

use axum::extract::State;
use route_handlers::RouteHandlers;
use route_handlers::hosts::axum::Axum;

#[derive(Clone)]
struct App;

fn main() {
    let _ = RouteHandlers::new().with_state(App).get("/", async |_: Axum<State<App>>| ());
}
