//! The users API in front of a hyper server.
//!
//! ```text
//! cargo run --example with_hyper
//! curl -i localhost:3000/api/users                                                          # 200 [{"id":1,"name":"Ada"}]
//! curl -i localhost:3000/api/users -H 'content-type: application/json' -d '{"name":"Bo"}'   # 201 {"id":2,"name":"Bo"}
//! curl -i localhost:3000/                                                                   # 200 the page of hyper
//! ```

#[path = "shared/server.rs"]
mod server;
#[path = "shared/users.rs"]
mod users;

use std::convert::Infallible;
use std::io;

use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use tokio::net::TcpListener;

/// The existing server.
async fn existing(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, page) = match request.uri().path() {
        "/" => (StatusCode::OK, "the page of hyper"),
        _ => (StatusCode::NOT_FOUND, "hyper has no such page"),
    };
    let mut response = Response::new(Full::from(page));
    *response.status_mut() = status;
    Ok(response)
}

/// Serves until `shutdown`, and then until every connection is done or a time limit is over.
///
/// # Errors
///
/// Fails if the listener fails.
pub async fn serve(listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    server::serve(listener, users::api().over(tower::service_fn(existing)), shutdown).await
}

#[tokio::main]
async fn main() -> io::Result<()> {
    serve(server::listener().await?, server::ctrl_c()).await
}
