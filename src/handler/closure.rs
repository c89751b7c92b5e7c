//! Functions as handlers.
//!
//! A function, its arguments and its result are bound one by one, so that the compiler's complaint names the one at fault.

use std::ops::Deref;

use crate::extract::{Arguments, Reading, Reads, Requirements};
use crate::handler::{Handler, Run, fail};
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::{Request, RequestHead, WholeBody};
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
    Args: Arguments + MaybeSend + 'static,
{
    const READS: Reads = Args::READS;

    async fn call(&self, request: &mut Request) -> Response {
        // Matched apart from what comes next, so that the result does not lie in the future beside it.
        let args = match Args::from_request(request).await {
            Ok(args) => args,
            Err(error) => return error.into_response(),
        };
        self.call_with(args).await.into_response()
    }

    #[inline]
    fn begin_by_head<R: Run>(&self, head: &RequestHead<'_>, run: R) -> R::Output {
        run.run(|| Ok(self.call_with(Args::from_head(head)?)))
    }

    #[inline]
    fn begin_by_body<D, R>(handler: D, head: &RequestHead<'_>, body: WholeBody, run: R) -> R::Output
    where
        D: Deref<Target = Self> + MaybeSend + 'static,
        R: Run,
    {
        let mut args = match Reading::<Args>::begin(head, body) {
            Ok(args) => args,
            Err(error) => return fail(run, error),
        };
        run.run_response(async move {
            // By reference, as it would be moved to beside where it is.
            let args = match (&mut args).await {
                Ok(args) => args,
                Err(error) => return error.into_response(),
            };
            handler.call_with(args).await.into_response()
        })
    }

    #[inline]
    fn begin<R: Run>(&self, request: &mut Request, run: R) -> R::Output {
        run.run(|| Ok(self.call_with(Args::at_once(request)?)))
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        Args::requirements(requirements);
    }
}
