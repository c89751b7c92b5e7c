//! Bodies that can send parts of themselves (RFC 9110 §14).

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::TryStream;
use http_body::{Frame, SizeHint};

use crate::body::erased::ErasedBody;
use crate::body::{Body, BodyError, BoxError, Kind, OnFailure, Streamed};
use crate::platform::MaybeSend;

/// A content of known length that can be read from any position.
pub(super) trait Source: MaybeSend {
    /// Begins to read a range.
    fn seek(&mut self, range: Range<u64>);

    /// The next bytes of the range.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>>;
}

/// A part of a body that is made of parts of another one.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    Bytes(Bytes),
    Range(Range<u64>),
}

impl Body {
    /// Creates a body of known length that [`Route::ranges`](crate::Route::ranges) can send in parts, such as an object in
    /// a store.
    ///
    /// For each range that is sent, `read` is called once, and returns a stream of its bytes. For the whole content the range is
    /// `0..length`. The range is never empty. Bytes beyond the range are dropped. If the stream ends before the range does, the
    /// connection is aborted, as for an error of the stream.
    ///
    /// ```
    /// use futures_util::stream;
    /// use http::Request;
    /// use route_handlers::{Body, RouteHandlers, get};
    /// use tower::ServiceExt;
    ///
    /// async fn report() -> Body {
    ///     Body::from_ranges(1_000_000, |range| {
    ///         // A store gets the range: `store.get("report").range(range)`.
    ///         stream::iter(range.map(|_| Ok::<_, std::io::Error>("x")))
    ///     })
    /// }
    ///
    /// # tokio_test::block_on(async {
    /// let api = RouteHandlers::new().route("/report", get(report).ranges());
    /// let request = Request::get("/report").header("range", "bytes=500000-").body(Body::empty())?;
    /// let part = api.oneshot(request).await?;
    /// assert_eq!(part.status(), 206);
    /// assert_eq!(part.headers()["content-range"], "bytes 500000-999999/1000000");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn from_ranges<F, S>(length: u64, read: F) -> Self
    where
        F: FnMut(Range<u64>) -> S + MaybeSend + 'static,
        S: TryStream<Ok: Into<Bytes>, Error: Into<BoxError>> + MaybeSend + 'static,
    {
        Self::seekable_source(length, Box::new(Streams { read, stream: None }))
    }

    /// A body of the content of a source.
    pub(super) fn seekable_source(length: u64, source: Box<dyn Source>) -> Self {
        if length == 0 {
            return Self::empty();
        }
        Self::of_parts(source, Some(length), [Part::Range(0..length)].into())
    }

    /// A body of these parts of a source. `length` is that of the source if the parts are the whole source.
    fn of_parts(source: Box<dyn Source>, length: Option<u64>, parts: VecDeque<Part>) -> Self {
        let lengths = parts.iter().map(|part| match part {
            Part::Bytes(bytes) => bytes.len() as u64,
            Part::Range(range) => range.end - range.start,
        });
        let unsent = lengths.sum();
        let parts = Parts { source: Some(source), next: parts, left: 0, unsent };
        Self(Kind::Streamed(Box::pin(Seekable { body: ErasedBody::new(parts), length })))
    }

    /// The length of the content, if the body can send parts of it. A body that was read cannot.
    pub(crate) fn seekable_length(&mut self) -> Option<u64> {
        match &mut self.0 {
            Kind::Whole(bytes) => Some(bytes.len() as u64),
            Kind::Streamed(body) => body.as_mut().seekable()?.length,
        }
    }

