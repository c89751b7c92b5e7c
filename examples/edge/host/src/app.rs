//! Tests the routes of the app: users, notes in KV, and streams.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::Result;
use crate::check::{request, send};

/// The requests in order, with the expected status and body. `*` before a body means that the response contains it.
const CASES: &[(&str, u16, &str)] = &[
    ("GET /api/users", 200, r#"[{"id":1,"name":"Ada"}]"#),
    (
        "POST /api/users\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"name\":\"Bo\"}",
        201,
        r#"{"id":2,"name":"Bo"}"#,
    ),
    ("GET /api/users/2", 200, r#"{"id":2,"name":"Bo"}"#),
    ("DELETE /api/users/2", 204, ""),
    ("GET /api/users/2", 404, "*"),
    ("PUT /api/users", 405, "*"),
    ("GET /api/nothing", 404, "*"),
    // A variable of the worker, from the extensions of the request.
    ("GET /api/greeting", 200, "hello from the edge"),
    // Notes in KV: the handlers await JavaScript.
    ("GET /api/notes/a", 404, "*"),
    ("PUT /api/notes/a\r\nContent-Length: 6\r\n\r\na note", 204, ""),
    ("GET /api/notes/a", 200, "a note"),
    // Streams.
    ("GET /api/count/3", 200, "1\n2\n3\n"),
    ("GET /api/ticks\r\nLast-Event-ID: 41\r\n\r\n", 200, "*id: 44\n"),
    ("POST /api/echo\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
    ("POST /api/echo\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 200, "hello"),
    // A panic, and the requests after it.
    ("GET /api/panic", 500, "*"),
    ("GET /api/users", 200, r#"[{"id":1,"name":"Ada"}]"#),
    ("GET /api/notes/a", 200, "a note"),
];

pub(crate) async fn failures(address: SocketAddr) -> Vec<String> {
    let mut failures = Vec::new();
    for case in CASES {
        failures.extend(check(address, case).await.err().map(|why| format!("{:?}: {why}", case.0)));
    }
    let mut note = |name: &str, result: Result<()>| failures.extend(result.err().map(|why| format!("{name}: {why}")));
    note("a large body is echoed", large_echo(address).await);
    note("a response begins before the end of its request", echo_before_the_end(address).await);
    note("a note is stored after the response", stored_later(address).await);
    println!("app: {} cases", CASES.len() + 3);
    failures
}

async fn check(address: SocketAddr, (text, status, body): &(&str, u16, &str)) -> Result<()> {
    let response = send(address, &request(text)).await?;
    let is_right = match body.strip_prefix('*') {
        Some(part) => response.text().contains(part),
        None => response.text() == *body,
    };
    if response.status == *status && is_right {
        Ok(())
    } else {
        Err(format!("{response:?} {}", response.text()).into())
    }
}

async fn large_echo(address: SocketAddr) -> Result<()> {
    let body = (0..3_000_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect::<Vec<_>>();
    let mut bytes = request(&format!("POST /api/echo\r\nContent-Length: {}\r\n\r\n", body.len()));
    bytes.extend_from_slice(&body);
    // It must read while it sends: otherwise both sides wait for ever.
    let response = timeout(Duration::from_secs(20), send_and_read(address, bytes, body.len())).await??;
    if response.ends_with(b"0\r\n\r\n") || response.ends_with(&body[body.len() - 100..]) {
        Ok(())
    } else {
        Err("the response was cut off".into())
    }
}

async fn send_and_read(address: SocketAddr, bytes: Vec<u8>, at_least: usize) -> Result<Vec<u8>> {
    let (mut from, mut to) = TcpStream::connect(address).await?.into_split();
    let send = async {
        to.write_all(&bytes).await?;
        Ok::<_, std::io::Error>(())
    };
    let read = async {
        let mut response = Vec::new();
        while response.len() < at_least || !(response.ends_with(b"0\r\n\r\n")) {
            if from.read_buf(&mut response).await? == 0 {
                break;
            }
        }
        Ok::<_, std::io::Error>(response)
    };
    Ok(tokio::try_join!(send, read)?.1)
}

async fn echo_before_the_end(address: SocketAddr) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request("POST /api/echo\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")).await?;
    let mut response = Vec::new();
    read_until(&mut stream, &mut response, "first").await?;
    stream.write_all(b"6\r\nsecond\r\n0\r\n\r\n").await?;
    read_until(&mut stream, &mut response, "second").await
}

async fn read_until(stream: &mut TcpStream, response: &mut Vec<u8>, text: &str) -> Result<()> {
    while !String::from_utf8_lossy(response).contains(text) {
        let read = timeout(Duration::from_secs(5), stream.read_buf(response)).await;
        if !matches!(read, Ok(Ok(1..))) {
            return Err(format!("the response has no {text:?}: {:?}", String::from_utf8_lossy(response)).into());
        }
    }
    Ok(())
}

async fn stored_later(address: SocketAddr) -> Result<()> {
    check(address, &("POST /api/notes/b/later\r\nContent-Length: 5\r\n\r\nlater", 202, "")).await?;
    for _ in 0..100 {
        let response = send(address, &request("GET /api/notes/b")).await?;
        if response.text() == "later" {
            return Ok(());
        }
        sleep(Duration::from_millis(20)).await;
    }
    Err("the note was not stored within two seconds".into())
}
