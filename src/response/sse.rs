//! Server-sent events: a stream of events for the `EventSource` of browsers.
//!
//! Use it to send news to a browser while a page is open. [`Body::from_stream`](crate::Body::from_stream) sends any other stream.
//! Messages in both directions need a WebSocket.
//! ```
//! use futures_util::{Stream, StreamExt, stream};
//! use route_handlers::sse::{Event, Sse};
//! use route_handlers::{Result, RouteHandlers};
//!
//! async fn count() -> Sse<impl Stream<Item = Result<Event>>> {
//!     Sse::new(stream::iter(0..3).map(|n| Event::new().with_data(format!("{n}")).with_id(n.to_string())))
//! }
//!
//! let api = RouteHandlers::new().get("/count", count);
//! ```
//!
//! Events with a name and JSON, a comment every 15 seconds, and an end at the shutdown of the server:
//!
//! ```
//! use std::time::Duration;
//!
//! use futures_util::{StreamExt, stream};
//! use route_handlers::sse::{Event, Sse};
//! use route_handlers::testing::Client;
//! use route_handlers::{IntoResponse, Result, RouteHandlers, State};
//! use serde_json::json;
//! use tokio_util::sync::CancellationToken;
//!
//! fn score(points: u32) -> Result<Event> {
//!     Event::new().with_json(&json!({ "points": points }))?.with_name("score")
//! }
//!
//! async fn scores(State(shutdown): State<CancellationToken>) -> impl IntoResponse {
//!     let scores = stream::iter(1..=2).map(score);
//!     Sse::new(scores).keep_alive(|| tokio::time::sleep(Duration::from_secs(15))).until(shutdown.child_token().cancelled_owned())
//! }
//!
//! # tokio_test::block_on(async {
//! let api = RouteHandlers::new().with_state(CancellationToken::new()).get("/scores", scores);
//! let events = Client::new(api).get("/scores").await.events();
//! assert_eq!((events.len(), events[1].name(), events[1].data()), (2, "score", r#"{"points":2}"#));
//! # });
//! ```
//! If the connection is lost, an `EventSource` sends a new request with the id of the last event:
//! [`LastEventId`](crate::extract::LastEventId). [`Sse::keep_alive`] prevents timeouts of a silent connection.

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::{Stream, TryStream};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use pin_project_lite::pin_project;
use serde::Serialize;

use crate::body::{Body, BoxError};
use crate::error::{Error, Result};
use crate::platform::MaybeSend;
use crate::response::Response;
use crate::response::into_response::{IntoResponse, typed};

/// A stream of [events](Event) as a response: `text/event-stream`, with `Cache-Control: no-cache, no-transform`.
///
/// Errors of the stream are handled as in [`Body::from_stream`](crate::Body::from_stream).
///
/// ```
/// use futures_util::stream;
/// use route_handlers::IntoResponse;
/// use route_handlers::sse::{Event, Sse};
/// # use http_body_util::BodyExt;
///
/// # tokio_test::block_on(async {
/// let events = stream::iter([Ok::<_, std::io::Error>(Event::from("one\ntwo"))]);
/// let response = Sse::new(events).into_response();
/// assert_eq!(response.headers()["content-type"], "text/event-stream");
/// assert_eq!(response.headers()["cache-control"], "no-cache, no-transform");
/// assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "data: one\ndata: two\n\n");
/// # });
/// ```
#[must_use]
pub struct Sse<S> {
    events: S,
}

impl<S: TryStream<Ok = Event>> Sse<S> {
    /// Creates a response from a stream of events.
    pub fn new(events: S) -> Self {
        Self { events }
    }

    /// Sends a comment if no event is sent before `timer` is ready.
    ///
    /// Neither the client nor a proxy then closes the connection. A new timer starts after each event and each comment.
    ///
    /// The crate has no clock, so the timer comes from the runtime: `tokio::time::sleep`, or `gloo_timers` in a browser.
    ///
    /// ```
    /// use std::time::Duration;
    /// use futures_util::stream;
    /// use route_handlers::Result;
    /// use route_handlers::sse::{Event, Sse};
    ///
    /// let sse = Sse::new(stream::pending::<Result<Event>>())
    ///     .keep_alive(|| tokio::time::sleep(Duration::from_secs(15)));
    /// ```
    pub fn keep_alive<K, F>(self, timer: K) -> Sse<KeepAlive<S, K, F>>
    where
        K: FnMut() -> F,
        F: Future,
    {
        Sse { events: KeepAlive { events: self.events, begin: timer, timer: None } }
    }

