//! An extractor of axum needs `Axum` or `AxumBody` around it.

use axum::extract::ConnectInfo;
use route_handlers::RouteHandlers;

fn main() {
    let _ = RouteHandlers::new().get("/", async |_: ConnectInfo<u32>| ());
}
