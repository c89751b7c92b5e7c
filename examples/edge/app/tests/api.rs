//! The routes without a host.

use http::{Request, StatusCode};
use http_body_util::BodyExt;
use route_handlers::Body;
use tower::ServiceExt;

async fn send(request: http::request::Builder, body: &'static str) -> (StatusCode, String) {
    let Ok(response) = edge_app::api().oneshot(request.body(Body::from(body)).unwrap()).await;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn each_route_responds() {
    let is = |status, text: &str| (StatusCode::from_u16(status).unwrap(), text.to_owned());
    assert_eq!(send(Request::get("/api/users"), "").await, is(200, r#"[{"id":1,"name":"Ada"}]"#));
    assert_eq!(send(Request::delete("/api/users/1"), "").await, is(204, ""));
    assert_eq!(send(Request::get("/api/count/3"), "").await, is(200, "1\n2\n3\n"));
    assert_eq!(send(Request::post("/api/echo"), "hello").await, is(200, "hello"));
    assert_eq!(send(Request::put("/api/notes/a"), "a note").await, is(204, ""));
    assert_eq!(send(Request::get("/api/notes/a"), "").await.0, 404); // each call of `api` has a new memory
    assert_eq!(send(Request::get("/api/panic"), "").await.0, 500);

    let ticks = send(Request::get("/api/ticks").header("last-event-id", "41"), "").await.1;
    assert!(ticks.contains("id: 42\n") && ticks.contains("id: 44\n"), "{ticks}");
}
