//! route-handlers: alone (`Alone`), and in front of another service (`InFront`).

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use route_handlers::{Json, Path, Request, Response, Route, RouteHandlers, State, on};
use tower::service_fn;

use super::{Contender, page};
use crate::github;
use crate::harness::{self, Subject};
use crate::work::{GREETING, Greeting, HELLO, Hello, LONG_PATH, Post, THREE_PARAMS, Table, User, Work, joined};

pub struct Alone;

impl Contender for Alone {
    fn name(&self) -> &'static str {
        "this crate alone"
    }

    fn at(&self, work: &'static Work) -> Option<Subject> {
        (work.name != "W4").then(|| harness::http(work, table(work.table)))
    }
}

pub struct InFront;

impl Contender for InFront {
    fn name(&self) -> &'static str {
        "this crate in front of a service"
    }

    fn at(&self, work: &'static Work) -> Option<Subject> {
        Some(harness::http(work, table(work.table).over(service_fn(page))))
    }
}

pub(super) fn table(table: Table) -> RouteHandlers {
    let empty = RouteHandlers::new();
    match table {
        Table::One => empty
            .get("/api/hello", hello)
            .get("/api/json", async || Json(Hello::WORLD))
            .get("/api/tuple", async || ([(CONTENT_TYPE, "application/json")], HELLO)),
        Table::Github => github::routes().iter().fold(empty, |table, it| table.route(it.pattern, route(it))),
        Table::Users => empty
            .post("/users", async |Json(user): Json<User>| (StatusCode::CREATED, Json(user)))
            .post("/users/batch", async |Json(users): Json<Vec<User>>| (StatusCode::CREATED, Json(users))),
        Table::Nested => {
            let users = RouteHandlers::new().get("/users/{id}", async |Path(id): Path<String>| id);
            empty.nest("/api", RouteHandlers::new().nest("/v1", users))
        }
        Table::State => empty.with_state(GREETING).get("/state", async |State(greeting): State<Greeting>| greeting.0),
        Table::Post => empty.get("/users/{user}/posts/{post}", async |Path(post): Path<Post>| post.to_string()),
        Table::Long => empty.get(LONG_PATH, hello),
    }
}

fn route(route: &github::Route) -> Route {
    let (first, others) = route.methods.split_first().unwrap();
    match route.pattern {
        THREE_PARAMS => {
            others.iter().fold(on(first.clone(), three_params), |it, method| it.on(method.clone(), three_params))
        }
        _ => others.iter().fold(on(first.clone(), hello), |it, method| it.on(method.clone(), hello)),
    }
}

async fn hello() -> Response {
    let mut response = Response::new(HELLO.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

async fn three_params(request: Request) -> String {
    let param = |name| request.param(name).unwrap_or_default();
    joined(param("owner"), param("repo"), param("issue_number"))
}
