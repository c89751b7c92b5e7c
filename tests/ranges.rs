//! Range requests (RFC 9110 §14): `Route::ranges`.
#![cfg(feature = "tokio")]

mod support;

use std::io::{self, Cursor};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::stream;
use http::header::{ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use proptest::prelude::*;
use route_handlers::{Body, Download, Error, IntoResponse, Result, RouteHandlers, any, get};
use support::{ReceivedResponse, problem, send};
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyz";
const MODIFIED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

/// The alphabet in chunks of four letters, from any position.
fn store() -> Body {
    Body::from_ranges(26, |range| {
        let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
        let chunks: Vec<_> = ALPHABET[range].as_bytes().chunks(4).map(Bytes::copy_from_slice).collect();
        stream::iter(chunks.into_iter().map(Ok::<_, io::Error>))
    })
}

async fn reader() -> Result<Body> {
    Ok(Body::seekable(Cursor::new(ALPHABET)).await?)
}

fn api() -> RouteHandlers {
    let own = [("etag", "\"own\""), ("last-modified", MODIFIED)];
    RouteHandlers::new()
        .route("/text", get(async || ALPHABET).ranges())
        .route("/store", get(async || ([(CONTENT_TYPE, "text/plain; charset=utf-8")], store())).ranges())
        .route("/reader", get(async || ([(CONTENT_TYPE, "text/plain; charset=utf-8")], reader().await)).ranges())
        .route("/download", get(async || Download::new(ALPHABET).content_type("text/plain; charset=utf-8")).ranges())
        .route("/any", any(async || ALPHABET).ranges())
        .route("/untyped", get(async || Body::from(ALPHABET)).ranges())
        .route("/empty", get(async || "").ranges())
        .route("/tagged", get(async || ALPHABET).etag().ranges())
        .route("/own", get(move || async move { (own, ALPHABET) }).ranges())
        .route("/weak", get(async || ([(ETAG, "W/\"own\"")], ALPHABET)).ranges())
        .route("/part", get(async || ([(CONTENT_RANGE, "bytes 0-25/99")], ALPHABET)).ranges())
        .route("/none", get(async || ([(ACCEPT_RANGES, "none")], ALPHABET)).ranges())
        .route("/created", get(async || (StatusCode::CREATED, ALPHABET)).ranges())
        .route("/missing", get(async || (StatusCode::NOT_FOUND, ALPHABET)).ranges())
        .route("/stream", get(async || Body::from_stream(stream::iter([Ok::<_, io::Error>(ALPHABET)]))).ranges())
        .route("/long", get(async || ([(CONTENT_LENGTH, "26")], ALPHABET)).ranges())
        .get("/plain", async || ALPHABET)
}

fn request(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    request.body(Body::empty()).unwrap()
}

async fn get_range(path: &str, range: &str) -> ReceivedResponse {
    send(api(), request(path, &[("range", range)])).await
}

/// Each part of a multipart content: its content range, its content type and its content.
fn parts(headers: &HeaderMap, content: &str) -> Vec<(String, String, String)> {
    let content_type = headers[CONTENT_TYPE].to_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/byteranges; boundary=").unwrap();
    let content = content.strip_suffix(&format!("\r\n--{boundary}--\r\n")).unwrap();
    let mut parts = Vec::new();
    for part in format!("\r\n{content}").split(&format!("\r\n--{boundary}\r\n")).skip(1) {
        let (head, content) = part.split_once("\r\n\r\n").unwrap();
        let field = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.unwrap_or_default().to_owned()
        };
        parts.push((field("content-range"), field("content-type"), content.to_owned()));
    }
    parts
}

