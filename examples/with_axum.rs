//! The users API over an axum router, and a second table inside it.
//!
//! ```text
//! cargo run --example with_axum
//! curl -i localhost:3000/api/users                                                          # 200 [{"id":1,"name":"Ada"}]
//! curl -i localhost:3000/api/users -H 'content-type: application/json' -d '{"name":"Bo"}'   # 201 {"id":2,"name":"Bo"}
//! curl -i localhost:3000/                                                                   # 200 axum's own page
//! curl -i localhost:3000/status/health                                                      # 200 well
//! ```

#[path = "shared/server.rs"]
mod server;
#[path = "shared/users.rs"]
mod users;

use std::io;

use axum::{Router, routing};
use route_handlers::RouteHandlers;
use tokio::net::TcpListener;

/// The server that is already there; a table is a service, so axum can also nest one.
fn existing() -> Router {
    Router::new()
        .route("/", routing::get(|| async { "axum's own page" }))
        .nest_service("/status", RouteHandlers::new().get("/health", async || "well"))
}

/// Serves until `shutdown`, and then until every connection is done or a time limit is over.
///
/// `axum::serve(listener, Router::new().fallback_service(app))` also serves, but waits without a limit for a client that
/// stalls.
///
/// # Errors
///
/// What the listener fails with.
pub async fn serve(listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let app = users::api().over(existing());
    server::serve(listener, app, shutdown).await
}

#[tokio::main]
async fn main() -> io::Result<()> {
    serve(server::listener().await?, server::ctrl_c()).await
}
