//! A tuple whose status does not stand first.

use http::StatusCode;
use route_handlers::RouteHandlers;

async fn status_last() -> (&'static str, StatusCode) {
    ("made", StatusCode::CREATED)
}

fn main() {
    let _ = RouteHandlers::new().post("/status", status_last);
}
