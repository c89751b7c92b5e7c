//! Responses of handlers: the conversion of each result, errors, panics, and responses that HTTP does not allow.

mod support;

use std::borrow::Cow;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, StatusCode};
use http_body::Body as _;
use http_body_util::{BodyExt, Full};
use route_handlers::body::{BodyError, BoxError};
use route_handlers::response::{IntoResponseParts, ResponseParts};
use route_handlers::{
    Body, Error, ErrorContext, Extension, Html, IntoResponse, Json, Path, Problem, Redirect, Response, Result,
    RouteHandlers, any, get,
};
use serde::{Serialize, Serializer};
use serde_json::json;
use tower::{Layer, Service, ServiceExt};

use support::{ReceivedResponse, problem, request, send, send_get, status_and_detail};

fn table() -> RouteHandlers {
    RouteHandlers::new()
}

/// The response that a client receives if a handler returns this value.
async fn response<R: IntoResponse + 'static>(make: fn() -> R) -> ReceivedResponse {
    send(table().get("/", move || async move { make().into_response() }), support::get("/")).await
}

/// The status, content type and text of a response.
async fn seen<R: IntoResponse + 'static>(make: fn() -> R) -> (u16, String, String) {
    let (status, headers, text) = response(make).await;
    let content_type = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap().to_owned());
    (status.as_u16(), content_type.unwrap_or_default(), text)
}

fn expected(status: u16, content_type: &str, text: &str) -> (u16, String, String) {
    (status, content_type.to_owned(), text.to_owned())
}

const TEXT: &str = "text/plain; charset=utf-8";
const OCTETS: &str = "application/octet-stream";
const PROBLEM: &str = "application/problem+json";
const PLAIN_500: &str = r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#;

#[tokio::test]
async fn each_value_has_its_status_and_content_type() {
    assert_eq!(seen(|| "text").await, expected(200, TEXT, "text"));
    assert_eq!(seen(|| String::from("text")).await, expected(200, TEXT, "text"));
    assert_eq!(seen(|| Cow::Borrowed("text")).await, expected(200, TEXT, "text"));
    assert_eq!(seen(|| Cow::<str>::Owned("text".into())).await, expected(200, TEXT, "text"));
    assert_eq!(seen(|| Bytes::from("bytes")).await, expected(200, OCTETS, "bytes"));
    assert_eq!(seen(|| b"bytes".to_vec()).await, expected(200, OCTETS, "bytes"));
    assert_eq!(seen(|| &b"bytes"[..]).await, expected(200, OCTETS, "bytes"));
    assert_eq!(seen(|| ()).await, expected(200, "", ""));
    assert_eq!(seen(|| StatusCode::IM_A_TEAPOT).await, expected(418, "", ""));
    assert_eq!(seen(|| Body::from("body")).await, expected(200, "", "body"));
    assert_eq!(seen(|| http::Response::new(Full::new(Bytes::from("whole")))).await, expected(200, "", "whole"));
    assert_eq!(seen(|| http::Response::new(String::from("text"))).await, expected(200, "", "text"));
    assert_eq!(seen(|| Html("<p>")).await, expected(200, "text/html; charset=utf-8", "<p>"));
    assert_eq!(seen(|| Html(String::from("<p>"))).await, expected(200, "text/html; charset=utf-8", "<p>"));
    assert_eq!(seen(|| Json(json!({"a": [1]}))).await, expected(200, "application/json", r#"{"a":[1]}"#));
}

#[tokio::test]
async fn none_is_404_and_result_is_its_value_or_error() {
    assert_eq!(seen(|| Some("text")).await, expected(200, TEXT, "text"));
    let not_found = r#"{"type":"about:blank","title":"Not Found","status":404}"#;
    assert_eq!(seen(|| None::<&str>).await, expected(404, PROBLEM, not_found));
    assert_eq!(seen(|| Some(None::<&str>)).await, expected(404, PROBLEM, not_found));
    assert_eq!(seen(|| Ok::<_, Infallible>("text")).await, expected(200, TEXT, "text"));
    assert_eq!(seen(|| Err::<(), _>((StatusCode::CONFLICT, "no"))).await, expected(409, TEXT, "no"));
    assert_eq!(seen(|| Err::<(), _>(Error::new(StatusCode::NOT_FOUND))).await, expected(404, PROBLEM, not_found));
}

struct Unserializable;

impl Serialize for Unserializable {
    fn serialize<S: Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("secret"))
    }
}

#[tokio::test]
async fn json_that_fails_to_serialize_is_a_500_problem() {
    assert_eq!(seen(|| Json(Unserializable)).await, expected(500, PROBLEM, PLAIN_500));
    assert_eq!(seen(|| (StatusCode::CREATED, Json(Unserializable))).await, expected(500, PROBLEM, PLAIN_500));
}

