//! The future of a request that falls through.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

use crate::service::future::COMPLETED;

pin_project! {
    /// The future of a request that falls through: it waits until the inner service is ready, and calls it.
    ///
    /// It allocates only if it has to wait.
    pub struct InnerFuture<S: Service<R>, R> {
        #[pin]
        kind: Kind<S, R>,
    }
}

pin_project! {
    #[project = KindProj]
    enum Kind<S: Service<R>, R> {
        Called { #[pin] future: S::Future },
        // Boxed, as it holds the whole request. Otherwise every future would be that large.
        Waiting { call: Box<Call<S, R>> },
        Failed { error: Option<S::Error> },
    }
}

struct Call<S, R> {
    inner: S,
    /// `None` once the inner service failed or was called.
    request: Option<R>,
}

impl<S: Service<R> + Clone, R> InnerFuture<S, R> {
    /// Calls the inner service now if it is ready.
    ///
    /// A service may reserve a slot in `poll_ready`. The slot is used here immediately, or the future owns it. So no slot
    /// stays reserved for a request that may never come.
    #[inline]
    pub(super) fn new(inner: &mut S, request: R) -> Self {
        // The waker of the future is not known yet. If the inner service is busy, the future polls it once more.
        match inner.poll_ready(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(())) => Self { kind: Kind::Called { future: inner.call(request) } },
            Poll::Ready(Err(error)) => Self { kind: Kind::Failed { error: Some(error) } },
            Poll::Pending => Self::waiting(inner, request),
        }
    }

    /// Moves the polled service, which has begun to wait, into the future. A clone takes its place.
    #[cold]
    fn waiting(inner: &mut S, request: R) -> Self {
        let clone = inner.clone();
        let inner = mem::replace(inner, clone);
        Self { kind: Kind::Waiting { call: Box::new(Call { inner, request: Some(request) }) } }
    }
}

impl<S: Service<R>, R> Future for InnerFuture<S, R> {
    type Output = Result<S::Response, S::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let future = match self.as_mut().project().kind.project() {
                KindProj::Called { future } => return future.poll(cx),
                KindProj::Failed { error } => return Poll::Ready(Err(error.take().expect(COMPLETED))),
                KindProj::Waiting { call } => {
                    let ready = ready!(call.inner.poll_ready(cx));
                    let request = call.request.take().expect(COMPLETED);
                    ready?;
                    call.inner.call(request)
                }
            };
            self.as_mut().project().kind.set(Kind::Called { future });
        }
    }
}

impl<S: Service<R, Future: fmt::Debug>, R> fmt::Debug for InnerFuture<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Called { future } => f.debug_tuple("Called").field(future).finish(),
            Kind::Waiting { .. } => f.write_str("Waiting"),
            Kind::Failed { .. } => f.write_str("Failed"),
        }
    }
}
