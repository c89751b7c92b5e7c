//! Functions as handlers.
//!
//! A function, its arguments and its result are bound one by one, so that the compiler's complaint names the one at fault.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::error::Error;
use crate::extract::{Arguments, Requirements};
use crate::handler::Handler;
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::Request;
use crate::response::{IntoResponse, Response};

/// A function of up to eight arguments, given as a tuple, that gives a future.
pub trait Function<Args> {
    /// The future of the result.
    type Future: Future<Output = Self::Output>;
    /// The result.
    type Output;

    /// Calls the function.
    fn call_with(&self, args: Args) -> Self::Future;
}

macro_rules! functions {
    ($(($($arg:ident)*))*) => {$(
        impl<F, Fut, $($arg,)*> Function<($($arg,)*)> for F
        where
            F: Fn($($arg,)*) -> Fut,
            Fut: Future,
        {
            type Future = Fut;
            type Output = Fut::Output;

            #[allow(non_snake_case, reason = "a value is named after its type")]
            fn call_with(&self, ($($arg,)*): ($($arg,)*)) -> Fut {
                self($($arg,)*)
            }
        }
    )*};
}

functions! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E G) (A B C D E G H) (A B C D E G H I) }

impl<F, Args> Handler<Args> for F
where
    F: Function<Args, Future: MaybeSend + 'static, Output: IntoResponse> + MaybeSend + MaybeSync + 'static,
    Args: Arguments + MaybeSend,
{
    const WAITS: bool = Args::WAIT;

    async fn call(&self, request: &mut Request) -> Response {
        match Args::from_request(request).await {
            Ok(args) => self.call_with(args).await.into_response(),
            Err(error) => error.into_response(),
        }
    }

    fn begin(&self, request: &mut Request) -> Option<impl Future<Output = Response> + MaybeSend + 'static> {
        if Args::WAIT {
            return None;
        }
        Some(match Args::at_once(request) {
            Ok(args) => Begun::Running { future: self.call_with(args) },
            Err(error) => Begun::Failed { error: Some(error) },
        })
    }

    fn begin_alone(&self) -> Option<impl Future<Output = Response> + MaybeSend + 'static> {
        Args::alone().map(|args| Begun::Running { future: self.call_with(args) })
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        Args::requirements(requirements);
    }
}

pin_project! {
    /// The future of a function whose arguments are there.
    #[project = BegunProj]
    enum Begun<F> {
        Running { #[pin] future: F },
        Failed { error: Option<Error> },
    }
}

impl<F: Future<Output: IntoResponse>> Future for Begun<F> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        match self.project() {
            BegunProj::Running { future } => future.poll(cx).map(IntoResponse::into_response),
            BegunProj::Failed { error } => {
                Poll::Ready(error.take().expect("polled after it was ready").into_response())
            }
        }
    }
}
