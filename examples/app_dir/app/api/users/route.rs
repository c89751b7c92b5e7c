//! `/api/users`: state and JSON.

use http::StatusCode;
use route_handlers::{IntoResponse, Json, State};

use crate::users::{NewUser, User, Users};

pub async fn GET(State(users): State<Users>) -> Json<Vec<User>> {
    Json(users.all())
}

pub async fn POST(State(users): State<Users>, Json(new): Json<NewUser>) -> impl IntoResponse {
    let user = users.add(new);
    (StatusCode::CREATED, [("location", format!("/api/users/{}", user.id))], Json(user))
}
