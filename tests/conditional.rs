//! Conditional requests: `Route::etag`.

mod support;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LAST_MODIFIED};
use http::{Method, Request, StatusCode};
use route_handlers::{Body, RouteHandlers, get};
use support::send;

const MODIFIED: &str = "Wed, 02 Jan 2030 03:04:05 GMT";
const BEFORE: &str = "Tue, 01 Jan 2030 00:00:00 GMT";
const LATER: &str = "Thu, 03 Jan 2030 00:00:00 GMT";

fn api() -> RouteHandlers {
    let own = async || ([(ETAG, "\"own\""), (LAST_MODIFIED, MODIFIED), (CACHE_CONTROL, "max-age=60")], "own");
    RouteHandlers::new()
        .route("/whole", get(async || "content").put(async || "put").etag())
        .route("/own", get(own).etag())
        .route("/weak", get(async || ([(ETAG, "W/\"a,b\"")], "weak")).etag())
        .route("/dated", get(async || ([(LAST_MODIFIED, MODIFIED)], Body::empty())).etag())
        .route("/fails", get(async || (StatusCode::NOT_FOUND, "nothing")).etag())
        .get("/plain", async || ([(ETAG, "\"own\"")], "plain"))
}

async fn status(path: &str, headers: &[(&str, &str)]) -> u16 {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    send(api(), request.body(Body::empty()).unwrap()).await.0.as_u16()
}

#[tokio::test]
async fn a_whole_answer_gets_a_strong_tag_that_is_the_same_for_the_same_bytes() {
    let [first, again] = [support::get("/whole"), support::get("/whole")];
    let (first, again) = (send(api(), first).await, send(api(), again).await);
    let etag = first.1[ETAG].to_str().unwrap();
    assert!(etag.starts_with("\"7-") && etag.len() == 36, "{etag}");
    assert_eq!(first.1[ETAG], again.1[ETAG]);
    assert_eq!(status("/whole", &[("if-none-match", etag)]).await, 304);
    assert_eq!(status("/whole", &[("if-none-match", &format!("\"x\", W/{etag}"))]).await, 304);
    assert_eq!(status("/whole", &[("if-none-match", "\"x\"")]).await, 200);
    assert_eq!(status("/whole", &[("if-match", etag)]).await, 200);
}

#[tokio::test]
async fn preconditions_are_evaluated_in_the_order_of_the_rfc() {
    for (path, headers, expected) in [
        ("/own", &[][..], 200),
        ("/own", &[("if-match", "\"own\"")], 200),
        ("/own", &[("if-match", "*")], 200),
        ("/own", &[("if-match", "\"x\"")], 412),
        ("/weak", &[("if-match", "W/\"a,b\"")], 412),
        ("/own", &[("if-match", "\"own\""), ("if-unmodified-since", BEFORE)], 200),
        ("/own", &[("if-unmodified-since", BEFORE)], 412),
        ("/own", &[("if-unmodified-since", MODIFIED)], 200),
        ("/own", &[("if-none-match", "\"own\"")], 304),
        ("/own", &[("if-none-match", "*")], 304),
        ("/weak", &[("if-none-match", "\"a,b\"")], 304),
        ("/weak", &[("if-none-match", "\"a")], 200),
        ("/own", &[("if-none-match", "\"x\""), ("if-modified-since", LATER)], 200),
        ("/own", &[("if-none-match", "\"own\""), ("if-modified-since", BEFORE)], 304),
        ("/own", &[("if-match", "\"own\""), ("if-none-match", "\"own\"")], 304),
        ("/own", &[("if-match", "\"x\""), ("if-none-match", "\"own\"")], 412),
        ("/dated", &[("if-modified-since", MODIFIED)], 304),
        ("/dated", &[("if-modified-since", LATER)], 304),
        ("/dated", &[("if-modified-since", BEFORE)], 200),
        ("/dated", &[("if-modified-since", "yesterday")], 200),
        ("/fails", &[("if-none-match", "*")], 404),
        ("/plain", &[("if-none-match", "\"own\"")], 200),
    ] {
        assert_eq!(status(path, headers).await, expected, "{path} {headers:?}");
    }
}

#[tokio::test]
async fn a_304_says_again_what_a_cache_keeps_by_and_has_no_content() {
    let request = Request::get("/own").header("if-none-match", "\"own\"").body(Body::empty()).unwrap();
    let (status, headers, body) = send(api(), request).await;
    assert_eq!((status.as_u16(), body.as_str()), (304, ""));
    assert_eq!(
        (&headers[ETAG], &headers[CACHE_CONTROL]),
        (&"\"own\"".parse().unwrap(), &"max-age=60".parse().unwrap())
    );
    assert!(!headers.contains_key(CONTENT_TYPE) && !headers.contains_key(LAST_MODIFIED));
}

#[tokio::test]
async fn head_has_the_validators_of_get_and_other_methods_are_left_alone() {
    let head = Request::head("/whole").body(Body::empty()).unwrap();
    let (status, headers, body) = send(api(), head).await;
    assert_eq!((status.as_u16(), body.as_str(), &headers["content-length"]), (200, "", &"7".parse().unwrap()));
    assert!(headers.contains_key(ETAG));
    let put = Request::builder().method(Method::PUT).uri("/whole").header("if-none-match", "*");
    let (status, headers, body) = send(api(), put.body(Body::empty()).unwrap()).await;
    assert_eq!((status.as_u16(), body.as_str(), headers.contains_key(ETAG)), (200, "put", false));
}
