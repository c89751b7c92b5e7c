//! The users API in front of an axum router, and a second route table inside the router.
//!
//! ```text
//! cargo run --example with_axum --features serve
//! curl -i localhost:3000/api/users                                                          # 200 [{"id":1,"name":"Ada"}]
//! curl -i localhost:3000/api/users -H 'content-type: application/json' -d '{"name":"Bo"}'   # 201 {"id":2,"name":"Bo"}
//! curl -i localhost:3000/                                                                   # 200 the page of axum
//! curl -i localhost:3000/status/health                                                      # 200 healthy
//! ```

#[path = "shared/port.rs"]
mod port;
#[path = "shared/users.rs"]
mod users;

use std::io;

use axum::{Router, routing};
use route_handlers::RouteHandlers;
use route_handlers::hosts::hyper::{serve, shutdown_signal};
use tokio::net::TcpListener;

/// The existing server. It nests a route table, which is a service too.
fn existing() -> Router {
    Router::new()
        .route("/", routing::get(|| async { "the page of axum" }))
        .nest_service("/status", RouteHandlers::new().get("/health", async || "healthy"))
}

/// Serves until `shutdown`, and then until the running requests are done or a time limit is over.
///
/// `axum::serve(listener, Router::new().fallback_service(app))` also works. It has no time limits, so a slow client delays
/// the end of the server.
pub async fn run(listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) {
    let app = users::api().over(existing());
    serve(listener, app).with_graceful_shutdown(shutdown).await;
}

#[tokio::main]
async fn main() -> io::Result<()> {
    run(port::listen().await?, shutdown_signal()).await;
    Ok(())
}
