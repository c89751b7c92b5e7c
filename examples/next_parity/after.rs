//! `/api/r/after`: work after the response.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::StatusCode;
use route_handlers::{After, Json, Response, Result, RouteHandlers, State, get};
use serde::Serialize;

use super::web::{text, thrown};

type Counter = Arc<AtomicU32>;

#[derive(Serialize)]
struct Before {
    before: u32,
}

#[derive(Serialize)]
struct Count {
    count: u32,
}

/// Responds, and counts after the response.
async fn count(State(counter): State<Counter>, after: After) -> Json<Before> {
    let before = counter.load(Ordering::Relaxed);
    after.run(async move {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    Json(Before { before })
}

async fn counted(State(counter): State<Counter>) -> Json<Count> {
    Json(Count { count: counter.load(Ordering::Relaxed) })
}

/// Fails. The work is done nevertheless.
async fn fail(State(counter): State<Counter>, after: After) -> Result<Response> {
    after.run(async move {
        counter.fetch_add(100, Ordering::Relaxed);
    });
    Err(thrown("Error: boom"))
}

/// Panics after the response was sent.
async fn fail_after(after: After) -> Response {
    after.run(async { panic!("after boom") });
    text("patched")
}

async fn reset(State(counter): State<Counter>) -> StatusCode {
    counter.store(0, Ordering::Relaxed);
    StatusCode::NO_CONTENT
}

pub fn routes() -> RouteHandlers {
    RouteHandlers::new()
        .with_state(Counter::default())
        .route("/api/r/after", get(count).post(counted).put(fail).patch(fail_after).delete(reset))
}
