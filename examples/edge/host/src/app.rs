//! The app's own routes: users, notes in KV, streams.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::Result;
use crate::check::{request, send};

/// What is asked in this order, as bytes after the `Host`, with the status and the body that must come back.
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
    // The worker's own: what is set for it, from its request's extensions.
    ("GET /api/greeting", 200, "hello from the edge"),
    // KV: the handlers await JavaScript.
    ("GET /api/notes/a", 404, "*"),
    ("PUT /api/notes/a\r\nContent-Length: 6\r\n\r\na note", 204, ""),
    ("GET /api/notes/a", 200, "a note"),
    // Streams.
    ("GET /api/count/3", 200, "1\n2\n3\n"),
    ("GET /api/ticks\r\nLast-Event-ID: 41\r\n\r\n", 200, "*id: 44\n"),
    ("POST /api/echo\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
    ("POST /api/echo\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 200, "hello"),
    // A panic, and what comes after it.
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
    note("an answer begins before its request has ended", echo_while_it_comes(address).await);
    note("a note is kept after the answer", kept_later(address).await);
    println!("app: {} cases", CASES.len() + 3);
    failures
}

/// A body that begins with `*` is only looked for in the answer.
async fn check(address: SocketAddr, (text, status, body): &(&str, u16, &str)) -> Result<()> {
    let answer = send(address, &request(text)).await?;
    let is_right = match body.strip_prefix('*') {
        Some(part) => answer.text().contains(part),
        None => answer.text() == *body,
    };
    if answer.status == *status && is_right { Ok(()) } else { Err(format!("{answer:?} {}", answer.text()).into()) }
}

async fn large_echo(address: SocketAddr) -> Result<()> {
    let body = (0..3_000_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect::<Vec<_>>();
    let mut bytes = request(&format!("POST /api/echo\r\nContent-Length: {}\r\n\r\n", body.len()));
    bytes.extend_from_slice(&body);
    // Whoever sends all before it reads waits for ever if the other side does the same.
    let answer = timeout(Duration::from_secs(20), send_and_read(address, bytes, body.len())).await??;
    if answer.ends_with(b"0\r\n\r\n") || answer.ends_with(&body[body.len() - 100..]) {
        Ok(())
    } else {
        Err("cut off".into())
    }
}

async fn send_and_read(address: SocketAddr, bytes: Vec<u8>, at_least: usize) -> Result<Vec<u8>> {
    let (mut from, mut to) = TcpStream::connect(address).await?.into_split();
    let send = async {
        to.write_all(&bytes).await?;
        Ok::<_, std::io::Error>(())
    };
    let read = async {
        let mut answer = Vec::new();
        while answer.len() < at_least || !(answer.ends_with(b"0\r\n\r\n")) {
            if from.read_buf(&mut answer).await? == 0 {
                break;
            }
        }
        Ok::<_, std::io::Error>(answer)
    };
    Ok(tokio::try_join!(send, read)?.1)
}

async fn echo_while_it_comes(address: SocketAddr) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request("POST /api/echo\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")).await?;
    let mut answer = Vec::new();
    read_until(&mut stream, &mut answer, "first").await?;
    stream.write_all(b"6\r\nsecond\r\n0\r\n\r\n").await?;
    read_until(&mut stream, &mut answer, "second").await
}

async fn read_until(stream: &mut TcpStream, answer: &mut Vec<u8>, text: &str) -> Result<()> {
    while !String::from_utf8_lossy(answer).contains(text) {
        let read = timeout(Duration::from_secs(5), stream.read_buf(answer)).await;
        if !matches!(read, Ok(Ok(1..))) {
            return Err(format!("{text:?} did not come: {:?}", String::from_utf8_lossy(answer)).into());
        }
    }
    Ok(())
}

async fn kept_later(address: SocketAddr) -> Result<()> {
    check(address, &("POST /api/notes/b/later\r\nContent-Length: 5\r\n\r\nlater", 202, "")).await?;
    for _ in 0..100 {
        let answer = send(address, &request("GET /api/notes/b")).await?;
        if answer.text() == "later" {
            return Ok(());
        }
        sleep(Duration::from_millis(20)).await;
    }
    Err("it was not".into())
}
