//! One API, and one table of cases that every host must pass.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Method, StatusCode};
use http_body::Frame;
use http_body_util::StreamBody;
use route_handlers::extract::MatchedRoute;
use route_handlers::{
    Body, Download, Error, IntoResponse, Json, Path, Request, Result, RouteHandlers, any, get, head, on, patch, post,
    query,
};
use tower_http::cors::{Any, CorsLayer};

/// The routes, without the prefix below which they are served.
pub(crate) fn routes() -> RouteHandlers {
    RouteHandlers::new()
        .get("/ping", async || "pong")
        .route(
            "/items",
            get(async || Json(["a", "b"])).post(async |Json(item): Json<String>| (StatusCode::CREATED, Json(item))),
        )
        .route(
            "/items/{id}",
            get(show).put(show).delete(async || StatusCode::NO_CONTENT).patch(async |Json(item): Json<String>| item),
        )
        .get("/items/new", async || "the form for a new item")
        .get("/files/{*path}", async |Path(segments): Path<Vec<String>>| segments.join(" | "))
        .get("/docs/{*page?}", async |page: Option<Path<String>>| page.map_or("index".to_owned(), |Path(page)| page))
        .get("/v{version}/status", async |Path(version): Path<String>| version)
        .get("/{name}.json", async |Path(name): Path<String>| name)
        .route("/every", any(async |method: Method| method.to_string()))
        .route("/purge", on(Method::from_bytes(b"PURGE").unwrap(), async || "purged"))
        .get("/panic", panics)
        .route("/head", head(async || ([("x-seen", "head")], ())))
        .get("/stream", async || {
            Body::new(StreamBody::new(futures_util::stream::iter(
                ["one ", "two"].map(|text| Ok::<_, Infallible>(frame(text))),
            )))
        })
        .get("/empty", async || ())
        .route("/options", get(async || "hi").options(async || "my own options"))
        .get("/missing", async || None::<&str>)
        .get("/fails", async || -> Result<&str> {
            Err(Error::new(StatusCode::IM_A_TEAPOT).with_detail("short and stout"))
        })
        .route("/small", post(async |text: String| text).body_limit(4))
        .route("/patched", patch(async |Json(item): Json<String>| item))
        .route("/queried", query(async |Json(item): Json<String>| item))
        .route("/tagged", get(async || "abcdefghij").etag().ranges())
        .route("/file", get(async || Download::new(letters()).file_name("Übersicht.pdf")).ranges())
        .get("/a b", async || "a space")
        .get("/ü", async || "an umlaut")
        .get("/a+b", async || "a plus")
        .nest("/cors", cors())
}

/// Routes in a layer that wraps their generated responses too.
fn cors() -> RouteHandlers {
    RouteHandlers::new()
        .get("/items/{id}", async |Path(id): Path<u32>| id.to_string())
        .route("/tagged", get(async || ([("etag", "\"1\"")], "tagged")).etag())
        .layer(CorsLayer::new().allow_origin(Any).allow_methods([Method::PUT]))
}

/// Ten letters that are read from the range only.
fn letters() -> Body {
    Body::from_ranges(10, |range| {
        let letters =
            range.map(|position| Ok::<_, Infallible>(vec![b'a' + u8::try_from(position).unwrap_or_default()]));
        futures_util::stream::iter(letters)
    })
}

fn frame(text: &'static str) -> Frame<Bytes> {
    Frame::data(Bytes::from_static(text.as_bytes()))
}

async fn show(route: MatchedRoute, request: Request) -> impl IntoResponse {
    format!("{} {} of {}", request.method(), request.param("id").unwrap_or_default(), route.as_str())
}

async fn panics() -> &'static str {
    panic!("expected by the test")
}

