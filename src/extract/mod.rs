//! Arguments of handlers: each is made from the request.

mod after;
mod arguments;
mod body;
mod cookies;
mod extension;
mod form;
mod head;
mod json;
#[cfg(feature = "sse")]
mod last_event_id;
#[cfg(feature = "multipart")]
mod multipart;
mod optional;
mod path;
mod query;
mod request;
mod requirements;
mod state;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::StatusCode;

use crate::error::{Error, Result};
use crate::platform::MaybeSend;
use crate::request::{Request, RequestHead};

pub use after::After;
pub use arguments::Arguments;
pub use extension::Extension;
pub use form::Form;
#[cfg(feature = "sse")]
pub use last_event_id::LastEventId;
pub use path::Path;
pub use query::Query;
pub use requirements::Requirements;

/// What can be an argument of a handler.
///
/// | argument | what it is | answered instead of calling the handler |
/// |---|---|---|
/// | [`Json<T>`](crate::Json) | the body, parsed | 415, 413, 400, 422 |
/// | [`Form<T>`] | the fields of a form | 415, 413, 422 |
/// | `String`, `Bytes` | the body, whole | 413, 400 |
/// | `Multipart` (feature `multipart`) | the body, a form with files, field by field | 415, 413, 400 |
/// | [`Path<T>`] | the parameters of the pattern | 400 |
/// | [`Query<T>`] | the query | 400 |
/// | [`State<T>`](crate::State) | the shared value of the table | – (checked when registered) |
/// | [`Extension<T>`] | what a layer or the host attached to the request | 500 |
/// | `LastEventId` (feature `sse`) | what a client of server-sent events saw last | – |
/// | `HeaderMap`, `Method`, `Uri`, `Version`, [`MatchedRoute`](crate::MatchedRoute) | the head | – |
/// | [`Request`], `http::Request<Body>` | all of it | – |
/// | [`Cookies`](crate::Cookies) | the cookies, to be read and changed | – |
/// | [`After`] | takes work for after the answer | 500 |
/// | `Option<A>` | `None` if what `A` reads is not there; a mistake in it is still answered | as `A` |
/// | `Result<A, Error>` | `A`, or why not, for the handler to decide | – |
///
/// Arguments are read from left to right, and their order is free. The body can be read by one of them only: two are
/// refused when the handler is registered.
///
/// ```
/// use http::StatusCode;
/// use route_handlers::{Error, FromRequest, Request, Result, RouteHandlers};
///
/// /// The caller, by a header.
/// struct User(String);
///
/// impl FromRequest for User {
///     const WAITS: bool = false; // it reads the head alone: see `RequestHead` for what that can spare
///
///     async fn from_request(request: &mut Request) -> Result<Self> {
///         let name = request.headers().get("x-user").and_then(|name| name.to_str().ok());
///         name.map(|name| User(name.to_owned())).ok_or(Error::new(StatusCode::UNAUTHORIZED))
///     }
/// }
///
/// let api = RouteHandlers::new().get("/me", async |User(name): User| name);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a handler",
    label = "not made from a request",
    note = "arguments are `Json<T>`, `Form<T>`, `Query<T>`, `Path<T>` (`T: DeserializeOwned`), `State<T>`, `Extension<T>`, `Cookies`, `String`, `Bytes`, `HeaderMap`, \
            `Method`, `Uri`, `MatchedRoute`, `Request`, `http::Request<Body>`, `Option<A>`, `Result<A, Error>`, and what implements `FromRequest`"
)]
pub trait FromRequest: Sized {
    /// Whether the argument waits for something, such as the body. One that says it does not, and whose future is not ready
    /// at once, is a 500. If none of a handler's arguments waits, they are made as the request is handed over, before the
    /// future of the answer is polled, and that need not hold the request.
    const WAITS: bool = true;

    /// Whether [`from_head`](Self::from_head) makes the argument, which so does not wait: [`WAITS`](Self::WAITS) must be
    /// false too. If it makes all of a handler's, the request need not even be put together.
    ///
    /// So are [`Path`], [`Query`], [`State`](crate::State), [`Extension`], [`MatchedRoute`](crate::MatchedRoute), `Method`,
    /// `Uri`, `Version`, and `Result`s of them; not those that take something out of the request, such as `HeaderMap`, nor
    /// an `Option`.
    ///
    /// ```compile_fail
    /// # use route_handlers::{FromRequest, Request, RequestHead, Result, RouteHandlers};
    /// struct Nothing;
    ///
    /// impl FromRequest for Nothing {
    ///     const BY_HEAD: bool = true; // and `WAITS` is true unless it is set
    ///
    ///     fn from_head(_: &RequestHead<'_>) -> Result<Self> {
    ///         Ok(Self)
    ///     }
    ///
    ///     async fn from_request(request: &mut Request) -> Result<Self> {
    ///         Self::from_head(&request.head())
    ///     }
    /// }
    ///
    /// RouteHandlers::new().get("/", async |_: Nothing| ());
    /// ```
    const BY_HEAD: bool = false;

    /// Makes the argument.
    ///
    /// # Errors
    ///
    /// What is answered instead of calling the handler.
    fn from_request(request: &mut Request) -> impl Future<Output = Result<Self>> + MaybeSend;

    /// Makes the argument when it is the handler's last: what it would copy it may take instead, as nobody reads it after.
    ///
    /// # Errors
    ///
    /// As [`from_request`](Self::from_request).
    fn from_request_last(request: &mut Request) -> impl Future<Output = Result<Self>> + MaybeSend {
        Self::from_request(request)
    }

    /// Makes the argument without a future, when it is the handler's last and none of them waits.
    ///
    /// # Errors
    ///
    /// As [`from_request`](Self::from_request).
    fn from_request_at_once(request: &mut Request) -> Result<Self> {
        now(Self::from_request_last(request))
    }

    /// Makes the argument of the head alone, as [`from_request`](Self::from_request) does of the request.
    ///
    /// # Errors
    ///
    /// As [`from_request`](Self::from_request).
    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        let _ = head;
        Err(not_by_head())
    }

    /// Whether the request has what this argument reads: without it an `Option` of it is `None`.
    fn is_present(request: &Request) -> bool {
        let _ = request;
        true
    }

    /// Says what the argument asks of the table and of the handler's other arguments; checked when it is registered.
    fn requirements(requirements: &mut Requirements<'_>) {
        let _ = requirements;
    }
}

/// The argument that a future has which is said not to wait.
#[inline]
fn now<T>(argument: impl Future<Output = Result<T>>) -> Result<T> {
    match pin!(argument).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(made) => made,
        Poll::Pending => Err(waits()),
    }
}

#[cold]
fn waits() -> Error {
    let reason = "an argument waits, though its `FromRequest::WAITS` is false";
    Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason)
}

#[cold]
fn not_by_head() -> Error {
    let reason = "an argument is not made by its `FromRequest::from_head`, though its `FromRequest::BY_HEAD` is true";
    Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason)
}