#[tokio::test]
async fn tuples_set_status_and_headers() {
    assert_eq!(seen(|| (StatusCode::CREATED, "made")).await, expected(201, TEXT, "made"));
    let responses = [
        response(|| (StatusCode::CREATED, [("x-a", "1"), ("x-a", "2")], "made")).await,
        response(|| {
            (StatusCode::CREATED, [(HeaderName::from_static("x-a"), 1), (HeaderName::from_static("x-a"), 2)], ())
        })
        .await,
        response(|| (StatusCode::CREATED, (None::<HeaderMap>, ([("x-a", "1"), ("x-a", "2")], "made")))).await,
    ];
    let values = |response: &ReceivedResponse| {
        response.1.get_all("x-a").iter().map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(responses.iter().all(|response| response.0 == 201));
    assert_eq!(responses.each_ref().map(values), [["1", "2"], ["1", "2"], ["1", "2"]]);

    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css"));
    let api = table().get("/", move || std::future::ready(([("etag", "\"1\"")], (headers.clone(), "p{}"))));
    let made = send(api, support::get("/")).await;
    assert_eq!((&made.1["content-type"], &made.1["etag"]), (&"text/css".parse().unwrap(), &"\"1\"".parse().unwrap()));
    assert_eq!(made.1.get_all("content-type").iter().count(), 1, "the new header replaces the old one");
}

#[tokio::test]
async fn later_part_replaces_an_earlier_one_as_in_axum() {
    let (_, headers, _) = response(|| (StatusCode::CREATED, [("x-a", "1")], [("x-a", "2")], "text")).await;
    assert_eq!(headers.get_all("x-a").iter().collect::<Vec<_>>(), ["2"]);
}

#[tokio::test]
async fn custom_part_may_fail() {
    struct Token(&'static str);
    impl IntoResponseParts for Token {
        fn into_response_parts(self, parts: &mut ResponseParts<'_>) -> Result<()> {
            parts.headers_mut().insert("x-token", HeaderValue::from_str(self.0)?);
            parts.extensions_mut().insert(self.0);
            Ok(())
        }
    }
    assert_eq!(response(|| (Token("a"), "text")).await.1["x-token"], "a");
    assert_eq!(seen(|| (StatusCode::CREATED, Token("a\n"), "text")).await, expected(500, PROBLEM, PLAIN_500));
}

#[tokio::test]
async fn invalid_header_is_a_500_problem() {
    let plain = expected(500, PROBLEM, PLAIN_500);
    assert_eq!(seen(|| ([("x-a", "two\r\nlines")], "text")).await, plain);
    assert_eq!(seen(|| ([("x-a", "nul\0")], "text")).await, plain);
    assert_eq!(seen(|| ([("not a name", "1")], "text")).await, plain);
    assert_eq!(seen(|| ([("", "1")], "text")).await, plain);
    assert_eq!(seen(|| ([(String::from("x-a"), String::from("\n"))], "text")).await, plain);
    assert_eq!(seen(|| (StatusCode::CREATED, [("x-a", "\r")], "text")).await, plain);
    assert_eq!(seen(|| (StatusCode::CREATED, [("x-b", "1")], [("x-a", "\r")], "text")).await, plain);
    let (_, headers, _) = response(|| ([("x-good", "1"), ("x-bad", "\n")], "text")).await;
    assert_eq!(headers["cache-control"], "no-store");
    assert!(!headers.contains_key("x-good"));
}

// Redirects

const ENCODED: &str =
    "/%22%3C%3E%7B%7D%7C%5E%60%5B%5D/?%22%3C%3E%7B%7D%7C%5E%60%5B%5D#%22%3C%3E%7B%7D%7C%5E%60%5B%5D%23";

#[tokio::test]
async fn redirect_has_an_encoded_location() {
    for (redirect, status, location) in [
        (Redirect::to("/sign-in"), 307, "/sign-in"),
        (Redirect::permanent("../up"), 308, "../up"),
        (Redirect::see_other("?page=2"), 303, "?page=2"),
        (Redirect::to("https://example.com/a?b=c#d"), 307, "https://example.com/a?b=c#d"),
        (Redirect::to("/grüße/a b"), 307, "/gr%C3%BC%C3%9Fe/a%20b"),
        (Redirect::to("/already%20encoded%2F"), 307, "/already%20encoded%2F"),
        (Redirect::to(String::from("//other.example")), 307, "//other.example"),
        (Redirect::with_status(StatusCode::FOUND, "/found"), 302, "/found"),
        // Characters that RFC 3986 does not allow, and `\`, which browsers read as `/`.
        (Redirect::to("/\"<>{}|^`[]/?\"<>{}|^`[]#\"<>{}|^`[]#"), 307, ENCODED),
        (Redirect::to("/!$&'()*+,;=:@-._~/?/?#/?"), 307, "/!$&'()*+,;=:@-._~/?/?#/?"),
        (Redirect::to("/100%/%zz/%4/%2f%5c"), 307, "/100%25/%25zz/%254/%2f%5c"),
        (Redirect::to("/\\evil.example"), 307, "/%5Cevil.example"),
        (Redirect::to("\\\\evil.example"), 307, "%5C%5Cevil.example"),
        (Redirect::to("/x\\..\\api/"), 307, "/x%5C..%5Capi/"),
        (Redirect::to("https://good.example/\\x@evil.example"), 307, "https://good.example/%5Cx@evil.example"),
        (Redirect::to("http://[::1]:80/[a]"), 307, "http://[::1]:80/%5Ba%5D"),
        (Redirect::to("https://münchen.example/ü"), 307, "https://m%C3%BCnchen.example/%C3%BC"),
        (Redirect::to("app:///sign-in?code=1"), 307, "app:///sign-in?code=1"),
        (Redirect::to("/?next=https:/x"), 307, "/?next=https:/x"),
        (Redirect::with_status(StatusCode::MOVED_PERMANENTLY, ""), 301, ""),
    ] {
        let api = table().get("/", move || std::future::ready(redirect.clone()));
        let (seen, headers, text) = send(api, support::get("/")).await;
        assert_eq!((seen.as_u16(), headers["location"].to_str().unwrap(), text.as_str()), (status, location, ""));
    }
}

#[tokio::test]
async fn invalid_redirect_is_a_500_problem() {
    let cases: [fn() -> Redirect; 7] = [
        || Redirect::to("/a\r\nset-cookie: b=c"),
        || Redirect::to("/a\nb"),
        || Redirect::permanent("/\0"),
        || Redirect::to("/a\u{7f}"),
        || Redirect::with_status(StatusCode::OK, "/"),
        || Redirect::with_status(StatusCode::NOT_MODIFIED, "/"),
        || Redirect::with_status(StatusCode::MULTIPLE_CHOICES, "/"),
    ];
    for make in cases {
        let failed = response(make).await;
        assert_eq!((failed.0.as_u16(), failed.2.as_str()), (500, PLAIN_500));
        assert!(!failed.1.contains_key("location") && !failed.1.contains_key("set-cookie"));
    }
}

/// The URL Standard reads `\` as `/` and skips slashes before a host, so each of these locations has two readings.
#[test]
fn location_with_two_readings_is_refused() {
    for location in [
        "https://good.example\\@evil.example/",
        "//good.example\\@evil.example",
        "///evil.example",
        "////evil.example",
        "https:///evil.example",
        "https:/evil.example",
        "HTTP:evil.example",
        "https:\\\\evil.example",
        "/\r/evil.example",
        "/\n/evil.example",
    ] {
        let response = Redirect::to(location).into_response();
        assert_eq!((response.status().as_u16(), response.headers().get("location")), (500, None), "{location}");
    }
}

/// A browser drops a tab from a URL (WHATWG URL, "basic URL parser", step 3), so that this would be `//evil.com`.
#[tokio::test]
async fn tab_in_a_location_is_refused() {
    assert_eq!(seen(|| Redirect::to("/\t/evil.com")).await, expected(500, PROBLEM, PLAIN_500));
}

#[tokio::test]
async fn stream_is_sent_chunk_by_chunk() {
    let mut body = Body::from_stream(stream::iter([Ok("one"), Ok(""), Err(BoxError::from("gone"))]));
    assert_eq!(body.size_hint().exact(), None);
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "one");
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "");
    assert_eq!(body.frame().await.unwrap().unwrap_err().to_string(), "gone");
    assert!(body.frame().await.is_none());
}

