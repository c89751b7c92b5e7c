//! Arguments of handlers. Each is made from the request.
//!
//! Use arguments for the parts of a request that a handler needs: they check the input, and refuse an invalid request before the
//! handler runs. A handler that needs the whole request takes a [`Request`]. [`FromRequest`] lists all arguments.
//!
//! ```
//! use route_handlers::extract::Path;
//! use route_handlers::testing::Client;
//! use route_handlers::RouteHandlers;
//!
//! async fn double(Path(number): Path<u32>) -> String {
//!     (2 * number).to_string()
//! }
//!
//! # tokio_test::block_on(async {
//! let client = Client::new(RouteHandlers::new().get("/double/{number}", double));
//! assert_eq!(client.get("/double/21").await.text(), "42");
//! client.get("/double/ada").await.assert_status(400);
//! # });
//! ```
//!
//! `Option` and `Result` around an argument leave absent or invalid input to the handler:
//!
//! ```
//! use route_handlers::extract::Bearer;
//! use route_handlers::testing::Client;
//! use route_handlers::{Json, Result, RouteHandlers};
//!
//! async fn greet(token: Option<Bearer>, name: Result<Json<String>>) -> String {
//!     let Json(name) = name.unwrap_or_else(|error| Json(format!("({})", error.status())));
//!     format!("hello {name}, with a token: {}", token.is_some())
//! }
//!
//! # tokio_test::block_on(async {
//! let client = Client::new(RouteHandlers::new().post("/", greet));
//! assert_eq!(client.post("/").json("Ada").await.text(), "hello Ada, with a token: false");
//! assert_eq!(client.post("/").body("Ada").await.text(), "hello (415 Unsupported Media Type), with a token: false");
//! # });
//! ```
//!
//! Your own argument implements [`FromHead`] or [`FromRequest`], which have examples.

mod after;
mod arguments;
mod bearer;
mod body;
mod check;
mod client_ip;
mod cookies;
mod extension;
mod form;
#[cfg(feature = "multipart")]
mod form_data;
mod forwarded;
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
mod shortcut;
mod state;
mod trusted_proxies;
mod valid;

use crate::error::Result;
use crate::request::{Head, Request};

pub use crate::platform::{MaybeSend, MaybeSync};
pub use crate::request::MatchedRoute;
pub use after::After;
pub(crate) use arguments::Arguments;
pub use bearer::{Bearer, constant_time_eq};
pub use check::RouteCheck;
pub use client_ip::ClientIp;
pub use extension::Extension;
pub use form::Form;
#[cfg(feature = "multipart")]
pub use form_data::FormData;
#[cfg(feature = "sse")]
pub use last_event_id::LastEventId;
pub use path::Path;
pub use query::Query;
use shortcut::Shortcut;
pub use trusted_proxies::TrustedProxies;
pub use valid::{Fault, Valid, Validate};

