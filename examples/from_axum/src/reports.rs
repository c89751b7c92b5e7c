//! A router of another team, which stays in axum.

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::routing::get;

pub fn reports<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/daily/{day}", get(async |Path(day): Path<String>| format!("report of {day}")))
        .fallback(async |request: Request| (StatusCode::NOT_FOUND, format!("no report at {}", request.uri().path())))
}
