//! Layers of other crates, each in every place where a layer fits.

use std::panic::panic_any;
use std::time::Duration;

use axum_login::login_required;
use ecosystem::accounts::{self, Auth, User, Users, sessions, users};
use ecosystem::{App, Exchange, app};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::Limited;
use route_handlers::middleware::{Next, from_fn};
use route_handlers::service::{HandlerService, HttpService, ResponseBody, RouteHandlersService};
use route_handlers::{Body, Error, Extension, Request, Response, Result, Route, RouteHandlers, get, post};
use tower::limit::{ConcurrencyLimitLayer, RateLimitLayer};
use tower::load_shed::LoadShedLayer;
use tower::timeout::TimeoutLayer as TowerTimeoutLayer;
use tower::util::MapRequestLayer;
use tower::{Layer, ServiceBuilder};
use tower_governor::GovernorLayer;
use tower_governor::governor::GovernorConfigBuilder;
use tower_governor::key_extractor::SmartIpKeyExtractor;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::decompression::{DecompressionLayer, RequestDecompressionLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::map_request_body::MapRequestBodyLayer;
use tower_http::map_response_body::MapResponseBodyLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;
use tower_http::set_header::{SetRequestHeaderLayer, SetResponseHeader, SetResponseHeaderLayer};
use tower_http::timeout::{RequestBodyTimeoutLayer, ResponseBodyTimeoutLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;
use tower_sessions::Session;

const SECOND: Duration = Duration::from_secs(1);

const LONG: &str = "a text that is long enough for a compression: it has more than thirty-two bytes";

/// `hello gzip`, compressed.
const GZIP: [u8; 30] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 203, 72, 205, 201, 201, 87, 72, 175, 202, 44, 0, 0, 25, 106, 210, 223, 10, 0, 0,
    0,
];

fn routes() -> [(&'static str, Route); 9] {
    [
        ("/hello", get(async || "hello")),
        ("/long", get(async || LONG)),
        ("/echo", post(async |text: String| text)),
        ("/slow", get(async || tokio::time::sleep(SECOND).await)),
        ("/panic", get(async || -> String { panic_any("expected by the test") })),
        (
            "/sensitive",
            get(async |request: Request| request.headers()[header::AUTHORIZATION].is_sensitive().to_string()),
        ),
        ("/visits", get(async |Extension(session): Extension<Session>| accounts::visits(&session).await)),
        ("/login", post(async |Extension(auth): Extension<Auth>, name: String| accounts::log_in(auth, name).await)),
        ("/me", get(async |Extension(auth): Extension<Auth>| auth.user.map(|User(name)| name))),
    ]
}

/// The service that a layer around a whole server wraps.
type Server = RouteHandlersService<RouteHandlers>;

/// A layer for routes, also inside another layer.
trait RouteLayer:
    Layer<HandlerService, Service: HttpService>
    + Layer<SetResponseHeader<HandlerService, HeaderValue>, Service: HttpService>
{
}

impl<L> RouteLayer for L where
    L: Layer<HandlerService, Service: HttpService>
        + Layer<SetResponseHeader<HandlerService, HeaderValue>, Service: HttpService>
{
}

/// A layer in every place where it fits, and the requests for each of them.
struct Case {
    name: &'static str,
    places: Vec<Place>,
    exchanges: Vec<Exchange>,
}

struct Place {
    name: &'static str,
    app: App,
    sees_the_table: bool,
}

fn case<L>(name: &'static str, layer: impl Fn() -> L, exchanges: Vec<Exchange>) -> Case
where
    L: RouteLayer + Layer<Server, Service: HttpService> + Clone,
{
    case_of_types(name, &layer, &layer, exchanges)
}

/// A case for a layer that has the type of the response body as its parameter, which differs around a server.
fn case_of_types<L, M>(
    name: &'static str,
    layer: impl Fn() -> L,
    around_a_server: impl Fn() -> M,
    exchanges: Vec<Exchange>,
) -> Case
where
    L: RouteLayer + Clone,
    M: Layer<Server, Service: HttpService>,
{
    let table_with = |change: &dyn Fn(Route) -> Route| {
        let table = RouteHandlers::new().claim("/claimed");
        routes().into_iter().fold(table, |table, (pattern, route)| table.route(pattern, change(route)))
    };
    let table = || table_with(&|route| route);
    let shared = layer();
    let stack = ServiceBuilder::new()
        .layer(from_fn(async |request: Request, next: Next| next.run(request).await))
        .layer(layer())
        .layer(SetResponseHeaderLayer::overriding(HeaderName::from_static("inner"), HeaderValue::from_static("yes")));
    let server = around_a_server().layer(table().over(page()));
    let place =
        |name, table: RouteHandlers, sees_the_table| Place { name, app: app(table.over(page())), sees_the_table };
    let places = vec![
        place("Route::layer", table_with(&|route| route.layer(shared.clone())), false),
        place("RouteHandlers::layer", table().layer(layer()), true),
        place("RouteHandlers::route_layer", table().route_layer(layer()), false),
        place("ServiceBuilder", table().layer(stack), true),
        place("around a server", RouteHandlers::new().route_service("/{*path?}", server), true),
    ];
    Case { name, places, exchanges }
}

/// The server behind the table. It takes any request body, as some layers need.
fn page() -> RouteHandlers {
    RouteHandlers::new().get("/page", async || "a page")
}

#[tokio::test(start_paused = true)]
async fn each_layer_works_in_each_place() {
    let mut failed = Vec::new();
    for case in cases() {
        for place in case.places {
            let name = format!("{}, {}", case.name, place.name);
            if tokio::spawn(check(name.clone(), place, case.exchanges.clone())).await.is_err() {
                failed.push(name);
            }
        }
    }
    assert!(failed.is_empty(), "failed: {failed:#?}");
}

async fn check(name: String, place: Place, exchanges: Vec<Exchange>) {
    let mut cookies = Vec::new();
    for exchange in exchanges.into_iter().filter(|exchange| place.sees_the_table || !exchange.is_of_the_table) {
        exchange.run(&place.app, &mut cookies, &name).await;
    }
    if place.name != "around a server" {
        let passed = Exchange::get("/page").text("a page").lacks("access-control-allow-origin");
        passed.run(&place.app, &mut Vec::new(), &name).await;
    }
}

fn cases() -> Vec<Case> {
    tower_http_cases().into_iter().chain(tower_cases()).chain(other_cases()).collect()
}

fn tower_http_cases() -> Vec<Case> {
    let preflight = |uri| {
        Exchange::new(Method::OPTIONS, uri)
            .with("origin", "https://example.com")
            .with("access-control-request-method", "PUT")
            .has("access-control-allow-origin", "*")
            .has("access-control-allow-methods", "*")
            .of_the_table()
    };
    let from_example = |exchange: Exchange| exchange.with("origin", "https://example.com");
    let stamp = HeaderName::from_static("stamp");
    vec![
        case(
            "cors",
            CorsLayer::permissive,
            vec![
                preflight("/hello"),
                preflight("/echo"),
                preflight("/claimed/x"),
                from_example(Exchange::get("/hello")).has("access-control-allow-origin", "*").text("hello"),
                from_example(Exchange::get("/echo"))
                    .status(405)
                    .has("allow", "OPTIONS, POST")
                    .has("access-control-allow-origin", "*")
                    .of_the_table(),
                from_example(Exchange::get("/claimed/x"))
                    .status(404)
                    .has("access-control-allow-origin", "*")
                    .of_the_table(),
            ],
        ),
        case(
            "trace",
            TraceLayer::new_for_http,
            vec![
                Exchange::get("/hello").text("hello"),
                Exchange::post("/hello", "").status(405).has("allow", "GET, HEAD, OPTIONS"),
            ],
        ),
        case(
            "compression",
            CompressionLayer::new,
            vec![
                Exchange::get("/long").with("accept-encoding", "gzip").has("content-encoding", "gzip"),
                Exchange::get("/long").lacks("content-encoding").text(LONG),
                Exchange::get("/claimed/x")
                    .with("accept-encoding", "gzip")
                    .status(404)
                    .has("content-encoding", "gzip")
                    .of_the_table(),
            ],
        ),
        case(
            "decompression of responses",
            || (DecompressionLayer::new(), CompressionLayer::new()),
            vec![Exchange::get("/long").lacks("content-encoding").text(LONG)],
        ),
        case(
            "decompression of requests",
            RequestDecompressionLayer::new,
            vec![
                Exchange::post("/echo", GZIP.to_vec()).with("content-encoding", "gzip").text("hello gzip"),
                Exchange::post("/echo", "plain").text("plain"),
                Exchange::post("/echo", "?").with("content-encoding", "zstd").status(415),
                Exchange::post("/echo", "no gzip").with("content-encoding", "gzip").status(400),
            ],
        ),
        case(
            "limit of request bodies",
            || RequestBodyLimitLayer::new(5),
            vec![
                Exchange::post("/echo", "12345").text("12345"),
                Exchange::post("/echo", "123456").with("content-length", "6").status(413).text("length limit exceeded"),
                Exchange::post("/echo", "123456").status(413).has("content-type", "application/problem+json"),
            ],
        ),
        case(
            "limits and decompression of request bodies",
            || (RequestBodyLimitLayer::new(40), RequestDecompressionLayer::new(), RequestBodyLimitLayer::new(9)),
            vec![
                Exchange::post("/echo", "12345").text("12345"),
                Exchange::post("/echo", GZIP.to_vec()).with("content-encoding", "gzip").status(413),
            ],
        ),
        case_of_types(
            "limit of response bodies",
            || MapResponseBodyLayer::new(|body| Limited::<Body>::new(body, 5)),
            || MapResponseBodyLayer::new(|body| Limited::<ResponseBody<Body>>::new(body, 5)),
            // The error does not say whether it limits the response, or a request that the response streams back.
            vec![Exchange::get("/hello").text("hello"), Exchange::get("/long").status(413)],
        ),
        case(
            "timeout",
            || TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, SECOND / 2),
            vec![Exchange::get("/slow").status(504), Exchange::get("/hello").text("hello")],
        ),
        case(
            "timeouts of bodies",
            || (RequestBodyTimeoutLayer::new(SECOND), ResponseBodyTimeoutLayer::new(SECOND)),
            vec![Exchange::post("/echo", "hello").text("hello")],
        ),
        case(
            "set-header",
            || {
                let value = HeaderValue::from_static("set");
                let response = SetResponseHeaderLayer::overriding(stamp.clone(), value.clone());
                (response, SetRequestHeaderLayer::overriding(header::AUTHORIZATION, value))
            },
            vec![
                Exchange::get("/sensitive").has("stamp", "set").text("false"),
                Exchange::post("/hello", "").status(405).has("stamp", "set").of_the_table(),
                Exchange::new(Method::OPTIONS, "/hello").status(204).has("stamp", "set").of_the_table(),
                Exchange::get("/claimed").status(404).has("stamp", "set").of_the_table(),
            ],
        ),
        case(
            "request-id",
            || (SetRequestIdLayer::x_request_id(MakeRequestUuid), PropagateRequestIdLayer::x_request_id()),
            vec![
                Exchange::get("/hello").with("x-request-id", "7").has("x-request-id", "7"),
                Exchange::post("/hello", "")
                    .with("x-request-id", "8")
                    .status(405)
                    .has("x-request-id", "8")
                    .of_the_table(),
            ],
        ),
        case(
            "sensitive-headers",
            || SetSensitiveHeadersLayer::new([header::AUTHORIZATION]),
            vec![Exchange::get("/sensitive").with("authorization", "Basic x").text("true")],
        ),
        case_of_types(
            "validate-request",
            || ValidateRequestHeaderLayer::accept("text/plain"),
            || ValidateRequestHeaderLayer::accept("text/plain"),
            vec![
                Exchange::get("/hello").with("accept", "text/*").text("hello"),
                Exchange::get("/hello").with("accept", "image/png").status(406),
            ],
        ),
        case(
            "catch-panic",
            || {
                let panics = MapRequestLayer::new(|request: http::Request<Body>| {
                    assert!(request.uri().query().is_none(), "expected by the test");
                    request
                });
                (CatchPanicLayer::new(), panics)
            },
            vec![
                Exchange::get("/hello").text("hello"),
                Exchange::get("/hello?panic").status(500).text("Service panicked"),
                Exchange::get("/panic").status(500).has("content-type", "application/problem+json"),
            ],
        ),
        case(
            "csrf",
            CsrfLayer::new,
            vec![
                Exchange::post("/echo", "a").with("sec-fetch-site", "same-origin").text("a"),
                Exchange::post("/echo", "a").with("sec-fetch-site", "cross-site").status(403),
                Exchange::get("/hello").with("sec-fetch-site", "cross-site").text("hello"),
            ],
        ),
    ]
}

fn tower_cases() -> Vec<Case> {
    vec![
        case(
            "ConcurrencyLimit",
            || ConcurrencyLimitLayer::new(1),
            vec![Exchange::get("/slow").statuses([200, 200, 200]).takes(3 * SECOND)],
        ),
        case(
            "LoadShed",
            || (LoadShedLayer::new(), ConcurrencyLimitLayer::new(1)),
            vec![Exchange::get("/slow").statuses([200, 503, 503]).takes(SECOND)],
        ),
        case(
            "Buffer and RateLimit",
            || ServiceBuilder::new().buffer(8).layer(RateLimitLayer::new(1, SECOND)).into_inner(),
            vec![Exchange::get("/hello").statuses([200, 200, 200]).takes(2 * SECOND)],
        ),
        case(
            "Timeout",
            || TowerTimeoutLayer::new(SECOND / 2),
            vec![
                Exchange::get("/slow").status(504).has("content-type", "application/problem+json"),
                Exchange::get("/hello").text("hello"),
            ],
        ),
    ]
}

fn other_cases() -> Vec<Case> {
    let quota = || {
        GovernorConfigBuilder::default()
            .per_second(60)
            .burst_size(2)
            .key_extractor(SmartIpKeyExtractor)
            .use_headers()
            .finish()
    };
    let from_ip = |ip| Exchange::get("/hello").with("x-forwarded-for", ip);
    let log_in = || {
        from_fn(async |Extension(mut auth): Extension<Auth>, mut request: Request, next: Next| -> Result<Response> {
            if request.headers().contains_key("log-in") {
                auth.login(&User("ada".to_owned())).await?;
            }
            request.extensions_mut().insert(auth);
            Ok(next.run(request).await)
        })
    };
    let guard = || {
        from_fn(async |Extension(auth): Extension<Auth>, request: Request, next: Next| match auth.user {
            None if request.uri().path() != "/login" => Err(Error::new(StatusCode::UNAUTHORIZED)),
            _ => Ok(next.run(request).await),
        })
    };
    vec![
        // It refuses requests with a response that has the body of axum. The layer inside gives the other responses this body.
        case_of_types(
            "tower_governor",
            || (GovernorLayer::new(quota().unwrap()), MapResponseBodyLayer::new(axum::body::Body::new)),
            || (GovernorLayer::new(quota().unwrap()), MapResponseBodyLayer::new(axum::body::Body::new)),
            vec![
                from_ip("192.0.2.1").has("x-ratelimit-limit", "2").has("x-ratelimit-remaining", "1"),
                from_ip("192.0.2.1").has("x-ratelimit-remaining", "0").text("hello"),
                from_ip("192.0.2.1").status(429).has("x-ratelimit-remaining", "0"),
                from_ip("192.0.2.2").has("x-ratelimit-remaining", "1").text("hello"),
            ],
        ),
        case(
            "tower-sessions",
            sessions,
            vec![
                Exchange::get("/visits").text("1"),
                Exchange::get("/visits").text("2"),
                Exchange::get("/visits").text("3"),
                Exchange::get("/hello").lacks("set-cookie"),
            ],
        ),
        case(
            "axum-login, and a middleware function",
            || (users(), guard()),
            vec![
                Exchange::get("/me").status(401),
                Exchange::post("/login", "bob").status(401),
                Exchange::post("/login", "ada"),
                Exchange::get("/me").text("ada"),
            ],
        ),
        // `login_required` takes a request of axum.
        case(
            "axum-login, and its own middleware",
            || (users(), log_in(), MapRequestBodyLayer::new(axum::body::Body::new), login_required!(Users)),
            vec![
                Exchange::get("/me").status(401),
                Exchange::get("/me").with("log-in", "yes"),
                Exchange::get("/me").text("ada"),
                Exchange::post("/hello", "").status(405),
            ],
        ),
    ]
}
