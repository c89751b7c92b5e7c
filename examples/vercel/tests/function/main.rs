//! Runs the program as Vercel does.
#![cfg(unix)]

mod vercel;

use std::convert::Infallible;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use route_handlers::{After, Body, RouteHandlers};
use tokio::process::Command;
use tokio::time::sleep;
use vercel::Function;

async fn app() -> Function {
    Function::start(Command::new(env!("CARGO_BIN_EXE_main"))).await
}

async fn send(function: &mut Function, method: &str, path: &str, body: &'static [u8]) -> (StatusCode, Vec<u8>) {
    let request = Request::builder().method(method).uri(path).header("content-type", "text/plain");
    let (parts, body) = function.send(1, request.body(Full::from(body)).unwrap()).await.into_parts();
    let response = (parts.status, body.collect().await.unwrap().to_bytes().into());
    assert_eq!(function.message().await["type"], "end");
    response
}

#[tokio::test]
async fn app_serves_its_routes() {
    let mut app = app().await;
    let ada = br#"[{"id":1,"name":"Ada"}]"#.to_vec();
    assert_eq!(send(&mut app, "GET", "/api/users", b"").await, (StatusCode::OK, ada));
    assert_eq!(send(&mut app, "GET", "/api/count/3", b"").await, (StatusCode::OK, b"1\n2\n3\n".to_vec()));
    assert_eq!(send(&mut app, "POST", "/api/echo", b"\0\xff").await, (StatusCode::OK, b"\0\xff".to_vec()));
    assert_eq!(send(&mut app, "GET", "/api/nope", b"").await.0, StatusCode::NOT_FOUND);
    assert_eq!(send(&mut app, "GET", "/api/panic", b"").await.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(send(&mut app, "POST", "/api/notes/a/later", b"kept").await.0, StatusCode::ACCEPTED);
    assert_eq!(send(&mut app, "GET", "/api/notes/a", b"").await, (StatusCode::OK, b"kept".to_vec()));
}

#[tokio::test]
async fn unsupported_method_is_405_with_allow() {
    let request = Request::put("/api/users").body(Full::default()).unwrap();
    let response = app().await.send(1, request).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()["allow"], "GET, HEAD, OPTIONS, POST");
}

const A_WHILE: Duration = Duration::from_millis(100);

/// Responds with a slow body, and has slow work for after it.
async fn slow(after: After) -> Body {
    after.run(async { sleep(A_WHILE).await });
    Body::from_stream(stream::iter(["a", "b"]).then(async |piece| {
        sleep(A_WHILE / 2).await;
        Ok::<_, Infallible>(piece)
    }))
}

/// Not a test: the next test starts this function as a child process.
#[tokio::test]
async fn slow_function() {
    if std::env::var_os("VERCEL_IPC_PATH").is_some() {
        vercel_runtime::run(::vercel::adapt(RouteHandlers::new().get("/api/slow", slow))).await.unwrap();
    }
}

#[tokio::test]
async fn invocation_ends_after_the_body_and_the_work() {
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", "slow_function"]);
    let mut function = Function::start(program).await;
    let begin = Instant::now();
    let response = function.send(7, Request::get("/api/slow").body(Full::default()).unwrap()).await;
    let reader = tokio::spawn(response.into_body().collect());
    let end = function.message().await;
    assert_eq!(end["payload"]["context"]["requestId"], 7);
    assert!(begin.elapsed() >= 2 * A_WHILE, "the invocation ended after {:?}", begin.elapsed());
    assert_eq!(reader.await.unwrap().unwrap().to_bytes(), "ab");
}
