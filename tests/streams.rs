//! Streamed responses: when chunks are sent, what happens if a stream fails, and backpressure.

mod support;

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use route_handlers::pages::{PagesBody, PagesRequest, PagesResponse, pages};
use route_handlers::{Body, Error, Form, Json, Response, Result, RouteHandlers, get};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, yield_now};
use tower::ServiceExt;

use support::{problem, request, send, status_and_detail};

type Chunk = Result<Bytes, io::Error>;

#[allow(clippy::unnecessary_wraps, reason = "it is an item of a stream of results")]
fn chunk(text: &'static str) -> Chunk {
    Ok(Bytes::from_static(text.as_bytes()))
}

#[allow(clippy::unnecessary_wraps, reason = "it is an item of a stream of results")]
fn boom() -> Chunk {
    Err(io::Error::other("boom"))
}

/// A table that responds once, with the chunks of the sender.
fn channel() -> (mpsc::UnboundedSender<Chunk>, RouteHandlers) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let receiver = Arc::new(std::sync::Mutex::new(Some(receiver)));
    let api = RouteHandlers::new().get("/", move || {
        let mut receiver = receiver.lock().unwrap().take().expect("only one request is sent");
        async move { Body::from_stream(stream::poll_fn(move |cx| receiver.poll_recv(cx))) }
    });
    (sender, api)
}

/// A table that responds to `GET /` with these chunks.
fn chunks(chunks: &'static [fn() -> Chunk]) -> RouteHandlers {
    RouteHandlers::new().get("/", move || async move { Body::from_stream(stream::iter(chunks).map(|chunk| chunk())) })
}

/// Sends a request for `/` over a connection that hyper serves. The task returns the result of the connection.
async fn ask(api: RouteHandlers, method: &str) -> (DuplexStream, JoinHandle<hyper::Result<()>>) {
    let (mut client, server) = duplex(64 * 1024);
    let connection = http1::Builder::new().serve_connection(TokioIo::new(server), TowerToHyperService::new(api));
    let connection = tokio::spawn(connection);
    client.write_all(format!("{method} / HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    (client, connection)
}

async fn read_until(client: &mut DuplexStream, end: &str) -> String {
    let mut read = Vec::new();
    while !read.ends_with(end.as_bytes()) {
        read.push(
            client.read_u8().await.unwrap_or_else(|_| panic!("no {end:?} in {:?}", String::from_utf8_lossy(&read))),
        );
    }
    String::from_utf8(read).unwrap()
}

async fn read_to_end(client: &mut DuplexStream) -> String {
    let mut read = String::new();
    client.read_to_string(&mut read).await.unwrap();
    read
}

#[tokio::test]
async fn head_and_chunks_are_sent_immediately() {
    let (sender, api) = channel();
    let (mut client, _connection) = ask(api, "GET").await;
    let head = read_until(&mut client, "\r\n\r\n").await; // before the first chunk
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("transfer-encoding: chunked"), "{head}");
    for text in ["one", "two"] {
        sender.send(chunk(text)).unwrap();
        assert_eq!(read_until(&mut client, &format!("{text}\r\n")).await, format!("3\r\n{text}\r\n"));
    }
    drop(sender);
    assert_eq!(read_until(&mut client, "0\r\n\r\n").await, "0\r\n\r\n");
}

#[tokio::test]
async fn first_chunk_is_sent_although_it_is_polled_early() {
    let (status, _, text) = send(chunks(&[|| chunk("a"), || chunk(""), || chunk("b")]), support::get("/")).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "ab"));

    let (mut client, _connection) = ask(chunks(&[|| chunk("a"), || chunk("b")]), "GET").await;
    assert!(read_until(&mut client, "0\r\n\r\n").await.ends_with("\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n"));
}

#[tokio::test]
async fn error_before_the_first_byte_is_a_500_problem_without_its_text() {
    let response = send(chunks(&[boom, || chunk("late")]), support::get("/")).await;
    assert_eq!(problem(&response)["status"], 500);
    assert!(!response.2.contains("boom"));

    let (mut client, _connection) = ask(chunks(&[boom]), "GET").await;
    assert!(read_until(&mut client, "\r\n\r\n").await.starts_with("HTTP/1.1 500 "));

    let head = send(chunks(&[boom]), request(Method::HEAD, "/", "")).await;
    assert_eq!((head.0.as_u16(), head.2.as_str()), (500, ""));
}

