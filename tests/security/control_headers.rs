//! Decisions of the server that a client can override with a header.

use http::{HeaderName, Method, StatusCode};
use route_handlers::{RouteHandlers, get, post};
use tower::layer::layer_fn;

use crate::{refuse_admin, request, send};

/// Headers that control Next.js, its hosts, proxies and other frameworks.
const CONTROLS: &[&str] = &[
    "x-middleware-subrequest",
    "x-middleware-subrequest-id",
    "x-middleware-next",
    "x-middleware-rewrite",
    "x-middleware-override-headers",
    "x-middleware-prefetch",
    "x-middleware-set-cookie",
    "x-nextjs-data",
    "x-nextjs-matched-path",
    "x-nextjs-rewrite",
    "x-matched-path",
    "x-now-route-matches",
    "x-invoke-path",
    "x-invoke-query",
    "x-invoke-status",
    "x-prerender-revalidate",
    "x-original-url",
    "x-rewrite-url",
    "x-forwarded-prefix",
    "x-forwarded-path",
    "x-forwarded-uri",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-method",
    "forwarded",
    "x-http-method-override",
    "x-accel-redirect",
    "x-sendfile",
    "x-vercel-id",
    "x-amzn-trace-id",
    "rsc",
    "next-router-prefetch",
    "next-router-segment-prefetch",
    "next-action",
    "purpose",
];

// CVE-2025-29927: with `x-middleware-subrequest`, a client could skip the middleware of Next.js.
#[tokio::test]
async fn client_headers_change_neither_the_handler_nor_its_guard() {
    let api = RouteHandlers::new()
        .route("/admin/{id}", get(async || "admins only").layer(layer_fn(refuse_admin)))
        .route("/notes", post(async || "made").delete(async || "gone"))
        .claim("/api");
    let values = [
        "1",
        "true",
        "/notes",
        "/admin/{id}",
        "DELETE",
        "src/middleware:src/middleware:src/middleware",
        "middleware:middleware:middleware:middleware:middleware",
    ];
    for (method, path, status) in [
        (Method::GET, "/admin/7", StatusCode::FORBIDDEN),
        (Method::HEAD, "/admin/7", StatusCode::FORBIDDEN),
        (Method::POST, "/notes", StatusCode::OK),
        (Method::GET, "/notes", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/api/none", StatusCode::NOT_FOUND),
    ] {
        let plain = send(api.clone(), request(method.clone(), path)).await;
        assert_eq!(plain.status, status);
        for name in CONTROLS {
            for value in values {
                let mut request = request(method.clone(), path);
                request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
                let response = send(api.clone(), request).await;
                assert_eq!(
                    (response.status, &response.headers, &response.body),
                    (plain.status, &plain.headers, &plain.body),
                    "{method} {path} {name}: {value}"
                );
            }
        }
    }
}

// The same advisory: only `Request::forwarded_url`, for programs behind a proxy that sets them, and a table with
// `TrustedProxies` read such headers. `tests/client_ip.rs` shows that the latter trusts no client.
#[test]
fn proxy_headers_are_read_by_forwarded_url_and_trusted_proxies_only() {
    let names = ["\"x-", "\"forwarded\"", "header::FORWARDED", "header::{FORWARDED"];
    for (path, text) in crate::sources() {
        let code = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
        let read = code.filter(|line| names.iter().any(|name| line.contains(name))).count();
        let path = path.replace('\\', "/");
        let may_read = ["request/url.rs", "extract/forwarded.rs"].iter().any(|file| path.ends_with(file));
        assert_eq!(read, if may_read { 2 } else { 0 }, "{path}");
    }
}
