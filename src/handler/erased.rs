//! Handlers of any type behind one: the one place that boxes a future, once per request.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::StatusCode;
use tower_service::Service;

use crate::body::Body;
use crate::catch_panic::catch_panic;
use crate::error::Error;
use crate::extract::{Reads, Requirements};
use crate::finish::{BoxAnswer, Finish, HeadAnswer};
use crate::handler::{Handler, Run};
#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::{Request, RequestHead, WholeBody};
use crate::response::{IntoResponse, Response};

/// A handler whose type is forgotten.
pub(crate) type SharedHandler = Arc<dyn ErasedHandler>;

/// What remains of a handler once its type is forgotten. One of the four ways to call it is there, by what it reads. What is
/// compiled for each handler is kept small: the rest is in [`call_reading`].
pub(crate) trait ErasedHandler: MaybeSend + MaybeSync {
    /// What it reads.
    fn reads(&self) -> Reads {
        Reads::Waiting
    }

    /// Answers a request. Nobody catches a panic of it: what is not ours runs in the future.
    fn start(self: Arc<Self>, request: Request, finish: &Finish) -> BoxAnswer;

    /// The same if the request is needed no longer once the future is there; a panic is the caller's.
    fn begin(&self, request: &mut Request, finish: &Finish) -> BoxAnswer {
        let _ = request;
        is_never_asked((), finish)
    }

    /// The same if the request's head is all that is read of it.
    fn begin_by_head(&self, head: &RequestHead<'_>, finish: &Finish) -> BoxAnswer {
        let _ = head;
        is_never_asked((), finish)
    }

    /// The same if the body is all that is read of it afterwards.
    fn begin_by_body(self: Arc<Self>, head: &RequestHead<'_>, body: WholeBody, finish: &Finish) -> BoxAnswer {
        let _ = head;
        is_never_asked(body, finish)
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

    #[inline]
    fn run_response<F: Future<Output = Response> + MaybeSend + 'static>(self, future: F) -> BoxAnswer {
        self.boxed(future)
    }
}

pub(crate) fn erase<H: Handler<Args>, Args: 'static>(handler: H) -> SharedHandler {
    Arc::new(Typed { handler, args: PhantomData::<fn() -> Args> })
}

struct Typed<H, Args> {
    handler: H,
    args: PhantomData<fn() -> Args>,
}

/// A handler that its future shares.
struct Shared<H, Args>(Arc<Typed<H, Args>>);

impl<H, Args> Deref for Shared<H, Args> {
    type Target = H;

    fn deref(&self) -> &H {
        &self.0.handler
    }
}

/// Has a handler answer a request; a panic is answered too, and a failure is shaped.
pub(crate) fn call(handler: &SharedHandler, request: Request, finish: &Finish) -> BoxAnswer {
    call_reading(handler.reads(), handler, request, finish)
}

/// The same if it is known what the handler reads.
pub(crate) fn call_reading(reads: Reads, handler: &SharedHandler, mut request: Request, finish: &Finish) -> BoxAnswer {
    match reads {
        Reads::Head => call_by_head(handler, &request.head(), finish),
        Reads::Body => match request.whole_body() {
            Ok(body) => call_by_body(handler, &request.head(), body, finish),
            Err(error) => finish.failed(error), // never: nobody has taken the body yet
        },
        Reads::Request | Reads::Stream => or_panic(finish, || handler.begin(&mut request, finish)),
        Reads::Waiting => Arc::clone(handler).start(request, finish), // moved once, into the future
    }
}

/// The same of the head alone: so the request need not even be put together.
pub(crate) fn call_by_head(handler: &SharedHandler, head: &RequestHead<'_>, finish: &Finish) -> BoxAnswer {
    or_panic(finish, || handler.begin_by_head(head, finish))
}

/// The same of the head and the body.
pub(crate) fn call_by_body(
    handler: &SharedHandler,
    head: &RequestHead<'_>,
    body: WholeBody,
    finish: &Finish,
) -> BoxAnswer {
    or_panic(finish, || Arc::clone(handler).begin_by_body(head, body, finish))
}

fn or_panic(finish: &Finish, begin: impl FnOnce() -> BoxAnswer) -> BoxAnswer {
    catch_panic(begin).unwrap_or_else(|panic| finish.failed(panic.into()))
}

// What is asked of a constant alone, in a block of its own, is known before anything is compiled for it.
impl<H: Handler<Args>, Args: 'static> ErasedHandler for Typed<H, Args> {
    fn reads(&self) -> Reads {
        H::READS
    }

    fn start(self: Arc<Self>, mut request: Request, finish: &Finish) -> BoxAnswer {
        if const { matches!(H::READS, Reads::Waiting) } {
            finish.boxed(async move { self.handler.call(&mut request).await })
        } else {
            is_never_asked((self as SharedHandler, request), finish)
        }
    }

    fn begin(&self, request: &mut Request, finish: &Finish) -> BoxAnswer {
        if const { matches!(H::READS, Reads::Request | Reads::Stream) } {
            self.handler.begin(request, finish)
        } else {
            is_never_asked((), finish)
        }
    }

    fn begin_by_head(&self, head: &RequestHead<'_>, finish: &Finish) -> BoxAnswer {
        if const { matches!(H::READS, Reads::Head) } {
            self.handler.begin_by_head(head, finish)
        } else {
            is_never_asked((), finish)
        }
    }

    fn begin_by_body(self: Arc<Self>, head: &RequestHead<'_>, body: WholeBody, finish: &Finish) -> BoxAnswer {
        if const { matches!(H::READS, Reads::Body) } {
            H::begin_by_body(Shared(self), head, body, finish)
        } else {
            is_never_asked((self as SharedHandler, body), finish)
        }
    }

    fn requirements(&self, requirements: &mut Requirements<'_>) {
        H::requirements(requirements);
    }

    #[cfg(feature = "openapi")]
    fn operation(&self) -> Option<&Operation> {
        self.handler.operation()
    }
}

/// In the place of what is not compiled, as it is called by what the handler reads. It takes what it would be asked with, whose
/// drop is so not compiled for each handler.
#[cold]
fn is_never_asked<T>(asked: T, finish: &Finish) -> BoxAnswer {
    drop(asked);
    let reason = "a handler was not called by what it reads";
    finish.failed(Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason))
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
