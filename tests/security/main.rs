//! Known vulnerabilities of other servers, each with a test that this crate does not have it. One module for each topic,
//! one comment for each advisory. If an advisory does not apply, the module says why.

mod authority;
mod bodies;
mod cache;
mod cancellation;
mod control_headers;
mod cookies;
mod dependencies;
mod file_servers;
mod forgery;
mod framing;
mod growth;
mod guards;
mod header_values;
mod html;
mod json;
mod methods;
mod mounts;
mod panics;
mod secrets;
mod spelling;
mod upgrades;

use std::convert::Infallible;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use route_handlers::extract::MatchedRoute;
use route_handlers::{Body, IntoResponse, Response, RouteHandlers};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::{Service, ServiceExt, service_fn};

pub(crate) struct ReceivedResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl ReceivedResponse {
    pub(crate) fn problem(&self) -> Value {
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem["status"], self.status.as_u16());
        problem
    }
}

pub(crate) async fn send<S, B>(service: S, request: Request<Body>) -> ReceivedResponse
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: std::fmt::Debug>,
    B: http_body::Body<Error: std::fmt::Debug>,
{
    let (head, body) = service.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    ReceivedResponse { status: head.status, headers: head.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

pub(crate) fn request(method: Method, uri: &str) -> Request<Body> {
    Request::builder().method(method).uri(uri).body(Body::empty()).unwrap()
}

pub(crate) async fn get_from<S, B>(service: S, uri: &str) -> ReceivedResponse
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: std::fmt::Debug>,
    B: http_body::Body<Error: std::fmt::Debug>,
{
    send(service, request(Method::GET, uri)).await
}

/// Serves one HTTP/1.1 connection to a client that sends these bytes, and returns all bytes that it receives.
pub(crate) async fn exchange(api: RouteHandlers, requests: &[u8]) -> Vec<u8> {
    let (mut client, server) = tokio::io::duplex(1 << 16);
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(server), TowerToHyperService::new(api))
        .with_upgrades();
    let talk = async {
        client.write_all(requests).await.unwrap();
        let mut received = Vec::new();
        client.read_to_end(&mut received).await.unwrap();
        received
    };
    let (end, received) = tokio::join!(connection, talk);
    end.unwrap();
    received
}

/// Refuses requests for patterns below `/admin`. It checks the matched route, never the path.
pub(crate) fn refuse_admin<S>(
    inner: S,
) -> impl Service<Request<Body>, Response = Response, Error = Infallible, Future: Send> + Clone
where
    S: Service<Request<Body>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    service_fn(move |request: Request<Body>| {
        let inner = inner.clone();
        async move {
            let is_admin = request.extensions().get::<MatchedRoute>().unwrap().as_str().starts_with("/admin");
            if is_admin { Ok(StatusCode::FORBIDDEN.into_response()) } else { inner.oneshot(request).await }
        }
    })
}

/// The source files of the library, with their paths.
pub(crate) fn sources() -> Vec<(String, String)> {
    fn collect(folder: &std::path::Path, sources: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, sources);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut sources = Vec::new();
    collect(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    sources
}
