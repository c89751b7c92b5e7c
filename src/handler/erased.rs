//! Handlers of any type behind one: the one place that boxes a future, once per request.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::StatusCode;
use tower_service::Service;

use crate::body::Body;
use crate::catch_panic::catch_panic;
use crate::error::Error;
use crate::extract::Requirements;
use crate::finish::{BoxAnswer, Finish, HeadAnswer};
use crate::handler::{Handler, Run};
#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::{Request, RequestHead};
use crate::response::{IntoResponse, Response};

/// A handler whose type is forgotten.
pub(crate) type SharedHandler = Arc<dyn ErasedHandler>;

/// What remains of a handler once its type is forgotten. What is compiled for each handler is kept small: the rest is in
/// [`call`].
pub(crate) trait ErasedHandler: MaybeSend + MaybeSync {
    /// Answers a request. Nobody catches a panic of it: what is not ours runs in the future.
    fn start(self: Arc<Self>, request: Request, finish: &Finish) -> BoxAnswer;

    /// The same if the request is needed no longer once the future is there; a panic is the caller's.
    fn begin(&self, request: &mut Request, finish: &Finish) -> Option<BoxAnswer> {
        let _ = (request, finish);
        None
    }

    /// The same if the request's head is all that is read of it.
    fn begin_by_head(&self, head: &RequestHead<'_>, finish: &Finish) -> Option<BoxAnswer> {
        let _ = (head, finish);
        None
    }

    /// Whether it never begins: asked once, when it is registered.
    fn waits(&self) -> bool {
        true
    }

    fn requirements(&self, requirements: &mut Requirements<'_>);

    #[cfg(feature = "openapi")]
    fn operation(&self) -> Option<&Operation>;
}

impl Run for &Finish {
    type Output = BoxAnswer;

    #[inline]
    fn run<F: Future<Output: IntoResponse> + MaybeSend + 'static>(
        self,
        begin: impl FnOnce() -> Result<F, Error>,
    ) -> BoxAnswer {
        self.try_boxed(begin)
    }
}

pub(crate) fn erase<H: Handler<Args>, Args: 'static>(handler: H) -> SharedHandler {
    const { assert!(!(H::BEGINS && H::WAITS), "a handler always begins, and it never does: one of the two is wrong") };
    Arc::new(Typed { handler, args: PhantomData::<fn() -> Args> })
}

struct Typed<H, Args> {
    handler: H,
    args: PhantomData<fn() -> Args>,
}

/// Has a handler answer a request of which it reads the head alone: so the request need not even be put together.
pub(crate) fn call_by_head(handler: &SharedHandler, head: &RequestHead<'_>, finish: &Finish) -> Option<BoxAnswer> {
    catch_panic(|| handler.begin_by_head(head, finish)).unwrap_or_else(|panic| Some(finish.failed(panic)))
}

/// Has a handler answer that waits: the request is moved once, into the future.
pub(crate) fn start(handler: &SharedHandler, request: Request, finish: &Finish) -> BoxAnswer {
    Arc::clone(handler).start(request, finish)
}

/// Has a handler answer a request; a panic is answered too, and a failure is shaped.
pub(crate) fn call(handler: &SharedHandler, mut request: Request, finish: &Finish) -> BoxAnswer {
    match catch_panic(|| handler.begin(&mut request, finish)) {
        Ok(Some(answer)) => answer,
        Ok(None) => start(handler, request, finish),
        Err(panic) => finish.failed(panic),
    }
}

impl<H: Handler<Args>, Args: 'static> ErasedHandler for Typed<H, Args> {
    fn start(self: Arc<Self>, mut request: Request, finish: &Finish) -> BoxAnswer {
        if H::BEGINS {
            return finish.failed(has_not_begun());
        }
        finish.boxed(async move { self.handler.call(&mut request).await })
    }

    fn begin(&self, request: &mut Request, finish: &Finish) -> Option<BoxAnswer> {
        if H::WAITS {
            return None;
        }
        self.handler.begin(request, finish)
    }

    fn begin_by_head(&self, head: &RequestHead<'_>, finish: &Finish) -> Option<BoxAnswer> {
        if H::WAITS {
            return None;
        }
        self.handler.begin_by_head(head, finish)
    }

    fn waits(&self) -> bool {
        H::WAITS
    }

    fn requirements(&self, requirements: &mut Requirements<'_>) {
        H::requirements(requirements);
    }

    #[cfg(feature = "openapi")]
    fn operation(&self) -> Option<&Operation> {
        self.handler.operation()
    }
}

#[cold]
fn has_not_begun() -> Error {
    Error::from_source(
        StatusCode::INTERNAL_SERVER_ERROR,
        "a handler does not begin, though its `Handler::BEGINS` is true",
    )
}

/// A handler as a tower service: what the layers of a [`Route`](crate::Route) wrap.
///
/// ```
/// use http::HeaderValue;
/// use route_handlers::{HandlerService, Response, RouteHandlers, get};
/// use tower::ServiceExt;
/// use tower::layer::layer_fn;
///
/// let stamped = layer_fn(|handler: HandlerService| {
///     handler.map_response(|mut response: Response| {
///         response.headers_mut().insert("x-stamp", HeaderValue::from_static("seen"));
///         response
///     })
/// });
/// let api = RouteHandlers::new().route("/", get(async || "hello").layer(stamped));
/// ```
#[derive(Clone)]
pub struct HandlerService(pub(crate) SharedHandler);

impl Service<http::Request<Body>> for HandlerService {
    type Response = Response;
    type Error = Infallible;
    type Future = HandlerServiceFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> HandlerServiceFuture {
        let request = request.into();
        let finish = Finish::of(&request, HeadAnswer::Outside);
        HandlerServiceFuture(call(&self.0, request, &finish))
    }
}

impl fmt::Debug for HandlerService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerService").finish_non_exhaustive()
    }
}

/// The future of a [`HandlerService`].
pub struct HandlerServiceFuture(BoxAnswer);

impl Future for HandlerServiceFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for HandlerServiceFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerServiceFuture").finish_non_exhaustive()
    }
}
