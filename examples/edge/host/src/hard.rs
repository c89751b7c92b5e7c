//! Tests the difficult cases of a worker: responses that must not have a body, headers beyond ASCII, streams that fail, work
//! after the response, and panics.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::Result;
use crate::check::{request, send};
use crate::client::{Connection, ReceivedResponse};

pub(crate) async fn failures(address: SocketAddr) -> Vec<String> {
    let mut failures = Vec::new();
    let mut note = |name: &str, result: Result<()>| failures.extend(result.err().map(|why| format!("{name}: {why}")));
    note("a status without a body has none", no_bodies(address).await);
    note("a status that a worker cannot send is 500", is(address, "GET /hard/status/600", 500, "").await);
    note("several cookies stay separate", cookies(address).await);
    note("a header may contain characters beyond ASCII", headers(address).await);
    note("a body with a content coding is sent unchanged", is(address, "GET /hard/compressed", 200, "as it is").await);
    note("a body of another type is buffered too", whole(address).await);
    note("a handler awaits JavaScript", is(address, "GET /hard/js", 200, "waited").await);
    note(
        "a stream that fails before its first chunk is an error",
        is(address, "GET /hard/fails-at-once", 502, "").await,
    );
    note("a stream that fails later is cut off", fails_later(address).await);
    note("a handler receives any method", methods(address).await);
    note("the work of `After` is done", after(address, "POST /hard/after").await);
    note("the work of `After` is done if the client disconnects", after_endless(address).await);
    note("a panic is 500, and the next request gets its response", panics(address).await);
    note("a panic does not fail concurrent requests", neighbours(address).await);
    failures
}

async fn get(address: SocketAddr, text: &str) -> Result<ReceivedResponse> {
    let response = timeout(Duration::from_secs(10), send(address, &request(text))).await;
    Ok(response.map_err(|_| format!("{text}: no response within 10 s"))??)
}

fn ensure(holds: bool, found: &impl std::fmt::Debug) -> Result<()> {
    if holds { Ok(()) } else { Err(format!("{found:?}").into()) }
}

/// Checks the status, and the text unless it is `""`.
async fn is(address: SocketAddr, line: &str, status: u16, text: &str) -> Result<()> {
    let response = get(address, line).await?;
    ensure(response.status == status && (text.is_empty() || response.text() == text), &response)
}

async fn no_bodies(address: SocketAddr) -> Result<()> {
    for status in [204, 205, 304] {
        let response = get(address, &format!("GET /hard/status/{status}")).await?;
        ensure(response.status == status && response.body.is_empty(), &response)?;
    }
    is(address, "GET /hard/status/599", 599, "a body").await
}

async fn cookies(address: SocketAddr) -> Result<()> {
    let response = get(address, "GET /hard/cookies").await?;
    ensure(response.all("set-cookie") == ["a=1", "b=2"], &response)
}

async fn headers(address: SocketAddr) -> Result<()> {
    is(address, "GET /hard/echo-header\r\nX-Text: é\r\n\r\n", 200, "é").await?;
    let response = get(address, "GET /hard/headers").await?;
    ensure(response.status == 200 && response.all("x-utf-8") == ["é"], &response)
}

async fn whole(address: SocketAddr) -> Result<()> {
    let response = get(address, "GET /hard/other-body").await?;
    ensure(response.text() == "whole" && response.all("content-length") == ["5"], &response)
}

async fn fails_later(address: SocketAddr) -> Result<()> {
    let response = get(address, "GET /hard/fails-later").await;
    ensure(response.is_err(), &response.ok())
}

async fn methods(address: SocketAddr) -> Result<()> {
    for method in ["GET", "PUT", "PATCH", "PURGE", "PROPFIND", "REPORT"] {
        is(address, &format!("{method} /hard/method"), 200, method).await?;
    }
    Ok(())
}

async fn done(address: SocketAddr) -> Result<usize> {
    Ok(get(address, "GET /hard/after").await?.text().parse()?)
}

/// Waits until more than `before` pieces of work are done.
async fn done_since(address: SocketAddr, before: usize) -> Result<()> {
    let begun = Instant::now();
    while done(address).await? == before {
        ensure(begun.elapsed() < Duration::from_secs(5), &"the work was not done within 5 s")?;
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn after(address: SocketAddr, line: &str) -> Result<()> {
    let before = done(address).await?;
    is(address, line, 202, "").await?;
    done_since(address, before).await
}

async fn after_endless(address: SocketAddr) -> Result<()> {
    let before = done(address).await?;
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request("GET /hard/after/endless")).await?;
    let mut begun = Vec::new();
    while !begun.ends_with(b"tick\n\r\n") {
        ensure(stream.read_buf(&mut begun).await? > 0, &String::from_utf8_lossy(&begun))?;
    }
    ensure(done(address).await? == before, &"the work was done before the end of the response")?;
    drop(stream);
    done_since(address, before).await
}

async fn panics(address: SocketAddr) -> Result<()> {
    for path in ["/api/panic", "/hard/panic-later"] {
        for _ in 0..20 {
            is(address, &format!("GET {path}"), 500, "").await?;
            is(address, "GET /api/ping", 200, "pong").await?;
        }
    }
    Ok(())
}

/// Four clients send valid requests on kept connections, while another client causes panics.
async fn neighbours(address: SocketAddr) -> Result<()> {
    let right = async || -> Result<()> {
        let mut connection = Connection::open(address).await?;
        for _ in 0..200 {
            let response = connection.send(&request("GET /api/ping")).await?;
            ensure(response.text() == "pong", &response)?;
            let response = connection.send(&request("GET /hard/js")).await?;
            ensure(response.text() == "waited", &response)?;
        }
        Ok(())
    };
    let wrong = async || -> Result<()> {
        for _ in 0..50 {
            is(address, "GET /api/panic", 500, "").await?;
            is(address, "GET /hard/panic-later", 500, "").await?;
        }
        Ok(())
    };
    tokio::try_join!(right(), right(), right(), right(), wrong()).map(|_| ())
}
