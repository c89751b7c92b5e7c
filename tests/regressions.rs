//! Past bugs, one test each.

mod support;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue, SET_COOKIE};
use http::{Method, Request, StatusCode};
use http_body::{Frame, SizeHint};
use http_body_util::{Full, Limited};
use route_handlers::{
    After, Body, Error, ErrorContext, IntoResponse, Json, Path, RouteHandlers, RouteInfo, SetCookie, TrailingSlash,
    any, get, post,
};
use support::{inner, send, send_get};

#[tokio::test]
async fn dot_segment_behind_an_encoded_separator_is_400() {
    let api = RouteHandlers::new()
        .get("/files/{name}", async |Path(name): Path<String>| name)
        .get("/tree/{*path}", async |Path(path): Path<Vec<String>>| path.join("|"));
    for value in ["..%2Fx", "x%2F..", "%2e%2e%2fx", "..%5Cx", "..\\x", "a%2F.%2Fb", "..%2F..%2Fetc%2Fpasswd"] {
        assert_eq!(send_get(api.clone(), &format!("/files/{value}")).await.0, 400, "{value}");
        assert_eq!(send_get(api.clone(), &format!("/tree/a/{value}")).await.0, 400, "{value}");
    }
    for (value, read) in [("a%2Fb", "a/b"), ("..a%2Fb..", "..a/b.."), ("...", "..."), ("a%5Cb", "a\\b")] {
        assert_eq!(send_get(api.clone(), &format!("/files/{value}")).await, (200, read.to_owned()));
        assert_eq!(send_get(api.clone(), &format!("/tree/{value}/c")).await, (200, format!("{read}|c")));
    }
}

/// A body of two chunks with a false size hint.
struct FalseHint(usize);

impl http_body::Body for FalseHint {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0 += 1;
        Poll::Ready((self.0 <= 2).then(|| Ok(Frame::data(Bytes::from_static(b"ab")))))
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(u64::MAX / 4);
        hint
    }
}

#[tokio::test]
async fn false_size_hint_reserves_no_memory() {
    let api = RouteHandlers::new().body_limit(usize::MAX).post("/", async |body: Bytes| body);
    let response = send(api, Request::post("/").body(Body::new(FalseHint(0))).unwrap()).await;
    assert_eq!((response.0, response.2.as_str()), (StatusCode::OK, "abab"));
}

