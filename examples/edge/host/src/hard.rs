//! What is hard for a worker: bodies where none may be, headers beyond ASCII, streams that fail, work after the answer,
//! panics.

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
    note("a status that is none for a worker is 500", is(address, "GET /hard/status/600", 500, "").await);
    note("several cookies stay several", cookies(address).await);
    note("headers need not be ASCII", headers(address).await);
    note("a body that is encoded already is sent as it is", is(address, "GET /hard/compressed", 200, "as it is").await);
    note("a body of another type is whole, too", whole(address).await);
    note("a handler waits for JavaScript", is(address, "GET /hard/js", 200, "waited").await);
    note("a stream that fails at once is an error", is(address, "GET /hard/fails-at-once", 502, "").await);
    note("a stream that fails later is cut off", fails_later(address).await);
    note("methods", methods(address).await);
    note("what comes after the answer is done", after(address, "POST /hard/after").await);
    note("also if the client goes away", after_endless(address).await);
    note("a panic is 500, and the next request is answered", panics(address).await);
    note("a panic does not fail its neighbours", neighbours(address).await);
    failures
}

async fn ask(address: SocketAddr, text: &str) -> Result<ReceivedResponse> {
    let answer = timeout(Duration::from_secs(10), send(address, &request(text))).await;
    Ok(answer.map_err(|_| format!("{text}: no answer"))??)
}

fn want(holds: bool, found: &impl std::fmt::Debug) -> Result<()> {
    if holds { Ok(()) } else { Err(format!("{found:?}").into()) }
}

/// The status, and the text unless it is `""`.
async fn is(address: SocketAddr, line: &str, status: u16, text: &str) -> Result<()> {
    let answer = ask(address, line).await?;
    want(answer.status == status && (text.is_empty() || answer.text() == text), &answer)
}

async fn no_bodies(address: SocketAddr) -> Result<()> {
    for status in [204, 205, 304] {
        let answer = ask(address, &format!("GET /hard/status/{status}")).await?;
        want(answer.status == status && answer.body.is_empty(), &answer)?;
    }
    is(address, "GET /hard/status/599", 599, "a body").await
}

async fn cookies(address: SocketAddr) -> Result<()> {
    let answer = ask(address, "GET /hard/cookies").await?;
    want(answer.all("set-cookie") == ["a=1", "b=2"], &answer)
}

async fn headers(address: SocketAddr) -> Result<()> {
    is(address, "GET /hard/echo-header\r\nX-Text: é\r\n\r\n", 200, "é").await?;
    let answer = ask(address, "GET /hard/headers").await?;
    want(answer.status == 200 && answer.all("x-utf-8") == ["é"], &answer)
}

async fn whole(address: SocketAddr) -> Result<()> {
    let answer = ask(address, "GET /hard/other-body").await?;
    want(answer.text() == "whole" && answer.all("content-length") == ["5"], &answer)
}

async fn fails_later(address: SocketAddr) -> Result<()> {
    let answer = ask(address, "GET /hard/fails-later").await;
    want(answer.is_err(), &answer.ok())
}

async fn methods(address: SocketAddr) -> Result<()> {
    for method in ["GET", "PUT", "PATCH", "PURGE", "PROPFIND", "REPORT"] {
        is(address, &format!("{method} /hard/method"), 200, method).await?;
    }
    Ok(())
}

async fn done(address: SocketAddr) -> Result<usize> {
    Ok(ask(address, "GET /hard/after").await?.text().parse()?)
}

/// Waits until the work is done that was not yet done when there were so many.
async fn done_since(address: SocketAddr, before: usize) -> Result<()> {
    let begun = Instant::now();
    while done(address).await? == before {
        want(begun.elapsed() < Duration::from_secs(5), &"it was not done")?;
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
        want(stream.read_buf(&mut begun).await? > 0, &String::from_utf8_lossy(&begun))?;
    }
    want(done(address).await? == before, &"it was done too early")?;
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

/// Four clients that ask for what is right, on connections that they keep, beside one that has the program panic.
async fn neighbours(address: SocketAddr) -> Result<()> {
    let right = async || -> Result<()> {
        let mut connection = Connection::open(address).await?;
        for _ in 0..200 {
            let answer = connection.send(&request("GET /api/ping")).await?;
            want(answer.text() == "pong", &answer)?;
            let answer = connection.send(&request("GET /hard/js")).await?;
            want(answer.text() == "waited", &answer)?;
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
