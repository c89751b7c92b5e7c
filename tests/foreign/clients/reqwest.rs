//! The client reqwest, over HTTP/1.1 and HTTP/2. After each case no request runs on the server.

use std::time::Duration;

use futures_util::{StreamExt, future, stream};
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Body, Client, Method, Response};
use serde_json::{Value, json};
use tokio::time::sleep;

/// A client, and the server's URL.
struct Case {
    client: Client,
    url: String,
}

impl Case {
    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers()[name].to_str().unwrap()
}

async fn get(case: Case) {
    let response = case.get("/text").await;
    assert_eq!((response.status().as_u16(), response.content_length()), (200, Some(5)));
    assert_eq!(response.text().await.unwrap(), "hello");
}

async fn head(case: Case) {
    let response = case.request(Method::HEAD, "/text").send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "content-length")), (200, "5"));
    assert_eq!(response.text().await.unwrap(), "");
}

async fn json(case: Case) {
    let value = json!({ "ü": [1, null, "日本"] });
    let response = case.request(Method::POST, "/json").json(&value).send().await.unwrap();
    assert_eq!(response.json::<Value>().await.unwrap(), value);
}

async fn form(case: Case) {
    let pairs = [("a", "1"), ("ü", "zwei & drei = +5%")];
    let response = case.request(Method::POST, "/form").form(&pairs).send().await.unwrap();
    assert_eq!(response.json::<Value>().await.unwrap(), json!(pairs));
}

async fn upload(case: Case) {
    let large = "x".repeat(1_000_000);
    let file = |content: &str, name: &str| Part::text(content.to_owned()).file_name(name.to_owned());
    let form = Form::new()
        .text("titel", "Größe")
        .part("mein feld", file("Inhalt ü", "grüße – 日本.txt"))
        .part("quotes", file("1", "a \"b\".txt"))
        .part("large", file(&large, "large"));
    let response = case.request(Method::POST, "/upload").multipart(form).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let parts: Vec<Value> = response.json().await.unwrap();
    let found: Vec<_> = parts.iter().map(|part| json!([part["name"], part["text"], part["file_name"]])).collect();
    let expected = [
        json!(["titel", "Größe", null]),
        json!(["mein feld", "Inhalt ü", "grüße – 日本.txt"]),
        json!(["quotes", "1", "a \"b\".txt"]),
        json!(["large", large, "large"]),
    ];
    assert_eq!(found, expected);
}

async fn cookies(case: Case) {
    case.get("/cookies/set").await;
    let kept = json!([["hidden", "3"], ["plain", "1"], ["spaced", "two words; and, \"more\" ü"]]);
    assert_eq!(case.get("/cookies").await.json::<Value>().await.unwrap(), kept);
    case.get("/cookies/delete").await;
    assert_eq!(case.get("/cookies").await.json::<Value>().await.unwrap(), json!([["hidden", "3"]]));
}

async fn redirects(case: Case) {
    assert_eq!(case.get("/redirect/302").await.text().await.unwrap(), "hello");
    for (status, expected) in [(303, "hello"), (307, "[1]"), (308, "[1]")] {
        let response = case.request(Method::POST, &format!("/redirect/{status}")).json(&[1]).send().await.unwrap();
        assert_eq!(response.text().await.unwrap(), expected);
    }
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let response = client.get(format!("{}/redirect/308", case.url)).send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "location")), (308, "/json"));
}

async fn problems(case: Case) {
    let long = case.request(Method::POST, "/short").header("content-type", "text/plain").body("x".repeat(2000));
    let no_json = case.request(Method::POST, "/json").header("content-type", "application/json").body("[");
    let requests = [
        (case.request(Method::GET, "/nowhere"), 404),
        (case.request(Method::DELETE, "/etag"), 405),
        (no_json, 400),
        (long, 413),
        (case.request(Method::GET, "/panic"), 500),
    ];
    for (request, status) in requests {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(header(&response, "content-type"), "application/problem+json");
        assert_eq!(header(&response, "cache-control"), "no-store");
        assert_eq!(response.json::<Value>().await.unwrap()["status"], status);
    }
}

