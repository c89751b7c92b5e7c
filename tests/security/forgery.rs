//! Cross-site request forgery and DNS rebinding.
//!
//! RUSTSEC-2026-0189 (rmcp), RUSTSEC-2026-0140 (dynoxide): servers on the visitor's own machine that looked at neither
//! `Host` nor `Origin`. Only the program knows its own host names, so it must check them: with the CSRF layer of
//! tower-http for the origin, and with `Request::url` or the header for the host. The tests check that both work around a
//! table.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::header::{HOST, ORIGIN};
use http::{Method, Request, StatusCode};
use route_handlers::{Body, IntoResponse, Response, RouteHandlers, post};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_http::csrf::CsrfLayer;

use crate::send;

fn counting() -> (Arc<AtomicUsize>, RouteHandlers) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    let handler = move || {
        counter.fetch_add(1, Ordering::Relaxed);
        async { "done" }
    };
    (runs, RouteHandlers::new().route("/do", post(handler)))
}

fn from_page(host: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let request = Request::builder().method(Method::POST).uri("/do").header(HOST, host);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn csrf_layer_protects_a_table() {
    let (runs, api) = counting();
    let guarded = ServiceBuilder::new().layer(CsrfLayer::new()).service(api);
    for (headers, status) in [
        (&[("sec-fetch-site", "cross-site")][..], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[("sec-fetch-site", "same-origin")], 200),
        (&[("origin", "http://app.example")], 200),
        (&[], 200),
    ] {
        assert_eq!(send(guarded.clone(), from_page("app.example", headers)).await.status, status, "{headers:?}");
    }
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn host_check_around_a_table_stops_dns_rebinding() {
    let (runs, api) = counting();
    let guarded = service_fn(move |request: Request<Body>| {
        let api = api.clone();
        async move {
            let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
            if !["localhost", "127.0.0.1", "[::1]"].contains(&host) {
                return Ok::<Response, Infallible>(StatusCode::MISDIRECTED_REQUEST.into_response());
            }
            api.oneshot(request).await
        }
    });
    let origin = [(ORIGIN.as_str(), "http://evil.example:3000"), ("sec-fetch-site", "same-origin")];
    for (host, status) in
        [("evil.example:3000", 421), ("localhost.evil.example", 421), ("localhost:3000", 200), ("[::1]:3000", 200)]
    {
        assert_eq!(send(guarded.clone(), from_page(host, &origin)).await.status, status, "{host}");
    }
    assert_eq!(runs.load(Ordering::Relaxed), 2);
}
