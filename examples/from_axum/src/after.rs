//! The program with route tables.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use route_handlers::hosts;
use route_handlers::middleware::{self, Next};
use route_handlers::{
    Extension, IntoResponse, Json, Path, Query, Request, Response, RouteHandlers, State, get, post, put,
};
use serde::Deserialize;
use tower_governor::GovernorLayer;
use tower_governor::governor::GovernorConfigBuilder;
use tower_governor::key_extractor::SmartIpKeyExtractor;
use tower_http::cors::CorsLayer;
use tower_http::trace::TraceLayer;

use crate::reports::reports;
use crate::store::{NewNote, Note, Store, User};

pub fn app(store: Store) -> RouteHandlers {
    let limit = GovernorConfigBuilder::default()
        .key_extractor(SmartIpKeyExtractor)
        .per_second(60)
        .burst_size(2)
        .finish()
        .expect("the rate is valid");
    let cors = CorsLayer::new()
        .allow_origin(HeaderValue::from_static("https://notes.example"))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE]);
    let table = RouteHandlers::new().with_state(store); // for both groups
    let own = table
        .clone()
        .route("/me", get(me))
        .route("/me/notes", get(my_notes))
        .route("/notes", post(add))
        .route("/notes/{id}", put(replace).delete(remove))
        .route_layer(middleware::from_fn(auth));
    table
        .route("/health", get(async || "healthy"))
        // `tower_governor` makes responses with the body of axum or tonic only.
        .route("/login", post(login).layer(hosts::axum::layer(GovernorLayer::new(limit))))
        .route("/notes", get(list))
        .route("/notes/{id}", get(show))
        .merge(own)
        .nest_service("/reports", reports())
        .claim("/") // so that the layers also wrap the 404 of every other path
        .layer(cors)
        .layer(TraceLayer::new_for_http())
}

async fn auth(State(store): State<Store>, mut request: Request, next: Next) -> Result<Response, StatusCode> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer "));
    let user = token.and_then(|token| store.user(token)).ok_or(StatusCode::UNAUTHORIZED)?;
    request.extensions_mut().insert(user);
    Ok(next.run(request).await)
}

#[derive(Deserialize)]
struct Login {
    name: String,
}

async fn login(Json(login): Json<Login>) -> String {
    format!("token-of-{}", login.name)
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
}

async fn list(State(store): State<Store>, Query(search): Query<Search>) -> Json<Vec<Note>> {
    Json(store.list(&search.q))
}

async fn show(State(store): State<Store>, Path(id): Path<u32>) -> Result<Json<Note>, StatusCode> {
    store.find(id).map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn me(Extension(user): Extension<User>) -> Json<User> {
    Json(user)
}

async fn my_notes(State(store): State<Store>, Extension(user): Extension<User>) -> Json<Vec<Note>> {
    Json(store.list("").into_iter().filter(|note| note.owner == user.name).collect())
}

async fn add(
    State(store): State<Store>,
    Extension(user): Extension<User>,
    Json(note): Json<NewNote>,
) -> impl IntoResponse {
    (StatusCode::CREATED, Json(store.add(&user, note)))
}

async fn replace(
    State(store): State<Store>,
    Extension(user): Extension<User>,
    Path(id): Path<u32>,
    Json(note): Json<NewNote>,
) -> Result<Json<Note>, StatusCode> {
    store.replace(id, &user, note).map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn remove(
    State(store): State<Store>,
    Extension(user): Extension<User>,
    Path(id): Path<u32>,
) -> Result<StatusCode, StatusCode> {
    store.remove(id, &user).map(|_| StatusCode::NO_CONTENT).ok_or(StatusCode::NOT_FOUND)
}
