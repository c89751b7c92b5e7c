//! A reverse proxy as a tower service.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Buf;
use http::header::{CONNECTION, CONTENT_LENGTH, FORWARDED, HOST, TE, TRANSFER_ENCODING, UPGRADE, VIA};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, Version, header};
use http_body_util::BodyExt;
use hyper::upgrade::OnUpgrade;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use route_handlers::body::BoxError;
use route_handlers::{Body, Error, IntoResponse, Response, Result};
use tokio::sync::Notify;
use tower::Service;

/// The time limit for opening a connection to the upstream server.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Node closes a connection that is idle for 5 seconds. A request on a connection that is about to close would fail.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// The time limit for the head of the response. It starts anew with each piece of the request's body.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(60);

/// Headers that are for one connection only (RFC 9110 §7.6.1). `Trailer` stays: hyper sends only the trailers that it lists.
const HOP_BY_HOP: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Headers in which a proxy describes the client. A client that is not a proxy must not set them.
const ABOUT_THE_CLIENT: [HeaderName; 6] = [
    FORWARDED,
    X_FORWARDED_FOR,
    X_FORWARDED_HOST,
    HeaderName::from_static("x-forwarded-port"),
    X_FORWARDED_PROTO,
    HeaderName::from_static("x-real-ip"),
];

const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// Makes a service that sends each request to an upstream server, and returns its response.
///
/// # Panics
///
/// If `upstream` is not an `http` URL without a path, such as `http://localhost:3001`.
pub fn proxy(upstream: &str) -> Proxy {
    let url: Option<Uri> = upstream.parse().ok();
    let url =
        url.filter(|url| url.scheme() == Some(&Scheme::HTTP) && url.path_and_query().is_none_or(|path| path == "/"));
    let Some(authority) = url.and_then(|url| url.authority().cloned()) else {
        panic!("`{upstream}` is not the URL of an upstream server: write one such as `http://localhost:3001`");
    };
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_timer(TokioTimer::new())
        .build(connector);
    Proxy { client, upstream: authority, is_behind_a_proxy: false, response_timeout: RESPONSE_TIMEOUT }
}

/// A reverse proxy: see [`proxy`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Proxy {
    client: Client<HttpConnector, Body>,
    upstream: Authority,
    is_behind_a_proxy: bool,
    response_timeout: Duration,
}

impl Proxy {
    /// Keeps `Forwarded` and `X-Forwarded-…` of the requests. Call this only if all requests come from a proxy that sets them.
    pub fn behind_a_proxy(mut self) -> Self {
        self.is_behind_a_proxy = true;
        self
    }

    /// Sets the time limit for the head of the response. Afterwards the response is 504.
    pub fn response_timeout(mut self, limit: Duration) -> Self {
        self.response_timeout = limit;
        self
    }

