//! Allocations: none for a request that falls through, and one more than a hand-written `match` for a route.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode, Version};
use http_body::Frame;
use http_body_util::{BodyExt, Full};
use route_handlers::{Json, Request, Response, Route, RouteHandlers, get};
use serde::{Deserialize, Serialize};
use tower::{Service, service_fn};

/// The allocations of the second of two runs; the first run fills caches.
fn allocations<R>(mut prepare: impl FnMut() -> R, mut run: impl FnMut(R)) -> u64 {
    run(prepare());
    let prepared = prepare();
    allocation_counter::measure(|| run(prepared)).count_total
}

/// 200 patterns in the style of GitHub's REST API.
fn large_table() -> RouteHandlers {
    const RESOURCES: &str = "actions activity apps billing branches checks codespaces collaborators commits contents \
        dependabot deployments environments events forks gists hooks issues keys labels milestones packages pulls \
        releases statuses";
    const SHAPES: [&str; 8] = [
        "/repos/{owner}/{repo}/RESOURCE",
        "/repos/{owner}/{repo}/RESOURCE/{id}",
        "/repos/{owner}/{repo}/RESOURCE/{id}/comments",
        "/repos/{owner}/{repo}/RESOURCE/{id}/comments/{comment}",
        "/orgs/{org}/RESOURCE",
        "/orgs/{org}/RESOURCE/{id}",
        "/users/{user}/RESOURCE",
        "/RESOURCE",
    ];
    let patterns = RESOURCES.split_whitespace().flat_map(|name| SHAPES.map(|shape| shape.replace("RESOURCE", name)));
    patterns.fold(RouteHandlers::new(), |table, pattern| table.route(&pattern, route()))
}

fn route() -> Route {
    get(async || "found").post(async || "made")
}

/// The request body of a host: neither `Sync` nor `Clone`, and identified by its address.
struct HostBody(Box<Cell<u8>>);

impl HostBody {
    fn address(&self) -> *const Cell<u8> {
        &raw const *self.0
    }
}

impl http_body::Body for HostBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }
}

/// An inner service that counts its calls and keeps the last request.
#[derive(Default)]
struct Inner {
    calls: usize,
    last: Option<http::Request<HostBody>>,
}

/// Panics: a ready service must not be cloned.
impl Clone for Inner {
    fn clone(&self) -> Self {
        panic!("a ready service is cloned");
    }
}

impl Service<http::Request<HostBody>> for Inner {
    type Response = http::Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<HostBody>) -> Self::Future {
        self.calls += 1;
        self.last = Some(request);
        ready(Ok(http::Response::new(Full::default())))
    }
}

fn host_request(method: &Method, path: &str) -> http::Request<HostBody> {
    let request = http::Request::builder().method(method).uri(path).version(Version::HTTP_2).header("x-host", "kept");
    request.extension(Arc::new("attached")).body(HostBody(Box::new(Cell::new(7)))).unwrap()
}

fn fall_through_allocations(path: &str) -> u64 {
    let mut app = large_table().over(Inner::default());
    let count = allocations(
        || host_request(&Method::GET, path),
        |request| {
            app.call(request).now_or_never().unwrap().unwrap();
        },
    );
    assert_eq!(app.get_ref().calls, 2, "{path} falls through");
    println!("fall-through of {path}: {count}");
    count
}

#[test]
fn fall_through_allocates_nothing() {
    assert_eq!(large_table().routes().count(), 200);
    for path in ["/", "/index.html", "//", "/repos", "/repos/a/b/issues/7/comments/8/nothing", "/orgs/a/issues/7/", "*"]
    {
        assert_eq!(fall_through_allocations(path), 0, "{path}");
    }
}

#[test]
fn fall_through_of_a_percent_encoded_path_allocates_nothing() {
    for path in ["/a%20file.html", "/repos/a/b/%69ssues/7/x", "/%zz", "/%FF"] {
        assert_eq!(fall_through_allocations(path), 0, "{path}");
    }
}

