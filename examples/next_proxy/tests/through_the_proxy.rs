//! Requests through the proxy to a server on Node. Without `node` the tests are skipped.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::header::{HeaderMap, HeaderName};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use next_proxy::{Proxy, api, proxy, serve};
use route_handlers::Body;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;

/// The proxy in front of a server on Node.
struct Servers {
    _node: Child,
    /// `HOST:PORT` of the proxy.
    address: String,
    client: Client<HttpConnector, Body>,
}

/// Starts the servers, or returns `None` if there is no Node.
async fn start(configure: impl FnOnce(Proxy) -> Proxy) -> Option<Servers> {
    let mut command = Command::new("node");
    command.args([concat!(env!("CARGO_MANIFEST_DIR"), "/upstream.mjs"), "0"]).stdout(Stdio::piped()).kill_on_drop(true);
    let mut node = match command.spawn() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            eprintln!("skipped: there is no `node`");
            return None;
        }
        node => node.expect("node starts"),
    };
    let mut lines = BufReader::new(node.stdout.take().expect("its output is piped")).lines();
    let line = lines.next_line().await.unwrap().expect("node says where it listens");
    let upstream = line.strip_prefix("listening on ").expect("its line has the URL");
    Some(Servers { _node: node, address: front(configure(proxy(upstream))).await, client: client() })
}

fn client() -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Serves the example's routes in front of this proxy.
async fn front(upstream: Proxy) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(serve(listener, api().over(upstream), std::future::pending()));
    address
}

impl Servers {
    fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder().method(method).uri(format!("http://{}{path}", self.address))
    }

    async fn send(&self, request: Request<Body>) -> Response<Incoming> {
        self.client.request(request).await.expect("the proxy responds")
    }

    async fn get(&self, path: &str) -> (StatusCode, HeaderMap, String) {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        read(self.send(request).await).await
    }

    /// The headers that arrive at the upstream server.
    async fn headers_of(&self, headers: &[(&str, &str)]) -> Value {
        let request =
            headers.iter().fold(self.request(Method::GET, "/"), |request, (name, value)| request.header(*name, *value));
        let (_, _, text) = read(self.send(request.body(Body::empty()).unwrap()).await).await;
        serde_json::from_str::<Value>(&text).unwrap()["headers"].take()
    }

    /// Sends bytes, and returns all bytes of the response until the connection ends.
    async fn send_bytes(&self, bytes: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        response
    }
}

async fn read(response: Response<Incoming>) -> (StatusCode, HeaderMap, String) {
    let (head, body) = response.into_parts();
    let body = body.collect().await.expect("the body is whole").to_bytes();
    (head.status, head.headers, String::from_utf8(body.into()).expect("the body is text"))
}

async fn next_piece(body: &mut Incoming) -> Bytes {
    let piece = tokio::time::timeout(Duration::from_secs(10), body.frame()).await.expect("a piece arrives");
    piece.expect("the body goes on").expect("the body is whole").into_data().expect("the piece is data")
}

/// A body that is sent while the test goes on.
fn streamed() -> (tokio::sync::mpsc::UnboundedSender<Frame<Bytes>>, Body) {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    let frames = futures_util::stream::unfold(receiver, async |mut receiver| {
        receiver.recv().await.map(|frame| (Ok::<_, io::Error>(frame), receiver))
    });
    (sender, Body::new(StreamBody::new(frames)))
}

#[tokio::test]
async fn routes_of_the_table_are_served_here_and_others_by_node() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    let users = servers.get("/api/users/1").await;
    assert_eq!((users.0, users.2.as_str()), (StatusCode::OK, r#"{"id":1,"name":"Ada"}"#));
    assert!(!users.1.contains_key("x-upstream"));

    let (status, headers, text) = servers.get("/?a=%2F&b").await;
    let seen: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["x-upstream"], "node");
    assert_eq!((&seen["method"], &seen["url"]), (&"GET".into(), &"/?a=%2F&b".into()));

    let missing = servers.get("/api/other").await;
    assert_eq!((missing.0, missing.2.as_str()), (StatusCode::NOT_FOUND, "no page of node"));
}

#[tokio::test]
async fn method_that_a_route_lacks_is_405_and_does_not_reach_node() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    let request = servers.request(Method::PUT, "/api/users").body("{}".into()).unwrap();
    let (status, headers, _) = read(servers.send(request).await).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(headers["allow"], "GET, HEAD, OPTIONS");
    assert!(!headers.contains_key("x-upstream"));
}

