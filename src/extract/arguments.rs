//! The arguments of a handler together: tuples of up to eight.

use crate::error::Result;
use crate::extract::{FromRequest, Requirements, now};
use crate::platform::MaybeSend;
use crate::request::{Request, RequestHead};

/// All arguments of a handler: a tuple whose members are each [`FromRequest`].
pub trait Arguments: Sized {
    /// Whether one of the arguments waits for something.
    const WAIT: bool;

    /// Whether all of them are made of the head alone.
    const BY_HEAD: bool;

    /// Makes the arguments, from left to right.
    ///
    /// # Errors
    ///
    /// That of the first that fails.
    fn from_request(request: &mut Request) -> impl Future<Output = Result<Self>> + MaybeSend;

    /// Makes the arguments if none of them waits.
    ///
    /// # Errors
    ///
    /// That of the first that fails.
    fn at_once(request: &mut Request) -> Result<Self>;

    /// Makes the arguments of the head, if they need no more.
    ///
    /// # Errors
    ///
    /// That of the first that fails.
    fn from_head(head: &RequestHead<'_>) -> Result<Self>;

    /// What the arguments ask for together.
    fn requirements(requirements: &mut Requirements<'_>);
}

impl Arguments for () {
    const WAIT: bool = false;
    const BY_HEAD: bool = true;

    fn at_once(_: &mut Request) -> Result<Self> {
        Ok(())
    }

    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(())
    }

    fn from_head(_: &RequestHead<'_>) -> Result<Self> {
        Ok(())
    }

    fn requirements(_: &mut Requirements<'_>) {}
}

/// Whether an argument waits; to say that it does and is made of the head does not compile.
const fn waits<A: FromRequest>() -> bool {
    assert!(!(A::BY_HEAD && A::WAITS), "an argument is made of the head, and it waits: one of the two is wrong");
    A::WAITS
}

macro_rules! tuples {
    ($(($($early:ident)*) $last:ident;)*) => {$(
        impl<$($early,)* $last> Arguments for ($($early,)* $last,)
        where
            $($early: FromRequest + MaybeSend,)*
            $last: FromRequest,
        {
            const WAIT: bool = $(waits::<$early>() |)* waits::<$last>();
            const BY_HEAD: bool = $($early::BY_HEAD &&)* $last::BY_HEAD;

            #[allow(non_snake_case, reason = "a value is named after its type")]
            async fn from_request(request: &mut Request) -> Result<Self> {
                $(let $early = $early::from_request(request).await?;)*
                let $last = $last::from_request_last(request).await?;
                Ok(($($early,)* $last,))
            }

            #[inline]
            #[allow(non_snake_case, reason = "a value is named after its type")]
            fn at_once(request: &mut Request) -> Result<Self> {
                $(let $early = now($early::from_request(request))?;)*
                Ok(($($early,)* $last::from_request_at_once(request)?,))
            }

            #[inline]
            #[allow(non_snake_case, reason = "a value is named after its type")]
            fn from_head(head: &RequestHead<'_>) -> Result<Self> {
                $(let $early = $early::from_head(head)?;)*
                Ok(($($early,)* $last::from_head(head)?,))
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
