//! Any request to a service with many features: no panic, and a response that HTTP allows.
#![no_main]

use std::convert::Infallible;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Wake, Waker};

use arbitrary::Arbitrary;
use bytes::Bytes;
use futures_util::stream;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use route_handlers::extract::MatchedRoute;
use route_handlers::multipart::Multipart;
use route_handlers::pages::{PagesRequest, PagesResponse, pages};
use route_handlers::{Body, Cookies, Form, IntoResponse, Json, Path, Query, Request as OurRequest, Result, RouteHandlers, SetCookie, TrailingSlash, any, get, post};
use serde::Deserialize;
use serde_json::Value;
use tower::ServiceExt;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    table: u8,
    method: &'a [u8],
    known_method: Option<u8>,
    target: &'a [u8],
    known_path: Option<u8>,
    headers: Vec<(&'a str, &'a [u8])>,
    known_headers: Vec<(u8, &'a [u8])>,
    body: Vec<&'a [u8]>,
}

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"];

const PATHS: [&str; 14] = [
    "/api/json",
    "/api/form",
    "/api/text",
    "/api/bytes",
    "/api/multipart",
    "/api/pages",
    "/api/etag",
    "/api/stream",
    "/api/lies",
    "/api/users/",
    "/api/files/",
    "/api/docs/",
    "/api/cookies",
    "/api/url",
];

const HEADERS: [&str; 12] = [
    "content-type",
    "content-length",
    "cookie",
    "host",
    "if-none-match",
    "if-match",
    "if-modified-since",
    "accept",
    "x-forwarded-host",
    "x-forwarded-proto",
    "transfer-encoding",
    "origin",
];

#[derive(Deserialize)]
struct User {
    #[allow(dead_code, reason = "it is parsed")]
    id: u32,
    name: Option<String>,
    tags: Option<Vec<String>>,
}

async fn everything_of(mut request: OurRequest) -> Result<String> {
    let route = request.matched_route().map(|route| route.to_string());
    let safe = request.segments("path").is_some().then(|| request.safe_path("path").is_ok());
    let url = (request.url().is_ok(), request.forwarded_url().is_ok());
    let pairs = request.query_pairs().count();
    let cookies = request.cookies().iter().count();
    let text = request.text().await?;
    Ok(format!("{route:?} {safe:?} {url:?} {pairs} {cookies} {}", text.len()))
}

fn lies(headers: HeaderMap) -> http::Response<Body> {
    let mut response = "the content".into_response();
    for (name, value) in &headers {
        response.headers_mut().append(name, value.clone());
    }
    response
}

fn routes() -> RouteHandlers {
    RouteHandlers::new()
        .route("/json", post(async |Json(user): Json<User>| user.name).put(async |Json(any): Json<Value>| Json(any)))
        .route(
            "/form",
            get(async |Query(user): Query<User>| user.name)
                .post(async |Form(user): Form<User>| format!("{:?}", user.tags)),
        )
        .route("/text", any(async |text: String| text).body_limit(64))
        .route("/bytes", post(async |bytes: Bytes| bytes).body_limit(64))
        .route(
            "/multipart",
            post(async |mut form: Multipart| -> Result<String> {
                let mut count = 0;
                while let Some(field) = form.next_field().await? {
                    count += field.bytes().await?.len();
                }
                Ok(count.to_string())
            }),
        )
        .any(
            "/pages",
            pages(async |req: PagesRequest, res: PagesResponse| {
                let query = format!("{:?} {:?}", req.query(), req.body());
                res.status(200).send(query)
            }),
        )
        .route("/etag", get(async |headers: HeaderMap| headers.len().to_string()).etag())
        .get("/stream", async || Body::from_stream(stream::iter(["one ", "two"].map(Ok::<_, Infallible>))))
        .any("/lies", async |headers: HeaderMap| lies(headers))
        .get("/users/{id}", async |Path(id): Path<u32>| id.to_string())
        .get("/users/{id}/{name}.json", async |Path((id, name)): Path<(u8, String)>| format!("{id} {name}"))
        .any("/files/{*path}", everything_of)
        .any("/docs/{*path?}", everything_of)
        .get("/cookies", async |mut cookies: Cookies| {
            let own: Vec<_> = cookies.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            for (name, value) in own {
                cookies.set(SetCookie::new(name, value));
            }
            (cookies, "")
        })
        .any("/url", everything_of)
        .get("/v{version}", async |route: MatchedRoute| route.as_str().to_owned())
}

