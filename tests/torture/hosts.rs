//! The hosts. Each one serves HTTP/1.1 and HTTP/2.

use std::net::SocketAddr;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use route_handlers::RouteHandlers;
use route_handlers::after::BoxFuture;
use tokio::net::TcpListener;

/// Starts a server and returns its address.
pub(crate) type Serve = fn(RouteHandlers) -> BoxFuture<'static, SocketAddr>;

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

pub(crate) fn hyper(api: RouteHandlers) -> BoxFuture<'static, SocketAddr> {
    Box::pin(async {
        let (listener, address) = listen().await;
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let service = TowerToHyperService::new(api.clone());
                tokio::spawn(async move {
                    let builder = auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        address
    })
}

pub(crate) fn axum(api: RouteHandlers) -> BoxFuture<'static, SocketAddr> {
    Box::pin(async {
        let (listener, address) = listen().await;
        let router = axum::Router::new().fallback_service(api);
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    })
}

#[cfg(feature = "warp")]
pub(crate) fn warp(api: RouteHandlers) -> BoxFuture<'static, SocketAddr> {
    Box::pin(async {
        let (listener, address) = listen().await;
        let server = warp::serve(route_handlers::hosts::warp::filter(api)).incoming(listener);
        tokio::spawn(server.run());
        address
    })
}
