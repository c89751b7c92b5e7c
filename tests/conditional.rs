//! Conditional requests: `Route::etag`.

mod support;

use futures_util::stream;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, LAST_MODIFIED,
};
use http::{HeaderValue, Method, Request, StatusCode};
use route_handlers::body::BoxError;
use route_handlers::{Body, IntoResponse, RouteHandlers, any, get};
use support::send;
use tower::{ServiceBuilder, ServiceExt};
use tower_http::compression::CompressionLayer;

const MODIFIED: &str = "Wed, 02 Jan 2030 03:04:05 GMT";
const BEFORE: &str = "Tue, 01 Jan 2030 00:00:00 GMT";
const LATER: &str = "Thu, 03 Jan 2030 00:00:00 GMT";

fn api() -> RouteHandlers {
    let own = async || ([(ETAG, "\"own\""), (LAST_MODIFIED, MODIFIED), (CACHE_CONTROL, "max-age=60")], "own");
    RouteHandlers::new()
        .route("/whole", get(async || "content").put(async || "put").etag())
        .route("/own", get(own).etag())
        .route("/weak", get(async || ([(ETAG, "W/\"a,b\"")], "weak")).etag())
        .route("/dated", get(async || ([(LAST_MODIFIED, MODIFIED)], Body::empty())).etag())
        .route("/fails", get(async || (StatusCode::NOT_FOUND, "nothing")).etag())
        .get("/plain", async || ([(ETAG, "\"own\"")], "plain"))
}

async fn status(path: &str, headers: &[(&str, &str)]) -> u16 {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    send(api(), request.body(Body::empty()).unwrap()).await.0.as_u16()
}

#[tokio::test]
async fn equal_content_gets_an_equal_strong_tag() {
    let [first, again] = [support::get("/whole"), support::get("/whole")];
    let (first, again) = (send(api(), first).await, send(api(), again).await);
    let etag = first.1[ETAG].to_str().unwrap();
    // The first 192 bits of SHA-256, by coreutils: printf content | sha256sum
    assert_eq!(etag, "\"ed7002b439e9ac845f22357d822bac1444730fbdb6016d3e\"");
    assert_eq!(first.1[ETAG], again.1[ETAG]);
    assert_eq!(status("/whole", &[("if-none-match", etag)]).await, 304);
    assert_eq!(status("/whole", &[("if-none-match", &format!("\"x\", W/{etag}"))]).await, 304);
    assert_eq!(status("/whole", &[("if-none-match", "\"x\"")]).await, 200);
    assert_eq!(status("/whole", &[("if-match", etag)]).await, 200);
}