#[tokio::test]
async fn one_range_is_206_with_content_range() {
    for path in ["/text", "/store", "/reader", "/download", "/any", "/long"] {
        for (range, content_range, content) in [
            ("bytes=0-", "bytes 0-25/26", ALPHABET),
            ("bytes=0-0", "bytes 0-0/26", "a"),
            ("bytes=1-3", "bytes 1-3/26", "bcd"),
            ("bytes=3-9", "bytes 3-9/26", "defghij"),
            ("bytes=25-", "bytes 25-25/26", "z"),
            ("bytes=20-99999999999999999999", "bytes 20-25/26", "uvwxyz"),
            ("bytes=-5", "bytes 21-25/26", "vwxyz"),
            ("bytes=-99", "bytes 0-25/26", ALPHABET),
            ("Bytes=1-1", "bytes 1-1/26", "b"),
            ("bytes=26-,-1", "bytes 25-25/26", "z"),
            ("bytes=0-1,2-3", "bytes 0-3/26", "abcd"),
            ("bytes=2-5,0-3,1-1", "bytes 0-5/26", "abcdef"),
        ] {
            let (status, headers, text) = get_range(path, range).await;
            assert_eq!((status.as_u16(), text.as_str()), (206, content), "{path} {range}");
            assert_eq!(headers[CONTENT_RANGE], content_range, "{path} {range}");
            assert_eq!(headers[CONTENT_TYPE], "text/plain; charset=utf-8");
            assert_eq!(headers[ACCEPT_RANGES], "bytes");
        }
    }
}

#[tokio::test]
async fn several_ranges_are_parts_in_the_order_of_the_request() {
    for path in ["/text", "/store", "/reader", "/download", "/any"] {
        for (range, expected) in [
            ("bytes=0-1,4-5", &[("bytes 0-1/26", "ab"), ("bytes 4-5/26", "ef")][..]),
            ("bytes=-1, 0-0", &[("bytes 25-25/26", "z"), ("bytes 0-0/26", "a")]),
            ("bytes=9-9,30-40,1-2,0-1", &[("bytes 9-9/26", "j"), ("bytes 0-2/26", "abc")]),
            ("bytes=0-9,20-", &[("bytes 0-9/26", "abcdefghij"), ("bytes 20-25/26", "uvwxyz")]),
        ] {
            let (status, headers, content) = get_range(path, range).await;
            assert_eq!(status, 206, "{path} {range}");
            assert!(!headers.contains_key(CONTENT_RANGE), "§15.3.7.2: it belongs into the parts");
            let parts = parts(&headers, &content);
            let seen: Vec<_> = parts.iter().map(|(range, _, content)| (range.as_str(), content.as_str())).collect();
            assert_eq!(seen, expected, "{path} {range}");
            assert!(parts.iter().all(|(_, content_type, _)| content_type == "text/plain; charset=utf-8"));
        }
    }
    let (_, headers, content) = get_range("/untyped", "bytes=0-0,9-9").await;
    assert!(parts(&headers, &content).iter().all(|(_, content_type, _)| content_type.is_empty()));
}

#[tokio::test]
async fn length_of_a_partial_body_is_exact() {
    for path in ["/text", "/store", "/reader", "/long"] {
        for range in ["bytes=1-3", "bytes=0-0,2-2,9-", "bytes=0-"] {
            let response = api().oneshot(request(path, &[("range", range)])).await.unwrap();
            let stated = http_body::Body::size_hint(response.body()).exact().unwrap();
            assert!(!response.headers().contains_key(CONTENT_LENGTH));
            let content = response.into_body().collect().await.unwrap().to_bytes();
            assert_eq!(content.len() as u64, stated, "{path} {range}");
        }
    }
}

#[tokio::test]
async fn unsatisfiable_range_is_416_with_the_length() {
    for (path, range, content_range) in [
        ("/text", "bytes=26-", "bytes */26"),
        ("/text", "bytes=26-30,99-,-0", "bytes */26"),
        ("/text", "bytes=99999999999999999999-", "bytes */26"),
        ("/store", "bytes=26-", "bytes */26"),
        ("/reader", "bytes=-0", "bytes */26"),
        ("/empty", "bytes=0-", "bytes */0"),
        ("/empty", "bytes=0-0", "bytes */0"),
        ("/own", "bytes=26-", "bytes */26"),
        ("/download", "bytes=26-", "bytes */26"),
    ] {
        let response = get_range(path, range).await;
        assert_eq!(problem(&response)["status"], 416, "{path} {range}");
        assert_eq!(response.1[CONTENT_RANGE], content_range);
        assert!(!response.1.contains_key(ETAG) && !response.1.contains_key("content-disposition"));
    }
}

#[tokio::test]
async fn hook_keeps_the_length_of_a_416() {
    let api = api().on_error(|error, _| (error.status(), "shaped").into_response());
    let (status, headers, text) = send(api, request("/text", &[("range", "bytes=26-")])).await;
    assert_eq!((status.as_u16(), text.as_str()), (416, "shaped"));
    assert_eq!(headers[CONTENT_RANGE], "bytes */26");
}

