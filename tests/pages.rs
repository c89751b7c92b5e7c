//! Pages-style handlers, compared with the recorded responses of Next.js.

mod support;

use futures_util::{Stream, stream};
use http::header::{CONTENT_TYPE, ETAG, LOCATION, SET_COOKIE};
use http::{Method, Request, StatusCode};
use proptest::prelude::*;
use route_handlers::extract::RouteCheck;
use route_handlers::pages::{PagesBody, PagesRequest, PagesResponse, PagesValue, pages, pages_with};
use route_handlers::{
    After, Body, Error, FromRequest, Handler, Json, Path, Query, Response, Result, RouteHandlers, State,
};
use serde::Deserialize;
use serde_json::{Value, json};
use support::{send, send_get};

fn api() -> RouteHandlers {
    RouteHandlers::new()
        .any(
            "/echo/{id}/{*rest?}",
            pages(async |req, res| res.json(&json!({ "method": req.method().as_str(), "query": req.query() }))),
        )
        .any("/body", pages(async |req, res| res.json(&json!({ "type": kind(req.body()), "body": req.body() }))))
        .any("/small", pages(async |_, res| res.send("read")).body_limit(1024))
        .any("/stream", pages(async |req, res| res.send(req.into_request().text().await.unwrap())).body_parser(false))
        .any("/send/{case}", pages(async |req, res| respond(req.query().get("case").unwrap_or_default(), res)))
}

fn kind(body: &PagesBody) -> &'static str {
    match body {
        PagesBody::Text(_) => "string",
        PagesBody::Json(value) if value.is_array() => "array",
        PagesBody::Json(value) if value.is_number() => "number",
        _ => "object",
    }
}

fn pieces() -> impl Stream<Item = std::io::Result<&'static str>> {
    stream::iter([Ok("a"), Ok("b")])
}

fn respond(case: &str, res: route_handlers::pages::PagesResponse) -> Response {
    match case {
        "string" => res.send("hello"),
        "html" => res.header(CONTENT_TYPE, "text/html").send("<p>hi</p>"),
        "object" => res.json(&json!({ "a": 1 })),
        "number" => res.json(&42),
        "empty" => res.send(""),
        "bytes" => res.send_bytes(&[0, 1, 2, 255][..]),
        "png" => res.header(CONTENT_TYPE, "image/png").send_bytes(&b"png"[..]),
        "stream" => res.send_stream(pieces()),
        "streamText" => res.header(CONTENT_TYPE, "text/plain").send_stream(pieces()),
        "streamFails" => res.send_stream(stream::iter([Err::<&str, _>(std::io::Error::other("boom"))])),
        "stream204" => res.status(204).header(CONTENT_TYPE, "text/plain").send_stream(pieces()),
        "s204" => res.status(204).json(&json!({ "a": 1 })),
        "s404" => res.status(404).send("nope"),
        "end" => res.status(201).end("raw"),
        "redirect" => res.redirect("/api/p/hello"),
        "redirect301" => res.redirect_with(301, "/é b"),
        "redirect200" => res.redirect_with(200, "/x"),
        "cookies" => {
            res.cookie(("a", "1")).cookie(("b", "2")).append_header("x-a", "1").append_header("x-a", "2").end("")
        }
        "badHeader" => res.header("X-Bad", "a\r\nb").end("x"),
        "badStatus" => res.status(99).end("x"),
        _ => res.status(500).send("no such case"),
    }
}

async fn post(path: &str, content_type: Option<&str>, body: impl Into<Body>) -> (u16, String) {
    let request = content_type.iter().fold(Request::post(path), |request, value| request.header(CONTENT_TYPE, *value));
    let (status, _, text) = send(api(), request.body(body.into()).unwrap()).await;
    (status.as_u16(), text)
}

