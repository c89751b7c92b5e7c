//! The hosts, most of which also serve a page.

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use route_handlers::RouteHandlers;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::service_fn;
use warp::Filter;

use crate::table::routes;

#[path = "../../examples/with_axum.rs"]
#[allow(dead_code, reason = "`main` is used by the example only")]
mod with_axum;
#[path = "../../examples/with_hyper.rs"]
#[allow(dead_code, reason = "`main` is used by the example only")]
mod with_hyper;
#[path = "../../examples/with_warp.rs"]
#[allow(dead_code, reason = "`main` is used by the example only")]
mod with_warp;

const PAGE: &str = "the host's page";

/// A running server, and how to send requests to it.
pub(crate) struct Host {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) has_a_page: bool,
    /// False if the host strips the prefix before the table sees the path.
    pub(crate) routes_the_prefix: bool,
    pub(crate) prefix: &'static str,
}

impl Host {
    fn new(name: &'static str, address: SocketAddr) -> Self {
        Self { name, address, has_a_page: true, routes_the_prefix: true, prefix: "/api" }
    }
}

/// The routes below their prefix.
fn api() -> RouteHandlers {
    RouteHandlers::new().nest("/api", routes()).claim("/api")
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// An existing inner service with one page.
async fn existing<B>(request: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path();
    if path == "/page" {
        return Ok(Response::new(Full::from(PAGE)));
    }
    let mut response = Response::new(Full::from(format!("the host has no {path}")));
    *response.status_mut() = StatusCode::NOT_FOUND;
    Ok(response)
}

/// Serves a service of hyper's trait.
async fn serve_hyper<S, R>(service: S) -> SocketAddr
where
    S: hyper::service::Service<Request<Incoming>, Response = Response<R>, Error = Infallible, Future: Send>,
    S: Clone + Send + 'static,
    R: http_body::Body<Data: Send, Error: Into<route_handlers::body::BoxError>> + Send + 'static,
{
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone()));
        }
    });
    address
}

pub(crate) async fn hyper_alone() -> Host {
    let address = serve_hyper(TowerToHyperService::new(api())).await;
    Host { has_a_page: false, ..Host::new("hyper alone", address) }
}

pub(crate) async fn hyper_over_a_service() -> Host {
    let app = api().over(service_fn(existing));
    Host::new("hyper, over a service", serve_hyper(TowerToHyperService::new(app)).await)
}

#[cfg(feature = "hyper")]
pub(crate) async fn hyper_service_alone() -> Host {
    Host { has_a_page: false, ..Host::new("hyper's Service alone", serve_hyper(api()).await) }
}

#[cfg(feature = "hyper")]
pub(crate) async fn hyper_service_over_a_service() -> Host {
    let app = api().over(hyper::service::service_fn(existing));
    Host::new("hyper's Service, over a service", serve_hyper(app).await)
}

async fn serve_axum(router: axum::Router) -> SocketAddr {
    let (listener, address) = listen().await;
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn axum_router() -> axum::Router {
    axum::Router::new().route("/page", axum::routing::get(async || PAGE))
}

pub(crate) async fn axum_in_router_layer() -> Host {
    Host::new("axum, Router::layer", serve_axum(axum_router().layer(api())).await)
}

pub(crate) async fn axum_as_fallback_service() -> Host {
    Host::new("axum, fallback_service", serve_axum(axum_router().fallback_service(api())).await)
}

pub(crate) async fn axum_in_nest_service() -> Host {
    let address = serve_axum(axum_router().nest_service("/api", routes())).await;
    Host { routes_the_prefix: false, prefix: "", ..Host::new("axum, nest_service", address) }
}

pub(crate) async fn axum_over_a_router() -> Host {
    let app = axum::Router::new().fallback_service(api().over(axum_router()));
    Host::new("axum, over a router", serve_axum(app).await)
}

/// The services of tonic are routes of an axum router.
pub(crate) async fn axum_over_a_tonic_router() -> Host {
    let grpc = tonic::service::Routes::default().into_axum_router().merge(axum_router());
    Host::new("tonic, Router::layer", serve_axum(grpc.layer(api())).await)
}

pub(crate) async fn warp_over_filters() -> Host {
    let page = warp::path!("page").map(|| PAGE);
    let app = api().over(warp::service(page));
    Host::new("warp, over filters", serve_hyper(TowerToHyperService::new(app)).await)
}

#[cfg(feature = "warp")]
pub(crate) async fn warp_as_a_filter() -> Host {
    let (listener, address) = listen().await;
    let page = warp::path!("page").map(|| PAGE);
    let server = warp::serve(route_handlers::hosts::warp::filter(api()).or(page)).incoming(listener);
    tokio::spawn(server.run());
    Host::new("warp, as a filter", address)
}

/// Runs the three examples.
pub(crate) async fn examples() -> [SocketAddr; 3] {
    serve_examples(pending).await.map(|(address, _)| address)
}

/// Runs the three examples, each until its `shutdown` future is ready.
pub(crate) async fn serve_examples<F>(shutdown: impl Fn() -> F) -> [(SocketAddr, JoinHandle<()>); 3]
where
    F: Future<Output = ()> + Send + 'static,
{
    let [(hyper, hyper_at), (axum, axum_at), (warp, warp_at)] = [listen().await, listen().await, listen().await];
    [
        (hyper_at, tokio::spawn(with_hyper::run(hyper, shutdown()))),
        (axum_at, tokio::spawn(with_axum::run(axum, shutdown()))),
        (warp_at, tokio::spawn(with_warp::run(warp, shutdown()))),
    ]
}
