//! Some routes in Rust in front of a running server. All other requests go to that server.

mod proxy;

use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use route_handlers::service::RouteHandlersService;
use route_handlers::{Json, Path, RouteHandlers};
use serde::Serialize;
use tokio::net::TcpListener;

pub use proxy::{Proxy, proxy};

#[derive(Serialize)]
struct User {
    id: u32,
    name: &'static str,
}

/// The routes that have moved to Rust. To move another one, add it here.
pub fn api() -> RouteHandlers {
    RouteHandlers::new()
        .get("/api/users", async || Json([User { id: 1, name: "Ada" }]))
        .get("/api/users/{id}", async |Path(id): Path<u32>| (id == 1).then_some(Json(User { id, name: "Ada" })))
}

/// Serves until `shutdown`, and then until every request is done or 10 seconds are over.
pub async fn serve(listener: TcpListener, service: RouteHandlersService<Proxy>, shutdown: impl Future<Output = ()>) {
    let service = TowerToHyperService::new(service);
    let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
    http.http1().timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(30));
    let connections = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let Ok((stream, client)) = accepted else {
            tokio::time::sleep(Duration::from_millis(50)).await; // the process may have no file descriptor left
            continue;
        };
        let _ = stream.set_nodelay(true); // so that each piece of a stream is sent at once
        let service = service.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(client); // for `X-Forwarded-For`
            service.call(request)
        });
        let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("a connection failed: {error}");
            }
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(Duration::from_secs(10), connections.shutdown()).await;
}
