//! Layers around routes and tables, middleware functions, and services as routes.

mod support;

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use route_handlers::extract::MatchedRoute;
use route_handlers::middleware::{FromFn, MiddlewareFunction, Next, from_fn};
use route_handlers::service::{OriginalUri, handler};
use route_handlers::{
    Body, Error, Extension, FromHead, Head, IntoResponse, Json, Path, Request as OurRequest, Result, RouteHandlers,
    State, TrailingSlash, get, post,
};
use support::{Later, get as get_request, inner, problem, request, send, send_get};
use tokio::sync::Notify;
use tower::ServiceBuilder;
use tower::limit::ConcurrencyLimitLayer;
use tower::util::{MapErrLayer, MapRequestLayer, MapResponseLayer};
use tower_http::cors::CorsLayer;

/// Adds its name to the header `through` of each response: the innermost layer comes first.
fn mark(name: &'static str) -> FromFn<impl MiddlewareFunction<()>, ()> {
    from_fn(move |request: OurRequest, next: Next| async move {
        let route = request.extensions().get::<MatchedRoute>().map_or("-".to_owned(), ToString::to_string);
        let mut response = next.run(request).await;
        response.headers_mut().append("through", HeaderValue::from_static(name));
        response.headers_mut().insert("route", route.parse().unwrap());
        response
    })
}

/// The status, and the layers that a response went through.
async fn through<S, R>(service: S, method: Method, uri: &str) -> (u16, String)
where
    S: tower::Service<Request<Body>, Response = Response<R>, Error: std::fmt::Debug>,
    R: http_body::Body<Data = Bytes, Error: Into<route_handlers::body::BoxError>>,
{
    let (status, headers, _) = send(service, request(method, uri, "")).await;
    let names: Vec<_> = headers.get_all("through").iter().map(|name| name.to_str().unwrap()).collect();
    (status.as_u16(), names.join(" "))
}

fn layered() -> RouteHandlers {
    RouteHandlers::new()
        .get("/users/{id}", async |Path(id): Path<u32>| id.to_string())
        .claim("/users")
        .trailing_slash(TrailingSlash::Remove)
        .layer(mark("a"))
        .get("/later", async || "later")
}

#[tokio::test]
async fn layer_wraps_every_response_of_the_routes_and_claims_before_it() {
    let cases = [
        (Method::GET, "/users/7", 200, "a", "/users/{id}"),
        (Method::HEAD, "/users/7", 200, "a", "/users/{id}"),
        (Method::GET, "/users/x", 400, "a", "/users/{id}"),
        (Method::DELETE, "/users/7", 405, "a", "/users/{id}"),
        (Method::OPTIONS, "/users/7", 204, "a", "/users/{id}"),
        (Method::GET, "/users/%ff", 400, "a", "/users/{id}"),
        (Method::GET, "/users/7/", 308, "a", "/users/{id}"),
        (Method::GET, "/users/7/x", 404, "a", "-"),
        (Method::GET, "/./users/7/x", 400, "a", "-"),
        (Method::GET, "/later", 200, "", ""),
        (Method::DELETE, "/later", 405, "", ""),
    ];
    for (method, uri, status, names, route) in cases {
        let alone = send(layered(), request(method.clone(), uri, "")).await;
        let over = send(layered().over(inner()), request(method.clone(), uri, "")).await;
        assert_eq!(alone, over, "{method} {uri}");
        assert_eq!(through(layered(), method.clone(), uri).await, (status, names.to_owned()), "{method} {uri}");
        assert_eq!(alone.1.get("route").map_or("", |route| route.to_str().unwrap()), route, "{method} {uri}");
    }
    assert_eq!(through(layered(), Method::GET, "/nowhere").await, (404, String::new()));
    assert_eq!(through(layered(), Method::OPTIONS, "*").await, (204, String::new()));
    assert_eq!(through(layered().over(inner()), Method::GET, "/nowhere").await, (200, String::new()));
}