// Framing: what HTTP does not allow

#[tokio::test]
async fn status_without_content_is_sent_without_content() {
    for status in [StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT, StatusCode::NOT_MODIFIED] {
        let with_length = [(header::CONTENT_LENGTH, "4")];
        let api = table().get("/", move || async move { (status, "text") }).get("/length", move || {
            let with_length = with_length.clone();
            async move { (status, with_length, Html("text")) }
        });
        for uri in ["/", "/length"] {
            let (seen, headers, text) = send(api.clone(), support::get(uri)).await;
            assert_eq!((seen, text.as_str()), (status, ""), "{uri}");
            assert!(status == StatusCode::NOT_MODIFIED || !headers.contains_key("content-length"), "{uri}");
        }
    }
}

#[tokio::test]
async fn wrong_length_is_removed() {
    for (length, seen) in [("5", Some("5")), ("3", None), ("7", None), ("five", None), ("+5", None), ("5, 5", None)] {
        let api = table().get("/", move || async move { ([(header::CONTENT_LENGTH, length)], "hello") });
        let (_, headers, text) = send(api, support::get("/")).await;
        assert_eq!(text, "hello", "{length}");
        assert_eq!(headers.get(header::CONTENT_LENGTH).map(|seen| seen.to_str().unwrap()), seen, "{length}");
    }
}

#[tokio::test]
async fn two_lengths_are_both_removed() {
    for lengths in [["5", "5"], ["5", "6"], ["6", "5"]] {
        let lengths = lengths.map(|length| ("content-length", length));
        let api = table().get("/", move || async move { (lengths, "hello") });
        let (_, headers, text) = send(api.clone(), support::get("/")).await;
        assert_eq!((text.as_str(), headers.get(header::CONTENT_LENGTH)), ("hello", None), "{lengths:?}");
        let (_, headers, _) = send(api, support::request(Method::HEAD, "/", "")).await;
        let sent = headers.get_all(header::CONTENT_LENGTH).iter().collect::<Vec<_>>();
        assert_eq!(sent, ["5"], "{lengths:?}");
    }
}

#[tokio::test]
async fn declared_length_of_empty_content_is_kept_for_head_only() {
    let handler = || async { ([(header::CONTENT_LENGTH, "5")], ()) };
    let api = table().route("/", get(handler).post(handler)).route("/tagged", get(handler).etag());
    for (method, uri, seen) in [
        (Method::GET, "/", None),
        (Method::POST, "/", None),
        (Method::GET, "/tagged", None),
        (Method::HEAD, "/", Some("5")),
        (Method::HEAD, "/tagged", Some("5")),
    ] {
        let (_, headers, _) = send(api.clone(), support::request(method.clone(), uri, "")).await;
        let sent = headers.get(header::CONTENT_LENGTH).map(|length| length.to_str().unwrap());
        assert_eq!(sent, seen, "{method} {uri}");
    }
}

#[tokio::test]
async fn head_has_length_zero_only_if_the_get_handler_ran() {
    let api = table()
        .get("/get", async || ())
        .route("/own", get(async || "hello").head(async || ()))
        .route("/any", any(async || ()));
    for (uri, seen) in [("/get", Some("0")), ("/own", None), ("/any", None)] {
        let (_, headers, _) = send(api.clone(), support::request(Method::HEAD, uri, "")).await;
        assert_eq!(headers.get(header::CONTENT_LENGTH).map(|length| length.to_str().unwrap()), seen, "{uri}");
    }
}

#[tokio::test]
async fn head_of_a_stream_in_an_inner_table_has_no_length() {
    let streamed = || async { Body::from_stream(stream::iter(["some", "text"]).map(Ok::<_, Infallible>)) };
    let inner = table().get("/", streamed);
    let passed_on = move |request: Request<Body>| inner.clone().oneshot(request);
    for api in [table().get("/", streamed), table().get("/", passed_on.clone()), table().route("/", any(passed_on))] {
        let (status, headers, _) = send(api, support::request(Method::HEAD, "/", "")).await;
        assert_eq!((status.as_u16(), headers.get(header::CONTENT_LENGTH)), (200, None));
    }
}

#[tokio::test]
async fn informational_status_is_500() {
    for status in [100, 102, 103, 199] {
        let api = table().get("/{status}", async |Path(status): Path<u16>| StatusCode::from_u16(status).unwrap());
        let failed = send(api, support::get(&format!("/{status}"))).await;
        assert_eq!((failed.0.as_u16(), failed.2.as_str()), (500, PLAIN_500), "{status}");
    }
}

