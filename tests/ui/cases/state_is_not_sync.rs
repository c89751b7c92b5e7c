//! A state that threads cannot share.

use std::cell::Cell;

use route_handlers::{RouteHandlers, State};

async fn count(State(counter): State<Cell<u32>>) -> String {
    counter.get().to_string()
}

fn main() {
    let _ = RouteHandlers::new().get("/", count);
    let _ = RouteHandlers::new().with_state(Cell::new(0));
}