#[tokio::test]
async fn crate_error_before_the_first_byte_is_its_own_response() {
    async fn gone() -> Body {
        let error = Error::new(StatusCode::GONE).with_detail("no longer kept");
        Body::from_stream(stream::iter([Err::<Bytes, _>(error)]))
    }
    let api = RouteHandlers::new().get("/", gone);
    assert_eq!(status_and_detail(&send(api, support::get("/")).await), (410, "no longer kept".into()));
}

#[tokio::test]
async fn error_before_the_first_byte_goes_through_on_error_and_layers() {
    let layer = tower_http::set_header::SetResponseHeaderLayer::overriding(
        http::HeaderName::from_static("x-layer"),
        |response: &http::Response<Body>| http::HeaderValue::from_str(response.status().as_str()).ok(),
    );
    let failing = async || Body::from_stream(stream::iter([boom()]));
    let api = RouteHandlers::new().route("/", get(failing).layer(layer)).on_error(|error, _| {
        assert_eq!(error.source().unwrap().to_string(), "boom");
        http::Response::builder().status(503).body("shaped".into()).unwrap()
    });
    let (status, headers, text) = send(api, support::get("/")).await;
    assert_eq!((status.as_u16(), headers["x-layer"].to_str().unwrap(), text.as_str()), (503, "503", "shaped"));
}

#[tokio::test]
async fn panic_before_the_first_byte_is_a_500_problem() {
    async fn panics() -> Body {
        Body::from_stream(stream::poll_fn(|_| -> Poll<Option<Chunk>> { panic!("boom") }))
    }
    let response = send(RouteHandlers::new().get("/", panics), support::get("/")).await;
    assert_eq!(problem(&response)["status"], 500);
}

/// A body that panics after its first frame: in `poll_frame`, or in `size_hint`.
#[derive(Clone, Copy, Debug)]
enum Panicking {
    Poll,
    Hint,
}

struct PanickingBody(Panicking, usize);

struct Nowhere;

impl route_handlers::after::WaitUntil for Nowhere {
    fn wait_until(&self, _: route_handlers::after::BoxFuture<'static, ()>) {}
}

impl http_body::Body for PanickingBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        self.1 += 1;
        assert!(self.1 == 1 || matches!(self.0, Panicking::Hint), "boom");
        Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(b"partial")))))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        assert!(self.1 == 0 || matches!(self.0, Panicking::Poll), "boom");
        http_body::SizeHint::default()
    }
}

#[tokio::test]
async fn panic_after_the_first_byte_is_an_error_of_the_body() {
    let panicking: fn() -> Chunk = || panic!("boom");
    let stream = move || Body::from_stream(stream::iter([|| chunk("partial"), panicking]).map(|chunk| chunk()));
    let table = RouteHandlers::new()
        .get("/stream", move || async move { stream() })
        .get("/body", async || Body::new(PanickingBody(Panicking::Poll, 0)))
        .get("/hint", async || Body::new(PanickingBody(Panicking::Hint, 0)))
        .route("/layer", get(move || async move { stream() }).layer(tower_http::compression::CompressionLayer::new()))
        .get("/after", move |after: route_handlers::After| async move {
            after.run(async {});
            stream()
        })
        .wait_until(Nowhere);
    for path in ["/stream", "/body", "/hint", "/layer", "/after"] {
        let response = table.clone().oneshot(support::get(path)).await.unwrap();
        let mut body = response.into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "partial", "{path}");
        assert!(!body.is_end_stream(), "{path}");
        assert!(body.frame().await.unwrap().is_err(), "{path}");

        let (mut client, server) = duplex(64 * 1024);
        let service = TowerToHyperService::new(table.clone());
        let connection = tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(server), service));
        client.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await.unwrap();
        let response = read_to_end(&mut client).await;
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {response}");
        assert!(response.ends_with("7\r\npartial\r\n"), "{path}: {response}");
        assert!(!response.ends_with("0\r\n\r\n"), "{path}: {response}");
        assert!(connection.await.unwrap().unwrap_err().is_user(), "{path}");
    }
}

