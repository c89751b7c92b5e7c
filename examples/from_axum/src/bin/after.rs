//! The program with route tables: `cargo run -p from_axum --bin after`.

use std::net::SocketAddr;

use from_axum::after::app;
use from_axum::store::Store;
use route_handlers::hosts;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().with_env_filter("tower_http=debug").init();
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3000);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let app = hosts::axum::router(app(Store::default()));
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await
}