#[tokio::test]
async fn layer_changes_nothing_else_of_the_responses_of_the_table() {
    let plain = || RouteHandlers::new().get("/a", async || "a").patch("/a", async |_: Json<u8>| "b").claim("/c");
    for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS, Method::PATCH] {
        for uri in ["/a", "/c/x", "/%2e/c", "/a/"] {
            let expected = send(plain(), request(method.clone(), uri, "")).await;
            let found =
                send(plain().layer(tower::layer::util::Identity::new()), request(method.clone(), uri, "")).await;
            assert_eq!(found, expected, "{method} {uri}");
        }
    }
}

#[tokio::test]
async fn route_layer_wraps_handlers_only() {
    let api = RouteHandlers::new().get("/a", async || "a").claim("/c").route_layer(mark("a"));
    for (method, uri, status, names) in [
        (Method::GET, "/a", 200, "a"),
        (Method::HEAD, "/a", 200, "a"),
        (Method::POST, "/a", 405, ""),
        (Method::OPTIONS, "/a", 204, ""),
        (Method::GET, "/c/x", 404, ""),
    ] {
        assert_eq!(through(api.clone(), method, uri).await, (status, names.to_owned()), "{uri}");
    }
}

#[tokio::test]
async fn nested_and_merged_tables_keep_their_layers_inside_those_of_the_outer_table() {
    let users = || RouteHandlers::new().get("/users", async || "users").claim("/u").layer(mark("inner"));
    let api =
        RouteHandlers::new().nest("/api", users()).merge(users()).get("/own", async || "own").layer(mark("outer"));
    for (method, uri, status, names) in [
        (Method::GET, "/api/users", 200, "inner outer"),
        (Method::PUT, "/api/users", 405, "inner outer"),
        (Method::GET, "/api/u/x", 404, "inner outer"),
        (Method::GET, "/users", 200, "inner outer"),
        (Method::GET, "/own", 200, "outer"),
        (Method::PUT, "/own", 405, "outer"),
    ] {
        assert_eq!(through(api.clone(), method, uri).await, (status, names.to_owned()), "{uri}");
    }
}

#[tokio::test]
async fn methods_of_one_path_from_two_tables_keep_their_own_layers() {
    let writes = RouteHandlers::new().post("/a", async || "post").layer(mark("writes"));
    let api = RouteHandlers::new().get("/a", async || "get").merge(writes);
    for (method, names) in
        [(Method::GET, ""), (Method::POST, "writes"), (Method::PUT, "writes"), (Method::OPTIONS, "writes")]
    {
        assert_eq!(through(api.clone(), method.clone(), "/a").await.1, names, "{method}");
    }
}

#[tokio::test]
async fn cors_layer_responds_to_preflights_and_marks_every_response() {
    let api = RouteHandlers::new()
        .route("/news", get(async || "today").etag())
        .post("/users/{id}", async |Path(id): Path<u8>| id.to_string())
        .layer(CorsLayer::permissive());
    for uri in ["/news", "/users/1"] {
        let preflight = Request::options(uri)
            .header("origin", "https://example.com")
            .header("access-control-request-method", "PUT")
            .body(Body::empty());
        let (status, headers, _) = send(api.clone(), preflight.unwrap()).await;
        assert_eq!((status, &headers["access-control-allow-origin"]), (StatusCode::OK, &HeaderValue::from_static("*")));
        assert_eq!(headers["access-control-allow-methods"], "*");
    }
    let etag = send(api.clone(), get_request("/news")).await.1["etag"].clone();
    for (method, uri, status) in
        [(Method::GET, "/news", 304), (Method::PUT, "/news", 405), (Method::POST, "/users/x", 400)]
    {
        let mut request = request(method, uri, "");
        request.headers_mut().insert("origin", HeaderValue::from_static("https://example.com"));
        request.headers_mut().insert("if-none-match", etag.clone());
        let (found, headers, _) = send(api.clone(), request).await;
        assert_eq!((found.as_u16(), &headers["access-control-allow-origin"]), (status, &HeaderValue::from_static("*")));
    }
}

/// Counts the responses by their status.
#[derive(Clone, Default)]
struct Statuses(Arc<Mutex<Vec<u16>>>);

