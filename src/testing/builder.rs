//! Builds a request, for a client or for a test of one handler or one argument.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use cookie::Cookie;
use http::header::{CONTENT_TYPE, COOKIE, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Method, Uri};
use serde::Serialize;

use crate::after::{AfterJobs, BoxFuture, HandOver, RequestWaitUntil};
use crate::body::Body;
use crate::handler::Handler;
use crate::log::Subject;
use crate::request::media_type::{FORM, JSON};
use crate::request::{DEFAULT_BODY_LIMIT, Hooks, Matched, Request};
use crate::route_handlers::RouteHandlers;
use crate::routing::{Lookup, Params, Pattern, Place, RouteTable};
use crate::testing::FormData;
use crate::testing::TestResponse;
use crate::testing::TestStream;
use crate::testing::client::{Client, header};

/// Builds a request of a test.
///
/// [`Client::get`] and the other methods of a client start one that is sent when it is awaited.
/// [`RequestBuilder::get`] starts one for a test of one handler or one argument:
///
/// ```
/// use route_handlers::testing::RequestBuilder;
/// use route_handlers::{FromRequest, Json, Path, State};
///
/// struct Greeting(&'static str);
///
/// async fn greet(State(greeting): State<Greeting>, Path(name): Path<String>) -> Json<String> {
///     Json(format!("{}, {name}", greeting.0))
/// }
///
/// # tokio_test::block_on(async {
/// let request = || RequestBuilder::get("/users/Ada").pattern("/users/{name}").state(Greeting("hello"));
///
/// let response = request().call(greet).await; // the handler
/// assert_eq!(response.json::<String>(), "hello, Ada");
///
/// let mut request = request().build(); // an argument
/// let Path(name) = Path::<String>::from_request(&mut request).await?;
/// assert_eq!(name, "Ada");
/// # Ok::<(), route_handlers::Error>(())
/// # }).unwrap();
/// ```
#[must_use = "a request of a client is sent when it is awaited"]
pub struct RequestBuilder<To = NoClient> {
    parts: Parts,
    body: Body,
    to: To,
    place: &'static Location<'static>,
}

/// The marker of a [`RequestBuilder`] without a client. It holds the state and the pattern.
#[derive(Debug)]
pub struct NoClient {
    table: RouteHandlers,
    pattern: Option<String>,
}

impl<To> RequestBuilder<To> {
    #[track_caller]
    fn start(method: Method, uri: &str, to: To) -> Self {
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.method = method;
        let is_target = uri.starts_with('/') || uri.contains("://") || uri == "*";
        assert!(is_target, "`{uri}` is neither a path nor a URL: begin it with `/` or `https://`");
        parts.uri = match uri.parse() {
            Ok(uri) => uri,
            Err(error) => panic!("`{uri}` is not a URI: {error}; percent-encode its path"),
        };
        Self { parts, body: Body::empty(), to, place: Location::caller() }
    }

    /// Sets a header. It replaces an earlier one of this name.
    ///
    /// # Panics
    ///
    /// If the name or the value is not valid in a header.
    #[track_caller]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: fmt::Display>,
        V: TryInto<HeaderValue, Error: fmt::Display>,
    {
        let (name, value) = header(name, value);
        self.parts.headers.insert(name, value);
        self
    }

    /// Adds a cookie. The value is percent-encoded.
    ///
    /// # Panics
    ///
    /// If the request has a `Cookie` header that is not text.
    #[track_caller]
    pub fn cookie(self, name: &str, value: &str) -> Self {
        let pair = Cookie::new(name, value).encoded().to_string();
        let line = match self.parts.headers.get(COOKIE) {
            Some(line) => format!("{}; {pair}", line.to_str().expect("the `Cookie` header is text")),
            None => pair,
        };
        self.header(COOKIE, line)
    }

    /// Adds fields to the query: a struct, a map, or a list of pairs. A list in a struct repeats its name.
    ///
    /// # Panics
    ///
    /// If a query cannot hold the fields.
    ///
    /// ```
    /// use route_handlers::testing::RequestBuilder;
    ///
    /// let request = RequestBuilder::get("/search?page=2").query(&[("q", "a&b c")]).build();
    /// assert_eq!(request.uri(), "/search?page=2&q=a%26b+c");
    /// ```
    #[track_caller]
    pub fn query<T: Serialize + ?Sized>(mut self, fields: &T) -> Self {
        let added = encode(fields, "query");
        let path = self.parts.uri.path();
        let query = match self.parts.uri.query() {
            Some(query) if !query.is_empty() => format!("{path}?{query}&{added}"),
            _ => format!("{path}?{added}"),
        };
        let mut uri = std::mem::take(&mut self.parts.uri).into_parts();
        uri.path_and_query = Some(query.parse().expect("an encoded query is valid in a URI"));
        self.parts.uri = Uri::from_parts(uri).expect("a new query keeps a URI valid");
        self
    }

