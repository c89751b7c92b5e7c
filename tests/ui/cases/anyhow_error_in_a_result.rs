//! A `?` that converts an `anyhow::Error` to an `Error`.

use route_handlers::{Result, RouteHandlers};

async fn load() -> anyhow::Result<String> {
    Ok(std::fs::read_to_string("/no/such/file")?)
}

async fn show() -> Result<String> {
    Ok(load().await?)
}

fn main() {
    let _ = RouteHandlers::new().get("/", show);
}
