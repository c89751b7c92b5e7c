//! `/api/users/{id}`: two methods of one path.

use http::StatusCode;
use route_handlers::{Json, Path, Result, State};

use crate::users::{User, Users};

pub async fn GET(State(users): State<Users>, Path(id): Path<u32>) -> Result<Json<User>> {
    users.find(id).map(Json)
}

pub async fn DELETE(State(users): State<Users>, Path(id): Path<u32>) -> Result<StatusCode> {
    users.remove(id).map(|_| StatusCode::NO_CONTENT)
}
