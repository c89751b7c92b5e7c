//! warp 0.4. The filters of GitHub's routes are boxed, as one type of 200 filters takes too long to compile.

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
            Table::Github => harness::http(work, warp::service(github(work.needs_allow))),
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

/// With `alone` there is no page behind the routes: warp would respond with the page instead of a 405.
fn github(alone: bool) -> BoxedFilter<(Response,)> {
    let routes: Vec<_> = github::routes().iter().map(route).collect();
    // Eight filters form one type, so that fewer boxes are called.
    let eight = |routes: &[BoxedFilter<(Response,)>]| {
        let [a, b, c, d, e, f, g, h] = <&[_; 8]>::try_from(routes).unwrap().clone();
        let half = a.or(b).unify().or(c).unify().or(d).unify();
        half.or(e).unify().or(f).unify().or(g).unify().or(h).unify().boxed()
    };
    let routes = routes.chunks(8).map(eight).reduce(|all, eight| all.or(eight).unify().boxed()).unwrap();
    match alone {
        true => routes,
        false => routes.or(any().map(|| "a page".into_response())).unify().boxed(),
    }
}

fn route(route: &'static github::Route) -> BoxedFilter<(Response,)> {
    let methods = methods(&route.methods);
    let segments = route.pattern.split('/').filter(|segment| !segment.is_empty());
    let shape: String = segments.clone().map(|segment| if segment.starts_with('{') { 'p' } else { 'l' }).collect();
    let mut literals = segments.filter(|segment| !segment.starts_with('{')).map(warp::path);
    let mut l = || literals.next().unwrap();
    let p = path::param::<String>;
    // Makes one unboxed filter for each shape of path, as warp's `path!` does.
    macro_rules! responds {
        ($first:expr $(, $segment:expr)* => [$($param:ident),*] $response:expr) => {
            $first$(.and($segment))*.and(path::end()).and(methods).map(|$($param: String),*| $response).boxed()
        };
    }
    if route.pattern == THREE_PARAMS {
        return responds!(l(), p(), p(), l(), p(), l() => [a, b, c] joined(&a, &b, &c).into_response());
    }
    match shape.as_str() {
        "" => responds!(any() => [] hello()),
        "l" => responds!(l() => [] hello()),
        "ll" => responds!(l(), l() => [] hello()),
        "lp" => responds!(l(), p() => [_a] hello()),
        "lll" => responds!(l(), l(), l() => [] hello()),
        "llp" => responds!(l(), l(), p() => [_a] hello()),
        "lpl" => responds!(l(), p(), l() => [_a] hello()),
        "lpp" => responds!(l(), p(), p() => [_a, _b] hello()),
        "lllp" => responds!(l(), l(), l(), p() => [_a] hello()),
        "llpl" => responds!(l(), l(), p(), l() => [_a] hello()),
        "lpll" => responds!(l(), p(), l(), l() => [_a] hello()),
        "lplp" => responds!(l(), p(), l(), p() => [_a, _b] hello()),
        "lppl" => responds!(l(), p(), p(), l() => [_a, _b] hello()),
        "lllpl" => responds!(l(), l(), l(), p(), l() => [_a] hello()),
        "lplll" => responds!(l(), p(), l(), l(), l() => [_a] hello()),
        "lpllp" => responds!(l(), p(), l(), l(), p() => [_a, _b] hello()),
        "lplpl" => responds!(l(), p(), l(), p(), l() => [_a, _b] hello()),
        "lppll" => responds!(l(), p(), p(), l(), l() => [_a, _b] hello()),
        "lpplp" => responds!(l(), p(), p(), l(), p() => [_a, _b, _c] hello()),
        "lplllp" => responds!(l(), p(), l(), l(), l(), p() => [_a, _b] hello()),
        "lplplp" => responds!(l(), p(), l(), p(), l(), p() => [_a, _b, _c] hello()),
        "lppllp" => responds!(l(), p(), p(), l(), l(), p() => [_a, _b, _c] hello()),
        "lpplpl" => responds!(l(), p(), p(), l(), p(), l() => [_a, _b, _c] hello()),
        "lplplpp" => responds!(l(), p(), l(), p(), l(), p(), p() => [_a, _b, _c, _d] hello()),
        "lppllpl" => responds!(l(), p(), p(), l(), l(), p(), l() => [_a, _b, _c] hello()),
        "lpplplp" => responds!(l(), p(), p(), l(), p(), l(), p() => [_a, _b, _c, _d] hello()),
        other => unreachable!("{other}"),
    }
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