async fn revalidation(case: Case) {
    let first = case.get("/etag").await;
    let etag = header(&first, "etag");
    let again = case.request(Method::GET, "/etag").header("if-none-match", etag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), header(&again, "etag")), (304, etag));
    assert_eq!(again.text().await.unwrap(), "");
}

async fn compression(case: Case) {
    let text = case.get("/etag").await.text().await.unwrap();
    assert_eq!(case.get("/compressed").await.text().await.unwrap(), text); // sends Accept-Encoding, and decodes
}

async fn streams(case: Case) {
    let expected: String = (1..=2000).map(|n| format!("{n}\n")).collect();
    assert_eq!(case.get("/stream/2000").await.text().await.unwrap(), expected);
}

async fn events(case: Case) {
    let response = case.request(Method::GET, "/events").header("last-event-id", "3").send().await.unwrap();
    assert_eq!(header(&response, "content-type"), "text/event-stream");
    assert_eq!(response.text().await.unwrap().matches("\nid: ").count(), 3);
}

async fn server_stream_fails(case: Case) {
    case.get("/broken").await.text().await.unwrap_err();
}

async fn client_fails_in_mid_request(case: Case) {
    let body = stream::iter([Ok("a part"), Err(std::io::Error::other("the client goes away"))]);
    let request = case.request(Method::POST, "/text").header("content-type", "text/plain");
    request.body(Body::wrap_stream(body)).send().await.unwrap_err();
}

async fn client_goes_away_in_mid_request(case: Case) {
    let body = stream::iter([Ok::<_, std::io::Error>("a part")]).chain(stream::once(future::pending()));
    let request = case.request(Method::POST, "/text").header("content-type", "text/plain");
    request.body(Body::wrap_stream(body)).timeout(Duration::from_millis(300)).send().await.unwrap_err();
}

async fn client_goes_away_while_the_handler_waits(case: Case) {
    case.request(Method::GET, "/slow/60000").timeout(Duration::from_millis(300)).send().await.unwrap_err();
}

async fn client_goes_away_in_mid_response(case: Case) {
    let mut response = case.get("/endless").await;
    assert_eq!(response.chunk().await.unwrap().unwrap(), "1\n");
}

async fn keep_alive(case: Case) {
    let first = case.get("/peer").await.text().await.unwrap();
    for _ in 0..5 {
        assert_eq!(case.get("/peer").await.text().await.unwrap(), first);
    }
}

/// Waits until no request runs but the one that asks.
async fn idle(url: &str) {
    for _ in 0..100 {
        let running: Value = reqwest::get(format!("{url}/running")).await.unwrap().json().await.unwrap();
        if running["requests"] == 1 {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("a request still runs");
}

async fn check<F>(name: &str, run: impl Fn(Case) -> F, url: &str)
where
    F: Future<Output = ()> + Send + 'static,
{
    let client = || Client::builder().cookie_store(true);
    for (protocol, client) in [("HTTP/1.1", client().http1_only()), ("HTTP/2", client().http2_prior_knowledge())] {
        let case = run(Case { client: client.build().unwrap(), url: url.to_owned() });
        let url = url.to_owned();
        let checked = tokio::spawn(async move {
            case.await;
            idle(&url).await;
        });
        match checked.await {
            Ok(()) => println!("ok\t{protocol}: {name}"),
            Err(error) => println!("differs\t{protocol}: {name}\t{error}"),
        }
    }
}

#[tokio::main]
async fn main() {
    let url = &std::env::args().nth(1).expect("the server's URL");
    check("GET", get, url).await;
    check("HEAD", head, url).await;
    check("JSON", json, url).await;
    check("form", form, url).await;
    check("upload", upload, url).await;
    check("cookies", cookies, url).await;
    check("redirects", redirects, url).await;
    check("problems", problems, url).await;
    check("revalidation", revalidation, url).await;
    check("compression", compression, url).await;
    check("streams", streams, url).await;
    check("events", events, url).await;
    check("the server's stream fails", server_stream_fails, url).await;
    check("the client fails in mid-request", client_fails_in_mid_request, url).await;
    check("the client goes away in mid-request", client_goes_away_in_mid_request, url).await;
    check("the client goes away while the handler waits", client_goes_away_while_the_handler_waits, url).await;
    check("the client goes away in mid-response", client_goes_away_in_mid_response, url).await;
    check("keep-alive", keep_alive, url).await;
}
