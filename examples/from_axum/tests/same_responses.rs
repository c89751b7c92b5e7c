//! Sends the same requests to both programs, and compares the responses.

use std::convert::Infallible;

use bytes::Bytes;
use from_axum::store::Store;
use from_axum::{after, before};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};

/// Method, target, headers as `name: value`, and body.
type Case = (&'static str, &'static str, &'static [&'static str], &'static str);

const ADA: &str = "authorization: Bearer token-of-ada";
const BO: &str = "authorization: Bearer token-of-bo";
const JSON: &str = "content-type: application/json";
const ORIGIN: &str = "origin: https://notes.example";
const CLIENT: &str = "x-forwarded-for: 192.0.2.1";

/// The requests go to one program in this order.
const CASES: [Case; 35] = [
    ("GET", "/health", &[], ""),
    ("HEAD", "/health", &[ORIGIN], ""),
    ("GET", "/notes", &[], ""),
    // the group with `auth`
    ("POST", "/notes", &[JSON], r#"{"text":"one"}"#),
    ("POST", "/notes", &[JSON, "authorization: Basic eDp5"], r#"{"text":"one"}"#),
    ("POST", "/notes", &[JSON, ADA], r#"{"text":"one"}"#),
    ("POST", "/notes", &[JSON, BO, ORIGIN], r#"{"text":"two"}"#),
    ("POST", "/notes", &[JSON, ADA], r#"{"text":1}"#),
    ("POST", "/notes", &[JSON, ADA], r#"{"text""#),
    ("POST", "/notes", &[ADA], r#"{"text":"one"}"#),
    ("GET", "/notes?q=tw", &[ORIGIN], ""),
    ("GET", "/notes/1", &[], ""),
    ("GET", "/notes/9", &[ORIGIN], ""),
    ("GET", "/notes/x", &[], ""),
    ("PUT", "/notes/1", &[JSON, BO], r#"{"text":"stolen"}"#),
    ("PUT", "/notes/1", &[JSON, ADA], r#"{"text":"three"}"#),
    ("PUT", "/notes/1", &[JSON], r#"{"text":"three"}"#),
    ("DELETE", "/notes/2", &[], ""),
    ("DELETE", "/notes/2", &[BO, ORIGIN], ""),
    ("GET", "/me", &[], ""),
    ("GET", "/me", &[ADA], ""),
    ("GET", "/me/notes", &[ADA], ""),
    // methods that a route lacks
    ("PATCH", "/notes/1", &[ADA, ORIGIN], ""),
    ("PATCH", "/notes/1", &[], ""),
    ("DELETE", "/health", &[ORIGIN], ""),
    ("GET", "/nothing", &[ORIGIN], ""),
    // preflights
    (
        "OPTIONS",
        "/notes/1",
        &[ORIGIN, "access-control-request-method: PUT", "access-control-request-headers: authorization"],
        "",
    ),
    ("OPTIONS", "/me", &["origin: https://other.example", "access-control-request-method: GET"], ""),
    ("OPTIONS", "/login", &[ORIGIN, "access-control-request-method: POST"], ""),
    // the rate limit of one route
    ("POST", "/login", &[JSON, CLIENT], r#"{"name":"ada"}"#),
    ("POST", "/login", &[JSON, CLIENT], r#"{"name":"ada"}"#),
    ("POST", "/login", &[JSON, CLIENT, ORIGIN], r#"{"name":"ada"}"#),
    // the nested router
    ("GET", "/reports/daily/monday", &[ORIGIN], ""),
    ("GET", "/reports/weekly", &[], ""),
    ("POST", "/reports/daily/monday", &[], ""),
];

struct Seen {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

async fn send<S, R>(app: &mut S, (method, target, headers, body): Case) -> Seen
where
    S: Service<Request<String>, Response = Response<R>, Error = Infallible>,
    R: http_body::Body<Data = Bytes, Error: std::fmt::Debug>,
{
    let headers = headers.iter().map(|line| line.split_once(": ").expect("a name and a value"));
    let request = Request::builder().method(method).uri(target);
    let request = headers.fold(request, |request, (name, value)| request.header(name, value));
    let request = request.body(body.to_owned()).expect("the request is valid");
    let Ok(response) = app.ready().await.expect("the program is ready").call(request).await;
    let (head, body) = response.into_parts();
    let body = body.collect().await.expect("the body is whole").to_bytes();
    Seen { status: head.status, headers: head.headers, text: String::from_utf8(body.into()).expect("the body is text") }
}

/// The headers that both programs must send alike.
const SAME_HEADERS: [&str; 5] = [
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "retry-after",
    "x-ratelimit-after",
];

/// What differs between two responses.
fn differences(old: &Seen, new: &Seen) -> Vec<String> {
    let mut found = Vec::new();
    if old.status != new.status {
        found.push(format!("{} is {}", old.status, new.status));
    }
    for name in SAME_HEADERS {
        let (old, new) = (old.headers.get(name), new.headers.get(name));
        if old != new {
            found.push(format!("`{name}: {old:?}` is {new:?}"));
        }
    }
    // The 4xx of axum have a short text or no content. Here they are problem documents.
    let kind = |seen: &Seen| seen.headers.get("content-type").cloned();
    if !(new.status.is_client_error() && kind(new).is_some_and(|kind| kind == "application/problem+json")) {
        if kind(old) != kind(new) {
            found.push(format!("the type {:?} is {:?}", kind(old), kind(new)));
        }
        if old.text != new.text {
            found.push(format!("{:?} is {:?}", old.text, new.text));
        }
    }
    found
}

#[tokio::test]
async fn responses_of_both_programs_are_the_same() {
    let (mut before, mut after) = (before::app(Store::default()), after::app(Store::default()));
    let mut found = Vec::new();
    for case in CASES {
        let (old, new) = (send(&mut before, case).await, send(&mut after, case).await);
        let (method, target, ..) = case;
        found.extend(differences(&old, &new).into_iter().map(|difference| format!("{method} {target}: {difference}")));
    }
    // In axum the 405 of a group's route passes through `auth`, as `route_layer` of a merged router wraps it too.
    assert_eq!(found, ["PATCH /notes/1: 401 Unauthorized is 405 Method Not Allowed"]);
}