impl Statuses {
    fn layer(&self) -> MapResponseLayer<impl Fn(route_handlers::Response) -> route_handlers::Response + Clone + use<>> {
        let all = Arc::clone(&self.0);
        MapResponseLayer::new(move |response: route_handlers::Response| {
            all.lock().unwrap().push(response.status().as_u16());
            response
        })
    }

    fn take(&self) -> Vec<u16> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[cfg(feature = "timeout")]
#[tokio::test(start_paused = true)]
async fn layer_after_a_timeout_sees_the_504_and_a_layer_before_it_does_not() {
    use std::time::Duration;

    let seen = Statuses::default();
    let slow = || async { tokio::time::sleep(Duration::from_secs(60)).await };
    let after = get(slow).timeout(Duration::from_secs(1)).layer(seen.layer());
    let before = get(slow).layer(seen.layer()).timeout(Duration::from_secs(1));
    let api = RouteHandlers::new().route("/after", after).route("/before", before);
    assert_eq!(send_get(api.clone(), "/after").await.0, 504);
    assert_eq!(seen.take(), [504]);
    assert_eq!(send_get(api, "/before").await.0, 504);
    assert_eq!(seen.take(), [0; 0]);
}

#[tokio::test]
async fn layer_after_etag_sees_the_304_and_a_layer_before_it_does_not() {
    let seen = Statuses::default();
    let api = RouteHandlers::new()
        .route("/after", get(async || "a").etag().layer(seen.layer()))
        .route("/before", get(async || "a").layer(seen.layer()).etag());
    for (uri, expected) in [("/after", [200, 304]), ("/before", [200, 200])] {
        let etag = send(api.clone(), get_request(uri)).await.1["etag"].clone();
        let mut again = get_request(uri);
        again.headers_mut().insert("if-none-match", etag);
        assert_eq!(send(api.clone(), again).await.0, 304);
        assert_eq!(seen.take(), expected, "{uri}");
    }
}

#[tokio::test]
async fn options_wrap_the_methods_before_them_only() {
    let echo = async |text: String| text;
    let api = RouteHandlers::new()
        .route("/limit", post(echo).body_limit(3).put(echo))
        .route("/etag", get(async || "a").etag().head(async || ()));
    for (method, status) in [(Method::POST, 413), (Method::PUT, 200)] {
        assert_eq!(send(api.clone(), request(method, "/limit", "1234")).await.0, status);
    }
    for (method, has_etag) in [(Method::GET, true), (Method::HEAD, false)] {
        assert_eq!(send(api.clone(), request(method, "/etag", "")).await.1.contains_key("etag"), has_etag);
    }
}

#[tokio::test]
async fn body_limit_applies_inside_the_layers_after_it_only() {
    let read = from_fn(async |mut request: OurRequest, next: Next| -> Result<route_handlers::Response> {
        let body = request.bytes().await?;
        request.set_body(body);
        Ok(next.run(request).await)
    });
    let echo = async |text: String| text;
    let api = RouteHandlers::new()
        .route("/outside", post(echo).layer(read.clone()).body_limit(3))
        .route("/inside", post(echo).body_limit(3).layer(read))
        .body_limit(5);
    for (uri, body, status) in [
        ("/outside", "123", 200),
        ("/outside", "1234", 413),
        ("/inside", "123", 200),
        ("/inside", "1234", 413),
        ("/inside", "123456", 413),
    ] {
        assert_eq!(send(api.clone(), request(Method::POST, uri, body)).await.0, status, "{uri} {body}");
    }
    let (_, _, text) = send(api.clone(), request(Method::POST, "/inside", "1234")).await;
    assert!(text.contains("3 bytes"), "the limit of the handler: {text}");
    let (_, _, text) = send(api, request(Method::POST, "/inside", "123456")).await;
    assert!(text.contains("5 bytes"), "the limit of the table: {text}");
}

#[tokio::test]
async fn one_layer_is_one_service_for_all_the_routes_that_it_wraps() {
    let (entered, leave) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let wait = {
        let (entered, leave) = (Arc::clone(&entered), Arc::clone(&leave));
        move || {
            let (entered, leave) = (Arc::clone(&entered), Arc::clone(&leave));
            async move {
                entered.fetch_add(1, Ordering::SeqCst);
                leave.notified().await;
            }
        }
    };
    let api = RouteHandlers::new()
        .get("/a", wait.clone())
        .get("/b", wait.clone())
        .layer(ConcurrencyLimitLayer::new(2))
        .route("/c", get(wait.clone()).post(wait).layer(ConcurrencyLimitLayer::new(1)));
    let tasks: Vec<_> =
        [(Method::GET, "/a"), (Method::GET, "/b"), (Method::GET, "/a"), (Method::GET, "/c"), (Method::POST, "/c")]
            .into_iter()
            .map(|(method, uri)| tokio::spawn(send(api.clone(), request(method, uri, ""))))
            .collect();
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert_eq!(entered.load(Ordering::SeqCst), 3, "two of the table, and one of the route");
    for task in tasks {
        while !task.is_finished() {
            leave.notify_waiters();
            tokio::task::yield_now().await;
        }
        assert_eq!(task.await.unwrap().0, 200);
    }
}

#[tokio::test]
async fn error_of_a_layer_is_the_response() {
    let fails = |error: fn() -> tower::BoxError| {
        ServiceBuilder::new().layer(MapErrLayer::new(|error: tower::BoxError| error)).filter(
            move |request: Request<Body>| {
                if request.uri().query().is_some() { Err(error()) } else { Ok(request) }
            },
        )
    };
    let ours = || Error::new(StatusCode::PAYMENT_REQUIRED).with_detail("pay first").into();
    let api = RouteHandlers::new().get("/a", async || "a").layer(fails(ours));
    let other = RouteHandlers::new().get("/a", async || "a").layer(fails(|| "a secret".into()));
    assert_eq!(send_get(api.clone(), "/a").await, (200, "a".to_owned()));
    let refused = send(api.clone(), get_request("/a?x")).await;
    assert_eq!((refused.0.as_u16(), problem(&refused)["detail"].as_str()), (402, Some("pay first")));
    assert_eq!(send(api, request(Method::POST, "/a?x", "")).await.0, 402, "of a 405 too");
    let failed = send(other, get_request("/a?x")).await;
    assert_eq!(failed.0, 500);
    assert!(!failed.2.contains("secret"));
}

#[tokio::test]
async fn layer_that_drops_the_extensions_is_500() {
    let forgets = MapRequestLayer::new(|request: Request<Body>| Request::new(request.into_body()));
    let api = RouteHandlers::new().get("/a", async || "a").layer(forgets);
    assert_eq!(send(api, get_request("/a")).await.0, 500);
}

/// The caller that a header names.
#[derive(Clone)]
struct User(String);

impl FromHead for User {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        head.header("x-user").map(|name| Self(name.to_owned())).ok_or(Error::new(StatusCode::UNAUTHORIZED))
    }
}

