//! Streamed responses through a function URL.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use http::{HeaderMap, Request};
use route_handlers::{After, Body, RouteHandlers};
use serde_json::Value;
use tokio::time::sleep;

use crate::runtime_api::{Function, Posted};
use crate::triggers::{self, Trigger};

async fn function() -> Function {
    Function::start(env!("CARGO_BIN_EXE_streamed"), &[]).await
}

async fn send(function: &mut Function, method: &str, path: &str, body: &[u8]) -> Posted {
    let request = Request::builder().method(method).uri(path).header("content-type", "text/plain");
    function.invoke(Trigger::FunctionUrl.event(&request.body(body.to_vec()).unwrap())).await
}

/// Splits the head, which is JSON, from the content at the eight zeros between them.
async fn split(posted: Posted) -> (Value, Vec<u8>) {
    assert_eq!(posted.what, "response");
    assert_eq!(posted.headers["lambda-runtime-function-response-mode"], "streaming");
    assert_eq!(posted.headers["content-type"], "application/vnd.awslambda.http-integration-response");
    let all = posted.rest().await;
    let end = all.windows(8).position(|eight| eight == [0; 8]).expect("eight zeros after the head");
    (serde_json::from_slice(&all[..end]).unwrap(), all[end + 8..].to_vec())
}

fn headers(head: &Value) -> HeaderMap {
    triggers::headers(&head["headers"])
}

#[tokio::test]
async fn response_is_sent_piece_by_piece() {
    let mut lambda = function().await;
    let mut posted = send(&mut lambda, "GET", "/api/count/3", b"").await;
    let mut pieces = Vec::new();
    while let Some(piece) = posted.piece().await {
        pieces.push(piece);
    }
    let pieces: Vec<_> = pieces.iter().skip(1).filter(|piece| piece[..] != [0; 8]).collect();
    assert_eq!(pieces, ["1\n", "2\n", "3\n"]);
}

#[tokio::test]
async fn head_is_sent_before_the_content() {
    let mut lambda = function().await;
    let (head, content) = split(send(&mut lambda, "GET", "/api/ticks", b"").await).await;
    assert_eq!(head["statusCode"], 200);
    assert_eq!(headers(&head)["content-type"], "text/event-stream");
    assert!(content.starts_with(b"event: tick\n"), "{content:?}");

    let (head, content) = split(send(&mut lambda, "PUT", "/api/users", b"").await).await;
    assert_eq!(head["statusCode"], 405);
    assert_eq!(headers(&head)["allow"], "GET, HEAD, OPTIONS, POST");
    assert_eq!(serde_json::from_slice::<Value>(&content).unwrap()["status"], 405);

    let (head, content) = split(send(&mut lambda, "HEAD", "/api/users", b"").await).await;
    assert_eq!((head["statusCode"].as_u64(), content.len()), (Some(200), 0));
}

#[tokio::test]
async fn cookies_are_in_a_separate_list() {
    let mut lambda = function().await;
    let (head, _) = split(send(&mut lambda, "POST", "/api/preferences", b"").await).await;
    assert_eq!(head["cookies"], serde_json::json!(["language=en; Path=/; HttpOnly", "theme=dark; Path=/"]));
    assert!(!headers(&head).contains_key("set-cookie"));
}

#[tokio::test]
async fn bytes_arrive_unchanged() {
    let bytes: Vec<u8> = (0..=255).collect();
    let mut lambda = function().await;
    assert_eq!(split(send(&mut lambda, "POST", "/api/echo", &bytes).await).await.1, bytes);
}

#[tokio::test]
async fn work_of_after_is_done_before_the_end_of_the_response() {
    let mut lambda = function().await;
    let (head, _) = split(send(&mut lambda, "POST", "/api/notes/a/later", b"kept").await).await;
    assert_eq!(head["statusCode"], 202);
    assert_eq!(split(send(&mut lambda, "GET", "/api/notes/a", b"").await).await.1, b"kept");
}

/// A route with an endless response and slow work, and a route that shows whether the work is done.
fn slow() -> RouteHandlers {
    let done = Arc::new(AtomicBool::new(false));
    let seen = done.clone();
    let endless = move |after: After| {
        let done = done.clone();
        after.run(async move {
            sleep(Duration::from_millis(300)).await;
            done.store(true, Ordering::Relaxed);
        });
        let ticks = stream::repeat("tick\n").then(async |tick| {
            sleep(Duration::from_millis(10)).await;
            Ok::<_, Infallible>(tick)
        });
        std::future::ready(Body::from_stream(ticks))
    };
    let is_done = move || std::future::ready(seen.load(Ordering::Relaxed).to_string());
    RouteHandlers::new().get("/endless", endless).get("/done", is_done)
}

/// Not a test: the next test starts this function as a child process.
#[tokio::test]
async fn slow_function() {
    if std::env::var_os("FUNCTION").is_some() {
        lambda::run_streamed(slow()).await.unwrap();
    }
}

#[tokio::test]
async fn work_of_a_dropped_response_is_done_before_the_next_invocation() {
    let mut lambda = Function::start_test("streamed::slow_function").await;
    let mut posted = send(&mut lambda, "GET", "/endless", b"").await;
    for _ in 0..4 {
        posted.piece().await.unwrap();
    }
    drop(posted);
    assert_eq!(split(send(&mut lambda, "GET", "/done", b"").await).await.1, b"true");
}