/// An argument that is made only from the head of the request.
///
/// The head has the method, the URI, the headers, the extensions, the path parameters and the state. An argument that
/// reads the body or has to wait, for a database for example, implements [`FromRequest`] instead. One type cannot
/// implement both.
///
/// ```
/// use http::StatusCode;
/// use route_handlers::{Error, FromHead, Head, Result, RouteHandlers};
///
/// /// The tenant that the header `tenant` names.
/// struct Tenant(String);
///
/// impl FromHead for Tenant {
///     fn from_head(head: &Head<'_>) -> Result<Self> {
///         let name = head.header("tenant");
///         name.map(|name| Self(name.to_owned())).ok_or(Error::new(StatusCode::BAD_REQUEST))
///     }
/// }
///
/// let api = RouteHandlers::new().get("/", async |Tenant(name): Tenant| name);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not made from the head of a request",
    note = "`FromHead` is implemented by `Query<T>`, `Path<T>` (`T: DeserializeOwned`), `State<T>`, `Extension<T>`, `Cookies`, `HeaderMap`, `Method`, `Uri`, `Version`, \
            `MatchedRoute`, `Bearer`, `ClientIp`, `After` and `LastEventId` (feature `sse`)"
)]
pub trait FromHead: Sized {
    /// Makes the argument.
    ///
    /// # Errors
    ///
    /// The response that is sent instead of calling the handler.
    fn from_head(head: &Head<'_>) -> Result<Self>;

    /// Returns whether the request has the input of this argument. If not, an `Option` of the argument is `None`.
    ///
    /// The default is `true`: an `Option` of the argument is then never `None`, and missing input is an error.
    fn is_present(head: &Head<'_>) -> bool {
        let _ = head;
        true
    }

    /// Checks the requirements of the argument when its handler is registered.
    fn check(route: &mut RouteCheck<'_>) {
        let _ = route;
    }
}

/// An argument of a handler. It can read the body, and it can wait.
///
/// | argument | value | statuses of its errors |
/// |---|---|---|
/// | [`Json<T>`](crate::Json) | the body as JSON | 415, 413, 400, 422 |
/// | [`Form<T>`] | the fields of a form | 415, 413, 422 |
/// | `FormData<T>` (feature `multipart`) | the fields and files of a form | 415, 413, 400, 422 |
/// | `String`, `Bytes` | the whole body | 413, 400 |
/// | [`Body`](crate::Body) | the body as a stream | – |
/// | `Multipart` (feature `multipart`) | the body, a form with files, field by field | 415, 413, 400 |
/// | [`Path<T>`] | the parameters of the pattern | 400 (the shape is checked at the start) |
/// | [`Query<T>`] | the query | 400 |
/// | [`Valid<A>`](Valid) | `A` with a valid value: `Json`, `Form`, `FormData`, `Query` or `Path` | as `A`, 422 |
/// | [`State<T>`](crate::State) | the shared value of the route table | – (checked at registration) |
/// | [`Extension<T>`] | a value that a layer or the host attached to the request | 500 |
/// | `LastEventId` (feature `sse`) | the id of the last server-sent event that the client received | – |
/// | `HeaderMap`, `Method`, `Uri`, `Version`, [`MatchedRoute`] | a part of the head | – |
/// | [`Request`], `http::Request<Body>` | the whole request | – |
/// | [`Cookies`](crate::Cookies) | the cookies, to read and to change | – |
/// | [`Bearer`] | the token of `Authorization: Bearer …` | 401, 400 |
/// | [`ClientIp`] | the IP address of the client, also behind [trusted proxies](TrustedProxies) | 500 |
/// | [`After`] | runs work after the response | 500 |
/// | `Axum<E>`, `AxumBody<E>` (feature `axum`) | [an extractor of axum](crate::hosts) | those of its rejection |
/// | `Option<A>` | `None` if the request has nothing for `A` ([`is_present`](Self::is_present)); invalid input is still an error | as `A` |
/// | `Result<A, Error>` | `A`, or the error for the handler to treat | – |
///
/// Arguments can be in any order. They are made from left to right. If one fails, its error is the response, and the
/// handler is not called. Only one argument can read the body: a second one is refused at registration.
///
/// Your own arguments can read the body, or wait for a database:
///
/// ```
/// use std::collections::HashMap;
///
/// use http::StatusCode;
/// use route_handlers::extract::RouteCheck;
/// use route_handlers::{Error, FromRequest, Request, Result, RouteHandlers, State};
///
/// /// The application's database.
/// struct Database(HashMap<String, String>);
///
/// impl Database {
///     async fn user_of(&self, session: &str) -> Option<String> {
///         self.0.get(session).cloned()
///     }
/// }
///
/// /// The user of the session that the cookie names.
/// struct User(String);
///
/// impl FromRequest for User {
///     async fn from_request(request: &mut Request) -> Result<Self> {
///         let State(database) = State::<Database>::from_request(request).await?;
///         let cookies = request.cookies();
///         let session = cookies.get("session").ok_or(Error::new(StatusCode::UNAUTHORIZED))?;
///         database.user_of(session).await.map(User).ok_or(Error::new(StatusCode::UNAUTHORIZED))
///     }
///
///     fn check(route: &mut RouteCheck<'_>) {
///         route.needs_state::<Database>();
///     }
/// }
///
/// let database = Database(HashMap::from([("7d1e".to_owned(), "Ada".to_owned())]));
/// let api = RouteHandlers::new().with_state(database).get("/me", async |User(name): User| name);
/// # use http_body_util::BodyExt;
/// # use tower::ServiceExt;
/// # tokio_test::block_on(async {
/// # let request = http::Request::get("/me").header("cookie", "session=7d1e").body(route_handlers::Body::empty())?;
/// # let response = api.oneshot(request).await?;
/// # assert_eq!(response.into_body().collect().await?.to_bytes(), "Ada");
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// # }).unwrap();
/// ```
///
/// An argument that reads the body declares this in [`check`](Self::check):
///
/// ```
/// use http::header;
/// use route_handlers::extract::RouteCheck;
/// use route_handlers::{FromRequest, Request, Result, RouteHandlers};
///
/// /// Rows of comma-separated values.
/// struct Csv(Vec<Vec<String>>);
///
/// impl FromRequest for Csv {
///     async fn from_request(request: &mut Request) -> Result<Self> {
///         request.require_media_type("text/csv")?;
///         let text = request.text().await?;
///         Ok(Self(text.lines().map(|row| row.split(',').map(str::to_owned).collect()).collect()))
///     }
///
///     fn is_present(request: &Request) -> bool {
///         request.has_body() // so that `Option<Csv>` is `None` without a body
///     }
///
///     fn check(route: &mut RouteCheck<'_>) {
///         route.reads_body("Csv");
///         route.accepts("text/csv");
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a handler",
    label = "not made from a request",
    note = "arguments are `Json<T>`, `Form<T>`, `Query<T>`, `Path<T>` (each needs `T: serde::Deserialize`), `State<T>` (`T: Send + Sync`), `Extension<T>` (`T: Clone`), `Cookies`, `String`, `Bytes`, \
            `Body`, `HeaderMap`, `Method`, `Uri`, `Version`, `MatchedRoute`, `Bearer`, `ClientIp`, `After`, `Request`, `http::Request<Body>`, `FormData<T>` and `Multipart` (feature `multipart`), `LastEventId` \
            (feature `sse`), `Option<A>`, `Result<A, Error>`",
    note = "an extractor of axum is an argument in `hosts::axum::Axum<E>` or, if it reads the body, `hosts::axum::AxumBody<E>` (feature `axum`); \
            if it requires a state, it is `Axum<E, S>` with a state `S` of the table; a whole handler of axum is `hosts::axum::handler(handler, state)`",
    note = "a type of your own implements `FromHead`, or `FromRequest` if it reads the body or waits"
)]
pub trait FromRequest: Sized {
    /// Makes the argument without a future, for arguments of this crate.
    #[doc(hidden)]
    const SHORTCUT: Option<Shortcut<Self>> = None;

