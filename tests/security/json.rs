//! JSON of unlimited depth, and data after the document.

use http::Request;
use http::header::CONTENT_TYPE;
use route_handlers::{Body, Json, RouteHandlers};
use serde::Deserialize;
use serde_json::Value;

use crate::send;

// serde_json #162 (stack overflow in deep documents), axum #3453 (data after the document).
#[tokio::test]
async fn json_that_is_too_deep_or_has_trailing_data_is_400() {
    #[derive(Deserialize)]
    struct User {
        id: u32,
    }
    let api = RouteHandlers::new()
        .post("/any", async |Json(any): Json<Value>| any.to_string())
        .post("/user", async |Json(user): Json<User>| user.id.to_string());
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for (path, body, status) in [
        ("/any", nested(100), 200),
        ("/any", nested(200), 400),
        ("/any", nested(100_000), 400),
        ("/any", "{} x".into(), 400),
        ("/any", "{}{}".into(), 400),
        ("/any", "{}  \n".into(), 200),
        ("/any", "{".into(), 400),
        ("/user", r#"{"id":7}"#.into(), 200),
        ("/user", r#"{"id":7,"id":8}"#.into(), 422),
    ] {
        let request = Request::post(path).header(CONTENT_TYPE, "application/json").body(Body::from(body.clone()));
        let response = send(api.clone(), request.unwrap()).await;
        assert_eq!(response.status, status, "{path} {}", &body[..body.len().min(20)]);
    }
    let twice = Request::post("/any").header(CONTENT_TYPE, "application/json").body(r#"{"id":7,"id":8}"#.into());
    assert_eq!(send(api, twice.unwrap()).await.body, r#"{"id":8}"#, "in a map, the last value wins");
}

// The same issue: serde_json limits the depth, and this crate must not disable that limit.
#[test]
fn depth_limit_of_json_is_never_disabled() {
    let sources = crate::sources();
    assert!(sources.len() > 50, "{}", sources.len());
    for (path, text) in sources {
        assert!(!text.contains("disable_recursion_limit"), "{path}");
    }
}
