//! Sends unusual requests to one small program in each framework, and prints the responses as a table. The last rows are
//! mistakes in the registration of routes.
//!
//! `COMPARISON.md` and the migration pages of the guide quote the result.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use peers::harness::ready;
use peers::received::Received;
use tower::Service;

/// Responds to one request.
type Framework = fn(Request<Bytes>) -> Received;

const FRAMEWORKS: [(&str, Framework); 5] =
    [("this crate", ours), ("axum", axum), ("warp", warp), ("poem", poem), ("actix-web", actix)];

fn main() {
    set_hook(Box::new(|_| {}));
    let names = FRAMEWORKS.map(|(name, _)| name);
    println!("| request | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
    for (name, request) in requests() {
        let cells = FRAMEWORKS.map(|(_, framework)| {
            let response = catch_unwind(AssertUnwindSafe(|| framework(request.clone())));
            response.map_or("the panic leaves the service".to_owned(), |response| cell(&response))
        });
        println!("| {name} | {} |", cells.join(" | "));
    }
    for (name, register) in registrations() {
        let cells = register.map(|register| if catch_unwind(register).is_ok() { "accepted" } else { "refused" });
        println!("| {name} | {} |", cells.join(" | "));
    }
}

/// A mistake, made with each of [`FRAMEWORKS`].
type Registration = (&'static str, [fn(); FRAMEWORKS.len()]);

fn registrations() -> [Registration; 2] {
    use actix_web::App;
    use actix_web::web::get as actix_get;
    use axum::Router;
    use axum::routing::get as axum_get;
    use poem::{Route, endpoint::make_sync, get as poem_get};
    use route_handlers::RouteHandlers;
    use warp::{Filter, get as warp_get, path};

    async fn hello() -> &'static str {
        "hello"
    }
    [
        (
            "registers `/users/{id}` and `/users/{name}`",
            [
                || drop(RouteHandlers::new().get("/users/{id}", hello).get("/users/{name}", hello)),
                || {
                    drop(
                        Router::<()>::new()
                            .route("/users/{id}", axum_get(hello))
                            .route("/users/{name}", axum_get(hello)),
                    )
                },
                || _ = path!("users" / String).and(warp_get()).or(path!("users" / String).and(warp_get())),
                || {
                    let hello = || poem_get(make_sync(|_| "hello"));
                    drop(Route::new().at("/users/:id", hello()).at("/users/:name", hello()));
                },
                || {
                    drop(
                        App::new()
                            .route("/users/{id}", actix_get().to(hello))
                            .route("/users/{name}", actix_get().to(hello)),
                    )
                },
            ],
        ),
        (
            "registers GET `/users` twice",
            [
                || drop(RouteHandlers::new().get("/users", hello).get("/users", hello)),
                || drop(Router::<()>::new().route("/users", axum_get(hello)).route("/users", axum_get(hello))),
                || _ = path!("users").and(warp_get()).or(path!("users").and(warp_get())),
                || {
                    let hello = || poem_get(make_sync(|_| "hello"));
                    drop(Route::new().at("/users", hello()).at("/users", hello()));
                },
                || drop(App::new().route("/users", actix_get().to(hello)).route("/users", actix_get().to(hello))),
            ],
        ),
    ]
}

fn requests() -> Vec<(&'static str, Request<Bytes>)> {
    let head = |method: &str, path: &str| Request::builder().method(method).uri(path);
    let plain = |name, method, path| (name, head(method, path).body(Bytes::new()).unwrap());
    let post = |name, media_type, body: String| {
        let request = head("POST", "/sum").header(CONTENT_TYPE, media_type).header(CONTENT_LENGTH, body.len());
        (name, request.body(Bytes::from(body)).unwrap())
    };
    let json = "application/json";
    vec![
        plain("GET `/users/7`", "GET", "/users/7"),
        plain("DELETE `/users/7`: no such method", "DELETE", "/users/7"),
        plain("DELETE `/number/7`: no such method", "DELETE", "/number/7"),
        plain("PURGE `/users/7`", "PURGE", "/users/7"),
        plain("HEAD `/users/7`", "HEAD", "/users/7"),
        plain("OPTIONS `/users/7`", "OPTIONS", "/users/7"),
        plain("GET `/users/7/`", "GET", "/users/7/"),
        plain("GET `/nothing`", "GET", "/nothing"),
        plain("GET `/%75sers/7`", "GET", "/%75sers/7"),
        plain("GET `/users/a%2Fb`", "GET", "/users/a%2Fb"),
        plain("GET `/users/%2561`", "GET", "/users/%2561"),
        plain("GET `/users/%FF`: not UTF-8", "GET", "/users/%FF"),
        plain("GET `/users/%zz`: malformed", "GET", "/users/%zz"),
        plain("GET `/users/%2e%2e`", "GET", "/users/%2e%2e"),
        plain("GET `/number/x` for an integer", "GET", "/number/x"),
        plain("GET `/panic`", "GET", "/panic"),
        post("POST `[1,2]`", json, "[1,2]".to_owned()),
        post("POST `[1,`", json, "[1,".to_owned()),
        post("POST `{}` for a list", json, "{}".to_owned()),
        post("POST as text/plain", "text/plain", "[1]".to_owned()),
        post("POST 1 MB", json, format!("[{}1]", "1,".repeat(500_000))),
        post("POST 3 MB", json, format!("[{}1]", "1,".repeat(1_500_000))),
    ]
}

/// Returns the status, `Allow`, the media type, and a body that is short.
fn cell(response: &Received) -> String {
    let mut cell = response.status.as_u16().to_string();
    let header = |name| response.headers.get(name).map(|value| value.to_str().unwrap());
    if let Some(allow) = header(ALLOW) {
        write!(cell, ", `Allow: {allow}`").unwrap();
    }
    if let Some(media_type) = header(CONTENT_TYPE) {
        write!(cell, ", {}", media_type.split(';').next().unwrap_or_default()).unwrap();
    }
    if !response.body.is_empty() {
        let text = String::from_utf8_lossy(&response.body);
        write!(cell, ", `{}`", text.chars().take(120).collect::<String>()).unwrap();
    }
    cell
}

fn call<S, B>(mut service: S, request: Request<Bytes>) -> Received
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>>,
    B: http_body::Body,
{
    let Ok(response) = ready(service.call(request.map(Full::new))) else { panic!("the service failed") };
    let (head, body) = response.into_parts();
    let Ok(body) = ready(body.collect()) else { panic!("the body failed") };
    Received { status: head.status, headers: head.headers, body: body.to_bytes() }
}

async fn panics() -> &'static str {
    panic!("a bug")
}

