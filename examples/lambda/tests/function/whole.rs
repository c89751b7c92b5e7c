//! Buffered responses through each trigger, compared with the app on hyper.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, LOCATION, SET_COOKIE, TRANSFER_ENCODING};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use route_handlers::{Json, Path, Query, RouteHandlers};
use tower::ServiceExt;

use crate::on_hyper::Client;
use crate::runtime_api::Function;
use crate::triggers::{STAGE, Trigger};

async fn function() -> Function {
    Function::start(env!("CARGO_BIN_EXE_lambda"), &[("STAGE", STAGE)]).await
}

async fn send(function: &mut Function, trigger: Trigger, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let posted = function.invoke(trigger.event(request)).await;
    assert_eq!(posted.what, "response", "{trigger:?}: {request:?}");
    trigger.response(&serde_json::from_slice(&posted.rest().await).unwrap())
}

fn request(method: &str, path: &str) -> Request<Vec<u8>> {
    Request::builder().method(method).uri(path).body(Vec::new()).unwrap()
}

fn with_body(method: &str, path: &str, content_type: &str, body: &[u8]) -> Request<Vec<u8>> {
    Request::builder().method(method).uri(path).header(CONTENT_TYPE, content_type).body(body.to_vec()).unwrap()
}

/// The requests to both, in this order.
fn requests() -> Vec<Request<Vec<u8>>> {
    vec![
        request("GET", "/api/users"),
        request("HEAD", "/api/users"),
        with_body("POST", "/api/users", "application/json", br#"{"name":"Bo"}"#),
        with_body("POST", "/api/users", "application/json", br#"{"name":7}"#),
        with_body("POST", "/api/users", "application/json", b"{"),
        with_body("POST", "/api/users", "text/plain", b"Bo"),
        request("GET", "/api/users/2"),
        request("GET", "/api/users/2?a=b%26c+d&a=%C3%A9"),
        request("GET", "/%61pi/users/2"),
        request("DELETE", "/api/users/2"),
        request("GET", "/api/users/2"),
        request("GET", "/api/users/two"),
        request("PUT", "/api/users"),
        request("PURGE", "/api/users/1"),
        request("OPTIONS", "/api/users"),
        request("GET", "/api/user"),
        request("GET", "/about"),
        with_body("PUT", "/api/notes/caf%C3%A9", "text/plain;charset=utf-8", "crème".as_bytes()),
        request("GET", "/api/notes/caf%C3%A9"),
        request("GET", "/api/users/100%25"),
        request("GET", "/api/users/%2541"),
        request("GET", "/api/users/2%3Fadmin=true"),
        request("GET", "/api/users/2%23?a=1&b=2"),
        with_body("PUT", "/api/notes/A", "text/plain", b"wrong note"),
        request("GET", "/api/notes/%2541"),
        with_body("PUT", "/api/notes/%3F%23%25%20%22%5C%7C%5E+;=@?a=%26&b", "text/plain", b"kept"),
        request("GET", "/api/notes/%3F%23%25%20%22%5C%7C%5E%2B%3B%3D%40"),
        request("GET", "/api/notes/%253F%2523"),
        with_body("POST", "/api/echo", "application/octet-stream", &[0, 159, 146, 150, 255]),
        with_body("POST", "/api/echo", "text/plain;charset=iso-8859-1", b"caf\xe9"),
        with_body("POST", "/api/echo", "text/plain;charset=utf-8", "\u{feff}a mark".as_bytes()),
        request("GET", "/api/count/3"),
        request("GET", "/api/ticks"),
        request("GET", "/api/panic"),
        request("POST", "/api/preferences"),
        Request::get("/api/preferences").header("cookie", "language=en; theme=dark").body(Vec::new()).unwrap(),
        request("DELETE", "/api/preferences"),
    ]
}

/// Formats a response without the headers that hosts write themselves.
fn normalized(mut response: Response<Vec<u8>>) -> String {
    for header in [CONTENT_LENGTH, DATE, TRANSFER_ENCODING] {
        response.headers_mut().remove(header);
    }
    let mut headers: Vec<_> = response.headers().iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.sort();
    format!("{} {headers:#?} {:?}", response.status(), String::from_utf8_lossy(response.body()))
}

#[tokio::test]
async fn every_trigger_responds_as_hyper_does() {
    for trigger in Trigger::ALL {
        let (mut hyper, mut lambda) = (Client::of(edge_app::api()).await, function().await);
        for request in requests() {
            let (expected, got) = (hyper.send(&request).await, send(&mut lambda, trigger, &request).await);
            assert_eq!(normalized(got), normalized(expected), "{trigger:?}: {} {}", request.method(), request.uri());
        }
    }
}

#[tokio::test]
async fn unsupported_method_is_405_with_allow() {
    let mut lambda = function().await;
    for trigger in Trigger::ALL {
        let response = send(&mut lambda, trigger, &request("PUT", "/api/users")).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()["allow"], "GET, HEAD, OPTIONS, POST");
    }
}

#[tokio::test]
async fn each_cookie_arrives_separately() {
    let mut lambda = function().await;
    for trigger in Trigger::ALL {
        let response = send(&mut lambda, trigger, &request("POST", "/api/preferences")).await;
        let cookies: Vec<_> = response.headers().get_all(SET_COOKIE).iter().collect();
        assert_eq!(cookies, ["language=en; Path=/; HttpOnly", "theme=dark; Path=/"], "{trigger:?}");
    }
}

#[tokio::test]
async fn bytes_arrive_unchanged() {
    let bytes: Vec<u8> = (0..=255).collect();
    let mut lambda = function().await;
    for trigger in Trigger::ALL {
        for content_type in ["image/png", "text/plain", "application/json"] {
            let response = send(&mut lambda, trigger, &with_body("POST", "/api/echo", content_type, &bytes)).await;
            assert_eq!(response.body(), &bytes, "{trigger:?} {content_type}");
        }
    }
}

#[tokio::test]
async fn work_of_after_is_done_before_the_response() {
    let mut lambda = function().await;
    for trigger in Trigger::ALL {
        let path = format!("/api/notes/{trigger:?}");
        let later = with_body("POST", &format!("{path}/later"), "text/plain", b"kept");
        assert_eq!(send(&mut lambda, trigger, &later).await.status(), StatusCode::ACCEPTED);
        assert_eq!(send(&mut lambda, trigger, &request("GET", &path)).await.body(), b"kept");
    }
}

#[tokio::test]
async fn panic_affects_only_its_own_response() {
    let mut lambda = function().await;
    for trigger in Trigger::ALL {
        let response = send(&mut lambda, trigger, &request("GET", "/api/panic")).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(send(&mut lambda, trigger, &request("GET", "/api/users")).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn table_without_an_adapter_is_a_function() {
    let mut lambda = Function::start(env!("CARGO_BIN_EXE_plain"), &[]).await;
    for trigger in [Trigger::Alb, Trigger::FunctionUrl] {
        let created =
            send(&mut lambda, trigger, &with_body("POST", "/api/users", "application/json", br#"{"name":"Bo"}"#)).await;
        assert_eq!((created.status(), created.headers().contains_key(LOCATION)), (StatusCode::CREATED, true));
        let bytes = with_body("POST", "/api/echo", "application/octet-stream", &[0, 255]);
        assert_eq!(send(&mut lambda, trigger, &bytes).await.body(), &[0, 255]);
        assert_eq!(
            send(&mut lambda, trigger, &request("PUT", "/api/users")).await.headers()["allow"],
            "GET, HEAD, OPTIONS, POST"
        );
    }
}

#[tokio::test]
async fn query_arrives_unchanged() {
    let query = async |Query(pairs): Query<Vec<(String, String)>>| Json(pairs);
    let api = lambda::with_stage(RouteHandlers::new().get("/query", query), Some(STAGE));
    for trigger in Trigger::ALL {
        let event = trigger.event(&request("GET", "/query?a=b%26c+d&e=%C3%A9&a=%25")).to_string();
        let Ok(response) = api.clone().oneshot(lambda_http::request::from_str(&event).unwrap()).await;
        let mut pairs: Vec<[String; 2]> =
            serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
        pairs.sort(); // a REST API and a load balancer send a map
        assert_eq!(pairs, [["a", "%"], ["a", "b&c d"], ["e", "é"]], "{trigger:?}");
    }
}

/// The decoded path of an HTTP API may contain a `?` or a `#`.
#[tokio::test]
async fn path_and_query_arrive_unchanged() {
    let seen = async |Path(key): Path<String>, Query(pairs): Query<Vec<(String, String)>>| {
        let mut pairs = pairs;
        pairs.sort();
        format!("{key} {pairs:?}")
    };
    let api = lambda::with_stage(RouteHandlers::new().get("/seen/{key}", seen), Some(STAGE));
    for trigger in Trigger::ALL {
        for (target, expected) in [
            ("/seen/100%25", "100% []"),
            ("/seen/%2541", "%41 []"),
            ("/seen/me%3Fadmin=true", "me?admin=true []"),
            ("/seen/me%3Fadmin=true?b=%26+1&a=%C3%A9", "me?admin=true [(\"a\", \"é\"), (\"b\", \"& 1\")]"),
            ("/seen/a%23b?c=%23", "a#b [(\"c\", \"#\")]"),
            ("/seen/a%23b", "a#b []"),
            ("/seen/a%20b%C3%A9%5C%22%60?c", "a bé\\\"` [(\"c\", \"\")]"),
        ] {
            let event = trigger.event(&request("GET", target)).to_string();
            let event = lambda_http::request::from_str(&event).unwrap();
            let mut response = lambda::streamed(api.clone()).oneshot(event).await.unwrap();
            let text = response.body_mut().collect().await.unwrap().to_bytes();
            assert_eq!(String::from_utf8_lossy(&text), expected, "{trigger:?}: {target}");
        }
    }
}

#[tokio::test]
async fn stage_may_be_empty_or_have_slashes() {
    for (stage, path, status) in [
        ("", "/api/users", 200),
        ("/", "/api/users", 200),
        ("$default", "/api/users", 200),
        ("/prod", "/prod/api/users", 200),
        ("prod/", "/prod/api/users", 200),
        ("prod", "/api/users", 200),
    ] {
        let mut lambda = Function::start(env!("CARGO_BIN_EXE_lambda"), &[("STAGE", stage)]).await;
        let response = send(&mut lambda, Trigger::FunctionUrl, &request("GET", path)).await;
        assert_eq!(response.status(), status, "{stage:?}");
    }
}