/// A request and the expected response.
pub(crate) struct Case {
    pub(crate) request: &'static str,
    pub(crate) status: u16,
    /// Names and values. `None` means that the header must be absent.
    pub(crate) headers: &'static [(&'static str, Option<&'static str>)],
    pub(crate) body: Expected,
    /// False if a host that strips the prefix reads the path differently.
    pub(crate) below_prefix: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected {
    Text(&'static str),
    /// A problem document with the status of the case and this detail.
    Problem(Option<&'static str>),
    Nothing,
    /// Any response of the host: the path matches no route.
    FromHost,
}

use Expected::{FromHost, Nothing, Problem, Text};

/// A case without expected headers.
const fn case(request: &'static str, status: u16, body: Expected) -> Case {
    Case { request, status, headers: &[], body, below_prefix: true }
}

/// A 200 with this text.
const fn ok(request: &'static str, text: &'static str) -> Case {
    case(request, 200, Text(text))
}

/// A problem document without a detail.
const fn problem(request: &'static str, status: u16) -> Case {
    case(request, status, Problem(None))
}

/// A problem document with this detail.
const fn refused(request: &'static str, status: u16, detail: &'static str) -> Case {
    case(request, status, Problem(Some(detail)))
}

impl Case {
    const fn with(mut self, headers: &'static [(&'static str, Option<&'static str>)]) -> Self {
        self.headers = headers;
        self
    }

    /// A host that strips the prefix reads this path differently.
    const fn whole_path(mut self) -> Self {
        self.below_prefix = false;
        self
    }
}

const ANY_ORIGIN: &[(&str, Option<&str>)] = &[("access-control-allow-origin", Some("*"))];
const FILE: &[(&str, Option<&str>)] = &[
    ("content-disposition", Some("attachment; filename=\"_bersicht.pdf\"; filename*=UTF-8''%C3%9Cbersicht.pdf")),
    ("accept-ranges", Some("bytes")),
    ("content-range", None),
];
const NO_ALLOW: &[(&str, Option<&str>)] = &[("allow", None)];
const ITEMS: &[(&str, Option<&str>)] = &[("allow", Some("GET, HEAD, OPTIONS, POST"))];
const ITEM: &[(&str, Option<&str>)] = &[("allow", Some("DELETE, GET, HEAD, OPTIONS, PATCH, PUT"))];
const DOTS: &str = "the path has a dot segment (`.` or `..`)";
const MALFORMED: &str = "the path has a `%` that is not followed by two hexadecimal digits";
const NOT_UTF8: &str = "the path is not UTF-8 once its escapes are decoded";

/// A request is its request line and headers without `Host`, and after a blank line the body, if it has one.
pub(crate) const CASES: &[Case] = &[
    // Methods.
    ok("GET /api/ping", "pong").with(&[("content-length", Some("4")), ("allow", None)]),
    ok("GET /api/items?x=1", r#"["a","b"]"#).with(&[("content-type", Some("application/json"))]),
    ok("GET /api/items/7", "GET 7 of {prefix}/items/{id}").with(NO_ALLOW),
    ok("PUT /api/items/7\r\nContent-Length: 2\r\n\r\nhi", "PUT 7 of {prefix}/items/{id}"),
    case("DELETE /api/items/7", 204, Nothing).with(&[("content-length", None), ("content-type", None)]),
    ok("GET /api/items/new", "the form for a new item"),
    ok("PUT /api/items/new", "PUT new of {prefix}/items/{id}"),
    ok("GET /api/every", "GET"),
    ok("PROPFIND /api/every", "PROPFIND"),
    ok("OPTIONS /api/every", "OPTIONS"),
    ok("PURGE /api/purge", "purged"),
    // 405 with Allow.
    problem("DELETE /api/items", 405).with(ITEMS),
    problem("PURGE /api/items", 405).with(ITEMS),
    problem("TRACE /api/items", 405).with(ITEMS),
    problem("QUERY /api/items", 405).with(ITEMS),
    problem("get /api/items", 405).with(ITEMS),
    problem("POST /api/items/7", 405).with(ITEM),
    problem("POST /api/items/new", 405).with(ITEM),
    problem("GET /api/purge", 405).with(&[("allow", Some("OPTIONS, PURGE"))]),
    problem("GET /api/small", 405).with(&[("allow", Some("OPTIONS, POST"))]),
    problem("GET /api/head", 405).with(&[("allow", Some("HEAD, OPTIONS"))]),
    // HEAD.
    case("HEAD /api/ping", 200, Nothing)
        .with(&[("content-length", Some("4")), ("content-type", Some("text/plain; charset=utf-8"))]),
    case("HEAD /api/items", 200, Nothing).with(&[("content-length", Some("9"))]),
    case("HEAD /api/stream", 200, Nothing).with(&[("content-length", None)]),
    case("HEAD /api/empty", 200, Nothing).with(&[("content-length", Some("0"))]),
    case("HEAD /api/head", 200, Nothing).with(&[("content-length", None), ("x-seen", Some("head"))]),
    case("HEAD /api/every", 200, Nothing).with(&[("content-length", Some("4"))]),
    case("HEAD /api/purge", 405, Nothing).with(&[("allow", Some("OPTIONS, PURGE")), ("content-length", Some("64"))]),
    case("HEAD /api/nothing", 404, Nothing).with(&[("content-length", Some("55"))]),
    // A CORS layer around routes.
    case(
        "OPTIONS /api/cors/items/7\r\norigin: https://a.example\r\naccess-control-request-method: PUT\r\n\r\n",
        200,
        Nothing,
    )
    .with(&[("access-control-allow-methods", Some("PUT")), ("access-control-allow-origin", Some("*"))]),
    ok("GET /api/cors/items/7\r\norigin: https://a.example\r\n\r\n", "7").with(ANY_ORIGIN),
    case("HEAD /api/cors/items/7", 200, Nothing).with(&[("content-length", Some("1"))]),
    problem("DELETE /api/cors/items/7", 405)
        .with(&[("allow", Some("GET, HEAD, OPTIONS")), ("access-control-allow-origin", Some("*"))]),
    refused("GET /api/cors/items/x", 400, "the parameter `id`: `x` is not an integer from 0 to 4294967295")
        .with(ANY_ORIGIN),
    case("GET /api/cors/items/%ff", 400, Problem(Some(NOT_UTF8))).with(ANY_ORIGIN),
    case("GET /api/cors/tagged\r\nif-none-match: \"1\"\r\n\r\n", 304, Nothing).with(ANY_ORIGIN),
    problem("GET /api/cors/nothing", 404).with(&[("access-control-allow-origin", None)]),
    // OPTIONS.
    case("OPTIONS /api/ping", 204, Nothing).with(&[("allow", Some("GET, HEAD, OPTIONS")), ("content-length", None)]),
    case("OPTIONS /api/items/7", 204, Nothing).with(&[("accept-patch", Some("application/json"))]),
    case("OPTIONS /api/items/new", 204, Nothing).with(ITEM),
    case("OPTIONS /api/patched", 204, Nothing).with(&[("allow", Some("OPTIONS, PATCH"))]),
    ok("OPTIONS /api/options", "my own options").with(NO_ALLOW),
    problem("OPTIONS /api/nothing", 404).with(NO_ALLOW),
    case("OPTIONS /api/queried", 204, Nothing)
        .with(&[("allow", Some("OPTIONS, QUERY")), ("accept-query", Some("application/json"))]),
    // QUERY.
    ok("QUERY /api/queried\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n\"c\"", "c"),
    refused("QUERY /api/queried\r\nContent-Length: 3\r\n\r\n\"c\"", 400, "a QUERY must have a `content-type`")
        .with(&[("accept-query", Some("application/json"))]),
    refused(
        "QUERY /api/queried\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n\"c\"",
        415,
        "the `content-type` must be `application/json`",
    )
    .with(&[("accept-query", Some("application/json"))]),
    problem("QUERY /api/ping", 405).with(&[("allow", Some("GET, HEAD, OPTIONS"))]),
    // Downloads and ranges.
    ok("GET /api/file", "abcdefghij").with(FILE),
    case("HEAD /api/file\r\nRange: bytes=2-4\r\n\r\n", 200, Nothing).with(FILE),
    case("GET /api/file\r\nRange: bytes=2-4\r\n\r\n", 206, Text("cde"))
        .with(&[("content-range", Some("bytes 2-4/10"))]),
    case(
        "GET /api/tagged\r\nRange: bytes=-3\r\nIf-Range: \"72399361da6a7754fec986dca5b7cbaf1c810a28ded4abaf\"\r\n\r\n",
        206,
        Text("hij"),
    )
    .with(&[("content-range", Some("bytes 7-9/10")), ("content-length", Some("3"))]),
    ok("GET /api/tagged\r\nRange: bytes=-3\r\nIf-Range: \"other\"\r\n\r\n", "abcdefghij")
        .with(&[("content-range", None), ("accept-ranges", Some("bytes"))]),
    ok("GET /api/tagged\r\nRange: bytes=5-2\r\n\r\n", "abcdefghij"),
    refused("GET /api/tagged\r\nRange: bytes=10-\r\n\r\n", 416, "the content has 10 bytes")
        .with(&[("content-range", Some("bytes */10")), ("etag", None)]),
    // Paths.
    problem("GET /api/nothing", 404).with(NO_ALLOW),
    problem("GET /api/items/7/more", 404),
    problem("GET /api/ping/", 404),
    problem("GET /api//ping", 404).whole_path(),
    problem("GET /api/items//", 404),
    problem("GET /api/Ping", 404),
    ok("GET /api/p%69ng", "pong"),
    ok("GET /api/%70%69%6E%67", "pong"),
    ok("GET /%61pi/ping", "pong").whole_path(),
    case("GET /api%2Fping", 404, FromHost).whole_path(),
    ok("GET /api/items/a%2Fb", "GET a/b of {prefix}/items/{id}"),
    ok("GET /api/items/%252e%252e", "GET %2e%2e of {prefix}/items/{id}"),
    ok("GET /api/items/a+b%20c", "GET a+b c of {prefix}/items/{id}"),
    ok("GET /api/items/%C3%A9", "GET é of {prefix}/items/{id}"),
    ok("GET /api/items/é", "GET é of {prefix}/items/{id}"),
    ok("GET /api/items/a;b=c", "GET a;b=c of {prefix}/items/{id}"),
    ok("GET /api/items/7?id=evil", "GET 7 of {prefix}/items/{id}"),
    refused("GET /api/items/%zz", 400, MALFORMED).with(NO_ALLOW),
    refused("GET /api/items/%", 400, MALFORMED),
    refused("GET /api/items/%ff", 400, NOT_UTF8),
    refused("GET /api/items/%C0%AF", 400, NOT_UTF8),
    refused("GET /api/items/a%00b", 400, "the path has an encoded NUL"),
    refused("GET /api/items/..", 400, DOTS),
    refused("GET /api/items/%2e%2E", 400, DOTS),
    refused("GET /api/items/.", 400, DOTS),
    refused("POST /api/items/..", 400, DOTS).with(NO_ALLOW),
    ok("GET /api/items/...", "GET ... of {prefix}/items/{id}"),
    ok("GET /api/files/a/b%2Fc/d", "a | b/c | d"),
    ok("GET /api/files/a/", "a | "),
    refused("GET /api/files/a/../b", 400, DOTS),
    refused("GET /api/files/a//b", 400, "the path has an empty segment (`//`)"),
    problem("GET /api/files", 404),
    ok("GET /api/docs", "index"),
    ok("GET /api/docs/", "index"),
    ok("GET /api/docs/a/b", "a/b"),
    ok("GET /api/v2/status", "2"),
    problem("GET /api/v/status", 404),
    ok("GET /api/report.json", "report"),
    ok("GET /api/a%20b", "a space"),
    ok("GET /api/%C3%BC", "an umlaut"),
    ok("GET /api/a%2Bb", "a plus"),
    problem("GET /api/%3Cscript%3E", 404).with(&[("content-type", Some("application/problem+json"))]),
    // Absolute form: only the path is routed (RFC 9112 §3.2.2).
    ok("GET http://elsewhere.example/api/ping", "pong"),
    // Bodies.
    case("POST /api/items\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n\"c\"", 201, Text("\"c\""))
        .with(&[("content-type", Some("application/json"))]),
    case(
        "POST /api/items\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\"\r\n2\r\nc\"\r\n0\r\n\r\n",
        201,
        Text("\"c\""),
    ),
    refused("POST /api/items\r\nContent-Length: 3\r\n\r\n\"c\"", 415, "the `content-type` must be `application/json`")
        .with(&[("accept", Some("application/json"))]),
    refused(
        "PATCH /api/patched\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n\"c\"",
        415,
        "the `content-type` must be `application/json`",
    )
    .with(&[("accept-patch", Some("application/json")), ("accept", None)]),
    refused(
        "POST /api/items\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
        422,
        "the body: invalid type: array, expected a string",
    ),
    ok("POST /api/small\r\nContent-Length: 4\r\n\r\nfour", "four"),
    refused(
        "POST /api/small\r\nContent-Length: 5\r\n\r\nfiver",
        413,
        "the body is longer than the 4 bytes allowed here",
    ),
    refused(
        "POST /api/small\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nfiv\r\n2\r\ner\r\n0\r\n\r\n",
        413,
        "the body is longer than the 4 bytes allowed here",
    ),
    // Responses and errors.
    ok("GET /api/stream", "one two"),
    ok("GET /api/empty", "").with(&[("content-length", Some("0"))]),
    problem("GET /api/missing", 404),
    refused("GET /api/fails", 418, "short and stout"),
    problem("GET /api/panic", 500),
];
