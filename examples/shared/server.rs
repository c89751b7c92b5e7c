//! A hyper server with time limits and a graceful shutdown, which the examples share.
#![allow(dead_code, reason = "each example uses a part of it")]

use std::error::Error;
use std::io;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::Service;

/// The time limit for the head of a request, and for a connection without a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// The time limit after a shutdown for requests that began before it.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens a listener on the port in the environment variable `PORT`, or on 3000.
pub async fn listener() -> io::Result<TcpListener> {
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3000);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(listener)
}

/// Waits for Ctrl-C.
pub async fn ctrl_c() {
    let _ = tokio::signal::ctrl_c().await;
}

type BoxError = Box<dyn Error + Send + Sync>;

/// Serves until `shutdown`, and then until every connection is done or [`DRAIN_TIMEOUT`] is over. The extensions of a request
/// contain the `SocketAddr` of its client.
pub async fn serve<S, R>(listener: TcpListener, service: S, shutdown: impl Future<Output = ()>) -> io::Result<()>
where
    S: Service<Request<Incoming>, Response = Response<R>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    R: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    let service = TowerToHyperService::new(service);
    let connections = GracefulShutdown::new();
    let mut tasks = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, client) = match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        // The client disconnected, or the process has no file descriptor left. Neither ends the server.
                        eprintln!("a connection was not accepted: {error}");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                };
                let service = service.clone();
                let service = service_fn(move |mut request: Request<Incoming>| {
                    request.extensions_mut().insert(client);
                    service.call(request)
                });
                let mut http = http1::Builder::new();
                http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
                let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
                tasks.spawn(async move {
                    if let Err(error) = connection.await {
                        eprintln!("a connection failed: {error}");
                    }
                });
            }
            Some(_ended) = tasks.join_next() => {}
            () = &mut shutdown => break,
        }
    }
    drop(listener); // refuses new clients, which would otherwise wait
    if tokio::time::timeout(DRAIN_TIMEOUT, connections.shutdown()).await.is_err() {
        eprintln!("some connections were cut off, as their clients did not finish in {DRAIN_TIMEOUT:?}");
    }
    Ok(()) // dropping `tasks` aborts the remaining connections
}
