//! A table laid over an inner service.

mod body;
mod future;
mod inner;

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Buf;
use tower_service::Service;

use crate::body::{Body, BoxError};
use crate::extract::Reads;
use crate::platform::MaybeSend;
use crate::request::{Head, Request};
use crate::table::{Decision, Table};

pub use body::ResponseBody;
pub use future::{AnswerFuture, ResponseFuture};
pub use inner::InnerFuture;

/// The routes of a [`RouteHandlers`](crate::RouteHandlers) laid over an inner service, to which every request that is not
/// theirs is passed as it came.
///
/// It is made by [`RouteHandlers::over`](crate::RouteHandlers::over), or by a tower `ServiceBuilder`.
///
/// # Readiness
///
/// This service is always ready. The inner service is polled for readiness only for a request that falls through. The
/// future of that request waits for the inner service, and returns the error of its `poll_ready`. So our routes work while
/// the inner service is busy, and hold nothing that it reserves.
///
/// The inner service must be `Clone`: one request waits for a busy service while others come. Put a service that is not
/// `Clone`, such as tower's `RateLimit`, into a tower `Buffer`. To limit requests while the inner service is busy, put
/// tower's `ConcurrencyLimit` or `LoadShed` around this service.
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

/// The future of a handler. The request is put together only if the handler reads more of it than the head and
/// the body.
///
/// A macro, because a request that is handed to a function is copied once more.
macro_rules! run {
    ($table:ident, $request:ident, $endpoint:ident, $leaf:ident, $params:ident) => {{
        #[cfg(feature = "openapi")]
        let $request = $table.with_document($endpoint, $request);
        let head = Head::of(&$request);
        let finish = $endpoint.finish(head, $leaf, &$table.defaults);
        let mut answer = match $endpoint.reads() {
            Reads::Head => $endpoint.call_by_head(head, $leaf, &$params, &finish),
            Reads::Body => {
                let (parts, body) = $request.into_parts();
                let (head, body) = (Head::of_parts(&parts), Body::new(body));
                $endpoint.call_by_body(head, body, $leaf, &$params, &$table.defaults, &finish)
            }
            Reads::Request | Reads::Stream | Reads::Waiting => {
                let (parts, body) = $request.into_parts();
                let body = Body::new(body);
                let matched = $endpoint.matched($leaf, $params, &$table.defaults, &finish);
                $endpoint.call(Request::new(parts, body, matched), &finish)
            }
        };
        if let Some(hooks) = finish.hooks() {
            answer.as_mut().hand_over(hooks);
        }
        AnswerFuture::running(answer)
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
        match table.decide(&request, true) {
            Decision::Pass => ResponseFuture::inner(pass(request)),
            Decision::Answer(answer) => ResponseFuture::ours(AnswerFuture::ready(answer)),
            Decision::Handle { endpoint, leaf, params } => {
                ResponseFuture::ours(run!(table, request, endpoint, leaf, params))
            }
        }
    }
}

/// The future of a request to a table that has no inner service.
#[inline]
pub(crate) fn answer_alone<B>(table: &Arc<Table>, request: http::Request<B>) -> AnswerFuture
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    match table.decide(&request, false) {
        Decision::Answer(answer) => AnswerFuture::ready(answer),
        Decision::Handle { endpoint, leaf, params } => run!(table, request, endpoint, leaf, params),
        Decision::Pass => unreachable!("without an inner service every request is ours"),
    }
}

impl<S, B, R> Service<http::Request<B>> for RouteHandlersService<S>
where
    S: Service<http::Request<B>, Response = http::Response<R>> + Clone,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    type Response = http::Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<InnerFuture<S, http::Request<B>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        Self::answer(&self.table, request, |request| InnerFuture::new(&mut self.inner, request))
    }
}
