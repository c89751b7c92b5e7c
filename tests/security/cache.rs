//! Caches that give one client what was another's.
//!
//! CVE-2025-49826 (Next.js), RUSTSEC-2026-0035 (CVE-2026-2836, pingora-cache), CVE-2026-24472 and GHSA-p77w-8qqv-26rm
//! (Hono): there is no cache here, so there is no key to get wrong. What is held is that there is none: each request
//! runs its handler, and no response made here invites a cache to keep it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::header::{AUTHORIZATION, CACHE_CONTROL, COOKIE, ETAG, EXPIRES, HOST, IF_NONE_MATCH};
use http::{HeaderMap, Method, Request};
use route_handlers::{Body, RouteHandlers, get};

use crate::{ReceivedResponse, get_from, request, send};

#[tokio::test]
async fn each_request_runs_its_handler_and_gets_what_is_its_own() {
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

    // A tag of one client's response is no 304 for another: what is compared is what this request's handler made.
    let tag_of_a = &seen[0].headers[ETAG];
    for (name, value, status) in
        [(AUTHORIZATION, "Bearer a", 304), (AUTHORIZATION, "Bearer b", 200), (COOKIE, "session=a", 200)]
    {
        let request = Request::get("/me").header(name, value).header(IF_NONE_MATCH, tag_of_a).body(Body::empty());
        assert_eq!(send(api.clone(), request.unwrap()).await.status, status, "{value}");
    }
}

#[tokio::test]
async fn no_failure_may_be_kept_by_a_cache() {
    let api =
        RouteHandlers::new().get("/{id}", async |route_handlers::Path(_): route_handlers::Path<u32>| "").claim("/");
    for (method, path, status) in
        [(Method::GET, "/x", 400), (Method::GET, "/a/b", 404), (Method::POST, "/7", 405), (Method::GET, "/%zz", 400)]
    {
        let response = send(api.clone(), request(method, path)).await;
        assert_eq!((response.status.as_u16(), response.headers[CACHE_CONTROL].to_str().unwrap()), (status, "no-store"));
    }
    assert!(!get_from(api, "/7").await.headers.contains_key(CACHE_CONTROL), "a success is the handler's to speak of");
}
