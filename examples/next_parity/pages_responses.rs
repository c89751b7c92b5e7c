//! `/api/p/{send,json,redirect,low,throw}`: the responses of `res`, selected by `?case=…`.

use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE, VARY};
use route_handlers::body::BoxError;
use route_handlers::pages::{PagesRequest, PagesResponse, pages};
use route_handlers::{Body, Error, Response, Result, RouteHandlers};
use serde_json::json;
use tokio::time::sleep;

use super::pages::api;
use super::web::{no_such_case, thrown};

/// `req.query.case`
fn case(req: &PagesRequest) -> &str {
    req.query().get("case").unwrap_or_default()
}

/// `res.write(…)` for each piece.
fn pieces(pieces: &'static [&'static str]) -> impl Stream<Item = Result<&'static str, BoxError>> {
    stream::iter(pieces).map(|piece| Ok(*piece))
}

async fn send(req: PagesRequest, res: PagesResponse) -> Result<Response> {
    Ok(match case(&req) {
        "string" => res.send("hello"),
        "html" => res.header(CONTENT_TYPE, "text/html").send("<p>hi</p>"),
        "object" => res.json(&json!({ "a": 1 })),
        "array" => res.json(&[1, 2]),
        "number" => res.json(&42),
        "zero" => res.json(&0),
        "bool" => res.json(&true),
        "null" | "undefined" => res.end(""),
        "empty" => res.send(""),
        "buffer" => res.send_bytes(&[0, 1, 2, 255][..]),
        "bufferCT" => res.header(CONTENT_TYPE, "image/png").send_bytes(&b"png"[..]),
        "uint8" => res.json(&json!({ "0": 1, "1": 2, "2": 3 })),
        "stream" => res.send_stream(pieces(&["a", "b"])),
        "unicode" => res.send("hé😀"),
        "s204" => res.status(204).send("ignored"),
        "s304" => res.status(304).send("ignored"),
        "s404" => res.status(404).send("nope"),
        "s500" => res.status(500).json(&json!({ "error": "x" })),
        "statusMessage" => res.status(200).send("sm"),
        "symbol" | "bigint" => return Err(thrown("TypeError: the value has no JSON")),
        "twice" => res.send("first"),
        _ => return Err(no_such_case()),
    })
}

async fn json(req: PagesRequest, res: PagesResponse) -> Result<Response> {
    Ok(match case(&req) {
        "object" => res.json(&json!({ "a": 1 })),
        "null" => res.json(&()),
        "undefined" => res.header(CONTENT_TYPE, "application/json; charset=utf-8").end(""),
        "string" => res.json("hé\""),
        "number" => res.json(&1.5),
        "circular" => return Err(thrown("TypeError: Converting circular structure to JSON")),
        "s201" => res.status(201).json(&json!({ "id": 1 })),
        "s204" => res.status(204).json(&json!({ "a": 1 })),
        "s304" => res.status(304).json(&json!({ "a": 1 })),
        "ct" => res.header(CONTENT_TYPE, "application/problem+json").json(&json!({ "a": 1 })),
        "unicode" => res.json(&json!({ "s": "\u{2028}\u{1F600}\0" })),
        "big" => res.json(&json!({ "s": "x".repeat(70000) })),
        _ => return Err(no_such_case()),
    })
}

async fn redirect(req: PagesRequest, res: PagesResponse) -> Result<Response> {
    const HELLO: &str = "/api/p/hello";
    Ok(match case(&req) {
        "one" => res.redirect(HELLO),
        "two" => res.redirect_with(301, HELLO),
        "s302" => res.redirect_with(302, HELLO),
        "s303" => res.redirect_with(303, HELLO),
        "s308" => res.redirect_with(308, HELLO),
        "abs" => res.redirect("https://example.com/?a=1"),
        "s200" => res.redirect_with(200, HELLO),
        "badStatus" => res.redirect_with(1000, HELLO),
        "unicode" => res.redirect("/é b"),
        "latin" => res.redirect("/\u{4f60}"),
        "crlf" => res.redirect("/a\r\nx-evil: 1"),
        // The compiler refuses these calls here.
        "strStatus" | "noUrl" | "noArgs" => return Err(thrown("Error: Invalid redirect arguments")),
        _ => return Err(no_such_case()),
    })
}

async fn low(req: PagesRequest, res: PagesResponse) -> Result<Response> {
    Ok(match case(&req) {
        "end" => res.end("raw"),
        "endEmpty" => res.end(""),
        "statusEnd" => res.status(201).end(""),
        "s204end" => res.status(204).end(""),
        "writeEnd" => res.end(Body::from_stream(pieces(&["a", "b", "c"]))),
        "writeHead" => res.status(202).header(CONTENT_TYPE, "text/plain").header("x-a", "b").end("wh"),
        "setHeader" => {
            let res = res.header("x-one", "1").append_header("x-arr", "a").append_header("x-arr", "b");
            let res = res.append_header(SET_COOKIE, "a=1").append_header(SET_COOKIE, "b=2; HttpOnly");
            res.status(200).json(&json!({ "ok": 1 }))
        }
        "appendHeader" => res.append_header(VARY, "Accept").append_header(VARY, "Origin").end("v"),
        "badHeader" => res.header("x-bad", "a\r\nb").end("x"),
        "badStatus" => res.status(99).end("x"),
        "nanStatus" => return Err(thrown("RangeError: Invalid status code: NaN")),
        "strStatus" => res.status(201).end("x"),
        "sse" => {
            let events = stream::iter(0..3).then(|i| async move {
                sleep(Duration::from_millis(if i == 0 { 0 } else { 20 })).await;
                Ok::<_, BoxError>(format!("data: {i}\n\n"))
            });
            let res = res.header(CONTENT_TYPE, "text/event-stream").header(CACHE_CONTROL, "no-cache, no-transform");
            res.end(Body::from_stream(events))
        }
        _ => return Err(no_such_case()),
    })
}

async fn throw(req: PagesRequest, res: PagesResponse) -> Result<Response> {
    match case(&req) {
        "error" => Err(thrown("Error: boom")),
        "string" => Err(thrown("str")),
        "null" => Err(thrown("null")),
        "status" => Err(Error::new(StatusCode::IM_A_TEAPOT).with_detail("I am a teapot")),
        "afterHeaders" => {
            drop(res.header("x-set", "1").status(201));
            Err(thrown("Error: boom"))
        }
        "afterEnd" => Ok(res.end("done")),
        "afterWrite" => {
            let boom = stream::once(async { Err("Error: boom".into()) });
            Ok(res.end(Body::from_stream(pieces(&["part"]).chain(boom))))
        }
        _ => Err(no_such_case()),
    }
}

async fn throw_async(_: PagesRequest, _: PagesResponse) -> Result<Response> {
    tokio::task::yield_now().await;
    Err(thrown("Error: boom"))
}

pub fn routes() -> RouteHandlers {
    RouteHandlers::new()
        .route("/api/p/send", api(pages(send)))
        .route("/api/p/json", api(pages(json)))
        .route("/api/p/redirect", api(pages(redirect)))
        .route("/api/p/low", api(pages(low)))
        .route("/api/p/throw", api(pages(throw)))
        .route("/api/p/throw-async", api(pages(throw_async)))
}
