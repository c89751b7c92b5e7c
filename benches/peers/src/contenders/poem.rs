//! poem 3.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{Method, StatusCode};
use poem::web::Json;
use poem::{
    Body, Endpoint, EndpointExt, FromRequest, IntoEndpoint, IntoResponse, Request, Response, Route, RouteMethod,
};
use poem::{endpoint, get, post};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Contender;
use crate::github;
use crate::harness::{self, Run, Subject, ready};
use crate::received::Received;
use crate::work::{GREETING, Greeting, HELLO, Hello, LONG_PATH, Post, THREE_PARAMS, Table, User, Work, joined};

pub struct Poem;

impl Contender for Poem {
    fn name(&self) -> &'static str {
        "poem"
    }

    fn at(&self, work: &'static Work) -> Option<Subject> {
        if work.name == "tuple" {
            return None;
        }
        let route = route(work.table);
        let (head, body) = ready(route.get_response(request(work))).into_parts();
        let body = ready(body.into_bytes()).unwrap();
        let response = Received { status: head.status, headers: head.headers, body };
        Some(Subject { response, run: repeat(work, route), bare: repeat(work, endpoint::make_sync(|_| ())) })
    }
}

fn repeat(work: &'static Work, endpoint: impl Endpoint + 'static) -> Run {
    harness::times(move || ready(endpoint.get_response(request(work))))
}

fn request(work: &Work) -> Request {
    let body = work.body();
    let mut request = Request::builder().method(work.method()).uri(work.uri());
    if !body.is_empty() {
        request = request.header(CONTENT_TYPE, "application/json").header(CONTENT_LENGTH, body.len());
    }
    request.body(Body::from(body))
}

fn route(table: Table) -> Route {
    let empty = Route::new();
    match table {
        Table::One => empty
            .at("/api/hello", get(endpoint::make_sync(|_| hello())))
            .at("/api/json", get(endpoint::make_sync(|_| Json(Hello::WORLD)))),
        Table::Github => {
            let routes = github::routes().iter().fold(empty, |table, it| table.at(colons(it.pattern), methods(it)));
            routes.at("/*path", endpoint::make_sync(|_| "a page"))
        }
        Table::Users => empty
            .at("/users", post(endpoint::make(created::<User>)))
            .at("/users/batch", post(endpoint::make(created::<Vec<User>>))),
        Table::Nested => {
            let id = |request: Request| request.raw_path_param("id").unwrap_or_default().to_owned();
            let users = Route::new().at("/users/:id", get(endpoint::make_sync(id)));
            empty.nest("/api", Route::new().nest("/v1", users))
        }
        Table::State => {
            let greet = |request: Request| request.data::<Greeting>().unwrap().0;
            empty.at("/state", get(endpoint::make_sync(greet)).data(GREETING))
        }
        Table::Post => {
            let post = |request: Request| request.path_params::<Post>().map(|post| post.to_string());
            empty.at("/users/:user/posts/:post", get(endpoint::make_sync(post)))
        }
        Table::Long => empty.at(LONG_PATH, get(endpoint::make_sync(|_| hello()))),
    }
}

fn methods(route: &github::Route) -> impl IntoEndpoint<Endpoint: 'static> + use<> {
    let add = |table: RouteMethod, method: &Method| match route.pattern {
        THREE_PARAMS => table.method(method.clone(), endpoint::make_sync(three_params)),
        _ => table.method(method.clone(), endpoint::make_sync(|_| hello())),
    };
    route.methods.iter().fold(RouteMethod::new(), add)
}

fn hello() -> Response {
    Response::builder().content_type("application/json").body(HELLO)
}

fn three_params(request: Request) -> String {
    let param = |name| request.raw_path_param(name).unwrap_or_default();
    joined(param("owner"), param("repo"), param("issue_number"))
}

async fn created<T: DeserializeOwned + Serialize + Send>(request: Request) -> poem::Result<Response> {
    let (request, mut body) = request.split();
    let Json(value) = Json::<T>::from_request(&request, &mut body).await?;
    Ok(Json(value).with_status(StatusCode::CREATED).into_response())
}

/// Translates a pattern to poem's notation.
fn colons(pattern: &str) -> String {
    pattern.replace('{', ":").replace('}', "")
}
