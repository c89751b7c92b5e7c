//! Thousands of cancelled requests.
//!
//! RUSTSEC-2023-0034, RUSTSEC-2024-0003 (rapid reset), RUSTSEC-2024-0332 (CONTINUATION), RUSTSEC-2026-0258 (empty DATA
//! frames) are bugs of h2, which this crate does not depend on; [`dependencies`](crate::dependencies) checks the version
//! in the tests. A reset stream drops the response future: `tests/cancellation.rs` drops it at every poll, and
//! `tests/torture` resets streams of real connections.

use std::sync::Arc;

use http::Method;
use route_handlers::RouteHandlers;
use tower::Service;

use crate::{get_from, request};

#[tokio::test]
async fn work_ends_with_a_cancelled_request() {
    let held = Arc::new(());
    let holder = Arc::clone(&held);
    let mut api = RouteHandlers::new()
        .get("/waits", move || {
            let held = Arc::clone(&holder);
            async move {
                std::future::pending::<()>().await;
                drop(held);
            }
        })
        .get("/works", async || "still here");
    let idle = Arc::strong_count(&held);
    let mut cancelled = Vec::new();
    for _ in 0..10_000 {
        let mut response = tokio_test::task::spawn(api.call(request(Method::GET, "/waits")));
        assert!(response.poll().is_pending());
        cancelled.push(response);
    }
    assert_eq!(Arc::strong_count(&held), idle + 10_000);
    drop(cancelled);
    assert_eq!(Arc::strong_count(&held), idle);
    assert_eq!(get_from(api, "/works").await.body, "still here");
}
