//! The arguments of a handler together: tuples of up to eight.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::StatusCode;

use crate::error::{Error, Result};
use crate::extract::{FromRequest, Requirements};
use crate::platform::MaybeSend;
use crate::request::Request;

/// All arguments of a handler: a tuple whose members are each [`FromRequest`].
pub trait Arguments: Sized {
    /// Whether one of the arguments waits for something.
    const WAIT: bool;

    /// Makes the arguments, from left to right.
    ///
    /// # Errors
    ///
    /// That of the first that fails.
    fn from_request(request: &mut Request) -> impl Future<Output = Result<Self>> + MaybeSend;

    /// The arguments without waiting, if none of them needs to.
    fn at_once(request: &mut Request) -> Option<Result<Self>> {
        if Self::WAIT {
            return None;
        }
        let made = pin!(Self::from_request(request)).poll(&mut Context::from_waker(Waker::noop()));
        Some(match made {
            Poll::Ready(made) => made,
            Poll::Pending => {
                let reason = "an argument waits, though its `FromRequest::WAITS` is false";
                Err(Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason))
            }
        })
    }

    /// What the arguments ask for together.
    fn requirements(requirements: &mut Requirements<'_>);
}

impl Arguments for () {
    const WAIT: bool = false;

    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(())
    }

    fn requirements(_: &mut Requirements<'_>) {}
}

macro_rules! tuples {
    ($(($($early:ident)*) $last:ident;)*) => {$(
        impl<$($early,)* $last> Arguments for ($($early,)* $last,)
        where
            $($early: FromRequest + MaybeSend,)*
            $last: FromRequest,
        {
            const WAIT: bool = $($early::WAITS ||)* $last::WAITS;

            #[allow(non_snake_case, reason = "a value is named after its type")]
            async fn from_request(request: &mut Request) -> Result<Self> {
                $(let $early = $early::from_request(request).await?;)*
                let $last = $last::from_request_last(request).await?;
                Ok(($($early,)* $last,))
            }

            fn requirements(requirements: &mut Requirements<'_>) {
                $($early::requirements(requirements);)*
                $last::requirements(requirements);
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