#[tokio::test]
async fn switching_protocols_requires_a_request_for_an_upgrade() {
    use http::Version;

    let switch = async || {
        (StatusCode::SWITCHING_PROTOCOLS, [("connection", "upgrade"), ("upgrade", "echo")], "no 101 has content")
    };
    let api = table()
        .get("/", switch)
        .get("/late", move |_: Request<Body>| switch())
        .route("/layered", get(switch).layer(tower::layer::util::Identity::new()).etag());
    let asked = [("upgrade", "echo"), ("connection", "upgrade")];
    for (version, headers, status) in [
        (Version::HTTP_11, &asked[..], 101),
        (Version::HTTP_11, &[("upgrade", "echo"), ("connection", "keep-alive,\t Upgrade ")], 101),
        (Version::HTTP_11, &[("upgrade", "echo"), ("connection", "keep-alive"), ("connection", "UPGRADE")], 101),
        (Version::HTTP_11, &[], 500),
        (Version::HTTP_11, &asked[..1], 500),
        (Version::HTTP_11, &asked[1..], 500),
        (Version::HTTP_11, &[("upgrade", "echo"), ("connection", "upgrades")], 500),
        (Version::HTTP_10, &asked, 500),
        (Version::HTTP_2, &asked, 500),
        (Version::HTTP_3, &asked, 500),
    ] {
        for uri in ["/", "/late", "/layered"] {
            let mut request = support::get(uri);
            *request.version_mut() = version;
            for (name, value) in headers {
                request.headers_mut().append(*name, HeaderValue::from_static(value));
            }
            let (seen, sent, _) = send(api.clone(), request).await;
            assert_eq!(seen, status, "{uri} {version:?} {headers:?}");
            assert_eq!(sent.contains_key(header::UPGRADE), status == 101, "{uri} {version:?} {headers:?}");
        }
    }
}

#[tokio::test]
async fn status_without_a_name_is_sent() {
    assert_eq!(seen(|| (StatusCode::from_u16(799).unwrap(), "text")).await, expected(799, TEXT, "text"));
    let problem = r#"{"type":"about:blank","title":"Unknown","status":599}"#;
    assert_eq!(seen(|| Error::new(StatusCode::from_u16(599).unwrap())).await, expected(599, PROBLEM, problem));
}

// Errors

#[tokio::test]
async fn error_is_a_problem_document() {
    let failed = response(|| {
        Error::new(StatusCode::PAYMENT_REQUIRED)
            .with_type("https://example.com/probs/out-of-credit")
            .with_title("You do not have enough credit.")
            .with_detail("Your balance is 30, but that costs 50.")
            .with_extension("balance", 30)
            .with_extension("accounts", json!(["/account/12345"]))
            .with_extension("status", 200)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("60"))
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"))
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    })
    .await;
    let expected = json!({
        "type": "https://example.com/probs/out-of-credit",
        "title": "You do not have enough credit.",
        "status": 402,
        "detail": "Your balance is 30, but that costs 50.",
        "balance": 30,
        "accounts": ["/account/12345"],
    });
    assert_eq!((failed.0.as_u16(), problem(&failed)), (402, expected));
    assert_eq!(failed.1["retry-after"], "60");
    assert_eq!(failed.1.get_all("www-authenticate").iter().count(), 2);
}

#[tokio::test]
async fn problem_has_its_own_status() {
    let failed = response(|| Problem::new(StatusCode::GONE).with_detail("gone").with_instance("/things/7")).await;
    let expected =
        json!({"type": "about:blank", "title": "Gone", "status": 410, "detail": "gone", "instance": "/things/7"});
    assert_eq!((failed.0.as_u16(), problem(&failed)), (410, expected));
}

#[tokio::test]
async fn problem_is_written_as_serde_writes_it() {
    let plain = Problem::new(StatusCode::CONFLICT);
    let detailed =
        plain.clone().with_title("\"taken\"").with_detail("by\u{7}\n<another>").with_type("/taken").with_instance("/1");
    let texts = detailed.clone().with_extension("by", "Ada").with_extension("by", "Bo \u{1F600}");
    let mixed = texts.clone().with_extension("left", 1.5).with_extension("\"\"", json!([null, {"a": [1, "b"]}]));
    for problem in [plain, detailed, texts, mixed] {
        let value = serde_json::to_string(&problem).unwrap();
        let shared = problem.clone();
        let text = send_get(table().get("/", move || std::future::ready(shared.clone())), "/").await.1;
        assert_eq!(text, value, "{problem:?}");
        assert_eq!(problem.clone(), problem);
    }
}

#[tokio::test]
async fn problem_in_a_tuple_keeps_its_status() {
    let failed = response(|| (StatusCode::CREATED, Error::new(StatusCode::NOT_FOUND))).await;
    assert_eq!(status_and_detail(&failed).0, 404);
    let failed = response(|| (StatusCode::CREATED, [("x-a", "1")], None::<&str>)).await;
    assert_eq!(status_and_detail(&failed).0, 404);
    assert_eq!(failed.1["x-a"], "1");
}

#[tokio::test]
async fn source_of_an_error_is_never_sent() {
    async fn failing() -> Result<&'static str> {
        Err(std::io::Error::other("password=1234"))?;
        Ok("fine")
    }
    let failed = response(|| Error::from_source(StatusCode::BAD_GATEWAY, "password=1234").with_detail("no")).await;
    assert!(!failed.2.contains("1234"));
    assert_eq!(status_and_detail(&failed), (502, "no".into()));
    let failed = send(table().get("/", failing), support::get("/")).await;
    assert_eq!((failed.0.as_u16(), failed.2.as_str()), (500, PLAIN_500));
}

#[tokio::test]
async fn problem_with_a_detail_has_nosniff() {
    let guarded = response(|| Error::new(StatusCode::BAD_REQUEST).with_detail("no <script> here")).await;
    assert_eq!(guarded.1["x-content-type-options"], "nosniff");
    let plain = response(|| Error::new(StatusCode::BAD_REQUEST)).await;
    assert!(!plain.1.contains_key("x-content-type-options"), "its text is fixed");
}

