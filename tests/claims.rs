//! `claim`: a path reaches the inner service unless some server could resolve it into a claimed prefix.

#[path = "support/readings.rs"]
mod readings;
mod support;

use futures_util::FutureExt;
use http::{Method, Uri};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use readings::{CLAIMS, is_below, own_reading, readings};
use route_handlers::{RouteHandlers, TrailingSlash, post};
use support::{inner, send, send_get};

const POLICIES: [TrailingSlash; 4] =
    [TrailingSlash::Strict, TrailingSlash::Ignore, TrailingSlash::Remove, TrailingSlash::Add];

const PIECES: &[&str] = &[
    "/",
    "/",
    "/",
    "/",
    "%2F",
    "%2f",
    "\\",
    "%5C",
    "%5c",
    "//",
    "..",
    "..",
    ".",
    "%2e",
    "%2E%2e",
    ".%2e",
    ";x",
    ";",
    "api",
    "api",
    "api",
    "v1",
    "v1",
    "x",
    "%61pi",
    "v%31",
    "%2561pi",
    "%252e%252e",
    "%252F",
    "a.b",
    "%",
    "%20",
    "é",
];

fn path() -> impl Strategy<Value = String> {
    vec(select(PIECES), 1..12).prop_map(|pieces| format!("/{}", pieces.concat()))
}

/// The status of a GET, and whether the inner service gave the response.
fn outcome(api: RouteHandlers, path: &str) -> (u16, bool) {
    let (status, text) = send_get(api.over(inner()), path).now_or_never().expect("nothing waits");
    (status, text.starts_with("inner:"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_another_spelling_of_a_claim_is_400(
        (claim, segments) in select(&CLAIMS[..]),
        policy in select(&POLICIES[..]),
        path in path(),
    ) {
        prop_assume!(path.parse::<Uri>().is_ok_and(|uri| uri.path() == path));
        let api = RouteHandlers::new().claim(claim).trailing_slash(policy);
        let (status, is_inner) = outcome(api, &path);
        if is_below(&own_reading(&path), segments) {
            prop_assert!(!is_inner && (status == 404 || status == 308), "{claim} {path}: {status}");
        } else {
            let is_spelling = readings(&path).iter().any(|reading| is_below(reading, segments));
            prop_assert_eq!((status, is_inner), if is_spelling { (400, false) } else { (200, true) }, "{} {}", claim, path);
        }
    }

    #[test]
    fn route_with_pass_unsupported_refuses_another_spelling_of_a_claim(
        (claim, segments) in select(&CLAIMS[..]),
        policy in select(&POLICIES[..]),
        path in path(),
    ) {
        prop_assume!(path.parse::<Uri>().is_ok_and(|uri| uri.path() == path));
        let everything = RouteHandlers::new().route("/{*path?}", post(async || "ours").pass_unsupported());
        let (_, is_inner) = outcome(everything.claim(claim).trailing_slash(policy), &path);
        let is_claimed = is_below(&own_reading(&path), segments);
        let is_spelling = readings(&path).iter().any(|reading| is_below(reading, segments));
        prop_assert!(!is_inner || is_claimed || !is_spelling, "{claim} {path}");
    }

    #[test]
    fn table_without_claims_passes_every_path(path in path()) {
        prop_assume!(path.parse::<Uri>().is_ok_and(|uri| uri.path() == path));
        prop_assert_eq!(outcome(RouteHandlers::new().get("/api", async || "ours"), &path).1, path != "/api" && path != "/%61pi");
    }
}

#[tokio::test]
async fn another_spelling_of_a_claim_is_400() {
    for (claim, paths) in [
        (
            "/api",
            &[
                "/x%2Fy/../api/secret",
                "/x%2fy/../api/secret",
                "/./x%2fy/%2e%2e/api/s",
                "/x%5Cy/../api/secret",
                "/x%5cy/../api/secret",
                "/x\\y/../api/secret",
                "/x%5Cy\\../api/secret",
                "/x\\y%5C../api/secret",
                "//api",
                "/x//../api",
                "/..%2fapi",
                "/x/..;/api/secret",
                "/x;v=1/..;a/api",
                "/;x/api",
                "/api;v=1/secret",
                "/x/.%2e/%61pi",
                // Django and other services that decode the path do not resolve dots.
                "/api%2Fsecret/../..",
                // `new URL(url)`, then `path.normalize(decodeURIComponent(pathname))`.
                "/a%2Fb/../c%2F..%2Fapi",
                // A servlet container cuts parameters and resolves dots, then the application decodes the path.
                "/a%2Fb/..;x/v1%2F..%2Fapi",
                // Dot segments are removed (RFC 3986 §5.2.4), then the path is decoded, or split at `\`.
                "/x\\y%2Fz/../v1%2F..%2Fapi",
                "/x\\y/../v1\\..\\api",
                // A proxy merges slashes, and the service behind it decodes.
                "/x%2Fy//../v1%2F..%2Fapi",
            ][..],
        ),
        ("/v1/api", &["/v1/a//../../api/x", "/v1//api", "/v1%2Fapi", "/v1/a/..\\api", "//x/v1/a//../../../v1/api"]),
        (
            "/{tenant}/api",
            &[
                // Empty segments are dropped after `..`.
                "/x%2F%2F..%2F%2Fapi",
                // `..` removes the empty segment, and then a part of a segment.
                "/a%2Fb//../../api",
            ],
        ),
        ("/t/{tenant}/x", &["/t/a%2Fx", "/t/a/b/../x", "/t/a\\x/y", "/t//a/x"]),
    ] {
        for path in paths {
            let api = RouteHandlers::new().claim(claim).over(inner());
            assert_eq!(send_get(api, path).await.0, 400, "{claim} {path}");
        }
    }
}

#[tokio::test]
async fn path_that_no_reader_resolves_into_a_claim_falls_through() {
    for path in [
        "/x/../y",
        "/a%2Fb",
        "/a%2Fapi",
        "/x;v=1/y",
        "/a\\b",
        "//apis",
        "/docs//api",
        "/x/api",
        "/.well-known/api",
        "/a%20b;c",
        // Nothing is decoded twice (RFC 3986 §2.4).
        "/%2561pi",
        "/x/%252e%252e/api",
        "/x%252F..%252Fapi",
    ] {
        let api = RouteHandlers::new().claim("/api").over(inner());
        assert_eq!(send_get(api, path).await, (200, format!("inner: GET {path}")));
    }
}

#[cfg(feature = "warp")]
#[tokio::test]
async fn warp_filter_refuses_another_spelling_of_a_claim() {
    use warp::Filter;

    let api = RouteHandlers::new().route("/{*path?}", post(async || "ours").pass_unsupported()).claim("/api");
    let app = warp::service(route_handlers::hosts::warp::filter(api).or(warp::any().map(|| "inner")));
    for (path, status) in [("/x", 200), ("/x%2F..%2Fapi", 400), ("/x%2F;", 200), ("/x;/..;/api", 405), ("/;/api", 405)]
    {
        let request = http::Request::get(path).body(String::new()).unwrap();
        let response = tower::ServiceExt::oneshot(app.clone(), request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
}

#[tokio::test]
async fn claim_applies_to_every_method() {
    for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS, Method::TRACE] {
        let api = RouteHandlers::new().claim("/api").over(inner());
        let request = support::request(method.clone(), "/x%2F..%2Fapi", "");
        assert_eq!(send(api, request).await.0, 400, "{method}");
    }
}
