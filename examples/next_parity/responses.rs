//! `/api/r/{body,headers,json,status}`: the parts of a response.

use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use route_handlers::{Body, IntoResponse, Json, Query, Request, Response, Result, RouteHandlers, get};
use serde::Serialize;

use super::web::{Case, headers, no_such_case, text, thrown, typed};

/// `new Response(body, init)`
async fn body(Query(Case { case }): Query<Case>) -> Result<Response> {
    Ok(match case.as_str() {
        "text" => text("text"),
        "textNoCT" => typed("", "text"),
        "html" => typed("text/html", "<p>hi</p>"),
        "empty" | "null" | "undefinedBody" | "nextresponseEmpty" => Response::default(),
        "emptyString" => text(""),
        "number" => text("42"),
        "object" => text("[object Object]"),
        "buffer" => Response::new(Body::from(vec![0, 1, 2, 255])),
        "nodeBuffer" => Response::new(Body::from("buf")),
        "blob" => typed("image/png", "blob"),
        "usp" => {
            let pairs =
                form_urlencoded::Serializer::new(String::new()).extend_pairs([("a", "1"), ("b", "x y")]).finish();
            typed("application/x-www-form-urlencoded;charset=UTF-8", pairs)
        }
        "nextresponse" => text("nr"),
        "big" => text("x".repeat(100_000)),
        "userContentLength" => ([("content-length", "5")], text("hello")).into_response(),
        "wrongContentLength" => ([("content-length", "3")], text("hello")).into_response(),
        "contentEncoding" => ([("content-encoding", "gzip")], text("not really gzip")).into_response(),
        "transferEncoding" => ([("transfer-encoding", "chunked")], text("te")).into_response(),
        "trailer" => ([("trailer", "x-t")], text("tr")).into_response(),
        _ => return Err(no_such_case()),
    })
}

/// Returns the headers of each case. An invalid header is an error, which `?` makes a 500.
fn headers_of(case: &str) -> Result<HeaderMap> {
    match case {
        "append" => headers([("x-multi", "1"), ("x-multi", "2")]),
        "vary" => headers([("vary", "Accept"), ("Vary", "Origin")]),
        "link" => headers([("link", "</a>; rel=preload"), ("link", "</b>; rel=preload")]),
        "www" => headers([("www-authenticate", "Basic realm=\"a\""), ("www-authenticate", "Bearer")]),
        "setCookie" => {
            headers([(SET_COOKIE.as_str(), "a=1"), ("Set-Cookie", "b=2; Expires=Wed, 02 Jan 2030 03:04:05 GMT")])
        }
        "date" => headers([("date", "Thu, 01 Jan 1970 00:00:00 GMT")]),
        "server" => headers([("server", "mine"), ("x-powered-by", "me")]),
        "connection" => headers([("connection", "close"), ("keep-alive", "timeout=1")]),
        "cacheControl" => headers([("cache-control", "public, max-age=60")]),
        "etag" => headers([("etag", "\"abc\"")]),
        "lastModified" => headers([("last-modified", "Wed, 02 Jan 2030 03:04:05 GMT")]),
        "case" => headers([("X-CamelCase", "Value")]),
        "emptyValue" => headers([("x-empty", "")]),
        "trim" => headers([("x-trim", "  a  b  ")]),
        "latin1" => headers([("x-latin", "caf\u{e9}")]),
        "nonLatin" => headers([("x-bad", "\u{4f60}")]),
        "crlf" => headers([("x-bad", "a\r\nx-evil: 1")]),
        "badName" => headers([("x bad", "1")]),
        "cors" => headers([("Access-Control-Allow-Origin", "*")]),
        "location200" => headers([("location", "/elsewhere")]),
        _ => Err(no_such_case()), // also the headers that control Next's middleware, which does not exist here
    }
}

async fn with_headers(Query(Case { case }): Query<Case>) -> Result<Response> {
    Ok((headers_of(&case)?, text("h")).into_response())
}

#[derive(Serialize)]
struct A {
    a: u8,
}

#[derive(Serialize)]
struct Dated {
    d: &'static str,
    n: (),
}

#[derive(Serialize)]
struct Ordered {
    b: u8,
    a: u8,
    #[serde(rename = "10")]
    ten: u8,
    #[serde(rename = "2")]
    two: u8,
}

#[derive(Serialize)]
struct Escaped {
    s: &'static str,
}

/// `Response.json(value, init)`. Values that have no JSON are errors, as in Next; Rust's types do not allow them.
async fn json(Query(Case { case }): Query<Case>) -> Result<Response> {
    let a = Json(A { a: 1 });
    Ok(match case.as_str() {
        "null" | "nrNull" | "nan" => Json(()).into_response(),
        "string" => Json("hé\"llo").into_response(),
        "number" => Json(1.5).into_response(),
        "date" => Json(Dated { d: "1970-01-01T00:00:00.000Z", n: () }).into_response(),
        "undefined" | "bigint" | "circular" => return Err(thrown("TypeError: not JSON")),
        "status" => (StatusCode::CREATED, [("x-a", "b")], a).into_response(),
        "ct" => ([("content-type", "application/problem+json")], a).into_response(),
        "nr" => a.into_response(),
        "nrStatus" => (StatusCode::IM_A_TEAPOT, [("x-a", "b")], a).into_response(),
        "nr204" => (StatusCode::NO_CONTENT, a).into_response(),
        "unicode" => Json(Escaped { s: "\u{2028}\u{1F600}</script>\0" }).into_response(),
        "order" => Json(Ordered { b: 1, a: 2, ten: 3, two: 4 }).into_response(),
        _ => return Err(no_such_case()),
    })
}

/// `new Response(body, { status, statusText })`. It refuses a status outside of 200 to 599. The reason phrase is checked and not
/// sent, as HTTP/2 has none.
async fn status(request: Request) -> Result<Response> {
    let param = |name: &str| request.query_pairs().find_map(|(own, value)| (own == name).then_some(value));
    let code: u16 = param("code").unwrap_or_default().parse()?;
    if !(200..600).contains(&code) {
        return Err(thrown("RangeError: a status is from 200 to 599"));
    }
    if param("text").is_some_and(|text| !text.chars().all(|c| matches!(c, '\t' | ' '..='~' | '\u{80}'..='\u{ff}'))) {
        return Err(thrown("TypeError: the reason phrase is invalid"));
    }
    let body = if param("body").is_some() { text("body") } else { Response::default() };
    Ok((StatusCode::from_u16(code)?, body).into_response())
}

pub fn routes() -> RouteHandlers {
    RouteHandlers::new()
        .get("/api/r/body", body)
        .get("/api/r/headers", with_headers)
        .get("/api/r/json", json)
        .route("/api/r/status", get(status).post(status))
}
