//! warp 0.4. The filters of GitHub's routes are boxed, as two hundred of them in one type do not compile in any time.

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use warp::filters::BoxedFilter;
use warp::reply::{Reply, Response};
use warp::{Filter, any, get, path, post, reply};

use super::Contender;
use crate::github;
use crate::harness::{self, Subject};
use crate::work::{GREETING, Greeting, HELLO, Hello, LONG_PATH, Post, THREE_PARAMS, Table, User, Work, joined};

pub struct Warp;

impl Contender for Warp {
    fn name(&self) -> &'static str {
        "warp"
    }

    fn at(&self, work: &'static Work) -> Option<Subject> {
        Some(match work.table {
            Table::One if work.name == "tuple" => return None,
            Table::One => {
                let json = path!("api" / "json").and(get()).map(|| reply::json(&Hello::WORLD));
                harness::http(work, warp::service(path!("api" / "hello").and(get()).map(hello).or(json)))
            }
            Table::Github => harness::http(work, warp::service(github(work.wants_allow))),
            Table::Users => harness::http(work, warp::service(users())),
            Table::Nested => {
                let users = path!("users" / String).and(get()).map(|id| reply::html(id).into_response()).map(plain);
                harness::http(work, warp::service(path("api").and(path("v1")).and(users)))
            }
            Table::State => {
                let state = any().map(|| GREETING);
                let greet = path!("state").and(get()).and(state).map(|greeting: Greeting| greeting.0);
                harness::http(work, warp::service(greet))
            }
            Table::Post => {
                let post = path!("users" / String / "posts" / u32).map(|user, post| Post { user, post }.to_string());
                harness::http(work, warp::service(post.and(get())))
            }
            Table::Long => {
                harness::http(work, warp::service(literals(LONG_PATH).and(path::end()).and(get()).map(hello)))
            }
        })
    }
}

fn plain(mut response: Response) -> Response {
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

fn hello() -> Response {
    let mut response = HELLO.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn literals(path: &'static str) -> BoxedFilter<()> {
    path[1..].split('/').fold(any().boxed(), |filter, segment| filter.and(warp::path(segment)).boxed())
}

fn users() -> impl Filter<Extract = (impl Reply,), Error = warp::Rejection> + Clone {
    let one = path!("users").and(post()).and(warp::body::json());
    let batch = path!("users" / "batch").and(post()).and(warp::body::json());
    let created = |user: User| reply::with_status(reply::json(&user), StatusCode::CREATED);
    one.map(created).or(batch.map(|users: Vec<User>| reply::with_status(reply::json(&users), StatusCode::CREATED)))
}

/// Without the page below it where a 405 is wanted, which the page would answer.
fn github(alone: bool) -> BoxedFilter<(Response,)> {
    let routes = github::routes().iter().map(route).reduce(|all, route| all.or(route).unify().boxed()).unwrap();
    match alone {
        true => routes,
        false => routes.or(any().map(|| "a page".into_response())).unify().boxed(),
    }
}

fn route(route: &'static github::Route) -> BoxedFilter<(Response,)> {
    let params = segments(route.pattern).and(path::end()).and(methods(&route.methods));
    match route.pattern {
        THREE_PARAMS => params.map(|of: Vec<String>| joined(&of[0], &of[1], &of[2]).into_response()).boxed(),
        _ => params.map(|_| hello()).boxed(),
    }
}

fn segments(pattern: &'static str) -> BoxedFilter<(Vec<String>,)> {
    let segments = pattern.split('/').filter(|segment| !segment.is_empty());
    segments.fold(any().map(Vec::new).boxed(), |filter, segment| match segment.starts_with('{') {
        true => filter.and(path::param()).map(with).boxed(),
        false => filter.and(warp::path(segment)).boxed(),
    })
}

fn with(mut params: Vec<String>, param: String) -> Vec<String> {
    params.push(param);
    params
}

fn methods(methods: &[Method]) -> BoxedFilter<()> {
    let filter = |method: &Method| match *method {
        Method::GET => get().or(warp::head()).unify().boxed(),
        Method::POST => post().boxed(),
        Method::PUT => warp::put().boxed(),
        Method::PATCH => warp::patch().boxed(),
        Method::DELETE => warp::delete().boxed(),
        ref other => unreachable!("{other}"),
    };
    methods.iter().map(filter).reduce(|all, method| all.or(method).unify().boxed()).unwrap()
}
