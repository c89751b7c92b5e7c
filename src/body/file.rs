//! Bodies of tokio's files, and of other readers that seek.

use std::io::{self, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};

use crate::body::seekable::Source;
use crate::body::{Body, BoxError};

/// The most bytes that one read returns.
const CHUNK: u64 = 64 << 10;

impl Body {
    /// Creates a body that reads a file, or another reader that seeks.
    ///
    /// [`Route::ranges`](crate::Route::ranges) can send it in parts.
    ///
    /// The length is that of the reader now. If the reader ends earlier, the connection is aborted.
    ///
    /// # Errors
    ///
    /// Fails if the reader cannot seek.
    ///
    /// ```
    /// use http::Request;
    /// use route_handlers::{Body, Result, RouteHandlers, get};
    /// use tokio::fs::File;
    /// use tower::ServiceExt;
    ///
    /// async fn manifest() -> Result<Body> {
    ///     Ok(Body::seekable(File::open("Cargo.toml").await?).await?)
    /// }
    ///
    /// # tokio_test::block_on(async {
    /// let api = RouteHandlers::new().route("/manifest", get(manifest).ranges());
    /// let request = Request::get("/manifest").header("range", "bytes=0-99").body(Body::empty())?;
    /// assert!(api.oneshot(request).await?.headers()["content-range"].to_str()?.starts_with("bytes 0-99/"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn seekable<R>(reader: R) -> io::Result<Self>
    where
        R: AsyncRead + AsyncSeek + Send + 'static,
    {
        let mut reader = Box::pin(reader);
        let length = seek(&mut reader, SeekFrom::End(0)).await?;
        Ok(Self::seekable_source(length, Box::new(Reader::new(reader))))
    }
}

/// Moves the reader, and returns the new position. tokio does the same in a trait with the feature `io-util`.
async fn seek(reader: &mut Pin<Box<impl AsyncSeek>>, position: SeekFrom) -> io::Result<u64> {
    let mut position = Some(position);
    std::future::poll_fn(|cx| poll_seek(reader, &mut position, cx)).await
}

fn poll_seek(
    reader: &mut Pin<Box<impl AsyncSeek>>,
    position: &mut Option<SeekFrom>,
    cx: &mut Context<'_>,
) -> Poll<io::Result<u64>> {
    if let Some(to) = *position {
        ready!(reader.as_mut().poll_complete(cx))?; // an earlier operation, beside which no seek may start
        reader.as_mut().start_seek(to)?;
        *position = None;
    }
    reader.as_mut().poll_complete(cx)
}

struct Reader<R> {
    inner: Pin<Box<R>>,
    /// Where the range begins, if the reader does not move there yet.
    position: Option<SeekFrom>,
    is_seeking: bool,
    /// The buffer of the next read.
    chunk: Vec<u8>,
    /// The bytes of the range that are not read.
    left: u64,
}

impl<R> Reader<R> {
    fn new(inner: Pin<Box<R>>) -> Self {
        Self { inner, position: None, is_seeking: false, chunk: Vec::new(), left: 0 }
    }
}

impl<R: AsyncRead + AsyncSeek + Send> Source for Reader<R> {
    fn seek(&mut self, range: Range<u64>) {
        self.position = Some(SeekFrom::Start(range.start));
        self.is_seeking = true;
        self.left = range.end - range.start;
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        if self.is_seeking {
            ready!(poll_seek(&mut self.inner, &mut self.position, cx))?;
            self.is_seeking = false;
        }
        self.chunk.resize(usize::try_from(self.left.min(CHUNK)).unwrap_or_default(), 0);
        let mut read = ReadBuf::new(&mut self.chunk);
        ready!(self.inner.as_mut().poll_read(cx, &mut read))?;
        let length = read.filled().len();
        if length == 0 {
            return Poll::Ready(None);
        }
        self.left = self.left.saturating_sub(length as u64);
        self.chunk.truncate(length);
        Poll::Ready(Some(Ok(std::mem::take(&mut self.chunk).into())))
    }
}
