//! HTTP/1.1, byte by byte.

use std::time::Duration;

use crate::client::ReceivedResponse;
use crate::routes::{CHUNK, LIMIT};
use crate::{Server, eventually, get};

fn post(headers: &str, body: &str) -> Vec<u8> {
    format!("POST /echo HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n\r\n{body}").into_bytes()
}

#[track_caller]
fn is_problem(response: &ReceivedResponse, status: u16) {
    assert_eq!(
        (response.status, response.all("content-type")),
        (status, vec!["application/problem+json"]),
        "{response:?}"
    );
    let problem: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(problem["status"], status);
}

pub(crate) async fn slow_bodies(server: &Server) {
    let mut slow = Vec::new();
    for headers in ["content-length: 12", "transfer-encoding: chunked"] {
        let mut connection = server.connect().await;
        connection.write(&post(headers, "")).await.unwrap();
        slow.push(connection);
    }
    let [by_length, in_chunks] = &mut slow[..] else { unreachable!() };
    for byte in b"byte by byte" {
        by_length.write(&[*byte]).await.unwrap();
        for part in [&b"1"[..], b"\r\n", &[*byte], b"\r\n"] {
            in_chunks.write(part).await.unwrap();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // Other connections are not delayed.
        assert_eq!(server.send(&get("/ping")).await.status, 200);
    }
    in_chunks.write(b"0\r\n\r\n").await.unwrap();
    for connection in [by_length, in_chunks] {
        let response = connection.read(false).await.unwrap();
        assert_eq!((response.status, response.text().as_str()), (200, "byte by byte"));
    }
}

pub(crate) async fn truncated_bodies(server: &Server) {
    let read_before = server.held.bodies();
    for (headers, body) in [
        ("content-length: 12", "half"),
        ("transfer-encoding: chunked", "4\r\nhalf"),
        ("transfer-encoding: chunked", "4\r\nhalf\r\n"),
        ("transfer-encoding: chunked", "4\r\nhalf\r\n0\r\n"),
    ] {
        for leaves in [true, false] {
            let mut connection = server.connect().await;
            connection.write(&post(headers, body)).await.unwrap();
            if leaves {
                drop(connection);
                continue;
            }
            connection.end().await.unwrap();
            // A truncated body may get a 400 or no response, but never a success.
            if let Ok(response) = connection.read(false).await {
                assert_eq!(response.status, 400, "{headers} {body:?}: {response:?}");
            }
        }
    }
    // Some bodies may still be read after the last one was sent.
    assert!(eventually(|| server.held.count() == 0).await);
    assert_eq!(server.held.bodies(), read_before, "no handler read a truncated body to its end");
}

pub(crate) async fn false_lengths(server: &Server) {
    // A length shorter than the body: the rest belongs to no body and is not run as a request.
    let mut connection = server.connect().await;
    let response = connection.send(&post("content-length: 3", "GET /panics HTTP/1.1\r\n\r\n")).await.unwrap();
    assert_eq!((response.status, response.text().as_str()), (200, "GET"));
    let next = connection.read(false).await;
    assert!(
        next.as_ref().map_or(true, |response| response.status == 400),
        "the rest of the body was run as a request: {next:?}"
    );
    connection.closed().await;

    // A length over the limit, without any content.
    let response = server.connect().await.send(&post(&format!("content-length: {}", LIMIT + 1), "")).await.unwrap();
    is_problem(&response, 413);
    let response = server.connect().await.send(&post("content-length: 18446744073709551615", "")).await;
    assert!(response.is_err() || response.is_ok_and(|response| (400..500).contains(&response.status)));

    // No number, two lengths, or also a coding: the host refuses, or reads the body in the one safe way (RFC 9112 §6.3).
    let before = server.held.bodies();
    for headers in
        ["content-length: -1", "content-length: 3x", "content-length: +3", "content-length: 3\r\ncontent-length: 4"]
    {
        let response = server.connect().await.send(&post(headers, "abcd")).await;
        assert!(response.as_ref().is_ok_and(|response| response.status == 400), "{headers}: {response:?}");
    }
    assert_eq!(server.held.bodies(), before, "no handler read any of these bodies");
    let response = server
        .connect()
        .await
        .send(&post("content-length: 3\r\ntransfer-encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"))
        .await;
    assert!(response.is_ok_and(|response| response.status == 400 || response.text() == "hello"));
}

pub(crate) async fn chunks_over_the_limit(server: &Server) {
    let chunks =
        |size: usize, count: usize| format!("{size:x}\r\n{}\r\n", "x".repeat(size)).repeat(count) + "0\r\n\r\n";
    let within = server.connect().await.send(&post("transfer-encoding: chunked", &chunks(LIMIT / 4, 4))).await.unwrap();
    assert_eq!((within.status, within.body.len()), (200, LIMIT));
    for body in [chunks(LIMIT + 1, 1), chunks(1, LIMIT + 1), chunks(LIMIT / 4, 5)] {
        let response = server.connect().await.send(&post("transfer-encoding: chunked", &body)).await.unwrap();
        is_problem(&response, 413);
    }
    // An endless body: the server may close the connection before the response is read, and never responds with 200.
    let mut connection = server.connect().await;
    connection.write(&post("transfer-encoding: chunked", "")).await.unwrap();
    let chunk = format!("{CHUNK:x}\r\n{}\r\n", "x".repeat(CHUNK));
    let mut sent = 0;
    while sent < 4096 && connection.write(chunk.as_bytes()).await.is_ok() {
        sent += 1;
    }
    assert!(sent < 4096, "the server read 64 MiB");
    if let Ok(response) = connection.read(false).await {
        is_problem(&response, 413);
    }
    for (malformed, status) in
        [("xyz\r\n", 400), ("-1\r\n", 400), ("fffffffffffffffff\r\n", 400), ("3\r\nabcdef\r\n", 400)]
    {
        let response = server.connect().await.send(&post("transfer-encoding: chunked", malformed)).await;
        assert!(response.as_ref().map_or(true, |response| response.status == status), "{malformed:?}: {response:?}");
    }
}

pub(crate) async fn pipelined_requests(server: &Server) {
    let echo = String::from_utf8(post("content-length: 2", "hi")).unwrap();
    let head = "HEAD /ping HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let put = "PUT /ping HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let requests = [get("/ping"), echo, get("/panics"), get("/none"), head.to_owned(), put.to_owned()];
    let mut connection = server.connect().await;
    connection.write(requests.concat().repeat(50).as_bytes()).await.unwrap();
    for _ in 0..50 {
        for (status, text, to_head) in [
            (200, "pong", false),
            (200, "hi", false),
            (500, "", false),
            (404, "", false),
            (200, "", true),
            (405, "", false),
        ] {
            let response = connection.read(to_head).await.unwrap();
            assert_eq!(response.status, status);
            assert!(status != 200 || response.text() == text, "{response:?}");
        }
    }
}

pub(crate) async fn bodies_after_100_continue(server: &Server) {
    const EXPECT: &str = "expect: 100-continue\r\n";
    let mut connection = server.connect().await;
    let interim = connection.send(&post(&format!("{EXPECT}content-length: 5"), "")).await.unwrap();
    assert_eq!(interim.status, 100);
    let response = connection.send(b"hello").await.unwrap();
    assert_eq!((response.status, response.text().as_str()), (200, "hello"));

    // A body that is refused anyway gets no 100.
    let too_long = post(&format!("{EXPECT}content-length: {}", LIMIT + 1), "");
    is_problem(&server.connect().await.send(&too_long).await.unwrap(), 413);
    let unread = format!("POST /ping HTTP/1.1\r\nhost: localhost\r\n{EXPECT}content-length: 5\r\n\r\n");
    is_problem(&server.connect().await.send(unread.as_bytes()).await.unwrap(), 405);
}

pub(crate) async fn clients_that_disconnect(server: &Server) {
    let mut waiting = Vec::new();
    for _ in 0..100 {
        let mut connection = server.connect().await;
        connection.write(get("/waits").as_bytes()).await.unwrap();
        waiting.push(connection);
    }
    assert!(eventually(|| server.held.count() == 100).await);
    drop(waiting);
    assert!(eventually(|| server.held.count() == 0).await, "{} handlers are left", server.held.count());
}

pub(crate) async fn client_that_stops_reading(server: &Server) {
    let mut connection = server.connect().await;
    connection.write(get("/endless").as_bytes()).await.unwrap();
    assert!(connection.read_head().await.unwrap().starts_with("HTTP/1.1 200"));
    let chunks = chunks_until_pause(server).await;
    assert!(chunks < 4096, "{chunks} chunks of 16 KiB were produced for a client that reads nothing");
    assert_eq!(server.held.count(), 1);
}

/// The number of chunks that are produced until the stream pauses.
pub(crate) async fn chunks_until_pause(server: &Server) -> usize {
    let first = server.held.chunks();
    let mut last = first;
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        match server.held.chunks() {
            now if now == last => return now - first,
            now => last = now,
        }
        assert!(last - first < 1 << 20, "the stream does not pause");
    }
}
