//! The users API in front of warp filters.
//!
//! ```text
//! cargo run --example with_warp --features serve
//! curl -i localhost:3000/api/users                                                          # 200 [{"id":1,"name":"Ada"}]
//! curl -i localhost:3000/api/users -H 'content-type: application/json' -d '{"name":"Bo"}'   # 201 {"id":2,"name":"Bo"}
//! curl -i localhost:3000/                                                                   # 200 the page of warp
//! ```
//!
//! With feature `warp` a table can also be a filter, and warp is the server:
//! `warp::serve(hosts::warp::filter(users::api()).or(existing()))`.

#[path = "shared/port.rs"]
mod port;
#[path = "shared/users.rs"]
mod users;

use std::io;

use route_handlers::hosts::hyper::{serve, shutdown_signal};
use tokio::net::TcpListener;
use warp::{Filter, Rejection, Reply};

/// The existing server.
fn existing() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + 'static {
    warp::path::end().and(warp::get()).map(|| "the page of warp")
}

/// Serves until `shutdown`, and then until the running requests are done or a time limit is over.
pub async fn run(listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) {
    let app = users::api().over(warp::service(existing()));
    serve(listener, app).with_graceful_shutdown(shutdown).await;
}

#[tokio::main]
async fn main() -> io::Result<()> {
    run(port::listen().await?, shutdown_signal()).await;
    Ok(())
}
