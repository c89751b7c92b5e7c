//! The users API in front of an axum router, and a second route table inside the router.
//!
//! ```text
//! cargo run --example with_axum
//! curl -i localhost:3000/api/users                                                          # 200 [{"id":1,"name":"Ada"}]
//! curl -i localhost:3000/api/users -H 'content-type: application/json' -d '{"name":"Bo"}'   # 201 {"id":2,"name":"Bo"}
//! curl -i localhost:3000/                                                                   # 200 the page of axum
//! curl -i localhost:3000/status/health                                                      # 200 healthy
//! ```

#[path = "shared/server.rs"]
mod server;
#[path = "shared/users.rs"]
mod users;

use std::io;

use axum::{Router, routing};
use route_handlers::RouteHandlers;
use tokio::net::TcpListener;

/// The existing server. It nests a route table, which is a service too.
fn existing() -> Router {
    Router::new()
        .route("/", routing::get(|| async { "the page of axum" }))
        .nest_service("/status", RouteHandlers::new().get("/health", async || "healthy"))
}

/// Serves until `shutdown`, and then until every connection is done or a time limit is over.
///
/// `axum::serve(listener, Router::new().fallback_service(app))` also works, but has no time limits for slow clients.
///
/// # Errors
///
/// Fails if the listener fails.
pub async fn serve(listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let app = users::api().over(existing());
    server::serve(listener, app, shutdown).await
}

#[tokio::main]
async fn main() -> io::Result<()> {
    serve(server::listener().await?, server::ctrl_c()).await
}
