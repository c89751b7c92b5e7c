//! Incidents of the field, each as a test that it cannot happen here.

use std::convert::Infallible;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::{Stream, stream};
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use route_handlers::{
    Body, Cookies, IntoResponse, Json, MatchedRoute, PagesResponse, Path, Query, Redirect, Request as OurRequest,
    Response, RouteHandlers, SetCookie, TrailingSlash, any, get, not_found, pages, permanent_redirect, post, redirect,
};
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::layer::layer_fn;
use tower::{Service, ServiceExt, service_fn};
use tower_http::services::ServeDir;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn problem(&self) -> Value {
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem["status"], self.status.as_u16());
        problem
    }
}

async fn send<S, B>(service: S, request: Request<Body>) -> Answer
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: std::fmt::Debug>,
    B: http_body::Body<Error: std::fmt::Debug>,
{
    let (head, body) = service.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer { status: head.status, headers: head.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

fn request(method: Method, uri: &str) -> Request<Body> {
    Request::builder().method(method).uri(uri).body(Body::empty()).unwrap()
}

async fn get_from<S, B>(service: S, uri: &str) -> Answer
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: std::fmt::Debug>,
    B: http_body::Body<Error: std::fmt::Debug>,
{
    send(service, request(Method::GET, uri)).await
}

/// Refuses what goes to the patterns below `/admin`: it looks at the route, never at the path.
fn refuse_admin<S>(
    inner: S,
) -> impl Service<Request<Body>, Response = Response, Error = Infallible, Future: Send> + Clone
where
    S: Service<Request<Body>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    service_fn(move |request: Request<Body>| {
        let inner = inner.clone();
        async move {
            let is_admin = request.extensions().get::<MatchedRoute>().unwrap().as_str().starts_with("/admin");
            if is_admin { Ok(StatusCode::FORBIDDEN.into_response()) } else { inner.oneshot(request).await }
        }
    })
}

// GHSA-492v-c6pp-mqqv (CVE-2026-44574), GHSA-267c-6grr-h53f, GHSA-26hh-7cqf-hhc6: Next.js, where the middleware and the
// router meant different paths, and the query could set a parameter.
#[tokio::test]
async fn a_guard_and_the_router_mean_the_same_route_and_the_query_sets_no_parameter() {
    let guard = || layer_fn(refuse_admin);
    let api = RouteHandlers::new()
        .route("/admin/{id}", get(async |Path(id): Path<String>| id).layer(guard()))
        .route("/{*page}", get(async |Path(page): Path<String>| page).layer(guard()));
    for path in ["/admin/7", "/%61dmin/7", "/admin/%37", "/%61%64%6d%69%6E/7?id=8", "/admin/7?page=home&nxtPid=8"] {
        assert_eq!(get_from(api.clone(), path).await.status, 403, "{path}");
    }
    for path in ["/Admin/7", "/admin%2F7", "/%2561dmin/7", "/admin/7/8", "/admin/7/", "/admin"] {
        let answer = get_from(api.clone(), path).await;
        assert!([200, 400].contains(&answer.status.as_u16()), "{path} is not the guarded route");
    }

    let show = async |Path(id): Path<String>, Query(query): Query<Vec<(String, String)>>| format!("{id} {query:?}");
    let api = RouteHandlers::new().get("/users/{id}", show);
    let answer = get_from(api, "/users/7?id=evil&nxtPid=evil").await;
    assert_eq!(answer.body, r#"7 [("id", "evil"), ("nxtPid", "evil")]"#);
}

// CVE-2026-47676: Hono's `app.mount()` cut the prefix off the raw path, and routed on the decoded one.
#[tokio::test]
async fn a_nested_table_answers_what_the_same_routes_written_flat_answer() {
    let show = async |request: OurRequest| format!("{:?} {:?}", request.param("x"), request.matched_route());
    let nested = RouteHandlers::new().nest("/a", RouteHandlers::new().get("/{x}", show).get("/", show));
    let flat = RouteHandlers::new().get("/a/{x}", show).get("/a", show);
    for (path, status) in [
        ("/a/x", 200),
        ("/%61/x", 200),
        ("/%61", 200),
        ("/a%2Fx", 404),
        ("/%2561/x", 404),
        ("/a/%2561", 200),
        ("/a//x", 404),
        ("//a/x", 404),
        ("/a/a%2Fx", 200),
        ("/a/..", 400),
        ("/a/%2e%2e", 400),
        ("/a/", 404),
    ] {
        let (nested, flat) = (get_from(nested.clone(), path).await, get_from(flat.clone(), path).await);
        assert_eq!((nested.status, nested.body), (flat.status, flat.body), "{path}");
        assert_eq!(nested.status, status, "{path}");
    }
}

/// A folder with a public file, and with one that only the table may let out.
struct Site(PathBuf);

const SECRET: &str = "the secret";

impl Site {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("route-handlers-{}-{name}", std::process::id()));
        fs::create_dir_all(root.join("private")).unwrap();
        fs::write(root.join("public.txt"), "the public page").unwrap();
        fs::write(root.join("private/secret.txt"), SECRET).unwrap();
        Self(root)
    }

    /// A table that owns `/private`, over a file server that has a folder of this name.
    async fn get(&self, path: &str) -> Answer {
        let guarded = RouteHandlers::new()
            .route("/private/{*path?}", any(async || "let through").layer(layer_fn(|_| service_fn(refuse))))
            .claim("/private");
        get_from(guarded.over(ServeDir::new(&self.0)), path).await
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn refuse(_: Request<Body>) -> Result<Response, Infallible> {
    Ok(StatusCode::FORBIDDEN.into_response())
}

// CVE-2026-39407, GHSA-wc8c-qw6v-h7f6: Hono's router took the path literally, its file server normalised it.
#[tokio::test]
async fn no_path_below_an_owned_prefix_reaches_the_file_server() {
    let site = Site::new("below");
    assert_eq!(site.get("/public.txt").await.body, "the public page");
    for path in [
        "/private/secret.txt",
        "/%70rivate/secret.txt",
        "/private/secret%2Etxt",
        "/private//secret.txt",
        "/private/./secret.txt",
        "/private/%2e/secret.txt",
        "/private/x/../secret.txt",
        "/private/%2e%2e/private/secret.txt",
        "/private/x%2F..%2Fsecret.txt",
        "/private/%2Fsecret.txt",
        "/private/%5csecret.txt",
        "/private/secret.txt%00",
        "/private/secret.txt%zz",
        "/private/%ff/secret.txt",
        "/private/secret.txt/",
        "/private/secret.txt?a=/",
        "/private/",
        "/private",
    ] {
        let answer = site.get(path).await;
        assert!([400, 403].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
    }
}

// The same, of the spellings that only the file server behind takes for a path below the prefix.
#[tokio::test]
async fn no_other_spelling_of_an_owned_prefix_gets_its_files_from_the_file_server() {
    let site = Site::new("spelled");
    let mut let_out = Vec::new();
    for path in [
        "//private/secret.txt",
        "///private///secret.txt",
        "/./private/secret.txt",
        "/%2e/private/secret.txt",
        "/private%2Fsecret.txt",
        "/private%2fsecret.txt",
        "/%2Fprivate/secret.txt",
        "/.%2Fprivate%2Fsecret.txt",
        "/x/../private/secret.txt",
        "/x/%2e%2e/private/secret.txt",
        "/x%2F..%2Fprivate/secret.txt",
        "/private%5csecret.txt",
        "/private;/secret.txt",
        "/private%00/secret.txt",
        "/private./secret.txt",
    ] {
        let answer = site.get(path).await;
        if answer.status == 200 || answer.body.contains(SECRET) {
            let_out.push(path);
        }
    }
    assert_eq!(let_out, [""; 0]);
}

// GHSA-x732-6j76-qmhm (CVE-2025-71399): rou3 dropped empty segments, the rate limiter in front of it did not.
#[tokio::test]
async fn empty_segments_are_not_dropped() {
    let api = RouteHandlers::new().get("/abc", async || "abc").get("/a/{id}", async |Path(id): Path<String>| id);
    assert_eq!(get_from(api.clone(), "/abc").await.status, 200);
    for path in ["//abc", "/abc//", "/abc/", "///abc", "/a//b", "/a/", "//a/b"] {
        assert_eq!(get_from(api.clone(), path).await.status, 404, "{path}");
    }
}

// CVE-2026-6321, CVE-2026-6322: fast-uri decoded what was decoded already.
#[tokio::test]
async fn a_path_is_decoded_once() {
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

/// A body in pieces, of no known length.
fn in_pieces(pieces: impl Stream<Item = Bytes> + Send + 'static) -> Body {
    use futures_util::StreamExt;
    Body::new(StreamBody::new(pieces.map(|piece| Ok::<_, Infallible>(Frame::data(piece)))))
}

fn echo(limit: usize) -> RouteHandlers {
    RouteHandlers::new().route("/", post(async |body: Bytes| body).body_limit(limit))
}

// RUSTSEC-2022-0055 (CVE-2022-3212): axum-core read bodies without a limit.
#[tokio::test]
async fn a_body_without_end_is_refused_at_the_limit() {
    let read = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&read);
    let endless = stream::repeat_with(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        Bytes::from_static(&[b'x'; 1024])
    });
    let answer = send(echo(10 * 1024), Request::post("/").body(in_pieces(endless)).unwrap()).await;
    assert_eq!(answer.status, 413);
    assert_eq!(read.load(Ordering::Relaxed), 11, "no more is read than tells that it is too much");
}

// The same: what counts is what is read, whatever `Content-Length` says; and what says that it is too long is not read.
#[tokio::test]
async fn the_limit_holds_for_the_bytes_that_are_read() {
    let of = |body: Body| Request::post("/").body(body).unwrap();
    let pieces = |count: usize| in_pieces(stream::iter(vec![Bytes::from_static(b"x"); count]));
    for (length, status) in [(0, 200), (7, 200), (8, 200), (9, 413), (100, 413)] {
        assert_eq!(send(echo(8), of("x".repeat(length).into())).await.status, status, "whole, {length}");
        assert_eq!(send(echo(8), of(pieces(length))).await.status, status, "in pieces, {length}");
    }

    let lying = Request::post("/").header(CONTENT_LENGTH, 3).body(pieces(9)).unwrap();
    assert_eq!(send(echo(8), lying).await.status, 413);

    let unread = in_pieces(stream::poll_fn(|_| -> std::task::Poll<Option<Bytes>> { panic!("the body is read") }));
    let announced = Request::post("/").header(CONTENT_LENGTH, 9).body(unread).unwrap();
    assert_eq!(send(echo(8), announced).await.status, 413);
}

// Next.js truncated bodies at 10 MB, tower-http #610 and axum #1703 closed the connection.
#[tokio::test]
async fn a_body_over_the_limit_is_a_problem_and_never_a_truncated_success() {
    let called = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&called);
    let handler = move |_: Bytes| {
        counter.fetch_add(1, Ordering::Relaxed);
        async {}
    };
    let api = RouteHandlers::new().post("/", handler).body_limit(8);
    let announced = Request::post("/").header(CONTENT_LENGTH, 9).body(Body::from("123456789")).unwrap();
    let chunked = Request::post("/").body(in_pieces(stream::iter(["12345", "6789"].map(Bytes::from)))).unwrap();
    for request in [announced, chunked] {
        let answer = send(api.clone(), request).await;
        assert_eq!(answer.status, 413);
        assert_eq!(answer.problem()["detail"], "the body is longer than the 8 bytes allowed here");
    }
    assert_eq!(called.load(Ordering::Relaxed), 0);
}

// CVE-2026-47675: Hono wrote attributes of a cookie unchecked; RUSTSEC-2017-0005: a `Max-Age` overflowed. What else is
// refused, and that nothing is injected by any text, is in `cookies.rs`.
#[tokio::test]
async fn no_text_within_a_cookie_adds_an_attribute_a_line_or_a_header() {
    const EVIL: [&str; 5] = ["x; Domain=evil.example", "x\r\nx-evil: 1", "x\nset-cookie: evil=1", "x\0", "x;Secure"];
    let lines = |cookie: SetCookie| {
        let response = (cookie, SetCookie::new("second", "2"), "").into_response();
        assert!(!response.headers().contains_key("x-evil"));
        let lines = response.headers().get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned());
        (response.status().as_u16(), lines.collect::<Vec<_>>())
    };
    for evil in EVIL {
        let (status, value) = lines(SetCookie::new("n", evil));
        assert_eq!((status, value.len(), value[0].matches(';').count()), (200, 2, 1), "{value:?}");
        for refused in [
            SetCookie::new(evil, "v"),
            SetCookie::new("n", "v").path(evil),
            SetCookie::new("n", "v").domain(evil),
            SetCookie::new("n", "v").attribute("Priority", evil),
            SetCookie::new("n", "v").attribute(evil, "low"),
        ] {
            assert_eq!(lines(refused.clone()), (500, vec!["second=2; Path=/".to_owned()]), "{refused:?}");
        }
    }

    for seconds in [u64::from(u32::MAX), i64::MAX as u64, u64::MAX] {
        let (status, line) = lines(SetCookie::new("n", "v").max_age(Duration::from_secs(seconds)));
        assert_eq!(status, 200);
        let max_age = line[0].strip_prefix("n=v; Path=/; Max-Age=").and_then(|seconds| seconds.parse::<i64>().ok());
        assert_eq!(max_age, Some(i64::try_from(seconds).unwrap_or(i64::MAX)), "never negative: {line:?}");
    }
    let year_60_000 = SystemTime::UNIX_EPOCH + Duration::from_secs(1_831_000_000_000);
    let (status, line) = lines(SetCookie::new("n", "v").expires(year_60_000));
    assert_eq!((status, line[0].as_str()), (200, "n=v; Path=/; Expires=Fri, 31 Dec 9999 23:59:59 GMT"));
}