#[tokio::test]
async fn every_method_runs_the_handler_and_parameters_override_the_query() {
    for (method, target, query) in [
        (Method::GET, "/echo/7?id=evil&a=1&a=2&b", r#"{"id":"7","a":["1","2"],"b":""}"#),
        (Method::DELETE, "/echo/7/x/y%2Fz?rest=evil", r#"{"rest":["x","y/z"],"id":"7"}"#),
        (Method::OPTIONS, "/echo/7?rest=filled", r#"{"rest":"filled","id":"7"}"#),
        (Method::from_bytes(b"PURGE").unwrap(), "/echo/a+b?x=c+d", r#"{"x":"c d","id":"a+b"}"#),
    ] {
        let request = Request::builder().method(&method).uri(target).body(Body::empty()).unwrap();
        let (status, headers, text) = send(api(), request).await;
        let expected: serde_json::Value = serde_json::from_str(query).unwrap();
        let response: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (status, &response["query"], response["method"].as_str()),
            (StatusCode::OK, &expected, Some(method.as_str()))
        );
        assert_eq!(headers[CONTENT_TYPE], "application/json; charset=utf-8");
    }
}

#[tokio::test]
async fn body_is_parsed_by_its_media_type() {
    const JSON: &str = "application/json";
    for (content_type, body, expected) in [
        (Some(JSON), &br#"{"a":1}"#[..], r#"{"type":"object","body":{"a":1}}"#),
        (Some(JSON), b"[1,2]", r#"{"type":"array","body":[1,2]}"#),
        (Some(JSON), b"", r#"{"type":"object","body":{}}"#),
        (Some(JSON), b"\xEF\xBB\xBF{\"a\":1}", r#"{"type":"object","body":{"a":1}}"#),
        (Some("Application/JSON; charset=\"UTF-8\""), br#"{"a":1}"#, r#"{"type":"object","body":{"a":1}}"#),
        (Some("application/json; charset=latin1"), b"{\"a\":\"\xE9\"}", r#"{"type":"object","body":{"a":"é"}}"#),
        (Some("application/ld+json"), br#"{"a":1}"#, r#"{"type":"object","body":{"a":1}}"#),
        (Some("application/problem+json"), br#"{"a":1}"#, r#"{"type":"string","body":"{\"a\":1}"}"#),
        (
            Some("application/x-www-form-urlencoded"),
            b"a=1&b=2&a=3",
            r#"{"type":"object","body":{"a":["1","3"],"b":"2"}}"#,
        ),
        (Some("application/json;"), b"{}", r#"{"type":"string","body":"{}"}"#),
        (Some("application/json; charset"), b"{}", r#"{"type":"string","body":"{}"}"#),
        (Some(";;;"), b"{}", r#"{"type":"string","body":"{}"}"#),
        (Some("text/plain"), b"\xEF\xBB\xBFhello", r#"{"type":"string","body":"hello"}"#),
        (Some(JSON), br#"{"b":1,"a":2}"#, r#"{"type":"object","body":{"b":1,"a":2}}"#),
        (Some("text/plain"), b"hello", r#"{"type":"string","body":"hello"}"#),
        (None, b"hello", r#"{"type":"string","body":"hello"}"#),
        (None, b"", r#"{"type":"string","body":""}"#),
    ] {
        assert_eq!(post("/body", content_type, body).await, (200, expected.to_owned()), "{content_type:?}");
    }
    for (content_type, body, status, detail) in [
        (JSON, &b"{\"a\":"[..], 400, "Invalid JSON"),
        (JSON, b"[1,]", 400, "Invalid JSON"),
        ("application/json; charset=klingon", b"{}", 400, "Invalid body"),
    ] {
        let (seen, text) = post("/body", Some(content_type), body).await;
        assert_eq!((seen, text.contains(detail)), (status, true), "{text}");
    }
}

#[tokio::test]
async fn parsed_body_over_the_limit_is_413_with_the_limit() {
    let just = vec![b'a'; 1024 * 1024];
    assert_eq!(post("/body", None, just.clone()).await.0, 200);
    let (status, text) = post("/body", None, [just, vec![b'a']].concat()).await;
    assert_eq!((status, text.contains("Body exceeded 1mb limit")), (413, true), "{text}");
    let (status, text) = post("/small", None, vec![b'a'; 1025]).await;
    assert_eq!((status, text.contains("Body exceeded 1kb limit")), (413, true), "{text}");
    assert_eq!(post("/small", None, vec![b'a'; 1024]).await, (200, "read".into()));
    assert_eq!(post("/stream", Some("application/json"), "{not parsed").await, (200, "{not parsed".into()));
}

#[tokio::test]
async fn content_and_etag_equal_those_of_next_js() {
    for (case, status, content_type, etag, body) in [
        ("string", 200, None, Some("\"2caikvdqo85\""), &b"hello"[..]),
        ("html", 200, Some("text/html"), Some("\"kiqypda3km9\""), b"<p>hi</p>"),
        ("object", 200, Some("application/json; charset=utf-8"), Some("\"147uiiad94i7\""), b"{\"a\":1}"),
        ("number", 200, Some("application/json; charset=utf-8"), Some("\"145yod55ra52\""), b"42"),
        ("empty", 200, None, Some("\"78p3gz236i0\""), b""),
        ("bytes", 200, Some("application/octet-stream"), Some("\"urfc07ook110\""), b"\x00\x01\x02\xff"),
        ("png", 200, Some("image/png"), Some("\"11z4u291nbv12\""), b"png"),
        ("stream", 200, Some("application/octet-stream"), None, b"ab"),
        ("streamText", 200, Some("text/plain"), None, b"ab"),
        ("stream204", 204, None, None, b""),
        ("s204", 204, None, None, b""),
        ("s404", 404, None, Some("\"usbsjufcdb4\""), b"nope"),
        ("end", 201, None, None, b"raw"),
        ("redirect", 307, None, None, b"/api/p/hello"),
        ("redirect301", 301, None, None, "/é b".as_bytes()),
    ] {
        let response = tower::ServiceExt::oneshot(api(), support::get(&format!("/send/{case}"))).await.unwrap();
        let (head, response) = response.into_parts();
        let response = http_body_util::BodyExt::collect(response).await.unwrap().to_bytes();
        let header = |name| head.headers.get(name).map(|value: &http::HeaderValue| value.to_str().unwrap());
        assert_eq!((head.status.as_u16(), header(CONTENT_TYPE), header(ETAG)), (status, content_type, etag), "{case}");
        assert_eq!(response, body, "{case}");
        if case == "redirect301" {
            assert_eq!(head.headers[LOCATION], "/%C3%A9%20b");
        }
    }
}

#[tokio::test]
async fn matching_etag_is_304() {
    for (method, path, known, status) in [
        (Method::GET, "/send/string", "\"2caikvdqo85\"", 304),
        (Method::HEAD, "/send/string", "W/\"2caikvdqo85\"", 304),
        (Method::GET, "/send/string", "\"x\", \"2caikvdqo85\"", 304),
        (Method::GET, "/send/string", "*", 304),
        (Method::GET, "/send/string", "2caikvdqo85", 200),
        (Method::GET, "/send/string", "W/W/\"2caikvdqo85\"", 200),
        (Method::GET, "/send/string", "\"x,\"2caikvdqo85\"", 200),
        (Method::POST, "/send/string", "\"2caikvdqo85\"", 200),
        (Method::GET, "/send/s404", "\"usbsjufcdb4\"", 404),
    ] {
        let request = Request::builder().method(method).uri(path).header("if-none-match", known);
        let (seen, headers, body) = send(api(), request.body(Body::empty()).unwrap()).await;
        assert_eq!(seen.as_u16(), status, "{path} {known}");
        assert!(headers.contains_key(ETAG) && (status != 304 || body.is_empty()));
    }
    for (control, status) in [("no-cache", 200), ("max-age=0, no-cache", 200), ("max-age=0", 304)] {
        let request = Request::get("/send/string").header("if-none-match", "*").header("cache-control", control);
        let seen = send(api(), request.body(Body::empty()).unwrap()).await.0;
        assert_eq!(seen.as_u16(), status, "{control}");
    }
}

#[tokio::test]
async fn headers_and_cookies_repeat_and_invalid_ones_are_500() {
    let (_, headers, _) = send(api(), support::get("/send/cookies")).await;
    assert_eq!(headers.get_all(SET_COOKIE).iter().collect::<Vec<_>>(), ["a=1; Path=/", "b=2; Path=/"]);
    assert_eq!(headers.get_all("x-a").iter().collect::<Vec<_>>(), ["1", "2"]);
    for case in ["badHeader", "badStatus", "redirect200", "streamFails"] {
        let (status, headers, _) = send(api(), support::get(&format!("/send/{case}"))).await;
        assert_eq!((status.as_u16(), headers.contains_key("x-bad")), (500, false), "{case}");
    }
}

#[tokio::test]
async fn cookies_are_read_as_in_next_js() {
    let handler = pages(async |req, res| {
        let pairs: Vec<_> = req.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        res.send(pairs.join("|"))
    });
    let api = RouteHandlers::new().any("/", handler);
    let request = Request::get("/").header("cookie", "a=1; a=2; q=\"x y\"; bad=%zz; ok=%C3%A9; novalue; =3");
    assert_eq!(send(api, request.body(Body::empty()).unwrap()).await.2, "a=1|q=x y|bad=%zz|ok=é|=3");
}

#[tokio::test]
async fn cookie_names_are_trimmed_of_sp_and_htab_only() {
    let handler = pages(async |req, res| res.send(req.cookies().get("__Host-s").unwrap_or("none").to_owned()));
    let api = RouteHandlers::new().any("/", handler);
    for (cookie, expected) in [
        ("\t__Host-s = good ", "good"),
        ("__Host-s=good; \u{a0}__Host-s=evil", "good"),
        ("\u{2003}__Host-s=evil; __Host-s=good", "good"),
        ("__Host-s\u{3000}=evil", "none"),
        ("__Host-s=\u{a0}v", "\u{a0}v"),
    ] {
        let request = Request::get("/").header("cookie", cookie).body(Body::empty()).unwrap();
        assert_eq!(send(api.clone(), request).await.2, expected, "{cookie:?}");
    }
}

#[derive(Deserialize)]
struct User {
    name: String,
    age: u8,
}

#[tokio::test]
async fn json_of_the_request_is_typed() {
    let handler = pages(async |req, res| -> Result<_> {
        let User { name, age } = req.json()?;
        Ok(res.json(&json!([name, age])))
    });
    let api = RouteHandlers::new().any("/user", handler).any("/off", handler.body_parser(false));
    for (path, content_type, body, status, text) in [
        ("/user", "application/json", r#"{"name":"Ada","age":36}"#, 200, r#"["Ada",36]"#),
        ("/user", "application/merge-patch+json", r#"{"name":"Ada","age":36}"#, 200, r#"["Ada",36]"#),
        ("/user", "application/json", "", 422, "missing field `name`"),
        ("/user", "application/json", r#"{"name":"Ada","age":"old"}"#, 422, r#""path":"age""#),
        ("/user", "application/json", r#"{"name":"Ada","age":256}"#, 422, r#""path":"age""#),
        ("/user", "application/json", r#"{"name""#, 400, "Invalid JSON"),
        ("/user", "application/merge-patch+json", r#"{"name""#, 400, "the body is not JSON"),
        ("/user", "application/x-www-form-urlencoded", "name=Ada&age=36", 415, "application/json"),
        ("/user", "text/plain", r#"{"name":"Ada","age":36}"#, 415, "application/json"),
        ("/off", "application/json", r#"{"name":"Ada","age":36}"#, 500, "Internal Server Error"),
    ] {
        let request = Request::post(path).header(CONTENT_TYPE, content_type).body(body.into()).unwrap();
        let (seen, _, sent) = send(api.clone(), request).await;
        assert_eq!((seen.as_u16(), sent.contains(text)), (status, true), "{path} {content_type} {body}: {sent}");
    }
}

#[tokio::test]
async fn header_of_the_request_is_a_text() {
    let handler = pages(async |req, res| res.json(&req.header("X-Name")));
    let api = RouteHandlers::new().any("/", handler);
    for (name, value, expected) in [
        ("x-name", &b"Ada"[..], r#""Ada""#),
        ("X-NAME", b"", r#""""#),
        ("x-name", b"\xff", "null"),
        ("x-other", b"Ada", "null"),
    ] {
        let request = Request::get("/").header(name, value).body(Body::empty()).unwrap();
        assert_eq!(send(api.clone(), request).await.2, expected, "{name}: {value:?}");
    }
    let twice = Request::get("/").header("x-name", "Ada").header("x-name", "Bo").body(Body::empty()).unwrap();
    assert_eq!(send(api, twice).await.2, r#""Ada""#);
}

/// Reads the body and does not declare it.
struct Sneaky;

impl FromRequest for Sneaky {
    async fn from_request(request: &mut route_handlers::Request) -> Result<Self> {
        request.bytes().await.map(|_| Self)
    }
}

/// Waits, as a session does that is read from a database.
struct Session(String);

impl FromRequest for Session {
    async fn from_request(request: &mut route_handlers::Request) -> Result<Self> {
        tokio::task::yield_now().await;
        let name = request.cookies().get("session").map(str::to_owned);
        name.map(Self).ok_or(Error::new(StatusCode::UNAUTHORIZED))
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.needs_state::<u32>();
    }
}

async fn show(
    req: PagesRequest,
    res: PagesResponse,
    State(number): State<u32>,
    Path(id): Path<String>,
    Session(session): Session,
) -> Response {
    res.json(&json!([*number, id, session, req.body()]))
}

#[tokio::test]
async fn further_arguments_of_a_function_and_of_a_closure_are_made() {
    #[derive(Deserialize)]
    struct Page {
        page: u8,
    }
    let closure =
        async |req: PagesRequest, res: PagesResponse, State(number): State<u32>, Query(query): Query<Page>| {
            res.json(&json!([*number, query.page, req.query().get("id")]))
        };
    let api = RouteHandlers::new()
        .with_state(7_u32)
        .any("/function/{id}", pages_with(show))
        .any("/closure/{id}", pages_with(closure))
        .any("/two/{id}", pages_with(async |_: PagesRequest, res: PagesResponse| res.send("two")));
    let request = Request::post("/function/a").header("cookie", "session=s").body("text".into()).unwrap();
    assert_eq!(send(api.clone(), request).await.2, r#"[7,"a","s","text"]"#);
    assert_eq!(send_get(api.clone(), "/closure/b?page=2").await, (200, r#"[7,2,"b"]"#.to_owned()));
    assert_eq!(send_get(api.clone(), "/closure/b?page=x").await.0, 400);
    assert_eq!(send_get(api, "/two/c").await, (200, "two".to_owned()));
}

#[tokio::test]
async fn six_further_arguments_are_possible() {
    type Name = Path<(String,)>;
    let handler = async |_: PagesRequest, res: PagesResponse, a: Name, _: Name, _: Name, _: Name, _: Name, f: Name| {
        res.json(&[a.0.0, f.0.0])
    };
    let api = RouteHandlers::new().any("/{name}", pages_with(handler));
    assert_eq!(send_get(api, "/x").await.1, r#"["x","x"]"#);
}

#[tokio::test]
async fn work_after_the_response_goes_to_the_hook() {
    let later = support::Later::default();
    let handler = async |_: PagesRequest, res: PagesResponse, after: After| {
        after.run(async {});
        res.send("sent")
    };
    let api = RouteHandlers::new().any("/", pages_with(handler)).wait_until(later.clone());
    assert_eq!(send_get(api, "/").await.1, "sent");
    assert_eq!(later.count(), 1);
}

#[tokio::test]
async fn failed_argument_is_the_response_before_the_body_is_read() {
    let api = RouteHandlers::new()
        .with_state(7_u32)
        .any("/{id}", pages_with(show))
        .any("/sneaky/{id}", pages_with(async |_: PagesRequest, res: PagesResponse, _: Sneaky| res.send("")));
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>("body"));
    let request = Request::post("/a").body(Body::from_stream(endless)).unwrap();
    assert_eq!(send(api.clone(), request).await.0, StatusCode::UNAUTHORIZED);
    let request = Request::post("/sneaky/a").body("body".into()).unwrap();
    assert_eq!(send(api, request).await.0, StatusCode::INTERNAL_SERVER_ERROR);
}

#[test]
fn further_arguments_are_checked_at_registration() {
    fn refused<H: Handler<A>, A: 'static>(handler: H) -> String {
        let refused = RouteHandlers::new().try_on(Method::POST, "/", handler);
        refused.expect_err("the handler is refused").to_string()
    }
    let state = refused(pages_with(show));
    assert!(state.contains("takes `State<u32>`, which the table lacks"), "{state}");
    let json = async |_: PagesRequest, res: PagesResponse, _: Json<Value>| res.send("");
    let optional = async |_: PagesRequest, res: PagesResponse, _: Option<String>| res.send("");
    for (text, argument) in [
        (refused(pages_with(json)), "Json"),
        (refused(pages_with(json).body_parser(false)), "Json"),
        (refused(pages_with(optional)), "String"),
    ] {
        let expected = format!(
            "takes `{argument}`, which reads the body, but `PagesRequest` has the body: use `req.json()` or `req.body()`"
        );
        assert!(text.contains(&expected), "{text}");
    }
}

/// The names in order of their first occurrence, with their values, found by a linear search.
fn searched(pairs: &[(String, String)]) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in pairs {
        match found.iter_mut().find(|(own, _)| own == name) {
            Some((_, values)) => values.push(value.clone()),
            None => found.push((name.clone(), vec![value.clone()])),
        }
    }
    found
}

fn values(value: &PagesValue) -> Vec<String> {
    match value {
        PagesValue::One(one) => vec![one.clone()],
        PagesValue::Many(many) => many.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn query_and_form_have_the_order_and_values_of_a_linear_search(
        pairs in prop::collection::vec(("[ab]{1,2}", "[xyz]{0,2}"), 0..20),
    ) {
        let expected = searched(&pairs);
        let text: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let text = text.join("&");
        let handler = pages(move |req, res| {
            let expected = expected.clone();
            async move {
                let PagesBody::Form(form) = req.body() else { return res.status(400).end("no form") };
                for fields in [req.query(), form] {
                    let read: Vec<_> = fields.iter().map(|(name, value)| (name.to_owned(), values(value))).collect();
                    assert_eq!(read, expected);
                    for (name, own) in &expected {
                        assert_eq!(fields.value(name).map(values).as_ref(), Some(own));
                        assert_eq!(fields.get(name), Some(own[0].as_str()));
                    }
                    assert!(fields.value("c").is_none());
                }
                res.send("right")
            }
        });
        let request = Request::post(format!("/?{text}")).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let sent = send(RouteHandlers::new().any("/", handler), request.body(text.into()).unwrap());
        prop_assert_eq!(tokio_test::block_on(sent).2, "right");
    }
}