    async fn respond<B>(self, mut request: Request<B>) -> Result<Response>
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        let client = is_websocket(&request).then(|| hyper::upgrade::on(&mut request));
        let request = self.to_upstream(request, client.is_some())?;
        let mut response = self.send(request).await?;
        let is_switched = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        if is_switched {
            let is_websocket = response.headers().get(UPGRADE).is_some_and(is_the_websocket);
            let Some(client) = client.filter(|_| is_websocket) else {
                return Err(bad_gateway("the upstream server switched to a protocol that the client did not ask for"));
            };
            tokio::spawn(tunnel(client, hyper::upgrade::on(&mut response)));
        }
        remove_hop_by_hop(response.headers_mut());
        if is_switched {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
            response.headers_mut().insert(UPGRADE, WEBSOCKET);
        }
        Ok(response.map(Body::new))
    }

    /// Makes the request for the upstream server. Its path, its query and its `Host` are those of the client.
    fn to_upstream<B>(&self, request: Request<B>, is_websocket: bool) -> Result<Request<B>> {
        let (mut parts, body) = request.into_parts();
        if parts.method == Method::CONNECT {
            return Err(Error::new(StatusCode::NOT_IMPLEMENTED)); // this is no forward proxy
        }
        // Two servers might choose different ones (RFC 9112 §3.2).
        if parts.headers.get_all(HOST).iter().count() > 1 {
            return Err(Error::new(StatusCode::BAD_REQUEST).with_detail("the request has several `Host` headers"));
        }
        // hyper decodes `chunked` only. The upstream server would not learn of another coding (RFC 9112 §6.1).
        if tokens(&parts.headers, &TRANSFER_ENCODING).any(|coding| !coding.eq_ignore_ascii_case(b"chunked")) {
            return Err(Error::new(StatusCode::NOT_IMPLEMENTED));
        }
        let client = parts.extensions.get::<SocketAddr>().map(SocketAddr::ip);
        let is_chunked = parts.headers.contains_key(TRANSFER_ENCODING);
        let takes_trailers = has_token(&parts.headers, &TE, "trailers");
        let headers = &mut parts.headers;
        // `Connection` may list any name, so this comes before the headers that the proxy sets.
        remove_hop_by_hop(headers);

        // HTTP/2 has no `Host`, and that of a request for a full URL does not count (RFC 9112 §3.2.2).
        if let Some(authority) = parts.uri.authority() {
            let host = authority.as_str().rsplit('@').next().unwrap_or_default();
            headers.insert(HOST, HeaderValue::try_from(host).map_err(|_| Error::new(StatusCode::BAD_REQUEST))?);
        }
        if !self.is_behind_a_proxy {
            ABOUT_THE_CLIENT.iter().for_each(|name| drop(headers.remove(name)));
        }
        if let Some(ip) = client {
            headers.append(X_FORWARDED_FOR, HeaderValue::try_from(ip.to_string()).expect("an address is ASCII"));
        }
        if let Some(host) = headers.get(HOST).cloned() {
            headers.entry(X_FORWARDED_HOST).or_insert(host);
        }
        headers.entry(X_FORWARDED_PROTO).or_insert(HeaderValue::from_static("http"));
        headers.append(VIA, HeaderValue::from_static("1.1 next_proxy"));

        if is_chunked {
            headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked")); // also for a GET with a body
        }
        let mut options = Vec::new();
        if takes_trailers {
            headers.insert(TE, HeaderValue::from_static("trailers"));
            options.push("te");
        }
        if is_websocket {
            headers.insert(UPGRADE, WEBSOCKET);
            options.push("upgrade");
        }
        if !options.is_empty() {
            headers.insert(CONNECTION, HeaderValue::try_from(options.join(", ")).expect("tokens are ASCII"));
        }

        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let uri = Uri::builder().scheme(Scheme::HTTP).authority(self.upstream.clone()).path_and_query(path);
        parts.uri = uri.build().map_err(|_| Error::new(StatusCode::BAD_REQUEST))?;
        parts.version = Version::HTTP_11;
        Ok(Request::from_parts(parts, body))
    }

    async fn send<B>(&self, request: Request<B>) -> Result<http::Response<hyper::body::Incoming>>
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        let progress = Arc::new(Notify::new());
        let sent = Arc::clone(&progress);
        let request = request.map(|body| {
            Body::new(body.map_frame(move |frame| {
                sent.notify_one();
                frame
            }))
        });
        let mut response = pin!(self.client.request(request));
        loop {
            tokio::select! {
                response = &mut response => return response.map_err(bad_gateway),
                () = progress.notified() => {}
                () = tokio::time::sleep(self.response_timeout) => return Err(Error::new(StatusCode::GATEWAY_TIMEOUT)),
            }
        }
    }
}

impl<B> Service<Request<B>> for Proxy
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let response = self.clone().respond(request);
        Box::pin(async { Ok(response.await.unwrap_or_else(IntoResponse::into_response)) })
    }
}

/// Whether the request asks for a WebSocket.
///
/// The proxy switches to no other protocol. With `h2c`, a client could send requests to the upstream server that the routes in
/// front do not see.
fn is_websocket<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    request.version() == Version::HTTP_11
        && has_token(headers, &CONNECTION, "upgrade")
        && headers.get(UPGRADE).is_some_and(is_the_websocket)
}

fn is_the_websocket(protocol: &HeaderValue) -> bool {
    protocol.as_bytes().eq_ignore_ascii_case(WEBSOCKET.as_bytes())
}

/// Copies bytes in both directions until both sides are closed.
async fn tunnel(client: OnUpgrade, upstream: OnUpgrade) {
    if let Ok((client, upstream)) = tokio::try_join!(client, upstream) {
        // An error is the end of one side. Dropping both closes the other one.
        let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(upstream)).await;
    }
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH); // RFC 9112 §6.3: otherwise two servers might see two ends of the message
    }
    let listed: Vec<_> = tokens(headers, &CONNECTION).filter_map(|name| HeaderName::from_bytes(name).ok()).collect();
    listed.iter().chain(&HOP_BY_HOP).for_each(|name| drop(headers.remove(name)));
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    tokens(headers, name).any(|own| own.eq_ignore_ascii_case(token.as_bytes()))
}

/// The members of a header that is a list.
fn tokens<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h [u8]> {
    let lines = headers.get_all(name).iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

/// Logs the cause, which is not for the client.
fn bad_gateway(cause: impl Into<BoxError>) -> Error {
    let cause = cause.into();
    eprintln!("the upstream server did not respond: {cause:?}");
    Error::from_source(StatusCode::BAD_GATEWAY, cause)
}