fn ours(request: Request<Bytes>) -> Received {
    use route_handlers::{Json, Path, RouteHandlers};
    let table = RouteHandlers::new()
        .get("/users/{id}", async |Path(id): Path<String>| id)
        .get("/number/{n}", async |Path(n): Path<u32>| n.to_string())
        .get("/panic", panics)
        .post("/sum", async |Json(numbers): Json<Vec<u32>>| numbers.iter().sum::<u32>().to_string());
    call(table, request)
}

fn axum(request: Request<Bytes>) -> Received {
    use axum::extract::Path;
    use axum::routing::{get, post};
    use axum::{Json, Router};
    let router = Router::new()
        .route("/users/{id}", get(async |Path(id): Path<String>| id))
        .route("/number/{n}", get(async |Path(n): Path<u32>| n.to_string()))
        .route("/panic", get(panics))
        .route("/sum", post(async |Json(numbers): Json<Vec<u32>>| numbers.iter().sum::<u32>().to_string()));
    call(router, request)
}

fn warp(request: Request<Bytes>) -> Received {
    use warp::{Filter, body, get, path, post};
    let user = path!("users" / String).and(get());
    let number = path!("number" / u32).and(get()).map(|n: u32| n.to_string());
    let panic = path!("panic").and(get()).then(panics);
    let sum =
        path!("sum").and(post()).and(body::json()).map(|numbers: Vec<u32>| numbers.iter().sum::<u32>().to_string());
    call(warp::service(user.or(number).or(panic).or(sum)), request)
}

fn poem(request: Request<Bytes>) -> Received {
    use poem::web::{Json, Path};
    use poem::{Body, Endpoint, Route, get, handler, post};
    #[handler]
    fn user(Path(id): Path<String>) -> String {
        id
    }
    #[handler]
    fn number(Path(n): Path<u32>) -> String {
        n.to_string()
    }
    #[handler]
    async fn panic() -> &'static str {
        panics().await
    }
    #[handler]
    fn sum(Json(numbers): Json<Vec<u32>>) -> String {
        numbers.iter().sum::<u32>().to_string()
    }
    let route = Route::new()
        .at("/users/:id", get(user))
        .at("/number/:n", get(number))
        .at("/panic", get(panic))
        .at("/sum", post(sum));
    let (head, body) = request.into_parts();
    let mut builder = poem::Request::builder().method(head.method).uri(head.uri);
    for (name, value) in &head.headers {
        builder = builder.header(name, value);
    }
    let (head, body) = ready(route.get_response(builder.body(Body::from(body)))).into_parts();
    Received { status: head.status, headers: head.headers, body: ready(body.into_bytes()).unwrap() }
}

fn actix(request: Request<Bytes>) -> Received {
    use actix_web::body::to_bytes;
    use actix_web::test::{TestRequest, init_service};
    use actix_web::web::{Json, Path, get, post, resource};
    use actix_web::{App, dev::Service as _, http::Method};
    let app = App::new()
        .service(resource("/users/{id}").route(get().to(async |id: Path<String>| id.into_inner())))
        .route("/number/{n}", get().to(async |n: Path<u32>| n.to_string()))
        .route("/panic", get().to(panics))
        .route("/sum", post().to(async |Json(numbers): Json<Vec<u32>>| numbers.iter().sum::<u32>().to_string()));
    let (head, body) = request.into_parts();
    let mut request =
        TestRequest::with_uri(head.uri.path()).method(Method::from_bytes(head.method.as_str().as_bytes()).unwrap());
    for (name, value) in &head.headers {
        request = request.insert_header((name.as_str(), value.to_str().unwrap()));
    }
    let request = if body.is_empty() { request } else { request.set_payload(body) };
    let response = ready(ready(init_service(app)).call(request.to_request())).unwrap();
    let status = StatusCode::from_u16(response.status().as_u16()).unwrap();
    let headers = response.headers().iter().map(|(name, value)| {
        (name.as_str().parse::<http::HeaderName>().unwrap(), http::HeaderValue::from_bytes(value.as_bytes()).unwrap())
    });
    let headers = headers.collect::<HeaderMap>();
    let Ok(body) = ready(to_bytes(response.into_body())) else { panic!("the body failed") };
    Received { status, headers, body }
}