#[tokio::test]
async fn refused_path_names_the_reason() {
    let api = table().get("/one/{name}", async || "one").get("/all/{*rest}", async || "all").claim("/claimed");
    for (uri, reason) in [
        ("/one/%zz", "the path has a `%` that is not followed by two hexadecimal digits"),
        ("/one/%ff", "the path is not UTF-8 once its escapes are decoded"),
        ("/one/%00", "the path has an encoded NUL"),
        ("/one/..", "the path has a dot segment (`.` or `..`)"),
        ("/all/a//b", "the path has an empty segment (`//`)"),
        ("/all/a///b", "the path has an empty segment (`//`)"),
        ("/else/../claimed", "the path is another spelling of one that is claimed here"),
    ] {
        let refused = send(api.clone(), support::get(uri)).await;
        assert_eq!(status_and_detail(&refused), (400, reason.to_owned()), "{uri}");
    }
}

/// One of two values.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    High,
}

#[derive(Debug, serde::Deserialize)]
struct Levels {
    level: std::collections::BTreeMap<String, Level>,
}

#[tokio::test]
async fn problem_document_is_short_for_long_input() {
    let api = table()
        .get("/path/{level}", async |Path(level): Path<Level>| format!("{level:?}"))
        .get("/query", async |query: route_handlers::Query<std::collections::BTreeMap<String, Level>>| {
            format!("{query:?}")
        })
        .post("/form", async |form: route_handlers::Form<std::collections::BTreeMap<String, Level>>| {
            format!("{form:?}")
        })
        .post("/json", async |Json(levels): Json<Levels>| format!("{:?}", levels.level))
        .post("/text", async |Json(level): Json<Level>| format!("{level:?}"));
    // Characters of one to four bytes, and some that JSON or Rust escapes: no character may be cut in two.
    let characters = ["a", "é", "€", "😀", "\u{7f}", "\u{2028}", "\\", "\"", "\n", "\u{1}", "\u{1f}", "é\u{1}\"\\"];
    for long in characters.map(|character| character.repeat(60_000 / character.len())) {
        let encoded = percent_encoding::utf8_percent_encode(&long, percent_encoding::NON_ALPHANUMERIC).to_string();
        let encoded = &encoded[..encoded.len().min(30_000) / 36 * 36];
        let json = serde_json::to_string(&long).unwrap();
        let mut form = request(Method::POST, "/form", format!("{encoded}={encoded}"));
        form.headers_mut().insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
        for request in [
            support::get(&format!("/path/{encoded}")),
            support::get(&format!("/query?{encoded}={encoded}")),
            form,
            support::post_json("/json", format!(r#"{{"level":{{{json}:{json}}}}}"#)),
            support::post_json("/text", json),
        ] {
            let uri = request.uri().path()[..5].to_owned();
            let refused = send(api.clone(), request).await;
            let (status, detail) = status_and_detail(&refused);
            assert!((400..=422).contains(&status) && !detail.is_empty(), "{uri} {status}");
            assert!(refused.2.len() < 1024, "{uri} {:?}: {} bytes", long.chars().next(), refused.2.len());
        }
    }
    let own = "x".repeat(5000);
    let text = own.clone();
    let api = table().get("/", move || std::future::ready(Error::new(StatusCode::CONFLICT).with_detail(text.clone())));
    assert_eq!(
        status_and_detail(&send(api, support::get("/")).await),
        (409, own),
        "details from the program are not cut"
    );
}

#[tokio::test]
async fn debug_of_a_request_shows_the_method_the_path_the_route_and_the_names_of_headers() {
    let request = |uri| Request::put(uri).header("authorization", "Bearer hunter2").body(Body::empty()).unwrap();
    let api = table().put("/users/{id}", async |request: route_handlers::Request| format!("{request:?}"));
    let shown = send(api, request("/users/7?token=hunter2")).await.2;
    let expected = r#"Request { method: PUT, path: "/users/7", version: HTTP/1.1, headers: ["authorization"], route: Some("/users/{id}"), .. }"#;
    assert_eq!(shown, expected);
    let outside = format!("{:?}", route_handlers::Request::from(request("/")));
    assert!(outside.contains("route: None"), "{outside}");
}

#[test]
fn error_shows_status_detail_and_source() {
    let error = Error::from(std::io::Error::other("disk")).with_detail("cannot be saved");
    assert_eq!(error.to_string(), "500 Internal Server Error: cannot be saved");
    let debug = format!("{error:?}");
    assert!(["500", "cannot be saved", "disk"].iter().all(|part| debug.contains(part)), "{debug}");
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("disk"));
    assert_eq!((error.status().as_u16(), error.problem().detail()), (500, Some("cannot be saved")));
    let changed = error.clone().with_extension("a", 1).with_header(header::ETAG, HeaderValue::from_static("\"1\""));
    assert_eq!(changed.problem().extension("a"), Some(&json!(1)));
    assert_eq!(changed.headers().map(HeaderMap::len), Some(1));
    assert_eq!(error.problem().extension("a"), None, "a change to a clone does not change the original");
}

#[test]
fn boxed_error_keeps_its_text_and_its_source() {
    let full = Error::from_source(StatusCode::INSUFFICIENT_STORAGE, std::io::Error::other("disk")).with_detail("full");
    let boxed = BoxError::from(full);
    assert_eq!(boxed.to_string(), "507 Insufficient Storage: full");
    assert_eq!(boxed.source().map(ToString::to_string).as_deref(), Some("disk"));
    assert!(BoxError::from(Error::new(StatusCode::GONE)).source().is_none());
    let of_a_body = BodyError::from(BoxError::from("disk"));
    assert_eq!(std::error::Error::source(&of_a_body).map(ToString::to_string).as_deref(), Some("disk"));
}

// Panics

/// A layer with a service that panics before or in its future, or returns an error.
#[derive(Clone, Copy)]
enum Faulty {
    Call,
    Await,
    Fail,
}

impl<S> Layer<S> for Faulty {
    type Service = Self;

    fn layer(&self, _: S) -> Self {
        *self
    }
}

impl Service<Request<Body>> for Faulty {
    type Response = Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::result::Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        match self {
            Self::Call => panic!("secret"),
            Self::Await => Box::pin(async { panic!("secret") }),
            Self::Fail => Box::pin(async { Err("secret".into()) }),
        }
    }
}

fn panic_before_the_future() -> std::future::Ready<&'static str> {
    panic!("secret {}", 7)
}