#[tokio::test]
async fn body_over_the_limit_of_a_layer_is_413() {
    let api = RouteHandlers::new().post("/", async |body: Bytes| body);
    let body = Body::new(Limited::new(Full::new(Bytes::from_static(b"too long")), 3));
    assert_eq!(send(api, Request::post("/").body(body).unwrap()).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn header_of_an_error_replaces_the_default_and_may_repeat() {
    let error = Error::new(StatusCode::UNAUTHORIZED)
        .with_header(CACHE_CONTROL, HeaderValue::from_static("max-age=60"))
        .with_header(CONTENT_TYPE, HeaderValue::from_static("application/vnd.problem+json"))
        .with_header(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"))
        .with_header(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    let response = error.into_response();
    let all = |name| response.headers().get_all(name).iter().collect::<Vec<_>>();
    assert_eq!(all(CACHE_CONTROL), ["max-age=60"]);
    assert_eq!(all(CONTENT_TYPE), ["application/vnd.problem+json"]);
    assert_eq!(all(http::header::WWW_AUTHENTICATE), ["Basic", "Bearer"]);
}

#[test]
fn part_with_a_cookie_replaces_no_other_cookie() {
    let mut headers = HeaderMap::new();
    headers.append(SET_COOKIE, HeaderValue::from_static("c=3"));
    headers.append("x-one", HeaderValue::from_static("2"));
    let response = (SetCookie::new("a", "1"), ([("set-cookie", "b=2"), ("x-one", "1")], "response"));
    let response = (headers, response).into_response();
    assert_eq!(response.headers().get_all(SET_COOKIE).iter().collect::<Vec<_>>(), ["b=2", "a=1; Path=/", "c=3"]);
    assert_eq!(response.headers().get_all("x-one").iter().collect::<Vec<_>>(), ["2"]);
    let three = ([("x-a", "1")], [("x-a", "2")], b"bytes").into_response();
    assert_eq!(
        (&three.headers()["x-a"], &three.headers()[CONTENT_TYPE]),
        (&"2".parse().unwrap(), &"application/octet-stream".parse().unwrap())
    );
}

#[tokio::test]
async fn catch_all_route_refuses_another_spelling_of_a_claim() {
    let app = RouteHandlers::new()
        .route("/{*path}", post(async || "ours").pass_unsupported())
        .claim("/private")
        .over(inner());
    assert_eq!(send_get(app.clone(), "/page").await, (200, "inner: GET /page".into()));
    assert_eq!(send_get(app.clone(), "/x%2F..%2Fprivate").await.0, 400);
    assert_eq!(send_get(app.clone(), "/private%2Fkeys").await.0, 405);
    assert_eq!(send_get(app, "/a%2Fprivate").await, (200, "inner: GET /a%2Fprivate".into()));
}

#[tokio::test]
async fn double_slash_at_the_end_is_no_trailing_slash() {
    for policy in [TrailingSlash::Ignore, TrailingSlash::Remove, TrailingSlash::Add] {
        let api = RouteHandlers::new().get("/a/", async || "a").trailing_slash(policy);
        assert_eq!(send_get(api, "/a//").await.0, 404, "{policy:?}");
    }
}

#[tokio::test]
async fn not_found_below_a_nested_claim_uses_on_error_of_its_table() {
    let envelope = |error: Error, _: &ErrorContext<'_>| (error.status(), "nested").into_response();
    let outer_hook = |error: Error, _: &ErrorContext<'_>| (error.status(), "outer").into_response();
    let nested = RouteHandlers::new().get("/users", async || "users").claim("/").on_error(envelope);
    let api = RouteHandlers::new().nest("/api", nested).claim("/else").on_error(outer_hook);
    assert_eq!(send_get(api.clone(), "/api/nothing").await, (404, "nested".into()));
    assert_eq!(send_get(api.clone(), "/else/nothing").await, (404, "outer".into()));
    assert_eq!(send_get(api, "/nothing").await, (404, "outer".into()));
}

#[test]
fn claim_with_a_catch_all_panics() {
    let claimed = std::panic::catch_unwind(|| RouteHandlers::new().claim("/api/{*rest}"));
    let text = *claimed.unwrap_err().downcast::<String>().unwrap();
    assert!(text.contains("/api/{*rest}") && text.contains("catch-all"), "{text}");
}

#[tokio::test]
async fn any_does_not_include_trace_and_connect() {
    let api = RouteHandlers::new().route("/", any(async |method: Method| method.to_string()));
    for method in [Method::TRACE, Method::CONNECT] {
        let (status, headers, _) =
            send(api.clone(), Request::builder().method(method).uri("/").body(Body::empty()).unwrap()).await;
        assert_eq!(
            (status.as_u16(), &headers["allow"]),
            (405, &"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT".parse().unwrap())
        );
    }
}

#[cfg(feature = "timeout")]
#[tokio::test(start_paused = true)]
async fn timeout_applies_to_the_methods_and_layers_before_it() {
    use std::time::Duration;
    let slow = async || {
        tokio::time::sleep(Duration::from_secs(60)).await;
        "late"
    };
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let count = tower::util::MapRequestLayer::new(move |request: Request<Body>| {
        counted.fetch_add(1, Ordering::Relaxed);
        request
    });
    let route = get(slow).post(slow).layer(count).timeout(Duration::from_secs(1)).put(slow);
    let api = RouteHandlers::new().route("/", route);
    for method in [Method::GET, Method::POST] {
        let request = Request::builder().method(method).uri("/").body(Body::empty()).unwrap();
        assert_eq!(send(api.clone(), request).await.0, StatusCode::GATEWAY_TIMEOUT);
    }
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    let request = Request::put("/").body(Body::empty()).unwrap();
    assert_eq!(send(api, request).await.0, StatusCode::OK);
}

#[test]
fn iterators_of_a_route_outlive_its_handle() {
    let api = RouteHandlers::new().route("/{a}/{b}", get(async || "").post(async || ""));
    let methods: Vec<_> = api.routes().flat_map(RouteInfo::methods).collect();
    let names: Vec<_> = api.routes().flat_map(RouteInfo::names).collect();
    assert_eq!((methods, names), ([Method::GET, Method::POST].iter().collect(), vec!["a", "b"]));
}

/// A value whose destructor panics.
struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "expected by the test");
    }
}

#[tokio::test]
async fn panic_whose_payload_panics_too_is_500_and_work_runs_once() {
    let later = support::Later::default();
    let early = |after: After| -> std::future::Ready<()> {
        after.run(async {});
        std::panic::panic_any(PanicsWhenDropped)
    };
    let late = async |after: After| -> () {
        after.run(async {});
        std::panic::panic_any(PanicsWhenDropped)
    };
    let api = RouteHandlers::new().get("/early", early).get("/late", late).wait_until(later.clone());
    for (uri, count) in [("/early", 1), ("/late", 2)] {
        assert_eq!(send_get(api.clone(), uri).await.0, 500, "{uri}");
        assert_eq!(later.count(), count, "{uri}");
    }
}

#[tokio::test]
async fn error_behind_a_layer_is_shaped_once() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let hook = move |error: Error, _: &ErrorContext<'_>| {
        counted.fetch_add(1, Ordering::Relaxed);
        (error.status(), "shaped").into_response()
    };
    let forgets = tower::util::MapRequestLayer::new(|request: Request<Body>| Request::new(request.into_body()));
    let fails = async || Err::<(), _>(Error::new(StatusCode::CONFLICT));
    let api = RouteHandlers::new()
        .route("/layered", get(fails).layer(tower::layer::util::Identity::new()))
        .route("/without_extensions", get(fails).layer(forgets))
        .route("/plain", get(fails).layer(tower::layer::util::Identity::new()).etag())
        .on_error(hook);
    for (uri, status, count) in [("/layered", 409, 1), ("/without_extensions", 500, 2), ("/plain", 409, 3)] {
        assert_eq!(send_get(api.clone(), uri).await, (status, "shaped".to_owned()), "{uri}");
        assert_eq!(calls.load(Ordering::Relaxed), count, "{uri}");
    }
}