#[tokio::test]
async fn middleware_function_changes_requests_and_responses_and_may_respond_itself() {
    let guard = from_fn(async |user: User, State(admin): State<String>, mut request: OurRequest, next: Next| {
        if user.0 != *admin {
            return Err(Error::new(StatusCode::FORBIDDEN));
        }
        request.extensions_mut().insert(user);
        let mut response = next.run(request).await;
        response.headers_mut().insert("guarded", HeaderValue::from_static("yes"));
        Ok(response)
    });
    let api = RouteHandlers::new()
        .with_state("ada".to_owned())
        .get("/", async |Extension(User(name)): Extension<User>| name)
        .layer(guard);
    let ask = |user: Option<&str>| {
        let mut request = get_request("/");
        request.headers_mut().extend(user.map(|user| (HeaderName::from_static("x-user"), user.parse().unwrap())));
        request
    };
    let allowed = send(api.clone(), ask(Some("ada"))).await;
    assert_eq!((allowed.0.as_u16(), allowed.2.as_str()), (200, "ada"));
    assert_eq!(allowed.1["guarded"], "yes");
    assert_eq!(send(api.clone(), ask(Some("bob"))).await.0, 403);
    assert_eq!(problem(&send(api, ask(None)).await)["status"], 401);
}

#[tokio::test]
async fn middleware_function_takes_parameters_of_the_route_for_a_405_too() {
    let own = from_fn(async |Path(id): Path<u32>, request: OurRequest, next: Next| {
        let response = next.run(request).await;
        ([("id", id.to_string())], response).into_response()
    });
    let api = RouteHandlers::new().get("/users/{id}", async || "user").layer(own);
    for (method, uri, status, id) in [
        (Method::GET, "/users/7", 200, Some("7")),
        (Method::PUT, "/users/7", 405, Some("7")),
        (Method::GET, "/users/x", 400, None),
        (Method::GET, "/users/%ff", 400, None),
    ] {
        let (found, headers, _) = send(api.clone(), request(method, uri, "")).await;
        assert_eq!((found.as_u16(), headers.get("id").map(|id| id.to_str().unwrap())), (status, id), "{uri}");
    }
}

