//! `Axum` takes extractors of the head. `AxumBody` takes those of the body.

use route_handlers::RouteHandlers;
use route_handlers::hosts::axum::Axum;

fn main() {
    let _ = RouteHandlers::new().post("/", async |_: Axum<axum::Json<u32>>| ());
}