#[tokio::test]
async fn preconditions_are_evaluated_in_rfc_order() {
    for (path, headers, expected) in [
        ("/own", &[][..], 200),
        ("/own", &[("if-match", "\"own\"")], 200),
        ("/own", &[("if-match", "*")], 200),
        ("/own", &[("if-match", "\"x\"")], 412),
        ("/weak", &[("if-match", "W/\"a,b\"")], 412),
        ("/own", &[("if-match", "\"own\""), ("if-unmodified-since", BEFORE)], 200),
        ("/own", &[("if-unmodified-since", BEFORE)], 412),
        ("/own", &[("if-unmodified-since", MODIFIED)], 200),
        ("/own", &[("if-none-match", "\"own\"")], 304),
        ("/own", &[("if-none-match", "*")], 304),
        ("/weak", &[("if-none-match", "\"a,b\"")], 304),
        ("/weak", &[("if-none-match", "\"a")], 200),
        ("/own", &[("if-none-match", "\"x\""), ("if-modified-since", LATER)], 200),
        ("/own", &[("if-none-match", "\"own\""), ("if-modified-since", BEFORE)], 304),
        ("/own", &[("if-match", "\"own\""), ("if-none-match", "\"own\"")], 304),
        ("/own", &[("if-match", "\"x\""), ("if-none-match", "\"own\"")], 412),
        ("/dated", &[("if-modified-since", MODIFIED)], 304),
        ("/dated", &[("if-modified-since", LATER)], 304),
        ("/dated", &[("if-modified-since", BEFORE)], 200),
        ("/dated", &[("if-modified-since", "yesterday")], 200),
        ("/dated", &[("if-unmodified-since", "yesterday")], 200),
        ("/own", &[("if-none-match", "\"x\", \"own\" ,")], 304),
        ("/own", &[("if-none-match", "\"x\""), ("if-none-match", "\"own\"")], 304),
        ("/own", &[("if-match", "\"x\""), ("if-match", "\"own\"")], 200),
        // §13.1.3: a date that is given twice is ignored, and so is a date beside `If-None-Match`.
        ("/dated", &[("if-modified-since", LATER), ("if-modified-since", LATER)], 200),
        ("/dated", &[("if-modified-since", LATER), ("if-none-match", "")], 200),
        ("/dated", &[("if-modified-since", LATER), ("if-none-match", "own")], 200),
        ("/dated", &[("if-unmodified-since", BEFORE), ("if-unmodified-since", BEFORE)], 200),
        ("/dated", &[("if-unmodified-since", BEFORE), ("if-match", "*")], 200),
        // A malformed list has no tags.
        ("/own", &[("if-match", "own")], 412),
        ("/own", &[("if-match", "\"own")], 412),
        ("/own", &[("if-match", "\"own\" \"own\"")], 412),
        ("/own", &[("if-match", "*, \"own\"")], 412),
        ("/own", &[("if-match", "*"), ("if-match", "\"own\"")], 412),
        ("/own", &[("if-match", "")], 412),
        ("/own", &[("if-none-match", "own")], 200),
        ("/own", &[("if-none-match", "w/\"own\"")], 200),
        ("/own", &[("if-none-match", "*, \"x\"")], 200),
        ("/fails", &[("if-none-match", "*")], 404),
        ("/plain", &[("if-none-match", "\"own\"")], 200),
    ] {
        assert_eq!(status(path, headers).await, expected, "{path} {headers:?}");
    }
}

#[tokio::test]
async fn not_modified_repeats_the_cache_headers_without_content() {
    let request = Request::get("/own").header("if-none-match", "\"own\"").body(Body::empty()).unwrap();
    let (status, headers, body) = send(api(), request).await;
    assert_eq!((status.as_u16(), body.as_str()), (304, ""));
    assert_eq!(
        (&headers[ETAG], &headers[CACHE_CONTROL]),
        (&"\"own\"".parse().unwrap(), &"max-age=60".parse().unwrap())
    );
    assert!(!headers.contains_key(CONTENT_TYPE) && !headers.contains_key(LAST_MODIFIED));
}

/// Headers that a handler or a layer sets, and whether they describe the content.
const SET: [(&str, &str, bool); 14] = [
    ("access-control-allow-origin", "*", false),
    ("vary", "origin", false),
    ("vary", "accept", false),
    ("x-request-id", "7", false),
    ("set-cookie", "a=1", false),
    ("set-cookie", "b=2", false),
    ("server-timing", "db;dur=1", false),
    ("link", "</style.css>; rel=preload", false),
    ("content-security-policy", "default-src 'self'", false),
    ("content-type", "text/html", true),
    ("content-language", "en", true),
    ("content-encoding", "gzip", true),
    ("repr-digest", "sha-256=:YQ==:", true),
    ("last-modified", MODIFIED, true),
];