#[tokio::test]
async fn middleware_functions_combine_with_other_layers_in_any_position() {
    let stack = ServiceBuilder::new()
        .layer(mark("last"))
        .layer(tower_http::trace::TraceLayer::new_for_http())
        .layer(tower_http::compression::CompressionLayer::new())
        .layer(mark("first"));
    let api = RouteHandlers::new().get("/", async || "a").layer(stack.clone());
    assert_eq!(through(api, Method::GET, "/").await, (200, "first last".to_owned()));
    let last = from_fn(async |request: OurRequest, next: Next| {
        let response = next.run(request).await;
        ([("through", "last")], response).into_response()
    });
    let around = ServiceBuilder::new().layer(last).service(RouteHandlers::new().get("/", async || "a"));
    assert_eq!(through(around.clone(), Method::GET, "/").await, (200, "last".to_owned()));
    assert_eq!(through(around, Method::GET, "/nowhere").await, (404, "last".to_owned()));
}

#[tokio::test]
async fn panic_in_a_middleware_function_is_500() {
    let panics = from_fn(async |request: OurRequest, next: Next| {
        assert!(request.uri().query().is_none(), "expected by the test");
        next.run(request).await
    });
    let api = RouteHandlers::new().get("/", async || "a").layer(panics);
    assert_eq!(send_get(api.clone(), "/").await.0, 200);
    assert_eq!(send_get(api, "/?x").await.0, 500);
}

#[tokio::test]
async fn panic_or_error_in_a_layer_is_a_response_for_the_layers_outside() {
    let fails = from_fn(async |request: OurRequest, next: Next| match request.uri().query() {
        Some("panic") => panic!("expected by the test"),
        Some("error") => Err(Error::new(StatusCode::CONFLICT)),
        _ => Ok(next.run(request).await),
    });
    let refuses = ServiceBuilder::new().filter(|request: Request<Body>| match request.uri().query() {
        Some("layer") => Err(tower::BoxError::from(Error::new(StatusCode::GONE))),
        _ => Ok(request),
    });
    let stack = ServiceBuilder::new().layer(mark("outer")).layer(fails).layer(refuses);
    let api = RouteHandlers::new()
        .get("/c/a", async || "a")
        .claim("/c")
        .layer(stack)
        .on_error(|error, _| (error.status(), "shaped").into_response());
    for (query, status) in [("panic", 500), ("error", 409), ("layer", 410)] {
        for (method, path) in [(Method::GET, "/c/a"), (Method::PUT, "/c/a"), (Method::GET, "/c/x")] {
            let (found, headers, text) = send(api.clone(), request(method, &format!("{path}?{query}"), "")).await;
            assert_eq!((found.as_u16(), text.as_str()), (status, "shaped"), "{path} {query}");
            assert_eq!(headers["through"], "outer", "{path} {query}");
        }
    }
}

