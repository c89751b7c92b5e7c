//! The futures of the services: a handler's, an answer that is ready, or the inner service's.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::body::Body;
use crate::finish::{Answered, BoxAnswer};
use crate::service::ResponseBody;
use crate::table::Answer;

pin_project! {
    /// The future of a [`RouteHandlersService`](crate::RouteHandlersService). The future of the inner service is not boxed.
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
        Ours { #[pin] future: AnswerFuture },
        Inner { #[pin] future: F },
    }
}

impl<F> ResponseFuture<F> {
    pub(crate) fn ours(future: AnswerFuture) -> Self {
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
            KindProj::Ours { future } => {
                let mut answer = Poll::Pending;
                future.poll_into(cx, &mut answer);
                let Ok(response) = ready!(answer);
                Poll::Ready(Ok(response.map(ResponseBody::ours)))
            }
            KindProj::Inner { future } => {
                future.poll(cx).map(|result| result.map(|response| response.map(ResponseBody::inner)))
            }
        }
    }
}

/// The future of a [`RouteHandlers`](crate::RouteHandlers) that is a service by itself.
///
/// Dropping it cancels the handler.
pub struct AnswerFuture(State);

enum State {
    Running(BoxAnswer),
    Ready(Answer),
    Done,
}

impl AnswerFuture {
    pub(crate) fn running(handler: BoxAnswer) -> Self {
        Self(State::Running(handler))
    }

    pub(crate) fn ready(answer: Answer) -> Self {
        Self(State::Ready(answer))
    }

    /// Polls it, and puts what comes of it where the caller wants it, who begins with [`Poll::Pending`] there.
    fn poll_into(mut self: Pin<&mut Self>, cx: &mut Context<'_>, answer: &mut Poll<Answered>) {
        match &mut self.0 {
            State::Running(handler) => handler.as_mut().poll_finished(cx, answer),
            _ => *answer = Poll::Ready(Ok(self.response())),
        }
    }

    /// The answer that is ready.
    fn response(&mut self) -> http::Response<Body> {
        match std::mem::replace(&mut self.0, State::Done) {
            State::Ready(answer) => answer.into_response(),
            State::Running(_) | State::Done => panic!("a future was polled after it had completed"),
        }
    }
}

impl Future for AnswerFuture {
    type Output = Result<http::Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Running(handler) => handler.as_mut().poll(cx),
            _ => Poll::Ready(Ok(self.response())),
        }
    }
}

impl fmt::Debug for AnswerFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerFuture").finish_non_exhaustive()
    }
}
