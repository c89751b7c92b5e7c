//! Dropped empty segments, and percent-encodings that are decoded twice.

use route_handlers::{Path, RouteHandlers};

use crate::get_from;

// GHSA-x732-6j76-qmhm (CVE-2025-71399): rou3 dropped empty segments; the rate limiter in front of it did not.
#[tokio::test]
async fn empty_segments_are_not_dropped() {
    let api = RouteHandlers::new().get("/abc", async || "abc").get("/a/{id}", async |Path(id): Path<String>| id);
    assert_eq!(get_from(api.clone(), "/abc").await.status, 200);
    for path in ["//abc", "/abc//", "/abc/", "///abc", "/a//b", "/a/", "//a/b"] {
        assert_eq!(get_from(api.clone(), path).await.status, 404, "{path}");
    }
}

// CVE-2026-6321, CVE-2026-6322: fast-uri decoded a path twice.
#[tokio::test]
async fn path_is_decoded_once() {
    let api = RouteHandlers::new().get("/{id}", async |Path(id): Path<String>| id);
    for (path, expected) in [
        ("/%252e%252e", "%2e%2e"),
        ("/%252F", "%2F"),
        ("/%25252e", "%252e"),
        ("/%2525", "%25"),
        ("/%2500", "%00"),
        ("/a%2Fb", "a/b"),
    ] {
        assert_eq!(get_from(api.clone(), path).await.body, expected, "{path}");
    }
    assert_eq!(get_from(api, "/%2e%2e").await.status, 400);
}
