//! `/api/users`: typical route handlers.

use http::StatusCode;
use route_handlers::{Error, IntoResponse, Json, Path, Request, Result, RouteHandlers, get};
use serde::Serialize;

use super::web::Value;

#[derive(Serialize)]
struct User {
    id: u32,
    name: &'static str,
}

#[derive(Serialize)]
struct NewUser {
    id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Value>,
}

#[derive(Serialize)]
struct Named {
    id: String,
    name: String,
}

async fn list() -> Json<[User; 2]> {
    Json([User { id: 1, name: "Alice" }, User { id: 2, name: "Bob" }])
}

/// `const { name } = await request.json()`, with any content type.
async fn create(mut request: Request) -> Result<impl IntoResponse> {
    let body: Value = request.json().await?;
    if matches!(body, Value::Null) {
        return Err(Error::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail("`null` has no `name`"));
    }
    Ok((StatusCode::CREATED, Json(NewUser { id: 3, name: body.get("name").cloned() })))
}

async fn show(Path(id): Path<String>) -> Json<Named> {
    Json(Named { name: format!("User {id}"), id })
}

pub fn routes() -> RouteHandlers {
    RouteHandlers::new()
        .route("/api/users", get(list).post(create))
        .route("/api/users/{id}", get(show).delete(async || StatusCode::NO_CONTENT))
}