#[tokio::test]
async fn not_modified_and_precondition_failed_keep_other_headers() {
    let set = || SET.map(|(name, value, _)| (name, value));
    // A 304 may have these headers; in a 412 they would describe the wrong content.
    let of_304 = [
        ("content-location", "/en"),
        ("cache-control", "max-age=60"),
        ("cdn-cache-control", "max-age=60"),
        ("expires", LATER),
        ("content-disposition", "attachment; filename=\"report.csv\""),
        ("accept-ranges", "bytes"),
    ];
    let api = RouteHandlers::new().route("/", get(move || async move { (set(), of_304, "own") }).etag());
    let hooked = api.clone().on_error(|error, _| (error.status(), "shaped").into_response());
    for (condition, status) in [("if-none-match", 304), ("if-match", 412)] {
        for (api, shaped) in [(&api, false), (&hooked, true)] {
            let list = if status == 304 { "*" } else { "\"x\"" };
            let request = Request::get("/").header(condition, list).body(Body::empty()).unwrap();
            let (seen, headers, body) = send(api.clone(), request).await;
            assert_eq!(seen, status);
            for (name, value, is_of_content) in SET {
                let is_there = headers.get_all(name).iter().any(|seen| seen == value);
                assert_eq!(is_there, !is_of_content, "{status} {name}: {value}");
            }
            for (name, value) in of_304 {
                assert_eq!(headers.get(name).is_some_and(|seen| seen == value), status == 304, "{status} {name}");
            }
            assert_eq!(headers.contains_key(ETAG), status == 304);
            match status {
                304 => assert_eq!(body, ""),
                _ if shaped => {
                    assert_eq!((body.as_str(), headers[CACHE_CONTROL].as_bytes()), ("shaped", &b"no-store"[..]));
                }
                _ => drop(support::problem(&(seen, headers, body))),
            }
        }
    }
}

#[tokio::test]
async fn not_modified_without_a_tag_keeps_last_modified() {
    let streamed = async || ([(LAST_MODIFIED, MODIFIED)], Body::from_stream(stream::iter([Ok::<_, BoxError>("a")])));
    let api = RouteHandlers::new().route("/", get(streamed).etag());
    let request = Request::get("/").header("if-modified-since", MODIFIED).body(Body::empty()).unwrap();
    let (status, headers, _) = send(api, request).await;
    assert_eq!((status.as_u16(), headers[LAST_MODIFIED].to_str().unwrap()), (304, MODIFIED));
}

#[tokio::test]
async fn tags_are_compared_as_bytes() {
    let tag = HeaderValue::from_bytes(b"\"\xff\x80\"").unwrap();
    let own = tag.clone();
    let api = RouteHandlers::new().route("/", get(move || std::future::ready(([(ETAG, own.clone())], "own"))).etag());
    let other = HeaderValue::from_bytes(b"\"\xff\x81\"").unwrap();
    let broken = HeaderValue::from_bytes(b"\xff").unwrap();
    for (condition, value, expected) in [
        ("if-none-match", &tag, 304),
        ("if-none-match", &other, 200),
        ("if-none-match", &broken, 200),
        ("if-match", &tag, 200),
        ("if-match", &other, 412),
        ("if-match", &broken, 412),
        ("if-modified-since", &broken, 200),
        ("if-unmodified-since", &broken, 200),
    ] {
        let request = Request::get("/").header(condition, value).body(Body::empty()).unwrap();
        assert_eq!(send(api.clone(), request).await.0, expected, "{condition}: {value:?}");
    }
}