#[tokio::test]
async fn other_requests_get_the_whole_content() {
    let many: Vec<_> = (0..26).map(|n| format!("{n}-{n}")).collect();
    let many = format!("bytes={0},{0},{0}", many.join(","));
    for range in [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "bytes=0-1,5-2",
        "bytes=a-b",
        "bytes=+1-2",
        "bytes=1--2",
        "items=0-1",
        "bytes=0-1,bytes=4-5",
        "bytes = 0-1",
        "bytes=0 - 1",
        "none",
        &many,
    ] {
        let (status, headers, text) = get_range("/text", range).await;
        assert_eq!((status.as_u16(), text.as_str()), (200, ALPHABET), "{range}");
        assert!(!headers.contains_key(CONTENT_RANGE) && headers[ACCEPT_RANGES] == "bytes");
    }
    let twice = request("/text", &[("range", "bytes=0-1"), ("range", "bytes=4-5")]);
    assert_eq!(send(api(), twice).await.0, 200);
    assert_eq!(get_range("/empty", "bytes=-5").await.0, 200);
}

/// RFC 9110 §14.2, §14.3.
#[tokio::test]
async fn only_a_get_has_ranges() {
    for path in ["/text", "/store", "/reader"] {
        let mut head = request(path, &[("range", "bytes=0-1")]);
        *head.method_mut() = Method::HEAD;
        let (status, headers, _) = send(api(), head).await;
        assert_eq!((status.as_u16(), headers[ACCEPT_RANGES].to_str().unwrap()), (200, "bytes"), "{path}");
        assert_eq!(headers[CONTENT_LENGTH], "26");
        assert!(!headers.contains_key(CONTENT_RANGE));
    }
    let mut post = request("/any", &[("range", "bytes=0-1")]);
    *post.method_mut() = Method::POST;
    let (status, headers, text) = send(api(), post).await;
    assert_eq!((status.as_u16(), text.as_str(), headers.contains_key(ACCEPT_RANGES)), (200, ALPHABET, false));
}

#[tokio::test]
async fn other_responses_are_not_changed() {
    for (path, status, accept_ranges) in [
        ("/created", 201, None),
        ("/missing", 404, None),
        ("/stream", 200, None),
        ("/none", 200, Some("none")),
        ("/part", 200, None),
        ("/plain", 200, None),
    ] {
        let (seen, headers, text) = get_range(path, "bytes=0-1").await;
        assert_eq!((seen.as_u16(), text.as_str()), (status, ALPHABET), "{path}");
        assert_eq!(headers.get(ACCEPT_RANGES).map(|value| value.to_str().unwrap()), accept_ranges, "{path}");
    }
}

/// RFC 9110 §13.1.5.
#[tokio::test]
async fn if_range_sends_the_whole_content_if_it_has_changed() {
    let tag = send(api(), support::get("/tagged")).await.1[ETAG].to_str().unwrap().to_owned();
    for (path, if_range, status) in [
        ("/own", "\"own\"", 206),
        ("/own", "\"other\"", 200),
        ("/own", "W/\"own\"", 200),
        ("/own", "own", 200),
        ("/own", "\"own\", \"other\"", 200),
        ("/own", "*", 200),
        ("/own", "", 200),
        ("/own", MODIFIED, 206),
        ("/own", "Sunday, 06-Nov-94 08:49:37 GMT", 206),
        ("/own", "Sun, 06 Nov 1994 08:49:38 GMT", 200),
        ("/own", "Sun, 06 Nov 1994 08:49:36 GMT", 200),
        ("/weak", "W/\"own\"", 200),
        ("/weak", "\"own\"", 200),
        ("/weak", MODIFIED, 200),
        ("/text", "\"own\"", 200),
        ("/text", MODIFIED, 200),
        ("/tagged", &tag, 206),
        ("/tagged", "\"other\"", 200),
    ] {
        let headers = [("range", "bytes=0-1"), ("if-range", if_range)];
        let (seen, _, text) = send(api(), request(path, &headers)).await;
        assert_eq!(seen, status, "{path} {if_range}");
        assert_eq!(text, if status == 206 { "ab" } else { ALPHABET });
        // A range beyond the end is 416 only if the client has this content.
        let headers = [("range", "bytes=26-"), ("if-range", if_range)];
        let beyond = send(api(), request(path, &headers)).await.0;
        assert_eq!(beyond, if status == 206 { 416 } else { 200 }, "{path} {if_range}");
    }
    let twice = [("range", "bytes=0-1"), ("if-range", "\"own\""), ("if-range", "\"own\"")];
    assert_eq!(send(api(), request("/own", &twice)).await.0, 200);
    assert_eq!(send(api(), request("/own", &[("if-range", "\"other\"")])).await.0, 200);
}

