//! A middleware function around a service.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::task::{Context, Poll};

use bytes::Buf;
use tower_service::Service;

use crate::body::{Body, BoxError};
use crate::finalize::{Finalize, HandlerFuture};
use crate::handler::BoxedService;
use crate::middleware::function::MiddlewareFunction;
use crate::middleware::next::Next;
use crate::platform::MaybeSend;
use crate::request::Request;
use crate::response::Response;

/// The service that a layer of [`from_fn`](super::from_fn) makes.
pub struct FromFnService<F, Args> {
    function: F,
    inner: BoxedService,
    args: PhantomData<fn() -> Args>,
}

impl<F, Args> FromFnService<F, Args> {
    pub(super) fn new(function: F, inner: BoxedService) -> Self {
        Self { function, inner, args: PhantomData }
    }
}

impl<F, Args, B> Service<http::Request<B>> for FromFnService<F, Args>
where
    F: MiddlewareFunction<Args>,
    Args: 'static,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = HandlerFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> HandlerFuture {
        let (function, next) = (self.function.clone(), Next::new(self.inner.clone()));
        let request = Request::from(request.map(Body::new));
        let finalize = Finalize::inner(&request.head());
        HandlerFuture::new(Box::pin(function.call(request, next)), finalize)
    }
}

impl<F: Clone, Args> Clone for FromFnService<F, Args> {
    fn clone(&self) -> Self {
        Self::new(self.function.clone(), self.inner.clone())
    }
}

impl<F, Args> fmt::Debug for FromFnService<F, Args> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromFnService").field("inner", &self.inner).finish_non_exhaustive()
    }
}
