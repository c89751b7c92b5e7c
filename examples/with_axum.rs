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

use axum::extract::Request;
use axum::response::IntoResponse;
use axum::{Router, routing};
use route_handlers::RouteHandlers;
use tokio::net::TcpListener;
use tower::ServiceExt;
use tower::make::Shared;

/// The server that is already there; a table is a service, so axum can also nest one.
fn existing() -> Router {
    Router::new()
        .route("/", routing::get(|| async { "axum's own page" }))
        .nest_service("/status", RouteHandlers::new().get("/health", async || "well"))
}

/// Serves until `shutdown`, and then until every connection is done.
///
/// # Errors
///
/// What the listener fails with.
pub async fn serve(listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let app = users::api().over(existing());
    let app = ServiceExt::<Request>::map_response(app, IntoResponse::into_response); // axum::serve wants axum's body
    axum::serve(listener, Shared::new(app)).with_graceful_shutdown(shutdown).await
}

#[tokio::main]
async fn main() -> io::Result<()> {
    serve(server::listener().await?, server::ctrl_c()).await
}
