//! axum.

use axum::body::Body;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use peers::work::{HELLO, User};

use super::gibibyte;

pub fn router() -> Router {
    Router::new()
        .route("/api/hello", get(hello))
        .route("/users/{id}", get(async |Path(id): Path<String>| id))
        .route("/users", post(async |Json(user): Json<User>| (StatusCode::CREATED, Json(user))))
        .route("/stream", get(async || Body::from_stream(gibibyte())))
        .route("/echo", post(async |body: Body| body))
}

async fn hello() -> Response {
    let mut response = Response::new(Body::from(HELLO));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