#[tokio::test]
async fn optional_result_of_an_argument_is_none_without_its_input() {
    async fn kind(body: Option<Result<Json<u8>, Error>>) -> &'static str {
        match body {
            None => "none",
            Some(Ok(_)) => "json",
            Some(Err(_)) => "error",
        }
    }
    let api = RouteHandlers::new().route("/", post(kind));
    let empty_chunks = Body::from_stream(futures_util::stream::empty::<Result<Bytes, std::io::Error>>());
    for (body, expected) in
        [(Body::empty(), "none"), (empty_chunks, "none"), (Body::from("7"), "json"), (Body::from("x"), "error")]
    {
        let request = Request::post("/").header(CONTENT_TYPE, "application/json").body(body).unwrap();
        assert_eq!(send(api.clone(), request).await.2, expected);
    }
}

/// The stack of a thread of tokio has 2 MiB. The search has the depth of the path at most.
#[test]
fn deepest_search_needs_less_than_half_of_a_usual_stack() {
    let thread = std::thread::Builder::new().stack_size(1024 * 1024).spawn(|| {
        const DEPTH: usize = 1_000;
        let api = (0..DEPTH).fold(RouteHandlers::new(), |api, level| {
            api.get(&format!("{}/{{x}}", "/a".repeat(level)), async || "found")
        });
        let uri = format!("{}/b", "/a".repeat(DEPTH - 1));
        let send = |method| {
            let request = Request::builder().method(method).uri(&uri).body(Body::empty()).unwrap();
            tokio_test::block_on(send(api.clone(), request)).0
        };
        (send(Method::GET), send(Method::POST))
    });
    assert_eq!(thread.unwrap().join().unwrap(), (StatusCode::OK, StatusCode::METHOD_NOT_ALLOWED));
}