#[tokio::test]
async fn failed_request_body_gives_its_own_error_to_the_handler() {
    async fn length(body: Body) -> Result<String> {
        Ok(body.collect().await?.to_bytes().len().to_string())
    }
    let api = RouteHandlers::new().post("/", length);
    let own = || Error::new(StatusCode::GONE).with_detail("no longer kept");
    let broken = |error: route_handlers::body::BoxError| {
        Body::from_stream(stream::iter([chunk("a").map_err(Into::into), Err(error)]))
    };
    for (body, status) in [
        (Body::from("abc"), 200),
        (broken(own().into()), 410),
        (broken(io::Error::other("boom").into()), 500),
        (Body::new(http_body_util::Limited::new(Body::from("abc"), 2)), 413),
        (
            Body::new(http_body_util::Limited::new(
                Body::new(http_body_util::Limited::new(broken(own().into()), 9)),
                9,
            )),
            410,
        ),
    ] {
        let (seen, _, text) = send(api.clone(), request(Method::POST, "/", body)).await;
        assert_eq!(seen, status, "{text}");
        assert!(!text.contains("boom"), "{text}");
    }
    let error: route_handlers::body::BodyError = broken(io::Error::other("boom").into()).collect().await.unwrap_err();
    assert!(error.get_ref().is::<io::Error>() && std::error::Error::source(&error).unwrap().is::<io::Error>());
}

#[tokio::test]
async fn error_after_the_first_byte_aborts_the_connection() {
    // The first chunk is ready before the head is sent, or it is not.
    let (mut client, connection) = ask(chunks(&[|| chunk("partial"), boom]), "GET").await;
    let response = read_to_end(&mut client).await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n") && response.ends_with("7\r\npartial\r\n"), "{response}");
    assert!(connection.await.unwrap().unwrap_err().is_user());

    let (sender, api) = channel();
    let (mut client, connection) = ask(api, "GET").await;
    read_until(&mut client, "\r\n\r\n").await;
    sender.send(chunk("partial")).unwrap();
    assert_eq!(read_until(&mut client, "partial\r\n").await, "7\r\npartial\r\n");
    sender.send(boom()).unwrap();
    assert_eq!(read_to_end(&mut client).await, "");
    assert!(connection.await.unwrap().unwrap_err().is_user());
}

#[tokio::test]
async fn error_between_head_and_first_chunk_aborts_the_connection() {
    let (sender, api) = channel();
    let (mut client, connection) = ask(api, "GET").await;
    read_until(&mut client, "\r\n\r\n").await;
    sender.send(boom()).unwrap();
    assert_eq!(read_to_end(&mut client).await, "");
    assert!(connection.await.unwrap().is_err());
}

#[tokio::test]
async fn empty_stream_is_an_empty_response() {
    let response = chunks(&[]).oneshot(support::get("/")).await.unwrap();
    assert!(response.body().is_end_stream());
    assert_eq!(response.body().size_hint().exact(), Some(0));
    assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
}

/// An endless stream that counts its polls.
struct Counted(Arc<AtomicUsize>, Bytes);

impl Stream for Counted {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Some(Ok(self.1.clone())))
    }
}

fn counted(chunk_size: usize) -> (Arc<AtomicUsize>, RouteHandlers) {
    let polls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&polls);
    let api = RouteHandlers::new().get("/", move || {
        let stream = Counted(Arc::clone(&counter), vec![b'x'; chunk_size].into());
        async move { Body::from_stream(stream) }
    });
    (polls, api)
}

#[tokio::test]
async fn each_frame_polls_the_stream_once() {
    let (polls, api) = counted(1);
    let mut body = api.oneshot(support::get("/")).await.unwrap().into_body();
    assert_eq!(polls.load(Ordering::Relaxed), 1, "the first chunk is polled before the head is sent");
    for read in [1, 2, 3, 4] {
        body.frame().await.unwrap().unwrap();
        assert_eq!(polls.load(Ordering::Relaxed), read, "the first frame was polled early");
    }
}

