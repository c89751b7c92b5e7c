//! One body type for requests and answers: whole bytes without a box, anything else behind one.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use http_body::{Frame, SizeHint};
use http_body_util::Full;
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

use crate::platform::{MaybeSend, MaybeSync};

/// Any error, boxed: what reading a body can fail with.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// The body of a request or an answer.
///
/// Empty and whole bodies are held as they are; only a streamed one is boxed. It is `Send` and `Sync` whether or not the
/// body inside is `Sync`.
///
/// ```
/// use http_body::Body as _;
/// use route_handlers::Body;
///
/// assert!(Body::empty().is_end_stream());
/// assert_eq!(Body::from("hello").size_hint().exact(), Some(5));
/// ```
#[must_use]
pub struct Body(Kind);

enum Kind {
    Whole(Bytes),
    Streamed(Pin<Box<dyn Streamed>>),
}

/// What a boxed body can do; the bounds are here because only auto traits may be added to a `dyn` type.
trait Streamed: http_body::Body<Data = Bytes, Error = BoxError> + MaybeSend + MaybeSync {}
impl<B: http_body::Body<Data = Bytes, Error = BoxError> + MaybeSend + MaybeSync> Streamed for B {}

impl Body {
    /// A body without content.
    pub const fn empty() -> Self {
        Self(Kind::Whole(Bytes::new()))
    }

    /// Erases the type of a body: boxed, unless it is at its end, whole (`Full<Bytes>`) or a `Body` already.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http_body_util::Full;
    /// use route_handlers::Body;
    ///
    /// let body = Body::new(Full::new(Bytes::from("hello")));
    /// assert_eq!(format!("{body:?}"), r#"Body(b"hello")"#);
    /// ```
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
    {
        if body.is_end_stream() {
            return Self::empty();
        }
        let mut body = Some(body);
        let any: &mut dyn Any = &mut body;
        if let Some(ours) = any.downcast_mut::<Option<Self>>() {
            return ours.take().unwrap_or_default();
        }
        if let Some(full) = any.downcast_mut::<Option<Full<Bytes>>>() {
            return full.take().and_then(Full::into_inner).unwrap_or_default().into();
        }
        match body {
            Some(body) => Self(Kind::Streamed(Box::pin(Erased {
                hint: body.size_hint(),
                body: SyncWrapper::new(body),
                ended: false,
            }))),
            None => Self::empty(),
        }
    }

    /// A body of pieces as they come: each is sent at once, and the next is asked for when the client has room.
    ///
    /// An error ends the connection, as the client would otherwise take what it has for the whole.
    ///
    /// ```
    /// use std::convert::Infallible;
    /// use futures_util::stream;
    /// use route_handlers::{Body, RouteHandlers};
    ///
    /// let api = RouteHandlers::new().get("/letters", async || {
    ///     Body::from_stream(stream::iter(["a", "b", "c"].map(Ok::<_, Infallible>)))
    /// });
    /// ```
    pub fn from_stream<S, D, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<D, E>> + MaybeSend + 'static,
        D: Into<Bytes> + 'static,
        E: Into<BoxError> + 'static,
    {
        Self::new(Pieces { stream })
    }

    /// No content, of which nothing is said: the answer to a HEAD whose GET has a length that is not known. A host that
    /// writes `Content-Length` by the size hint must not find a zero (RFC 9110 §8.6).
    pub(crate) fn unsaid() -> Self {
        Self(Kind::Streamed(Box::pin(Unsaid))) // a box of nothing allocates nothing
    }

    /// The content, if it is all there already; nothing is read.
    pub(crate) fn take_whole(&mut self) -> Option<Bytes> {
        match &mut self.0 {
            Kind::Whole(bytes) => Some(std::mem::take(bytes)),
            Kind::Streamed(_) => None,
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Kind::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Kind::Streamed(body) => body.as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole(bytes) => bytes.is_empty(),
            Kind::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Streamed(body) => body.size_hint(),
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Whole(bytes) => f.debug_tuple("Body").field(bytes).finish(),
            Kind::Streamed(_) => f.debug_tuple("Body").finish_non_exhaustive(),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Whole(bytes))
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

/// A body at its end, of unknown length.
struct Unsaid;

impl http_body::Body for Unsaid {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

pin_project! {
    /// A stream as a body.
    struct Pieces<S> {
        #[pin]
        stream: S,
    }
}

impl<S, D, E> http_body::Body for Pieces<S>
where
    S: Stream<Item = Result<D, E>>,
    D: Into<Bytes>,
    E: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let piece = ready!(self.project().stream.poll_next(cx));
        Poll::Ready(piece.map(|piece| piece.map(|data| Frame::data(data.into())).map_err(Into::into)))
    }
}

pin_project! {
    /// A body of another type. What is asked of it by shared reference is noted after each frame, so that it need not
    /// be `Sync` itself.
    struct Erased<B> {
        #[pin]
        body: SyncWrapper<B>,
        hint: SizeHint,
        ended: bool,
    }
}

impl<B> http_body::Body for Erased<B>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        let mut body = this.body.get_pin_mut();
        let frame = ready!(body.as_mut().poll_frame(cx));
        *this.hint = body.size_hint();
        *this.ended = frame.is_none() || body.is_end_stream();
        let to_bytes = |mut data: B::Data| data.copy_to_bytes(data.remaining());
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(to_bytes)).map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }

    fn size_hint(&self) -> SizeHint {
        self.hint
    }
}
