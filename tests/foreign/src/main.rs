//! Serves the routes that the suites of `.ci/foreign` ask for, over HTTP/1 and HTTP/2, on a free port of loopback.
//!
//! The first line on standard output is its URL.

mod bodies;
mod documents;
mod running;
mod streams;

use std::io;
use std::net::SocketAddr;

use http::Request;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use route_handlers::{Extension, RouteHandlers};
use tokio::net::TcpListener;

use running::{Counted, Running};

fn api(running: Running) -> RouteHandlers {
    RouteHandlers::new()
        .with_state(running)
        .merge(documents::api())
        .merge(bodies::api())
        .merge(streams::api())
        .get("/peer", async |Extension(client): Extension<SocketAddr>| client.to_string())
        .get("/running", running::show)
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let running = Running::default();
    let api = api(running.clone());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}", listener.local_addr()?);
    loop {
        let (stream, client) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (api, running) = (api.clone(), running.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(client);
            let guard = running.begin();
            let response = api.call(request);
            async move { response.await.map(|response| response.map(|body| Counted { body, _guard: guard })) }
        });
        tokio::spawn(async move {
            let mut server = Builder::new(TokioExecutor::new());
            server.http1().timer(TokioTimer::new());
            if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
                eprintln!("a connection failed: {error}");
            }
        });
    }
}
