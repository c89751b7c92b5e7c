//! Pages-style handlers: one function of `req` and `res` for every verb, as in Next's `pages/api`.

mod query;
mod request;
mod response;

use crate::extract::Requirements;
use crate::handler::Handler;
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::Request;
use crate::response::{IntoResponse, Response};

pub use query::{PagesQuery, PagesValue};
pub use request::{PagesBody, PagesRequest};
pub use response::PagesResponse;

/// What a pages-style handler buffers of a body unless it is told otherwise: 1 MiB, as Next does.
const BODY_LIMIT: usize = 1024 * 1024;

/// A handler of `req` and `res`, for [`any`](crate::any): it answers every verb itself.
///
/// The body is parsed by its media type: JSON (`application/json`, `application/ld+json`; an empty one is `{}`),
/// urlencoded, and anything else as text. A body over 1 MiB is 413, JSON that is none is 400.
///
/// ```
/// use http::Method;
/// use route_handlers::{RouteHandlers, pages};
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

/// A pages-style handler, and what Next's `config.api` says of it.
///
/// ```
/// use route_handlers::{RouteHandlers, pages};
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
    /// Next's `bodyParser.sizeLimit`.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Next's `bodyParser`: `false` leaves the body to be streamed, without a limit.
    pub fn body_parser(mut self, parses_body: bool) -> Self {
        self.parses_body = parses_body;
        self
    }
}

/// Marks the arguments of a pages-style handler.
#[derive(Debug)]
pub struct PagesArguments(());

impl<F, Fut> Handler<PagesArguments> for Pages<F>
where
    F: Fn(PagesRequest, PagesResponse) -> Fut + MaybeSend + MaybeSync + 'static,
    Fut: Future<Output: IntoResponse> + MaybeSend,
{
    async fn call(&self, request: &mut Request) -> Response {
        let response = PagesResponse::to(request);
        let body =
            if self.parses_body { PagesBody::parse(request, self.body_limit).await } else { Ok(PagesBody::Unparsed) };
        match body {
            Ok(body) => (self.handler)(PagesRequest::new(request, body), response).await.into_response(),
            Err(error) => error.into_response(),
        }
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("pages");
    }
}
