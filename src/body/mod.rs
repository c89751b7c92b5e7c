//! The body type of requests and responses.
//!
//! Most handlers need no [`Body`]: they take arguments, and return text, bytes or [`Json`](crate::Json). Use it in an
//! `http::Response`, for a stream, and for the body of another crate.
//!
//! ```
//! use http::Response;
//! use route_handlers::{Body, RouteHandlers};
//!
//! let api = RouteHandlers::new().get("/", async || Response::new(Body::from("hello")));
//! ```
//!
//! A stream of chunks is a body too:
//!
//! ```
//! use futures_util::{StreamExt, stream};
//! use route_handlers::testing::Client;
//! use route_handlers::{Body, RouteHandlers};
//!
//! async fn count() -> Body {
//!     Body::from_stream(stream::iter(1..=3).map(|n| std::io::Result::Ok(format!("{n}\n"))))
//! }
//!
//! # tokio_test::block_on(async {
//! let client = Client::new(RouteHandlers::new().get("/count", count));
//! assert_eq!(client.get("/count").await.text(), "1\n2\n3\n");
//! # });
//! ```
//!
//! Whole bytes are stored inline, and other bodies are boxed.

mod erased;
mod error;
#[cfg(feature = "tokio")]
mod file;
mod seekable;
mod stream;

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use http_body_util::Full;

use crate::platform::{MaybeSend, MaybeSync};

use erased::ErasedBody;
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
    fn poll_first_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<bool, BodyError>>;

    /// The next data, for a caller that reads to the end. Trailers are skipped, and the size hint keeps its first value.
    fn poll_data(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>>;

    /// The body, if it can send parts of itself.
    fn seekable(self: Pin<&mut Self>) -> Option<&mut Seekable> {
        None
    }

    /// Keeps a function that is called with the error of the body. It replaces an earlier one.
    fn on_failure(self: Pin<&mut Self>, call: OnFailure);
}

type OnFailure = Box<dyn FnOnce(&BodyError) + Send + Sync>;

impl Body {
    /// Creates a body without content.
    ///
    /// ```
    /// # use route_handlers::Body;
    /// assert_eq!(format!("{:?}", Body::empty()), r#"Body(b"")"#);
    /// ```
    pub const fn empty() -> Self {
        Self(Kind::Whole(Bytes::new()))
    }

    /// Creates a body from a value of another body type.
    ///
    /// The body is boxed unless it is at its end, a `Full<Bytes>` or already a `Body`.
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
            Some(body) => Self(Kind::Streamed(Box::pin(ErasedBody::new(body)))),
            None => Self::empty(),
        }
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
    pub(crate) fn poll_first_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, BodyError>> {
        match &mut self.0 {
            Kind::Whole(bytes) => Poll::Ready(Ok(!bytes.is_empty())),
            Kind::Streamed(body) => body.as_mut().poll_first_frame(cx),
        }
    }

    /// Calls a function if the body fails after this. It replaces the function of an earlier call.
    pub(crate) fn on_failure(&mut self, call: impl FnOnce(&BodyError) + Send + Sync + 'static) {
        match &mut self.0 {
            Kind::Streamed(body) if !body.is_end_stream() => body.as_mut().on_failure(Box::new(call)),
            _ => {}
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

/// A body at its end, of unknown length.
struct WithoutLength;

impl Streamed for WithoutLength {
    fn poll_first_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<bool, BodyError>> {
        Poll::Ready(Ok(false))
    }

    fn poll_data(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        Poll::Ready(None)
    }

    fn on_failure(self: Pin<&mut Self>, _: OnFailure) {}
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