#[test]
fn inner_service_receives_the_request_unchanged() {
    let request = host_request(&Method::PUT, "http://host.example/not/ours?a=1");
    let body = request.body().address();
    let path = request.uri().path().as_ptr();
    let header = request.headers()["x-host"].as_bytes().as_ptr();
    let attached = Arc::clone(request.extensions().get::<Arc<&str>>().unwrap());

    let mut app = large_table().over(Inner::default());
    app.call(request).now_or_never().unwrap().unwrap();
    let seen = app.into_inner().last.unwrap();

    assert_eq!(seen.body().address(), body);
    assert_eq!(seen.uri().path().as_ptr(), path);
    assert_eq!(seen.uri(), "http://host.example/not/ours?a=1");
    assert_eq!(seen.headers()["x-host"].as_bytes().as_ptr(), header);
    assert_eq!(seen.headers().len(), 1);
    assert!(Arc::ptr_eq(seen.extensions().get().unwrap(), &attached));
    assert_eq!(seen.extensions().len(), 1);
    assert_eq!((seen.method(), seen.version()), (&Method::PUT, Version::HTTP_2));
}

#[derive(Deserialize, Serialize)]
struct User {
    id: u32,
    name: String,
    email: String,
}

#[derive(Serialize)]
struct Greeting {
    hello: &'static str,
}

type FullResponse = http::Response<Full<Bytes>>;

