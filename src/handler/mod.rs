//! The function behind a path and a verb.

mod closure;
mod erased;

use std::future::ready;
use std::ops::Deref;

use http::StatusCode;

use crate::error::{Error, Result};
use crate::extract::{Reads, Requirements};
#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::{Request, RequestHead, WholeBody};
use crate::response::{IntoResponse, Response};

pub use closure::Function;
pub(crate) use erased::{ErasedHandler, SharedHandler, call, call_by_body, call_by_head, call_reading, erase};
pub use erased::{HandlerService, HandlerServiceFuture};

/// Who runs the future of a handler. What begins it is handed over, so that the future is made where it stays: it is not
/// given back, and moved but once.
///
/// A handler of one's own that reads the head:
///
/// ```
/// use route_handlers::{Handler, Reads, Request, RequestHead, Requirements, Response, RouteHandlers, Run};
///
/// /// Answers with the path.
/// struct Echo;
///
/// struct EchoArguments;
///
/// impl Handler<EchoArguments> for Echo {
///     const READS: Reads = Reads::Head;
///
///     fn begin_by_head<R: Run>(&self, head: &RequestHead<'_>, run: R) -> R::Output {
///         let path = head.uri().path().to_owned();
///         run.run(|| Ok(async move { path }))
///     }
///
///     async fn call(&self, request: &mut Request) -> Response {
///         Response::new(request.path().to_owned().into())
///     }
///
///     fn requirements(_: &mut Requirements<'_>) {}
/// }
///
/// let api = RouteHandlers::new().get("/{*path}", Echo);
/// ```
///
/// A handler around another one hands it on; with feature `openapi` also what [`Handler::operation`] gives:
///
/// ```
/// use std::ops::Deref;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use route_handlers::{
///     Handler, MaybeSend, Reads, Request, RequestHead, Requirements, Response, RouteHandlers, Run, WholeBody,
/// };
///
/// /// A handler, and how often it was called.
/// struct Counted<H>(H, AtomicU64);
///
/// struct CountedArguments<Args>(std::marker::PhantomData<Args>);
///
/// /// The handler in a reference to a counted one.
/// struct Inner<D>(D);
///
/// impl<D: Deref<Target = Counted<H>>, H> Deref for Inner<D> {
///     type Target = H;
///
///     fn deref(&self) -> &H {
///         &self.0.0
///     }
/// }
///
/// impl<H: Handler<Args>, Args> Handler<CountedArguments<Args>> for Counted<H> {
///     const READS: Reads = H::READS;
///
///     async fn call(&self, request: &mut Request) -> Response {
///         self.1.fetch_add(1, Ordering::Relaxed);
///         self.0.call(request).await
///     }
///
///     fn begin<R: Run>(&self, request: &mut Request, run: R) -> R::Output {
///         self.1.fetch_add(1, Ordering::Relaxed);
///         self.0.begin(request, run)
///     }
///
///     fn begin_by_head<R: Run>(&self, head: &RequestHead<'_>, run: R) -> R::Output {
///         self.1.fetch_add(1, Ordering::Relaxed);
///         self.0.begin_by_head(head, run)
///     }
///
///     fn begin_by_body<D, R>(counted: D, head: &RequestHead<'_>, body: WholeBody, run: R) -> R::Output
///     where
///         D: Deref<Target = Self> + MaybeSend + 'static,
///         R: Run,
///     {
///         counted.1.fetch_add(1, Ordering::Relaxed);
///         H::begin_by_body(Inner(counted), head, body, run)
///     }
///
///     fn requirements(requirements: &mut Requirements<'_>) {
///         H::requirements(requirements);
///     }
/// }
///
/// let api = RouteHandlers::new()
///     .get("/", Counted(async || "hello", 0.into()))
///     .post("/", Counted(async |body: String| body, 0.into()));
/// ```
pub trait Run: Sized {
    /// What the future becomes.
    type Output;

    /// Runs the future that `begin` gives, which is called at once; what it fails with is answered.
    fn run<F>(self, begin: impl FnOnce() -> Result<F>) -> Self::Output
    where
        F: Future<Output: IntoResponse> + MaybeSend + 'static;

