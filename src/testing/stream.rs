//! A response that is read in pieces.

use std::fmt;
use std::panic::Location;

use bytes::{Bytes, BytesMut};
use http::response::Parts;
use http_body_util::BodyExt as _;

use crate::body::Body;
use crate::testing::ReceivedEvent;
use crate::testing::events::{EventReader, is_event_stream};
use crate::testing::response::TestResponse;

/// A response with a body that is read in pieces: see [`RequestBuilder::stream`](crate::testing::RequestBuilder::stream).
///
/// To drop it is to disconnect, as far as the handler can tell.
///
/// ```
/// use route_handlers::testing::Client;
/// use route_handlers::RouteHandlers;
///
/// # tokio_test::block_on(async {
/// let client = Client::new(RouteHandlers::new().get("/", async || "hello"));
/// let mut stream = client.get("/").stream().await;
/// assert_eq!(stream.next_chunk().await.unwrap(), "hello");
/// assert!(stream.next_chunk().await.is_none());
/// # });
/// ```
///
/// [`next_event`](Self::next_event) reads server-sent events: [`RequestBuilder::stream`](crate::testing::RequestBuilder::stream)
/// has an example.
#[must_use = "the body is read by `next_event` and `next_chunk`"]
pub struct TestStream {
    /// The method and the URI of the request.
    request: String,
    place: &'static Location<'static>,
    head: Parts,
    read: BytesMut,
    body: Body,
    events: EventReader,
}

impl TestStream {
    pub(super) fn new(request: String, place: &'static Location<'static>, head: Parts, body: Body) -> Self {
        Self { request, place, head, read: BytesMut::new(), body, events: EventReader::default() }
    }

    /// Returns the response with the part of its body that was read.
    pub fn response(&self) -> TestResponse {
        TestResponse::new(self.request.clone(), self.head.clone(), self.read.clone().freeze())
    }

    /// Waits for the next server-sent event that a browser would dispatch (HTML standard, §9.2.6).
    ///
    /// The event is `None` at the end of the body.
    ///
    /// # Panics
    ///
    /// If the response is not `text/event-stream`, or its body fails.
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use futures_util::stream;
    /// # #[cfg(feature = "sse")] {
    /// use route_handlers::sse::{Event, Sse};
    /// use route_handlers::testing::Client;
    /// use route_handlers::RouteHandlers;
    ///
    /// # tokio_test::block_on(async {
    /// let ticks = async || Sse::new(stream::repeat_with(|| Ok::<_, Infallible>(Event::new().with_data("tick"))));
    /// let mut events = Client::new(RouteHandlers::new().get("/", ticks)).get("/").stream().await;
    /// assert_eq!(events.next_event().await.unwrap().data(), "tick");
    /// # });
    /// # }
    /// ```
    pub async fn next_event(&mut self) -> Option<ReceivedEvent> {
        loop {
            if let Some(event) = self.events.next(&self.read) {
                return Some(event);
            }
            let chunk = self.next_chunk().await;
            let Self { request, head, .. } = &*self;
            assert!(
                is_event_stream(&head.headers),
                "the response to `{request}` is not `text/event-stream`\n\n{:?}",
                self.response()
            );
            chunk?;
        }
    }

    /// Waits for the next chunk of the body. It is `None` at the end of the body.
    ///
    /// # Panics
    ///
    /// If the body fails.
    pub async fn next_chunk(&mut self) -> Option<Bytes> {
        loop {
            match self.body.frame().await?.map(http_body::Frame::into_data) {
                Ok(Ok(chunk)) => {
                    self.read.extend_from_slice(&chunk);
                    return Some(chunk);
                }
                Ok(Err(_trailers)) => {}
                Err(error) => {
                    let Self { request, place, .. } = &*self;
                    panic!(
                        "the body of the response to `{request}` at {place} failed: {error}\n\n{:?}",
                        self.response()
                    )
                }
            }
        }
    }

    /// Reads the rest of the body.
    pub(super) async fn whole(mut self) -> TestResponse {
        while self.next_chunk().await.is_some() {}
        TestResponse::new(self.request, self.head, self.read.freeze())
    }
}

impl fmt::Debug for TestStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.response().fmt(f)
    }
}
