//! Counts the requests that are not done.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use hyper::body::{Body, Frame, SizeHint};
use route_handlers::{Json, State};
use serde_json::{Value, json};
use tokio::runtime::Handle;

/// The number of requests whose handler runs or whose response body is not at its end.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<AtomicUsize>);

impl Running {
    /// Counts a request until the guard is dropped.
    pub(crate) fn begin(&self) -> Guard {
        self.0.fetch_add(1, Ordering::Relaxed);
        Guard(self.clone())
    }
}

pub(crate) struct Guard(Running);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A response body that holds the guard of its request.
pub(crate) struct Counted<B> {
    pub(crate) body: B,
    pub(crate) _guard: Guard,
}

impl<B: Body + Unpin> Body for Counted<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// `GET /running`: the number of requests and of tasks, this request included. Each connection is a task, and each HTTP/2
/// request is another one.
pub(crate) async fn show(State(running): State<Running>) -> Json<Value> {
    let requests = running.0.load(Ordering::Relaxed);
    let tasks = Handle::current().metrics().num_alive_tasks();
    Json(json!({ "requests": requests, "tasks": tasks }))
}
