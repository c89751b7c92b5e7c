//! `/api/body`: reads the body of a request as text, bytes, JSON and a stream.

use std::fmt::Write as _;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use route_handlers::{Body, IntoResponse, Json, Request, Response, Result, RouteHandlers, get, post};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::web::{Value, from_latin1, text, utf16_length};

/// `catch (e)`
#[derive(Serialize)]
struct Refused {
    ok: bool,
    error: &'static str,
}

pub fn refused(error: &'static str) -> Response {
    (StatusCode::BAD_REQUEST, Json(Refused { ok: false, error })).into_response()
}

#[derive(Serialize)]
struct Parsed {
    ok: bool,
    r#type: &'static str,
    value: Value,
}

/// `await request.json()`
async fn json(mut request: Request) -> Response {
    match request.json::<Value>().await {
        Ok(value) => Json(Parsed { ok: true, r#type: value.kind(), value }).into_response(),
        Err(_) => refused("SyntaxError"),
    }
}

/// Next hides the body of a GET, and an empty body is not JSON.
async fn no_json() -> Response {
    refused("SyntaxError")
}

#[derive(Serialize)]
struct Explained {
    ok: bool,
    error: &'static str,
    message: String,
}

#[derive(Serialize)]
struct Fine {
    ok: bool,
}

async fn json_message(mut request: Request) -> Response {
    match request.json::<Value>().await {
        Ok(_) => Json(Fine { ok: true }).into_response(),
        Err(error) => {
            let message = error.problem().detail().unwrap_or_default().to_owned();
            (StatusCode::BAD_REQUEST, Json(Explained { ok: false, error: "SyntaxError", message })).into_response()
        }
    }
}

/// `await request.json()` without `catch`
async fn json_raw(mut request: Request) -> Result<Json<Value>> {
    request.json().await.map(Json)
}

#[derive(Serialize)]
struct Stat {
    ok: bool,
    keys: usize,
    len: usize,
}

async fn json_stat(mut request: Request) -> Result<Response> {
    let Ok(value) = request.json::<Value>().await else { return Ok(refused("SyntaxError")) };
    let Some(keys) = value.keys() else { return Ok(refused("TypeError")) };
    let len = utf16_length(&serde_json::to_string(&value)?);
    Ok(Json(Stat { ok: true, keys, len }).into_response())
}

#[derive(Serialize)]
struct Text {
    length: usize,
    points: Vec<u32>,
}

/// `await request.text()`
async fn read_text(mut request: Request) -> Result<Json<Text>> {
    let text = request.text().await?;
    Ok(Json(Text { length: utf16_length(&text), points: text.chars().take(64).map(u32::from).collect() }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NoText {
    length: usize,
    body_is_null: bool,
}

async fn no_text() -> Json<NoText> {
    Json(NoText { length: 0, body_is_null: true })
}

#[derive(Serialize)]
struct Hashed {
    length: usize,
    sha256: String,
}

/// `await request.arrayBuffer()`
async fn bytes(body: Bytes) -> Json<Hashed> {
    Json(Hashed { length: body.len(), sha256: format!("{:x}", Sha256::digest(&body)) })
}

#[derive(Serialize)]
struct Blob {
    size: usize,
    r#type: String,
}

/// `await request.blob()`
async fn blob(headers: HeaderMap, body: Bytes) -> Json<Blob> {
    let content_type = headers.get(CONTENT_TYPE).map(from_latin1).unwrap_or_default();
    Json(Blob { size: body.len(), r#type: blob_type(&content_type).unwrap_or_default() })
}

/// `blob.type`: a media type in lower case, without spaces and unnecessary quotes. An invalid type is `None`.
fn blob_type(content_type: &str) -> Option<String> {
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    let mut parts = content_type.split(';').map(str::trim);
    let (kind, subtype) = parts.next()?.split_once('/')?;
    if !is_token(kind) || !is_token(subtype) {
        return None;
    }
    let mut r#type = format!("{kind}/{subtype}");
    for (name, value) in parts.filter_map(|parameter| parameter.split_once('=')) {
        let bare = value.trim_matches('"');
        write!(r#type, ";{name}={}", if is_token(bare) { bare } else { value }).ok()?;
    }
    Some(r#type.to_ascii_lowercase())
}

#[derive(Serialize)]
struct Cloned {
    a: String,
    b: String,
}

/// `request.clone()`: reads the body once, and clones the text.
async fn clone(mut request: Request) -> Result<Json<Cloned>> {
    let a = request.text().await?;
    Ok(Json(Cloned { b: a.clone(), a }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Twice {
    first: String,
    second: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_used: Option<bool>,
}

async fn twice(mut request: Request) -> Result<Json<Twice>> {
    let first = request.text().await?;
    Ok(Json(match request.text().await {
        Ok(_) => Twice { first, second: "ok", body_used: None },
        Err(_) => Twice { first, second: "TypeError", body_used: Some(true) },
    }))
}

#[derive(Serialize)]
struct Streamed {
    bytes: usize,
}

/// `for await (const chunk of request.body)`
async fn stream(body: Body) -> Result<Json<Streamed>> {
    let chunks = body.into_data_stream().map(|chunk| chunk.map_err(std::io::Error::other));
    let bytes = chunks.try_fold(0, async |sum, chunk| Ok(sum + chunk.len())).await?;
    Ok(Json(Streamed { bytes }))
}

pub fn routes() -> RouteHandlers {
    RouteHandlers::new()
        .route("/api/body/blob", post(blob))
        .route("/api/body/bytes", post(bytes))
        .route("/api/body/clone", post(clone))
        .route("/api/body/ignore", post(async || text("ignored")))
        .route("/api/body/json", get(no_json).post(json).put(json).patch(json).delete(json).options(json))
        .route("/api/body/json-message", post(json_message))
        .route("/api/body/json-raw", post(json_raw))
        .route("/api/body/json-stat", post(json_stat))
        .route("/api/body/stream", post(stream))
        .route("/api/body/text", get(no_text).post(read_text).delete(read_text))
        .route("/api/body/twice", post(twice))
}
