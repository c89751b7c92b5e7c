//! The client and the builder of requests for tests.

mod support;

use std::collections::BTreeMap;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use futures_util::{FutureExt, StreamExt, stream};
use http::{Method, StatusCode};
use route_handlers::after::RequestWaitUntil;
use route_handlers::testing::{Client, RequestBuilder};
use route_handlers::{
    After, Body, Cookies, Error, Extension, Form, FromHead, FromRequest, Head, Json, Path, Query, Request, Result,
    RouteHandlers, SetCookie, State, get,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use support::{Later, inner};

/// The message of a panic.
fn message(run: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).expect_err("it panics");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => (*panic.downcast::<&str>().expect("a panic has a text")).to_owned(),
    }
}

/// Responds with the method, the URI, the headers and the text of each request.
async fn echo(mut request: Request) -> Result<Json<Value>> {
    let text = request.text().await?;
    let headers: BTreeMap<_, _> =
        request.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default())).collect();
    let (method, uri) = (request.method().to_string(), request.uri().to_string());
    Ok(Json(json!({ "method": method, "uri": uri, "headers": headers, "text": text })))
}

fn echoing() -> Client {
    Client::new(RouteHandlers::new().any("/{*path?}", echo))
}

#[tokio::test]
async fn each_method_is_sent() {
    let client = echoing();
    for (request, method) in [
        (client.get("/a"), "GET"),
        (client.post("/a"), "POST"),
        (client.put("/a"), "PUT"),
        (client.patch("/a"), "PATCH"),
        (client.delete("/a"), "DELETE"),
        (client.options("/a"), "OPTIONS"),
        (client.request(Method::from_bytes(b"PURGE").unwrap(), "/a"), "PURGE"),
    ] {
        assert_eq!(request.await.json::<Value>()["method"], method);
    }
    assert_eq!(client.head("/a").await.text(), "");
}

#[tokio::test]
async fn host_is_localhost_unless_it_is_named() {
    let client = echoing();
    let host = async |request: RequestBuilder<Client>| request.await.json::<Value>()["headers"]["host"].clone();
    assert_eq!(host(client.get("/")).await, "localhost");
    assert_eq!(host(client.get("https://example.com:8443/a")).await, "example.com:8443");
    assert_eq!(host(client.get("/").header("host", "b")).await, "b");
}

