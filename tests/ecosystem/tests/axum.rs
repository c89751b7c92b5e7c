//! Extractors and layers for axum, from other crates, in a route table.

use axum::extract::FromRef;
use axum_extra::TypedHeader;
use axum_extra::extract::cookie::{Cookie, Key, SignedCookieJar};
use axum_extra::extract::{CookieJar, Query};
use axum_extra::headers::Authorization;
use axum_extra::headers::UserAgent;
use axum_extra::headers::authorization::Bearer;
use axum_login::login_required;
use ecosystem::accounts::{self, Auth, User, Users, sessions, users};
use ecosystem::{App, Exchange, app};
use route_handlers::hosts::axum::{Axum, handler, layer, response};
use route_handlers::{Response, RouteHandlers, get};
use serde::Deserialize;
use tower_governor::GovernorLayer;
use tower_governor::governor::GovernorConfigBuilder;
use tower_governor::key_extractor::SmartIpKeyExtractor;
use tower_sessions::Session;

async fn run(app: App, exchanges: impl IntoIterator<Item = Exchange>) {
    let mut cookies = Vec::new();
    for exchange in exchanges {
        exchange.run(&app, &mut cookies, "axum").await;
    }
}

#[tokio::test]
async fn typed_header_is_an_argument() {
    async fn both(
        TypedHeader(agent): TypedHeader<UserAgent>,
        token: Option<TypedHeader<Authorization<Bearer>>>,
    ) -> String {
        format!("{agent} {}", token.as_ref().map_or("-", |token| token.token()))
    }

    let api = RouteHandlers::new()
        .get("/agent", async |agent: Axum<TypedHeader<UserAgent>>| agent.0.to_string())
        .get("/both", handler(both, ()));
    let exchanges = [
        Exchange::get("/agent").with("user-agent", "curl").text("curl"),
        Exchange::get("/agent").status(400).text("Header of type `user-agent` was missing"),
        Exchange::get("/both").with("user-agent", "curl").text("curl -"),
        Exchange::get("/both").with("user-agent", "curl").with("authorization", "Bearer t").text("curl t"),
    ];
    run(app(api), exchanges).await;
}

#[tokio::test]
async fn cookie_jars_are_arguments_and_responses() {
    #[derive(Clone)]
    struct Keys(Key);

    impl FromRef<Keys> for Key {
        fn from_ref(keys: &Keys) -> Self {
            keys.0.clone()
        }
    }

    async fn seen(jar: CookieJar) -> (CookieJar, &'static str) {
        (jar.add(Cookie::new("seen", "yes")), "set")
    }

    let api = RouteHandlers::new()
        .with_state(Keys(Key::generate()))
        .get("/seen", handler(seen, ()))
        .get("/read", async |jar: Axum<CookieJar>| jar.get("seen").map(|cookie| cookie.value().to_owned()))
        .get("/sign", async |Axum(jar, ..): Axum<SignedCookieJar, Keys>| {
            response((jar.add(Cookie::new("id", "7")), "signed"))
        })
        .get("/signed", async |jar: Axum<SignedCookieJar, Keys>| jar.get("id").map(|cookie| cookie.value().to_owned()));
    let exchanges = [
        Exchange::get("/seen").has("set-cookie", "seen=yes").text("set"),
        Exchange::get("/read").text("yes"),
        Exchange::get("/signed").status(404),
        Exchange::get("/sign").text("signed"),
        Exchange::get("/signed").text("7"),
    ];
    run(app(api), exchanges).await;
}

#[tokio::test]
async fn query_of_axum_extra_is_an_argument() {
    #[derive(Deserialize)]
    struct Tags {
        tag: Vec<String>,
    }

    let api = RouteHandlers::new().get("/", async |query: Axum<Query<Tags>>| query.tag.join(" "));
    run(app(api), [Exchange::get("/?tag=a&tag=b").text("a b"), Exchange::get("/?tag=a").text("a")]).await;
}

#[tokio::test]
async fn session_is_an_argument() {
    let visits = async |session: Axum<Session>| accounts::visits(&session).await;
    let api = RouteHandlers::new().get("/visits", visits).layer(sessions());
    run(app(api), [Exchange::get("/visits").text("1"), Exchange::get("/visits").text("2")]).await;
    let without_layer = RouteHandlers::new().get("/visits", visits);
    let missing = "Can't extract session. Is `SessionManagerLayer` enabled?";
    run(app(without_layer), [Exchange::get("/visits").status(500).text(missing)]).await;
}

#[tokio::test]
async fn session_of_axum_login_is_an_argument() {
    let api = RouteHandlers::new()
        .get("/me", async |Axum(auth, ..): Axum<Auth>| auth.user.map(|User(name)| name))
        .route_layer(layer(login_required!(Users)))
        .post("/login", async |Axum(auth, ..): Axum<Auth>, name: String| accounts::log_in(auth, name).await)
        .layer(users());
    let exchanges = [
        Exchange::get("/me").status(401),
        Exchange::post("/login", "bob").status(401),
        Exchange::post("/login", "ada"),
        Exchange::get("/me").text("ada"),
    ];
    run(app(api), exchanges).await;
}

#[tokio::test]
async fn governor_needs_one_adapter() {
    let quota = GovernorConfigBuilder::default()
        .per_second(60)
        .burst_size(1)
        .key_extractor(SmartIpKeyExtractor)
        .finish()
        .expect("the rate is valid");
    let api = RouteHandlers::new().route("/", get(async || "hello").layer(layer(GovernorLayer::new(quota))));
    let from_ip = |ip| Exchange::get("/").with("x-forwarded-for", ip);
    run(app(api), [from_ip("192.0.2.1").text("hello"), from_ip("192.0.2.1").status(429), from_ip("192.0.2.2")]).await;
}

#[tokio::test]
async fn handler_returns_the_response_of_axum() {
    let api = RouteHandlers::new().get("/", async || -> Response { response(axum::response::Html("hello")) });
    run(app(api), [Exchange::get("/").has("content-type", "text/html; charset=utf-8").text("hello")]).await;
}
