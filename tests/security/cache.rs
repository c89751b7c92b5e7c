//! Caches that send one client the response of another.
//!
//! CVE-2025-49826 (Next.js), RUSTSEC-2026-0035 (CVE-2026-2836, pingora-cache), CVE-2026-24472 and GHSA-p77w-8qqv-26rm
//! (Hono): this crate has no cache, so there is no cache key to get wrong. The tests check that each request runs its
//! handler, and that no generated response permits caching.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::header::{AUTHORIZATION, CACHE_CONTROL, COOKIE, ETAG, EXPIRES, HOST, IF_NONE_MATCH};
use http::{HeaderMap, Method, Request};
use route_handlers::{Body, RouteHandlers, get};

use crate::{ReceivedResponse, get_from, request, send};

#[tokio::test]
async fn every_request_runs_its_handler() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    let who = move |headers: HeaderMap| {
        counter.fetch_add(1, Ordering::Relaxed);
        let who = [AUTHORIZATION, COOKIE, HOST].map(|name| headers.get(name).cloned());
        async move { format!("{who:?}") }
    };
    let api = RouteHandlers::new().route("/me", get(who).etag());
    let clients = [
        (AUTHORIZATION, "Bearer a"),
        (AUTHORIZATION, "Bearer b"),
        (COOKIE, "session=a"),
        (COOKIE, "session=b"),
        (HOST, "a.example"),
        (HOST, "b.example"),
    ];
    let mut seen: Vec<ReceivedResponse> = Vec::new();
    for (name, value) in clients.iter().chain(&clients) {
        let request = Request::get("/me").header(name, *value).body(Body::empty()).unwrap();
        let response = send(api.clone(), request).await;
        assert!(response.body.contains(value), "{}", response.body);
        assert!(!response.headers.contains_key(CACHE_CONTROL) && !response.headers.contains_key(EXPIRES));
        seen.push(response);
    }
    assert_eq!(runs.load(Ordering::Relaxed), clients.len() * 2);

    // The tag of one client's response gives another client no 304: it is compared with the new response.
    let tag_of_a = &seen[0].headers[ETAG];
    for (name, value, status) in
        [(AUTHORIZATION, "Bearer a", 304), (AUTHORIZATION, "Bearer b", 200), (COOKIE, "session=a", 200)]
    {
        let request = Request::get("/me").header(name, value).header(IF_NONE_MATCH, tag_of_a).body(Body::empty());
        assert_eq!(send(api.clone(), request.unwrap()).await.status, status, "{value}");
    }
}

#[tokio::test]
async fn failures_forbid_caching() {
    let api =
        RouteHandlers::new().get("/{id}", async |route_handlers::Path(_): route_handlers::Path<u32>| "").claim("/");
    for (method, path, status) in
        [(Method::GET, "/x", 400), (Method::GET, "/a/b", 404), (Method::POST, "/7", 405), (Method::GET, "/%zz", 400)]
    {
        let response = send(api.clone(), request(method, path)).await;
        assert_eq!((response.status.as_u16(), response.headers[CACHE_CONTROL].to_str().unwrap()), (status, "no-store"));
    }
    assert!(
        !get_from(api, "/7").await.headers.contains_key(CACHE_CONTROL),
        "the handler decides on caching of its response"
    );
}
