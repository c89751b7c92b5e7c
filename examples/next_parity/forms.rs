//! `/api/body/{form,form-raw}`: `await request.formData()` of both media types.

use http::StatusCode;
use route_handlers::multipart::Multipart;
use route_handlers::{IntoResponse, Json, Request, Response, Result, RouteHandlers};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::bodies::refused;

#[derive(Serialize)]
struct Form {
    ok: bool,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    #[serde(flatten)]
    value: Value,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Value {
    String { value: String },
    File { filename: String, r#type: String, size: usize, sha256: String },
}

/// `[...await request.formData()]`
async fn form_data(request: &mut Request) -> Result<Vec<Entry>> {
    match request.multipart() {
        Ok(form) => fields(form).await,
        Err(error) if error.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            let pairs: Vec<(String, String)> = request.form().await?;
            Ok(pairs.into_iter().map(|(name, value)| Entry { name, value: Value::String { value } }).collect())
        }
        Err(error) => Err(error),
    }
}

async fn fields(mut form: Multipart) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    while let Some(field) = form.next_field().await? {
        let name = field.name().to_owned();
        let file = field.file_name().map(|filename| (filename.to_owned(), field.content_type().to_ascii_lowercase()));
        let bytes = field.bytes().await?;
        let value = match file {
            None => Value::String { value: String::from_utf8_lossy(&bytes).into_owned() },
            Some((filename, r#type)) => {
                Value::File { filename, r#type, size: bytes.len(), sha256: format!("{:x}", Sha256::digest(&bytes)) }
            }
        };
        entries.push(Entry { name, value });
    }
    Ok(entries)
}

async fn form(mut request: Request) -> Response {
    match form_data(&mut request).await {
        Ok(entries) => Json(Form { ok: true, entries }).into_response(),
        Err(_) => refused("TypeError"),
    }
}

/// `await request.formData()` without `catch`
async fn names(mut request: Request) -> Result<Json<Vec<String>>> {
    let entries = form_data(&mut request).await?;
    Ok(Json(entries.into_iter().map(|entry| entry.name).collect()))
}

pub fn routes() -> RouteHandlers {
    RouteHandlers::new().post("/api/body/form", form).post("/api/body/form-raw", names)
}