fn response(status: StatusCode, content_type: &'static str, content: impl Into<Bytes>) -> FullResponse {
    let mut response = FullResponse::new(Full::new(content.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Three routes, written with this crate.
fn ours() -> RouteHandlers {
    RouteHandlers::new()
        .get("/greeting", async || Json(Greeting { hello: "world" }))
        .get("/users/{user}/files/{file}", async |request: Request| {
            format!("{} of {}", request.param("file").unwrap(), request.param("user").unwrap())
        })
        .post("/users", async |Json(user): Json<User>| (StatusCode::CREATED, Json(user)))
}

/// The same routes written by hand, without a box and without further headers.
async fn by_hand(request: http::Request<Full<Bytes>>) -> Result<FullResponse, Infallible> {
    let path = request.uri().path();
    let file = path.strip_prefix("/users/").and_then(|rest| rest.split_once("/files/"));
    Ok(match (request.method(), path, file) {
        (&Method::GET, "/greeting", _) => {
            let json = serde_json::to_vec(&Greeting { hello: "world" }).unwrap();
            response(StatusCode::OK, "application/json", json)
        }
        // The GET response without its content: the length of the content is needed for HEAD.
        (&Method::HEAD, "/greeting", _) => {
            let json = serde_json::to_vec(&Greeting { hello: "world" }).unwrap();
            let (mut head, body) = response(StatusCode::OK, "application/json", json).into_parts();
            head.headers.insert(CONTENT_LENGTH, body.into_inner().unwrap().len().into());
            FullResponse::from_parts(head, Full::default())
        }
        (&Method::OPTIONS, "/greeting", _) => {
            let mut options = FullResponse::default();
            *options.status_mut() = StatusCode::NO_CONTENT;
            options.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
            options
        }
        (_, "/greeting", _) => {
            let mut problem = problem(r#"{"type":"about:blank","title":"Method Not Allowed","status":405}"#);
            *problem.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            problem.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
            problem
        }
        (&Method::POST, "/users", _) => {
            assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
            let body = request.into_body().into_inner().unwrap();
            let user: User = serde_json::from_slice(&body).unwrap();
            response(StatusCode::CREATED, "application/json", serde_json::to_vec(&user).unwrap())
        }
        (_, _, Some((user, file))) => {
            response(StatusCode::OK, "text/plain; charset=utf-8", format!("{file} of {user}"))
        }
        _ => problem(r#"{"type":"about:blank","title":"Not Found","status":404}"#),
    })
}

fn problem(json: &'static str) -> FullResponse {
    let mut problem = response(StatusCode::NOT_FOUND, "application/problem+json", json);
    problem.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    problem
}

/// The allocations of our response minus those of the hand-written one. Checks that both responses are equal.
fn more_than_by_hand(request: impl Fn() -> http::Request<Full<Bytes>>) -> i64 {
    let (ours, ours_costs) = measured(ours(), &request);
    let (by_hand, by_hand_costs) = measured(service_fn(by_hand), &request);
    assert_eq!(ours, by_hand);
    let request = request();
    println!("{} {}: {ours_costs} allocations, by hand {by_hand_costs}", request.method(), request.uri());
    i64::try_from(ours_costs).unwrap() - i64::try_from(by_hand_costs).unwrap()
}

type Received = (StatusCode, http::HeaderMap, Bytes);

fn measured<S, B, Q>(mut service: S, request: impl Fn() -> http::Request<Q>) -> (Received, u64)
where
    S: Service<http::Request<Q>, Response = http::Response<B>, Error = Infallible>,
    B: http_body::Body<Data = Bytes, Error: std::fmt::Debug>,
{
    let mut last = None;
    let count = allocations(&request, |request| {
        let Ok(response) = service.call(request).now_or_never().expect("nothing waits");
        last = Some(response);
    });
    let (head, body) = last.unwrap().into_parts();
    let body = body.collect().now_or_never().unwrap().unwrap().to_bytes();
    ((head.status, head.headers, body), count)
}

fn request(method: Method, path: &'static str) -> impl Fn() -> http::Request<Full<Bytes>> {
    move || http::Request::builder().method(method.clone()).uri(path).body(Full::default()).unwrap()
}

#[test]
fn static_path_costs_one_allocation_more_than_a_match() {
    assert!(more_than_by_hand(request(Method::GET, "/greeting")) <= 1);
}

#[test]
fn two_parameters_cost_no_further_allocation() {
    assert!(more_than_by_hand(request(Method::GET, "/users/ada/files/notes")) <= 1);
}

fn post_user() -> http::Request<Full<Bytes>> {
    const BODY: &str =
        r#"{"id":7,"name":"Ada Lovelace, Countess of Lovelace","email":"ada.lovelace@analytical-engine.example"}"#;
    let request = http::Request::post("/users").header(CONTENT_TYPE, "application/json");
    request.header(CONTENT_LENGTH, BODY.len()).body(Full::new(Bytes::from_static(BODY.as_bytes()))).unwrap()
}

#[test]
fn json_body_costs_one_allocation_more_than_by_hand() {
    assert!(more_than_by_hand(post_user) <= 1);
}

/// Two allocations are for the header map, and one is for the handler's future.
#[test]
fn each_kind_of_response_keeps_its_budget() {
    async fn hello() -> Response {
        let mut response = Response::new(r#"{"hello":"world"}"#.into());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
    async fn joined(request: Request) -> String {
        ["owner", "repo", "number"].map(|name| request.param(name).unwrap()).join(" ")
    }
    let api = large_table()
        .get("/hello", hello)
        .get("/issues/{owner}/{repo}/{number}", joined)
        .post("/users", async |Json(user): Json<User>| (StatusCode::CREATED, Json(user)));
    for (method, path, budget) in
        [(Method::GET, "/hello", 3), (Method::GET, "/issues/rust-lang/rust/42", 4), (Method::DELETE, "/hello", 2)]
    {
        let (_, count) = measured(api.clone(), request(method.clone(), path));
        assert_eq!(count, budget, "{method} {path}");
    }
    assert!(measured(api, post_user).1 <= 9);
}

#[test]
fn head_costs_one_allocation_more_than_by_hand() {
    assert!(more_than_by_hand(request(Method::HEAD, "/greeting")) <= 1);
}

#[test]
fn generated_response_costs_as_many_allocations_as_by_hand() {
    for (method, path) in [(Method::DELETE, "/greeting"), (Method::OPTIONS, "/greeting"), (Method::GET, "/nothing")] {
        assert!(more_than_by_hand(request(method, path)) <= 0, "{path}");
    }
}

/// They are two entries in the extensions, the route and the match, and the boxed future of the layer's service.
#[test]
fn layer_costs_three_allocations() {
    let identity = || tower::layer::util::Identity::new();
    let extended = || {
        let mut request = request(Method::GET, "/")();
        request.extensions_mut().insert(7_u8); // as most hosts do
        request
    };
    let costs = [
        RouteHandlers::new().get("/", async || "a"),
        RouteHandlers::new().route("/", get(async || "a").layer(identity())),
        RouteHandlers::new().get("/", async || "a").layer(identity()),
        RouteHandlers::new().get("/", async || "a").layer(identity()).layer(identity()),
    ]
    .map(|api| measured(api, extended).1);
    assert_eq!(costs, [3, 6, 6, 9]);
}