#[tokio::test]
async fn endless_empty_chunks_block_neither_the_head_nor_other_tasks() {
    let (polls, api) = counted(0);
    let response = api.oneshot(support::get("/")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let before = polls.load(Ordering::Relaxed);
    assert!((1..=16).contains(&before), "{before} polls before the head");
    let mut collecting = pin!(response.into_body().collect());
    for turn in 1..=3 {
        assert!(futures_util::poll!(collecting.as_mut()).is_pending());
        let seen = polls.load(Ordering::Relaxed) - before;
        assert!(seen <= turn * 16, "{seen} polls in {turn} turns");
    }

    let (polls, api) = counted(0);
    let (mut client, connection) = ask(api, "GET").await; // all tasks share one thread
    let head = read_until(&mut client, "\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    drop(client);
    let _ = connection.await.unwrap();
    assert!(polls.load(Ordering::Relaxed) > 0);
}

/// A body of empty chunks, followed by other chunks.
fn after_empty_chunks(count: usize, last: &'static [fn() -> Chunk]) -> Body {
    Body::from_stream(stream::iter((0..count).map(|_| chunk(""))).chain(stream::iter(last).map(|last| last())))
}

#[tokio::test]
async fn chunk_after_empty_chunks_is_not_lost() {
    for count in [0, 1, 15, 16, 17, 100] {
        let sent = RouteHandlers::new().get("/", move || async move { after_empty_chunks(count, &[|| chunk("a")]) });
        let (status, _, text) = send(sent, support::get("/")).await;
        assert_eq!((status.as_u16(), text.as_str()), (200, "a"), "{count} empty chunks");

        let failing = RouteHandlers::new().get("/", move || async move { after_empty_chunks(count, &[boom]) });
        let response = failing.oneshot(support::get("/")).await.unwrap();
        assert_eq!(response.status().as_u16() == 500, count < 16, "{count} empty chunks");
        assert_eq!(response.into_body().collect().await.is_err(), count >= 16, "{count} empty chunks");

        // A request that has only empty chunks has no content.
        let optional = RouteHandlers::new().post("/", async |note: Option<String>| format!("{note:?}"));
        let none = request(Method::POST, "/", after_empty_chunks(count, &[]));
        assert_eq!(send(optional.clone(), none).await.2, "None", "{count} empty chunks");
        let some = request(Method::POST, "/", after_empty_chunks(count, &[|| chunk("a")]));
        assert_eq!(send(optional.clone(), some).await.2, "Some(\"a\")", "{count} empty chunks");
    }
}

async fn read_text(req: PagesRequest, res: PagesResponse) -> Response {
    let PagesBody::Text(text) = req.body() else { return res.status(500).end("") };
    res.send(text.clone())
}

#[tokio::test]
async fn each_reader_of_a_request_reads_past_empty_chunks() {
    let api = RouteHandlers::new()
        .post("/text", async |text: String| text)
        .post("/bytes", async |bytes: Bytes| bytes)
        .post("/json", async |Json(text): Json<String>| text)
        .post("/form", async |Form(fields): Form<HashMap<String, String>>| fields["a"].clone())
        .post("/pages", pages(read_text));
    let cases: [(&str, &str, [&str; 2]); 5] = [
        ("/text", "text/plain", ["b", "c"]),
        ("/bytes", "application/octet-stream", ["b", "c"]),
        ("/json", "application/json", ["\"b", "c\""]),
        ("/form", "application/x-www-form-urlencoded", ["a=b", "c"]),
        ("/pages", "text/plain", ["b", "c"]),
    ];
    for (path, content_type, [first, last]) in cases {
        let empty = || stream::iter((0..50).map(|_| chunk("")));
        let body = empty()
            .chain(stream::iter([chunk(first)]))
            .chain(empty())
            .chain(stream::iter([chunk(last)]))
            .chain(empty());
        let mut request = request(Method::POST, path, Body::from_stream(body));
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        let (status, _, text) = send(api.clone(), request).await;
        assert_eq!((status.as_u16(), text.as_str()), (200, "bc"), "{path}");
    }
}

#[tokio::test]
async fn slow_client_pauses_the_stream_and_disconnect_drops_it() {
    let (polls, api) = counted(64 * 1024);
    let (client, connection) = ask(api, "GET").await;
    for _ in 0..1000 {
        yield_now().await;
    }
    let pulled = polls.load(Ordering::Relaxed);
    assert!((1..=32).contains(&pulled), "{pulled} chunks of 64 KiB were read for a client that reads nothing");
    drop(client);
    assert!(connection.await.unwrap().is_err());
    assert_eq!(polls.load(Ordering::Relaxed), pulled);
}

#[tokio::test]
async fn head_request_does_not_read_the_stream() {
    let (polls, api) = counted(1);
    let (mut client, _connection) = ask(api, "HEAD").await;
    let head = read_until(&mut client, "\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && !head.contains("content-length"), "{head}");
    assert_eq!(polls.load(Ordering::Relaxed), 1);
}
