//! Options of routes and tables, and tables made of other tables.

mod support;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use route_handlers::extract::MatchedRoute;
use route_handlers::middleware::{Next, from_fn};
use route_handlers::{
    Body, Error, ErrorContext, IntoResponse, Json, Path, Response, RouteHandlers, RouteInfo, State, TrailingSlash, any,
    get, post,
};
use tower::ServiceBuilder;
use tower::util::{MapRequestLayer, MapResponseLayer};
use tower_http::cors::CorsLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use support::{inner, problem, request, send, send_get};

fn table() -> RouteHandlers {
    RouteHandlers::new()
}

async fn route(route: MatchedRoute) -> String {
    route.to_string()
}

fn purge() -> Method {
    Method::from_bytes(b"PURGE").unwrap()
}

/// A layer that adds a mark to the headers of each response.
fn marking(mark: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::appending(http::HeaderName::from_static("x-mark"), HeaderValue::from_static(mark))
}

/// The status of a response, and its marks in order.
async fn marks(api: &RouteHandlers, method: Method, uri: &str) -> (u16, Vec<String>) {
    let (status, headers, _) = send(api.clone(), request(method, uri, "")).await;
    let marks = headers.get_all("x-mark").iter().map(|mark| mark.to_str().unwrap().to_owned());
    (status.as_u16(), marks.collect())
}

// Route::layer

#[tokio::test]
async fn layer_sees_the_responses_of_its_handlers_only() {
    let api = table().route("/", get(async || "got").post(async || None::<&str>).layer(marking("a")));
    for (method, status, expected) in [
        (Method::GET, 200, &["a"][..]),
        (Method::HEAD, 200, &["a"]),
        (Method::POST, 404, &["a"]),
        (Method::DELETE, 405, &[]),
        (Method::OPTIONS, 204, &[]),
    ] {
        let (seen, marks) = marks(&api, method.clone(), "/").await;
        assert_eq!((seen, marks), (status, expected.iter().map(ToString::to_string).collect()), "{method}");
    }
}

#[tokio::test]
async fn layer_wraps_the_handlers_registered_so_far() {
    let api = table().route(
        "/",
        get(async || "got").layer(marking("a")).layer(marking("b")).post(async || "posted").put(async || ()),
    );
    assert_eq!(marks(&api, Method::GET, "/").await.1, ["a", "b"]);
    assert_eq!(marks(&api, Method::POST, "/").await.1, Vec::<String>::new());
    let api =
        table().route("/", any(async || "got").layer(ServiceBuilder::new().layer(marking("a")).layer(marking("b"))));
    assert_eq!(marks(&api, purge(), "/").await.1, ["b", "a"]);
}

#[tokio::test]
async fn layer_finds_the_matched_route_in_the_extensions() {
    let show = MapRequestLayer::new(|mut request: Request<Body>| {
        let route = request.extensions().get::<MatchedRoute>().map(MatchedRoute::to_string);
        request.headers_mut().insert("x-route", route.unwrap_or_default().parse().unwrap());
        request
    });
    let handler = async |headers: http::HeaderMap| headers["x-route"].to_str().unwrap().to_owned();
    let api = table().nest("/api", table().route("/users/{id}", get(handler).layer(show)));
    assert_eq!(send_get(api, "/%61pi/users/7").await, (200, "/api/users/{id}".into()));
}