struct PanickingResponse;

impl IntoResponse for PanickingResponse {
    fn into_response(self) -> Response {
        std::panic::panic_any(7)
    }
}

fn faulty() -> RouteHandlers {
    table()
        .get("/first-poll", async || -> &'static str { panic!("secret") })
        .get("/later", async || -> &'static str {
            tokio::task::yield_now().await;
            panic!("secret")
        })
        .get("/before", panic_before_the_future)
        .get("/response", async || PanickingResponse)
        .route("/layered", get(panic_before_the_future).layer(tower::layer::util::Identity::new()))
        .route("/layer/call", get(async || "never").layer(Faulty::Call))
        .route("/layer/await", get(async || "never").layer(Faulty::Await))
        .route("/layer/fail", get(async || "never").layer(Faulty::Fail))
}

const FAULTY: [&str; 8] =
    ["/first-poll", "/later", "/before", "/response", "/layered", "/layer/call", "/layer/await", "/layer/fail"];

#[tokio::test]
async fn panic_is_a_500_problem_without_its_message() {
    for uri in FAULTY {
        let failed = send(faulty().over(support::inner()), support::get(uri)).await;
        assert_eq!((failed.0.as_u16(), failed.2.as_str()), (500, PLAIN_500), "{uri}");
        problem(&failed);
    }
}

/// A service that panics when it is cloned: each request clones it.
struct Uncloneable(Faulty);

impl Clone for Uncloneable {
    fn clone(&self) -> Self {
        panic!("secret")
    }
}

impl Service<Request<Body>> for Uncloneable {
    type Response = Response;
    type Error = BoxError;
    type Future = <Faulty as Service<Request<Body>>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<std::result::Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.0.call(request)
    }
}

#[tokio::test]
async fn panic_in_the_clone_of_a_layered_service_is_a_500_problem() {
    let layer = tower::layer::layer_fn(|_| Uncloneable(Faulty::Fail));
    let api = table().route("/", get(async || "never").layer(layer));
    assert_eq!(send_get(api, "/").await, (500, PLAIN_500.into()));
}

#[cfg(feature = "timeout")]
#[tokio::test]
async fn panic_within_a_timeout_is_a_500_problem() {
    let api = table().route("/", get(panic_before_the_future).timeout(std::time::Duration::from_secs(1)));
    assert_eq!(send_get(api, "/").await, (500, PLAIN_500.into()));
}

// on_error

/// A hook that responds with its arguments.
#[expect(clippy::needless_pass_by_value, reason = "hooks take the error by value")]
fn showing(error: Error, context: &ErrorContext<'_>) -> Response {
    let header = |name: &str| context.headers().get(name).map_or("-", |value| value.to_str().unwrap());
    let text = format!(
        "{} {} {} x={} route={} allow={}",
        error.status().as_u16(),
        context.method(),
        context.uri(),
        header("x"),
        context.matched_route().unwrap_or("-"),
        context.allow().map_or("-", |allow| allow.to_str().unwrap()),
    );
    (error.status(), [("x-by", "hook")], text).into_response()
}