// The same: several lines of cookies are one list, as HTTP/2 may split it (RFC 9113 §8.2.3).
#[tokio::test]
async fn several_lines_of_cookies_are_read_as_one() {
    let api =
        RouteHandlers::new().get("/", async |cookies: Cookies| format!("{:?}", cookies.iter().collect::<Vec<_>>()));
    for lines in [&["a=1; b=2; a=3"][..], &["a=1; b=2", "a=3"], &["a=1", "b=2", "a=3"], &["a=1", "b=2;", "; a=3"]] {
        let request = lines.iter().fold(Request::get("/"), |request, line| request.header(COOKIE, *line));
        let answer = send(api.clone(), request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.body, r#"[("a", "1"), ("b", "2"), ("a", "3")]"#, "{lines:?}");
    }
}

// RUSTSEC-2024-0009 (trillium), RUSTSEC-2017-0002 (hyper): line breaks in headers; axum's `Redirect` panicked on them.
#[tokio::test]
async fn a_line_break_in_what_becomes_a_header_is_a_500_problem_and_no_panic() {
    const EVIL: &str = "/a\r\nx-evil: 1";
    type Make = fn(PagesResponse) -> Response;
    let makers: [Make; 11] = [
        |_| Redirect::to(EVIL).into_response(),
        |_| Redirect::permanent("\r\n").into_response(),
        |_| Redirect::see_other(EVIL).into_response(),
        |_| redirect(EVIL).into_response(),
        |_| permanent_redirect(EVIL).into_response(),
        |_| ([("x-a", EVIL)], "").into_response(),
        |_| ([(EVIL, "1")], "").into_response(),
        |_| (SetCookie::new("n", "v").path(EVIL), "").into_response(),
        |res| res.header("x-a", EVIL).end(""),
        |res| res.cookie(SetCookie::new(EVIL, "v")).send(""),
        |res| res.redirect(EVIL),
    ];
    for (index, make) in makers.into_iter().enumerate() {
        let api = RouteHandlers::new().any("/", pages(move |_, res| std::future::ready(make(res))));
        let answer = get_from(api, "/").await;
        assert_eq!(answer.status, 500, "{index}");
        answer.problem();
        for name in ["x-evil", "x-a", "location", "set-cookie"] {
            assert!(!answer.headers.contains_key(name), "{index}: {:?}", answer.headers);
        }
    }
}

// CVE-2026-22256: Salvo wrote the request's path into an HTML listing.
#[tokio::test]
async fn the_path_is_never_echoed_as_html() {
    let api =
        RouteHandlers::new().post("/{id}", async || "made").get("/by/{id}", async |Path(id): Path<u32>| id.to_string());
    for (path, status) in
        [("/no/%3Cscript%3E/x", 404), ("/%3Cscript%3E", 405), ("/%3Cscript%3E%00", 400), ("/%3Cscript%3E%zz", 400)]
    {
        let answer = get_from(api.clone(), path).await;
        assert_eq!(answer.status, status, "{path}");
        answer.problem();
        assert!(!answer.body.contains("script"), "{}", answer.body);
    }
    let answer = get_from(api, "/by/%3Cscript%3E").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
    answer.problem(); // The value is named in the detail: as a JSON string, in a document that is no HTML.
}

// CVE-2026-44578: Next.js took the host of the request line for its own.
#[tokio::test]
async fn the_host_of_the_request_line_is_never_trusted() {
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
        let answer = get_from(api.clone(), uri).await;
        assert_eq!(
            (answer.status, &answer.headers[LOCATION]),
            (StatusCode::PERMANENT_REDIRECT, &location.parse().unwrap())
        );
    }
    let all = RouteHandlers::new().get("/{*path}", async || "").trailing_slash(TrailingSlash::Remove);
    for uri in ["//evil.example/", "http://host.example//evil.example/", "///evil.example/", "/\\evil.example/"] {
        let Ok(uri) = uri.parse::<http::Uri>() else { continue };
        let answer = get_from(all.clone(), &uri.to_string()).await;
        assert!(!answer.headers.contains_key(LOCATION), "{uri}: {:?}", answer.headers);
    }
}