/// RFC 9110 §13.2.2.
#[tokio::test]
async fn preconditions_come_before_ranges() {
    let tag = send(api(), support::get("/tagged")).await.1[ETAG].to_str().unwrap().to_owned();
    for (headers, status) in [
        (&[("if-none-match", tag.as_str())][..], 304),
        (&[("if-none-match", "\"other\"")], 206),
        (&[("if-match", &tag)], 206),
        (&[("if-match", "\"other\"")], 412),
        (&[("if-match", &tag), ("if-range", "\"other\"")], 200),
        (&[("if-none-match", &tag), ("if-range", &tag)], 304),
    ] {
        let headers = [&[("range", "bytes=0-1")], headers].concat();
        let (seen, received, _) = send(api(), request("/tagged", &headers)).await;
        assert_eq!(seen, status, "{headers:?}");
        if status != 412 {
            assert_eq!(received[ETAG], tag, "the tag of a part is that of the whole");
        }
    }
}

/// A client that asks for the rest of another content must not get that of this one (RFC 9110 §14.2).
#[tokio::test]
async fn part_is_412_without_etag_too() {
    for (name, value, status) in [
        ("if-match", "\"own\"", 206),
        ("if-match", "*", 206),
        ("if-match", "\"other\"", 412),
        ("if-match", "W/\"own\"", 412),
        ("if-unmodified-since", MODIFIED, 206),
        ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:36 GMT", 412),
        ("if-none-match", "\"own\"", 206),
    ] {
        let (seen, headers, _) = send(api(), request("/own", &[("range", "bytes=0-1"), (name, value)])).await;
        assert_eq!(seen, status, "{name}: {value}");
        assert_eq!(headers.contains_key(CONTENT_RANGE), status == 206, "{name}: {value}");
    }
    let beyond = [("range", "bytes=99-"), ("if-match", "\"other\"")];
    assert_eq!(send(api(), request("/own", &beyond)).await.0, 412);
}

#[test]
fn etag_after_ranges_is_refused_with_the_fix() {
    let refused = std::panic::catch_unwind(|| get(async || "").ranges().etag()).unwrap_err();
    let message = refused
        .downcast_ref::<&str>()
        .copied()
        .map_or_else(|| refused.downcast_ref::<String>().unwrap().clone(), str::to_owned);
    assert!(message.contains("call `etag` before `ranges`"), "{message}");
    let right = get(async || "").etag().ranges();
    assert!(format!("{right:?}").contains("[GET].etag().ranges()"), "{right:?}");
}

#[tokio::test]
async fn compression_belongs_outside() {
    let text = "a".repeat(10_000);
    let (inside, outside) = (text.clone(), text.clone());
    let api = RouteHandlers::new()
        .route(
            "/outside",
            get(move || std::future::ready(outside.clone())).etag().ranges().layer(CompressionLayer::new()),
        )
        .route(
            "/inside",
            get(move || std::future::ready(inside.clone())).layer(CompressionLayer::new()).etag().ranges(),
        );
    let gzip = ("accept-encoding", "gzip");
    for (path, status, is_encoded) in [("/outside", 206, false), ("/inside", 200, true)] {
        let response = api.clone().oneshot(request(path, &[("range", "bytes=0-1"), gzip])).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers().contains_key(CONTENT_ENCODING), is_encoded, "{path}");
        let whole = api.clone().oneshot(request(path, &[gzip])).await.unwrap();
        assert!(
            whole.headers().contains_key(CONTENT_ENCODING) && !whole.headers().contains_key(ACCEPT_RANGES),
            "{path}"
        );
    }
}

/// The ranges count bytes that are not encoded, so the parts must not be encoded (RFC 9110 §8.4).
#[tokio::test]
async fn predicate_keeps_compression_from_several_ranges() {
    let is_compressed = DefaultPredicate::new().and(NotForContentType::new("multipart/byteranges"));
    let route = get(async || ALPHABET).ranges().layer(CompressionLayer::new().compress_when(is_compressed));
    let headers = [("range", "bytes=0-9,20-"), ("accept-encoding", "gzip")];
    let (status, headers, text) = send(RouteHandlers::new().route("/", route), request("/", &headers)).await;
    assert_eq!((status.as_u16(), headers.get(CONTENT_ENCODING)), (206, None));
    assert_eq!(parts(&headers, &text).len(), 2);
}

