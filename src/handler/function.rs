//! Functions as handlers.
//!
//! A function, its arguments and its result have separate bounds, so that the compiler's message names the wrong one.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::extract::Arguments;
use crate::finalize::BoxedResponse;
use crate::handler::Handler;
use crate::handler::erased::{Erased, Run, respond};
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::Incoming;
use crate::response::{IntoResponse, Response};

/// A function of up to eight arguments, given as a tuple, that returns a future.
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
        #[diagnostic::do_not_recommend]
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
    Args: Arguments + MaybeSend + 'static,
{
    fn erase(self) -> Erased {
        Erased::new(FunctionHandler { function: self, args: PhantomData }, Args::check)
    }
}

struct FunctionHandler<F, Args> {
    function: F,
    args: PhantomData<fn() -> Args>,
}

impl<F, Args> Run for FunctionHandler<F, Args>
where
    F: Function<Args, Future: MaybeSend + 'static, Output: IntoResponse> + MaybeSend + MaybeSync + 'static,
    Args: Arguments + MaybeSend + 'static,
{
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        if const { Args::IMMEDIATE } {
            match Args::immediately(incoming) {
                Ok(args) => Box::pin(Responding { future: self.function.call_with(args) }),
                Err(error) => respond(error),
            }
        } else {
            let mut request = incoming.take();
            Box::pin(async move {
                let args = match Args::from_request(&mut request).await {
                    Ok(args) => args,
                    Err(error) => return error.into_response(),
                };
                request.clear(); // `drop` would move it to the stack first
                self.function.call_with(args).await.into_response()
            })
        }
    }
}

pin_project! {
    /// The future of a function's response. An `async` block would move the future into itself when it is first polled.
    struct Responding<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future<Output: IntoResponse>> Future for Responding<F> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        self.project().future.poll(cx).map(IntoResponse::into_response)
    }
}