#[tokio::test]
async fn on_error_shapes_a_response_of_the_table_once_inside_a_layer() {
    let calls = Arc::new(AtomicUsize::new(0));
    let table = || {
        let calls = Arc::clone(&calls);
        RouteHandlers::new().get("/c/a", async || "a").claim("/c").on_error(move |error, context| {
            calls.fetch_add(1, Ordering::SeqCst);
            let allow = context.allow().map_or("-", |allow| allow.to_str().unwrap());
            error.with_detail(format!("allowed: {allow}")).into_response()
        })
    };
    for (method, uri) in [(Method::PUT, "/c/a"), (Method::HEAD, "/c/x"), (Method::GET, "/%2e/c/x")] {
        let plain = send(table(), request(method.clone(), uri, "")).await;
        let layered = send(table().layer(tower::layer::util::Identity::new()), request(method, uri, "")).await;
        assert_eq!(layered, plain, "{uri}");
        assert_eq!(calls.swap(0, Ordering::SeqCst), 2, "one call for each request to {uri}");
    }
}

#[tokio::test]
async fn middleware_function_has_the_state_and_the_hooks_of_the_table_below_a_claim() {
    let later = Later::default();
    let count = from_fn(async |State(value): State<u8>, request: OurRequest, next: Next| {
        request.after(async {})?;
        Ok::<_, Error>(([("state", value.to_string())], next.run(request).await))
    });
    let nested = RouteHandlers::new().with_state(2_u8).claim("/c").layer(count).wait_until(later.clone());
    let api = RouteHandlers::new()
        .merge(nested.clone())
        .with_state(1_u8)
        .nest_service("/service/{id}", nested)
        .route_layer(mark("outer"));
    for (uri, route) in [("/c/x", None), ("/service/7/c/x", Some("/service/{id}/{*rest?}"))] {
        let (status, headers, _) = send(api.clone(), get_request(uri)).await;
        assert_eq!((status.as_u16(), &headers["state"]), (404, &HeaderValue::from_static("2")), "{uri}");
        assert_eq!(headers.get("route").map(|route| route.to_str().unwrap()), route, "{uri}");
        assert_eq!(later.take().len(), 1, "{uri}");
    }
}

#[tokio::test]
async fn claim_of_a_table_in_a_service_does_not_see_the_route_of_the_outer_table() {
    let nested = RouteHandlers::new().claim("/c").layer(mark("inner"));
    let api = RouteHandlers::new().nest_service("/outer/{id}", nested);
    assert_eq!(send(api, get_request("/outer/7/c/x")).await.1["route"], "-");
}

#[tokio::test]
async fn body_that_a_layer_took_and_did_not_put_back_is_500_for_its_reader() {
    let forgets = from_fn(async |mut request: OurRequest, next: Next| {
        request.bytes().await?;
        Ok::<_, Error>(next.run(request).await)
    });
    let api = RouteHandlers::new()
        .post("/reads", async |text: String| text)
        .post("/does-not", async || "fine")
        .layer(forgets)
        .on_error(|error, _| error.source().map(ToString::to_string).unwrap_or_default().into_response());
    let (_, _, text) = send(api.clone(), request(Method::POST, "/reads", "tea")).await;
    assert_eq!(text, "the body is gone: `Request::bytes` took it, and `set_body` did not put it back");
    assert_eq!(send(api, request(Method::POST, "/does-not", "tea")).await.2, "fine");
}