#[tokio::test]
async fn encoded_content_of_the_handler_has_ranges_of_its_bytes() {
    let api = RouteHandlers::new().route("/", get(async || ([(CONTENT_ENCODING, "br")], "encoded")).ranges());
    let (status, headers, text) = send(api, request("/", &[("range", "bytes=2-3")])).await;
    assert_eq!((status.as_u16(), text.as_str(), headers[CONTENT_ENCODING].to_str().unwrap()), (206, "co", "br"));
}

#[tokio::test]
async fn part_has_the_headers_of_the_whole() {
    let set = [
        ("cache-control", "max-age=60"),
        ("vary", "accept"),
        ("repr-digest", "sha-256=:YQ==:"),
        ("content-digest", "sha-256=:YQ==:"),
    ];
    let own = [("expires", MODIFIED), ("content-location", "/a"), ("etag", "\"own\""), ("set-cookie", "a=b")];
    let api = RouteHandlers::new().route("/", get(move || async move { (set, own, ALPHABET) }).ranges());
    for range in ["bytes=0-1", "bytes=0-1,4-5"] {
        let (status, headers, _) = send(api.clone(), request("/", &[("range", range)])).await;
        assert_eq!(status, 206);
        for (name, value) in set.into_iter().chain(own) {
            // The digest of the whole message; `Repr-Digest` is that of the whole content (RFC 9530).
            let expected = (name != "content-digest").then_some(value);
            assert_eq!(headers.get(name).map(|value| value.to_str().unwrap()), expected, "{name}");
        }
    }
}

#[tokio::test]
async fn only_the_range_is_read_from_a_store() {
    let read = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&read);
    let handler = move || {
        let log = Arc::clone(&log);
        let body = Body::from_ranges(1 << 40, move |range| {
            log.lock().unwrap().push((range.start, range.end));
            stream::iter([Ok::<_, io::Error>(Bytes::from(vec![
                b'x';
                usize::try_from((range.end - range.start).min(10))
                    .unwrap()
            ]))])
        });
        async { body }
    };
    let api = RouteHandlers::new().route("/", get(handler).etag().ranges().body_limit(1));
    for (range, expected) in [
        ("bytes=5-9", &[(5, 10)][..]),
        ("bytes=1099511627775-", &[((1 << 40) - 1, 1 << 40)]),
        ("bytes=1-2,8-8", &[(1, 3), (8, 9)]),
        ("bytes=1099511627776-", &[]),
    ] {
        let _ = send(api.clone(), request("/", &[("range", range)])).await;
        assert_eq!(*read.lock().unwrap(), expected, "{range}");
        read.lock().unwrap().clear();
    }
    let (_, headers, _) = send(api, support::request(Method::HEAD, "/", "")).await;
    assert_eq!(headers[CONTENT_LENGTH], "1099511627776");
    assert_eq!(*read.lock().unwrap(), []);
}

#[tokio::test]
async fn seekable_body_is_whole_without_ranges() {
    let api = RouteHandlers::new()
        .get("/store", async || store())
        .route("/in-layers", get(async || store()).etag().layer(tower::layer::util::Identity::new()).etag())
        .get("/reader", reader)
        .get("/empty", async || Body::seekable(Cursor::new("")).await.unwrap());
    for path in ["/store", "/in-layers", "/reader"] {
        let (status, headers, text) = send(api.clone(), request(path, &[("range", "bytes=0-1")])).await;
        assert_eq!(
            (status.as_u16(), text.as_str(), headers.contains_key(ACCEPT_RANGES)),
            (200, ALPHABET, false),
            "{path}"
        );
    }
    assert_eq!(send(api, support::get("/empty")).await.2, "");
}

