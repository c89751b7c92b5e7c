//! Trusting the host name that a client sends.

use http::StatusCode;
use http::header::LOCATION;
use route_handlers::{Path, RouteHandlers, TrailingSlash};

use crate::get_from;

// CVE-2026-44578: Next.js trusted the host of the request line.
#[tokio::test]
async fn host_of_the_request_line_is_never_trusted() {
    let api = RouteHandlers::new()
        .get("/users", async || "all users")
        .get("/files/{*path}", async |Path(path): Path<String>| path)
        .trailing_slash(TrailingSlash::Remove);
    assert_eq!(get_from(api.clone(), "http://evil.example/users").await.body, "all users");
    for (uri, location) in [
        ("/users/", "/users"),
        ("http://evil.example/users/?a=1", "/users?a=1"),
        ("http://evil.example/files//other.example/", "/files//other.example"),
    ] {
        let response = get_from(api.clone(), uri).await;
        assert_eq!(
            (response.status, &response.headers[LOCATION]),
            (StatusCode::PERMANENT_REDIRECT, &location.parse().unwrap())
        );
    }
    let all = RouteHandlers::new().get("/{*path}", async || "").trailing_slash(TrailingSlash::Remove);
    for uri in ["//evil.example/", "http://host.example//evil.example/", "///evil.example/", "/\\evil.example/"] {
        let Ok(uri) = uri.parse::<http::Uri>() else { continue };
        let response = get_from(all.clone(), &uri.to_string()).await;
        assert!(!response.headers.contains_key(LOCATION), "{uri}: {:?}", response.headers);
    }
}

// A client resolves dot segments in a location, so such a redirect would lead to another path.
#[tokio::test]
async fn path_with_dot_segments_or_an_empty_end_is_never_redirected() {
    let api = RouteHandlers::new()
        .get("/users", async || "all users")
        .get("/files/{*path}", async |Path(path): Path<String>| path)
        .claim("/")
        .trailing_slash(TrailingSlash::Remove);
    for (uri, status) in [
        ("//", 404),
        ("/users//", 404),
        ("/users/./", 404),
        ("/files/a/../", 400),
        ("/files/%2E%2e/a/", 400),
        ("/files/a//", 400),
        ("/files/.../", 308),
        ("/files/.a/", 308),
    ] {
        let response = get_from(api.clone(), uri).await;
        assert_eq!(response.status.as_u16(), status, "{uri}");
        assert_eq!(response.headers.contains_key(LOCATION), status == 308, "{uri}");
    }
}
