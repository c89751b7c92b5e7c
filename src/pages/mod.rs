//! Pages-style handlers: one function of `req` and `res` for every method, as in Next.js's `pages/api`.

mod query;
mod request;
mod response;

use std::sync::Arc;

use crate::finalize::BoxedResponse;
use crate::handler::{Erased, Handler, Run};
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::Incoming;
use crate::response::IntoResponse;

pub use query::{PagesQuery, PagesValue};
pub use request::{PagesBody, PagesRequest};
pub use response::PagesResponse;

/// The default limit of a buffered body: 1 MiB, as in Next.js.
const BODY_LIMIT: usize = 1024 * 1024;

/// Makes a handler of a function of `req` and `res`. Register it with [`any`](crate::any): it handles every method itself.
///
/// The body is parsed by its media type:
///
/// * `application/json` and `application/ld+json` as JSON. An empty body is `{}`, and malformed JSON is 400.
/// * `application/x-www-form-urlencoded` as a form.
/// * Anything else as text.
///
/// A body over 1 MiB is 413; [`Pages::body_limit`] changes the limit.
///
/// ```
/// use http::Method;
/// use route_handlers::pages::pages;
/// use route_handlers::RouteHandlers;
/// use serde_json::json;
///
/// let api = RouteHandlers::new().any(
///     "/api/hello",
///     pages(async |req, res| match *req.method() {
///         Method::GET => res.status(200).json(&json!({ "hello": req.query().get("name") })),
///         _ => res.status(405).json(&json!({ "error": "only GET" })),
///     }),
/// );
/// ```
pub fn pages<F, Fut>(handler: F) -> Pages<F>
where
    F: Fn(PagesRequest, PagesResponse) -> Fut,
    Fut: Future<Output: IntoResponse>,
{
    Pages { handler, body_limit: BODY_LIMIT, parses_body: true }
}

/// A pages-style handler with the options of Next.js's `config.api`.
///
/// ```
/// use route_handlers::pages::pages;
/// use route_handlers::RouteHandlers;
///
/// let upload = pages(async |req, res| res.json(req.body())).body_limit(16 * 1024 * 1024);
/// let raw = pages(async |req, res| match req.into_request().bytes().await {
///     Ok(bytes) => res.json(&bytes.len()),
///     Err(error) => res.status(error.status().as_u16()).end(""),
/// });
/// let api = RouteHandlers::new().any("/api/upload", upload).any("/api/raw", raw.body_parser(false));
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Pages<F> {
    handler: F,
    body_limit: usize,
    parses_body: bool,
}

impl<F> Pages<F> {
    /// Sets the limit of the parsed body in bytes: Next.js's `bodyParser.sizeLimit`.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Turns the body parser off or on: Next.js's `bodyParser`. With `false` the handler streams the body, without a limit.
    pub fn body_parser(mut self, parses_body: bool) -> Self {
        self.parses_body = parses_body;
        self
    }
}

/// Marks a pages-style handler, so that the compiler tells it from other handlers.
#[derive(Debug)]
pub struct PagesArguments(());

impl<F, Fut> Handler<PagesArguments> for Pages<F>
where
    F: Fn(PagesRequest, PagesResponse) -> Fut + MaybeSend + MaybeSync + 'static,
    Fut: Future<Output: IntoResponse> + MaybeSend + 'static,
{
    fn erase(self) -> Erased {
        Erased::new(self, |route| route.reads_body("pages"))
    }
}

impl<F, Fut> Run for Pages<F>
where
    F: Fn(PagesRequest, PagesResponse) -> Fut + MaybeSend + MaybeSync + 'static,
    Fut: Future<Output: IntoResponse> + MaybeSend + 'static,
{
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        let mut request = incoming.take();
        Box::pin(async move {
            let response = PagesResponse::to(&request);
            let body = if self.parses_body {
                PagesBody::parse(&mut request, self.body_limit).await
            } else {
                Ok(PagesBody::Unparsed)
            };
            match body {
                Ok(body) => (self.handler)(PagesRequest::new(request, body), response).await.into_response(),
                Err(error) => error.into_response(),
            }
        })
    }
}