fn hooked() -> RouteHandlers {
    table()
        .get("/users/{id}", async |Path(id): Path<u8>| id.to_string())
        .get("/none", async || None::<&str>)
        .get("/error", async || Err::<(), _>(Error::new(StatusCode::CONFLICT)))
        .get("/io", async || -> Result<()> { Err(std::io::Error::other("disk"))? })
        .get("/panic", async || -> &'static str { panic!("secret") })
        .get("/extension", async |_: Extension<u8>| "never")
        .get("/header", async || ([("x", "\n")], "never"))
        .get("/status", async || StatusCode::CONTINUE)
        .get("/own", async || (StatusCode::CONFLICT, "the handler's own"))
        .route("/layered", get(async || None::<&str>).layer(tower::layer::util::Identity::new()))
        .post("/json", async |Json(number): Json<u8>| number.to_string())
        .claim("/claimed")
        .on_error(showing)
}

#[tokio::test]
async fn on_error_shapes_every_failed_response() {
    for (method, uri, expected) in [
        ("GET", "/users/x?q", "400 GET /users/x?q x=1 route=/users/{id} allow=-"),
        ("GET", "/users/%zz", "400 GET /users/%zz x=1 route=/users/{id} allow=-"),
        ("GET", "/users/..", "400 GET /users/.. x=1 route=/users/{id} allow=-"),
        ("DELETE", "/users/7", "405 DELETE /users/7 x=1 route=/users/{id} allow=GET, HEAD, OPTIONS"),
        ("GET", "/unknown", "404 GET /unknown x=1 route=- allow=-"),
        ("GET", "/claimed/x", "404 GET /claimed/x x=1 route=- allow=-"),
        ("GET", "/none", "404 GET /none x=1 route=/none allow=-"),
        ("GET", "/layered", "404 GET /layered x=1 route=/layered allow=-"),
        ("GET", "/error", "409 GET /error x=1 route=/error allow=-"),
        ("GET", "/io", "500 GET /io x=1 route=/io allow=-"),
        ("GET", "/panic", "500 GET /panic x=1 route=/panic allow=-"),
        ("GET", "/extension", "500 GET /extension x=1 route=/extension allow=-"),
        ("GET", "/header", "500 GET /header x=1 route=/header allow=-"),
        ("GET", "/status", "500 GET /status x=1 route=/status allow=-"),
        ("POST", "/json", "415 POST /json x=1 route=/json allow=-"),
    ] {
        let mut request = request(method.parse().unwrap(), uri, "");
        request.headers_mut().insert("x", "1".parse().unwrap());
        let (status, headers, text) = send(hooked(), request).await;
        assert_eq!(text, expected);
        assert_eq!(status.as_str(), &expected[..3]);
        assert_eq!(headers["x-by"], "hook");
        assert_eq!(headers.contains_key("allow"), status == 405, "{uri}");
    }
}

#[tokio::test]
async fn on_error_does_not_see_responses_of_handlers_and_the_inner_service() {
    assert_eq!(send_get(hooked(), "/users/7").await, (200, "7".into()));
    assert_eq!(send_get(hooked(), "/own").await, (409, "the handler's own".into()));
    let over = hooked().over(support::inner());
    assert_eq!(send_get(over.clone(), "/unknown").await, (200, "inner: GET /unknown".into()));
    let options = send(over, request(Method::OPTIONS, "/none", "")).await;
    assert_eq!(
        (options.0.as_u16(), options.1["allow"].to_str().unwrap(), options.2.as_str()),
        (204, "GET, HEAD, OPTIONS", "")
    );
}

#[tokio::test]
async fn allow_of_a_405_survives_on_error() {
    let hooks: [fn(Error, &ErrorContext<'_>) -> Response; 3] = [
        |_, _| "nothing is wrong".into_response(),
        |_, _| ([("allow", "EVERYTHING"), ("allow", "ELSE")], "wrong").into_response(),
        |_, _| panic!("the hook panics"),
    ];
    for (hook, status) in hooks.into_iter().zip([200, 200, 405]) {
        let api = table().get("/", async || "home").on_error(hook);
        let (seen, headers, _) = send(api, request(Method::POST, "/", "")).await;
        assert_eq!(seen, status);
        assert_eq!(headers.get_all("allow").iter().collect::<Vec<_>>(), ["GET, HEAD, OPTIONS"]);
    }
}

#[tokio::test]
async fn panic_in_on_error_falls_back_to_the_problem_document() {
    let api = hooked().on_error(|_, _| panic!("the hook panics"));
    for (uri, status) in [("/unknown", 404), ("/users/x", 400), ("/users/%zz", 400), ("/io", 500), ("/panic", 500)] {
        let failed = send(api.clone(), support::get(uri)).await;
        assert_eq!(status_and_detail(&failed).0, status, "{uri}");
    }
}

#[tokio::test]
async fn failed_head_has_no_content() {
    for uri in ["/unknown", "/io", "/users/x", "/users/%zz"] {
        let (_, shaped) = send_get(hooked(), uri).await;
        let length = shaped.replace("GET", "HEAD").len().to_string();
        let (_, headers, text) = send(hooked(), request(Method::HEAD, uri, "")).await;
        assert_eq!((headers["content-length"].to_str().unwrap(), text.as_str()), (length.as_str(), ""), "{uri}");
    }
}

#[tokio::test]
async fn response_of_on_error_follows_the_framing_rules_too() {
    let api = hooked().on_error(|_, _| (StatusCode::NO_CONTENT, "content").into_response());
    for uri in ["/io", "/unknown", "/users/%zz"] {
        assert_eq!(send_get(api.clone(), uri).await, (204, String::new()), "{uri}");
    }
    let api = hooked().on_error(|_, _| StatusCode::CONTINUE.into_response());
    for uri in ["/io", "/unknown", "/users/%zz"] {
        assert_eq!(send_get(api.clone(), uri).await.0, 500, "{uri}");
    }
}

#[tokio::test]
async fn last_on_error_wins() {
    let api = hooked().on_error(|error, _| (error.status(), "second").into_response());
    assert_eq!(send_get(api, "/unknown").await, (404, "second".into()));
}

#[tokio::test]
async fn headers_of_the_error_are_kept_unless_on_error_sets_them() {
    let limited = || {
        Error::new(StatusCode::TOO_MANY_REQUESTS)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("60"))
            .with_header(header::CONTENT_LANGUAGE, HeaderValue::from_static("en"))
    };
    let unauthorized = || {
        let challenge = |scheme| HeaderValue::from_static(scheme);
        Error::new(StatusCode::UNAUTHORIZED)
            .with_header(header::WWW_AUTHENTICATE, challenge("Basic"))
            .with_header(header::WWW_AUTHENTICATE, challenge("Bearer"))
    };
    let cached =
        || Error::new(StatusCode::GONE).with_header(header::CACHE_CONTROL, HeaderValue::from_static("max-age=9"));
    let api = || {
        table()
            .get("/401", move || async move { unauthorized() })
            .get("/429", move || async move { limited() })
            .get("/410", move || async move { cached() })
    };
    let text = |name: header::HeaderName, headers: &HeaderMap| {
        let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap());
        lines.collect::<Vec<_>>().join(" + ")
    };

    let plain = api().on_error(|error, _| (error.status(), "failed").into_response());
    let (_, headers, body) = send(plain.clone(), support::get("/401")).await;
    assert_eq!(text(header::WWW_AUTHENTICATE, &headers), "Basic + Bearer");
    assert_eq!((text(header::CACHE_CONTROL, &headers).as_str(), body.as_str()), ("no-store", "failed"));
    let (_, headers, _) = send(plain.clone(), support::get("/429")).await;
    assert_eq!((text(header::RETRY_AFTER, &headers).as_str(), headers.get(header::CONTENT_LANGUAGE)), ("60", None));
    let (_, headers, _) = send(plain.clone(), support::get("/410")).await;
    assert_eq!(text(header::CACHE_CONTROL, &headers), "max-age=9");
    for (method, uri) in [(Method::GET, "/unknown"), (Method::PUT, "/401"), (Method::GET, "/%zz")] {
        let (_, headers, _) = send(plain.clone(), request(method, uri, "")).await;
        assert_eq!(text(header::CACHE_CONTROL, &headers), "no-store", "{uri}");
    }

    let setting = api().on_error(|error, _| {
        let own = [(header::WWW_AUTHENTICATE, "Own"), (header::CACHE_CONTROL, "max-age=1"), (header::RETRY_AFTER, "1")];
        (error.status(), own, "failed").into_response()
    });
    for uri in ["/401", "/429", "/410"] {
        let (_, headers, _) = send(setting.clone(), support::get(uri)).await;
        for (name, seen) in
            [(header::WWW_AUTHENTICATE, "Own"), (header::CACHE_CONTROL, "max-age=1"), (header::RETRY_AFTER, "1")]
        {
            assert_eq!(text(name, &headers), seen, "{uri}");
        }
    }

    let hiding = api().on_error(|_, _| (StatusCode::NOT_FOUND, "nothing").into_response());
    let (_, headers, _) = send(hiding, support::get("/401")).await;
    assert_eq!(
        (headers.get(header::WWW_AUTHENTICATE), text(header::CACHE_CONTROL, &headers).as_str()),
        (None, "no-store")
    );
    let page = api().on_error(|_, _| Html("the page").into_response());
    let (status, headers, _) = send(page, support::get("/401")).await;
    assert_eq!(
        (status.as_u16(), headers.get(header::CACHE_CONTROL)),
        (200, None),
        "a response with status 200 is no failure"
    );
}

