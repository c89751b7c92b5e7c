//! The body type of requests and responses: whole bytes are stored inline, other bodies are boxed.

mod error;
#[cfg(feature = "tokio")]
mod file;
mod seekable;

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::TryStream;
use http_body::{Frame, SizeHint};
use http_body_util::Full;
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

use crate::catch_panic::catch_panic;
use crate::platform::{MaybeSend, MaybeSync};

pub use error::BodyError;
pub(crate) use seekable::Part;
use seekable::Seekable;

/// A boxed error of any type.
///
/// ```
/// use route_handlers::body::BoxError;
/// use route_handlers::Error;
///
/// let error = BoxError::from("the disk is full");
/// assert_eq!(Error::from_source(http::StatusCode::INSUFFICIENT_STORAGE, error).source().unwrap().to_string(), "the disk is full");
/// ```
pub type BoxError = Box<dyn Error + Send + Sync>;

/// The body of a request or a response.
///
/// Only a streamed body is boxed. `Body` is `Send` and `Sync` even if the body inside is not `Sync`.
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

/// A boxed body. The bounds are on the trait because `dyn` allows only auto traits beside the main trait.
trait Streamed: http_body::Body<Data = Bytes, Error = BodyError> + MaybeSend + MaybeSync {
    /// Polls the body for its first frame, keeps the frame for the reader, and returns whether the body has content.
    ///
    /// # Errors
    ///
    /// The error of the body, if it fails before its first frame.
    fn begin(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<bool, BodyError>>;

    /// The next data, for a caller that reads to the end. Trailers are skipped, and the size hint keeps its first value.
    fn poll_data(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>>;

    /// The body, if it can send parts of itself.
    fn seekable(self: Pin<&mut Self>) -> Option<&mut Seekable> {
        None
    }
}

impl Body {
    /// A body without content.
    ///
    /// ```
    /// # use route_handlers::Body;
    /// assert_eq!(format!("{:?}", Body::empty()), r#"Body(b"")"#);
    /// ```
    pub const fn empty() -> Self {
        Self(Kind::Whole(Bytes::new()))
    }

    /// Erases the type of a body. It is boxed unless it is at its end, a `Full<Bytes>` or already a `Body`.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http_body_util::Full;
    /// use route_handlers::Body;
    ///
    /// let body = Body::new(Full::new(Bytes::from("hello")));
    /// assert_eq!(format!("{body:?}"), r#"Body(b"hello")"#);
    /// ```
    #[inline]
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
    {
        let mut body = Some(body);
        // Checked first: a `Body` may be at its end without a known length, which must be kept.
        if let Some(ours) = (&mut body as &mut dyn Any).downcast_mut::<Option<Self>>() {
            return ours.take().unwrap_or_default();
        }
        body.map_or_else(Self::empty, Self::erase)
    }

    fn erase<B>(body: B) -> Self
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
    {
        if body.is_end_stream() {
            return Self::empty();
        }
        let mut body = Some(body);
        let any: &mut dyn Any = &mut body;
        if let Some(full) = any.downcast_mut::<Option<Full<Bytes>>>() {
            return full.take().and_then(Full::into_inner).unwrap_or_default().into();
        }
        match body {
            Some(body) => Self(Kind::Streamed(Box::pin(Erased::new(body)))),
            None => Self::empty(),
        }
    }

    /// A body that sends the chunks of a stream.
    ///
    /// The stream is polled only as fast as the client reads, and is dropped if the client disconnects. Each chunk is sent
    /// immediately.
    ///
    /// The head of the response does not wait for the first chunk. If the first poll returns an error, the response is that
    /// [`Error`](crate::Error), or 500 for other errors. A later error aborts the connection after the earlier chunks were
    /// sent, so that the client notices the incomplete response. A panic of the stream is handled as an error.
    ///
    /// ```
    /// use futures_util::{StreamExt, stream};
    /// use route_handlers::{Body, RouteHandlers};
    ///
    /// async fn count() -> Body {
    ///     Body::from_stream(stream::iter(1..=3).map(|n| Ok::<_, std::io::Error>(format!("{n}\n"))))
    /// }
    /// # use http::Request;
    /// # use http_body_util::BodyExt;
    /// # use tower::ServiceExt;
    ///
    /// # tokio_test::block_on(async {
    /// let api = RouteHandlers::new().get("/count", count);
    /// let response = api.oneshot(Request::get("/count").body(Body::empty())?).await?;
    /// assert_eq!(response.into_body().collect().await?.to_bytes(), "1\n2\n3\n");
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// # }).unwrap();
    /// ```
    pub fn from_stream<S>(stream: S) -> Self
    where
        S: TryStream<Ok: Into<Bytes>, Error: Into<BoxError>> + MaybeSend + 'static,
    {
        Self::new(Chunks { stream })
    }

    /// An empty body of unknown length, for the response to HEAD if the length for GET is unknown. A host that writes
    /// `Content-Length` from the size hint must not write 0 (RFC 9110 §8.6).
    pub(crate) fn without_length() -> Self {
        Self(Kind::Streamed(Box::pin(WithoutLength))) // a box of a zero-sized type does not allocate
    }

    /// The content, if it is in memory.
    pub(crate) fn whole(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Whole(bytes) => Some(bytes),
            Kind::Streamed(_) => None,
        }
    }

    /// Takes the content, if it is in memory. Nothing is read.
    #[cfg(feature = "warp")]
    pub(crate) fn take_whole(&mut self) -> Option<Bytes> {
        match &mut self.0 {
            Kind::Whole(bytes) => Some(std::mem::take(bytes)),
            Kind::Streamed(_) => None,
        }
    }

    /// The next data, for a caller that reads to the end. Trailers are skipped, and the size hint of a streamed body is not
    /// updated.
    pub(crate) fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        match &mut self.0 {
            Kind::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Kind::Whole(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            Kind::Streamed(body) => body.as_mut().poll_data(cx),
        }
    }

    /// Polls the body for its first frame, keeps the frame for the reader, and returns whether the body has content. Whole
    /// bytes are not polled.
    ///
    /// # Errors
    ///
    /// The error of the body, if it fails before its first frame.
    pub(crate) fn begin(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, BodyError>> {
        match &mut self.0 {
            Kind::Whole(bytes) => Poll::Ready(Ok(!bytes.is_empty())),
            Kind::Streamed(body) => body.as_mut().begin(cx),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
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

/// The number of consecutive empty frames that are read before other tasks may run.
const MAX_EMPTY_FRAMES: u8 = 16;

/// A body at its end, of unknown length.
struct WithoutLength;

impl Streamed for WithoutLength {
    fn begin(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<bool, BodyError>> {
        Poll::Ready(Ok(false))
    }

    fn poll_data(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        Poll::Ready(None)
    }
}

impl http_body::Body for WithoutLength {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

pin_project! {
    /// A body of another type. Its size hint and its end are stored after each frame, so that it need not be `Sync`.
    ///
    /// A panic of the body becomes an error of the body. The body is not polled again after it.
    struct Erased<B> {
        #[pin]
        body: SyncWrapper<B>,
        // The frame that `begin` read. `hint` includes it until the reader takes it.
        first: Option<Frame<Bytes>>,
        // When a body fails, hyper drops everything that it has not flushed, even the head. So an error is returned one poll
        // later, and hyper flushes in between. The error of the first poll is returned immediately: the response can still
        // be a 500.
        held: Option<BodyError>,
        waited: bool,
        polled: bool,
        // The number of consecutive empty frames since this body was last pending because of them.
        empty_frames: u8,
        hint: SizeHint,
        ended: bool,
    }
}

impl<B> Erased<B>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>>,
{
    fn new(body: B) -> Self {
        Self {
            hint: body.size_hint(),
            body: SyncWrapper::new(body),
            first: None,
            held: None,
            waited: false,
            polled: false,
            empty_frames: 0,
            ended: false,
        }
    }

    /// Calls methods of the body, and returns a panic as an error.
    fn call<T>(mut self: Pin<&mut Self>, method: impl FnOnce(Pin<&mut B>) -> T) -> Result<T, BodyError> {
        catch_panic(|| method(self.as_mut().project().body.get_pin_mut())).map_err(|panic| {
            *self.project().ended = true;
            BodyError::new(panic)
        })
    }

    /// The next frame of the body.
    ///
    /// Readers skip empty frames, so an endless series of them would block the thread. After `MAX_EMPTY_FRAMES` empty frames
    /// this is pending once, so that the head of the response is sent and other tasks run.
    fn poll_inner(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        *self.as_mut().project().polled = true;
        let frame = ready!(self.as_mut().poll_body(cx));
        let is_empty = |frame: &Frame<Bytes>| frame.data_ref().is_some_and(Bytes::is_empty);
        let empty_frames = self.project().empty_frames;
        *empty_frames = if matches!(&frame, Some(Ok(frame)) if is_empty(frame)) { *empty_frames + 1 } else { 0 };
        if *empty_frames == MAX_EMPTY_FRAMES {
            *empty_frames = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending; // dropping an empty frame loses nothing
        }
        Poll::Ready(frame)
    }

    fn poll_body(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let to_bytes = |mut data: B::Data| data.copy_to_bytes(data.remaining());
        let frame = self.call(|body| {
            if body.is_end_stream() {
                return Poll::Ready(None);
            }
            let frame = ready!(body.poll_frame(cx));
            Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(to_bytes)).map_err(BodyError::new)))
        });
        frame.unwrap_or_else(|panic| Poll::Ready(Some(Err(panic))))
    }

    /// Stores the size hint and the end of the body.
    fn store_hint(mut self: Pin<&mut Self>) {
        let stored = self.as_mut().call(|body| (body.size_hint(), body.is_end_stream()));
        let this = self.project();
        match stored {
            Ok((hint, ended)) => (*this.hint, *this.ended) = (hint, ended),
            Err(panic) => *this.held = Some(panic),
        }
    }

    /// Returns the held error at the second poll.
    fn poll_held(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.project();
        *this.waited = !*this.waited;
        if *this.waited {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(this.held.take().map(Err))
    }

    fn end(self: Pin<&mut Self>) {
        let this = self.project();
        *this.hint = SizeHint::with_exact(0);
        *this.ended = true;
    }
}

impl<B> Streamed for Erased<B>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend,
{
    fn begin(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<bool, BodyError>> {
        loop {
            match &self.first {
                Some(frame) if frame.data_ref().is_some_and(Bytes::is_empty) => {} // over HTTP/2, an empty frame may be the whole body
                Some(frame) => return Poll::Ready(Ok(frame.is_data())),
                None if self.ended => return Poll::Ready(Ok(false)),
                None => {}
            }
            *self.as_mut().project().first = None;
            match ready!(self.as_mut().poll_inner(cx)) {
                Some(frame) => *self.as_mut().project().first = Some(frame?),
                None => self.as_mut().end(),
            }
        }
    }

    fn poll_data(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        if let Some(first) = self.as_mut().project().first.take() {
            if let Ok(data) = first.into_data() {
                return Poll::Ready(Some(Ok(data)));
            }
        }
        while !self.ended {
            match ready!(self.as_mut().poll_inner(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => return Poll::Ready(Some(Ok(data))),
                    Err(_trailers) => {}
                },
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => self.as_mut().end(),
            }
        }
        Poll::Ready(self.project().held.take().map(Err))
    }
}

impl<B> http_body::Body for Erased<B>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.held.is_some() {
            return self.poll_held(cx);
        }
        if self.ended {
            return Poll::Ready(None);
        }
        let is_first = !self.polled;
        let frame = match self.as_mut().project().first.take() {
            Some(first) => Some(Ok(first)),
            None => ready!(self.as_mut().poll_inner(cx)),
        };
        match frame {
            None => self.end(),
            Some(Err(error)) if !is_first => {
                *self.as_mut().project().held = Some(error);
                return self.poll_held(cx);
            }
            _ if self.ended => {} // the body has panicked
            _ => self.store_hint(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.ended && self.held.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.hint
    }
}

pin_project! {
    /// A stream of chunks as a body.
    struct Chunks<S> {
        #[pin]
        stream: S,
    }
}

impl<S: TryStream<Ok: Into<Bytes>, Error: Into<BoxError>>> http_body::Body for Chunks<S> {
    type Data = Bytes;
    type Error = S::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, S::Error>>> {
        let chunk = ready!(self.project().stream.try_poll_next(cx));
        Poll::Ready(chunk.map(|chunk| chunk.map(|chunk| Frame::data(chunk.into()))))
    }
}
