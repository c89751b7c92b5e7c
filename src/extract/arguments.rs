//! The arguments of a handler together: tuples of up to eight.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use crate::error::Result;
use crate::extract::{FromRequest, Reads, Requirements, now};
use crate::platform::MaybeSend;
use crate::request::{Request, RequestHead, WholeBody};

/// All arguments of a handler: a tuple whose members are each [`FromRequest`].
pub trait Arguments: Sized {
    /// What the arguments read together.
    const READS: Reads;

    /// All arguments but the last, while that waits for the body.
    type Early: MaybeSend + 'static;

    /// Makes the arguments, from left to right.
    ///
    /// # Errors
    ///
    /// That of the first that fails.
    fn from_request(request: &mut Request) -> impl Future<Output = Result<Self>> + MaybeSend;

    /// Makes the arguments without a future: none of them waits.
    ///
    /// # Errors
    ///
    /// That of the first that fails.
    fn at_once(request: &mut Request) -> Result<Self>;

    /// Makes the arguments of the head: they need no more.
    ///
    /// # Errors
    ///
    /// That of the first that fails.
    fn from_head(head: &RequestHead<'_>) -> Result<Self>;

    /// Makes all but the last argument of the head, and has the last one check it.
    ///
    /// # Errors
    ///
    /// That of the first that fails.
    fn before_body(head: &RequestHead<'_>) -> Result<Self::Early>;

    /// Makes the last one of the body.
    ///
    /// # Errors
    ///
    /// That of the last argument.
    fn with_body(early: Self::Early, body: Bytes) -> Result<Self>;

    /// What the arguments ask for together.
    fn requirements(requirements: &mut Requirements<'_>);
}

/// The arguments of a handler while the body is read: a future of all of them. It is compiled for the arguments, and not for
/// each handler.
pub(crate) struct Reading<A: Arguments> {
    early: Option<A::Early>,
    body: WholeBody,
}

impl<A: Arguments> Reading<A> {
    pub(crate) fn begin(head: &RequestHead<'_>, body: WholeBody) -> Result<Self> {
        Ok(Self { early: Some(A::before_body(head)?), body })
    }
}

impl<A: Arguments> Unpin for Reading<A> {}

impl<A: Arguments> Future for Reading<A> {
    type Output = Result<A>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let body = ready!(Pin::new(&mut self.body).poll(cx))?;
        let early = self.early.take().expect("the body is given once");
        Poll::Ready(A::with_body(early, body))
    }
}

impl Arguments for () {
    const READS: Reads = Reads::Head;

    type Early = ();

    fn at_once(_: &mut Request) -> Result<Self> {
        Ok(())
    }

    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(())
    }

    fn from_head(_: &RequestHead<'_>) -> Result<Self> {
        Ok(())
    }

    fn before_body(_: &RequestHead<'_>) -> Result<()> {
        Ok(())
    }

    fn with_body((): (), _: Bytes) -> Result<Self> {
        Ok(())
    }

    fn requirements(_: &mut Requirements<'_>) {}
}

macro_rules! tuples {
    ($(($($early:ident)*) $last:ident;)*) => {$(
        impl<$($early,)* $last> Arguments for ($($early,)* $last,)
        where
            $($early: FromRequest + MaybeSend + 'static,)*
            $last: FromRequest,
        {
            const READS: Reads = Reads::together(&[$($early::READS),*], $last::READS);

            type Early = ($($early,)*);

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

            #[inline]
            #[allow(non_snake_case, reason = "a value is named after its type")]
            fn before_body(head: &RequestHead<'_>) -> Result<Self::Early> {
                $(let $early = $early::from_head(head)?;)*
                $last::check_head(head)?;
                Ok(($($early,)*))
            }

            #[inline]
            #[allow(non_snake_case, reason = "a value is named after its type")]
            fn with_body(($($early,)*): Self::Early, body: Bytes) -> Result<Self> {
                Ok(($($early,)* $last::from_body(body)?,))
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