#[tokio::test]
async fn arguments_are_read_behind_a_layer_that_changes_the_uri() {
    let elsewhere = MapRequestLayer::new(|mut request: Request<Body>| {
        *request.uri_mut() = Uri::from_static("/elsewhere?a=b");
        request
    });
    let handler =
        async |Path((id, rest)): Path<(u8, Vec<String>)>,
               State(state): State<&'static str>,
               route: MatchedRoute,
               uri: Uri,
               body: Bytes| { format!("{id} {rest:?} {state} {route} {uri} {}", body.len()) };
    let api = table().with_state("state").body_limit(2).route("/{id}/{*rest}", post(handler).layer(elsewhere));
    for (uri, rest) in [("/7/a/b", r#"["a", "b"]"#), ("/%37/a%2Fb", r#"["a/b"]"#)] {
        let (_, _, text) = send(api.clone(), request(Method::POST, uri, "hi")).await;
        assert_eq!(text, format!("7 {rest} state /{{id}}/{{*rest}} /elsewhere?a=b 2"));
    }
    assert_eq!(send(api.clone(), request(Method::POST, "/7/a", "more")).await.0, 413);
    assert_eq!(send(api, request(Method::POST, "/x/a", "hi")).await.0, 400);
}

#[tokio::test]
async fn layer_may_change_the_response_body() {
    let shout = MapResponseLayer::new(|response: Response| response.map(|_| String::from("LOUD")));
    let api = table().route("/", get(async || "quiet").layer(shout));
    assert_eq!(send_get(api.clone(), "/").await, (200, "LOUD".into()));
    assert_eq!(send(api, request(Method::HEAD, "/", "")).await.1["content-length"], "4");
}

/// A CORS layer relies on this: without its headers, a browser hides the failure from the script.
#[tokio::test]
async fn headers_of_a_layer_survive_on_error() {
    let api = table()
        .route("/", get(async || None::<&str>).layer(marking("a")))
        .on_error(|error, _| (error.status(), "shaped").into_response());
    assert_eq!(marks(&api, Method::GET, "/").await, (404, vec!["a".into()]));
    assert_eq!(send_get(api, "/").await, (404, "shaped".into()));
}

// Route::pass_unsupported

#[tokio::test]
async fn pass_unsupported_passes_other_methods_to_the_inner_service() {
    let api = table().route("/login", get(async || "form").pass_unsupported());
    for api in [api.clone(), table().nest("/", api.clone()), table().merge(api)] {
        for (method, with_inner, alone) in [
            (Method::GET, (200, "form"), 200),
            (Method::HEAD, (200, ""), 200),
            (Method::POST, (200, "inner: POST /login"), 405),
            (Method::OPTIONS, (200, "inner: OPTIONS /login"), 204),
            (purge(), (200, "inner: PURGE /login"), 405),
        ] {
            let (status, _, text) = send(api.clone().over(inner()), request(method.clone(), "/login", "")).await;
            assert_eq!((status.as_u16(), text.as_str()), with_inner, "{method}");
            let (status, headers, _) = send(api.clone(), request(method.clone(), "/login", "")).await;
            assert_eq!(status, alone, "{method}");
            assert!(alone == 200 || headers["allow"] == "GET, HEAD, OPTIONS", "{method}");
        }
    }
}

#[tokio::test]
async fn unsupported_method_never_reaches_the_inner_service_by_default() {
    let api = table().get("/login", async || "form").over(inner());
    let refused = send(api, request(Method::POST, "/login", "")).await;
    assert_eq!(problem(&refused)["status"], 405);
    assert_eq!(refused.1["allow"], "GET, HEAD, OPTIONS");
}

// Route::timeout

#[cfg(feature = "timeout")]
mod timeout {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    use super::support::status_and_detail;
    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    /// Records that it was dropped.
    struct Guard(Arc<AtomicBool>);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn handler_over_its_timeout_is_dropped_and_504() {
        let dropped = Arc::new(AtomicBool::new(false));
        let guarded = Arc::clone(&dropped);
        let hang = move || {
            let guard = Guard(Arc::clone(&guarded));
            async move {
                let _guard = guard;
                std::future::pending::<&'static str>().await
            }
        };
        let api = table().route("/", get(hang).timeout(LIMIT).post(async || "fast"));
        let late = send(api.clone(), support::get("/")).await;
        assert_eq!(status_and_detail(&late).0, 504);
        assert!(dropped.load(Ordering::Relaxed));
        assert_eq!(send(api, request(Method::POST, "/", "")).await.2, "fast");
    }

    #[tokio::test(start_paused = true)]
    async fn timeout_includes_reading_the_body() {
        let never = futures_util::stream::pending::<Result<http_body::Frame<Bytes>, std::io::Error>>();
        let body = Body::new(http_body_util::StreamBody::new(never));
        let api = table().route("/", post(async |body: Bytes| body).timeout(LIMIT));
        assert_eq!(send(api, request(Method::POST, "/", body)).await.0, 504);
    }

    #[tokio::test(start_paused = true)]
    async fn handler_within_its_timeout_responds() {
        let slow = async || {
            tokio::task::yield_now().await;
            "done"
        };
        let api = table().route("/", get(slow).timeout(LIMIT));
        assert_eq!(send_get(api.clone(), "/").await, (200, "done".into()));
        assert_eq!(send(api, request(Method::HEAD, "/", "")).await.1["content-length"], "4");
    }

    /// Tokio panics without a runtime. The panic must fail the request, not the connection.
    #[test]
    fn timeout_without_a_runtime_is_a_500_problem() {
        let mut api = table().route("/", get(async || "done").timeout(LIMIT));
        let response = std::pin::pin!(tower::Service::call(&mut api, support::get("/")));
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(Ok(response)) = response.poll(&mut context) else { panic!("the first poll is ready") };
        assert_eq!(response.status(), 500);
    }

    #[tokio::test(start_paused = true)]
    async fn timeout_includes_the_layers_added_before_it() {
        let hang = || std::future::pending::<&'static str>();
        let api = table()
            .route("/within", get(hang).layer(marking("a")).timeout(LIMIT))
            .route("/around", get(hang).timeout(LIMIT).layer(marking("a")))
            .on_error(|error, context| (error.status(), context.uri().to_string()).into_response());
        assert_eq!(marks(&api, Method::GET, "/within").await, (504, vec![]));
        assert_eq!(send_get(api.clone(), "/within").await, (504, "/within".into()));
        assert_eq!(send_get(api, "/around").await, (504, "/around".into()));
    }
}

// RouteHandlers::claim

#[tokio::test]
async fn every_path_below_a_claim_is_ours() {
    let api = table().get("/api/users", async || "users").claim("/api").claim("/t/{tenant}/");
    for uri in ["/api", "/api/", "/api/user", "/api/a/b/", "/%61pi/x", "/api//", "/api/%zz", "/t/7", "/t/7/x"] {
        for method in [Method::GET, Method::POST, Method::OPTIONS, Method::HEAD] {
            let request = request(method.clone(), uri, "");
            let response = send(api.clone().over(inner()), request).await;
            assert_eq!(response.0, 404, "{method} {uri}");
            assert_eq!(response.1["content-type"], "application/problem+json");
            assert_eq!(response.2.is_empty(), method == Method::HEAD);
        }
    }
    for uri in ["/", "/apis", "/API/x", "/x/api", "/%2561pi", "/t", "/t/", "//apis"] {
        let (status, text) = send_get(api.clone().over(inner()), uri).await;
        assert_eq!((status, text), (200, format!("inner: GET {uri}")));
    }
    // A path that an inner service could resolve into the claim is refused.
    for uri in ["/api%2Fx", "//api", "/./api/x", "/x/../api", "/%2e%2e/api", "/api\\x", "/x/%2E%2E%2Fapi"] {
        assert_eq!(send_get(api.clone().over(inner()), uri).await.0, 400, "{uri}");
    }
    assert_eq!(send_get(api.over(inner()), "/api/users").await.1, "users");
    let everything = table().claim("/").over(inner());
    for uri in ["/", "/a", "/a/b/", "//"] {
        assert_eq!(send_get(everything.clone(), uri).await.0, 404, "{uri}");
    }
    assert_eq!(send(everything, request(Method::OPTIONS, "*", "")).await.2, "inner: OPTIONS *");
}

// RouteHandlers::trailing_slash

fn slashed(policy: TrailingSlash) -> RouteHandlers {
    table()
        .get("/", route)
        .get("/users", route)
        .get("/posts/", route)
        .get("/users/{id}", route)
        .get("/feed.xml", route)
        .get("/files/{*path}", async |Path(path): Path<Vec<String>>| format!("files {path:?}"))
        .claim("/claimed")
        .trailing_slash(policy)
}

/// The status of a response, and its text or the location of the redirect.
async fn outcome(api: &RouteHandlers, method: Method, uri: &str) -> String {
    let (status, headers, text) = send(api.clone().over(inner()), request(method, uri, "")).await;
    let location = headers.get("location").map(|location| location.to_str().unwrap().to_owned());
    format!("{} {}", status.as_u16(), location.unwrap_or(text))
}

#[tokio::test]
async fn trailing_slash_follows_the_policy() {
    use TrailingSlash::{Add, Ignore, Remove, Strict};
    for (policy, cases) in [
        (
            Strict,
            &[
                ("/", "200 /"),
                ("/users", "200 /users"),
                ("/users/", "200 inner: GET /users/"),
                ("/posts", "200 inner: GET /posts"),
                ("/posts/", "200 /posts/"),
                ("/users/7/", "200 inner: GET /users/7/"),
                ("/files/a/", r#"200 files ["a", ""]"#),
            ][..],
        ),
        (
            Ignore,
            &[
                ("/", "200 /"),
                ("/users", "200 /users"),
                ("/users/", "200 /users"),
                ("/posts", "200 /posts/"),
                ("/posts/", "200 /posts/"),
                ("/users/7/", "200 /users/{id}"),
                ("/files/a/", r#"200 files ["a"]"#),
                ("/feed.xml/", "200 /feed.xml"),
                ("/unknown/", "200 inner: GET /unknown/"),
            ],
        ),
        (
            Remove,
            &[
                ("/", "200 /"),
                ("/?a=b", "200 /"),
                ("/users", "200 /users"),
                ("/users/", "308 /users"),
                ("/users/?a=b&c=%2F", "308 /users?a=b&c=%2F"),
                ("/users/?", "308 /users?"),
                ("/%75sers/", "308 /%75sers"),
                ("/posts", "200 /posts/"),
                ("/posts/", "308 /posts"),
                ("/users/7/", "308 /users/7"),
                ("/files/a/b/", "308 /files/a/b"),
                ("/feed.xml/", "308 /feed.xml"),
                ("/claimed/", "308 /claimed"),
                ("/claimed/x/?q", "308 /claimed/x?q"),
                ("/unknown/", "200 inner: GET /unknown/"),
                ("http://example.com/users/?q", "308 /users?q"),
            ],
        ),
        (
            Add,
            &[
                ("/", "200 /"),
                ("/users/", "200 /users"),
                ("/users", "308 /users/"),
                ("/users?a=b/c", "308 /users/?a=b/c"),
                ("/posts", "308 /posts/"),
                ("/posts/", "200 /posts/"),
                ("/users/7", "308 /users/7/"),
                ("/users/7/", "200 /users/{id}"),
                ("/users/a.b", "200 /users/{id}"),
                ("/feed.xml", "200 /feed.xml"),
                ("/feed.xml/", "308 /feed.xml"),
                ("/claimed", "308 /claimed/"),
                ("/claimed/x", "308 /claimed/x/"),
                ("/unknown", "200 inner: GET /unknown"),
            ],
        ),
    ] {
        let api = slashed(policy);
        for (uri, expected) in cases {
            assert_eq!(outcome(&api, Method::GET, uri).await, *expected, "{policy:?} {uri}");
        }
    }
}

#[tokio::test]
async fn trailing_slash_redirect_is_sent_for_every_method() {
    for (policy, uri, expected) in
        [(TrailingSlash::Remove, "/users/", "308 /users"), (TrailingSlash::Add, "/users", "308 /users/")]
    {
        let api = slashed(policy);
        for method in [Method::GET, Method::HEAD, Method::POST, Method::DELETE, Method::OPTIONS, Method::TRACE, purge()]
        {
            assert_eq!(outcome(&api, method.clone(), uri).await, expected, "{method}");
        }
    }
}

#[tokio::test]
async fn trailing_slash_redirect_never_leads_to_another_host() {
    for policy in [TrailingSlash::Remove, TrailingSlash::Add] {
        let api = table().any("/{*rest?}", route).claim("/").trailing_slash(policy);
        for path in [
            "//evil.com",
            "//evil.com/",
            "/\\evil.com",
            "/\\evil.com/",
            "///evil.com/",
            "//",
            "///",
            "/\\/",
            "/\\",
            "//evil.com/%2e%2e/",
            "http://example.com//evil.com/",
            "http://example.com//evil.com",
        ] {
            if path.parse::<Uri>().is_err() {
                continue; // no host can receive it
            }
            let outcome = outcome(&api, Method::GET, path).await;
            let location = outcome.strip_prefix("308 ").unwrap_or("/");
            assert!(location.starts_with('/'), "{policy:?} {path}: {location}");
            assert!(!location.starts_with("//") && !location.starts_with("/\\"), "{policy:?} {path}: {location}");
        }
    }
    assert!("/\\evil.com/".parse::<Uri>().is_ok(), "`http` accepts this path, so a request can have it");
}

#[tokio::test]
async fn trailing_slash_redirect_leads_to_the_same_path() {
    let api = table().any("/{*rest?}", route).claim("/").trailing_slash(TrailingSlash::Remove);
    for (path, expected) in [
        ("/a|b^/?q=|^`", "308 /a%7Cb%5E?q=%7C%5E%60"),
        ("/é/", "308 /%C3%A9"),
        ("/a\"b{c}/", "308 /a%22b%7Bc%7D"),
        ("/a%20b%2Fc/", "308 /a%20b%2Fc"),
        ("/x\\y/", "308 /x%5Cy"),
        // A browser would resolve these to another path, or they cannot stand in a location.
        ("/x\\..\\api/", "400"),
        ("/x\\%2e%2e/", "400"),
        ("/%zz/", "400"),
    ] {
        let Ok(uri) = path.parse::<Uri>() else { panic!("`http` refuses {path}") };
        let outcome = outcome(&api, Method::GET, &uri.to_string()).await;
        assert!(outcome.starts_with(expected) && (outcome == expected || expected == "400"), "{path}: {outcome}");
    }
}

#[tokio::test]
async fn both_forms_of_a_path_may_be_registered_if_the_slash_is_ignored() {
    let api = table().get("/a", async || "bare").get("/a/", async || "slash").trailing_slash(TrailingSlash::Ignore);
    assert_eq!(send_get(api.clone(), "/a").await.1, "bare");
    assert_eq!(send_get(api.clone(), "/a/").await.1, "slash");
    let api = api.post("/a/", async || "posted");
    assert_eq!(send(api, request(Method::POST, "/a", "")).await.2, "posted");
}

// RouteHandlers::with_state

#[tokio::test]
async fn state_applies_to_the_routes_registered_after_it() {
    let show = async |State(state): State<&'static str>| *state;
    let api = table()
        .with_state("first")
        .get("/a", show)
        .with_state("second")
        .get("/b", show)
        .with_state(7_u8)
        .get("/c", async |name: State<&'static str>, number: State<u8>| format!("{} {}", *name, *number));
    for (uri, expected) in [("/a", "first"), ("/b", "second"), ("/c", "second 7")] {
        assert_eq!(send_get(api.clone(), uri).await.1, expected, "{uri}");
    }
}

// nest and merge

#[tokio::test]
async fn nested_routes_match_below_the_prefix_only() {
    let users = table().get("/", route).get("/users/{id}", route).get("/files/{*path}", route).get("/slash/", route);
    for prefix in ["/api", "/api/"] {
        let api = table().nest(prefix, users.clone());
        for (uri, expected) in [
            ("/api", (200, "/api")),
            ("/api/users/7", (200, "/api/users/{id}")),
            ("/%61pi/users/7", (200, "/api/users/{id}")),
            ("/api/files/a/b", (200, "/api/files/{*path}")),
            ("/api/slash/", (200, "/api/slash/")),
            ("/api/", (200, "inner: GET /api/")),
            ("/api%2Fusers/7", (200, "inner: GET /api%2Fusers/7")),
            ("/%2561pi/users/7", (200, "inner: GET /%2561pi/users/7")),
            ("/users/7", (200, "inner: GET /users/7")),
            ("/apiusers/7", (200, "inner: GET /apiusers/7")),
            ("/api/../api/users/7", (200, "inner: GET /api/../api/users/7")),
        ] {
            assert_eq!(send_get(api.clone().over(inner()), uri).await, (expected.0, expected.1.into()), "{uri}");
        }
    }
    assert_eq!(send_get(table().nest("/", users), "/users/7").await.1, "/users/{id}");
}

#[tokio::test]
async fn prefix_may_have_parameters_and_be_nested() {
    let show = async |Path((tenant, id)): Path<(String, u8)>, route: MatchedRoute| format!("{tenant} {id} {route}");
    let users = table().nest("/users", table().get("/{id}", show));
    let api = table().nest("/v1", table().nest("/t-{tenant}", users));
    assert_eq!(send_get(api.clone(), "/v1/t-acme/users/7").await.1, "acme 7 /v1/t-{tenant}/users/{id}");
    assert_eq!(send_get(api.clone(), "/v1/t-%61%2Fb/users/7").await.1, "a/b 7 /v1/t-{tenant}/users/{id}");
    assert_eq!(send_get(api, "/v1/t-/users/7").await.0, 404);
}

fn say(who: &'static str) -> impl Fn(Error, &ErrorContext<'_>) -> Response + Send + Sync + 'static {
    move |error, context| (error.status(), format!("{who} {}", context.uri())).into_response()
}

/// A table nested in another one, and merged into another one.
fn within(outer: RouteHandlers, other: &RouteHandlers) -> [RouteHandlers; 2] {
    [outer.clone().nest("/in", other.clone()), outer.merge(table().nest("/in", other.clone()))]
}

#[tokio::test]
async fn nested_and_merged_routes_keep_their_state() {
    let show = async |State(state): State<&'static str>| *state;
    let other = table().with_state("theirs").get("/", show);
    for api in within(table().with_state("ours").get("/", show), &other) {
        let api = api.get("/after", show);
        for (uri, expected) in [("/in", "theirs"), ("/", "ours"), ("/after", "ours")] {
            assert_eq!(send_get(api.clone(), uri).await, (200, expected.into()), "{uri}");
        }
    }
}

#[tokio::test]
async fn nested_and_merged_routes_keep_their_limit_or_take_the_outer_one() {
    let read = async |body: Bytes| body.len().to_string();
    let limited = table().post("/table", read).route("/route", post(read).body_limit(3)).body_limit(2);
    let unlimited = table().post("/table", read).route("/route", post(read).body_limit(3));
    for (other, table_limit) in [(&limited, 2), (&unlimited, 1)] {
        for api in within(table().body_limit(1), other) {
            for (uri, limit) in [("/in/table", table_limit), ("/in/route", 3)] {
                let status = async |length| send(api.clone(), request(Method::POST, uri, vec![b' '; length])).await.0;
                assert_eq!(
                    (status(limit).await, status(limit + 1).await),
                    (StatusCode::OK, StatusCode::PAYLOAD_TOO_LARGE)
                );
            }
        }
    }
}

#[tokio::test]
async fn nested_and_merged_routes_keep_their_on_error_or_take_the_outer_one() {
    let routes = || table().get("/none", async || None::<&str>).get("/{id}/x", async |_: Path<u8>| "never");
    let own = routes().on_error(say("theirs"));
    for (other, who) in [(own, "theirs"), (routes(), "ours")] {
        for api in within(table().on_error(say("ours")), &other) {
            for (uri, status) in [("/in/none", 404), ("/in/a/x", 400), ("/in/%zz/x", 400)] {
                assert_eq!(send_get(api.clone(), uri).await, (status, format!("{who} {uri}")));
            }
            let (status, headers, text) = send(api.clone(), request(Method::PUT, "/in/none", "")).await;
            assert_eq!((status.as_u16(), text), (405, format!("{who} /in/none")));
            assert_eq!(headers["allow"], "GET, HEAD, OPTIONS");
            assert_eq!(send_get(api, "/unknown").await, (404, "ours /unknown".into()));
        }
    }
}

#[tokio::test]
async fn nest_and_merge_take_claims_and_layers_but_not_the_slash_policy() {
    let other = table()
        .route("/a", get(route).layer(marking("theirs")))
        .claim("/claimed")
        .trailing_slash(TrailingSlash::Remove);
    for api in within(table(), &other) {
        assert_eq!(marks(&api, Method::GET, "/in/a").await, (200, vec!["theirs".into()]));
        assert_eq!(outcome(&api, Method::GET, "/in/a/").await, "200 inner: GET /in/a/");
        assert_eq!(send_get(api.clone().over(inner()), "/in/claimed/x").await.0, 404);
        assert_eq!(outcome(&api, Method::GET, "/in/x").await, "200 inner: GET /in/x");
        assert_eq!(outcome(&api, Method::GET, "/claimed/x").await, "200 inner: GET /claimed/x");
    }
}

#[tokio::test]
async fn merged_tables_may_share_a_path() {
    let api = table()
        .get("/{id}", async || "get")
        .merge(table().route("/{id}", post(async || "post").patch(async |_: Json<u8>| ())));
    assert_eq!(send(api.clone(), request(Method::POST, "/7", "")).await.2, "post");
    let (status, headers, _) = send(api.clone(), request(Method::OPTIONS, "/7", "")).await;
    assert_eq!(status, 204);
    assert_eq!(headers["allow"], "GET, HEAD, OPTIONS, PATCH, POST");
    assert_eq!(headers["accept-patch"], "application/json");
    let (status, headers, _) = send(api, request(Method::PUT, "/7", "")).await;
    assert_eq!((status.as_u16(), &headers["allow"]), (405, &"GET, HEAD, OPTIONS, PATCH, POST".parse().unwrap()));
}

#[tokio::test]
async fn accept_patch_is_sent_with_every_allow_that_has_patch() {
    let api = table().get("/users/me", async || "me").patch("/users/{id}", async |_: Json<u8>| ());
    let (_, headers, _) = send(api, request(Method::OPTIONS, "/users/me", "")).await;
    assert_eq!(headers["allow"], "GET, HEAD, OPTIONS, PATCH");
    assert_eq!(headers.get("accept-patch"), Some(&HeaderValue::from_static("application/json")));
}

// The table as a value

#[tokio::test]
async fn registering_on_a_clone_does_not_change_the_original() {
    let first = table().with_state("first").get("/a", async |State(state): State<&'static str>| *state);
    let served = first.clone().over(inner());
    let second = first
        .clone()
        .get("/b", async || "b")
        .with_state("second")
        .claim("/c")
        .body_limit(0)
        .trailing_slash(TrailingSlash::Remove)
        .on_error(say("second"));
    assert_eq!(
        format!("{first:?} {second:?}"),
        "[/a [GET]] [/a [GET].body_limit(0), /b [GET].body_limit(0), claim(\"/c\")]"
    );
    for uri in ["/b", "/c/x", "/a/"] {
        assert_eq!(send_get(served.clone(), uri).await, (200, format!("inner: GET {uri}")));
        assert_eq!(problem(&send(first.clone(), support::get(uri)).await)["status"], 404);
    }
    assert_eq!(send_get(second.clone(), "/b").await, (200, "b".into()));
    assert_eq!(send_get(second, "/c").await, (404, "second /c".into()));
}

#[test]
fn routes_are_listed_in_registration_order() {
    let api = table()
        .route("/users/{id}", get(route).delete(route).any(route))
        .nest("/api", table().on(purge(), "/{a}/{*b?}", route))
        .post("/users/{id}", route)
        .claim("/claimed");
    let list: Vec<_> = api
        .routes()
        .map(|route: RouteInfo<'_>| {
            let methods: Vec<_> = route.methods().map(Method::as_str).collect();
            (route.pattern(), route.names().collect::<Vec<_>>(), methods, route.has_any())
        })
        .collect();
    assert_eq!(
        list,
        [
            ("/users/{id}", vec!["id"], vec!["GET", "DELETE", "POST"], true),
            ("/api/{a}/{*b?}", vec!["a", "b"], vec!["PURGE"], false),
        ]
    );
    let routes = r#"[/users/{id} [GET, DELETE, POST, any], /api/{a}/{*b?} [PURGE], claim("/claimed")]"#;
    assert_eq!(format!("{api:?}"), routes);
    let in_front = format!("RouteHandlersService {{ table: {routes}, inner: () }}");
    assert_eq!(format!("{:?}", api.over(())), in_front);
    assert_eq!(format!("{:?}", RouteHandlers::default()), "[]");
}

async fn passing(_: State<u8>, request: route_handlers::Request, next: Next) -> Response {
    next.run(request).await
}

#[test]
fn debug_of_a_table_lists_layers_and_options_in_the_order_of_the_calls() {
    let stack = ServiceBuilder::new().layer(CorsLayer::permissive()).layer(from_fn(passing));
    let inner = table()
        .with_state(1_u8)
        .route("/etag", get(route).etag().head(route).put(route).layer(CorsLayer::permissive()))
        .route("/login", post(route).body_limit(7).any(route).pass_unsupported().layer(from_fn(passing)))
        .body_limit(9);
    let api = table()
        .with_state(1_u8)
        .get("/", route)
        .nest("/api", inner)
        .route_layer(SetResponseHeaderLayer::overriding(header::VARY, HeaderValue::from_static("*")))
        .get("/late", route)
        .layer(stack);
    let all = ".layer(ServiceBuilder<Stack<FromFn<passing, (State<u8>,)>, Stack<CorsLayer, Identity>>>)";
    let most = format!(".layer(SetResponseHeaderLayer<HeaderValue>){all}");
    let from_fn = ".layer(FromFn<passing, (State<u8>,)>)";
    let lines = [
        format!("/ [GET]{most}"),
        format!(
            "/api/etag [GET].etag().layer(CorsLayer){most}.body_limit(9) [HEAD, PUT].layer(CorsLayer){most}.body_limit(9)"
        ),
        format!(
            "/api/login [POST].body_limit(7){from_fn}{most}.body_limit(9).pass_unsupported() [any]{from_fn}{most}.body_limit(9).pass_unsupported()"
        ),
        format!("/late [GET]{all}"),
    ];
    assert_eq!(format!("{api:?}"), format!("[{}]", lines.join(", ")));
    let limited = table().get("/", route).body_limit(5);
    assert_eq!(format!("{limited:?}"), "[/ [GET].body_limit(5)]");
}

#[test]
fn layers_of_a_route_are_those_of_the_handler_that_serves_the_method() {
    let passing = from_fn(async |request: route_handlers::Request, next: Next| next.run(request).await);
    let api = table().route("/", get(route).layer(CorsLayer::permissive()).post(route).layer(passing));
    let route = api.routes().next().unwrap();
    let closure = "FromFn<{{closure}}, ()>";
    for (method, layers) in [
        (Method::GET, &["CorsLayer", closure][..]),
        (Method::HEAD, &["CorsLayer", closure]),
        (Method::POST, &[closure]),
        (Method::PUT, &[]),
    ] {
        assert_eq!(route.layers(&method).collect::<Vec<_>>(), layers, "{method}");
    }
}

#[test]
fn debug_of_a_route_shows_its_methods_and_options() {
    let shown = format!("{:?}", any(route).on(purge(), route).pass_unsupported());
    assert_eq!(shown, "Route [PURGE, any].pass_unsupported()");
}
