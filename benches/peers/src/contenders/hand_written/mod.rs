//! Hand-written code: a `match` on method and path in a `tower::service_fn`.

mod github;

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use serde::{Serialize, de::DeserializeOwned};
use tower::service_fn;

use super::{Contender, page};
use crate::github::{Route, routes};
use crate::harness::{self, Subject};
use crate::work::{GREETING, HELLO, Hello, LONG_PATH, Post, THREE_PARAMS, Table, User, Work, joined};

pub use github::find;

pub struct HandWritten;

type Received = Request<Full<Bytes>>;
type Reply = Response<Full<Bytes>>;

impl Contender for HandWritten {
    fn name(&self) -> &'static str {
        "hand-written"
    }

    fn at(&self, work: &'static Work) -> Option<Subject> {
        Some(match work.table {
            Table::One => harness::http(work, service_fn(one)),
            Table::Github => {
                let routes = routes();
                let three_params = routes.iter().position(|route| route.pattern == THREE_PARAMS).unwrap();
                harness::http(work, service_fn(move |request| github(routes, three_params, request)))
            }
            Table::Users => harness::http(work, service_fn(users)),
            Table::Nested => harness::http(work, service_fn(nested)),
            Table::State => harness::http(work, service_fn(state)),
            Table::Post => harness::http(work, service_fn(post)),
            Table::Long => harness::http(work, service_fn(long)),
        })
    }
}

async fn one(request: Received) -> Result<Reply, Infallible> {
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET, "/api/hello" | "/api/tuple") => hello(),
        (&Method::GET, "/api/json") => typed("application/json", serde_json::to_vec(&Hello::WORLD).unwrap()),
        _ => status(StatusCode::NOT_FOUND),
    })
}

async fn github(routes: &'static [Route], three_params: usize, request: Received) -> Result<Reply, Infallible> {
    let Some((index, [a, b, c, _])) = find(request.uri().path()) else { return page(request).await };
    let route = &routes[index];
    Ok(match *request.method() {
        Method::HEAD if route.methods.contains(&Method::GET) => {
            let mut response = hello();
            response.headers_mut().insert(CONTENT_LENGTH, HELLO.len().into());
            response.map(|_| Full::default())
        }
        Method::OPTIONS => allow(StatusCode::NO_CONTENT, route),
        ref method if !route.methods.contains(method) => allow(StatusCode::METHOD_NOT_ALLOWED, route),
        _ if index == three_params => text(joined(a, b, c)),
        _ => hello(),
    })
}

async fn users(request: Received) -> Result<Reply, Infallible> {
    Ok(match (request.method(), request.uri().path()) {
        (&Method::POST, "/users") => created::<User>(request).await,
        (&Method::POST, "/users/batch") => created::<Vec<User>>(request).await,
        _ => status(StatusCode::NOT_FOUND),
    })
}

async fn nested(request: Received) -> Result<Reply, Infallible> {
    Ok(match (request.method(), request.uri().path().strip_prefix("/api/v1/users/")) {
        (&Method::GET, Some(id)) if !id.contains('/') => text(id.to_owned()),
        _ => status(StatusCode::NOT_FOUND),
    })
}

async fn state(request: Received) -> Result<Reply, Infallible> {
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET, "/state") => text(GREETING.0),
        _ => status(StatusCode::NOT_FOUND),
    })
}

async fn post(request: Received) -> Result<Reply, Infallible> {
    let ids = request.uri().path().strip_prefix("/users/").and_then(|rest| rest.split_once("/posts/"));
    Ok(match (request.method(), ids) {
        (&Method::GET, Some((user, post))) => match post.parse() {
            Ok(post) => text(Post { user: user.to_owned(), post }.to_string()),
            Err(_) => status(StatusCode::BAD_REQUEST),
        },
        _ => status(StatusCode::NOT_FOUND),
    })
}

async fn long(request: Received) -> Result<Reply, Infallible> {
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET, LONG_PATH) => hello(),
        _ => status(StatusCode::NOT_FOUND),
    })
}

async fn created<T: DeserializeOwned + Serialize>(request: Received) -> Reply {
    if request.headers().get(CONTENT_TYPE).is_none_or(|it| it != "application/json") {
        return status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let Ok(body) = request.into_body().collect().await;
    let Ok(value) = serde_json::from_slice::<T>(&body.to_bytes()) else { return status(StatusCode::BAD_REQUEST) };
    let mut response = typed("application/json", serde_json::to_vec(&value).unwrap());
    *response.status_mut() = StatusCode::CREATED;
    response
}

fn hello() -> Reply {
    typed("application/json", HELLO)
}

fn text(text: impl Into<Bytes>) -> Reply {
    typed("text/plain; charset=utf-8", text)
}

fn allow(code: StatusCode, route: &Route) -> Reply {
    let mut response = status(code);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(route.allow));
    response
}

fn status(status: StatusCode) -> Reply {
    let mut response = Reply::default();
    *response.status_mut() = status;
    response
}

fn typed(content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut response = Reply::new(Full::new(body.into()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
