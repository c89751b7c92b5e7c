//! The registration methods and the client of tests panic at the caller's line. Alone in its test program: the panic hook is global.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Mutex;

use http::Method;
use route_handlers::extract::TrustedProxies;
use route_handlers::middleware::{Next, from_fn};
use route_handlers::testing::{Client, RequestBuilder, TestResponse};
use route_handlers::{
    Path, Request, RouteHandlers, State, any, delete, get, head, on, options, patch, post, put, query,
};
use tower::Layer;

async fn hello() -> &'static str {
    "hello"
}

/// A table with a handler for every method of `/`.
fn full() -> RouteHandlers {
    let route =
        get(hello).head(hello).post(hello).put(hello).patch(hello).delete(hello).options(hello).query(hello).any(hello);
    RouteHandlers::new().route("/", route)
}

fn client() -> Client {
    Client::new(full())
}

/// The response of `hello`.
fn response() -> TestResponse {
    tokio_test::block_on(client().get("/").into_future())
}

static PANICKED_AT: Mutex<Option<(String, u32)>> = Mutex::new(None);

/// A mistake: its source text, its line, and the call.
type Mistake = (&'static str, u32, Box<dyn FnOnce()>);

macro_rules! mistake {
    ($call:expr) => {
        (
            stringify!($call),
            line!(),
            Box::new(|| {
                let _ = $call;
            }),
        )
    };
}

#[test]
fn every_wrong_call_panics_at_its_caller() {
    let mistakes: Vec<Mistake> = vec![
        mistake!(full().get("/", hello)),
        mistake!(full().head("/", hello)),
        mistake!(full().post("/", hello)),
        mistake!(full().put("/", hello)),
        mistake!(full().patch("/", hello)),
        mistake!(full().delete("/", hello)),
        mistake!(full().options("/", hello)),
        mistake!(full().query("/", hello)),
        mistake!(full().any("/", hello)),
        mistake!(full().on(Method::GET, "/", hello)),
        mistake!(full().route("/", get(hello))),
        mistake!(get(hello).ranges().etag()),
        mistake!(full().route("/[id]", any(hello))),
        mistake!(full().nest("/{*rest}", full())),
        mistake!(full().merge(full())),
        mistake!(full().claim("api")),
        mistake!(TrustedProxies::forwarded(["proxy"])),
        mistake!(TrustedProxies::x_forwarded_for(["10.0.0.0/33"])),
        mistake!(full().get("/{a}/{b}", async |_: Path<u32>| ())),
        mistake!(full().get("/{a}", async |_: Path<(u32, u32)>| ()).over(())),
        mistake!(Layer::layer(&full().get("/{a}", async |_: Path<(u32, u32)>| ()), ())),
        mistake!(RouteHandlers::new().layer(())),
        mistake!(RouteHandlers::new().route_layer(())),
        mistake!(full().layer(from_fn(async |_: State<u8>, request: Request, next: Next| next.run(request).await))),
        mistake!(full().route_service("/[id]", full())),
        mistake!(full().nest_service("/{*rest}", full())),
        mistake!(full().nest("/{a}", RouteHandlers::new().get("/{b}", async |_: Path<u32>| ()))),
        mistake!(client().get("users")),
        mistake!(client().post("/a b")),
        mistake!(client().with_header("two words", "")),
        mistake!(client().with_header("lines", "a\nb")),
        mistake!(RequestBuilder::get("/").header("two words", "")),
        mistake!(RequestBuilder::get("/").header("lines", "a\nb")),
        mistake!(RequestBuilder::get("/").query(&7)),
        mistake!(RequestBuilder::get("/").form(&7)),
        mistake!(RequestBuilder::get("/").json(&HashMap::from([([1], "a key of JSON is text")]))),
        mistake!(RequestBuilder::get("/a").pattern("/b").build()),
        mistake!(response().assert_status(404)),
        mistake!(response().json::<u32>()),
        mistake!(response().events()),
    ];
    let chained = line!() + 5;
    #[rustfmt::skip]
    let chain = || {
        let _ = RouteHandlers::new()
            .get("/", hello)
            .get("/[id]", hello)
            .post("/", hello);
    };

    let ordinary = take_hook();
    set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| (at.file().to_owned(), at.line()));
        *PANICKED_AT.lock().unwrap() = place;
    }));
    let mut places = Vec::new();
    for (call, line, mistake) in mistakes {
        let result = catch_unwind(AssertUnwindSafe(mistake));
        places.push((call, line, result.is_err(), PANICKED_AT.lock().unwrap().take()));
    }
    let result = catch_unwind(chain);
    places.push(("a chain", chained, result.is_err(), PANICKED_AT.lock().unwrap().take()));
    set_hook(ordinary);

    for (call, line, panicked, place) in places {
        assert!(panicked, "`{call}` does not panic");
        assert_eq!(place, Some((file!().to_owned(), line)), "`{call}`");
    }

    // The first registration that a conflict names is the line of the method, also for a route started elsewhere.
    for (route, line) in [
        (get(hello), line!()),
        (head(hello), line!()),
        (post(hello), line!()),
        (put(hello), line!()),
        (patch(hello), line!()),
        (delete(hello), line!()),
        (options(hello), line!()),
        (query(hello), line!()),
        (any(hello), line!()),
        (on(Method::TRACE, hello), line!()),
        (on(Method::QUERY, hello), line!()),
    ] {
        let error = RouteHandlers::new().route("/", route.clone()).try_route("/", route).unwrap_err();
        let first = error.first_registered().map(|at| (at.file(), at.line()));
        assert_eq!(first, Some((file!(), line)), "{error}");
    }
}
