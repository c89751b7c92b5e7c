//! The users API in front of warp filters.
//!
//! ```text
//! cargo run --example with_warp
//! curl -i localhost:3000/api/users                                                          # 200 [{"id":1,"name":"Ada"}]
//! curl -i localhost:3000/api/users -H 'content-type: application/json' -d '{"name":"Bo"}'   # 201 {"id":2,"name":"Bo"}
//! curl -i localhost:3000/                                                                   # 200 the page of warp
//! ```
//!
//! With feature `warp` a route table can also be a filter:
//! `warp::serve(hosts::warp::filter(users::api()).or(existing()))`.

#[path = "shared/server.rs"]
mod server;
#[path = "shared/users.rs"]
mod users;

use std::io;

use tokio::net::TcpListener;
use warp::{Filter, Rejection, Reply};

/// The existing server.
fn existing() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + 'static {
    warp::path::end().and(warp::get()).map(|| "the page of warp")
}

/// Serves until `shutdown`, and then until every connection is done or a time limit is over.
///
/// # Errors
///
/// Fails if the listener fails.
pub async fn serve(listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    server::serve(listener, users::api().over(warp::service(existing())), shutdown).await
}

#[tokio::main]
async fn main() -> io::Result<()> {
    serve(server::listener().await?, server::ctrl_c()).await
}
