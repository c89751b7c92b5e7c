//! A users app: a front end in TypeScript, its API and a database on one origin.
//!
//! ```text
//! cargo run -p fullstack        # then open http://localhost:3000
//! ```
//!
//! [`api`] registers the routes, each `documented`. The types of the front end, `web/src/schema.d.ts`, are generated from their
//! OpenAPI document.

mod avatars;
mod events;
mod failure;
mod session;
mod store;
mod users;

use std::path::{Path, PathBuf};

use http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{Request, Response};
use route_handlers::RouteHandlers;
use route_handlers::body::BoxError;
use route_handlers::openapi::{Document, Info, Version};
use tower::{Service, ServiceBuilder};
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

pub use events::Events;
pub use store::Store;

/// The description of the whole API. `openapi-typescript` does not read the events of a stream from a document in 3.2.
fn info() -> Info {
    Info::new("People", "1.0.0")
        .openapi(Version::V3_1)
        .description("The people who work here. A signed-in person may change the list.")
        .license("MIT")
        .tag("users", "The people who work here.")
        .tag("session", "Sign in and out. A name is enough, as this is an example.")
}

/// Returns the API. The front end never serves a path below `/api`.
pub fn api(store: Store, events: Events) -> RouteHandlers {
    let api = RouteHandlers::new().with_state(store).with_state(events);
    let api = session::register(api);
    let api = avatars::register(users::register(events::register(api)));
    RouteHandlers::new()
        .nest("/api", api)
        .with_info(info())
        .serve_openapi("/api/openapi.json")
        .serve_docs("/api/docs")
        .claim("/api")
}

/// Returns the OpenAPI document of the API.
pub fn document(api: &RouteHandlers) -> Document {
    api.openapi(info())
}

/// Returns the API in front of the built front end, with the headers that each response of a public server should have.
pub fn app<B>(
    api: RouteHandlers,
    front_end: impl AsRef<Path>,
) -> impl Service<
    Request<B>,
    Response = Response<impl http_body::Body<Data = bytes::Bytes, Error: Into<BoxError>> + Send + 'static>,
    Error = std::convert::Infallible,
    Future: Send,
> + Clone
+ Send
+ 'static
where
    B: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    let unless_set =
        |name: HeaderName, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(unless_set(CONTENT_SECURITY_POLICY, POLICY))
        .layer(unless_set(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(unless_set(X_FRAME_OPTIONS, "DENY"))
        .layer(unless_set(REFERRER_POLICY, "same-origin"))
        .layer(CompressionLayer::new())
        .service(api.over(ServeDir::new(front_end)))
}

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Returns the folder of the built front end: `WEB_DIR`, or `web/dist` of this package.
pub fn front_end() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/dist");
    std::env::var_os("WEB_DIR").map_or(default, PathBuf::from)
}