#[tokio::test]
async fn lists_and_cookies_of_the_error_are_added_to_those_of_on_error() {
    const OF_ERROR: [(&str, &str); 13] = [
        ("vary", "origin"),
        ("vary", "accept"),
        ("link", "</a>; rel=help"),
        ("server-timing", "db;dur=1"),
        ("access-control-expose-headers", "x-request-id"),
        ("via", "1.1 a"),
        ("set-cookie", "seen=1; Path=/"),
        ("set-cookie", "theme=dark; Path=/"),
        ("set-cookie", "theme=; Path=/shop; Max-Age=0"),
        ("access-control-allow-origin", "https://a.example"),
        ("retry-after", "60"),
        ("x-request-id", "7"),
        ("content-range", "bytes */1000"),
    ];
    const OF_HOOK: [(&str, &str); 10] = [
        ("vary", "accept-language"),
        ("vary", "accept"),
        ("link", "</b>; rel=help"),
        ("server-timing", "hook;dur=2"),
        ("access-control-expose-headers", "x-by"),
        ("via", "1.1 b"),
        ("set-cookie", "theme=light; Path=/"),
        ("access-control-allow-origin", "https://b.example"),
        ("retry-after", "9"),
        ("x-by", "hook"),
    ];
    let failing = async || {
        let error = Error::new(StatusCode::RANGE_NOT_SATISFIABLE);
        let with = |error: Error, (name, value): &(&'static str, &'static str)| {
            error.with_header(header::HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        Err::<(), _>(OF_ERROR.iter().fold(error, with))
    };
    let api = table().get("/", failing).on_error(|error, _| (error.status(), OF_HOOK, "shaped").into_response());
    let (_, headers, body) = send(api, support::get("/")).await;
    assert_eq!(body, "shaped");
    for (name, expected) in [
        ("vary", &["accept-language", "accept", "origin"][..]),
        ("link", &["</b>; rel=help", "</a>; rel=help"]),
        ("server-timing", &["hook;dur=2", "db;dur=1"]),
        ("access-control-expose-headers", &["x-by", "x-request-id"]),
        ("via", &["1.1 b", "1.1 a"]),
        ("set-cookie", &["theme=light; Path=/", "seen=1; Path=/", "theme=; Path=/shop; Max-Age=0"]),
        ("access-control-allow-origin", &["https://b.example"]),
        ("retry-after", &["9"]),
        ("x-request-id", &["7"]),
        ("content-range", &["bytes */1000"]),
    ] {
        let seen: Vec<_> = headers.get_all(name).iter().map(|line| line.to_str().unwrap()).collect();
        assert_eq!(seen, expected, "{name}");
    }

    // A hook that changes the error's own response sends nothing twice.
    let api = table().get("/", failing).on_error(|error, _| (StatusCode::RANGE_NOT_SATISFIABLE, error).into_response());
    let (_, headers, _) = send(api, support::get("/")).await;
    for (name, _) in OF_ERROR {
        let count = OF_ERROR.iter().filter(|(other, _)| *other == name).count();
        assert_eq!(headers.get_all(name).iter().count(), count, "{name}");
    }
}

/// An error of a program around an error of this crate.
#[derive(Debug)]
struct Wraps(Box<dyn std::error::Error + Send + Sync>);

impl std::fmt::Display for Wraps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a secret")
    }
}

impl std::error::Error for Wraps {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

#[tokio::test]
async fn status_of_a_tuple_does_not_replace_that_of_a_carried_response() {
    let handler = async || {
        let refused = Error::from_response((StatusCode::FORBIDDEN, "no").into_response());
        (StatusCode::CREATED, Err::<&str, _>(refused))
    };
    let (status, _, text) =
        send(RouteHandlers::new().get("/", handler), http::Request::get("/").body(Body::empty()).unwrap()).await;
    assert_eq!((status.as_u16(), text.as_str()), (403, "no"));
}

#[tokio::test]
async fn boxed_error_is_500_or_the_error_in_its_chain() {
    type Boxed = Box<dyn std::error::Error + Send + Sync>;
    fn teapot() -> Boxed {
        Error::new(StatusCode::IM_A_TEAPOT).with_detail("short and stout").into()
    }
    let api = RouteHandlers::new()
        .get("/boxed", async || Err::<&str, Boxed>("a secret".into()))
        .get("/boxed/ours", async || Err::<&str, Boxed>(teapot()))
        .get("/boxed/wrapped", async || Err::<&str, Boxed>(Box::new(Wraps(teapot()))))
        .get("/internal", async || Err::<&str, _>(Error::internal("a secret")));
    #[cfg(feature = "anyhow")]
    let api = api
        .get("/anyhow", async || -> anyhow::Result<&'static str> { anyhow::bail!("a secret") })
        .get("/anyhow/ours", async || -> anyhow::Result<&'static str> { Err(anyhow::Error::new(Wraps(teapot()))) });
    for (uri, status) in [
        ("/boxed", 500),
        ("/boxed/ours", 418),
        ("/boxed/wrapped", 418),
        ("/internal", 500),
        ("/anyhow", 500),
        ("/anyhow/ours", 418),
    ] {
        if cfg!(not(feature = "anyhow")) && uri.starts_with("/anyhow") {
            continue;
        }
        let response = send(api.clone(), http::Request::get(uri).body(Body::empty()).unwrap()).await;
        assert_eq!(problem(&response)["status"], status, "{uri}");
        assert!(!response.2.contains("secret"), "{uri}: {}", response.2);
    }
}