/// The table alone, with a claim, with each slash policy, and with a hook.
static TABLES: LazyLock<Vec<RouteHandlers>> = LazyLock::new(|| {
    let api = || RouteHandlers::new().nest("/api", routes());
    vec![
        api(),
        api().claim("/api").trailing_slash(TrailingSlash::Ignore),
        api().claim("/api").trailing_slash(TrailingSlash::Remove),
        api().trailing_slash(TrailingSlash::Add),
        api().claim("/").on_error(|error, context| {
            let mut response = error.into_response();
            let path = context.uri().path().len().to_string();
            response.headers_mut().insert("x-path", path.parse().unwrap());
            response
        }),
    ]
});

fn request(input: &Input<'_>) -> Option<Request<Body>> {
    let method = match input.known_method {
        Some(known) => METHODS[usize::from(known) % METHODS.len()].as_bytes(),
        None => input.method,
    };
    let target = match input.known_path {
        Some(known) => [PATHS[usize::from(known) % PATHS.len()].as_bytes(), input.target].concat(),
        None => input.target.to_vec(),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in &input.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    for (known, value) in &input.known_headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HEADERS[usize::from(*known) % HEADERS.len()], value);
        }
    }
    let body = match &input.body[..] {
        [] => Body::empty(),
        [whole] => whole.to_vec().into(),
        pieces => {
            let pieces: Vec<_> =
                pieces.iter().map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
            Body::from_stream(stream::iter(pieces))
        }
    };
    let mut request = Request::new(body);
    *request.method_mut() = Method::from_bytes(method).ok()?;
    *request.uri_mut() = Uri::try_from(target).ok()?;
    *request.headers_mut() = headers;
    Some(request)
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Polls a future until it is ready. No other task runs, so a future that is pending must have woken itself.
///
/// A body is pending once after some empty chunks in a row.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        assert!(woken.0.swap(false, Ordering::Relaxed), "the future is pending, and nothing will wake it");
    }
}

fuzz_target!(|input: Input<'_>| {
    let Some(request) = request(&input) else { return };
    let case = format!("{} {} {:?}", request.method(), request.uri(), request.headers());
    let is_head = request.method() == Method::HEAD;
    let is_options = request.method() == Method::OPTIONS;
    let path = request.uri().path().to_owned();
    let lies = path.starts_with("/api/lies");
    let api = TABLES[usize::from(input.table) % TABLES.len()].clone();
    let Ok(response) = run(api.oneshot(request));
    let (head, body) = response.into_parts();
    let exact = http_body::Body::size_hint(&body).exact();
    let body = run(body.collect()).expect("the body does not fail").to_bytes();
    let status = head.status.as_u16();
    let case = format!("{case}: {head:?} {body:?}");

    // `/cookies` fails if the client sends a cookie name that a response cannot set.
    let sets_cookies = status == 500 && path.starts_with("/api/cookies");
    let known = [200, 204, 304, 308, 400, 404, 405, 412, 413, 415, 422].contains(&status);
    assert!(known || sets_cookies, "{case}");
    assert!(exact.is_none_or(|exact| exact == body.len() as u64), "{case}");
    if is_head || [204, 205, 304].contains(&status) {
        assert!(body.is_empty(), "{case}");
    }
    let lengths: Vec<_> = head.headers.get_all(CONTENT_LENGTH).iter().collect();
    assert!(lengths.len() <= 1, "{case}");
    if let Some(length) = lengths.first() {
        let length: usize = length.to_str().unwrap().parse().expect(&case);
        assert!(length == body.len() || (body.is_empty() && (is_head || status == 304)), "{case}");
        assert!(status != 204 && status != 205, "{case}");
    }
    if !lies {
        let allows = head.headers.get_all(ALLOW).iter().count();
        assert_eq!(allows, usize::from(status == 405 || (status == 204 && is_options && allows == 1)), "{case}");
    }
    if status == 308 {
        let location = head.headers[LOCATION].to_str().expect(&case);
        assert!(location.starts_with("/api") && !location.starts_with("//"), "{case}");
    }
    if status >= 400 {
        assert_eq!(head.headers[CONTENT_TYPE], "application/problem+json", "{case}");
        assert_eq!(head.headers[CACHE_CONTROL], "no-store", "{case}");
        if !is_head {
            let problem: Value = serde_json::from_slice(&body).expect(&case);
            assert_eq!(problem["status"], status, "{case}");
        }
    }
});
