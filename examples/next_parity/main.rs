//! A Next.js application, route for route, written with this crate: the App Router's `route.js` files and the Pages
//! Router's `pages/api` of a test application whose answers were recorded. `tests/parity` replays the recording.
//!
//! ```text
//! cargo run --features multipart,tokio --example next_parity
//! curl -i localhost:3000/api/users               # 200 [{"id":1,"name":"Alice"},{"id":2,"name":"Bob"}]
//! curl -i localhost:3000/api/c/a/b               # 200 {"route":"/api/c/[...slug]","method":"GET","params":{"slug":["a","b"]}}
//! VARIANT=trailing-slash cargo run --features multipart,tokio --example next_parity    # or base-path, no-interrupts
//! ```

mod after;
mod answers;
mod bodies;
mod cookies;
mod failures;
mod forms;
mod methods;
mod next_url;
mod pages;
mod pages_answers;
mod redirects;
mod requests;
mod routing;
#[path = "../shared/server.rs"]
mod server;
mod streams;
mod users;
mod web;

use std::convert::Infallible;
use std::io;

use http::{Request, Response, StatusCode, header};
use hyper::body::Incoming;
use route_handlers::{Body, Error, ErrorContext, IntoResponse, RouteHandlers, TrailingSlash};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use tower::{ServiceExt, service_fn};

/// The application's `next.config.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "an application has the variants that it has")]
pub enum Variant {
    /// `experimental: { authInterrupts: true }`
    Main,
    /// `trailingSlash: true`
    TrailingSlash,
    /// `basePath: '/base'`
    BasePath,
    /// Without `authInterrupts`.
    NoInterrupts,
}

impl Variant {
    /// The variant of this name; the main one for any other.
    pub fn named(name: &str) -> Self {
        match name {
            "trailing-slash" => Self::TrailingSlash,
            "base-path" => Self::BasePath,
            "no-interrupts" => Self::NoInterrupts,
            _ => Self::Main,
        }
    }

    fn base_path(self) -> &'static str {
        if self == Self::BasePath { "/base" } else { "" }
    }

    fn has_interrupts(self) -> bool {
        self == Self::Main
    }
}

/// Next puts no limit on a body. A port should; this one is above what the application is sent.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// The application.
pub fn app(variant: Variant) -> RouteHandlers {
    let routes = RouteHandlers::new()
        .get("/", async || web::text("root"))
        .merge(routing::routes())
        .merge(users::routes())
        .merge(methods::routes())
        .merge(requests::routes(variant))
        .merge(bodies::routes())
        .merge(answers::routes())
        .merge(failures::routes())
        .merge(redirects::routes(variant))
        .merge(streams::routes())
        .merge(after::routes())
        .merge(cookies::routes())
        .merge(forms::routes())
        .merge(pages::routes(variant));
    let app = match variant.base_path() {
        "" => routes.claim("/"),
        base_path => RouteHandlers::new().nest(base_path, routes).claim(base_path),
    };
    let trailing_slash = match variant {
        Variant::TrailingSlash => TrailingSlash::Add,
        _ => TrailingSlash::Remove,
    };
    app.trailing_slash(trailing_slash).body_limit(BODY_LIMIT).on_error(shape)
}

/// Next answers an error, an interrupt such as `notFound()`, and a verb that a route lacks, by their status alone.
fn shape(error: Error, context: &ErrorContext<'_>) -> Response<Body> {
    let is_bare = matches!(
        error.status(),
        StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::INTERNAL_SERVER_ERROR
    );
    match context.matched_route() {
        Some(_) if is_bare => as_next(error.status().into_response()),
        _ => error.into_response(), // a path that is none, and what the client sent amiss: a problem document
    }
}

/// Marks a failed response that is sent as Next sends it, without `Cache-Control: no-store`.
#[derive(Clone, Copy)]
struct AsNext;

fn as_next(mut response: Response<Body>) -> Response<Body> {
    response.extensions_mut().insert(AsNext);
    response
}

/// Next's server says the location of its slash redirects in their content too, which the table leaves empty.
async fn answer(app: RouteHandlers, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path().to_owned();
    let mut response = app.oneshot(request).await?;
    if response.extensions().get::<AsNext>().is_some() {
        response.headers_mut().remove(header::CACHE_CONTROL);
    }
    if response.status() == StatusCode::PERMANENT_REDIRECT {
        let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        let target = location.split('?').next().unwrap_or_default();
        if target.trim_end_matches('/') == path.trim_end_matches('/') {
            *response.body_mut() = location.into();
        }
    }
    Ok(response)
}

/// Serves until `shutdown`, and then until every connection is done, and what was to be done after its answers.
///
/// # Errors
///
/// What the listener fails with.
pub async fn serve(listener: TcpListener, variant: Variant, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let tasks = TaskTracker::new();
    let app = app(variant).wait_until(tasks.clone());
    server::serve(listener, service_fn(move |request| answer(app.clone(), request)), shutdown).await?;
    tasks.close();
    tasks.wait().await;
    Ok(())
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let variant = Variant::named(&std::env::var("VARIANT").unwrap_or_default());
    serve(server::listener().await?, variant, server::ctrl_c()).await
}