    /// Ends the stream when `end` is ready, such as at the shutdown of the server, which would otherwise wait for the stream.
    ///
    /// An `EventSource` then sends a new request, which the next server can serve.
    ///
    /// ```
    /// use futures_util::stream;
    /// use route_handlers::sse::{Event, Sse};
    /// use route_handlers::{IntoResponse, Result};
    /// use tokio_util::sync::CancellationToken;
    /// # use http_body_util::BodyExt;
    ///
    /// # tokio_test::block_on(async {
    /// let shutdown = CancellationToken::new();
    /// let sse = Sse::new(stream::pending::<Result<Event>>()).until(shutdown.clone().cancelled_owned());
    /// shutdown.cancel();
    /// assert_eq!(sse.into_response().into_body().collect().await.unwrap().to_bytes(), "");
    /// # });
    /// ```
    pub fn until<F: Future>(self, end: F) -> Sse<Until<S, F>> {
        Sse { events: Until { events: self.events, end: Some(end) } }
    }
}

const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache, no-transform");

impl<S> IntoResponse for Sse<S>
where
    S: TryStream<Ok = Event, Error: Into<BoxError>> + MaybeSend + 'static,
{
    fn into_response(self) -> Response {
        let mut response = typed(EVENT_STREAM, Body::from_stream(Encoded { events: self.events }));
        response.headers_mut().insert(CACHE_CONTROL, NO_CACHE);
        response
    }
}

impl<S> fmt::Debug for Sse<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sse").finish_non_exhaustive()
    }
}

/// A server-sent event.
///
/// A client dispatches an event that has data. From an event without data, it reads the id and the reconnection time.
///
/// ```
/// use route_handlers::sse::Event;
/// use serde_json::json;
///
/// let event = Event::new().with_json(&json!({ "i": 7 }))?.with_name("tick")?.with_id("7")?;
/// assert_eq!(event.to_string(), "event: tick\nid: 7\ndata: {\"i\":7}\n\n");
/// # Ok::<(), route_handlers::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Event {
    comment: Option<Cow<'static, str>>,
    name: Option<Cow<'static, str>>,
    id: Option<Cow<'static, str>>,
    retry: Option<Duration>,
    data: Option<Cow<'static, str>>,
}

impl Event {
    /// Creates an empty event.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the data to a text of any number of lines. The client reads every line end (CRLF, CR, LF) as LF.
    ///
    /// ```
    /// use route_handlers::sse::Event;
    ///
    /// let event = Event::new().with_data("a\r\nb\rc");
    /// assert_eq!(event.to_string(), "data: a\ndata: b\ndata: c\n\n");
    /// ```
    pub fn with_data(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.data = Some(text.into());
        self
    }

    /// Sets the data to a value as JSON.
    ///
    /// # Errors
    ///
    /// 500 if the value cannot be serialized.
    ///
    /// ```
    /// use route_handlers::sse::Event;
    ///
    /// assert_eq!(Event::new().with_json(&[1, 2])?.to_string(), "data: [1,2]\n\n");
    /// # Ok::<(), route_handlers::Error>(())
    /// ```
    pub fn with_json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self> {
        Ok(self.with_data(serde_json::to_string(value)?))
    }

    /// Sets the name, under which the client listens for the event. The default is `message`.
    ///
    /// # Errors
    ///
    /// 500 if the name has a line break, which would begin another field, or a NUL.
    ///
    /// ```
    /// use route_handlers::sse::Event;
    ///
    /// assert!(Event::new().with_name("tick\ndata: injected").is_err());
    /// ```
    pub fn with_name(mut self, name: impl Into<Cow<'static, str>>) -> Result<Self> {
        self.name = Some(one_line("name", name.into())?);
        Ok(self)
    }

    /// Sets the id, which the client sends as `Last-Event-ID` when it reconnects. An empty id resets it.
    ///
    /// # Errors
    ///
    /// 500 if the id has a line break, or a NUL, because the client would ignore it.
    ///
    /// ```
    /// use route_handlers::sse::Event;
    ///
    /// assert_eq!(Event::new().with_id("7")?.with_data("x").to_string(), "id: 7\ndata: x\n\n");
    /// # Ok::<(), route_handlers::Error>(())
    /// ```
    pub fn with_id(mut self, id: impl Into<Cow<'static, str>>) -> Result<Self> {
        self.id = Some(one_line("id", id.into())?);
        Ok(self)
    }

