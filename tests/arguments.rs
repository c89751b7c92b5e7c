//! Arguments of handlers: how each one is read from the request, and the response if it cannot be read.

mod support;

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Method, Request as HttpRequest, StatusCode, Uri, Version};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use route_handlers::{
    Body, BoxError, Error, ErrorContext, Extension, Form, FromRequest, Handler, IntoResponse, Json, MatchedRoute, Path,
    Query, Reads, Request, RequestHead, Requirements, Response, Result, RouteHandlers, Run, State, WholeBody, any,
    post, put,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use support::{ReceivedResponse, get, post_json, problem, request, send, send_get, status_and_detail};

fn table() -> RouteHandlers {
    RouteHandlers::new()
}

/// A hook that sends the source of the error, which is never sent otherwise.
#[expect(clippy::needless_pass_by_value, reason = "hooks take the error by value")]
fn send_source(error: Error, _: &ErrorContext<'_>) -> Response {
    (error.status(), error.source().map_or(String::new(), ToString::to_string)).into_response()
}

/// The `Debug` text of a value.
fn show<T: Debug>(value: T) -> String {
    format!("{value:?}")
}

// JSON

#[derive(Debug, Deserialize)]
struct Order {
    items: Vec<Item>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Item {
    name: String,
    count: u8,
}

fn orders() -> RouteHandlers {
    async fn order(Json(order): Json<Order>) -> String {
        let items = order.items.iter().map(|item| format!("{}*{}", item.count, item.name));
        format!("{} {:?}", items.collect::<Vec<_>>().join(" "), order.note)
    }
    table().route("/orders", post(order).patch(order)).post("/any", async |Json(any): Json<Value>| any.to_string())
}

const ORDER: &str = r#"{"items":[{"name":"tea","count":2}],"note":"ü"}"#;

#[tokio::test]
async fn every_json_media_type_is_accepted() {
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=\"utf-8\"",
        "Application/JSON ; q=1",
        "application/merge-patch+json",
        "application/vnd.example.v1+JSON; charset=utf-8",
    ] {
        let mut request = post_json("/orders", ORDER);
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
        let (status, _, text) = send(orders(), request).await;
        assert_eq!((status.as_u16(), text.as_str()), (200, r#"2*tea Some("ü")"#), "{content_type}");
    }
}

#[tokio::test]
async fn byte_order_mark_and_white_space_around_json_are_ignored() {
    for body in [format!("\u{feff}{ORDER}"), format!(" \r\n\t{ORDER}\n")] {
        let (status, _, text) = send(orders(), post_json("/orders", body)).await;
        assert_eq!((status.as_u16(), text.as_str()), (200, r#"2*tea Some("ü")"#));
    }
}

#[tokio::test]
async fn other_media_type_than_json_is_415_with_the_accepted_one() {
    let types = [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "json",
        "+json",
        "application/+json",
    ];
    for content_type in types {
        for (method, name) in [(Method::POST, "accept"), (Method::PATCH, "accept-patch")] {
            let mut request = request(method, "/orders", ORDER);
            if !content_type.is_empty() {
                request.headers_mut().insert("content-type", content_type.parse().unwrap());
            }
            let response = send(orders(), request).await;
            let (status, detail) = status_and_detail(&response);
            assert_eq!(status, 415, "{content_type}");
            assert!(detail.contains("application/json"), "{detail}");
            assert_eq!(response.1[name], "application/json");
            let other = if name == "accept" { "accept-patch" } else { "accept" };
            assert!(!response.1.contains_key(other));
        }
    }
}

#[tokio::test]
async fn malformed_json_is_400() {
    let nested = "[".repeat(200) + &"]".repeat(200);
    for body in [
        "",
        " ",
        "{",
        "nope",
        "'a'",
        "{\"items\":[],}",
        "[1,]",
        "{} {}",
        "1 2",
        "\"\\ud800\"",
        "NaN",
        "\u{feff}\u{feff}1",
        &nested,
    ] {
        let response = send(orders(), post_json("/any", body.to_owned())).await;
        let (status, detail) = status_and_detail(&response);
        assert_eq!(status, 400, "{body}");
        assert!(detail.starts_with("the body is not JSON: "), "{body}: {detail}");
    }
    let response = send(orders(), post_json("/any", &b"\"\xff\""[..])).await;
    assert_eq!(status_and_detail(&response).0, 400);
    let response = send(orders(), post_json("/orders", format!("{ORDER} trailing"))).await;
    assert_eq!(status_and_detail(&response).0, 400);
}

#[tokio::test]
async fn json_of_another_shape_is_422_with_the_path() {
    for (body, path, said) in [
        (r#"{"items":[{"name":"a","count":1},{"name":7,"count":1}]}"#, "items[1].name", "expected a string"),
        (r#"{"items":[{"name":"a","count":300}]}"#, "items[0].count", "expected an integer from 0 to 255"),
        (r#"{"items":[{"name":"a","count":-1}]}"#, "items[0].count", "expected an integer from 0 to 255"),
        (r#"{"items":[{"name":"a"}]}"#, "items[0]", "missing field `count`"),
        (r#"{"items":{}}"#, "items", "expected an array"),
        (r#"{"items":[],"note":1}"#, "note", "expected a string"),
        ("{}", "", "missing field `items`"),
        ("null", "", "invalid type: null"),
    ] {
        let response = send(orders(), post_json("/orders", body)).await;
        let problem = problem(&response);
        assert_eq!((response.0.as_u16(), problem["path"].as_str().unwrap_or_default()), (422, path), "{body}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(said), "{detail}");
        let place = if path.is_empty() { "the body".to_owned() } else { format!("`{path}`") };
        assert!(detail.starts_with(&format!("{place}: ")), "{detail}");
    }
}

#[tokio::test]
async fn detail_of_a_json_fault_names_no_rust_type() {
    for body in ["7", r#"{"items":[7]}"#, r#"{"items":[{"name":"a","count":1}],"note":[]}"#] {
        let response = send(orders(), post_json("/orders", body)).await;
        let problem = problem(&response);
        assert_eq!(response.0, 422);
        let detail = problem["detail"].as_str().unwrap();
        assert!(!detail.contains("Order") && !detail.contains("Item") && !detail.contains("arguments::"), "{detail}");
    }
}

#[tokio::test]
async fn media_type_is_checked_before_the_content_and_the_limit_before_the_syntax() {
    let response = send(orders(), request(Method::POST, "/orders", "{")).await;
    assert_eq!(status_and_detail(&response).0, 415);
    let api = table().route("/", post(async |Json(any): Json<Value>| any.to_string()).body_limit(3));
    let response = send(api, post_json("/", "{{{{")).await;
    assert_eq!(status_and_detail(&response).0, 413);
}

#[tokio::test]
async fn request_json_accepts_every_media_type() {
    let api = table().post("/", async |mut request: Request| request.json::<Vec<u8>>().await.map(show));
    let (status, _, text) = send(api, request(Method::POST, "/", "[1,2]")).await;
    assert_eq!((status.as_u16(), text.as_str()), (200, "[1, 2]"));
}

// The raw body

#[tokio::test]
async fn body_is_read_as_text_or_bytes() {
    let api = table()
        .post("/string", async |text: String| text)
        .post("/text", async |mut request: Request| request.text().await)
        .post("/bytes", async |bytes: Bytes| bytes.len().to_string())
        .post("/body", async |body: Body| body.collect().await.map(|whole| show(whole.to_bytes())).unwrap_or_default());
    for (uri, body, expected) in [
        ("/string", &b""[..], (200, "")),
        ("/string", "grüße".as_bytes(), (200, "grüße")),
        ("/string", "\u{FEFF}\u{FEFF}x".as_bytes(), (200, "\u{FEFF}x")),
        ("/text", "grüße".as_bytes(), (200, "grüße")),
        ("/text", "\u{FEFF}\u{FEFF}x".as_bytes(), (200, "\u{FEFF}x")),
        ("/text", b"\xEF\xBB\xBF", (200, "")),
        ("/text", b"\xEF\xBB", (200, "\u{FFFD}")),
        ("/text", b"a\xFFb\xC3", (200, "a\u{FFFD}b\u{FFFD}")),
        ("/bytes", b"\xff\x00", (200, "2")),
        ("/bytes", b"", (200, "0")),
        ("/body", b"\xff", (200, "b\"\\xff\"")),
    ] {
        let (status, _, text) = send(api.clone(), request(Method::POST, uri, body)).await;
        assert_eq!((status.as_u16(), text.as_str()), expected, "{uri}");
    }
    let response = send(api, request(Method::POST, "/string", &b"\xff"[..])).await;
    assert_eq!(status_and_detail(&response), (400, "the body is not UTF-8 text".into()));
}

/// A body in several chunks, of unknown length.
fn pieces(pieces: &[&'static str]) -> Body {
    let frames = pieces.iter().map(|piece| Ok::<_, Infallible>(Frame::data(Bytes::from_static(piece.as_bytes()))));
    Body::new(StreamBody::new(stream::iter(frames.collect::<Vec<_>>())))
}

/// A body with trailers and no data.
fn trailers() -> Body {
    Body::new(StreamBody::new(stream::iter([Ok::<_, Infallible>(Frame::<Bytes>::trailers(HeaderMap::new()))])))
}

/// A body that fails after the first chunk.
fn broken() -> Body {
    let frames: [std::result::Result<Frame<Bytes>, BoxError>; 2] =
        [Ok(Frame::data(Bytes::from_static(b"{\"half\":"))), Err("connection lost at 10.0.0.7".into())];
    Body::new(StreamBody::new(stream::iter(frames)))
}

const READERS: [&str; 7] = ["/bytes", "/string", "/json", "/request", "/bytes/late", "/string/late", "/json/late"];

/// Handlers with each argument that reads the whole body: alone, and beside another argument.
fn readers() -> RouteHandlers {
    table()
        .post("/bytes/late", async |_: HeaderMap, bytes: Bytes| bytes.len().to_string())
        .post("/string/late", async |text: String, _: Method| text.len().to_string())
        .post("/json/late", async |_: HeaderMap, Json(any): Json<String>| (any.len() + 2).to_string())
        .post("/bytes", async |bytes: Bytes| bytes.len().to_string())
        .post("/string", async |text: String| text.len().to_string())
        .post("/json", async |Json(any): Json<String>| (any.len() + 2).to_string())
        .post("/request", async |mut request: Request| request.bytes().await.map(|bytes| bytes.len().to_string()))
}

#[tokio::test]
async fn body_in_several_chunks_is_joined() {
    for uri in READERS {
        let (status, _, text) = send(readers(), post_json(uri, pieces(&["\"a", "", "b", "c\"", ""]))).await;
        assert_eq!((status.as_u16(), text.as_str()), (200, "5"), "{uri}");
    }
}

#[tokio::test]
async fn body_that_fails_is_400_without_the_cause() {
    for uri in READERS {
        let response = send(readers(), post_json(uri, broken())).await;
        assert_eq!(status_and_detail(&response), (400, "the body could not be read to its end".into()), "{uri}");
        assert!(!response.2.contains("10.0.0.7"));
    }
}

#[tokio::test]
async fn body_over_the_limit_by_one_byte_is_413() {
    let api = readers().body_limit(5);
    for uri in READERS {
        for body in [Body::from("\"abc\""), pieces(&["\"a", "bc\""]), pieces(&["\"abc\""])] {
            let (status, _, text) = send(api.clone(), post_json(uri, body)).await;
            assert_eq!((status.as_u16(), text.as_str()), (200, "5"), "{uri}");
        }
        for body in [Body::from("\"abcd\""), pieces(&["\"ab", "cd\""]), pieces(&["\"abcd\""])] {
            let response = send(api.clone(), post_json(uri, body)).await;
            let expected = (413, "the body is longer than the 5 bytes allowed here".into());
            assert_eq!(status_and_detail(&response), expected, "{uri}");
        }
    }
}

#[tokio::test]
async fn declared_length_above_the_limit_is_413_before_the_body_is_read() {
    let never = || {
        let frames = stream::poll_fn(|_| -> std::task::Poll<Option<std::result::Result<Frame<Bytes>, Infallible>>> {
            panic!("the body was read")
        });
        Body::new(StreamBody::new(frames))
    };
    let api = readers().body_limit(5);
    for (length, expected) in [("6", 413), ("18446744073709551615", 413), ("4294967301", 413)] {
        let mut request = post_json("/bytes", never());
        request.headers_mut().insert("content-length", length.parse().unwrap());
        assert_eq!(status_and_detail(&send(api.clone(), request).await).0, expected, "{length}");
    }
    // The exact length of a body is used in place of its `Content-Length`.
    let mut request = post_json("/bytes", "abc");
    request.headers_mut().insert("content-length", "6".parse().unwrap());
    assert_eq!(send(api.clone(), request).await.0, 200);
    // A false `Content-Length` does not lift the limit.
    for length in ["1", "-1", "5, 5", "nonsense"] {
        let mut request = post_json("/bytes", pieces(&["abc", "def"]));
        request.headers_mut().insert("content-length", length.parse().unwrap());
        assert_eq!(status_and_detail(&send(api.clone(), request).await).0, 413, "{length}");
    }
}

#[tokio::test]
async fn limit_is_set_by_the_route_else_the_table_else_2_mib() {
    const DEFAULT: usize = 2 * 1024 * 1024;
    let read = async |bytes: Bytes| bytes.len().to_string();
    let default = table().post("/", read);
    let per_table = table().post("/before", read).body_limit(10).post("/after", read);
    let per_route =
        table().body_limit(10).route("/more", post(read).body_limit(20)).route("/none", post(read).body_limit(0));
    for (api, uri, limit) in [
        (&default, "/", DEFAULT),
        (&per_table, "/before", 10),
        (&per_table, "/after", 10),
        (&per_route, "/more", 20),
        (&per_route, "/none", 0),
    ] {
        let (status, _, text) = send(api.clone(), request(Method::POST, uri, vec![b' '; limit])).await;
        assert_eq!((status.as_u16(), text), (200, limit.to_string()), "{uri}");
        let response = send(api.clone(), request(Method::POST, uri, vec![b' '; limit + 1])).await;
        let expected = format!("the body is longer than the {limit} bytes allowed here");
        assert_eq!(status_and_detail(&response), (413, expected), "{uri}");
    }
}

#[tokio::test]
async fn streamed_body_has_no_limit() {
    let api = table().body_limit(1).post("/", async |body: Body| body.collect().await.unwrap().to_bytes());
    assert_eq!(send(api, request(Method::POST, "/", "more than that")).await.2, "more than that");
}

// Path

/// The response of a route with a handler that takes a `Path<T>`.
async fn path<T: DeserializeOwned + Debug + Send + 'static>(pattern: &str, uri: &str) -> ReceivedResponse {
    send(table().get(pattern, async |Path(value): Path<T>| show(value)), get(uri)).await
}

/// The `Debug` text of the value that a `Path<T>` reads.
async fn read<T: DeserializeOwned + Debug + Send + 'static>(pattern: &str, uri: &str) -> String {
    let (status, _, text) = path::<T>(pattern, uri).await;
    assert_eq!(status, 200, "{pattern} {uri}: {text}");
    text
}

#[derive(Debug, Deserialize)]
struct Page {
    book: String,
    number: u32,
}

#[derive(Debug, Deserialize)]
struct Id(#[expect(dead_code, reason = "only its `Debug` text is read")] u64);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
    Green,
}

#[derive(Debug, Deserialize)]
struct Doc {
    #[expect(dead_code, reason = "only its `Debug` text is read")]
    lang: String,
    #[expect(dead_code, reason = "only its `Debug` text is read")]
    page: Option<Vec<String>>,
}

#[tokio::test]
async fn single_parameter_is_read_as_a_scalar() {
    assert_eq!(read::<String>("/{a}", "/x%20y+z").await, r#""x y+z""#);
    assert_eq!(read::<u8>("/{a}", "/255").await, "255");
    assert_eq!(read::<i64>("/{a}", "/-7").await, "-7");
    assert_eq!(read::<u128>("/{a}", "/340282366920938463463374607431768211455").await, u128::MAX.to_string());
    assert_eq!(read::<f64>("/v{a}", "/v1.5").await, "1.5");
    assert_eq!(read::<bool>("/{a}", "/true").await, "true");
    assert_eq!(read::<char>("/{a}", "/%C3%BC").await, "'ü'");
    assert_eq!(read::<Id>("/{a}", "/7").await, "Id(7)");
    assert_eq!(read::<Color>("/{a}.json", "/red.json").await, "Red");
    assert_eq!(read::<std::net::IpAddr>("/{a}", "/::1").await, "::1");
    assert_eq!(read::<Option<u8>>("/{a}", "/7").await, "Some(7)");
}

#[tokio::test]
async fn several_parameters_are_read_as_tuple_list_map_or_struct() {
    assert_eq!(read::<(String, u32)>("/{a}/{b}", "/x/7").await, r#"("x", 7)"#);
    assert_eq!(read::<(Color, Id, bool)>("/{a}/v{b}/{c}", "/green/v7/false").await, "(Green, Id(7), false)");
    assert_eq!(read::<[u8; 2]>("/{a}/{b}", "/1/2").await, "[1, 2]");
    assert_eq!(read::<Vec<String>>("/{a}/{b}", "/x/y").await, r#"["x", "y"]"#);
    assert_eq!(read::<HashMap<String, u8>>("/{a}", "/7").await, r#"{"a": 7}"#);
    assert_eq!(read::<BTreeMap<String, String>>("/{b}/{a}", "/x/y").await, r#"{"a": "y", "b": "x"}"#);
    let api = table().get("/{number}/{book}", async |Path(page): Path<Page>| format!("{} {}", page.book, page.number));
    assert_eq!(send_get(api, "/7/emma").await, (200, "emma 7".into()));
    assert_eq!(read::<()>("/{a}", "/x").await, "()");
}

#[tokio::test]
async fn parameters_are_read_as_pairs_as_in_axum() {
    assert_eq!(read::<Vec<(String, String)>>("/{a}/{b}", "/x/y").await, r#"[("a", "x"), ("b", "y")]"#);
}

#[tokio::test]
async fn catch_all_is_read_as_a_list_or_as_text() {
    for (uri, list) in [
        ("/files/a", r#"["a"]"#),
        ("/files/a/b%20c", r#"["a", "b c"]"#),
        ("/files/a%2Fb/c", r#"["a/b", "c"]"#),
        ("/files/a/", r#"["a", ""]"#),
    ] {
        assert_eq!(read::<Vec<String>>("/files/{*path}", uri).await, list, "{uri}");
    }
    assert_eq!(read::<Vec<u32>>("/{*numbers}", "/1/2/3").await, "[1, 2, 3]");
    assert_eq!(read::<String>("/{*path}", "/a/b%20c").await, r#""a/b c""#);
    assert_eq!(read::<(u8, Vec<String>)>("/{a}/{*rest}", "/1/x/y").await, r#"(1, ["x", "y"])"#);
    assert_eq!(read::<(u8, String)>("/{a}/{*rest}", "/1/x/y").await, r#"(1, "x/y")"#);
    assert_eq!(read::<HashMap<String, Vec<u8>>>("/{*rest}", "/1/2").await, r#"{"rest": [1, 2]}"#);
}

#[tokio::test]
async fn empty_optional_catch_all_is_none() {
    for uri in ["/docs", "/docs/"] {
        assert_eq!(read::<Option<Vec<String>>>("/docs/{*page?}", uri).await, "None", "{uri}");
        assert_eq!(read::<Option<String>>("/docs/{*page?}", uri).await, "None", "{uri}");
        assert_eq!(read::<Vec<String>>("/docs/{*page?}", uri).await, "[]", "{uri}");
    }
    assert_eq!(read::<Option<Vec<String>>>("/docs/{*page?}", "/docs/a/b").await, r#"Some(["a", "b"])"#);
    assert_eq!(read::<Doc>("/{lang}/{*page?}", "/en").await, r#"Doc { lang: "en", page: None }"#);
    assert_eq!(read::<Doc>("/{lang}/{*page?}", "/en/a").await, r#"Doc { lang: "en", page: Some(["a"]) }"#);
    let api = table().get("/docs/{*page?}", async |page: Option<Path<String>>| show(page));
    assert_eq!(send_get(api.clone(), "/docs").await, (200, "None".into()));
    assert_eq!(send_get(api, "/docs/a").await, (200, r#"Some(Path("a"))"#.into()));
}

#[tokio::test]
async fn empty_optional_catch_all_is_an_empty_list() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its `Debug` text is read")]
    struct List {
        lang: String,
        page: Vec<String>,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its `Debug` text is read")]
    struct Defaults {
        lang: String,
        #[serde(default = "home")]
        page: String,
    }
    fn home() -> String {
        "home".into()
    }
    let api = table().get("/docs/{*page?}", async |request: Request| {
        format!("{:?}", request.segments("page").map(Iterator::collect::<Vec<_>>))
    });
    for uri in ["/docs", "/docs/"] {
        assert_eq!(send_get(api.clone(), uri).await.1, "Some([])", "{uri}");
    }
    assert_eq!(send_get(api, "/docs/a/b%2Fc").await.1, r#"Some(["a", "b/c"])"#);
    assert_eq!(read::<(String, Vec<String>)>("/{lang}/{*page?}", "/en").await, r#"("en", [])"#);
    assert_eq!(read::<List>("/{lang}/{*page?}", "/en").await, r#"List { lang: "en", page: [] }"#);
    assert_eq!(read::<List>("/{lang}/{*page?}", "/en/a").await, r#"List { lang: "en", page: ["a"] }"#);
    assert_eq!(read::<Defaults>("/{lang}/{*page?}", "/en").await, r#"Defaults { lang: "en", page: "home" }"#);
    assert_eq!(read::<HashMap<String, String>>("/{lang}/{*page?}", "/en").await, r#"{"lang": "en"}"#);
    assert_eq!(path::<(String, String)>("/{lang}/{*page?}", "/en").await.0, 500);
}

#[tokio::test]
async fn empty_optional_catch_all_keeps_its_place_in_a_tuple() {
    type Page = (String, Option<Vec<String>>);
    assert_eq!(read::<Page>("/{lang}/{*page?}", "/en/a/b").await, r#"("en", Some(["a", "b"]))"#);
    assert_eq!(read::<Page>("/{lang}/{*page?}", "/en").await, r#"("en", None)"#);
}

#[tokio::test]
async fn catch_all_read_as_a_tuple_requires_its_number_of_segments() {
    type Span = (String, (u8, u8));
    assert_eq!(read::<Span>("/{a}/{*span}", "/x/1/2").await, r#"("x", (1, 2))"#);
    for uri in ["/x/1", "/x/1/2/3"] {
        let response = path::<Span>("/{a}/{*span}", uri).await;
        assert_eq!(response.0, 400, "{uri}: the client sent too few or too many segments: {}", response.2);
    }
}

#[tokio::test]
async fn encoded_slash_stays_within_its_segment() {
    assert_eq!(read::<String>("/{a}", "/a%2Fb").await, r#""a/b""#);
    let refused = path::<String>("/{*path}", "/a%2Fb/c").await;
    let (status, detail) = status_and_detail(&refused);
    assert_eq!(status, 400);
    assert!(detail.starts_with("the parameter `path`: "), "{detail}");

    let api = table().get("/{*path}", async |request: Request| {
        let segments = request.segments("path").map(|segments| segments.collect::<Vec<_>>().join("|"));
        format!("{:?} {:?} {:?}", request.param("path"), segments, request.param("other"))
    });
    assert_eq!(send_get(api.clone(), "/a%2fb/c").await.1, r#"None Some("a/b|c") None"#);
    assert_eq!(send_get(api, "/a/c%25").await.1, r#"Some("a/c%") Some("a|c%") None"#);
}

#[tokio::test]
async fn path_value_of_the_wrong_type_is_400() {
    async fn refused<T: DeserializeOwned + Debug + Send + 'static>(pattern: &str, uri: &str, said: &str) {
        let (status, detail) = status_and_detail(&path::<T>(pattern, uri).await);
        assert_eq!(status, 400, "{uri}");
        assert!(detail.starts_with("the parameter `a`: ") && detail.contains(said), "{uri}: {detail}");
    }
    refused::<u8>("/{a}", "/256", "`256` is not an integer from 0 to 255").await;
    refused::<u8>("/{a}", "/-1", "`-1` is not an integer from 0 to 255").await;
    refused::<i32>("/{a}", "/x", "`x` is not an integer from -2147483648 to 2147483647").await;
    refused::<f32>("/{a}", "/x", "`x` is not a number").await;
    refused::<bool>("/{a}", "/1", "`1` is not `true` or `false`").await;
    refused::<char>("/{a}", "/ab", "`ab` is not one character").await;
    refused::<Color>("/{a}", "/blue", "unknown variant `blue`").await;
    refused::<Id>("/{a}", "/x", "`x` is not an integer from 0 to ").await;
    refused::<Option<u8>>("/{a}", "/x", "`x` is not an integer from 0 to ").await;
    refused::<std::net::IpAddr>("/{a}", "/x", "invalid IP address").await;
    refused::<(String, u8)>("/{b}/{a}", "/1/x", "`x` is not an integer from 0 to ").await;
    refused::<HashMap<String, u8>>("/{b}/{a}", "/1/x", "`x` is not an integer from 0 to ").await;
    refused::<Vec<u32>>("/{*a}", "/1/x", "`x` is not an integer from 0 to ").await;
}

#[tokio::test]
async fn type_that_cannot_hold_the_parameters_is_500_without_a_detail() {
    let responses = [
        path::<u32>("/{a}/{b}", "/1/2").await,
        path::<u32>("/a", "/a").await,
        path::<(u32, u32)>("/{a}", "/1").await,
        path::<(u32,)>("/{a}/{b}", "/1/2").await,
        path::<Page>("/{a}", "/1").await,
        path::<Vec<Page>>("/{a}", "/1").await,
        path::<HashMap<String, Vec<u8>>>("/{a}", "/1").await,
    ];
    for response in responses {
        assert_eq!(response.0, 500);
        assert_eq!(problem(&response), json!({"type": "about:blank", "title": "Internal Server Error", "status": 500}));
    }
}

// Arguments of one's own that do not wait

/// Says that it does not wait, and panics, waits, or takes what only a last argument may.
struct Faulty<const KIND: char>;

impl<const KIND: char> FromRequest for Faulty<KIND> {
    const READS: Reads = Reads::Request;

    async fn from_request(request: &mut Request) -> Result<Self> {
        match KIND {
            'p' => panic!("secret"),
            'w' => std::future::pending().await,
            'l' => {
                let taken = Request::from_request_last(request).await?;
                let left = (request.body_mut().map(drop), request.param("id"), request.matched_route());
                assert!(matches!(left, (Err(_), None, None)) && request.after(async {}).is_err());
                assert_eq!((format!("{request:?}").as_str(), taken.param("id")), ("Request(taken)", Some("7")));
                Ok(Self)
            }
            _ => Request::from_request_last(request).await.map(|_| Self),
        }
    }
}

/// Says that it is made of the head, and is not.
struct Headless;

impl FromRequest for Headless {
    const READS: Reads = Reads::Head;

    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(Self)
    }
}

/// Says that it is made of the body, and is not.
struct Bodiless;

impl FromRequest for Bodiless {
    const READS: Reads = Reads::Body;

    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(Self)
    }
}

#[tokio::test]
async fn an_argument_that_does_not_keep_its_word_is_500_and_the_hook_is_told_why() {
    let api = table()
        .on_error(send_source)
        .get("/panics", async |_: Faulty<'p'>| ())
        .get("/waits", async |_: Faulty<'w'>| ())
        .get("/headless", async |_: Headless| ())
        .get("/bodiless", async |_: Bodiless| ())
        .get("/takes/then/method", async |_: Faulty<'t'>, _: Method| ())
        .get("/takes/then/request", async |_: Faulty<'t'>, request: Request| request.path().to_owned())
        .post("/takes/then/body", async |_: Faulty<'t'>, _: String| ());
    for (method, uri, reason) in [
        (Method::GET, "/panics", "a panic: secret"),
        (Method::GET, "/waits", "an argument waits, though its `FromRequest::READS` is not `Reads::Waiting`"),
        (
            Method::GET,
            "/headless",
            "an argument is not made by its `FromRequest::from_head`, though its `FromRequest::READS` is `Reads::Head`",
        ),
        (
            Method::GET,
            "/bodiless",
            "an argument is not made by its `FromRequest::from_body`, though its `FromRequest::READS` is `Reads::Body`",
        ),
        (Method::GET, "/takes/then/method", "a panic: an argument that takes the whole request is the handler's last"),
        (Method::GET, "/takes/then/request", "a panic: an argument that takes the whole request is the handler's last"),
        (Method::POST, "/takes/then/body", "the body was read twice: `Request` already took it"),
    ] {
        let (_, _, text) = send(api.clone(), request(method, uri, "")).await;
        assert!(text.starts_with(reason), "{uri}: {text}");
    }
    assert_eq!(send_get(table().get("/", async |_: Faulty<'w'>| ()), "/").await.0, 500);
    assert_eq!(send_get(table().get("/", async |_: Faulty<'t'>| ()), "/").await.0, 200);
    assert_eq!(send_get(table().get("/{id}", async |_: Faulty<'l'>| ()), "/7").await, (200, String::new()));
}

/// What the head says, and what it was made of.
struct Told(String);

impl Told {
    fn new(by: &str, head: &RequestHead<'_>) -> Result<Self> {
        if head.headers().contains_key("x-refused") {
            return Err(Error::new(StatusCode::FORBIDDEN));
        }
        assert!(!head.headers().contains_key("x-panic"), "secret");
        let (method, uri, version) = (head.method(), head.uri(), head.version());
        let route = head.matched_route().map(|route| route.to_string()).unwrap_or_default();
        let (id, query): (u8, Vec<(String, u8)>) = (head.params()?, head.query()?);
        let extension = head.extensions().get::<&str>();
        Ok(Self(format!("{by}: {method} {uri} {version:?} {route} {id} {query:?} {extension:?}")))
    }
}

impl FromRequest for Told {
    const READS: Reads = Reads::Head;

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        Self::new("head", head)
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::new("request", &request.head())
    }
}

#[tokio::test]
async fn an_argument_is_made_of_the_head_where_no_other_one_needs_more() {
    let api = table()
        .with_state("state")
        .post("/alone/{id}", async |Told(told): Told| told)
        .post("/among/{id}", async |_: State<&'static str>, _: Path<u8>, Told(told): Told, _: Result<Uri, Error>| told)
        .post("/beside/{id}", async |Told(told): Told, _: HeaderMap| told)
        .post("/before-body/{id}", async |Told(told): Told, Json(_): Json<u8>| told)
        .post("/after-body/{id}", async |Json(_): Json<u8>, Told(told): Told| told)
        .post("/beside-body/{id}", async |_: HeaderMap, Told(told): Told, Json(_): Json<u8>| told)
        .post("/optional-body/{id}", async |Told(told): Told, _: Option<Json<u8>>| told)
        .post("/path-first/{id}", async |_: Path<u8>, _: Told| ())
        .post("/path-last/{id}", async |_: Told, _: Path<u8>| ())
        .route("/layered/{id}", post(async |Told(told): Told| told).layer(tower::layer::util::Identity::new()));
    for (uri, status) in [("/path-first/x", 400), ("/path-last/x", 403)] {
        let mut request = post_json(uri, "1");
        request.headers_mut().insert("x-refused", "1".parse().unwrap());
        assert_eq!(send(api.clone(), request).await.0, status, "{uri}");
    }
    for (uri, by) in [
        ("/alone/7?a=1", "head"),
        ("/among/7?a=1", "head"),
        ("/beside/7?a=1", "request"),
        ("/before-body/7?a=1", "head"),
        ("/after-body/7?a=1", "request"),
        ("/beside-body/7?a=1", "request"),
        ("/optional-body/7?a=1", "request"),
        ("/layered/7?a=1", "head"),
    ] {
        let ask = |header: &'static str| {
            let mut request = post_json(uri, "1");
            request.extensions_mut().insert("attached");
            request.headers_mut().insert(header, "1".parse().unwrap());
            send(api.clone(), request)
        };
        let route = uri.replace("7?a=1", "{id}");
        let expected = format!(r#"{by}: POST {uri} HTTP/1.1 {route} 7 [("a", 1)] Some("attached")"#);
        assert_eq!(ask("x-other").await.2, expected);
        assert_eq!(ask("x-refused").await.0, 403, "{uri}");
        assert_eq!(ask("x-panic").await.0, 500, "{uri}");
    }
}

#[tokio::test]
async fn head_arguments_fail_before_the_body_is_read() {
    async fn save(Path(id): Path<u8>, Query(by): Query<HashMap<String, u8>>, Json(note): Json<String>) -> String {
        format!("{id} {by:?} {note}")
    }
    let api = table().route("/notes/{id}", put(save).body_limit(6));
    for (uri, content_type, body, status) in [
        ("/notes/x?by=x", "text/plain", "more than fits", 400),
        ("/notes/7?by=x", "text/plain", "more than fits", 400),
        ("/notes/7?by=2", "text/plain", "more than fits", 415),
        ("/notes/7?by=2", "application/json", "more than fits", 413),
        ("/notes/7?by=2", "application/json", "\"tea", 400),
        ("/notes/7?by=2", "application/json", "7", 422),
        ("/notes/7?by=2", "application/json", "\"tea\"", 200),
    ] {
        let unread = Arc::new(AtomicBool::new(true));
        let read = Arc::clone(&unread);
        let pieces = body.as_bytes().chunks(3).map(move |piece| {
            read.store(false, Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from_static(piece))
        });
        let request = HttpRequest::put(uri)
            .header("content-type", content_type)
            .header("content-length", body.len())
            .body(Body::from_stream(stream::iter(pieces)))
            .unwrap();
        let response = send(api.clone(), request).await;
        assert_eq!(response.0, status, "{uri} {content_type} {body}: {}", response.2);
        let is_refused_by_head = status == 413 || status == 415 || !uri.ends_with('2');
        assert_eq!(unread.load(Ordering::Relaxed), is_refused_by_head, "{uri} {content_type} {body}");
        assert!(status != 200 || response.2 == r#"7 {"by": 2} tea"#);
    }
}

// Query

#[derive(Debug, Deserialize)]
struct Search {
    q: String,
    #[serde(default)]
    tag: Vec<String>,
    #[serde(default = "one")]
    page: u32,
    exact: Option<bool>,
}

fn one() -> u32 {
    1
}

#[tokio::test]
async fn query_is_read_as_a_struct() {
    let api = table().get("/", async |Query(search): Query<Search>| {
        let Search { q, tag, page, exact } = search;
        format!("{q} {tag:?} {page} {exact:?}")
    });
    for (uri, expected) in [
        ("/?q=a", "a [] 1 None"),
        ("/?tag=x&q=a+b%20c&tag=y&page=7&exact=true", r#"a b c ["x", "y"] 7 Some(true)"#),
        ("/?q=&other=1", " [] 1 None"),
        ("/?q=%C3%BC%26&tag=x", r#"ü& ["x"] 1 None"#),
    ] {
        assert_eq!(send_get(api.clone(), uri).await, (200, expected.into()), "{uri}");
    }
    for (uri, said) in [
        ("/", "missing field `q`"),
        ("/?", "missing field `q`"),
        ("/?q=a&page=x", "`page`: `x` is not an integer from 0 to 4294967295"),
        ("/?q=a&page=-1", "`page`: `-1` is not an integer from 0 to 4294967295"),
        ("/?q=a&q=b", ""),
        ("/?q=a&exact=perhaps", "\"true\""),
    ] {
        let (status, detail) = status_and_detail(&send(api.clone(), get(uri)).await);
        assert_eq!(status, 400, "{uri}");
        assert!(detail.starts_with("the query: ") && detail.contains(said), "{uri}: {detail}");
    }
}

#[tokio::test]
async fn query_is_read_as_map_pairs_or_option() {
    let api = table()
        .get("/map", async |Query(map): Query<BTreeMap<String, String>>| show(map))
        .get("/pairs", async |Query(pairs): Query<Vec<(String, String)>>| show(pairs))
        .get("/option", async |query: Option<Query<BTreeMap<String, u8>>>| show(query))
        .get("/request", async |request: Request| show(request.query_pairs().collect::<Vec<_>>()));
    for (uri, expected) in [
        ("/map?b=1&a=2", r#"{"a": "2", "b": "1"}"#),
        ("/map", "{}"),
        ("/pairs?a=1&a=2", r#"[("a", "1"), ("a", "2")]"#),
        ("/option", "None"),
        ("/option?a=1", r#"Some(Query({"a": 1}))"#),
        ("/request?a=%zz&b", r#"[("a", "%zz"), ("b", "")]"#),
    ] {
        assert_eq!(send_get(api.clone(), uri).await, (200, expected.into()), "{uri}");
    }
    assert_eq!(send_get(api, "/option?a=x").await.0, 400);
}

#[tokio::test]
async fn path_parameters_and_query_never_mix() {
    let api = table().get("/{id}", async |Path(id): Path<String>, Query(query): Query<BTreeMap<String, String>>| {
        format!("{id} {query:?}")
    });
    assert_eq!(send_get(api, "/path?id=query").await.1, r#"path {"id": "query"}"#);
}

// State, extensions, the head

#[tokio::test]
async fn state_is_shared_and_found_by_its_type() {
    let counter = std::sync::atomic::AtomicU32::new(0);
    let api = table().with_state(counter).with_state("name").get(
        "/",
        async |State(counter): State<std::sync::atomic::AtomicU32>, name: State<&'static str>| {
            let count = counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            format!("{} {count}", *name)
        },
    );
    assert_eq!(send_get(api.clone(), "/").await.1, "name 0");
    assert_eq!(send_get(api, "/").await.1, "name 1");
}

#[derive(Clone, Debug)]
struct Tenant(&'static str);

#[tokio::test]
async fn extension_is_read_from_the_request() {
    let api = table()
        .get("/", async |Extension(tenant): Extension<Tenant>| tenant.0)
        .get("/option", async |tenant: Option<Extension<Tenant>>| tenant.map_or("nobody", |tenant| tenant.0.0));
    for uri in ["/", "/option"] {
        let mut request = get(uri);
        request.extensions_mut().insert(Tenant("acme"));
        assert_eq!(send(api.clone(), request).await.2, "acme");
    }
    assert_eq!(send_get(api.clone(), "/option").await, (200, "nobody".into()));
    let response = send(api, get("/")).await;
    assert_eq!(response.0, 500);
    assert_eq!(problem(&response), json!({"type": "about:blank", "title": "Internal Server Error", "status": 500}));
}

#[tokio::test]
async fn parts_of_the_head_are_arguments() {
    let api = table()
        .get("/method", async |method: Method| method.to_string())
        .get("/uri/{id}", async |uri: Uri| uri.to_string())
        .get("/version", async |version: Version| show(version))
        .get("/headers", async |headers: HeaderMap| show(headers.get_all("x").iter().collect::<Vec<_>>()))
        .get("/route/{id}/{*rest}", async |route: MatchedRoute| {
            format!("{route} {:?}", route.names().collect::<Vec<_>>())
        })
        .get("/twice", async |first: HeaderMap, second: HeaderMap| (first == second).to_string());
    for (uri, expected) in [
        ("/method", "GET"),
        ("/uri/7%20?q=1", "/uri/7%20?q=1"),
        ("/version", "HTTP/1.1"),
        ("/headers", r#"["1", "2"]"#),
        ("/route/7/a/b", r#"/route/{id}/{*rest} ["id", "rest"]"#),
        ("/twice", "true"),
    ] {
        let mut request = get(uri);
        request.headers_mut().append("x", "1".parse().unwrap());
        request.headers_mut().append("x", "2".parse().unwrap());
        assert_eq!(send(api.clone(), request).await.2, expected, "{uri}");
    }
    let head = request(Method::HEAD, "/method", "");
    assert_eq!(send(api, head).await.1["content-length"], "4", "the GET handler receives the method HEAD");
}

#[tokio::test]
async fn whole_request_is_an_argument() {
    let api = table()
        .put("/{id}", async |mut request: Request| {
            let text = request.text().await?;
            let id: u32 = request.params()?;
            Ok::<_, Error>(format!("{} {} {id} {text}", request.method(), request.path()))
        })
        .post("/{id}", async |request: HttpRequest<Body>| {
            let route = request.extensions().get::<MatchedRoute>().map(MatchedRoute::to_string);
            let (parts, body) = request.into_parts();
            format!("{} {route:?} {:?}", parts.uri, body.collect().await.unwrap().to_bytes())
        });
    assert_eq!(send(api.clone(), request(Method::PUT, "/7", "hi")).await.2, "PUT /7 7 hi");
    assert_eq!(send(api.clone(), request(Method::POST, "/7", "hi")).await.2, r#"/7 Some("/{id}") b"hi""#);
}

#[tokio::test]
async fn request_rebuilt_from_its_parts_keeps_its_match() {
    let api = table().get("/{id}/{*rest}", async |request: Request| {
        let (mut parts, body) = request.into_parts();
        parts.uri = Uri::from_static("/elsewhere");
        let request = Request::from(HttpRequest::from_parts(parts, body));
        let segments = request.segments("rest").map(|segments| segments.collect::<Vec<_>>().join("|"));
        format!("{:?} {segments:?} {}", request.param("id"), request.path())
    });
    assert_eq!(send_get(api.clone(), "/7/a/b").await.1, r#"Some("7") Some("a|b") /elsewhere"#);
    assert_eq!(send_get(api, "/%37/a%2Fb").await.1, r#"Some("7") Some("a/b") /elsewhere"#);
}

#[tokio::test]
async fn body_read_twice_in_a_handler_is_500() {
    let api = table().post("/", async |mut request: Request| {
        request.bytes().await?;
        request.text().await
    });
    assert_eq!(send(api, request(Method::POST, "/", "hi")).await.0, 500);
}

// Optional arguments, several arguments

#[tokio::test]
async fn optional_argument_is_none_only_if_it_is_absent() {
    let api = table()
        .post("/json", async |json: Option<Json<u8>>| show(json))
        .post("/form", async |form: Option<Form<HashMap<String, u8>>>| show(form))
        .post("/string", async |text: Option<String>| show(text))
        .post("/body", async |body: Option<Body>| show(body.map(|_| "a body")));
    for uri in ["/json", "/form", "/string", "/body"] {
        for body in [pieces(&[]), pieces(&[""]), pieces(&["", ""]), trailers()] {
            let (status, _, text) = send(api.clone(), request(Method::POST, uri, body)).await;
            assert_eq!((status.as_u16(), text.as_str()), (200, "None"), "{uri}");
        }
    }
    let cases = [
        (post_json("/json", pieces(&[])), 200, "None"),
        (post_json("/json", pieces(&["", "7", ""])), 200, "Some(Json(7))"),
        (request(Method::POST, "/json", pieces(&["7"])), 415, ""),
        (request(Method::POST, "/json", ""), 200, "None"),
        (post_json("/json", ""), 200, "None"),
        (post_json("/json", "7"), 200, "Some(Json(7))"),
        (request(Method::POST, "/string", ""), 200, "None"),
        (request(Method::POST, "/string", "a"), 200, r#"Some("a")"#),
        (request(Method::POST, "/body", ""), 200, "None"),
        (request(Method::POST, "/body", pieces(&["", "7"])), 200, r#"Some("a body")"#),
        (request(Method::POST, "/json", "7"), 415, ""),
        (post_json("/json", "x"), 400, ""),
        (post_json("/json", "-1"), 422, ""),
        (post_json("/json", broken()), 400, ""),
        (request(Method::POST, "/string", &b"\xff"[..]), 400, ""),
    ];
    for (request, expected, shown) in cases {
        let (status, _, text) = send(api.clone(), request).await;
        assert_eq!(status, expected, "{text}");
        assert!(shown.is_empty() || text == shown, "{text}");
    }
}

#[tokio::test]
async fn result_argument_gives_the_error_to_the_handler() {
    let api = table()
        .post("/json", async |json: Result<Json<u8>>| match json {
            Ok(Json(number)) => format!("{number}"),
            Err(error) => format!("not: {}", error.status().as_u16()),
        })
        .get("/state", async |state: Result<State<u8>>| state.is_ok().to_string())
        .get("/{id}", async |id: Result<Path<u8>>| {
            id.map_or_else(|error| error.to_string(), |Path(id)| id.to_string())
        });
    assert_eq!(send(api.clone(), post_json("/json", "7")).await.2, "7");
    assert_eq!(send(api.clone(), post_json("/json", "x")).await.2, "not: 400");
    assert_eq!(send(api.clone(), request(Method::POST, "/json", "7")).await.2, "not: 415");
    assert_eq!(send_get(api.clone(), "/state").await, (200, "false".into()));
    assert_eq!(send_get(api.clone(), "/7").await, (200, "7".into()));
    let expected = "400 Bad Request: the parameter `id`: `x` is not an integer from 0 to 255";
    assert_eq!(send_get(api, "/x").await, (200, expected.into()));
}

#[tokio::test]
async fn handler_takes_up_to_eight_arguments() {
    #[expect(clippy::too_many_arguments, reason = "the test needs eight arguments")]
    async fn all(
        method: Method,
        Path(id): Path<u8>,
        Query(query): Query<BTreeMap<String, u8>>,
        State(state): State<&'static str>,
        route: MatchedRoute,
        headers: HeaderMap,
        uri: Uri,
        Json(json): Json<u8>,
    ) -> String {
        format!("{method} {id} {query:?} {state} {route} {} {uri} {json}", headers.len())
    }
    let api = table().with_state("state").post("/{id}", all);
    assert_eq!(send(api, post_json("/1?a=2", "3")).await.2, r#"POST 1 {"a": 2} state /{id} 1 /1?a=2 3"#);
}

#[tokio::test]
async fn arguments_stand_in_any_order() {
    let api = table()
        .with_state("state")
        .post("/a/{id}", async |mut request: Request, Path(id): Path<u8>, state: State<&'static str>, uri: Uri| {
            format!("{} {id} {} {uri} {}", request.path().to_owned(), *state, request.text().await.unwrap_or_default())
        })
        .post("/b/{id}", async |Path(id): Path<u8>, state: State<&'static str>, uri: Uri, mut request: Request| {
            format!("{} {id} {} {uri} {}", request.path().to_owned(), *state, request.text().await.unwrap_or_default())
        })
        .post("/c/{id}", async |Json(json): Json<u8>, Path(id): Path<u8>, headers: HeaderMap| {
            format!("{json} {id} {}", headers.len())
        })
        .post("/d/{id}", async |headers: HeaderMap, Path(id): Path<u8>, Json(json): Json<u8>| {
            format!("{json} {id} {}", headers.len())
        })
        .post("/e/{id}", async |request: HttpRequest<Body>, headers: HeaderMap, route: MatchedRoute| {
            format!("{} {} {route}", request.headers() == &headers, request.uri())
        });
    for (uri, expected) in [
        ("/a/7", "/a/7 7 state /a/7 1"),
        ("/b/7", "/b/7 7 state /b/7 1"),
        ("/c/7", "1 7 1"),
        ("/d/7", "1 7 1"),
        ("/e/7", "true /e/7 /e/{id}"),
    ] {
        assert_eq!(send(api.clone(), post_json(uri, "1")).await.2, expected, "{uri}");
    }
}

#[tokio::test]
async fn first_argument_that_fails_decides_the_response() {
    let api = table()
        .post("/path-first/{id}", async |_: Path<u8>, _: Json<u8>| "read")
        .post("/json-first/{id}", async |_: Json<u8>, _: Path<u8>| "read");
    assert_eq!(send(api.clone(), post_json("/path-first/x", "-1")).await.0, 400);
    assert_eq!(send(api, post_json("/json-first/x", "-1")).await.0, 422);
}

/// An argument of the program, made of other arguments.
struct Signed {
    by: String,
    content: u8,
}

impl FromRequest for Signed {
    async fn from_request(request: &mut Request) -> Result<Self> {
        let headers = HeaderMap::from_request(request).await?;
        let Json(content) = Json::from_request(request).await?;
        let by = headers.get("x-signed-by").and_then(|by| by.to_str().ok()).unwrap_or("nobody");
        Ok(Self { by: by.to_owned(), content })
    }
}

#[tokio::test]
async fn argument_made_of_others_stands_at_any_position() {
    let api = table()
        .post("/first", async |signed: Signed, _: Method| format!("{} {}", signed.by, signed.content))
        .post("/last", async |_: Method, signed: Signed| format!("{} {}", signed.by, signed.content))
        .post("/alone", async |signed: Signed| format!("{} {}", signed.by, signed.content));
    for uri in ["/first", "/last", "/alone"] {
        let mut request = post_json(uri, "7");
        request.headers_mut().insert("x-signed-by", "me".parse().unwrap());
        let (status, _, text) = send(api.clone(), request).await;
        assert_eq!((status.as_u16(), text.as_str()), (200, "me 7"), "{uri}");
    }
}

/// A handler that says what it reads, and no more.
struct Says<const READS: char>;

struct SaysArguments;

const fn reads(kind: char) -> Reads {
    match kind {
        'h' => Reads::Head,
        'b' => Reads::Body,
        'r' => Reads::Request,
        _ => Reads::Waiting,
    }
}

impl<const READS: char> Handler<SaysArguments> for Says<READS> {
    const READS: Reads = reads(READS);

    async fn call(&self, _: &mut Request) -> Response {
        Response::new("called".into())
    }

    fn requirements(_: &mut Requirements<'_>) {}
}

#[tokio::test]
async fn a_handler_that_does_not_begin_as_it_says_is_a_500_and_the_hook_is_told_why() {
    let api = table()
        .on_error(send_source)
        .get("/head", Says::<'h'>)
        .get("/body", Says::<'b'>)
        .get("/request", Says::<'r'>)
        .get("/waiting", Says::<'w'>);
    for (uri, text) in [
        ("/head", "a handler has no `Handler::begin_by_head`, though its `Handler::READS` is `Reads::Head`"),
        ("/body", "a handler has no `Handler::begin_by_body`, though its `Handler::READS` is `Reads::Body`"),
        ("/request", "a handler has no `Handler::begin`, though its `Handler::READS` is `Reads::Request`"),
        ("/waiting", "called"),
    ] {
        assert_eq!(send_get(api.clone(), uri).await.1, text);
    }
}

/// A handler that says what it was given.
struct Given<const READS: char>;

struct GivenArguments;

impl<const READS: char> Handler<GivenArguments> for Given<READS> {
    const READS: Reads = reads(READS);

    async fn call(&self, _: &mut Request) -> Response {
        Response::new("the request, in the future".into())
    }

    fn begin<R: Run>(&self, _: &mut Request, run: R) -> R::Output {
        run.run(|| Ok(async { "the request" }))
    }

    fn begin_by_head<R: Run>(&self, _: &RequestHead<'_>, run: R) -> R::Output {
        run.run(|| Ok(async { "the head" }))
    }

    fn begin_by_body<D, R>(_: D, _: &RequestHead<'_>, body: WholeBody, run: R) -> R::Output
    where
        D: Deref<Target = Self> + Send + 'static,
        R: Run,
    {
        run.run(|| Ok(async move { Ok::<_, Error>(format!("the body: {:?}", body.await?)) }))
    }

    fn requirements(_: &mut Requirements<'_>) {}
}

#[tokio::test]
async fn a_handler_is_given_what_it_says_it_reads_within_a_layer_too() {
    fn table_of<const READS: char>() -> RouteHandlers {
        let api = table()
            .route("/bare", any(Given::<READS>))
            .route("/layered", any(Given::<READS>).layer(tower::layer::util::Identity::new()))
            .route("/etag", any(Given::<READS>).etag());
        #[cfg(feature = "timeout")]
        let api = api.route("/timely", any(Given::<READS>).timeout(std::time::Duration::from_secs(60)));
        api
    }
    for (api, given) in [
        (table_of::<'h'>(), "the head"),
        (table_of::<'b'>(), r#"the body: b"7""#),
        (table_of::<'r'>(), "the request"),
        (table_of::<'w'>(), "the request, in the future"),
    ] {
        for method in [Method::GET, Method::POST] {
            for uri in ["/bare", "/layered", "/etag"].into_iter().chain(cfg!(feature = "timeout").then_some("/timely"))
            {
                assert_eq!(send(api.clone(), request(method.clone(), uri, "7")).await.2, given, "{method} {uri}");
            }
        }
    }
}

/// A handler whose futures are run by a runner of its own.
struct Noted<H>(H, Arc<AtomicUsize>);

struct NotedArguments<Args>(PhantomData<Args>);

/// The handler in a reference to one that is noted.
struct Within<D>(D);

impl<D: Deref<Target = Noted<H>>, H> Deref for Within<D> {
    type Target = H;

    fn deref(&self) -> &H {
        &self.0.0
    }
}

/// Notes what is run, and has another one run it.
struct Notes<R>(R, Arc<AtomicUsize>);

impl<R: Run> Run for Notes<R> {
    type Output = R::Output;

    fn run<F>(self, begin: impl FnOnce() -> Result<F>) -> R::Output
    where
        F: Future<Output: IntoResponse> + Send + 'static,
    {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.run(begin)
    }

    fn run_response<F>(self, future: F) -> R::Output
    where
        F: Future<Output = Response> + Send + 'static,
    {
        self.1.fetch_add(100, Ordering::Relaxed);
        self.0.run_response(future)
    }
}

impl<H: Handler<Args>, Args> Handler<NotedArguments<Args>> for Noted<H> {
    const READS: Reads = H::READS;

    async fn call(&self, request: &mut Request) -> Response {
        self.0.call(request).await
    }

    fn begin<R: Run>(&self, request: &mut Request, run: R) -> R::Output {
        self.0.begin(request, Notes(run, Arc::clone(&self.1)))
    }

    fn begin_by_head<R: Run>(&self, head: &RequestHead<'_>, run: R) -> R::Output {
        self.0.begin_by_head(head, Notes(run, Arc::clone(&self.1)))
    }

    fn begin_by_body<D, R>(handler: D, head: &RequestHead<'_>, body: WholeBody, run: R) -> R::Output
    where
        D: Deref<Target = Self> + Send + 'static,
        R: Run,
    {
        let run = Notes(run, Arc::clone(&handler.1));
        H::begin_by_body(Within(handler), head, body, run)
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        H::requirements(requirements);
    }
}

#[tokio::test]
async fn a_handler_around_another_one_runs_what_that_would_run_and_what_it_refuses() {
    let runs = Arc::new(AtomicUsize::new(0));
    let noted = || Arc::clone(&runs);
    let api = table()
        .post("/head/{id}", Noted(async |Path(id): Path<u8>| id.to_string(), noted()))
        .post("/body/{id}", Noted(async |Path(id): Path<u8>, body: String| format!("{id} {body}"), noted()))
        .post("/request/{id}", Noted(async |Path(id): Path<u8>, _: HeaderMap| id.to_string(), noted()))
        .post("/waiting/{id}", Noted(async |Path(id): Path<u8>, _: Option<String>| id.to_string(), noted()));
    for (kind, response, runs_more) in
        [("head", "7", 1), ("body", "7 tea", 100), ("request", "7", 1), ("waiting", "7", 0)]
    {
        for (id, expected) in [("7", (200, response)), ("x", (400, ""))] {
            let before = runs.load(Ordering::Relaxed);
            let (status, _, text) = send(api.clone(), request(Method::POST, &format!("/{kind}/{id}"), "tea")).await;
            let text = if status == 200 { text.as_str() } else { "" };
            assert_eq!((status.as_u16(), text), expected, "{kind} {id}");
            assert_eq!(runs.load(Ordering::Relaxed) - before, runs_more, "{kind} {id}");
        }
    }
}

/// A handler that reads the body, and asks for more of it after the end.
struct AsksAgain;

struct AsksAgainArguments;

impl Handler<AsksAgainArguments> for AsksAgain {
    const READS: Reads = Reads::Body;

    async fn call(&self, _: &mut Request) -> Response {
        Response::default()
    }

    fn begin_by_body<D, R>(_: D, _: &RequestHead<'_>, mut body: WholeBody, run: R) -> R::Output
    where
        D: Deref<Target = Self> + Send + 'static,
        R: Run,
    {
        run.run(|| {
            Ok(async move {
                let _ = (&mut body).await;
                body.await.map(|body| body.len().to_string())
            })
        })
    }

    fn requirements(_: &mut Requirements<'_>) {}
}

#[tokio::test]
async fn what_is_left_of_a_body_that_is_too_long_is_never_taken_for_the_whole() {
    let api = table().route("/", post(AsksAgain).body_limit(6)).on_error(send_source);
    for body in [pieces(&["abc", "defg", "hi"]), pieces(&["abcdefg", "hi"]), pieces(&["abc"]), broken()] {
        let (_, _, text) = send(api.clone(), HttpRequest::post("/").body(body).unwrap()).await;
        assert_eq!(text, "a panic: a future was polled after it had completed");
    }
}

/// An extension that counts its clones, so that a test sees whether a request still holds it.
#[derive(Clone)]
struct EndOfRequest(Arc<()>);

#[tokio::test]
async fn request_is_dropped_while_only_its_body_is_read() {
    let end = EndOfRequest(Arc::new(()));
    let api = table()
        .post("/body", async |_: Method, _: Bytes| ())
        .route("/layered", post(async |_: Bytes| ()).layer(tower::layer::util::Identity::new()))
        .post("/waiting", async |_: HeaderMap, _: Bytes| ());
    for (uri, is_held) in [("/body", false), ("/layered", false), ("/waiting", true)] {
        let seen = end.clone();
        let was_held = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&was_held);
        let frames = stream::once(async move {
            // `end` and `seen` are two clones; the request holds a third one.
            noted.store(Arc::strong_count(&seen.0) > 2, Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from_static(b"7"))
        });
        let mut request = HttpRequest::post(uri).body(Body::from_stream(frames)).unwrap();
        request.extensions_mut().insert(end.clone());
        assert_eq!(send(api.clone(), request).await.0, 200, "{uri}");
        assert_eq!((was_held.load(Ordering::Relaxed), Arc::strong_count(&end.0)), (is_held, 1), "{uri}");
    }
}

/// Made of the body, and panics at one of its steps.
struct Panics<const STEP: char>;

impl<const STEP: char> FromRequest for Panics<STEP> {
    const READS: Reads = Reads::Body;

    fn check_head(_: &RequestHead<'_>) -> Result<()> {
        assert!(STEP != 'c', "at the head");
        Ok(())
    }

    fn from_body(_: Bytes) -> Result<Self> {
        assert!(STEP != 'b', "at the body");
        Ok(Self)
    }

    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(Self)
    }
}

#[tokio::test]
async fn panic_around_the_body_is_a_500_that_on_error_sees() {
    let api = table()
        .on_error(send_source)
        .post("/head", async |_: Panics<'c'>| ())
        .post("/body", async |_: Panics<'b'>| ())
        .post("/closure", |_: Panics<'-'>| -> std::future::Ready<()> { panic!("in the closure") })
        .post("/future", async |_: Panics<'-'>| -> () { panic!("in the future") });
    for (uri, reason) in [
        ("/head", "a panic: at the head"),
        ("/body", "a panic: at the body"),
        ("/closure", "a panic: in the closure"),
        ("/future", "a panic: in the future"),
    ] {
        let (status, _, text) = send(api.clone(), request(Method::POST, uri, "7")).await;
        assert_eq!((status.as_u16(), text.as_str()), (500, reason), "{uri}");
    }
}

#[tokio::test]
async fn body_in_one_chunk_is_not_copied() {
    let whole = Bytes::from_static(b"all of it");
    let pieces = [Bytes::new(), whole.clone(), Bytes::new()].map(Ok::<_, std::io::Error>);
    let body = Body::from_stream(stream::iter(pieces));
    let api = table().post("/", async |bytes: Bytes| format!("{:?} {}", bytes.as_ptr(), bytes.len()));
    let (_, _, text) = send(api, HttpRequest::post("/").body(body).unwrap()).await;
    assert_eq!(text, format!("{:?} 9", whole.as_ptr()));
}
