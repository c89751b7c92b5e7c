//! The body of a response: of this crate, or of the inner service.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::body::{Body, BodyError, BoxError};

pin_project! {
    /// The response body of a [`RouteHandlersService`](crate::service::RouteHandlersService).
    ///
    /// The body of the inner service is not boxed.
    #[derive(Debug)]
    pub struct ResponseBody<R> {
        #[pin]
        kind: Kind<R>,
    }
}

pin_project! {
    #[project = KindProj]
    #[derive(Debug)]
    enum Kind<R> {
        Ours { #[pin] body: Body },
        Inner { #[pin] body: R },
    }
}

impl<R> ResponseBody<R> {
    pub(crate) fn ours(body: Body) -> Self {
        Self { kind: Kind::Ours { body } }
    }

    pub(crate) fn inner(body: R) -> Self {
        Self { kind: Kind::Inner { body } }
    }
}

/// An empty body. Layers such as `CorsLayer` require `Default`.
impl<R> Default for ResponseBody<R> {
    fn default() -> Self {
        Self::ours(Body::empty())
    }
}

impl<R> http_body::Body for ResponseBody<R>
where
    R: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.project().kind.project() {
            KindProj::Ours { body } => body.poll_frame(cx),
            KindProj::Inner { body } => {
                body.poll_frame(cx).map(|frame| frame.map(|frame| frame.map_err(BodyError::new)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Ours { body } => body.is_end_stream(),
            Kind::Inner { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Ours { body } => body.size_hint(),
            Kind::Inner { body } => body.size_hint(),
        }
    }
}