#[tokio::test]
async fn only_a_full_get_response_is_tagged() {
    let api = RouteHandlers::new()
        .route("/both", get(async || "content").head(async || ()).etag())
        .route("/tagged", get(async || "content").head(async || ([(ETAG, "\"own\"")], ())).etag())
        .route("/any", any(async || "any").etag())
        .route("/part", get(async || (StatusCode::PARTIAL_CONTENT, [(CONTENT_RANGE, "bytes 0-2/7")], "con")).etag())
        .route("/created", get(async || (StatusCode::CREATED, "new")).etag())
        .route("/nothing", get(async || StatusCode::NO_CONTENT).etag());
    let ask = async |method: Method, path: &str, condition: Option<(&str, &str)>| {
        let mut request = Request::builder().method(method).uri(path);
        if let Some((name, value)) = condition {
            request = request.header(name, value);
        }
        let (status, headers, _) = send(api.clone(), request.body(Body::empty()).unwrap()).await;
        (status.as_u16(), headers.get(ETAG).map(|tag| tag.to_str().unwrap().to_owned()))
    };
    let (_, tag) = ask(Method::GET, "/both", None).await;
    let tag = tag.unwrap();
    // If HEAD has its own handler, the tag of GET is unknown: no tag is computed or compared.
    for condition in
        [None, Some(("if-match", tag.as_str())), Some(("if-match", "\"x\"")), Some(("if-none-match", "\"x\""))]
    {
        assert_eq!(ask(Method::HEAD, "/both", condition).await, (200, None), "{condition:?}");
        assert_eq!(ask(Method::HEAD, "/any", condition).await, (200, None), "{condition:?}");
    }
    assert_eq!(ask(Method::HEAD, "/both", Some(("if-none-match", "*"))).await.0, 304);
    assert_eq!(ask(Method::HEAD, "/both", Some(("if-match", "x"))).await.0, 412);
    assert_eq!(ask(Method::HEAD, "/tagged", Some(("if-none-match", "\"own\""))).await, (304, Some("\"own\"".into())));
    assert_eq!(ask(Method::HEAD, "/tagged", Some(("if-match", "\"x\""))).await.0, 412);
    for (path, status) in [("/part", 206), ("/created", 201), ("/nothing", 204)] {
        for condition in [None, Some(("if-match", "\"x\"")), Some(("if-none-match", "\"x\""))] {
            assert_eq!(ask(Method::GET, path, condition).await, (status, None), "{path} {condition:?}");
        }
    }
    assert!(ask(Method::GET, "/any", None).await.1.is_some());
    assert_eq!(ask(Method::POST, "/any", Some(("if-match", "\"x\""))).await, (200, None));
}

#[tokio::test]
async fn strong_tag_never_names_two_codings() {
    let text = "content ".repeat(100);
    let api = RouteHandlers::new().route("/", get(move || std::future::ready(text.clone())).etag());
    let app = ServiceBuilder::new().layer(CompressionLayer::new()).service(api);
    let ask = async |coding: &str, known: Option<&str>| {
        let mut request = Request::get("/").header(ACCEPT_ENCODING, coding);
        if let Some(known) = known {
            request = request.header("if-none-match", known);
        }
        let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), header(CONTENT_ENCODING), header(ETAG).unwrap())
    };
    let (_, coding, plain) = ask("identity", None).await;
    assert_eq!((coding, plain.starts_with('"')), (None, true));
    let (_, coding, encoded) = ask("gzip", None).await;
    assert_eq!((coding.as_deref(), encoded.starts_with("W/\"")), (Some("gzip"), true));
    for (coding, known) in [("identity", &plain), ("identity", &encoded), ("gzip", &plain), ("gzip", &encoded)] {
        assert_eq!(ask(coding, Some(known)).await.0, 304, "{coding} {known}");
    }
    for (codings, is_strong) in [
        ("", true),
        ("identity;q=1", true),
        ("gzip;q=0", true),
        ("identity, gzip; Q=0.000, *;q=0", true),
        ("br;q=0.1", false),
        ("*", false),
        ("gzip;q=0, deflate", false),
    ] {
        let (_, coding, tag) = ask(codings, None).await;
        assert_eq!(tag.starts_with('"'), is_strong, "{codings}");
        assert!(coding.is_none() || !is_strong, "{codings}");
    }

    // If the response is already encoded, its tag is computed from the encoded bytes.
    let own = get(async || ([(CONTENT_ENCODING, "gzip")], "bytes")).etag();
    let request = Request::get("/").header(ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap();
    let (_, headers, _) = send(RouteHandlers::new().route("/", own), request).await;
    assert!(headers[ETAG].as_bytes().starts_with(b"\""));
}

#[tokio::test]
async fn head_has_the_validators_of_get_and_other_methods_have_none() {
    let head = Request::head("/whole").body(Body::empty()).unwrap();
    let (status, headers, body) = send(api(), head).await;
    assert_eq!((status.as_u16(), body.as_str(), &headers["content-length"]), (200, "", &"7".parse().unwrap()));
    assert!(headers.contains_key(ETAG));
    let put = Request::builder().method(Method::PUT).uri("/whole").header("if-none-match", "*");
    let (status, headers, body) = send(api(), put.body(Body::empty()).unwrap()).await;
    assert_eq!((status.as_u16(), body.as_str(), headers.contains_key(ETAG)), (200, "put", false));
}