    /// Makes the argument.
    ///
    /// # Errors
    ///
    /// The response that is sent instead of calling the handler.
    fn from_request(request: &mut Request) -> impl Future<Output = Result<Self>> + MaybeSend;

    /// Returns whether the request has the input of this argument. If not, an `Option` of the argument is `None`.
    ///
    /// The default is `true`: an `Option` of the argument is then never `None`, and missing input is an error. An argument
    /// that reads the body returns [`request.has_body()`](Request::has_body): an `Option` of it also asks whether it would be
    /// present without a body, and then waits until it is known whether a chunked body is empty.
    fn is_present(request: &Request) -> bool {
        let _ = request;
        true
    }

    /// Checks the requirements of the argument when its handler is registered.
    fn check(route: &mut RouteCheck<'_>) {
        let _ = route;
    }
}

#[diagnostic::do_not_recommend]
impl<T: FromHead> FromRequest for T {
    const SHORTCUT: Option<Shortcut<Self>> =
        Some(Shortcut::Head { make: T::from_head, is_present: <T as FromHead>::is_present });

    async fn from_request(request: &mut Request) -> Result<Self> {
        T::from_head(&request.head())
    }

    fn is_present(request: &Request) -> bool {
        <T as FromHead>::is_present(&request.head())
    }

    fn check(route: &mut RouteCheck<'_>) {
        <T as FromHead>::check(route);
    }
}
