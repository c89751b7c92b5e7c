//! The function behind a path and a method.

mod boxed_service;
mod erased;
mod function;
mod layered;
mod middleware_check;
mod nested;
mod service;
mod wrapper;

use crate::platform::{MaybeSend, MaybeSync};

pub(crate) use boxed_service::BoxedService;
pub use boxed_service::HttpService;
pub(crate) use erased::{Erased, Run};
pub(crate) use function::Function;
pub(crate) use layered::AppliedLayer;
pub use layered::HandlerLayer;
pub(crate) use middleware_check::MiddlewareCheck;
pub(crate) use nested::NestedHandler;
pub use nested::OriginalUri;
pub use service::{HandlerService, ServiceHandler, handler};
pub(crate) use wrapper::{LayerInfo, Wrapper};

/// A function that responds to a request.
///
/// It takes up to eight arguments, each [`FromRequest`](crate::FromRequest), and returns a future of a value that is
/// [`IntoResponse`](crate::IntoResponse).
///
/// An `async fn`, an `async` closure that captures nothing, and a closure that returns an `async move` block are
/// handlers. A closure that captures a value must clone it for each request, because each request has its own future. An
/// `async` closure that captures does not compile, because its future would borrow from the closure.
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
/// If all arguments are [`FromHead`](crate::FromHead), the function is called when the service is called, before its future is
/// polled. The last argument may also be `Body`, `Multipart`, `Request` or `http::Request`. A layer that sets a task-local
/// value for the future does not set it for what a closure does before its `async` block.
///
/// The trait is sealed. To run code around a handler, use [`middleware::from_fn`](crate::middleware::from_fn) or any tower
/// layer.
///
/// `Args` is the tuple of the arguments' types; the compiler infers it.
#[diagnostic::on_unimplemented(
    message = "this is not a handler",
    label = "not an `async` function that each request can call",
    note = "a handler returns a future: write `async fn` or `async ||`",
    note = "each request calls the handler, so a closure cannot move or change a captured variable, and an `async` closure cannot capture one",
    note = "to share a value, give it to `with_state` and take `State<T>`, or write `move || {{ let value = value.clone(); async move {{ … }} }}`",
    note = "a handler has at most 8 arguments: combine some in a type of your own that implements `FromRequest`"
)]
pub trait Handler<Args>: MaybeSend + MaybeSync + 'static {
    /// Forgets the type of the handler.
    #[doc(hidden)]
    fn erase(self) -> Erased;
}