// A client resolves the dot segments of a location, and so would be sent to a path that it did not ask for.
#[tokio::test]
async fn a_path_with_dot_segments_or_an_empty_end_is_never_redirected() {
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
        let answer = get_from(api.clone(), uri).await;
        assert_eq!(answer.status.as_u16(), status, "{uri}");
        assert_eq!(answer.headers.contains_key(LOCATION), status == 308, "{uri}");
    }
}

/// The files below a folder, named by a tail, by one segment, and by a part of one.
fn files(root: &std::path::Path) -> RouteHandlers {
    let below = |root: &std::path::Path| {
        let root = root.to_owned();
        move |request: OurRequest| {
            let path = request.safe_path("path").map(|path| root.join(path));
            async move { path.map(|path| fs::read(&path).map_err(|_| not_found())) }
        }
    };
    RouteHandlers::new()
        .get("/tail/{*path}", below(root))
        .get("/folder/{*path?}", below(root))
        .get("/one/{path}", below(root))
        .get("/part/p{path}", below(root))
}

// RUSTSEC-2021-0135, RUSTSEC-2022-0043 (tower-http), RUSTSEC-2022-0082 (warp), CVE-2026-28427: what a path captured, joined
// to a folder, led out of it.
#[tokio::test]
async fn a_captured_path_leads_to_nothing_outside_the_folder_it_is_joined_to() {
    let site = Site::new("captured");
    let public = site.0.join("private"); // what it must not lead out of
    fs::write(public.join("a b.txt"), "with a space").unwrap();
    for (path, expected) in [
        ("/tail/secret.txt", SECRET),
        ("/folder/secret.txt", SECRET),
        ("/one/secret.txt", SECRET),
        ("/part/psecret.txt", SECRET),
        ("/tail/%73ecret%2Etxt", SECRET),
        ("/one/a%20b.txt", "with a space"),
    ] {
        let answer = get_from(files(&public), path).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, expected), "{path}");
    }
    for path in [
        "/tail/absent",
        "/tail/...x",
        "/tail/.hidden",
        "/tail/secret.txt/",
        "/tail/secret.txt/x",
        "/folder",
        "/tail/con1",
        "/tail/xcon",
    ] {
        assert_eq!(get_from(files(&public), path).await.status, 404, "{path} is the name of no file there");
    }
    let absolute = site.0.join("public.txt").display().to_string().replace('/', "%2F");
    let drive = ["c:", "C:%5Cwindows", "c:%2Fwindows", "secret.txt::$DATA", "secret.txt:other"];
    let device = ["con", "CON", "nul.txt", "aux.tar.gz", "com1", "LPT9.txt", "com%C2%B9", "con%20.txt", "CONIN$"];
    let other = [
        "..",
        ".",
        "%2e%2e",
        ".%2E",
        "..%2Fpublic.txt",
        "..%5Cpublic.txt",
        "..\\public.txt",
        "%2Fetc%2Fpasswd",
        "%5C%5Chost%5Cshare",
        "x%2F..%2F..%2Fpublic.txt",
        "secret.txt%00",
        "%00",
        "secret.txt%0a",
        "secret.txt.",
        "secret.txt%20",
        "...",
        "..%20",
        "secret.txt%7F",
        &absolute,
    ];
    for name in drive.iter().chain(&device).chain(&other) {
        for path in ["/tail/", "/tail/x/", "/folder/", "/folder/x/", "/one/", "/part/p"] {
            let path = format!("{path}{name}");
            let answer = get_from(files(&public), &path).await;
            assert_eq!(answer.status, 400, "{path}: {}", answer.body);
            answer.problem();
        }
    }
    for path in
        ["/tail//etc/passwd", "/tail/x//y", "/tail/../public.txt", "/tail/x/../../public.txt", "/folder//etc/passwd"]
    {
        assert_eq!(get_from(files(&public), path).await.status, 400, "{path}");
    }

    let misspelt = RouteHandlers::new().get("/{path}", async |request: OurRequest| request.safe_path("file").map(drop));
    assert_eq!(get_from(misspelt, "/x").await.status, 500, "the pattern has no such parameter");
}