#[tokio::test]
async fn body_of_a_post_is_sent_and_returned_with_its_length() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    let text = "x".repeat(3_000_000);
    let request = servers.request(Method::POST, "/echo").body(text.clone().into()).unwrap();
    assert_eq!(read(servers.send(request).await).await.2, text);
}

#[tokio::test]
async fn pieces_of_an_upload_and_a_download_pass_while_both_go_on() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    for method in [Method::POST, Method::GET] {
        let (upload, body) = streamed();
        let request = servers.request(method, "/echo").header("transfer-encoding", "chunked").header("te", "trailers");
        let request = request.header("trailer", "x-end").body(body).unwrap();
        upload.send(Frame::data("one".into())).unwrap();
        let mut download = servers.send(request).await.into_body();
        assert_eq!(next_piece(&mut download).await, "one");
        upload.send(Frame::data("two".into())).unwrap();
        assert_eq!(next_piece(&mut download).await, "two");
        let trailers = HeaderMap::from_iter([(HeaderName::from_static("x-end"), "done".parse().unwrap())]);
        upload.send(Frame::trailers(trailers)).unwrap();
        drop(upload);
        let end = download.collect().await.unwrap();
        assert_eq!(end.trailers().expect("trailers pass")["x-end"], "done");
    }
}

#[tokio::test]
async fn server_sent_events_pass_one_by_one() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    let request = servers.request(Method::GET, "/events").body(Body::empty()).unwrap();
    let response = servers.send(request).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body();
    for id in 1..=3 {
        assert_eq!(next_piece(&mut events).await, format!("data: {id}\n\n"));
        assert_eq!(servers.get("/signal").await.2, "true");
    }
    assert!(events.frame().await.is_none());
}

#[tokio::test]
async fn messages_of_a_websocket_pass_in_both_directions() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    let url = format!("ws://{}/socket", servers.address);
    let (mut socket, response) =
        tokio_tungstenite::client_async(&url, TcpStream::connect(&servers.address).await.unwrap()).await.unwrap();
    assert_eq!(response.headers()["upgrade"], "websocket");
    for text in ["hello".to_owned(), "x".repeat(1000), "y".repeat(100_000)] {
        socket.send(Message::text(text.clone())).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::text(text));
    }
    socket.close(None).await.unwrap();
    assert!(matches!(socket.next().await, Some(Ok(Message::Close(_)))));
    assert!(socket.next().await.is_none());
}

#[tokio::test]
async fn other_protocols_are_not_switched_to() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    let headers = servers
        .headers_of(&[("connection", "upgrade, http2-settings"), ("upgrade", "h2c"), ("http2-settings", "AAMAAABk")])
        .await;
    assert!(["upgrade", "http2-settings"].iter().all(|name| headers.get(name).is_none()), "{headers}");
    assert_eq!(servers.get("/switch").await.0, StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn headers_of_one_connection_are_not_passed_on() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    let headers = servers
        .headers_of(&[
            ("connection", "x-a, , X-B"),
            ("connection", "x-c,x-forwarded-for, via"),
            ("x-a", "1"),
            ("x-b", "1"),
            ("x-c", "1"),
            ("x-d", "kept"),
            ("keep-alive", "timeout=9"),
            ("proxy-connection", "keep-alive"),
            ("proxy-authorization", "Basic eDp5"),
            ("te", "gzip;q=0.5, trailers"),
        ])
        .await;
    let gone = ["x-a", "x-b", "x-c", "keep-alive", "proxy-connection", "proxy-authorization"];
    assert!(gone.iter().all(|name| headers.get(name).is_none()), "{headers}");
    let kept = [("x-d", "kept"), ("te", "trailers"), ("x-forwarded-for", "127.0.0.1"), ("via", "1.1 next_proxy")];
    assert!(kept.iter().all(|(name, value)| headers[name] == *value), "{headers}");

    let (_, headers, text) = servers.get("/hop").await;
    assert_eq!(text, "hop");
    assert!(!headers.contains_key("x-hop") && !headers.contains_key("keep-alive"), "{headers:?}");
}

