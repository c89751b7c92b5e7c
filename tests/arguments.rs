//! Arguments of handlers: how each one is read from the request, and the response if it cannot be read.

mod support;

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Method, Request as HttpRequest, StatusCode, Uri, Version};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use route_handlers::body::BoxError;
use route_handlers::extract::{MatchedRoute, RouteCheck};
use route_handlers::{
    Body, Error, ErrorContext, Extension, Form, FromHead, FromRequest, Head, IntoResponse, Json, Path, Query, Request,
    Response, Result, RouteHandlers, State, post, put,
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
    assert_eq!(read::<Vec<String>>("/{a}", "/x").await, r#"["x"]"#);
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
async fn type_that_cannot_hold_the_parameters_is_500_with_a_logged_reason() {
    async fn params<T: DeserializeOwned>(pattern: &str, uri: &str, reason: &str) {
        // A `Path<T>` would be refused at registration.
        let api = table().get(pattern, async |request: Request| request.params::<T>().map(drop));
        let response = send(api.clone(), get(uri)).await;
        assert_eq!(problem(&response), json!({"type": "about:blank", "title": "Internal Server Error", "status": 500}));
        let logged = send_get(api.on_error(send_source), uri).await.1;
        let start = format!("`{}` cannot hold the parameters of `{pattern}`: ", std::any::type_name::<T>());
        assert_eq!(logged.strip_prefix(&start), Some(reason), "{logged}");
    }
    let single = "it is one value, and the number of parameters is 2: take a tuple or a struct";
    params::<u32>("/{a}/{b}", "/1/2", single).await;
    params::<u32>("/a", "/a", "it is one value, and the number of parameters is 0: add one, such as `{id}`").await;
    let pair = "it is a tuple of 2, and the number of parameters is 1: take one value for each";
    params::<(u32, u32)>("/{a}", "/1", pair).await;
    let missing = "its field `number` is no parameter: \
                   rename one of them, or add `#[serde(rename = \"Number\")]` to the field";
    params::<Page>("/{book}/{Number}", "/x/1", missing).await;
    params::<Vec<Page>>("/{a}", "/1", "a parameter is text, not the struct `Page`").await;
    let list = "`a` is one segment, not a list: take one value, or write `{*a}`";
    params::<HashMap<String, Vec<u8>>>("/{a}", "/1", list).await;
    let absent = "`page` may capture nothing: take an `Option` or a `Vec`";
    params::<(String, String)>("/{lang}/{*page?}", "/en", absent).await;
}

#[tokio::test]
async fn handler_that_misses_the_parameters_of_a_prefix_is_500_with_a_logged_reason() {
    let api = table().get("/{id}", async |_: Path<(String, u32)>| ());
    let (status, reason) = send_get(api.on_error(send_source), "/1").await;
    assert_eq!(status, 500);
    assert!(reason.ends_with("it is a tuple of 2, and the number of parameters is 1: take one value for each"));
}

// Arguments that this file implements

/// The head as an argument sees it.
struct Seen(String);

impl FromHead for Seen {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        if head.headers().contains_key("x-refused") {
            return Err(Error::new(StatusCode::FORBIDDEN));
        }
        assert!(!head.headers().contains_key("x-panic"), "secret");
        let (method, uri, version) = (head.method(), head.uri(), head.version());
        let route = head.matched_route().map(|route| route.to_string()).unwrap_or_default();
        let (id, query): (u8, Vec<(String, u8)>) = (head.params()?, head.query()?);
        let (text, theme) = (head.param("id"), head.cookies().get("theme").map(str::to_owned));
        let (extension, state) = (head.extensions().get::<&str>(), head.state::<&str>());
        Ok(Self(format!(
            "{method} {uri} {version:?} {route} {id} {text:?} {query:?} {theme:?} {extension:?} {state:?}"
        )))
    }
}

#[tokio::test]
async fn argument_of_the_head_stands_at_any_position() {
    let api = table()
        .with_state("state")
        .post("/alone/{id}", async |Seen(seen): Seen| seen)
        .post("/among/{id}", async |_: State<&'static str>, _: Path<u8>, Seen(seen): Seen, _: Result<Uri, Error>| seen)
        .post("/optional/{id}", async |seen: Option<Seen>| seen.map(|Seen(seen)| seen))
        .post("/result/{id}", async |seen: Result<Seen, Error>| seen.map(|Seen(seen)| seen))
        .post("/before-headers/{id}", async |Seen(seen): Seen, _: HeaderMap| seen)
        .post("/before-body/{id}", async |Seen(seen): Seen, Json(_): Json<u8>| seen)
        .post("/after-body/{id}", async |Json(_): Json<u8>, Seen(seen): Seen| seen)
        .post("/before-stream/{id}", async |Seen(seen): Seen, _: Body| seen)
        .post("/after-stream/{id}", async |_: Body, Seen(seen): Seen| seen)
        .post("/before-request/{id}", async |Seen(seen): Seen, _: Request| seen)
        .post("/after-request/{id}", async |_: Request, Seen(seen): Seen| seen)
        .post("/optional-body/{id}", async |Seen(seen): Seen, _: Option<Json<u8>>| seen)
        .post("/path-first/{id}", async |_: Path<u8>, _: Seen| ())
        .post("/path-last/{id}", async |_: Seen, _: Path<u8>| ())
        .route("/layered/{id}", post(async |Seen(seen): Seen| seen).layer(tower::layer::util::Identity::new()));
    for (uri, status) in [("/path-first/x", 400), ("/path-last/x", 403)] {
        let mut request = post_json(uri, "1");
        request.headers_mut().insert("x-refused", "1".parse().unwrap());
        assert_eq!(send(api.clone(), request).await.0, status, "{uri}");
    }
    for route in api.routes().map(|route| route.pattern().to_owned()).filter(|route| !route.starts_with("/path")) {
        let uri = route.replace("{id}", "7?a=1");
        let ask = |header: &'static str| {
            let mut request = post_json(&uri, "1");
            request.extensions_mut().insert("attached");
            request.headers_mut().insert(header, "1".parse().unwrap());
            request.headers_mut().insert("cookie", "theme=dark".parse().unwrap());
            send(api.clone(), request)
        };
        let expected = format!(
            r#"POST {uri} HTTP/1.1 {route} 7 Some("7") [("a", 1)] Some("dark") Some("attached") Some("state")"#
        );
        assert_eq!(ask("x-other").await.2, expected);
        assert_eq!(ask("x-refused").await.0, 403, "{uri}");
        assert_eq!(ask("x-panic").await.0, 500, "{uri}");
    }
}

/// Takes the body before the argument after it can.
struct TakesBody;

impl FromRequest for TakesBody {
    async fn from_request(request: &mut Request) -> Result<Self> {
        request.bytes().await.map(|_| Self)
    }
}

#[tokio::test]
async fn argument_that_takes_the_body_without_saying_so_is_500_for_the_next_reader() {
    let api = table()
        .on_error(send_source)
        .post("/text", async |_: TakesBody, _: String| ())
        .post("/stream", async |_: TakesBody, _: Body| ())
        .post("/method", async |_: TakesBody, method: Method| method.to_string());
    for (uri, text) in [
        ("/text", "the body was read twice: `Request::bytes` already took it, so keep its result"),
        ("/stream", "the body was read twice: `Request::bytes` already took it, so keep its result"),
        ("/method", "POST"),
    ] {
        assert_eq!(send(api.clone(), request(Method::POST, uri, "tea")).await.2, text, "{uri}");
    }
}

/// A generic argument around one that may read the body.
struct Valid<T>(T);

impl<T: FromRequest + AsRef<str> + Send> FromRequest for Valid<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        let inner = T::from_request(request).await?;
        if inner.as_ref().is_empty() { Err(Error::new(StatusCode::UNPROCESSABLE_ENTITY)) } else { Ok(Self(inner)) }
    }

    fn is_present(request: &Request) -> bool {
        T::is_present(request)
    }

    fn check(route: &mut RouteCheck<'_>) {
        T::check(route);
    }
}

