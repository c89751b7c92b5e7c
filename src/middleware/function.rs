//! Functions as middleware.

use crate::extract::{Arguments, RouteCheck};
use crate::middleware::next::Next;
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::Request;
use crate::response::{IntoResponse, Response};

/// An `async` function of up to six arguments, a [`Request`] and [`Next`] that returns a response.
///
/// The trait is sealed. `Args` is the tuple of the arguments' types before the request; the compiler infers it.
#[diagnostic::on_unimplemented(
    message = "this is not a middleware function",
    label = "not `async |request: Request, next: Next| -> impl IntoResponse`",
    note = "the last two arguments are `Request` and `Next`, and at most 6 that implement `FromRequest` stand before them",
    note = "`Request` and `Next` are types of this crate: a middleware function of axum is a layer, \
            `hosts::axum::layer(axum::middleware::from_fn(function))` (feature `axum`)",
    note = "call the handler with `next.run(request).await`, and return a `Response`, a `Result<Response>`, or another value that implements `IntoResponse`"
)]
pub trait MiddlewareFunction<Args>: Clone + MaybeSend + MaybeSync + 'static {
    /// Makes the arguments, and calls the function.
    #[doc(hidden)]
    fn call(self, request: Request, next: Next) -> impl Future<Output = Response> + MaybeSend;

    /// Checks the arguments when the layer is registered.
    #[doc(hidden)]
    fn check(route: &mut RouteCheck<'_>);
}

macro_rules! functions {
    ($(($($arg:ident)*))*) => {$(
        impl<F, Fut, $($arg,)*> MiddlewareFunction<($($arg,)*)> for F
        where
            F: Fn($($arg,)* Request, Next) -> Fut + Clone + MaybeSend + MaybeSync + 'static,
            Fut: Future<Output: IntoResponse> + MaybeSend + 'static,
            ($($arg,)* Request,): Arguments + MaybeSend,
        {
            #[allow(non_snake_case, reason = "a value is named after its type")]
            async fn call(self, mut request: Request, next: Next) -> Response {
                match <($($arg,)* Request,)>::from_request(&mut request).await {
                    Ok(($($arg,)* request,)) => self($($arg,)* request, next).await.into_response(),
                    Err(error) => error.into_response(),
                }
            }

            fn check(route: &mut RouteCheck<'_>) {
                <($($arg,)* Request,)>::check(route);
            }
        }
    )*};
}

functions! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E G) }