#[tokio::test]
async fn source_that_fails_at_once_is_500_and_one_that_ends_early_is_aborted() {
    let fails = || Body::from_ranges(26, |_| stream::iter([Err::<Bytes, _>(io::Error::other("no disk"))]));
    let short = || Body::from_ranges(26, |_| stream::iter([Ok::<_, io::Error>("abc")]));
    let long = || Body::from_ranges(3, |_| stream::iter([Ok::<_, io::Error>("ab"), Ok("cdef"), Ok("g")]));
    let api = RouteHandlers::new()
        .route("/fails", get(move || async move { fails() }).ranges())
        .get("/fails-without", move || async move { fails() })
        .route("/short", get(move || async move { short() }).ranges())
        .route("/long", get(move || async move { long() }).ranges());
    for path in ["/fails", "/fails-without"] {
        for range in ["bytes=1-5", "bytes=1-1,5-5", "none"] {
            if (path, range) != ("/fails", "bytes=1-1,5-5") {
                let response = send(api.clone(), request(path, &[("range", range)])).await;
                assert_eq!(problem(&response)["status"], 500, "{path} {range}");
            }
        }
    }
    for range in ["bytes=1-5", "bytes=0-0,3-9", "none"] {
        let response = api.clone().oneshot(request("/short", &[("range", range)])).await.unwrap();
        assert!(response.into_body().collect().await.is_err(), "{range}");
    }
    assert_eq!(send(api.clone(), support::get("/long")).await.2, "abc");
    assert_eq!(send(api, request("/long", &[("range", "bytes=0-1")])).await.2, "ab");
}