#[tokio::test]
async fn generic_argument_needs_what_its_inner_argument_needs() {
    let api = table()
        .post("/", async |Valid(text): Valid<String>| text)
        .post("/optional", async |text: Option<Valid<String>>| text.map_or("none".to_owned(), |Valid(text)| text));
    for (uri, body, status, text) in [
        ("/", Body::from("tea"), 200, "tea"),
        ("/optional", Body::from("tea"), 200, "tea"),
        ("/optional", Body::empty(), 200, "none"),
        ("/optional", pieces(&[]), 200, "none"), // chunked, and empty
    ] {
        let (own, _, content) = send(api.clone(), HttpRequest::post(uri).body(body).unwrap()).await;
        assert_eq!((own.as_u16(), content.as_str()), (status, text), "{uri}");
    }
    assert_eq!(send(api, request(Method::POST, "/", "")).await.0, 422);
    let refused = table().try_route("/", post(async |_: Valid<String>, _: String| ())).unwrap_err().to_string();
    assert!(refused.contains("reads the body twice, as `String` and as `String`"), "{refused}");
    assert!(refused.ends_with("take one, or `Bytes` for both"), "{refused}");
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

#[tokio::test]
async fn state_that_an_argument_did_not_ask_for_is_500_with_a_logged_fix() {
    struct Silent;
    impl FromHead for Silent {
        fn from_head(head: &Head<'_>) -> Result<Self> {
            State::<Seen>::from_head(head).map(|_| Self)
        }
    }
    struct Asking;
    impl FromRequest for Asking {
        async fn from_request(request: &mut Request) -> Result<Self> {
            State::<Seen>::from_request(request).await.map(|_| Self)
        }

        fn check(route: &mut RouteCheck<'_>) {
            route.needs_state::<Seen>();
        }
    }
    let name = std::any::type_name::<Seen>();
    let api = table().get("/", async |_: Silent| ());
    assert_eq!(problem(&send(api.clone(), get("/")).await)["title"], "Internal Server Error");
    let logged = format!(
        "the table has no state `{name}`: call `with_state` before the route. If an argument of your own reads the state, \
         add `fn check(route: &mut RouteCheck<'_>) {{ route.needs_state::<{name}>(); }}` to it, so that registration finds \
         this mistake"
    );
    assert_eq!(send_get(api.on_error(send_source), "/").await, (500, logged));

    let refused = table().try_route("/", post(async |_: Asking| ())).unwrap_err().to_string();
    let expected = format!(
        "the handler of `POST /` takes `State<{name}>`, which the table lacks (it has no state yet): call `with_state` before \
         the route"
    );
    assert_eq!(refused, expected);
    assert!(table().with_state(Seen(String::new())).try_route("/", post(async |_: Asking| ())).is_ok());
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

/// An extension that counts its clones, so that a test sees whether a request still holds it.
#[derive(Clone)]
struct EndOfRequest(Arc<()>);

#[tokio::test]
async fn request_is_dropped_before_the_handler_runs() {
    let end = EndOfRequest(Arc::new(()));
    let count = |end: &EndOfRequest| Arc::strong_count(&end.0).to_string();
    let (head, body, layered) = (end.clone(), end.clone(), end.clone());
    let api = table()
        .post("/head", move |_: Method| std::future::ready(count(&head)))
        .post("/body", move |_: Method, _: Bytes| std::future::ready(count(&body)))
        .route(
            "/layered",
            post(move |_: Bytes| std::future::ready(count(&layered))).layer(tower::layer::util::Identity::new()),
        );
    let kept = Arc::strong_count(&end.0);
    // A handler of the head is called while the request is there: its future runs without it.
    for (uri, held) in [("/head", 1), ("/body", 0), ("/layered", 0)] {
        let mut request = request(Method::POST, uri, "tea");
        request.extensions_mut().insert(end.clone());
        assert_eq!(send(api.clone(), request).await.2, (kept + held).to_string(), "{uri}");
        assert_eq!(Arc::strong_count(&end.0), kept, "{uri}");
    }
}

/// Panics while it is made.
struct Panics;

impl FromRequest for Panics {
    async fn from_request(request: &mut Request) -> Result<Self> {
        request.bytes().await?;
        panic!("at the body");
    }
}

/// Panics while it is made from the head.
struct PanicsAtHead;

impl FromHead for PanicsAtHead {
    fn from_head(_: &Head<'_>) -> Result<Self> {
        panic!("at the head");
    }
}

#[tokio::test]
async fn panic_around_the_body_is_a_500_that_on_error_sees() {
    let api = table()
        .on_error(send_source)
        .post("/head", async |_: PanicsAtHead| ())
        .post("/body", async |_: Panics| ())
        .post("/closure", |_: String| -> std::future::Ready<()> { panic!("in the closure") })
        .post("/closure-of-head", |_: Method| -> std::future::Ready<()> { panic!("in the closure of the head") })
        .post("/future", async |_: String| -> () { panic!("in the future") });
    for (uri, reason) in [
        ("/head", "a panic: at the head"),
        ("/body", "a panic: at the body"),
        ("/closure", "a panic: in the closure"),
        ("/closure-of-head", "a panic: in the closure of the head"),
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

#[tokio::test]
async fn state_in_an_arc_is_shared() {
    let shared = Arc::new(String::from("shared"));
    let api = RouteHandlers::new()
        .with_state(Arc::clone(&shared))
        .get("/value", async |State(value): State<String>| value.to_string())
        .get("/arc", async |State(value): State<Arc<String>>| value.to_string());
    for path in ["/value", "/arc"] {
        assert_eq!(send_get(api.clone(), path).await.1, "shared");
    }
    let own = api.with_state(String::from("own")).get("/own", async |State(value): State<String>| value.to_string());
    assert_eq!(send_get(own, "/own").await.1, "own");
}