#[tokio::test]
async fn node_learns_who_the_client_is_and_a_client_cannot_lie() {
    let lies = [
        ("host", "shop.example"),
        ("x-forwarded-for", "1.2.3.4"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=1.2.3.4"),
    ];
    let Some(servers) = start(|proxy| proxy).await else { return };
    let headers = servers.headers_of(&lies).await;
    assert_eq!(headers["host"], "shop.example");
    assert_eq!(headers["x-forwarded-host"], "shop.example");
    assert_eq!(headers["x-forwarded-for"], "127.0.0.1");
    assert_eq!(headers["x-forwarded-proto"], "http");
    assert!(headers.get("forwarded").is_none());

    let Some(servers) = start(Proxy::behind_a_proxy).await else { return };
    let headers = servers.headers_of(&lies).await;
    assert_eq!(headers["x-forwarded-for"], "1.2.3.4, 127.0.0.1");
    assert_eq!(headers["x-forwarded-proto"], "https");
    assert_eq!(headers["forwarded"], "for=1.2.3.4");
}

#[tokio::test]
async fn request_has_one_host_and_one_end() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    let full_url = "GET http://a.example/ HTTP/1.1\r\nhost: b.example\r\nconnection: close\r\n\r\n";
    let response = servers.send_bytes(full_url).await;
    assert!(response.contains(r#""host":"a.example""#) && response.contains(r#""url":"/""#), "{response}");
    let two_hosts = "GET / HTTP/1.1\r\nhost: a.example\r\nhost: b.example\r\nconnection: close\r\n\r\n";
    assert!(servers.send_bytes(two_hosts).await.starts_with("HTTP/1.1 400"));
    let connect = "CONNECT a.example:80 HTTP/1.1\r\nhost: a.example:80\r\nconnection: close\r\n\r\n";
    assert!(servers.send_bytes(connect).await.starts_with("HTTP/1.1 501"));
    let coded = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\nconnection: close\r\n\r\n0\r\n\r\n";
    assert!(servers.send_bytes(coded).await.starts_with("HTTP/1.1 501"));
    let two_lengths =
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    let response = servers.send_bytes(two_lengths).await;
    assert!(
        response.contains(r#""transfer-encoding":"chunked""#) && !response.contains(r#""content-length""#),
        "{response}"
    );
}

#[tokio::test]
async fn response_of_head_keeps_its_length() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    let request = servers.request(Method::HEAD, "/hop").body(Body::empty()).unwrap();
    let (status, headers, text) = read(servers.send(request).await).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, ""));
    assert_eq!(headers["content-length"], "3");
}

#[tokio::test]
async fn response_that_breaks_off_does_not_end_as_if_it_were_whole() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    let response = servers.send(servers.request(Method::GET, "/cut").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.into_body().collect().await.is_err());
}

#[tokio::test]
async fn request_is_cancelled_if_the_client_goes_away() {
    let Some(servers) = start(|proxy| proxy).await else { return };
    let request = servers.request(Method::GET, "/never").body(Body::empty()).unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(200), client().request(request)).await;
    assert!(waiting.is_err(), "node does not respond");
    for _ in 0..100 {
        if servers.get("/closed").await.2 == "1" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the request goes on without a client");
}

#[tokio::test]
async fn server_that_does_not_respond_is_504() {
    let Some(servers) = start(|proxy| proxy.response_timeout(Duration::from_millis(300))).await else { return };
    assert_eq!(servers.get("/never").await.0, StatusCode::GATEWAY_TIMEOUT);

    // The time limit does not end an upload that makes progress.
    let (upload, body) = streamed();
    let sending = tokio::spawn(async move {
        for _ in 0..6 {
            upload.send(Frame::data("x".into())).unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let request = servers.request(Method::POST, "/echo").body(body).unwrap();
    assert_eq!(read(servers.send(request).await).await.2, "xxxxxx");
    sending.await.unwrap();
}

#[tokio::test]
async fn server_that_is_down_is_502_and_the_routes_here_go_on() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let address = front(proxy(&format!("http://127.0.0.1:{port}"))).await;
    for (path, status) in [("/", StatusCode::BAD_GATEWAY), ("/api/users", StatusCode::OK)] {
        let response = client().get(format!("http://{address}{path}").parse().unwrap()).await.unwrap();
        let (seen, headers, text) = read(response).await;
        assert_eq!(seen, status);
        assert_eq!(headers["content-type"] == "application/problem+json", status == StatusCode::BAD_GATEWAY, "{text}");
        assert!(!text.contains(&port.to_string()), "the cause is not for the client: {text}");
    }
}

#[test]
fn invalid_url_of_an_upstream_server_is_refused() {
    for url in ["localhost:3001", "/", "https://localhost", "http://localhost:3001/app", "http://", ""] {
        let panic = std::panic::catch_unwind(|| drop(proxy(url))).expect_err(url);
        assert!(panic.downcast_ref::<String>().unwrap().contains("write one such as `http://localhost:3001`"));
    }
    drop(proxy("http://localhost:3001/"));
}
