//! Users, in memory: what a plain CRUD API looks like.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use route_handlers::{Error, IntoResponse, Json, Path, Result, RouteHandlers, State, get};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct NewUser {
    name: String,
}

#[derive(Clone, Serialize)]
struct User {
    id: u32,
    name: String,
}

struct Users(Mutex<BTreeMap<u32, User>>);

impl Users {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, User>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn api() -> RouteHandlers {
    let ada = User { id: 1, name: "Ada".to_owned() };
    RouteHandlers::new()
        .with_state(Users(Mutex::new(BTreeMap::from([(1, ada)]))))
        .route("/api/users", get(list).post(create))
        .route("/api/users/{id}", get(show).delete(remove))
}

async fn list(State(users): State<Users>) -> Json<Vec<User>> {
    Json(users.lock().values().cloned().collect())
}

async fn create(State(users): State<Users>, Json(new): Json<NewUser>) -> impl IntoResponse {
    let mut users = users.lock();
    let id = users.keys().last().map_or(1, |last| last + 1);
    let user = User { id, name: new.name };
    users.insert(id, user.clone());
    (StatusCode::CREATED, [("location", format!("/api/users/{id}"))], Json(user))
}

async fn show(State(users): State<Users>, Path(id): Path<u32>) -> Result<Json<User>> {
    users.lock().get(&id).cloned().map(Json).ok_or_else(|| no_user(id))
}

async fn remove(State(users): State<Users>, Path(id): Path<u32>) -> Result<StatusCode> {
    users.lock().remove(&id).map(|_| StatusCode::NO_CONTENT).ok_or_else(|| no_user(id))
}

fn no_user(id: u32) -> Error {
    Error::new(StatusCode::NOT_FOUND).with_detail(format!("there is no user {id}"))
}
