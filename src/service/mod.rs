//! A table laid over an inner service.

mod body;
mod future;

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Buf;
use tower_service::Service;

use crate::body::{Body, BoxError};
use crate::endpoint::RequestHead;
use crate::handler::call_alone;
use crate::platform::MaybeSend;
use crate::request::Request;
use crate::table::{Decision, Table};

pub use body::ResponseBody;
pub use future::{AnswerFuture, ResponseFuture};

/// The routes of a [`RouteHandlers`](crate::RouteHandlers) laid over an inner service, to which every request that is not
/// theirs is passed as it came.
///
/// It is made by [`RouteHandlers::over`](crate::RouteHandlers::over), or by a tower `ServiceBuilder`.
///
/// ```
/// use route_handlers::{RouteHandlers, RouteHandlersService};
///
/// let app: RouteHandlersService<&str> = RouteHandlers::new().over("the inner service");
/// assert_eq!(app.get_ref(), &"the inner service");
/// assert_eq!(app.into_inner(), "the inner service");
/// ```
#[derive(Clone, Debug)]
pub struct RouteHandlersService<S> {
    table: Arc<Table>,
    inner: S,
}

/// Runs the handler that was found. The request is put together only if something of it is read.
///
/// A macro, because a request that is handed to a function of its own is copied once more.
macro_rules! run {
    ($found:ident, $request:ident) => {{
        let finish = $found.finish(RequestHead::of(&$request));
        let handler = $found.handler();
        match call_alone(handler, &finish) {
            Ok(answer) => answer,
            Err(call) => {
                #[cfg_attr(not(feature = "openapi"), expect(unused_mut, reason = "nothing is added"))]
                let (mut parts, body) = $request.into_parts();
                #[cfg(feature = "openapi")]
                $found.add_document(&mut parts.extensions);
                call(handler, Request::new(parts, Body::new(body), $found.matched(&finish)), &finish)
            }
        }
    }};
}

impl<S> RouteHandlersService<S> {
    pub(crate) fn new(table: Arc<Table>, inner: S) -> Self {
        Self { table, inner }
    }

    /// The inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to be changed.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, without the routes.
    pub fn into_inner(self) -> S {
        self.inner
    }

    /// The routes, for a host's adapter.
    #[cfg(feature = "hyper")]
    pub(crate) fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// The future of a request, of which `pass` makes the inner service's if the request is not ours.
    pub(crate) fn answer<B, F>(
        table: &Arc<Table>,
        request: http::Request<B>,
        pass: impl FnOnce(http::Request<B>) -> F,
    ) -> ResponseFuture<F>
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
    {
        match table.decide(RequestHead::of(&request), true) {
            Decision::Pass => ResponseFuture::inner(pass(request)),
            Decision::Handle(found) => ResponseFuture::ours(AnswerFuture::running(run!(found, request))),
            Decision::Answer(answer) => ResponseFuture::ours(AnswerFuture::ready(answer)),
        }
    }
}

/// The future of a request to a table that has no inner service.
#[inline]
pub(crate) fn answer_alone<B>(table: &Arc<Table>, request: http::Request<B>) -> AnswerFuture
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    match table.decide(RequestHead::of(&request), false) {
        Decision::Handle(found) => AnswerFuture::running(run!(found, request)),
        Decision::Answer(answer) => AnswerFuture::ready(answer),
        Decision::Pass => unreachable!("without an inner service every request is ours"),
    }
}

impl<S, B, R> Service<http::Request<B>> for RouteHandlersService<S>
where
    S: Service<http::Request<B>, Response = http::Response<R>>,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    type Response = http::Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        Self::answer(&self.table, request, |request| self.inner.call(request))
    }
}
