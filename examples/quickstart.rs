//! Two routes in front of an existing axum server.
//!
//! ```text
//! cargo run --example quickstart
//! curl -i localhost:3000/api/hello/Ada                                                      # 200 {"hello":"Ada"}
//! curl -i localhost:3000/api/sum -H 'content-type: application/json' -d '[1,2,3]'           # 200 6.0
//! curl -i -X DELETE localhost:3000/api/sum                                                  # 405, allow: OPTIONS, POST
//! curl -i localhost:3000/                                                                   # 200 the page of the server
//! ```

#[path = "shared/server.rs"]
mod server;

use axum::Router;
use route_handlers::service::RouteHandlersService;
use route_handlers::{Json, Path, RouteHandlers};
use serde_json::json;

/// Returns the routes.
pub fn api() -> RouteHandlers {
    RouteHandlers::new()
        .get("/api/hello/{name}", async |Path(name): Path<String>| Json(json!({ "hello": name })))
        .post("/api/sum", async |Json(numbers): Json<Vec<f64>>| Json::<f64>(numbers.iter().sum()))
}

/// Returns the routes in front of the existing server.
fn app() -> RouteHandlersService<Router> {
    let existing = Router::new().route("/", axum::routing::get(|| async { "the page of the server" }));
    api().over(existing)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    server::serve(server::listener().await?, app(), server::ctrl_c()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use http_body_util::BodyExt;
    use route_handlers::Body;
    use tower::ServiceExt;

    async fn send(request: http::request::Builder, body: &'static str) -> (u16, String) {
        let response = app().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.into()).unwrap())
    }

    #[tokio::test]
    async fn unmatched_request_reaches_the_inner_server() {
        assert_eq!(send(Request::get("/api/hello/Ada"), "").await, (200, r#"{"hello":"Ada"}"#.into()));
        let sum = Request::post("/api/sum").header("content-type", "application/json");
        assert_eq!(send(sum, "[1,2,3]").await, (200, "6.0".into()));
        assert_eq!(send(Request::delete("/api/sum"), "").await.0, 405);
        assert_eq!(send(Request::get("/"), "").await, (200, "the page of the server".into()));
    }
}