// serde_json #162 (stack overflow in deep documents), axum #3453 (data after the document).
#[tokio::test]
async fn json_that_is_too_deep_or_goes_on_after_its_end_is_the_clients_mistake() {
    #[derive(Deserialize)]
    struct User {
        id: u32,
    }
    let api = RouteHandlers::new()
        .post("/any", async |Json(any): Json<Value>| any.to_string())
        .post("/user", async |Json(user): Json<User>| user.id.to_string());
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for (path, body, status) in [
        ("/any", nested(100), 200),
        ("/any", nested(200), 400),
        ("/any", nested(100_000), 400),
        ("/any", "{} x".into(), 400),
        ("/any", "{}{}".into(), 400),
        ("/any", "{}  \n".into(), 200),
        ("/any", "{".into(), 400),
        ("/user", r#"{"id":7}"#.into(), 200),
        ("/user", r#"{"id":7,"id":8}"#.into(), 422),
    ] {
        let request = Request::post(path).header(CONTENT_TYPE, "application/json").body(Body::from(body.clone()));
        let answer = send(api.clone(), request.unwrap()).await;
        assert_eq!(answer.status, status, "{path} {}", &body[..body.len().min(20)]);
    }
    let twice = Request::post("/any").header(CONTENT_TYPE, "application/json").body(r#"{"id":7,"id":8}"#.into());
    assert_eq!(send(api, twice.unwrap()).await.body, r#"{"id":8}"#, "in a map the last one wins");
}

// RUSTSEC-2022-0037, CVE-2026-23870: parsers whose work grows faster than their input.
#[tokio::test]
async fn the_longest_path_and_the_most_ambiguous_table_are_answered() {
    let longest = "/a".repeat(32_767); // 65 534 bytes: `http::Uri` holds no more
    let fixed = RouteHandlers::new().get("/a/a/a", async || "").get("/{x}/{y}/{z}", async || "");
    assert_eq!(get_from(fixed.clone(), &longest).await.status, 404);
    let count = async |request: OurRequest| request.segments("rest").unwrap().count().to_string();
    let tails = fixed.get("/a/{x}/{*rest}", count).get("/{x}/a/a/b/{*rest}", count);
    assert_eq!(get_from(tails, &longest).await.body, "32765");

    // Each of twelve segments is `a` or a parameter: every branch of the tree matches, and all of them end in vain.
    let mut ambiguous = RouteHandlers::new();
    for choice in 0..1 << 12 {
        let segment = |at: u32| if choice >> at & 1 == 0 { String::from("/a") } else { format!("/{{p{at}}}") };
        ambiguous = ambiguous.get(&((0..12).map(segment).collect::<String>() + "/end"), async || "");
    }
    assert_eq!(get_from(ambiguous.clone(), &"/a".repeat(13)).await.status, 404);
    assert_eq!(get_from(ambiguous.clone(), &("/a".repeat(12) + "/end")).await.status, 200);
    let answer = send(ambiguous, request(Method::PUT, &("/a".repeat(12) + "/end"))).await;
    assert_eq!(
        (answer.status, &answer.headers[ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET, HEAD, OPTIONS".parse().unwrap())
    );
}

// A panic of a handler took its connection along, in warp and others.
#[tokio::test]
async fn after_a_panic_the_next_request_of_the_connection_is_answered() {
    async fn panics() -> Response {
        panic!("with a secret")
    }
    let panics_early = |_: OurRequest| -> std::future::Ready<()> { panic!("before there is a future, with a secret") };
    let api = RouteHandlers::new()
        .get("/panics", panics)
        .get("/panics/early", panics_early)
        .get("/works", async || "still here");
    let (mut client, server) = tokio::io::duplex(1 << 16);
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(server), TowerToHyperService::new(api));
    let talk = async {
        for path in ["/panics", "/panics/early"] {
            client.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
        }
        client.write_all(b"GET /works HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answers = String::new();
        client.read_to_string(&mut answers).await.unwrap();
        answers
    };
    let (end, answers) = tokio::join!(connection, talk);
    end.unwrap();
    let statuses = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect::<Vec<_>>();
    assert_eq!(statuses, ["500", "500", "200"], "{answers}");
    assert!(answers.ends_with("still here") && !answers.contains("secret"), "{answers}");
}

// Rails and Express: a guard that looks for GET lets HEAD pass, and a header turns one method into another.
#[tokio::test]
async fn head_is_guarded_as_get_is_and_no_header_overrides_the_method() {
    let guarded = get(async || "admins only").layer(layer_fn(refuse_admin));
    let api =
        RouteHandlers::new().route("/admin", guarded).route("/notes", post(async || "made").delete(async || "gone"));
    for method in [Method::GET, Method::HEAD] {
        let answer = send(api.clone(), request(method, "/admin")).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::FORBIDDEN, ""));
    }
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let mut request = request(Method::POST, "/notes?_method=DELETE");
        request.headers_mut().insert(name, "DELETE".parse().unwrap());
        assert_eq!(send(api.clone(), request).await.body, "made", "{name}");
    }
}
