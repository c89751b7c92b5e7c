//! A tuple with the status in the wrong place.

use http::StatusCode;
use route_handlers::RouteHandlers;

async fn status_last() -> (&'static str, StatusCode) {
    ("made", StatusCode::CREATED)
}

fn main() {
    let _ = RouteHandlers::new().post("/status", status_last);
}
