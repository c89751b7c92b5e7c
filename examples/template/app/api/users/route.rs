//! `/api/users`: the path of this file is the path of the route.

use route_handlers::{Created, Json, State};

use crate::users::{NewUser, User, Users};

pub async fn GET(State(users): State<Users>) -> Json<Vec<User>> {
    Json(users.all())
}

pub async fn POST(State(users): State<Users>, Json(new): Json<NewUser>) -> Created<User> {
    Created(users.add(new))
}
