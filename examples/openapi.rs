//! Documented routes of every kind, their OpenAPI document, and a page about the API.
//!
//! ```text
//! cargo run --example openapi --features serve,openapi       # then open http://localhost:3000/docs
//! curl localhost:3000/openapi.json                           # 200 the document
//! curl localhost:3000/colors/red                             # 200 {"name":"red","rgb":16711680}
//! ```

#[path = "shared/port.rs"]
mod port;

use bytes::Bytes;
use http::StatusCode;
use route_handlers::hosts::hyper::{serve, shutdown_signal};
use route_handlers::openapi::{DocumentResponse, Info, OperationBuilder};
use route_handlers::{
    Created, Error, Form, Html, IntoResponse, Json, NoContent, Path, Query, Redirect, Response, RouteHandlers,
    documented, get,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Name {
    Red,
    Green,
}

#[derive(Serialize, JsonSchema)]
struct Color {
    name: Name,
    rgb: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)] // serde leaves out the note and never writes null
    note: Option<String>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum Shape {
    Circle { radius: u16 },
    Square { side: u16 },
}

#[derive(Deserialize, JsonSchema)]
struct Cell {
    column: u8,
    row: u8,
}

#[derive(Deserialize, JsonSchema)]
struct Sum {
    #[serde(default)]
    n: Vec<i32>,
    negative: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "the example shows its schema")]
struct SignIn {
    name: String,
    remember: Option<bool>,
}

/// An error type that documents its status.
struct Permanent;

impl IntoResponse for Permanent {
    fn into_response(self) -> Response {
        Error::new(StatusCode::CONFLICT).with_detail("a color does not fade").into_response()
    }
}

impl DocumentResponse for Permanent {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.problem(StatusCode::CONFLICT);
    }
}

async fn color(Path(name): Path<Name>) -> Json<Color> {
    let rgb = if matches!(name, Name::Red) { 0xFF_00_00 } else { 0x00_FF_00 };
    Json(Color { name, rgb, note: None })
}

async fn fade(_: Path<Name>) -> Result<NoContent, Permanent> {
    Err(Permanent)
}

async fn area(Json(shape): Json<Shape>) -> Json<u64> {
    Json(match shape {
        Shape::Circle { radius } => u64::from(radius) * u64::from(radius) * 3,
        Shape::Square { side } => u64::from(side) * u64::from(side),
    })
}

async fn sum(Query(sum): Query<Sum>) -> Json<i64> {
    let total: i64 = sum.n.iter().map(|number| i64::from(*number)).sum();
    Json(if sum.negative == Some(true) { -total } else { total })
}

async fn cell(Path(cell): Path<Cell>) -> String {
    format!("{}:{}", cell.column, cell.row)
}

async fn sign_in(Form(form): Form<SignIn>) -> Created<usize> {
    Created(form.name.len())
}

async fn length(body: Bytes) -> Json<usize> {
    Json(body.len())
}

async fn shout(text: String) -> String {
    text.to_uppercase()
}

async fn file(Path(path): Path<Vec<String>>) -> Json<Vec<String>> {
    Json(path)
}

async fn page() -> Html<&'static str> {
    Html("<h1>colors</h1>")
}

async fn old() -> Redirect {
    Redirect::permanent("/page")
}

fn app() -> RouteHandlers {
    RouteHandlers::new()
        .with_info(Info::new("Colors and shapes", "1.0.0"))
        .route("/colors/{name}", get(documented(color)).delete(documented(fade)).etag())
        .post("/area", documented(area).summary("Computes the area of a shape, roughly"))
        .get("/sum", documented(sum))
        .get("/cells/c{column}/r{row}.txt", documented(cell))
        .post("/sign-in", documented(sign_in))
        .post("/length", documented(length))
        .post("/shout", documented(shout))
        .get("/files/{*path}", documented(file))
        .get("/page", documented(page))
        .get("/old", documented(old).deprecated())
        .serve_openapi("/openapi.json")
        .serve_docs("/docs")
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    serve(port::listen().await?, app()).with_graceful_shutdown(shutdown_signal()).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use route_handlers::testing::Client;

    use super::app;

    #[tokio::test]
    async fn each_route_responds_and_is_in_the_document() {
        let client = Client::new(app());
        assert_eq!(client.get("/colors/red").await.text(), r#"{"name":"red","rgb":16711680}"#);
        assert_eq!(client.get("/sum?n=1&n=2&negative=true").await.text(), "-3");
        assert_eq!(client.get("/cells/c1/r2.txt").await.text(), "1:2");
        client.get("/colors/blue").await.assert_status(400);
        let document: serde_json::Value = client.get("/openapi.json").await.json();
        assert_eq!(document["paths"].as_object().unwrap().len(), 10);
    }
}
