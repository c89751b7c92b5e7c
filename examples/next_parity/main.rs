//! A port of a Next.js application, route for route: the `route.js` files of its App Router and the `pages/api` of its Pages
//! Router. The responses of the original were recorded, and `tests/parity` compares them with the responses of this port.
//!
//! ```text
//! cargo run --features multipart,serve,tokio --example next_parity
//! curl -i localhost:3000/api/users               # 200 [{"id":1,"name":"Alice"},{"id":2,"name":"Bob"}]
//! curl -i localhost:3000/api/c/a/b               # 200 {"route":"/api/c/[...slug]","method":"GET","params":{"slug":["a","b"]}}
//! VARIANT=trailing-slash cargo run --features multipart,serve,tokio --example next_parity    # or base-path, no-interrupts
//! ```
//!
//! Each file has the routes of one topic. A comment that begins with code, as `request.cookies`, shows the JavaScript of the
//! original.

mod after;
mod bodies;
mod cookies;
mod failures;
mod forms;
mod methods;
mod next_url;
mod pages;
mod pages_responses;
#[path = "../shared/port.rs"]
mod port;
mod redirects;
mod requests;
mod responses;
mod routing;
mod streams;
mod users;
mod web;

use std::convert::Infallible;
use std::io;

use http::{Request, Response, StatusCode, header};
use hyper::body::Incoming;
use route_handlers::hosts::hyper::{serve, shutdown_signal};
use route_handlers::{Body, Error, ErrorContext, IntoResponse, RouteHandlers, TrailingSlash};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use tower::{ServiceExt, service_fn};

/// The application's `next.config.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "an application knows all of its variants")]
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
    /// Returns the variant of this name, and the main one for any other name.
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

/// Next does not limit a body, but a port should. This limit is larger than the bodies of the recording.
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
        .merge(responses::routes())
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
    app.trailing_slash(trailing_slash).body_limit(BODY_LIMIT).on_error(reshape)
}

/// Next responds with an empty body to an error, an interrupt such as `notFound()`, and a method that a route lacks.
fn reshape(error: Error, context: &ErrorContext<'_>) -> Response<Body> {
    let is_empty = matches!(
        error.status(),
        StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::INTERNAL_SERVER_ERROR
    );
    match context.matched_route() {
        Some(_) if is_empty => as_next(error.status().into_response()),
        _ => error.into_response(), // an unknown path or an invalid request: a problem document
    }
}

/// Marks an error response that is sent without `Cache-Control: no-store`, as Next does.
#[derive(Clone, Copy)]
struct AsNext;

fn as_next(mut response: Response<Body>) -> Response<Body> {
    response.extensions_mut().insert(AsNext);
    response
}

/// Adapts the details in which Next's server differs: it also sends the location of a slash redirect as the content.
async fn respond(app: RouteHandlers, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
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

/// Serves until `shutdown`, and then until the connections and the work of `After` are done.
pub async fn run(listener: TcpListener, variant: Variant, shutdown: impl Future<Output = ()> + Send + 'static) {
    let tasks = TaskTracker::new();
    let app = app(variant).wait_until(tasks.clone());
    let app = service_fn(move |request| respond(app.clone(), request));
    serve(listener, app).with_graceful_shutdown(shutdown).await;
    tasks.close();
    tasks.wait().await;
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let variant = Variant::named(&std::env::var("VARIANT").unwrap_or_default());
    run(port::listen().await?, variant, shutdown_signal()).await;
    Ok(())
}
