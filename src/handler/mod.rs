//! The function behind a path and a verb.

mod closure;
mod erased;

use crate::error::Result;
use crate::extract::Requirements;
#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::{Request, RequestHead};
use crate::response::{IntoResponse, Response};

pub use closure::Function;
pub(crate) use erased::{ErasedHandler, SharedHandler, call, call_by_head, erase, start};
pub use erased::{HandlerService, HandlerServiceFuture};

/// Who runs the future of a handler. What begins it is handed over, so that the future is made where it stays: it is not
/// given back, and moved but once.
///
/// A handler around another one hands it on:
///
/// ```
/// use route_handlers::{Handler, Request, RequestHead, Requirements, Response, RouteHandlers, Run};
///
/// /// A handler, and how often it was called.
/// struct Counted<H>(H, std::sync::atomic::AtomicU64);
///
/// struct CountedArguments<Args>(std::marker::PhantomData<Args>);
///
/// impl<H: Handler<Args>, Args> Handler<CountedArguments<Args>> for Counted<H> {
///     const BEGINS: bool = H::BEGINS;
///     const WAITS: bool = H::WAITS;
///
///     async fn call(&self, request: &mut Request) -> Response {
///         self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         self.0.call(request).await
///     }
///
///     fn begin<R: Run>(&self, request: &mut Request, run: R) -> Option<R::Output> {
///         let begun = self.0.begin(request, run)?;
///         self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         Some(begun)
///     }
///
///     fn begin_by_head<R: Run>(&self, head: &RequestHead<'_>, run: R) -> Option<R::Output> {
///         let begun = self.0.begin_by_head(head, run)?;
///         self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         Some(begun)
///     }
///
///     fn requirements(requirements: &mut Requirements<'_>) {
///         H::requirements(requirements);
///     }
/// }
///
/// let api = RouteHandlers::new().get("/", Counted(async || "hello", 0.into()));
/// ```
pub trait Run {
    /// What the future becomes.
    type Output;

    /// Runs the future that `begin` gives; what it fails with is answered.
    fn run<F>(self, begin: impl FnOnce() -> Result<F>) -> Self::Output
    where
        F: Future<Output: IntoResponse> + MaybeSend + 'static;
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
/// first polled: what a layer scopes the future with, such as a task-local value, is not there yet.
///
/// `Args` tells functions of different arguments apart; it is inferred.
#[diagnostic::on_unimplemented(
    message = "this is not a handler",
    label = "not an `async` function of at most 8 arguments",
    note = "a handler gives a future: write `async fn` or `async ||`",
    note = "more than 8 arguments are combined in a type of your own that implements `FromRequest`"
)]
pub trait Handler<Args>: MaybeSend + MaybeSync + 'static {
    /// Whether [`begin`](Self::begin) always runs a future: then nothing is compiled of [`call`](Self::call). One that says
    /// so and does not is a 500.
    const BEGINS: bool = false;

    /// Whether [`begin`](Self::begin) and [`begin_by_head`](Self::begin_by_head) never run a future: then they are not asked, and
    /// [`call`](Self::call) answers.
    const WAITS: bool = false;

    /// Answers a request, of which it may take what it needs.
    fn call(&self, request: &mut Request) -> impl Future<Output = Response> + MaybeSend;

    /// Runs the future of the answer, if it is clear beforehand that it needs the request no longer; else
    /// [`call`](Self::call) gives it, of a request that is as it was. So the request is not kept, and not moved, where a
    /// handler reads but its head; and it is moved at once to where the future is if the future has it all.
    fn begin<R: Run>(&self, request: &mut Request, run: R) -> Option<R::Output> {
        let _ = (request, run);
        None
    }

    /// The same if the request's head is all that is read of it: then it need not even be put together. If not, it is, and
    /// [`begin`](Self::begin) is asked.
    fn begin_by_head<R: Run>(&self, head: &RequestHead<'_>, run: R) -> Option<R::Output> {
        let _ = (head, run);
        None
    }

    /// What the handler asks of the table; checked when it is registered.
    fn requirements(requirements: &mut Requirements<'_>);

    /// What an OpenAPI document says of the handler, if it is [`documented`](crate::documented).
    #[cfg(feature = "openapi")]
    fn operation(&self) -> Option<&Operation> {
        None
    }
}