    /// Sets the time that the client waits before it reconnects, in whole milliseconds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use route_handlers::sse::Event;
    ///
    /// assert_eq!(Event::new().with_retry(Duration::from_secs(2)).to_string(), "retry: 2000\n\n");
    /// ```
    pub fn with_retry(mut self, wait: Duration) -> Self {
        self.retry = Some(wait);
        self
    }

    /// Sets a comment, which the client ignores.
    ///
    /// ```
    /// use route_handlers::sse::Event;
    ///
    /// assert_eq!(Event::new().with_comment("still here").to_string(), ": still here\n\n");
    /// ```
    pub fn with_comment(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.comment = Some(text.into());
        self
    }
}

/// The event in the format of the stream. The client removes one space after each colon, so one is always written.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { comment, name, id, retry, data } = self;
        for line in comment.iter().flat_map(|text| lines(text)) {
            writeln!(f, ": {line}")?;
        }
        if let Some(name) = name {
            writeln!(f, "event: {name}")?;
        }
        if let Some(id) = id {
            writeln!(f, "id: {id}")?;
        }
        if let Some(retry) = retry {
            writeln!(f, "retry: {}", retry.as_millis())?;
        }
        for line in data.iter().flat_map(|text| lines(text)) {
            writeln!(f, "data: {line}")?;
        }
        f.write_char('\n')
    }
}

/// An event with this text as its data.
impl From<&'static str> for Event {
    fn from(text: &'static str) -> Self {
        Self::new().with_data(text)
    }
}

/// An event with this text as its data.
impl From<String> for Event {
    fn from(text: String) -> Self {
        Self::new().with_data(text)
    }
}

fn one_line(field: &str, text: Cow<'static, str>) -> Result<Cow<'static, str>> {
    if text.contains(['\r', '\n', '\0']) {
        let reason = format!("the {field} of an event must not have a line break or a NUL: {text:?}");
        return Err(Error::internal(reason));
    }
    Ok(text)
}

/// The lines of a text. CRLF, CR and LF each end a line, as in an event stream.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\r', '\n']) else { return rest.take() };
        let break_len = if text[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = Some(&text[end + break_len..]);
        Some(&text[..end])
    })
}

pin_project! {
    /// A stream of events with keep-alive comments: see [`Sse::keep_alive`].
    pub struct KeepAlive<S, K, F> {
        #[pin]
        events: S,
        begin: K,
        #[pin]
        timer: Option<F>,
    }
}

impl<S, K, F> Stream for KeepAlive<S, K, F>
where
    S: TryStream<Ok = Event>,
    K: FnMut() -> F,
    F: Future,
{
    type Item = Result<Event, S::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        if let Poll::Ready(event) = this.events.try_poll_next(cx) {
            this.timer.set(None);
            return Poll::Ready(event);
        }
        if this.timer.is_none() {
            this.timer.set(Some((this.begin)()));
        }
        if let Some(timer) = this.timer.as_mut().as_pin_mut() {
            ready!(timer.poll(cx));
        }
        this.timer.set(None);
        Poll::Ready(Some(Ok(Event::new().with_comment(""))))
    }
}

impl<S, K, F> fmt::Debug for KeepAlive<S, K, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeepAlive").finish_non_exhaustive()
    }
}

pin_project! {
    /// A stream of events that ends when a future is ready: see [`Sse::until`].
    pub struct Until<S, F> {
        #[pin]
        events: S,
        #[pin]
        end: Option<F>,
    }
}

impl<S: TryStream<Ok = Event>, F: Future> Stream for Until<S, F> {
    type Item = Result<Event, S::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        let Some(end) = this.end.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        if end.poll(cx).is_ready() {
            this.end.set(None);
            return Poll::Ready(None);
        }
        this.events.try_poll_next(cx)
    }
}

impl<S, F> fmt::Debug for Until<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Until").finish_non_exhaustive()
    }
}

pin_project! {
    /// Events as the chunks of a body.
    struct Encoded<S> {
        #[pin]
        events: S,
    }
}

impl<S: TryStream<Ok = Event>> Stream for Encoded<S> {
    type Item = Result<Bytes, S::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let event = ready!(self.project().events.try_poll_next(cx));
        Poll::Ready(event.map(|event| event.map(|event| event.to_string().into())))
    }
}