#[tokio::test]
async fn body_that_a_layer_sets_has_its_own_length() {
    let sets = from_fn(async |mut request: OurRequest, next: Next| {
        match request.uri().query() {
            Some("stream") => request.set_body(Body::from_stream(futures_util::stream::iter([Ok::<_, Error>("a")]))),
            _ => request.set_body("longer"),
        }
        next.run(request).await
    });
    let length = async |request: OurRequest| {
        let lengths: Vec<_> = request.headers().get_all("content-length").iter().map(HeaderValue::to_str).collect();
        format!("{lengths:?}")
    };
    let api = RouteHandlers::new().post("/", length).layer(sets);
    for (uri, sent, seen) in
        [("/", Some("3"), r#"[Ok("6")]"#), ("/", None, "[]"), ("/?stream", Some("3"), "[]"), ("/?stream", None, "[]")]
    {
        let mut request = request(Method::POST, uri, "tea");
        for sent in sent.into_iter().chain(sent) {
            request.headers_mut().append("content-length", HeaderValue::from_static(sent));
        }
        assert_eq!(send(api.clone(), request).await.2, seen, "{uri} {sent:?}");
    }
}

#[tokio::test]
async fn service_of_a_route_gets_the_whole_path_and_every_method() {
    let api = RouteHandlers::new().route_service("/a/{id}", inner()).route("/b", get(handler(inner())));
    assert_eq!(send_get(api.clone(), "/a/1?x=y").await, (200, "inner: GET /a/1?x=y".to_owned()));
    assert_eq!(send(api.clone(), request(Method::DELETE, "/a/1", "")).await.2, "inner: DELETE /a/1");
    assert_eq!(
        send(api.clone(), request(Method::HEAD, "/b", "")).await.1["content-length"],
        "14",
        "as `inner: HEAD /b`"
    );
    assert_eq!(send(api, request(Method::DELETE, "/b", "")).await.0, 405);
}

#[tokio::test]
async fn service_without_content_for_head_does_not_say_that_get_has_none() {
    let service = tower::service_fn(async |request: Request<Body>| {
        let content = if request.method() == Method::HEAD { Body::empty() } else { Body::from("content") };
        let length = request.uri().query().map(|length| ("content-length", length));
        let response =
            length.into_iter().fold(Response::builder(), |response, (name, value)| response.header(name, value));
        Ok::<_, Infallible>(response.body(content).unwrap())
    });
    let api = RouteHandlers::new()
        .route("/plain", get(handler(service)))
        .route("/etag", get(handler(service)).etag().layer(mark("a")))
        .nest_service("/nested", service);
    for uri in ["/plain", "/etag", "/nested"] {
        for (query, length) in [("", None), ("?7", Some("7"))] {
            let (status, headers, text) = send(api.clone(), request(Method::HEAD, &format!("{uri}{query}"), "")).await;
            assert_eq!((status.as_u16(), text.as_str()), (200, ""), "{uri}{query}");
            assert_eq!(headers.get("content-length").map(|length| length.to_str().unwrap()), length, "{uri}{query}");
            assert!(!headers.contains_key("etag"), "of the empty content: {uri}{query}");
        }
    }
}

#[tokio::test]
async fn nested_service_gets_the_path_without_its_prefix() {
    let seen = tower::service_fn(async |request: Request<Body>| {
        let OriginalUri(original) = request.extensions().get::<OriginalUri>().unwrap();
        Ok::<_, Infallible>(Response::new(format!("{} of {original}", request.uri())))
    });
    let nested = RouteHandlers::new().nest_service("/files", seen).get("/files/own", async || "own");
    let api = RouteHandlers::new()
        .nest("/outer/{org}", nested.clone())
        .merge(nested)
        .nest_service("/teams/{team}", seen)
        .nest_service("/slash/", seen);
    for (uri, stripped) in [
        ("/files", "/"),
        ("/files/", "/"),
        ("/files?a=b", "/?a=b"),
        ("/files/a", "/a"),
        ("/files/a/", "/a/"),
        ("/files/a%2Fb/%20?c=%2F", "/a%2Fb/%20?c=%2F"),
        ("/outer/x%2Fy/files/a", "/a"),
        ("/teams/a%2Fb/c", "/c"),
        ("/teams/a", "/"),
        ("/slash/a", "/a"),
    ] {
        assert_eq!(send_get(api.clone(), uri).await, (200, format!("{stripped} of {uri}")), "{uri}");
    }
    assert_eq!(send_get(api.clone(), "/files/own").await.1, "own");
    assert_eq!(send_get(api.clone(), "/filesx").await.0, 404);
    assert_eq!(send_get(api.clone(), "/teams").await.0, 404);
    for uri in ["/files/../a", "/files/%2e%2e/a", "/files/%ff", "/files//a", "/files/a//b"] {
        assert_eq!(send_get(api.clone(), uri).await.0, 400, "{uri}");
    }
    let root = RouteHandlers::new().nest_service("/", seen);
    assert_eq!(send_get(root, "/a/b").await.1, "/a/b of /a/b");
    let absolute = RouteHandlers::new().nest_service("/a", seen);
    assert_eq!(send_get(absolute, "http://host/a/b").await.1, "http://host/b of http://host/a/b");
}

#[tokio::test]
async fn table_is_a_service_of_a_table_and_sees_its_own_routes() {
    let inner = RouteHandlers::new()
        .get("/{name}", async |route: MatchedRoute, Path(name): Path<String>| format!("{route} {name}"));
    let api = RouteHandlers::new().nest_service("/inner/{id}", inner);
    assert_eq!(send_get(api.clone(), "/inner/7/ada").await, (200, "/{name} ada".to_owned()));
    assert_eq!(send_get(api, "/inner/7/ada/x").await.0, 404);
}

fn message(build: impl FnOnce() -> RouteHandlers + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(build).map(drop).unwrap_err();
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref().map(|text: &&str| (*text).to_owned()))
        .unwrap()
}

#[test]
fn layer_on_an_empty_table_is_refused() {
    let layer = CorsLayer::new;
    let text = "the layer wraps nothing, because the table has no routes yet: register the routes before the layer";
    assert_eq!(message(|| RouteHandlers::new().layer(layer())), text);
    assert_eq!(message(|| RouteHandlers::new().claim("/a").route_layer(layer())), text);
    let _ = RouteHandlers::new().claim("/a").layer(layer());
}

#[test]
fn middleware_function_that_lacks_a_state_is_refused_when_it_is_registered() {
    async fn guard(_: State<u8>, request: OurRequest, next: Next) -> route_handlers::Response {
        next.run(request).await
    }
    let line = line!() + 1;
    let layer = from_fn(guard);
    let place = format!("`from_fn` of {}:{line}:17", file!());
    let reason = "takes `State<u8>`, which the table lacks (it has no state yet): call `with_state` before the route";
    let api = || RouteHandlers::new().get("/a", async || "a");
    let expected = format!("the handler of `GET /a` is behind {place}, which {reason}");
    assert_eq!(message(|| api().layer(layer.clone())), expected);
    assert_eq!(message(|| api().route_layer(layer.clone())), expected);
    assert_eq!(message(|| RouteHandlers::new().route("/a", get(async || "a").layer(layer.clone()))), expected);
    let stack = || ServiceBuilder::new().layer(layer.clone()).layer(CorsLayer::permissive());
    assert_eq!(message(|| api().layer(stack())), expected);
    let claim = || RouteHandlers::new().claim("/c").layer(layer.clone());
    assert_eq!(message(claim), format!("the claim of `/c` is behind {place}, which {reason}"));
    let _ = RouteHandlers::new().with_state(1_u8).get("/a", async || "a").claim("/c").layer(stack());
}

#[test]
fn middleware_function_that_takes_parameters_is_refused_around_a_claim() {
    async fn guard(_: Path<u32>, request: OurRequest, next: Next) -> route_handlers::Response {
        next.run(request).await
    }
    let api = || RouteHandlers::new().get("/c/{id}", async || "one").claim("/c");
    let text = message(|| api().layer(from_fn(guard)));
    assert!(text.starts_with("the claim of `/c` is behind `from_fn` of "), "{text}");
    assert!(
        text.ends_with("(a claim has no parameters: use `route_layer`, or call `claim` after the layer)"),
        "{text}"
    );
    let _ = api().route_layer(from_fn(guard));
    let _ = api().layer(from_fn(async |_: Option<Path<u32>>, request: OurRequest, next: Next| next.run(request).await));
}

#[test]
fn middleware_function_with_an_argument_that_reads_the_body_is_refused() {
    async fn guard(_: Bytes, request: OurRequest, next: Next) -> route_handlers::Response {
        next.run(request).await
    }
    let text = message(|| RouteHandlers::new().get("/a", async || "a").layer(from_fn(guard)));
    assert!(text.contains("reads the body twice, as `Bytes` and as `Request`"), "{text}");
}
