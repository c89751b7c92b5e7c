//! The users API of the examples. It keeps the users in memory.
#![allow(dead_code, reason = "`app_dir` has its own handlers")]

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use route_handlers::{Error, IntoResponse, Json, Path, Result, RouteHandlers, State, get};
use serde::{Deserialize, Serialize};

#[derive(Clone, Deserialize, Serialize)]
pub struct NewUser {
    name: String,
}

#[derive(Clone, Serialize)]
pub struct User {
    pub id: u32,
    name: String,
}

pub struct Users(Mutex<BTreeMap<u32, User>>);

impl Default for Users {
    /// Starts with one user, Ada.
    fn default() -> Self {
        let ada = User { id: 1, name: "Ada".to_owned() };
        Self(Mutex::new(BTreeMap::from([(1, ada)])))
    }
}

impl Users {
    pub fn all(&self) -> Vec<User> {
        self.lock().values().cloned().collect()
    }

    pub fn add(&self, new: NewUser) -> User {
        let mut users = self.lock();
        let id = users.keys().last().map_or(1, |last| last + 1);
        let user = User { id, name: new.name };
        users.insert(id, user.clone());
        user
    }

    pub fn find(&self, id: u32) -> Result<User> {
        self.lock().get(&id).cloned().ok_or_else(|| no_user(id))
    }

    pub fn remove(&self, id: u32) -> Result<User> {
        self.lock().remove(&id).ok_or_else(|| no_user(id))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, User>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_user(id: u32) -> Error {
    Error::new(StatusCode::NOT_FOUND).with_detail(format!("there is no user {id}"))
}

/// Returns the routes: `GET` and `POST /api/users`, `GET` and `DELETE /api/users/{id}`. Every other path below `/api` is a 404
/// problem.
pub fn api() -> RouteHandlers {
    RouteHandlers::new()
        .with_state(Users::default())
        .route("/api/users", get(list).post(create))
        .route("/api/users/{id}", get(show).delete(remove))
        .claim("/api")
}

async fn list(State(users): State<Users>) -> Json<Vec<User>> {
    Json(users.all())
}

async fn create(State(users): State<Users>, Json(new): Json<NewUser>) -> impl IntoResponse {
    let user = users.add(new);
    (StatusCode::CREATED, [("location", format!("/api/users/{}", user.id))], Json(user))
}

async fn show(State(users): State<Users>, Path(id): Path<u32>) -> Result<Json<User>> {
    users.find(id).map(Json)
}

async fn remove(State(users): State<Users>, Path(id): Path<u32>) -> Result<StatusCode> {
    users.remove(id).map(|_| StatusCode::NO_CONTENT)
}
