//! axum 0.8.

use axum::body::Body;
use axum::extract::{Path, RawPathParams, State};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, get, post};
use axum::{Json, Router};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use tower::service_fn;

use super::{Contender, page};
use crate::github;
use crate::harness::{self, Subject};
use crate::work::{GREETING, Greeting, HELLO, Hello, LONG_PATH, Post, THREE_PARAMS, Table, User, Work, joined};

pub struct Axum;

impl Contender for Axum {
    fn name(&self) -> &'static str {
        "axum"
    }

    fn at(&self, work: &'static Work) -> Option<Subject> {
        Some(harness::http(work, router(work.table)))
    }
}

fn router(table: Table) -> Router {
    let empty = Router::new();
    match table {
        Table::One => empty
            .route("/api/hello", get(hello))
            .route("/api/json", get(async || Json(Hello::WORLD)))
            .route("/api/tuple", get(async || ([(CONTENT_TYPE, "application/json")], HELLO))),
        Table::Github => {
            let add = |router: Router, it: &github::Route| router.route(it.pattern, route(it));
            github::routes().iter().fold(empty, add).fallback_service(service_fn(page))
        }
        Table::Users => empty
            .route("/users", post(async |Json(user): Json<User>| (StatusCode::CREATED, Json(user))))
            .route("/users/batch", post(async |Json(users): Json<Vec<User>>| (StatusCode::CREATED, Json(users)))),
        Table::Nested => {
            let users = Router::new().route("/users/{id}", get(async |Path(id): Path<String>| id));
            empty.nest("/api", Router::new().nest("/v1", users))
        }
        Table::State => {
            let greet = get(async |State(greeting): State<Greeting>| greeting.0);
            Router::new().route("/state", greet).with_state(GREETING)
        }
        Table::Post => empty.route("/users/{user}/posts/{post}", get(async |Path(post): Path<Post>| post.to_string())),
        Table::Long => empty.route(LONG_PATH, get(hello)),
    }
}

fn route(route: &github::Route) -> MethodRouter {
    let filter = |method: &http::Method| MethodFilter::try_from(method.clone()).unwrap();
    route.methods.iter().fold(MethodRouter::new(), |table, method| match route.pattern {
        THREE_PARAMS => table.on(filter(method), three_params),
        _ => table.on(filter(method), hello),
    })
}

async fn hello() -> Response {
    let mut response = Response::new(Body::from(HELLO));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

async fn three_params(params: RawPathParams) -> String {
    let mut values = params.iter().map(|(_, value)| value);
    let mut next = || values.next().unwrap_or_default();
    joined(next(), next(), next())
}
