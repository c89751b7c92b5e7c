//! One API, and one table of cases that every host must pass.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Method, StatusCode};
use http_body::Frame;
use http_body_util::StreamBody;
use route_handlers::{
    Body, Error, IntoResponse, Json, MatchedRoute, Path, Request, Result, RouteHandlers, any, get, head, on, patch,
    post,
};

/// The routes, without the prefix that they are served under.
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
        .get("/a b", async || "a space")
        .get("/ü", async || "an umlaut")
        .get("/a+b", async || "a plus")
}

fn frame(text: &'static str) -> Frame<Bytes> {
    Frame::data(Bytes::from_static(text.as_bytes()))
}

async fn show(route: MatchedRoute, request: Request) -> impl IntoResponse {
    format!("{} {} of {}", request.method(), request.param("id").unwrap_or_default(), route.as_str())
}

async fn panics() -> &'static str {
    panic!("as the test wants it")
}

/// What is sent, and what must come back.
pub(crate) struct Case {
    pub(crate) request: &'static str,
    pub(crate) status: u16,
    /// Name and value, or `None` where the header must be absent.
    pub(crate) headers: &'static [(&'static str, Option<&'static str>)],
    pub(crate) body: Expected,
    /// Whether a host that strips the prefix itself can be asked: one whose own router reads the prefix.
    pub(crate) below_prefix: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected {
    Text(&'static str),
    /// A problem document of this status, with this detail.
    Problem(Option<&'static str>),
    Nothing,
}

use Expected::{Nothing, Problem, Text};

const fn case(
    request: &'static str,
    status: u16,
    headers: &'static [(&'static str, Option<&'static str>)],
    body: Expected,
) -> Case {
    Case { request, status, headers, body, below_prefix: true }
}

/// A case that a host which strips the prefix answers in its own way.
const fn whole_path(request: &'static str, status: u16, body: Expected) -> Case {
    Case { request, status, headers: &[], body, below_prefix: false }
}

const NO_ALLOW: &[(&str, Option<&str>)] = &[("allow", None)];
const ITEMS: &[(&str, Option<&str>)] = &[("allow", Some("GET, HEAD, OPTIONS, POST"))];
const ITEM: &[(&str, Option<&str>)] = &[("allow", Some("DELETE, GET, HEAD, OPTIONS, PATCH, PUT"))];
const DOTS: Expected = Problem(Some("the path has a dot segment (`.` or `..`)"));
const MALFORMED: Expected = Problem(Some("the path has a `%` that is not followed by two hexadecimal digits"));
const NOT_UTF8: Expected = Problem(Some("the path is not UTF-8 once its escapes are decoded"));

/// Request line and headers, without the `Host` that each gets, then a blank line and the body if there is one.
pub(crate) const CASES: &[Case] = &[
    // Verbs.
    case("GET /api/ping", 200, &[("content-length", Some("4")), ("allow", None)], Text("pong")),
    case("GET /api/items?x=1", 200, &[("content-type", Some("application/json"))], Text(r#"["a","b"]"#)),
    case("GET /api/items/7", 200, NO_ALLOW, Text("GET 7 of {prefix}/items/{id}")),
    case("PUT /api/items/7\r\nContent-Length: 2\r\n\r\nhi", 200, &[], Text("PUT 7 of {prefix}/items/{id}")),
    case("DELETE /api/items/7", 204, &[("content-length", None), ("content-type", None)], Nothing),
    case("GET /api/items/new", 200, &[], Text("the form for a new item")),
    case("PUT /api/items/new", 200, &[], Text("PUT new of {prefix}/items/{id}")),
    case("GET /api/every", 200, &[], Text("GET")),
    case("PROPFIND /api/every", 200, &[], Text("PROPFIND")),
    case("OPTIONS /api/every", 200, &[], Text("OPTIONS")),
    case("PURGE /api/purge", 200, &[], Text("purged")),
    // 405 with Allow.
    case("DELETE /api/items", 405, ITEMS, Problem(None)),
    case("PURGE /api/items", 405, ITEMS, Problem(None)),
    case("TRACE /api/items", 405, ITEMS, Problem(None)),
    case("QUERY /api/items", 405, ITEMS, Problem(None)),
    case("get /api/items", 405, ITEMS, Problem(None)),
    case("POST /api/items/7", 405, ITEM, Problem(None)),
    case("POST /api/items/new", 405, ITEM, Problem(None)),
    case("GET /api/purge", 405, &[("allow", Some("OPTIONS, PURGE"))], Problem(None)),
    case("GET /api/small", 405, &[("allow", Some("OPTIONS, POST"))], Problem(None)),
    case("GET /api/head", 405, &[("allow", Some("HEAD, OPTIONS"))], Problem(None)),
    // HEAD.
    case(
        "HEAD /api/ping",
        200,
        &[("content-length", Some("4")), ("content-type", Some("text/plain; charset=utf-8"))],
        Nothing,
    ),
    case("HEAD /api/items", 200, &[("content-length", Some("9"))], Nothing),
    case("HEAD /api/stream", 200, &[("content-length", None)], Nothing),
    case("HEAD /api/empty", 200, &[("content-length", Some("0"))], Nothing),
    case("HEAD /api/head", 200, &[("content-length", None), ("x-seen", Some("head"))], Nothing),
    case("HEAD /api/every", 200, &[("content-length", Some("4"))], Nothing),
    case("HEAD /api/purge", 405, &[("allow", Some("OPTIONS, PURGE")), ("content-length", Some("64"))], Nothing),
    case("HEAD /api/nothing", 404, &[("content-length", Some("55"))], Nothing),
    // OPTIONS.
    case("OPTIONS /api/ping", 204, &[("allow", Some("GET, HEAD, OPTIONS")), ("content-length", None)], Nothing),
    case("OPTIONS /api/items/7", 204, &[("accept-patch", Some("application/json"))], Nothing),
    case("OPTIONS /api/items/new", 204, ITEM, Nothing),
    case("OPTIONS /api/patched", 204, &[("allow", Some("OPTIONS, PATCH"))], Nothing),
    case("OPTIONS /api/options", 200, NO_ALLOW, Text("my own options")),
    case("OPTIONS /api/nothing", 404, NO_ALLOW, Problem(None)),
    // Paths.
    case("GET /api/nothing", 404, NO_ALLOW, Problem(None)),
    case("GET /api/items/7/more", 404, &[], Problem(None)),
    case("GET /api/ping/", 404, &[], Problem(None)),
    whole_path("GET /api//ping", 404, Problem(None)),
    case("GET /api/items//", 404, &[], Problem(None)),
    case("GET /api/Ping", 404, &[], Problem(None)),
    case("GET /api/p%69ng", 200, &[], Text("pong")),
    case("GET /api/%70%69%6E%67", 200, &[], Text("pong")),
    whole_path("GET /%61pi/ping", 200, Text("pong")),
    whole_path("GET /api%2Fping", 0, Nothing),
    case("GET /api/items/a%2Fb", 200, &[], Text("GET a/b of {prefix}/items/{id}")),
    case("GET /api/items/%252e%252e", 200, &[], Text("GET %2e%2e of {prefix}/items/{id}")),
    case("GET /api/items/a+b%20c", 200, &[], Text("GET a+b c of {prefix}/items/{id}")),
    case("GET /api/items/%C3%A9", 200, &[], Text("GET é of {prefix}/items/{id}")),
    case("GET /api/items/é", 200, &[], Text("GET é of {prefix}/items/{id}")),
    case("GET /api/items/a;b=c", 200, &[], Text("GET a;b=c of {prefix}/items/{id}")),
    case("GET /api/items/7?id=evil", 200, &[], Text("GET 7 of {prefix}/items/{id}")),
    case("GET /api/items/%zz", 400, NO_ALLOW, MALFORMED),
    case("GET /api/items/%", 400, &[], MALFORMED),
    case("GET /api/items/%ff", 400, &[], NOT_UTF8),
    case("GET /api/items/%C0%AF", 400, &[], NOT_UTF8),
    case("GET /api/items/a%00b", 400, &[], Problem(Some("the path has an encoded NUL"))),
    case("GET /api/items/..", 400, &[], DOTS),
    case("GET /api/items/%2e%2E", 400, &[], DOTS),
    case("GET /api/items/.", 400, &[], DOTS),
    case("POST /api/items/..", 400, NO_ALLOW, DOTS),
    case("GET /api/items/...", 200, &[], Text("GET ... of {prefix}/items/{id}")),
    case("GET /api/files/a/b%2Fc/d", 200, &[], Text("a | b/c | d")),
    case("GET /api/files/a/", 200, &[], Text("a | ")),
    case("GET /api/files/a/../b", 400, &[], DOTS),
    case("GET /api/files/a//b", 400, &[], Problem(Some("the path has an empty segment (`//`)"))),
    case("GET /api/files", 404, &[], Problem(None)),
    case("GET /api/docs", 200, &[], Text("index")),
    case("GET /api/docs/", 200, &[], Text("index")),
    case("GET /api/docs/a/b", 200, &[], Text("a/b")),
    case("GET /api/v2/status", 200, &[], Text("2")),
    case("GET /api/v/status", 404, &[], Problem(None)),
    case("GET /api/report.json", 200, &[], Text("report")),
    case("GET /api/a%20b", 200, &[], Text("a space")),
    case("GET /api/%C3%BC", 200, &[], Text("an umlaut")),
    case("GET /api/a%2Bb", 200, &[], Text("a plus")),
    case("GET /api/%3Cscript%3E", 404, &[("content-type", Some("application/problem+json"))], Problem(None)),
    // Absolute form: the path alone is routed (RFC 9112 §3.2.2).
    case("GET http://elsewhere.example/api/ping", 200, &[], Text("pong")),
    // Bodies.
    case(
        "POST /api/items\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n\"c\"",
        201,
        &[("content-type", Some("application/json"))],
        Text("\"c\""),
    ),
    case(
        "POST /api/items\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\"\r\n2\r\nc\"\r\n0\r\n\r\n",
        201,
        &[],
        Text("\"c\""),
    ),
    case(
        "POST /api/items\r\nContent-Length: 3\r\n\r\n\"c\"",
        415,
        &[("accept", Some("application/json"))],
        Problem(Some("the `content-type` must be `application/json`")),
    ),
    case(
        "PATCH /api/patched\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n\"c\"",
        415,
        &[("accept-patch", Some("application/json")), ("accept", None)],
        Problem(Some("the `content-type` must be `application/json`")),
    ),
    case(
        "POST /api/items\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
        422,
        &[],
        Problem(Some("the body: invalid type: array, expected a string")),
    ),
    case("POST /api/small\r\nContent-Length: 4\r\n\r\nfour", 200, &[], Text("four")),
    case(
        "POST /api/small\r\nContent-Length: 5\r\n\r\nfiver",
        413,
        &[],
        Problem(Some("the body is longer than the 4 bytes allowed here")),
    ),
    case(
        "POST /api/small\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nfiv\r\n2\r\ner\r\n0\r\n\r\n",
        413,
        &[],
        Problem(Some("the body is longer than the 4 bytes allowed here")),
    ),
    // Answers and faults.
    case("GET /api/stream", 200, &[], Text("one two")),
    case("GET /api/empty", 200, &[("content-length", Some("0"))], Text("")),
    case("GET /api/missing", 404, &[], Problem(None)),
    case("GET /api/fails", 418, &[], Problem(Some("short and stout"))),
    case("GET /api/panic", 500, &[], Problem(None)),
];
