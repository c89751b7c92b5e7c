//! The routes of the server, and counters of the handlers and streams that run.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use route_handlers::{Body, RouteHandlers, post};

/// Counts the running handlers and streams, and their work.
#[derive(Clone, Default)]
pub(crate) struct Held {
    now: Arc<AtomicUsize>,
    bodies: Arc<AtomicUsize>,
    chunks: Arc<AtomicUsize>,
}

/// Counts a handler or stream until it is dropped.
struct Holder(Arc<AtomicUsize>);

impl Held {
    pub(crate) fn count(&self) -> usize {
        self.now.load(Ordering::SeqCst)
    }

    /// The number of bodies that were read to their end.
    pub(crate) fn bodies(&self) -> usize {
        self.bodies.load(Ordering::SeqCst)
    }

    /// The number of chunks that `/endless` produced.
    pub(crate) fn chunks(&self) -> usize {
        self.chunks.load(Ordering::SeqCst)
    }

    fn hold(&self) -> Holder {
        self.now.fetch_add(1, Ordering::SeqCst);
        Holder(Arc::clone(&self.now))
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// An endless stream of chunks.
struct Endless {
    _holder: Holder,
    chunks: Arc<AtomicUsize>,
    chunk: Bytes,
}

pub(crate) const CHUNK: usize = 16 * 1024;

impl Stream for Endless {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(Some(Ok(self.chunk.clone())))
    }
}

/// The panic message of `/panics`.
pub(crate) const PANIC: &str = "expected by the test";

pub(crate) const LIMIT: usize = 1024;

pub(crate) fn routes(held: &Held) -> RouteHandlers {
    async fn panics() {
        panic!("{PANIC}")
    }
    let [waiting, reading, streaming] = [held.clone(), held.clone(), held.clone()];
    let echo = move |mut request: route_handlers::Request| {
        let held = reading.clone();
        async move {
            let _holder = held.hold();
            let bytes = request.bytes().await;
            held.bodies.fetch_add(usize::from(bytes.is_ok()), Ordering::SeqCst);
            bytes
        }
    };
    let waits = move || {
        let holder = waiting.hold();
        async move {
            std::future::pending::<()>().await;
            drop(holder);
        }
    };
    let endless = move || {
        let chunks = Arc::clone(&streaming.chunks);
        let stream = Endless { _holder: streaming.hold(), chunks, chunk: vec![b'x'; CHUNK].into() };
        async { Body::from_stream(stream) }
    };
    RouteHandlers::new()
        .get("/ping", async || "pong")
        .route("/echo", post(echo).body_limit(LIMIT))
        .get("/waits", waits)
        .get("/endless", endless)
        .get("/panics", panics)
        .claim("/")
}
