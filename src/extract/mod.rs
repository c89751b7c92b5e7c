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
mod reads;
mod request;
mod requirements;
mod state;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::StatusCode;

use crate::error::{Error, Result};
use crate::platform::MaybeSend;
use crate::request::{Request, RequestHead};

pub use after::After;
pub use arguments::Arguments;
pub(crate) use arguments::Reading;
pub use extension::Extension;
pub use form::Form;
#[cfg(feature = "sse")]
pub use last_event_id::LastEventId;
pub use path::Path;
pub use query::Query;
pub use reads::Reads;
pub use requirements::Requirements;

/// What can be an argument of a handler.
///
/// | argument | what it is | answered instead of calling the handler |
/// |---|---|---|
/// | [`Json<T>`](crate::Json) | the body, parsed | 415, 413, 400, 422 |
/// | [`Form<T>`] | the fields of a form | 415, 413, 422 |
/// | `String`, `Bytes` | the body, whole | 413, 400 |
/// | [`Body`](crate::Body) | the body, as it comes | – |
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
    note = "arguments are `Json<T>`, `Form<T>`, `Query<T>`, `Path<T>` (`T: DeserializeOwned`), `State<T>`, `Extension<T>`, `Cookies`, `String`, `Bytes`, `Body`, `HeaderMap`, \
            `Method`, `Uri`, `Version`, `MatchedRoute`, `After`, `Request`, `http::Request<Body>`, `Multipart` (feature `multipart`), `LastEventId` (feature `sse`), \
            `Option<A>`, `Result<A, Error>`, and what implements `FromRequest`"
)]
pub trait FromRequest: Sized {
    /// What the argument is made of, and so by what: [`from_head`](Self::from_head) if it is `Head` and its handler `Head` or
    /// `Body`; [`check_head`](Self::check_head), and then [`from_body`](Self::from_body), if it is `Body`, the handler's last,
    /// and all others are `Head`; else [`from_request`](Self::from_request). One that is not made as it says is a 500.
    ///
    /// [`Path`], [`Query`], [`State`](crate::State), [`Extension`], [`MatchedRoute`](crate::MatchedRoute), `Method`, `Uri`,
    /// `Version` and `Result`s of them are made of the head; [`Json`](crate::Json), [`Form`], `String` and `Bytes` of the
    /// body.
    ///
    /// Unless the handler is `Waiting`, what is not made of the body is made as the request is handed over, before the future of
    /// the answer is polled.
    const READS: Reads = Reads::Waiting;

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

    /// Makes the argument of the head alone, as [`from_request`](Self::from_request) does of the request: see
    /// [`RequestHead`].
    ///
    /// # Errors
    ///
    /// As [`from_request`](Self::from_request).
    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        let _ = head;
        Err(mistaken(
            "an argument is not made by its `FromRequest::from_head`, though its `FromRequest::READS` is `Reads::Head`",
        ))
    }

    /// Refuses a request by its head, before the body is read for [`from_body`](Self::from_body).
    ///
    /// Nothing calls it before [`from_request`](Self::from_request), which so calls it itself, lest the check is left out where
    /// the handler is `Waiting`.
    ///
    /// # Errors
    ///
    /// What is answered instead of reading the body.
    fn check_head(head: &RequestHead<'_>) -> Result<()> {
        let _ = head;
        Ok(())
    }

    /// Makes the argument of the whole body, which is within the route's limit, after [`check_head`](Self::check_head): as
    /// [`from_request`](Self::from_request) does of the request.
    ///
    /// # Errors
    ///
    /// As [`from_request`](Self::from_request).
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::{StatusCode, header};
    /// use route_handlers::{Error, FromRequest, Reads, Request, RequestHead, Requirements, Result, RouteHandlers};
    ///
    /// /// Rows of values with commas between them.
    /// struct Csv(Vec<Vec<String>>);
    ///
    /// impl FromRequest for Csv {
    ///     const READS: Reads = Reads::Body;
    ///
    ///     fn check_head(head: &RequestHead<'_>) -> Result<()> {
    ///         let is_csv = head.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == "text/csv");
    ///         is_csv.then_some(()).ok_or(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE))
    ///     }
    ///
    ///     fn from_body(body: Bytes) -> Result<Self> {
    ///         let text = std::str::from_utf8(&body).map_err(|_| Error::new(StatusCode::BAD_REQUEST))?;
    ///         Ok(Self(text.lines().map(|row| row.split(',').map(str::to_owned).collect()).collect()))
    ///     }
    ///
    ///     async fn from_request(request: &mut Request) -> Result<Self> {
    ///         Self::check_head(&request.head())?;
    ///         Self::from_body(request.bytes().await?)
    ///     }
    ///
    ///     fn requirements(requirements: &mut Requirements<'_>) {
    ///         requirements.body("Csv");
    ///         requirements.accepts("text/csv");
    ///     }
    /// }
    /// # use http_body_util::BodyExt;
    /// # use tower::ServiceExt;
    ///
    /// let api = RouteHandlers::new().post("/rows", async |Csv(rows): Csv| rows.len().to_string());
    /// # tokio_test::block_on(async {
    /// let request = http::Request::post("/rows").header(header::CONTENT_TYPE, "text/csv").body("a,b\nc,d\n".to_owned())?;
    /// let response = api.oneshot(request).await?;
    /// assert_eq!(response.into_body().collect().await?.to_bytes(), "2");
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// # }).unwrap();
    /// ```
    fn from_body(body: Bytes) -> Result<Self> {
        let _ = body;
        Err(mistaken(
            "an argument is not made by its `FromRequest::from_body`, though its `FromRequest::READS` is `Reads::Body`",
        ))
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
        Poll::Pending => Err(mistaken("an argument waits, though its `FromRequest::READS` is not `Reads::Waiting`")),
    }
}

/// An argument that is not made as it says.
#[cold]
fn mistaken(reason: &'static str) -> Error {
    Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason)
}
