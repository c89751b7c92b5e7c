//! Requests that are given up by the thousand.
//!
//! RUSTSEC-2023-0034, RUSTSEC-2024-0003 (rapid reset), RUSTSEC-2024-0332 (CONTINUATION), RUSTSEC-2026-0258 (empty DATA
//! frames) of h2 lie below this crate, which depends on no h2; [`dependencies`](crate::dependencies) holds the version
//! that the tests are run with. What a reset does is to drop the future: `tests/cancellation.rs` drops it at each place
//! where one waits, and `tests/torture` resets streams of real connections.

use std::sync::Arc;

use http::Method;
use route_handlers::RouteHandlers;
use tower::Service;

use crate::{get_from, request};

#[tokio::test]
async fn no_work_outlives_the_requests_that_are_given_up() {
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
    let mut given_up = Vec::new();
    for _ in 0..10_000 {
        let mut response = tokio_test::task::spawn(api.call(request(Method::GET, "/waits")));
        assert!(response.poll().is_pending());
        given_up.push(response);
    }
    assert_eq!(Arc::strong_count(&held), idle + 10_000);
    drop(given_up);
    assert_eq!(Arc::strong_count(&held), idle);
    assert_eq!(get_from(api, "/works").await.body, "still here");
}
