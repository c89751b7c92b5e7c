//! Shared by the tests: builds and sends requests, reads problem documents, and provides an inner service.

#![allow(dead_code, reason = "each test uses some of it")]

use std::convert::Infallible;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use route_handlers::Body;
use route_handlers::after::{BoxFuture, WaitUntil};
use route_handlers::body::BoxError;
use serde_json::Value;
use tower::{Service, ServiceExt};

/// The status, the headers and the whole body of a response.
pub type ReceivedResponse = (StatusCode, HeaderMap, String);

/// Sends a request and reads the whole response.
pub async fn send<S, R>(service: S, request: Request<Body>) -> ReceivedResponse
where
    S: Service<Request<Body>, Response = Response<R>, Error: Debug>,
    R: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    let response = service.oneshot(request).await.expect("the service responds");
    let (head, body) = response.into_parts();
    let body = body.collect().await.map_err(Into::into).expect("the body is whole").to_bytes();
    (head.status, head.headers, String::from_utf8(body.into()).expect("the body is text"))
}

/// Sends a GET and returns the status and the text of the response.
pub async fn send_get<S, R>(service: S, uri: &str) -> (u16, String)
where
    S: Service<Request<Body>, Response = Response<R>, Error: Debug>,
    R: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    let (status, _, text) = send(service, get(uri)).await;
    (status.as_u16(), text)
}

/// A GET request without headers.
pub fn get(uri: &str) -> Request<Body> {
    request(Method::GET, uri, "")
}

/// A request without headers.
pub fn request(method: Method, uri: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(method).uri(uri).body(body.into());
    request.expect("the URI is valid")
}

/// A POST with the content type of JSON; the body may be malformed.
pub fn post_json(uri: &str, json: impl Into<Body>) -> Request<Body> {
    let mut request = request(Method::POST, uri, json);
    request.headers_mut().insert("content-type", "application/json".parse().expect("a media type"));
    request
}

/// The problem document of a failed response. Checks that it has the status of the response and `no-store`.
#[track_caller]
pub fn problem((status, headers, text): &ReceivedResponse) -> Value {
    let header = |name: &str| headers.get(name).map_or("", |value| value.to_str().expect("the header is text"));
    assert_eq!(header("content-type"), "application/problem+json", "{text}");
    assert_eq!(header("cache-control"), "no-store");
    let problem: Value = serde_json::from_str(text).expect("a problem document is JSON");
    assert_eq!(problem["status"], status.as_u16());
    problem
}

/// The status of a failed response and the `detail` of its problem document.
#[track_caller]
pub fn status_and_detail(response: &ReceivedResponse) -> (u16, String) {
    let problem = problem(response);
    (response.0.as_u16(), problem["detail"].as_str().unwrap_or_default().to_owned())
}

/// An inner service that responds with `inner:`, the method and the URI of the request.
pub fn inner()
-> impl Service<Request<Body>, Response = Response<String>, Error = Infallible, Future: Send> + Clone + Send + Sync {
    tower::service_fn(async |request: Request<Body>| {
        Ok(Response::new(format!("inner: {} {}", request.method(), request.uri())))
    })
}

/// A hook that keeps the work until the test runs it.
#[derive(Clone, Default)]
pub struct Later(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl WaitUntil for Later {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        self.0.lock().unwrap().push(work);
    }
}

impl Later {
    pub fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    pub fn take(&self) -> Vec<BoxFuture<'static, ()>> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}
