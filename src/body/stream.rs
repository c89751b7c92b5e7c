//! Bodies of streams.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::TryStream;
use http_body::Frame;
use pin_project_lite::pin_project;

use crate::body::{Body, BoxError};
use crate::platform::MaybeSend;

impl Body {
    /// Creates a body that sends the chunks of a stream.
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