#[tokio::test]
async fn file_is_read_from_the_range() {
    let path = std::env::temp_dir().join(format!("route-handlers-ranges-{}", std::process::id()));
    let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_be_bytes).collect();
    std::fs::write(&path, &content).unwrap();
    let file = path.clone();
    let handler = move || {
        let file = file.clone();
        async move { Ok::<_, Error>(Download::new(Body::seekable(tokio::fs::File::open(file).await?).await?)) }
    };
    let api = RouteHandlers::new().route("/", get(handler).ranges());
    for range in [0..1_200_000, 1_000_000..1_200_000, 70_000..70_001] {
        let header = format!("bytes={}-{}", range.start, range.end - 1);
        let response = api.clone().oneshot(request("/", &[("range", &header)])).await.unwrap();
        assert_eq!(response.status(), 206);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(body == content[range], "{header}");
    }
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn boundaries_differ_and_are_not_in_the_content() {
    let mut boundaries = Vec::new();
    for _ in 0..3 {
        let (_, headers, content) = get_range("/text", "bytes=0-0,5-5").await;
        let boundary = headers[CONTENT_TYPE].to_str().unwrap().split_once("boundary=").unwrap().1.to_owned();
        assert_eq!(content.matches(&boundary).count(), 3);
        assert!(boundary.len() <= 70 && boundary.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        boundaries.push(boundary);
    }
    boundaries.dedup();
    assert_eq!(boundaries.len(), 3);
}

#[tokio::test]
async fn response_grows_with_the_content_and_not_with_the_ranges() {
    static READS: AtomicUsize = AtomicUsize::new(0);
    let body = || {
        Body::from_ranges(1000, |range| {
            READS.fetch_add(1, Ordering::Relaxed);
            stream::iter([Ok::<_, io::Error>(Bytes::from(vec![
                b'x';
                usize::try_from(range.end - range.start).unwrap()
            ]))])
        })
    };
    let api = RouteHandlers::new().route("/", get(move || async move { body() }).ranges());
    let repeated = format!("bytes={}", vec!["0-"; 64].join(","));
    assert_eq!(send(api.clone(), request("/", &[("range", &repeated)])).await.2.len(), 1000);
    let scattered = format!("bytes={}", (0..64).map(|n| format!("{0}-{0}", n * 2)).collect::<Vec<_>>().join(","));
    READS.store(0, Ordering::Relaxed);
    assert!(send(api.clone(), request("/", &[("range", &scattered)])).await.2.len() < 64 * 100 + 100);
    assert_eq!(READS.load(Ordering::Relaxed), 64);
    let endless = format!("bytes={}", vec!["0-"; 50_000].join(","));
    READS.store(0, Ordering::Relaxed);
    assert_eq!(send(api, request("/", &[("range", &endless)])).await.2.len(), 1000);
    assert_eq!(READS.load(Ordering::Relaxed), 1);
}

#[cfg(feature = "openapi")]
#[test]
fn document_lists_206_412_and_416_of_get() {
    use route_handlers::{documented, openapi::Info};
    let route = get(documented(async || ALPHABET)).put(documented(async || ())).ranges();
    let document = RouteHandlers::new().route("/", route).openapi(Info::default()).into_value();
    let statuses = |method: &str| -> Vec<_> {
        document["paths"]["/"][method]["responses"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(statuses("get"), ["200", "206", "412", "416"]);
    assert_eq!(statuses("put"), ["200"]);
    let partial = &document["paths"]["/"]["get"]["responses"]["206"]["content"]["*/*"]["schema"];
    assert_eq!(*partial, serde_json::json!({ "type": "string", "format": "binary" }));
}

proptest! {
    #[test]
    fn any_header_has_a_response_no_longer_than_the_content_and_its_parts(
        header in prop_oneof![
            prop::collection::vec(prop::num::u8::ANY, 0..40),
            "bytes=[0-9, -]{0,60}".prop_map(String::into_bytes),
            "[bB]ytes=([0-9]{0,21}-[0-9]{0,21},){0,70}".prop_map(String::into_bytes),
        ],
    ) {
        let Ok(range) = http::HeaderValue::from_bytes(&header) else { return Ok(()) };
        let mut request = support::get("/text");
        request.headers_mut().insert("range", range);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (status, headers, text) = runtime.block_on(send(api(), request));
        match status.as_u16() {
            200 => prop_assert_eq!(text, ALPHABET),
            206 if headers.contains_key(CONTENT_RANGE) => prop_assert!(!text.is_empty() && ALPHABET.contains(&text)),
            206 => prop_assert!(text.len() <= 26 + 13 * 120 + 40, "{}", text.len()),
            status => prop_assert_eq!(status, 416),
        }
    }

    /// The parts are the slices of the content that the client asked for, each byte once.
    #[test]
    fn parts_are_slices(
        length in 1_u64..60,
        specs in prop::collection::vec((0_u64..70, 0_u64..30, 0_u8..3), 1..8),
        path in prop::sample::select(vec!["/whole", "/store", "/reader"]),
    ) {
        let content: String = ('!'..).take(usize::try_from(length).unwrap()).collect();
        let mut wanted = vec![false; content.len()];
        let mut texts = Vec::new();
        for (first, more, kind) in specs {
            let (text, range) = match kind {
                0 => (format!("{first}-{}", first + more), first..first + more + 1),
                1 => (format!("{first}-"), first..length),
                _ => (format!("-{more}"), length.saturating_sub(more)..length),
            };
            texts.push(text);
            for position in range.filter(|position| *position < length) {
                wanted[usize::try_from(position).unwrap()] = true;
            }
        }
        let (whole, stored, read) = (content.clone(), content.clone(), content.clone());
        let api = RouteHandlers::new()
            .route("/whole", get(move || std::future::ready(whole.clone())).ranges())
            .route("/store", get(move || {
                let content = stored.clone();
                async move {
                    Body::from_ranges(length, move |range| {
                        let slice = &content[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
                        stream::iter(slice.bytes().map(|byte| Ok::<_, io::Error>(vec![byte])).collect::<Vec<_>>())
                    })
                }
            }).ranges())
            .route("/reader", get(move || {
                let content = read.clone();
                async move { Body::seekable(Cursor::new(content)).await.unwrap() }
            }).ranges());
        let header = format!("bytes={}", texts.join(", "));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (status, headers, text) = runtime.block_on(send(api, request(path, &[("range", &header)])));
        if !wanted.contains(&true) {
            prop_assert_eq!(status, 416, "{}", header);
            return Ok(());
        }
        prop_assert_eq!(status, 206, "{}", header);
        let parts = match headers.get(CONTENT_RANGE) {
            Some(range) => vec![(range.to_str().unwrap().to_owned(), String::new(), text)],
            None => parts(&headers, &text),
        };
        let mut sent = vec![false; content.len()];
        for (range, _, part) in parts {
            let (range, total) = range.strip_prefix("bytes ").unwrap().split_once('/').unwrap();
            prop_assert_eq!(total.parse::<u64>().unwrap(), length);
            let (first, last) = range.split_once('-').unwrap();
            let (first, last) = (first.parse::<usize>().unwrap(), last.parse::<usize>().unwrap());
            prop_assert_eq!(&content[first..=last], part);
            for is_sent in &mut sent[first..=last] {
                prop_assert!(!*is_sent, "a byte is sent twice");
                *is_sent = true;
            }
        }
        prop_assert_eq!(sent, wanted, "{}", header);
    }
}
