//! Requests and responses that are difficult for a worker.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::Full;
use route_handlers::{After, Body, Error, IntoResponse, Path, Result, RouteHandlers, any, get};
use worker::Delay;

/// How often this instance of the program did the work of `After`.
static DONE: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn routes() -> RouteHandlers {
    RouteHandlers::new()
        .get("/status/{status}", status)
        .get("/cookies", async || ([("set-cookie", "a=1"), ("set-cookie", "b=2")], "two"))
        .get("/echo-header", echo_header)
        .get("/headers", beyond_ascii)
        .get("/compressed", async || ([("content-encoding", "gzip")], Body::from(&b"as it is"[..])))
        .get("/other-body", async || Body::new(Full::new(Bytes::from("whole"))))
        .get("/js", waits_for_javascript)
        .get("/fails-at-once", async || failing(0))
        .get("/fails-later", async || failing(1))
        .route("/after", get(async || DONE.load(Ordering::Relaxed).to_string()).post(after))
        .get("/after/endless", after_endless)
        .get("/panic-later", panics_later)
        .route("/method", any(async |method: Method| method.to_string()))
}

/// Sends a body with each status, even if HTTP does not allow one.
async fn status(Path(status): Path<u16>) -> Result<(StatusCode, &'static str)> {
    Ok((StatusCode::from_u16(status)?, "a body"))
}

async fn echo_header(headers: HeaderMap) -> Option<Vec<u8>> {
    Some(headers.get("x-text")?.as_bytes().to_vec())
}

async fn beyond_ascii() -> impl IntoResponse {
    (
        [
            ("x-utf-8", HeaderValue::from_bytes("é".as_bytes()).expect("the value is valid")),
            ("x-latin-1", HeaderValue::from_bytes(b"\xE9").expect("the value is valid")),
        ],
        (),
    )
}

/// Its future is not `Send`, which the library accepts on wasm32.
async fn waits_for_javascript() -> &'static str {
    let not_send = std::rc::Rc::new(());
    Delay::from(Duration::from_millis(5)).await;
    drop(not_send);
    "waited"
}

fn failing(after: usize) -> Body {
    let chunks =
        stream::iter(0..after).map(|_| Ok("a chunk")).chain(stream::iter([Err(Error::new(StatusCode::BAD_GATEWAY))]));
    Body::from_stream(chunks)
}

async fn after(after: After) -> StatusCode {
    after.run(done());
    StatusCode::ACCEPTED
}

async fn after_endless(after: After) -> Body {
    after.run(done());
    Body::from_stream(endless())
}

async fn done() {
    Delay::from(Duration::from_millis(20)).await;
    DONE.fetch_add(1, Ordering::Relaxed);
}

fn endless() -> impl Stream<Item = Result<&'static str, Infallible>> {
    stream::repeat(()).then(async |()| {
        Delay::from(Duration::from_millis(10)).await;
        Ok("tick\n")
    })
}

async fn panics_later() -> &'static str {
    Delay::from(Duration::from_millis(5)).await;
    panic!("on purpose after an await, for the tests")
}
