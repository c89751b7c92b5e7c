//! The arguments of a handler as a tuple of up to eight.

use crate::error::Result;
use crate::extract::shortcut::Shortcut;
use crate::extract::{FromRequest, RouteCheck};
use crate::platform::MaybeSend;
use crate::request::{Incoming, Request};

/// All arguments of a handler: a tuple whose members are each [`FromRequest`].
pub trait Arguments: Sized {
    /// Whether [`immediately`](Self::immediately) can make them: each has a shortcut, and only the last one takes the request.
    const IMMEDIATE: bool;

    /// Makes the arguments from left to right, without a future.
    fn immediately(incoming: &mut dyn Incoming) -> Result<Self>;

    /// Makes the arguments from left to right.
    fn from_request(request: &mut Request) -> impl Future<Output = Result<Self>> + MaybeSend;

    /// Checks the requirements of the arguments when the handler is registered.
    fn check(route: &mut RouteCheck<'_>);
}

impl Arguments for () {
    const IMMEDIATE: bool = true;

    fn immediately(_: &mut dyn Incoming) -> Result<Self> {
        Ok(())
    }

    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(())
    }

    fn check(_: &mut RouteCheck<'_>) {}
}

const NO_SHORTCUT: &str = "`IMMEDIATE` says that each argument has a shortcut";

macro_rules! tuples {
    ($(($($early:ident)*) $last:ident;)*) => {$(
        impl<$($early,)* $last> Arguments for ($($early,)* $last,)
        where
            $($early: FromRequest + MaybeSend,)*
            $last: FromRequest,
        {
            const IMMEDIATE: bool =
                $(matches!($early::SHORTCUT, Some(Shortcut::Head { .. })) &&)* $last::SHORTCUT.is_some();

            #[inline]
            #[allow(non_snake_case, reason = "a value is named after its type")]
            fn immediately(incoming: &mut dyn Incoming) -> Result<Self> {
                $(let Some(Shortcut::Head { make: $early, .. }) = $early::SHORTCUT else { unreachable!("{NO_SHORTCUT}") };)*
                $(let $early = $early(&incoming.head())?;)*
                let Some($last) = $last::SHORTCUT else { unreachable!("{NO_SHORTCUT}") };
                Ok(($($early,)* $last.make_last(incoming)?,))
            }

            #[allow(non_snake_case, reason = "a value is named after its type")]
            async fn from_request(request: &mut Request) -> Result<Self> {
                $(let $early = $early::from_request(request).await?;)*
                let $last = match $last::SHORTCUT {
                    Some(shortcut) => shortcut.make_last(request)?,
                    None => $last::from_request(request).await?,
                };
                Ok(($($early,)* $last,))
            }

            fn check(route: &mut RouteCheck<'_>) {
                $($early::check(route);)*
                $last::check(route);
            }
        }
    )*};
}

tuples! {
    () A;
    (A) B;
    (A B) C;
    (A B C) D;
    (A B C D) E;
    (A B C D E) F;
    (A B C D E F) G;
    (A B C D E F G) H;
}