    /// Runs a future that is there already, whose output is the response itself: such as `ready(error.into_response())` for
    /// what is refused before there is one. A `Run` around another one hands on both.
    fn run_response<F>(self, future: F) -> Self::Output
    where
        F: Future<Output = Response> + MaybeSend + 'static,
    {
        self.run(|| Ok(future))
    }
}

/// What answers a request: a function of up to eight arguments, each [`FromRequest`](crate::FromRequest), whose future
/// gives what [`IntoResponse`](crate::IntoResponse) takes.
///
/// Named `async fn`s, `async` closures that capture nothing, and closures that give an `async move` block all are one.
/// A closure that captures clones what its future needs, as each request has a future of its own. (For an `async` closure
/// that captures, the compiler says: "async closure does not implement `Fn` because it captures state from its
/// environment".)
///
/// ```
/// use std::sync::Arc;
/// use route_handlers::{Path, RouteHandlers};
///
/// async fn show(Path(id): Path<u32>) -> String {
///     format!("user {id}")
/// }
///
/// let greeting = Arc::new(String::from("hello"));
/// let api = RouteHandlers::new()
///     .get("/users/{id}", show)
///     .get("/", async || "home")
///     .get("/greeting", move || {
///         let greeting = Arc::clone(&greeting);
///         async move { greeting.to_string() }
///     });
/// ```
///
/// What a closure does before it gives its future, it does as the request is handed to it, and not when the future is
/// first polled, unless it waits for its arguments: what a layer scopes the future with, such as a task-local value, is not
/// there yet.
///
/// `Args` tells functions of different arguments apart; it is inferred.
#[diagnostic::on_unimplemented(
    message = "this is not a handler",
    label = "not an `async` function of at most 8 arguments",
    note = "a handler gives a future: write `async fn` or `async ||`",
    note = "more than 8 arguments are combined in a type of your own that implements `FromRequest`"
)]
pub trait Handler<Args>: MaybeSend + MaybeSync + 'static {
    /// What the handler reads of the request, by which it is decided what answers: [`begin_by_head`](Self::begin_by_head),
    /// [`begin_by_body`](Self::begin_by_body), [`begin`](Self::begin) or [`call`](Self::call). Of the four one alone is asked
    /// and compiled; if it is not there, the answer is 500. [`Run`] has an example.
    const READS: Reads = Reads::Waiting;

    /// Answers a request, of which it may take what it needs ([`Reads::Waiting`]).
    fn call(&self, request: &mut Request) -> impl Future<Output = Response> + MaybeSend;

    /// Runs the future of the answer, of a request that is not kept ([`Reads::Request`]).
    fn begin<R: Run>(&self, request: &mut Request, run: R) -> R::Output {
        let _ = request;
        not_begun(run, "begin", "Request")
    }

    /// Runs the future of the answer, of a request that need not be put together ([`Reads::Head`]).
    fn begin_by_head<R: Run>(&self, head: &RequestHead<'_>, run: R) -> R::Output {
        let _ = head;
        not_begun(run, "begin_by_head", "Head")
    }

    /// Runs the future of the answer ([`Reads::Body`]). Of the request it keeps the body alone; it keeps the reference to the
    /// handler too, to call it once the body was read.
    fn begin_by_body<D, R>(handler: D, head: &RequestHead<'_>, body: WholeBody, run: R) -> R::Output
    where
        D: Deref<Target = Self> + MaybeSend + 'static,
        R: Run,
    {
        let _ = (handler, head, body);
        not_begun(run, "begin_by_body", "Body")
    }

    /// What the handler asks of the table; checked when it is registered.
    fn requirements(requirements: &mut Requirements<'_>);

    /// What an OpenAPI document says of the handler, if it is [`documented`](crate::documented).
    #[cfg(feature = "openapi")]
    fn operation(&self) -> Option<&Operation> {
        None
    }
}

#[cold]
fn not_begun<R: Run>(run: R, by: &str, reads: &str) -> R::Output {
    let reason = format!("a handler has no `Handler::{by}`, though its `Handler::READS` is `Reads::{reads}`");
    fail(run, Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason))
}

/// An answer that is a failure.
#[cold]
fn fail<R: Run>(run: R, error: Error) -> R::Output {
    run.run_response(ready(error.into_response()))
}
