//! Shared by the tests of this crate: requests, and what their responses must have.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt;
use route_handlers::body::BoxError;
use route_handlers::{Body, Response};
use tokio::time::Instant;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

pub mod accounts;

/// A service with the error and the response body of a route table.
pub type App = BoxCloneSyncService<Request<Body>, Response, Infallible>;

/// Hides the type of a service.
pub fn app<S, B>(service: S) -> App
where
    S: Service<Request<Body>, Response = http::Response<B>, Error = Infallible, Future: Send>,
    S: Clone + Send + Sync + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    BoxCloneSyncService::new(service.map_response(|response| response.map(Body::new)))
}

/// The status, the headers and the whole body of a response.
pub type Received = (StatusCode, HeaderMap, Bytes);

/// Sends a request and reads the whole response.
pub async fn send(app: App, request: Request<Body>) -> Received {
    let Ok(response) = app.oneshot(request).await;
    let (head, body) = response.into_parts();
    (head.status, head.headers, body.collect().await.expect("the body is whole").to_bytes())
}

/// A request, and what its response must have.
#[derive(Clone, Debug)]
pub struct Exchange {
    method: Method,
    uri: &'static str,
    headers: HeaderMap,
    body: Bytes,
    statuses: Vec<u16>,
    expected: Vec<(&'static str, Option<&'static str>)>,
    text: Option<&'static str>,
    takes: Option<Duration>,
    pub is_of_the_table: bool,
}

impl Exchange {
    /// A request. The status of its response must be 200 unless [`status`](Self::status) says otherwise.
    pub fn new(method: Method, uri: &'static str) -> Self {
        Self {
            method,
            uri,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            statuses: vec![200],
            expected: Vec::new(),
            text: None,
            takes: None,
            is_of_the_table: false,
        }
    }

    pub fn get(uri: &'static str) -> Self {
        Self::new(Method::GET, uri)
    }

    pub fn post(uri: &'static str, body: impl Into<Bytes>) -> Self {
        Self::new(Method::POST, uri).body(body)
    }

    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Adds a header to the request.
    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    pub fn status(self, status: u16) -> Self {
        self.statuses([status])
    }

    /// Sends the request once for each status, all at the same time.
    pub fn statuses<const N: usize>(mut self, statuses: [u16; N]) -> Self {
        self.statuses = statuses.into();
        self
    }

    /// Expects a header of the response.
    pub fn has(mut self, name: &'static str, value: &'static str) -> Self {
        self.expected.push((name, Some(value)));
        self
    }

    /// Expects that the response lacks a header.
    pub fn lacks(mut self, name: &'static str) -> Self {
        self.expected.push((name, None));
        self
    }

    /// Expects the body of the response.
    pub fn text(mut self, text: &'static str) -> Self {
        self.text = Some(text);
        self
    }

    /// Expects that the responses are whole after this time.
    pub fn takes(mut self, time: Duration) -> Self {
        self.takes = Some(time);
        self
    }

    /// Says that the table makes the response, so that a layer around handlers does not see it.
    pub fn of_the_table(mut self) -> Self {
        self.is_of_the_table = true;
        self
    }

    /// Sends the request with the cookies of earlier responses, and checks the response.
    pub async fn run(self, app: &App, cookies: &mut Vec<String>, place: &str) {
        let mut builder = Request::builder().method(&self.method).uri(self.uri);
        *builder.headers_mut().expect("the URI is valid") = self.headers.clone();
        if !cookies.is_empty() {
            builder = builder.header(COOKIE, cookies.join("; "));
        }
        let (head, ()) = builder.body(()).expect("the headers are valid").into_parts();
        let start = Instant::now();
        let requests: Vec<_> = self
            .statuses
            .iter()
            .map(|_| Request::from_parts(head.clone(), Body::from(self.body.clone())))
            .map(|request| tokio::spawn(send(app.clone(), request)))
            .collect();
        let mut statuses = Vec::new();
        for request in requests {
            let (status, headers, body) = request.await.expect("the service does not panic");
            let text = String::from_utf8_lossy(&body);
            statuses.push(status.as_u16());
            for (name, expected) in &self.expected {
                let found = headers.get(*name).map(|value| value.to_str().expect("the header is text"));
                assert_eq!(found, *expected, "{place}: {name} of {self:?}: {status} {text}");
            }
            if let Some(expected) = self.text {
                assert_eq!(text, expected, "{place}: {self:?}: {status}");
            }
            cookies.extend(headers.get_all(SET_COOKIE).iter().map(|cookie| {
                cookie.to_str().expect("the cookie is text").split(';').next().expect("a first part").to_owned()
            }));
        }
        statuses.sort_unstable();
        assert_eq!(statuses, self.statuses, "{place}: {self:?}");
        if let Some(takes) = self.takes {
            assert_eq!(start.elapsed().as_secs(), takes.as_secs(), "{place}: {self:?}");
        }
    }
}