    /// Returns a body of these parts. The ranges must be within [`seekable_length`](Self::seekable_length).
    pub(crate) fn into_parts(self, parts: Vec<Part>) -> Self {
        match (self.0, parts.as_slice()) {
            (Kind::Whole(bytes), [Part::Range(range)]) => slice(&bytes, range).into(),
            (Kind::Whole(bytes), _) => {
                Self::of_parts(Box::new(Whole { bytes, chunk: Bytes::new() }), None, parts.into())
            }
            (Kind::Streamed(mut body), _) => match body.as_mut().seekable().and_then(Seekable::take_source) {
                Some(source) => Self::of_parts(source, None, parts.into()),
                None => Self(Kind::Streamed(body)),
            },
        }
    }
}

/// The bytes of a range. A length in memory fits `usize`.
fn slice(bytes: &Bytes, range: &Range<u64>) -> Bytes {
    let position = |position: u64| usize::try_from(position).unwrap_or(bytes.len()).min(bytes.len());
    bytes.slice(position(range.start)..position(range.end))
}

/// Bytes in memory.
struct Whole {
    bytes: Bytes,
    chunk: Bytes,
}

impl Source for Whole {
    fn seek(&mut self, range: Range<u64>) {
        self.chunk = slice(&self.bytes, &range);
    }

    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        Poll::Ready(Some(Ok(std::mem::take(&mut self.chunk))))
    }
}

/// A function that makes a stream of each range.
struct Streams<F, S> {
    read: F,
    stream: Option<Pin<Box<S>>>,
}

impl<F, S> Source for Streams<F, S>
where
    F: FnMut(Range<u64>) -> S + MaybeSend,
    S: TryStream<Ok: Into<Bytes>, Error: Into<BoxError>> + MaybeSend,
{
    fn seek(&mut self, range: Range<u64>) {
        self.stream = None; // dropped before the next one is made
        self.stream = Some(Box::pin((self.read)(range)));
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let Some(stream) = &mut self.stream else { return Poll::Ready(None) };
        stream.as_mut().try_poll_next(cx).map(|chunk| chunk.map(|chunk| chunk.map(Into::into).map_err(Into::into)))
    }
}

/// Sends parts of a source one after the other.
struct Parts {
    /// `None` after the source was taken.
    source: Option<Box<dyn Source>>,
    next: VecDeque<Part>,
    /// The bytes of the current range that are not sent.
    left: u64,
    /// The bytes that are not sent.
    unsent: u64,
}

impl http_body::Body for Parts {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        let Some(source) = &mut this.source else { return Poll::Ready(None) };
        while this.left == 0 {
            match this.next.pop_front() {
                Some(Part::Bytes(bytes)) => {
                    this.unsent -= bytes.len() as u64;
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Part::Range(range)) => {
                    this.left = range.end - range.start;
                    source.seek(range);
                }
                None => return Poll::Ready(None),
            }
        }
        let Some(chunk) = ready!(source.poll_chunk(cx)) else {
            let reason = format!("the source ended {} bytes before the end of the range", this.left);
            return Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, reason).into())));
        };
        let chunk = slice(&chunk?, &(0..this.left));
        this.left -= chunk.len() as u64;
        this.unsent -= chunk.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.unsent == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.unsent)
    }
}

/// The body of [`Parts`], which gives its source back.
pub(super) struct Seekable {
    body: ErasedBody<Parts>,
    /// The length of the source, if the body sends all of it and was not read.
    length: Option<u64>,
}

impl Seekable {
    fn take_source(&mut self) -> Option<Box<dyn Source>> {
        self.body.get_mut().source.take()
    }
}

impl Streamed for Seekable {
    fn poll_first_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<bool, BodyError>> {
        Pin::new(&mut self.body).poll_first_frame(cx)
    }

    fn poll_data(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        self.length = None;
        Pin::new(&mut self.body).poll_data(cx)
    }

    fn seekable(self: Pin<&mut Self>) -> Option<&mut Seekable> {
        Some(self.get_mut())
    }

    fn on_failure(mut self: Pin<&mut Self>, call: OnFailure) {
        Pin::new(&mut self.body).on_failure(call);
    }
}

impl http_body::Body for Seekable {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.length = None;
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