    /// Sets the body. The media type is not set.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the body to JSON, and the media type to `application/json` unless the request has one.
    ///
    /// # Panics
    ///
    /// If JSON cannot hold the value.
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => self.typed(HeaderValue::from_static(JSON), json),
            Err(error) => panic!("the body cannot be JSON: {error}"),
        }
    }

    /// Sets the body to the fields of a form: a struct, a map, or a list of pairs.
    ///
    /// The media type is `application/x-www-form-urlencoded`, unless the request has one.
    ///
    /// # Panics
    ///
    /// If a form cannot hold the fields.
    #[track_caller]
    pub fn form<T: Serialize + ?Sized>(self, fields: &T) -> Self {
        let form = encode(fields, "form");
        self.typed(HeaderValue::from_static(FORM), form.into_bytes())
    }

    /// Sets the body to a form with files, and the media type.
    ///
    /// ```
    /// use route_handlers::testing::{Client, FormData};
    /// use route_handlers::{Request, RouteHandlers};
    ///
    /// # tokio_test::block_on(async {
    /// let upload = async |request: Request| request.header("content-type").map(str::to_owned);
    /// let client = Client::new(RouteHandlers::new().post("/pictures", upload));
    /// let form = FormData::new().text("name", "Ada").file("picture", "ada.png", "image/png", [0x89, b'P', b'N', b'G']);
    ///
    /// let response = client.post("/pictures").multipart(&form).await;
    /// assert_eq!(response.text(), "multipart/form-data; boundary=boundary");
    /// # });
    /// ```
    pub fn multipart(self, form: &FormData) -> Self {
        let (media_type, body) = form.encode();
        self.typed(media_type, body)
    }

    fn typed(mut self, media_type: HeaderValue, body: Vec<u8>) -> Self {
        self.parts.headers.entry(CONTENT_TYPE).or_insert(media_type);
        self.body(body)
    }

    /// Attaches a value to the request, as a host or a layer does.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.parts.extensions.insert(value);
        self
    }
}

impl RequestBuilder {
    /// Starts a request with any method.
    ///
    /// # Panics
    ///
    /// If the URI is neither a path nor a URL.
    #[track_caller]
    pub fn new(method: Method, uri: &str) -> Self {
        Self::start(method, uri, NoClient { table: RouteHandlers::new(), pattern: None })
    }

    /// Starts a GET: see [`new`](Self::new).
    #[track_caller]
    pub fn get(uri: &str) -> Self {
        Self::new(Method::GET, uri)
    }

    /// Starts a POST: see [`new`](Self::new).
    #[track_caller]
    pub fn post(uri: &str) -> Self {
        Self::new(Method::POST, uri)
    }

    /// Sets the pattern of the route. It gives the request its path parameters.
    pub fn pattern(mut self, pattern: &str) -> Self {
        self.to.pattern = Some(pattern.to_owned());
        self
    }

    /// Adds a state, as [`RouteHandlers::with_state`] does.
    pub fn state<T: Send + Sync + 'static>(mut self, state: T) -> Self {
        self.to.table = self.to.table.with_state(state);
        self
    }

    /// Builds the request, for a test of an argument: `T::from_request(&mut request)` or `T::from_head(&request.head())`.
    ///
    /// Work that is given to `After` goes to a [`RequestWaitUntil`] in the extensions, if there is one.
    ///
    /// # Panics
    ///
    /// If the path does not match the pattern, or a parameter is refused.
    #[track_caller]
    pub fn build(self) -> Request {
        let Self { parts, body, to, .. } = self;
        let (pattern, params) = match &to.pattern {
            Some(pattern) => {
                let (pattern, params) = matched(pattern, parts.uri.path());
                (Some(pattern), params)
            }
            None => (None, Params::none()),
        };
        let subject = Subject::new(&parts.method, pattern.as_ref());
        let after = parts.extensions.get::<RequestWaitUntil>().cloned().map(|hook| AfterJobs::new(hook, subject));
        drop(after.clone().map(HandOver::new)); // no response follows, so work goes to the hook immediately
        let hooks = after.map(|after| Arc::new(Hooks { on_error: None, after: Some(after) }));
        let states = to.table.states().clone();
        Request::new(parts, body, Matched::new(pattern, params, states, DEFAULT_BODY_LIMIT, hooks))
    }

    /// Calls a handler with its arguments, and then runs the work that it gave to `After`.
    ///
    /// Without a [`pattern`](Self::pattern), the path itself is the pattern.
    ///
    /// # Panics
    ///
    /// If a table would refuse the handler: it takes a state that the request lacks, for example. Without a pattern also if the
    /// path is not a valid pattern, such as `/a//b`, `/:x`, `/[x]` and `/*`.
    #[track_caller]
    pub fn call<Args: 'static>(self, handler: impl Handler<Args>) -> BoxFuture<'static, TestResponse> {
        let Self { parts, body, to, place } = self;
        let pattern = to.pattern.unwrap_or_else(|| parts.uri.path().replace('{', "{{").replace('}', "}}"));
        let client = Client::new(to.table.any(&pattern, handler));
        Box::pin(async move {
            let response = client.clone().send(parts, body, place).await.whole().await;
            client.after().await;
            response
        })
    }
}

