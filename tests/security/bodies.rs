//! Bodies over the limit, and bodies with a false length.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::{Stream, stream};
use http::Request;
use http::header::CONTENT_LENGTH;
use http_body::Frame;
use http_body_util::StreamBody;
use route_handlers::{Body, RouteHandlers, post};

use crate::send;

/// A body in chunks, of unknown length.
fn in_chunks(pieces: impl Stream<Item = Bytes> + Send + 'static) -> Body {
    use futures_util::StreamExt;
    Body::new(StreamBody::new(pieces.map(|piece| Ok::<_, Infallible>(Frame::data(piece)))))
}

fn echo(limit: usize) -> RouteHandlers {
    RouteHandlers::new().route("/", post(async |body: Bytes| body).body_limit(limit))
}

// RUSTSEC-2022-0055 (CVE-2022-3212): axum-core read bodies without a limit.
#[tokio::test]
async fn endless_body_is_refused_at_the_limit() {
    let read = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&read);
    let endless = stream::repeat_with(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        Bytes::from_static(&[b'x'; 1024])
    });
    let response = send(echo(10 * 1024), Request::post("/").body(in_chunks(endless)).unwrap()).await;
    assert_eq!(response.status, 413);
    assert_eq!(read.load(Ordering::Relaxed), 11, "reading stops at the first chunk over the limit");
}

// The same advisory: the limit counts the bytes read, and a declared length over the limit is refused unread.
#[tokio::test]
async fn limit_counts_the_bytes_that_are_read() {
    let of = |body: Body| Request::post("/").body(body).unwrap();
    let pieces = |count: usize| in_chunks(stream::iter(vec![Bytes::from_static(b"x"); count]));
    for (length, status) in [(0, 200), (7, 200), (8, 200), (9, 413), (100, 413)] {
        assert_eq!(send(echo(8), of("x".repeat(length).into())).await.status, status, "whole, {length}");
        assert_eq!(send(echo(8), of(pieces(length))).await.status, status, "in chunks, {length}");
    }

    let understated = Request::post("/").header(CONTENT_LENGTH, 3).body(pieces(9)).unwrap();
    assert_eq!(send(echo(8), understated).await.status, 413);

    let unread = in_chunks(stream::poll_fn(|_| -> std::task::Poll<Option<Bytes>> { panic!("the body is read") }));
    let announced = Request::post("/").header(CONTENT_LENGTH, 9).body(unread).unwrap();
    assert_eq!(send(echo(8), announced).await.status, 413);
}

// Next.js truncated bodies at 10 MB, tower-http #610 and axum #1703 closed the connection.
#[tokio::test]
async fn body_over_the_limit_is_a_problem_and_never_truncated() {
    let called = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&called);
    let handler = move |_: Bytes| {
        counter.fetch_add(1, Ordering::Relaxed);
        async {}
    };
    let api = RouteHandlers::new().post("/", handler).body_limit(8);
    let announced = Request::post("/").header(CONTENT_LENGTH, 9).body(Body::from("123456789")).unwrap();
    let chunked = Request::post("/").body(in_chunks(stream::iter(["12345", "6789"].map(Bytes::from)))).unwrap();
    for request in [announced, chunked] {
        let response = send(api.clone(), request).await;
        assert_eq!(response.status, 413);
        assert_eq!(response.problem()["detail"], "the body is longer than the 8 bytes allowed here");
    }
    assert_eq!(called.load(Ordering::Relaxed), 0);
}
