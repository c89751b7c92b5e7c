//! HTTP/2, stream by stream.

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{Reason, RecvStream};
use http::{Method, Request, Response};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::http1::chunks_until_pause;
use crate::routes::LIMIT;
use crate::{Server, eventually};

const STREAMS: usize = 100;

/// A connection and the task that drives it.
struct Connection {
    client: SendRequest<Bytes>,
    driver: JoinHandle<()>,
}

impl Connection {
    async fn open(server: &Server) -> Self {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let (client, connection) = h2::client::handshake(stream).await.unwrap();
        let driver = tokio::spawn(async move { connection.await.unwrap_or_default() });
        Self { client, driver }
    }

    async fn ready(&mut self) -> &mut SendRequest<Bytes> {
        self.client = self.client.clone().ready().await.unwrap();
        &mut self.client
    }

    /// Waits until all streams have ended.
    async fn end(self) {
        drop(self.client);
        self.driver.await.unwrap();
    }
}

fn request(method: Method, path: &str) -> Request<()> {
    Request::builder().method(method).uri(format!("http://localhost{path}")).body(()).unwrap()
}

async fn text(response: Response<RecvStream>) -> String {
    let mut body = response.into_body();
    let mut text = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk.unwrap();
        body.flow_control().release_capacity(chunk.len()).unwrap();
        text.extend_from_slice(&chunk);
    }
    String::from_utf8(text).unwrap()
}

pub(crate) async fn concurrent_streams(server: &Server) {
    let mut connection = Connection::open(server).await;
    let mut open = Vec::new();
    for number in 0..STREAMS {
        let (response, mut body) =
            connection.ready().await.send_request(request(Method::POST, "/echo"), false).unwrap();
        body.send_data(Bytes::from_static(b"number "), false).unwrap();
        open.push((number, response, body));
    }
    assert!(eventually(|| server.held.count() == STREAMS).await, "all handlers wait for the rest of their bodies");
    for (number, _, body) in open.iter_mut().rev() {
        body.send_data(Bytes::from(number.to_string()), true).unwrap();
    }
    for (number, response, _) in open {
        let response = response.await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(text(response).await, format!("number {number}"));
    }
    connection.end().await;
}

pub(crate) async fn streams_reset_while_their_handler_runs(server: &Server) {
    let mut connection = Connection::open(server).await;
    for _ in 0..5 {
        let mut open = Vec::new();
        for index in 0..STREAMS {
            let (method, path) = if index % 2 == 0 { (Method::GET, "/waits") } else { (Method::POST, "/echo") };
            let (response, mut body) =
                connection.ready().await.send_request(request(method, path), index % 2 == 0).unwrap();
            if path == "/echo" {
                body.send_data(Bytes::from_static(b"begun"), false).unwrap();
            }
            open.push((response, body));
        }
        assert!(eventually(|| server.held.count() == STREAMS).await);
        for (_, body) in &mut open {
            body.send_reset(Reason::CANCEL);
        }
        drop(open);
        assert!(eventually(|| server.held.count() == 0).await, "{} handlers are left", server.held.count());
    }
    let (response, _) = connection.ready().await.send_request(request(Method::GET, "/ping"), true).unwrap();
    assert_eq!(text(response.await.unwrap()).await, "pong", "the connection works after resets");
    let (response, _) = connection.ready().await.send_request(request(Method::GET, "/panics"), true).unwrap();
    assert_eq!(response.await.unwrap().status(), 500, "the connection works after a panic");
    connection.end().await;
}

pub(crate) async fn stream_that_is_not_read(server: &Server) {
    let mut connection = Connection::open(server).await;
    let (response, _) = connection.ready().await.send_request(request(Method::GET, "/endless"), true).unwrap();
    let unread = response.await.unwrap();
    let chunks = chunks_until_pause(server).await;
    assert!(chunks < 256, "{chunks} chunks of 16 KiB were produced for a client that reads nothing");
    assert_eq!(server.held.count(), 1);

    // Other streams of the connection are not blocked.
    let (response, _) = connection.ready().await.send_request(request(Method::GET, "/none"), true).unwrap();
    assert_eq!(response.await.unwrap().status(), 404);
    drop(unread);
    assert!(eventually(|| server.held.count() == 0).await, "the stream is left");
    connection.end().await;
}

pub(crate) async fn bodies_over_the_limit(server: &Server) {
    let mut connection = Connection::open(server).await;
    for pieces in [16, 17, 128] {
        let (response, mut body) =
            connection.ready().await.send_request(request(Method::POST, "/echo"), false).unwrap();
        // The server may respond and reset the stream before the whole body was sent.
        for _ in 0..pieces {
            if body.send_data(Bytes::from_static(&[b'x'; LIMIT / 16]), false).is_err() {
                break;
            }
        }
        let _ = body.send_data(Bytes::new(), true);
        let response = response.await.unwrap();
        assert_eq!(response.status(), if pieces > 16 { 413 } else { 200 });
    }
    connection.end().await;
}
