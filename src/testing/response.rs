//! The response to a test's request.

use std::fmt;

use bytes::Bytes;
use cookie::Cookie;
use http::header::SET_COOKIE;
use http::response::Parts;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::testing::ReceivedEvent;
use crate::testing::events::{EventReader, is_event_stream};

/// A response with its whole body in memory.
///
/// `Debug` prints all of it, with the cause of an [`Error`](crate::Error).
///
/// ```
/// use route_handlers::testing::Client;
/// use route_handlers::{Json, RouteHandlers};
///
/// # tokio_test::block_on(async {
/// let client = Client::new(RouteHandlers::new().get("/", async || ([("etag", "\"7\"")], Json("hello"))));
/// let response = client.get("/").await;
/// response.assert_status(200);
/// assert_eq!(response.header("etag"), Some("\"7\""));
/// assert_eq!(response.json::<String>(), "hello");
/// # });
/// ```
#[derive(Clone)]
pub struct TestResponse {
    /// The method and the URI of the request.
    request: String,
    head: Parts,
    body: Bytes,
}

impl TestResponse {
    pub(super) fn new(request: String, head: Parts, body: Bytes) -> Self {
        Self { request, head, body }
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Returns the value of a header, the first one if there are several. It is `None` if the value is not visible ASCII
    /// text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// Returns the body.
    pub fn bytes(&self) -> Bytes {
        self.body.clone()
    }

    /// Returns the body as text.
    ///
    /// # Panics
    ///
    /// If the body is not UTF-8.
    #[track_caller]
    pub fn text(&self) -> String {
        match std::str::from_utf8(&self.body) {
            Ok(text) => text.to_owned(),
            Err(error) => panic!("the body of the response to `{}` is not text: {error}\n\n{self:?}", self.request),
        }
    }

    /// Deserializes the body from JSON.
    ///
    /// # Panics
    ///
    /// If the body is not JSON of this shape. The message has the whole response.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("the response to `{}` is not the expected JSON: {error}\n\n{self:?}", self.request),
        }
    }

    /// Returns the cookies that the response sets, with decoded values.
    pub fn cookies(&self) -> Vec<Cookie<'static>> {
        let lines = self.head.headers.get_all(SET_COOKIE).iter();
        let lines = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
        lines.filter_map(|line| Cookie::parse_encoded(line).ok()).collect()
    }

    /// Returns the cookie of this name that the response sets.
    ///
    /// ```
    /// use route_handlers::testing::Client;
    /// use route_handlers::{RouteHandlers, SetCookie};
    ///
    /// # tokio_test::block_on(async {
    /// let dark = async || (SetCookie::new("theme", "dark").http_only(true), "a page");
    /// let client = Client::new(RouteHandlers::new().get("/", dark));
    /// let theme = client.get("/").await.cookie("theme").expect("it is set");
    /// assert_eq!((theme.value(), theme.path(), theme.http_only()), ("dark", Some("/"), Some(true)));
    /// # });
    /// ```
    pub fn cookie(&self, name: &str) -> Option<Cookie<'static>> {
        self.cookies().into_iter().find(|cookie| cookie.name() == name)
    }

    /// Returns the server-sent events that a browser would dispatch (HTML standard, §9.2.6).
    ///
    /// A stream without an end is read by [`RequestBuilder::stream`](crate::testing::RequestBuilder::stream).
    ///
    /// ```
    /// use http::header::CONTENT_TYPE;
    /// use route_handlers::RouteHandlers;
    /// use route_handlers::testing::Client;
    ///
    /// # tokio_test::block_on(async {
    /// let ticks = async || ([(CONTENT_TYPE, "text/event-stream")], "data: one\n\nevent: end\ndata: two\n\n");
    /// let events = Client::new(RouteHandlers::new().get("/ticks", ticks)).get("/ticks").await.events();
    /// assert_eq!(events.len(), 2);
    /// assert_eq!((events[1].name(), events[1].data()), ("end", "two"));
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// If the response is not `text/event-stream`, or is not UTF-8.
    #[track_caller]
    pub fn events(&self) -> Vec<ReceivedEvent> {
        let is_event_stream = is_event_stream(&self.head.headers);
        assert!(is_event_stream, "the response to `{}` is not `text/event-stream`\n\n{self:?}", self.request);
        let (stream, mut reader) = (self.text(), EventReader::default());
        std::iter::from_fn(|| reader.next(stream.as_bytes())).collect()
    }

    /// Checks the status: a number or a [`StatusCode`].
    ///
    /// # Panics
    ///
    /// If the response has another status. The message has the whole response.
    #[track_caller]
    pub fn assert_status<S>(&self, status: S) -> &Self
    where
        S: fmt::Display,
        StatusCode: PartialEq<S>,
    {
        let received = self.status();
        assert!(received == status, "the status of `{}` is {received}, not {status}\n\n{self:?}", self.request);
        self
    }
}

impl fmt::Debug for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?} {}", self.head.version, self.head.status)?;
        for (name, value) in &self.head.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        if !self.body.is_empty() {
            write!(f, "\n{}", String::from_utf8_lossy(&self.body))?;
        }
        let error = self.head.extensions.get::<Error>();
        match error.and_then(Error::source) {
            Some(cause) => write!(f, "\n\nthe cause, which is not sent: {cause}"),
            None => Ok(()),
        }
    }
}
