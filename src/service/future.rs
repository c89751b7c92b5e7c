//! The futures of the services: they run a handler, generate a response, or run the inner service.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::finalize::HandlerFuture;
use crate::response::Response;
use crate::service::ResponseBody;
use crate::table::GeneratedResponse;

/// The panic message for a poll of a future that has returned its output.
pub(super) const COMPLETED: &str = "a future was polled after it had completed";

pin_project! {
    /// The future of a [`RouteHandlersService`](crate::service::RouteHandlersService).
    ///
    /// The future of the inner service is not boxed.
    ///
    /// Dropping it cancels the handler.
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        kind: Kind<F>,
    }
}

pin_project! {
    #[project = KindProj]
    #[derive(Debug)]
    enum Kind<F> {
        Ours { #[pin] future: RouteFuture },
        Inner { #[pin] future: F },
    }
}

impl<F> ResponseFuture<F> {
    pub(crate) fn ours(future: RouteFuture) -> Self {
        Self { kind: Kind::Ours { future } }
    }

    pub(crate) fn inner(future: F) -> Self {
        Self { kind: Kind::Inner { future } }
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<http::Response<R>, E>>,
{
    type Output = Result<http::Response<ResponseBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            KindProj::Ours { future } => future.poll(cx).map(|Ok(response)| Ok(response.map(ResponseBody::ours))),
            KindProj::Inner { future } => {
                future.poll(cx).map(|result| result.map(|response| response.map(ResponseBody::inner)))
            }
        }
    }
}

/// The future of a [`RouteHandlers`](crate::RouteHandlers) that is a service by itself.
///
/// Dropping it cancels the handler.
pub struct RouteFuture(State);

enum State {
    Handler(HandlerFuture),
    Generated(GeneratedResponse),
    Done,
}

impl RouteFuture {
    pub(super) fn handler(future: HandlerFuture) -> Self {
        Self(State::Handler(future))
    }

    pub(super) fn generated(response: GeneratedResponse) -> Self {
        Self(State::Generated(response))
    }
}

impl Future for RouteFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Handler(future) = &mut self.0 {
            return Pin::new(future).poll(cx);
        }
        match std::mem::replace(&mut self.0, State::Done) {
            State::Generated(response) => Poll::Ready(Ok(response.into_response())),
            State::Handler(_) | State::Done => panic!("{COMPLETED}"),
        }
    }
}

impl fmt::Debug for RouteFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteFuture").finish_non_exhaustive()
    }
}
