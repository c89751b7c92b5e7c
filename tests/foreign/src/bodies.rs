//! Request bodies, sent back as JSON.

use route_handlers::multipart::Multipart;
use route_handlers::{Body, Form, Json, Request, Result, RouteHandlers, post};
use serde_json::{Value, json};

pub(crate) fn api() -> RouteHandlers {
    RouteHandlers::new()
        .post("/json", async |Json(value): Json<Value>| Json(value))
        .query("/query", async |Json(value): Json<Value>| Json(value))
        .post("/text", async |text: String| text)
        .route("/short", post(async |text: String| text).body_limit(1000))
        .post("/form", async |Form(pairs): Form<Vec<(String, String)>>| Json(pairs))
        .post("/upload", upload)
        .post("/echo", async |mut request: Request| request.body_mut().map(std::mem::take::<Body>))
        .post("/refused", async || http::StatusCode::FORBIDDEN) // without reading the body
}

/// Each part: its name, file name, type, size, and its content as text (`U+FFFD` for what is not UTF-8).
async fn upload(mut form: Multipart) -> Result<Json<Vec<Value>>> {
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await? {
        let (name, file_name) = (field.name().to_owned(), field.file_name().map(str::to_owned));
        let content_type = field.content_type().to_owned();
        let content = field.bytes().await?;
        parts.push(json!({
            "name": name,
            "file_name": file_name,
            "content_type": content_type,
            "size": content.len(),
            "text": String::from_utf8_lossy(&content),
        }));
    }
    Ok(Json(parts))
}