impl Client {
    /// Starts a request with any method.
    ///
    /// # Panics
    ///
    /// If the URI is neither a path nor a URL.
    #[track_caller]
    pub fn request(&self, method: Method, uri: &str) -> RequestBuilder<Self> {
        let mut request = RequestBuilder::start(method, uri, self.clone());
        request.parts.headers = self.headers.clone();
        request
    }

    /// Starts a GET.
    #[track_caller]
    pub fn get(&self, uri: &str) -> RequestBuilder<Self> {
        self.request(Method::GET, uri)
    }

    /// Starts a HEAD.
    #[track_caller]
    pub fn head(&self, uri: &str) -> RequestBuilder<Self> {
        self.request(Method::HEAD, uri)
    }

    /// Starts a POST.
    #[track_caller]
    pub fn post(&self, uri: &str) -> RequestBuilder<Self> {
        self.request(Method::POST, uri)
    }

    /// Starts a PUT.
    #[track_caller]
    pub fn put(&self, uri: &str) -> RequestBuilder<Self> {
        self.request(Method::PUT, uri)
    }

    /// Starts a PATCH.
    #[track_caller]
    pub fn patch(&self, uri: &str) -> RequestBuilder<Self> {
        self.request(Method::PATCH, uri)
    }

    /// Starts a DELETE.
    #[track_caller]
    pub fn delete(&self, uri: &str) -> RequestBuilder<Self> {
        self.request(Method::DELETE, uri)
    }

    /// Starts an OPTIONS.
    #[track_caller]
    pub fn options(&self, uri: &str) -> RequestBuilder<Self> {
        self.request(Method::OPTIONS, uri)
    }
}

impl RequestBuilder<Client> {
    /// Sends the request, and reads the head of the response. The test reads the body in pieces.
    ///
    /// ```
    /// use futures_util::{Stream, StreamExt, stream};
    /// use route_handlers::sse::{Event, Sse};
    /// use route_handlers::testing::Client;
    /// use route_handlers::{Result, RouteHandlers};
    ///
    /// async fn ticks() -> Sse<impl Stream<Item = Result<Event>>> {
    ///     Sse::new(stream::iter(1_u64..).map(|tick| Ok(Event::new().with_data(tick.to_string())))) // it has no end
    /// }
    ///
    /// # tokio_test::block_on(async {
    /// let client = Client::new(RouteHandlers::new().get("/ticks", ticks));
    /// let mut ticks = client.get("/ticks").stream().await;
    /// ticks.response().assert_status(200);
    /// assert_eq!(ticks.next_event().await.unwrap().data(), "1");
    /// assert_eq!(ticks.next_event().await.unwrap().data(), "2");
    /// # });
    /// ```
    pub fn stream(self) -> BoxFuture<'static, TestStream> {
        Box::pin(self.to.send(self.parts, self.body, self.place))
    }
}

/// Sends the request, and reads the whole response.
///
/// # Panics
///
/// If the body of the response fails.
impl IntoFuture for RequestBuilder<Client> {
    type Output = TestResponse;
    type IntoFuture = BoxFuture<'static, TestResponse>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.to.send(self.parts, self.body, self.place).await.whole().await })
    }
}

impl<To: fmt::Debug> fmt::Debug for RequestBuilder<To> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBuilder")
            .field("method", &self.parts.method)
            .field("uri", &self.parts.uri)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

#[track_caller]
fn encode<T: Serialize + ?Sized>(fields: &T, what: &str) -> String {
    match serde_html_form::to_string(fields) {
        Ok(text) => text,
        Err(error) => panic!("a {what} cannot hold these fields: {error}"),
    }
}

/// The pattern, and the parameters that a path has for it.
#[track_caller]
fn matched(pattern: &str, path: &str) -> (Arc<Pattern>, Params) {
    let mut table = RouteTable::new();
    if let Err(error) = table.insert(pattern, None, (), Place::caller()) {
        panic!("{error}");
    }
    match table.lookup(&Method::GET, path, false) {
        Lookup::Found { leaf, params, .. } => (Arc::clone(leaf.pattern()), params),
        Lookup::BadPath { reason, .. } => {
            panic!("`{path}` is refused for the pattern `{pattern}`: {}", reason.as_str())
        }
        Lookup::MethodNotAllowed { .. } | Lookup::NotFound { .. } => {
            panic!("the path `{path}` does not match the pattern `{pattern}`")
        }
    }
}
