//! The users API in front of a hyper server.
//!
//! ```text
//! cargo run --example with_hyper --features serve
//! curl -i localhost:3000/api/users                                                          # 200 [{"id":1,"name":"Ada"}]
//! curl -i localhost:3000/api/users -H 'content-type: application/json' -d '{"name":"Bo"}'   # 201 {"id":2,"name":"Bo"}
//! curl -i localhost:3000/                                                                   # 200 the page of hyper
//! ```

#[path = "shared/port.rs"]
mod port;
#[path = "shared/users.rs"]
mod users;

use std::convert::Infallible;
use std::io;

use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use route_handlers::hosts::hyper::{serve, shutdown_signal};
use tokio::net::TcpListener;
use tower::service_fn;

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

/// Serves until `shutdown`, and then until the running requests are done or a time limit is over.
pub async fn run(listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) {
    let app = users::api().over(service_fn(existing));
    serve(listener, app).with_graceful_shutdown(shutdown).await;
}

#[tokio::main]
async fn main() -> io::Result<()> {
    run(port::listen().await?, shutdown_signal()).await;
    Ok(())
}
