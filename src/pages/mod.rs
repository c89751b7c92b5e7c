//! Pages-style handlers: one function of `req` and `res` for every method, as in Next.js's `pages/api`.
//!
//! Use them to move the handlers of `pages/api` of a Next.js program. For new code, write a [`Handler`] for each method: the
//! table then makes the responses for other methods, and arguments have types.
//!
//! ```
//! use http::Method;
//! use route_handlers::RouteHandlers;
//! use route_handlers::pages::pages;
//! use route_handlers::testing::Client;
//!
//! let hello = pages(async |req, res| match *req.method() {
//!     Method::GET => res.json(req.query().get("name").unwrap_or("nobody")),
//!     _ => res.status(405).end("only GET"),
//! });
//! # tokio_test::block_on(async {
//! let client = Client::new(RouteHandlers::new().any("/api/hello", hello));
//! assert_eq!(client.get("/api/hello?name=Ada").await.json::<String>(), "Ada");
//! client.post("/api/hello").await.assert_status(405);
//! # });
//! ```
//!
//! [`pages_with`] adds arguments, and the methods of [`Pages`] set the options of `config.api`:
//!
//! ```
//! use route_handlers::pages::{PagesRequest, PagesResponse, pages_with};
//! use route_handlers::testing::Client;
//! use route_handlers::{RouteHandlers, State};
//!
//! async fn greet(req: PagesRequest, res: PagesResponse, State(greeting): State<&'static str>) -> route_handlers::Response {
//!     match req.json::<String>() {
//!         Ok(name) => res.send(format!("{greeting} {name}")),
//!         Err(_) => res.status(422).end("send a JSON string"),
//!     }
//! }
//!
//! # tokio_test::block_on(async {
//! let api = RouteHandlers::new().with_state("hello").any("/api/greet", pages_with(greet).body_limit(16));
//! let client = Client::new(api);
//! assert_eq!(client.post("/api/greet").json("Ada").await.text(), "hello Ada");
//! client.post("/api/greet").json("a name that is too long").await.assert_status(413);
//! # });
//! ```

mod arguments;
mod query;
mod request;
mod response;

use std::marker::PhantomData;
use std::sync::Arc;

use crate::extract::{Arguments, RouteCheck};
use crate::finalize::BoxedResponse;
use crate::handler::{Erased, Function, Handler, Run};
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::Incoming;
use crate::response::IntoResponse;

use arguments::RequestAndResponse;

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
/// A function that takes more arguments than `req` and `res` is a handler by [`pages_with`].
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
    Pages::new(handler)
}

/// Makes a handler of a function of `req`, `res` and up to six further arguments, as [`pages`] does without them.
///
/// Each further argument is [`FromHead`](crate::FromHead) or [`FromRequest`](crate::FromRequest), and is checked at
/// registration. They are made before the body is read: if one fails, the body of the request is not buffered. An argument
/// that reads the body is refused, because `req` has the body.
///
/// A closure needs the types of `req` and `res` here.
///
/// ```
/// use std::collections::HashMap;
///
/// use route_handlers::pages::{PagesRequest, PagesResponse, pages_with};
/// use route_handlers::{After, RouteHandlers, State};
///
/// type Names = HashMap<String, String>;
///
/// let show = async |req: PagesRequest, res: PagesResponse, State(names): State<Names>, after: After| {
///     after.run(async { println!("the response was sent") });
///     match req.query().get("id").and_then(|id| names.get(id)) {
///         Some(name) => res.json(name),
///         None => res.status(404).end("no such user"),
///     }
/// };
/// let names = HashMap::from([("7".to_owned(), "Ada".to_owned())]);
/// let api = RouteHandlers::new().with_state(names).any("/api/users/{id}", pages_with(show)); // and `.wait_until(…)`
/// ```
pub fn pages_with<F, Args>(handler: F) -> Pages<F>
where
    F: Function<Args, Output: IntoResponse>,
    Args: RequestAndResponse,
{
    Pages::new(handler)
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
    fn new(handler: F) -> Self {
        Self { handler, body_limit: BODY_LIMIT, parses_body: true }
    }

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
pub struct PagesArguments<Args>(PhantomData<Args>);

impl<F, Args> Handler<PagesArguments<Args>> for Pages<F>
where
    F: Function<Args, Future: MaybeSend + 'static, Output: IntoResponse> + MaybeSend + MaybeSync + 'static,
    Args: RequestAndResponse<Further: MaybeSend> + 'static,
{
    fn erase(self) -> Erased {
        Erased::new(PagesHandler { pages: self, args: PhantomData }, check::<Args::Further>)
    }
}

fn check<Further: Arguments>(route: &mut RouteCheck<'_>) {
    Further::check(route);
    match route.body_reader() {
        Some(argument) => route.refuse(format!(
            "takes `{argument}`, which reads the body, but `PagesRequest` has the body: use `req.json()` or `req.body()`"
        )),
        None => route.reads_body("PagesRequest"),
    }
}

struct PagesHandler<F, Args> {
    pages: Pages<F>,
    args: PhantomData<fn() -> Args>,
}

impl<F, Args> Run for PagesHandler<F, Args>
where
    F: Function<Args, Future: MaybeSend + 'static, Output: IntoResponse> + MaybeSend + MaybeSync + 'static,
    Args: RequestAndResponse<Further: MaybeSend> + 'static,
{
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        let mut request = incoming.take();
        Box::pin(async move {
            let Pages { handler, body_limit, parses_body } = &self.pages;
            let further = match Args::Further::from_request(&mut request).await {
                Ok(further) => further,
                Err(error) => return error.into_response(),
            };
            let response = PagesResponse::to(&request);
            let body =
                if *parses_body { PagesBody::parse(&mut request, *body_limit).await } else { Ok(PagesBody::Unparsed) };
            let body = match body {
                Ok(body) => body,
                Err(error) => return error.into_response(),
            };
            handler.call_with(Args::join(PagesRequest::new(request, body), response, further)).await.into_response()
        })
    }
}
