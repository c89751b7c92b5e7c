//! Two routes in front of an existing axum server.
//!
//! ```text
//! cargo run --example quickstart
//! curl -i localhost:3000/api/hello/Ada                                                      # 200 {"hello":"Ada"}
//! curl -i localhost:3000/api/sum -H 'content-type: application/json' -d '[1,2,3]'           # 200 6.0
//! curl -i -X DELETE localhost:3000/api/sum                                                  # 405, allow: OPTIONS, POST
//! curl -i localhost:3000/                                                                   # 200 the page of the server
//! ```

use axum::Router;
use route_handlers::{Json, Path, RouteHandlers};
use serde_json::json;
use tokio::net::TcpListener;

/// Returns the routes.
pub fn api() -> RouteHandlers {
    RouteHandlers::new()
        .get("/api/hello/{name}", async |Path(name): Path<String>| Json(json!({ "hello": name })))
        .post("/api/sum", async |Json(numbers): Json<Vec<f64>>| Json::<f64>(numbers.iter().sum()))
}

/// Returns the existing server. The table is in front of its routes.
fn app() -> Router {
    let existing = Router::new().route("/", axum::routing::get(|| async { "the page of the server" }));
    existing.layer(api())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app()).await
}

#[cfg(test)]
mod tests {
    use route_handlers::testing::Client;

    use super::app;

    #[tokio::test]
    async fn unmatched_request_reaches_the_existing_server() {
        let client = Client::new(app());
        assert_eq!(client.get("/api/hello/Ada").await.text(), r#"{"hello":"Ada"}"#);
        assert_eq!(client.post("/api/sum").json(&[1, 2, 3]).await.text(), "6.0");
        client.delete("/api/sum").await.assert_status(405);
        assert_eq!(client.get("/").await.text(), "the page of the server");
    }
}