#[tokio::test]
async fn header_of_the_request_replaces_that_of_the_client() {
    let client = echoing().with_header("accept-language", "en").with_header("x-a", "1");
    let headers = client.get("/").header("x-a", "2").header("x-a", "3").await.json::<Value>()["headers"].clone();
    assert_eq!((&headers["accept-language"], &headers["x-a"]), (&json!("en"), &json!("3")));
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Search {
    q: String,
    tag: Vec<String>,
    page: Option<u8>,
}

#[tokio::test]
async fn query_and_form_are_read_as_they_were_given() {
    let api = RouteHandlers::new()
        .get("/search", async |Query(search): Query<Search>| Json(search))
        .post("/search", async |Form(search): Form<Search>| Json(search));
    let client = Client::new(api);
    let search = || Search { q: "a&b=c d+é".to_owned(), tag: vec!["x".to_owned(), "y z".to_owned()], page: Some(2) };
    assert_eq!(client.get("/search").query(&search()).await.json::<Search>(), search());
    assert_eq!(client.post("/search").form(&search()).await.json::<Search>(), search());
}

#[tokio::test]
async fn queries_are_added_to_the_one_of_the_uri() {
    let uri = |request: RequestBuilder<Client>| async { request.await.json::<Value>()["uri"].clone() };
    let client = echoing();
    assert_eq!(uri(client.get("/a").query(&[("b", "c d")]).query(&[("e", 1)])).await, "/a?b=c+d&e=1");
    assert_eq!(uri(client.get("/a?x=%20").query(&[("b", "/?#")])).await, "/a?x=%20&b=%2F%3F%23");
    assert_eq!(uri(client.get("/a?").query(&[("b", "")])).await, "/a?b=");
    assert_eq!(uri(client.get("https://h/").query(&[("b", 1)])).await, "https://h/?b=1");
}

#[tokio::test]
async fn media_type_is_set_unless_the_request_has_one() {
    let media_type = async |request: RequestBuilder<Client>| {
        let echo = request.await.json::<Value>();
        (echo["headers"]["content-type"].clone(), echo["text"].clone())
    };
    let client = echoing();
    assert_eq!(media_type(client.post("/").json(&[1, 2])).await, (json!("application/json"), json!("[1,2]")));
    let form = media_type(client.post("/").form(&[("a", "b")])).await;
    assert_eq!(form, (json!("application/x-www-form-urlencoded"), json!("a=b")));
    for request in [
        client.post("/").header("content-type", "a/b").json(&1),
        client.post("/").json(&1).header("content-type", "a/b"),
    ] {
        assert_eq!(media_type(request).await, (json!("a/b"), json!("1")));
    }
    assert_eq!(media_type(client.post("/").body("text")).await, (Value::Null, json!("text")));
}

#[cfg(feature = "multipart")]
#[tokio::test]
async fn multipart_is_read_as_it_was_given() {
    use route_handlers::multipart::Multipart;
    use route_handlers::testing::FormData;

    async fn fields(mut form: Multipart) -> Result<Json<Vec<Value>>> {
        let mut fields = Vec::new();
        while let Some(field) = form.next_field().await? {
            let (name, file_name) = (field.name().to_owned(), field.file_name().map(str::to_owned));
            let media_type = field.content_type().to_owned();
            fields.push(json!([name, file_name, media_type, field.text().await?]));
        }
        Ok(Json(fields))
    }
    let client = Client::new(RouteHandlers::new().post("/", fields));
    let form = FormData::new().text("name", "Ada\r\n--boundary--\r\nL").text("é", "").file(
        "a \"b\"\r\n",
        "c;d\".txt",
        "text/plain",
        "boundary0",
    );
    let response = client.post("/").multipart(&form).await;
    let expected = json!([
        ["name", null, "text/plain", "Ada\r\n--boundary--\r\nL"],
        ["é", null, "text/plain", ""],
        ["a \"b\"\r\n", "c;d\".txt", "text/plain", "boundary0"],
    ]);
    assert_eq!(response.json::<Value>(), expected);
    assert_eq!(client.post("/").multipart(&FormData::new()).await.json::<Value>(), json!([]));
}

#[tokio::test]
async fn response_has_status_headers_and_body() {
    let api =
        RouteHandlers::new().get("/", async || ([("x-a", "b")], "text")).delete("/", async || StatusCode::NO_CONTENT);
    let client = Client::new(api);
    let response = client.get("/").await;
    assert_eq!((response.status(), response.header("x-a"), response.header("x-b")), (StatusCode::OK, Some("b"), None));
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(response.bytes(), "text");
    let head = client.head("/").await;
    assert_eq!((head.header("x-a"), head.text().as_str()), (Some("b"), ""));
    let empty = client.delete("/").await;
    assert_eq!((empty.assert_status(StatusCode::NO_CONTENT).text(), empty.headers().len()), (String::new(), 0));
    client.post("/").await.assert_status(405);
}

#[tokio::test]
async fn failed_assertion_shows_the_whole_response_and_the_cause() {
    let api = RouteHandlers::new()
        .get("/missing", async || Error::new(StatusCode::NOT_FOUND).with_detail("no user 9"))
        .get("/broken", async || Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, "the disk is full"));
    let client = Client::new(api);
    let missing = client.get("/missing?a").await;
    let text = message(|| _ = missing.assert_status(200));
    for part in [
        "the status of `GET /missing?a` is 404 Not Found, not 200",
        "HTTP/1.1 404",
        "cache-control: no-store",
        "no user 9",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let broken = client.get("/broken").await;
    let text = message(|| _ = broken.assert_status(StatusCode::OK));
    assert!(text.contains("not 200 OK") && text.contains("the cause, which is not sent: the disk is full"), "{text}");
    let text = message(|| _ = broken.json::<u32>());
    assert!(
        text.contains("the response to `GET /broken` is not the expected JSON") && text.contains("HTTP/1.1 500"),
        "{text}"
    );
}

#[tokio::test]
async fn body_that_is_not_text_or_fails_is_a_panic() {
    let failing = async || Body::from_stream(stream::iter([Ok("begin"), Err(std::io::Error::other("torn"))]));
    let client = Client::new(RouteHandlers::new().get("/bytes", async || vec![0xff_u8]).get("/fails", failing));
    let response = client.get("/bytes").await;
    assert!(message(|| drop(response.text())).contains("is not text"));
    let panic = AssertUnwindSafe(async { client.get("/fails").await }).catch_unwind().await.unwrap_err();
    let text = panic.downcast::<String>().unwrap();
    assert!(
        text.contains("`GET /fails` at tests/testing.rs:") && text.contains("torn") && text.ends_with("begin"),
        "{text}"
    );
}

#[test]
fn request_that_cannot_be_built_is_a_panic_with_the_fix() {
    let client = echoing();
    for (text, expected) in [
        (message(|| drop(client.get("users"))), "begin it with `/` or `https://`"),
        (message(|| drop(client.get("/a b"))), "percent-encode its path"),
        (message(|| drop(client.get("/").header("a b", "c"))), "the name of a header is not valid"),
        (message(|| drop(client.get("/").header("a", "b\n"))), "the value of the header `a` is not valid"),
        (message(|| drop(client.get("/").query(&7))), "a query cannot hold these fields"),
        (message(|| drop(client.get("/").json(&BTreeMap::from([((1, 2), 3)])))), "the body cannot be JSON"),
    ] {
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test]
async fn table_over_a_service_and_router_are_served() {
    let client = Client::new(RouteHandlers::new().get("/ours", async || "ours").over(inner()));
    assert_eq!(client.get("/ours").await.text(), "ours");
    assert_eq!(client.put("/other").await.text(), "inner: PUT /other");
    let body = async |text: String| text;
    let router: Router = Router::new().route("/", axum::routing::post(body));
    let client = Client::new(router.clone());
    assert_eq!(client.post("/").body("hello").await.text(), "hello");
    client.get("/").await.assert_status(405);
    let client = Client::new(RouteHandlers::new().get("/ours", async || "ours").over(router));
    assert_eq!(client.post("/").body("hello").await.text(), "hello");
}

#[tokio::test]
async fn error_of_the_service_is_a_500_with_its_cause() {
    let failing = tower::service_fn(async |_: http::Request<Body>| {
        Err::<http::Response<String>, _>(std::io::Error::other("no database"))
    });
    let response = Client::new(failing).get("/").await;
    assert!(format!("{:?}", response.assert_status(500)).contains("no database"));
}

/// Sets the cookie of the query, and responds with the cookies of the request.
fn cookies() -> RouteHandlers {
    RouteHandlers::new()
        .get("/{*path?}", async |request: Request| request.header("cookie").unwrap_or_default().to_owned())
        .post("/{*path?}", async |line: String| {
            http::Response::builder().header("set-cookie", line).body(Body::empty()).unwrap()
        })
}

#[tokio::test]
async fn cookies_are_kept_only_on_demand() {
    let client = Client::new(cookies());
    client.post("/").body("a=b").await.assert_status(200);
    assert_eq!(client.get("/").await.text(), "");
    let client = client.keep_cookies();
    client.post("/").body("a=b%20c; Path=/; HttpOnly").await.assert_status(200);
    assert_eq!(client.get("/").await.text(), "a=b%20c");
    assert_eq!(
        client.clone().get("/").cookie("b", "c d").await.text(),
        "b=c%20d; a=b%20c",
        "a clone shares the cookies"
    );
    assert_eq!(client.get("/").cookie("a", "own").await.text(), "a=own");
}

#[tokio::test]
async fn cookie_header_that_is_not_text_is_sent_unchanged() {
    let echo = async |headers: http::HeaderMap| ([("set-cookie", "a=b")], headers["cookie"].as_bytes().to_vec());
    let client = Client::new(RouteHandlers::new().get("/", echo)).keep_cookies();
    for _ in 0..2 {
        assert_eq!(client.get("/").header("cookie", &b"c=\xff"[..]).await.bytes(), &b"c=\xff"[..]);
    }
}

#[tokio::test]
async fn kept_cookies_follow_path_domain_expiry_and_secure() {
    for (set_at, line, get_at, is_sent) in [
        ("/a/b", "c=d", "/a/x", true),
        ("/a/b", "c=d", "/a", true),
        ("/a/b", "c=d", "/ab", false),
        ("/a/b", "c=d", "/", false),
        ("/a/b", "c=d; Path=/", "/", true),
        ("/a/b", "c=d; Path=x", "/", false),
        ("/", "c=d; Path=/x/", "/x/y", true),
        ("/", "c=d; Path=/x/", "/x", false),
        ("/", "c=d; Max-Age=0", "/", false),
        ("/", "c=d; Max-Age=-1; Expires=Wed, 01 Jan 2200 00:00:00 GMT", "/", false),
        ("/", "c=d; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "/", true),
        ("/", "c=d; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "/", false),
        ("/", "c=d; Expires=Wed, 01 Jan 2200 00:00:00 GMT", "/", true),
        ("/", "c=d; Secure", "/", true),
        ("http://a.test/", "c=d; Secure", "https://a.test/", false),
        ("https://a.test/", "c=d; Secure", "https://a.test/", true),
        ("https://a.test/", "c=d; Secure", "http://a.test/", false),
        ("https://a.test/", "c=d", "https://b.a.test/", false),
        ("https://a.test/", "c=d", "/", false),
        ("https://a.test/", "c=d; Domain=.A.test", "https://b.a.test/", true),
        ("https://b.a.test/", "c=d; Domain=a.test", "https://a.test/", true),
        ("https://a.test/", "c=d; Domain=b.test", "https://b.test/", false),
        ("https://ba.test/", "c=d; Domain=a.test", "https://ba.test/", false),
    ] {
        let client = Client::new(cookies()).keep_cookies();
        client.post(set_at).body(line).await.assert_status(200);
        let expected = if is_sent { "c=d" } else { "" };
        assert_eq!(client.get(get_at).await.text(), expected, "{line} of {set_at} for {get_at}");
    }
}

#[tokio::test]
async fn kept_cookie_is_replaced_and_deleted_and_longer_paths_are_first() {
    let client = Client::new(cookies()).keep_cookies();
    for line in ["a=1; Path=/", "a=2; Path=/", "b=3; Path=/", "a=4; Path=/x"] {
        client.post("/").body(line).await.assert_status(200);
    }
    assert_eq!(client.get("/x").await.text(), "a=4; a=2; b=3");
    client.post("/").body("a=; Path=/; Max-Age=0").await.assert_status(200);
    assert_eq!(client.get("/x").await.text(), "a=4; b=3");
}

#[tokio::test]
async fn cookies_of_a_response_are_decoded() {
    let handler = async |mut cookies: Cookies| {
        cookies.set(SetCookie::new("theme", "light blue").http_only(true));
        cookies.delete("old");
        (cookies, "")
    };
    let response = Client::new(RouteHandlers::new().get("/", handler)).get("/").await;
    assert_eq!(response.cookies().len(), 2);
    let theme = response.cookie("theme").unwrap();
    assert_eq!((theme.value(), theme.path(), theme.http_only()), ("light blue", Some("/"), Some(true)));
    assert!(response.cookie("none").is_none());
}

#[tokio::test]
async fn after_waits_for_all_work_and_for_the_work_that_it_adds() {
    let done = Arc::new(AtomicUsize::new(0));
    let handler = async |after: After, State(done): State<Arc<AtomicUsize>>| {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let (again, count) = (after.clone(), Arc::clone(&done));
        after.run(async move {
            receiver.await.expect("the second work runs at the same time");
            again.run(async move {
                tokio::task::yield_now().await;
                count.fetch_add(1, Ordering::Relaxed);
            });
        });
        after.run(async move { sender.send(()).expect("the first work waits") });
    };
    let of_table = Later::default();
    let api = RouteHandlers::new().with_state(Arc::clone(&done)).get("/", handler).wait_until(of_table.clone());
    let client = Client::new(api);
    client.get("/").await.assert_status(200);
    client.get("/").await.assert_status(200);
    assert_eq!(done.load(Ordering::Relaxed), 0);
    client.after().await;
    assert_eq!((done.load(Ordering::Relaxed), of_table.count()), (2, 0));
    client.after().await;
    let own = Later::default();
    client.get("/").extension(RequestWaitUntil::new(own.clone())).await.assert_status(200);
    assert_eq!(own.count(), 2);
}

#[tokio::test]
async fn after_is_pending_while_the_work_is() {
    let client = Client::new(RouteHandlers::new().get("/", async |after: After| after.run(pending())));
    client.get("/").await.assert_status(200);
    assert_eq!(client.after().now_or_never(), None);
}

#[cfg(feature = "sse")]
#[tokio::test]
async fn events_are_read_as_a_browser_reads_them() {
    use route_handlers::sse::{Event, Sse};

    let events = async || -> Result<_> {
        let first = Event::new().with_json(&json!({ "n": 1 }))?.with_name("tick")?.with_id("7")?;
        let events = [first, Event::new().with_comment("still here"), Event::from("two\nlines")];
        Ok(Sse::new(stream::iter(events.map(Ok::<_, Error>))))
    };
    let raw = async || {
        (
            [("content-type", "text/event-stream; charset=utf-8")],
            "\u{feff}data:a\rdata\r\n\nevent: x\n\nid: 1\n\ndata: b\n\ndata: cut",
        )
    };
    let client =
        Client::new(RouteHandlers::new().get("/", events).get("/raw", raw).get("/text", async || "data: a\n\n"));
    let events = client.get("/").await.events();
    assert_eq!(events.len(), 2);
    assert_eq!((events[0].name(), events[0].id(), events[0].json::<Value>()), ("tick", "7", json!({ "n": 1 })));
    assert_eq!((events[1].name(), events[1].id(), events[1].data()), ("message", "7", "two\nlines"));
    assert!(message(|| drop(events[1].json::<Value>())).contains("two"));
    let events = client.get("/raw").await.events();
    let events: Vec<_> = events.iter().map(|event| (event.name(), event.id(), event.data())).collect();
    assert_eq!(events, [("message", "", "a\n"), ("message", "1", "b")]);
    let text = client.get("/text").await;
    assert!(message(|| drop(text.events())).contains("is not `text/event-stream`"));
}

#[tokio::test]
async fn stream_without_an_end_is_read_event_by_event() {
    let raw = async || {
        let chunks = ["\u{feff}data: a\r", "\ndata", ": \u{fc}\n", "\r\nid: 7\n", "\n: b\n\ndata: c\r\r"];
        let bytes: Vec<u8> = chunks.concat().into_bytes();
        let single = bytes.into_iter().map(|byte| Ok::<_, Error>(vec![byte])); // cuts a character and a CRLF
        ([("content-type", "text/event-stream")], Body::from_stream(stream::iter(single).chain(stream::pending())))
    };
    let client = Client::new(RouteHandlers::new().get("/raw", raw).get("/text", async || "data: a\n\n"));
    let mut raw = client.get("/raw").stream().await;
    raw.response().assert_status(200);
    let first = raw.next_event().await.unwrap();
    assert_eq!((first.id(), first.data()), ("", "a\nü"));
    assert!(raw.response().text().ends_with("\ndata: ü\n\r"), "the response has what was read so far");
    let second = raw.next_event().await.unwrap();
    assert_eq!((second.id(), second.data()), ("7", "c"));
    assert!(raw.next_event().now_or_never().is_none(), "the next event is awaited");

    let mut text = client.get("/text").stream().await;
    let panic = AssertUnwindSafe(text.next_event()).catch_unwind().await.unwrap_err();
    let message = panic.downcast::<String>().unwrap();
    assert!(
        message.contains("`GET /text` is not `text/event-stream`") && message.ends_with("data: a\n\n"),
        "{message}"
    );
}

#[tokio::test]
async fn stream_is_read_chunk_by_chunk_to_its_end() {
    let chunks = async || Body::from_stream(stream::iter(["a", "b"].map(Ok::<_, Error>)));
    let client = Client::new(RouteHandlers::new().get("/", chunks)).keep_cookies();
    let mut chunks = client.get("/").stream().await;
    assert_eq!(chunks.next_chunk().await.unwrap(), "a");
    assert_eq!(format!("{chunks:?}").lines().last(), Some("a"));
    assert_eq!(chunks.next_chunk().await.unwrap(), "b");
    assert_eq!(chunks.next_chunk().await, None);
    assert_eq!(chunks.response().text(), "ab");
}

#[tokio::test]
async fn dropped_stream_disconnects() {
    let (sent, mut received) = tokio::sync::mpsc::channel::<()>(1);
    let endless = async |State(sent): State<tokio::sync::mpsc::Sender<()>>| {
        let pending = stream::pending::<Result<&str>>();
        Body::from_stream(pending.inspect(move |_| drop(sent.clone())))
    };
    let client = Client::new(RouteHandlers::new().with_state(sent).get("/", endless));
    let stream = client.get("/").stream().await;
    drop(client);
    assert!(received.recv().now_or_never().is_none(), "the body is alive");
    drop(stream);
    assert_eq!(received.recv().await, None);
}

struct Greeting(&'static str);

struct Token(String);

impl FromHead for Token {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        head.header("authorization").map(|token| Self(token.to_owned())).ok_or(Error::new(StatusCode::UNAUTHORIZED))
    }
}

#[tokio::test]
async fn built_request_has_state_parameters_extensions_and_body() {
    let mut request = RequestBuilder::post("/users/7/a%2Fb/c")
        .pattern("/users/{id}/{*path}")
        .state(Greeting("hello"))
        .extension(9_u8)
        .header("authorization", "Bearer x")
        .cookie("theme", "light blue")
        .json(&[1, 2])
        .build();
    assert_eq!(request.matched_route().unwrap().as_str(), "/users/{id}/{*path}");
    assert_eq!(request.param("id"), Some("7"));
    assert_eq!(request.segments("path").unwrap().collect::<Vec<_>>(), ["a/b", "c"]);
    assert_eq!(State::<Greeting>::from_head(&request.head()).unwrap().0.0, "hello");
    assert_eq!(Extension::<u8>::from_head(&request.head()).unwrap().0, 9);
    assert_eq!(Token::from_head(&request.head()).unwrap().0, "Bearer x");
    assert_eq!(request.cookies().get("theme"), Some("light blue"));
    assert_eq!(Json::<Vec<u8>>::from_request(&mut request).await.unwrap().0, [1, 2]);
    let plain = RequestBuilder::get("/").build();
    assert_eq!(Token::from_head(&plain.head()).err().unwrap().status(), 401);
    assert!(plain.matched_route().is_none());
}

#[tokio::test]
async fn work_of_a_built_request_goes_to_the_hook_of_its_extensions() {
    let later = Later::default();
    let request = RequestBuilder::get("/").extension(RequestWaitUntil::new(later.clone())).build();
    After::from_head(&request.head()).unwrap().run(async {});
    assert_eq!(later.count(), 1);
    assert!(After::from_head(&RequestBuilder::get("/").build().head()).is_err());
}

#[test]
fn path_that_does_not_match_the_pattern_is_a_panic() {
    let build = |path: &str, pattern: &str| message(|| drop(RequestBuilder::get(path).pattern(pattern).build()));
    assert!(build("/a", "/b/{id}").contains("the path `/a` does not match the pattern `/b/{id}`"));
    assert!(build("/b/%zz", "/b/{id}").contains("`/b/%zz` is refused for the pattern `/b/{id}`: the path has a `%`"));
    assert!(build("/b", "/b/:id").contains("{id}"));
}

#[tokio::test]
async fn handler_is_called_alone() {
    let greet = async |State(greeting): State<Greeting>, Path(id): Path<u32>, Json(name): Json<String>| {
        format!("{} {id} {name}", greeting.0)
    };
    let request = |path| RequestBuilder::post(path).pattern("/users/{id}").state(Greeting("hello"));
    assert_eq!(request("/users/7").json("Ada").call(greet).await.text(), "hello 7 Ada");
    request("/users/x").json("Ada").call(greet).await.assert_status(400);
    request("/users/7").call(greet).await.assert_status(415);
    let without_state =
        message(|| drop(RequestBuilder::post("/users/7").pattern("/users/{id}").json("Ada").call(greet)));
    assert!(without_state.contains("with_state"), "{without_state}");
    let done = Arc::new(AtomicUsize::new(0));
    let count = async |after: After, State(done): State<Arc<AtomicUsize>>| {
        after.run(async move {
            done.fetch_add(1, Ordering::Relaxed);
        });
    };
    RequestBuilder::get("/a{b").state(Arc::clone(&done)).call(count).await.assert_status(200);
    assert_eq!(done.load(Ordering::Relaxed), 1);
    let path = async |request: Request| request.path().to_owned();
    assert_eq!(RequestBuilder::new(Method::PUT, "/a?b=c").call(path).await.text(), "/a");
}

#[test]
fn path_that_is_not_a_pattern_is_a_panic_without_a_pattern() {
    for path in ["/a//b", "/:x", "/[x]", "/*"] {
        let text = message(|| drop(RequestBuilder::get(path).call(async || ())));
        assert!(text.contains("invalid pattern"), "{path}: {text}");
    }
}

#[tokio::test]
async fn requests_can_run_at_the_same_time() {
    let client = Client::new(RouteHandlers::new().route("/", get(async || "a")));
    let (first, second) = tokio::join!(client.get("/"), tokio::spawn(client.get("/").into_future()));
    assert_eq!((first.text(), second.unwrap().text()), ("a".to_owned(), "a".to_owned()));
}

#[test]
fn wrong_request_says_how_to_fix_it() {
    let text = message(|| drop(Client::new(RouteHandlers::new()).get("users/0")));
    assert_eq!(text, "`users/0` is neither a path nor a URL: begin it with `/` or `https://`");
    let text = message(|| drop(RequestBuilder::get("/a b")));
    assert!(text.ends_with("percent-encode its path"), "{text}");
    let text = message(|| drop(RequestBuilder::get("/users/7").call(async |Path(id): Path<u32>| id.to_string())));
    assert!(text.contains("the number of parameters is 0: add one, such as `{id}`"), "{text}");
}
