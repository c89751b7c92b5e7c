//! The error type of request handling.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes};
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::LengthLimitError;
use serde_json::Value;

use crate::body::{Body, BodyError, BoxError};
use crate::catch_panic::Panic;
use crate::platform::{MaybeSend, Parked};
use crate::problem::{self, Problem};

/// The result of a handler that may fail with an [`Error`].
///
/// ```
/// use route_handlers::Result;
///
/// async fn read() -> Result<String> {
///     Ok(std::fs::read_to_string("news.txt")?) // an error is a 500
/// }
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed request: a status, a problem document (RFC 9457), headers, and an optional source.
///
/// The response is `application/problem+json` with `Cache-Control: no-store`. `?` converts each type that implements
/// `std::error::Error + Send + Sync + 'static` into an `Error` with status 500. The source is logged and never sent. A
/// [`BodyError`](crate::body::BodyError) has a more precise status.
///
/// ```
/// use http::StatusCode;
/// use route_handlers::{Error, Result};
///
/// async fn show(id: u32) -> Result<String> {
///     if id == 0 {
///         return Err(Error::new(StatusCode::NOT_FOUND).with_detail("there is no user 0"));
///     }
///     Ok(std::fs::read_to_string(format!("users/{id}.txt"))?) // an io::Error becomes a 500
/// }
/// ```
///
/// `Error` does not implement `std::error::Error`, because it converts from every type that does. For another status than 500,
/// map the error: `.map_err(|error| Error::from_source(StatusCode::CONFLICT, error))?`.
///
/// # An error enum of the application
///
/// With many errors, let an enum choose the statuses, and implement [`IntoResponse`](crate::IntoResponse) for it. The handlers
/// return `Result<R, AppError>`. With `#[from]` of [thiserror](https://docs.rs/thiserror), `?` converts the errors of libraries.
/// An enum that implements `std::error::Error` cannot have its own `From<AppError> for Error`: a handler that returns
/// [`route_handlers::Result`](crate::Result) sends each of them as a 500.
///
/// ```
/// use std::num::ParseIntError;
///
/// use http::StatusCode;
/// use route_handlers::{Error, IntoResponse, Path, Request, Response, RouteHandlers};
/// # use tower::ServiceExt;
///
/// #[derive(Debug, thiserror::Error)]
/// enum AppError {
///     #[error("there is no user {0}")]
///     NoUser(u32),
///     #[error("the number is malformed")]
///     Malformed(#[from] ParseIntError),
///     #[error("the storage failed")]
///     Storage(#[from] std::io::Error),
///     #[error("{0}")]
///     Request(Error), // of this crate: for `?` on `request.text().await`, for example
/// }
///
/// impl From<Error> for AppError {
///     fn from(error: Error) -> Self {
///         Self::Request(error)
///     }
/// }
///
/// impl IntoResponse for AppError {
///     fn into_response(self) -> Response {
///         let status = match self {
///             Self::NoUser(_) => StatusCode::NOT_FOUND,
///             Self::Malformed(_) => StatusCode::BAD_REQUEST,
///             Self::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
///             Self::Request(error) => return error.into_response(),
///         };
///         let detail = self.to_string();
///         let error = Error::from_source(status, self); // the whole chain of sources is logged for a 5xx
///         if status.is_server_error() { error.into_response() } else { error.with_detail(detail).into_response() }
///     }
/// }
///
/// async fn rename(Path(id): Path<u32>, mut request: Request) -> Result<String, AppError> {
///     let number: u32 = request.text().await?.parse()?;
///     if id > 7 { Err(AppError::NoUser(id)) } else { Ok(std::fs::read_to_string(format!("users/{number}"))?) }
/// }
///
/// let api = RouteHandlers::new().put("/users/{id}", rename);
/// # tokio_test::block_on(async {
/// # for (path, body, status) in [("/users/8", "1", 404), ("/users/1", "x", 400), ("/users/1", "1", 500), ("/users/1", &*"x".repeat(3 << 20), 413)] {
/// #     let request = http::Request::put(path).body(route_handlers::Body::from(body.to_owned()))?;
/// #     assert_eq!(api.clone().oneshot(request).await?.status(), status);
/// # }
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// # }).unwrap();
/// ```
///
/// # Boxed errors
///
/// `anyhow::Error` and `Box<dyn Error + Send + Sync>` do not implement `std::error::Error`, so `?` does not convert them
/// into an `Error`. A handler can return them as they are (feature `anyhow` for the first): the response is 500.
/// [`internal`](Self::internal) converts them:
///
/// ```
/// use route_handlers::body::BoxError;
/// use route_handlers::{Error, Result};
///
/// fn load() -> Result<String, BoxError> {
///     Err("the disk is full")?
/// }
///
/// async fn show() -> Result<String, BoxError> {
///     load()
/// }
///
/// async fn count() -> Result<String> {
///     let text = load().map_err(Error::internal)?;
///     Ok(text.len().to_string())
/// }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Error {
    status: StatusCode,
    /// `None` if the error has only a status, so that the generated responses do not allocate.
    details: Option<Arc<Details>>,
}

#[derive(Clone, Debug)]
struct Details {
    problem: Problem,
    headers: HeaderMap,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    response: Option<CarriedResponse>,
}

/// A response that is sent instead of the problem document. A body cannot be cloned, so the first clone of the error that is
/// sent takes the response.
#[derive(Clone)]
struct CarriedResponse(Arc<Mutex<Option<Parked<Response<Body>>>>>);

impl fmt::Debug for CarriedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CarriedResponse").finish_non_exhaustive()
    }
}

impl Error {
    /// Creates an error with a status only.
    ///
    /// ```
    /// let error = route_handlers::Error::new(http::StatusCode::CONFLICT);
    /// assert_eq!(error.to_string(), "409 Conflict");
    /// ```
    pub const fn new(status: StatusCode) -> Self {
        Self { status, details: None }
    }

    /// Creates an error with a source, which is logged (feature `tracing`) and never sent.
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::Error;
    ///
    /// let parsed = "x".parse::<u32>().map_err(|error| Error::from_source(StatusCode::BAD_REQUEST, error));
    /// assert_eq!(parsed.unwrap_err().to_string(), "400 Bad Request"); // the source is only logged
    /// ```
    pub fn from_source(status: StatusCode, source: impl Into<BoxError>) -> Self {
        let mut error = Self::new(status);
        error.details_mut().source = Some(source.into().into());
        error
    }

    /// Creates an error with status 500. The source is logged (feature `tracing`) and never sent.
    ///
    /// ```
    /// use route_handlers::Error;
    ///
    /// let error = Error::internal("the disk is full");
    /// assert_eq!(error.to_string(), "500 Internal Server Error");
    /// ```
    pub fn internal(source: impl Into<BoxError>) -> Self {
        Self::from_source(StatusCode::INTERNAL_SERVER_ERROR, source)
    }

    /// Creates an error that is sent as this response, unchanged.
    ///
    /// An argument or a guard uses it to refuse a request with a response of any kind. As for a response that a handler
    /// returns, [`on_error`](crate::RouteHandlers::on_error) does not see it, and it is not logged.
    /// [`with_header`](Self::with_header) still adds a header. The other `with_` methods change the [`problem`](Self::problem),
    /// which is not sent. A clone shares the response: it is sent once, and then the problem document is sent.
    ///
    /// ```
    /// use http::{Response, StatusCode};
    /// use route_handlers::{Body, Error, IntoResponse};
    ///
    /// let response = Response::builder().status(StatusCode::FORBIDDEN).body(Body::from("members only"))?;
    /// let error = Error::from_response(response);
    /// assert_eq!(error.status(), StatusCode::FORBIDDEN);
    /// assert_eq!(format!("{:?}", error.into_response().body()), r#"Body(b"members only")"#);
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn from_response<B>(response: Response<B>) -> Self
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
    {
        let mut error = Self::new(response.status());
        let response = Parked::new(response.map(Body::new));
        error.details_mut().response = Some(CarriedResponse(Arc::new(Mutex::new(Some(response)))));
        error
    }

    /// Takes the response that the error carries.
    pub(crate) fn take_response(&self) -> Option<Response<Body>> {
        let carried = self.details.as_ref()?.response.as_ref()?;
        carried.0.lock().unwrap_or_else(PoisonError::into_inner).take().map(Parked::into_inner)
    }

    /// Converts the error of a body or a service. An `Error` in its chain of sources is unwrapped, the limit of a layer is 413,
    /// and a panic is 500. With feature `tower`, the errors of its timeout and load shedding are 504 and 503. Other errors have
    /// the status `otherwise`.
    pub(crate) fn from_boxed(error: impl Into<BoxError>, otherwise: StatusCode) -> Self {
        let error = match BodyError::new(error).into_inner().downcast::<Boxed>() {
            Ok(boxed) => return boxed.0,
            Err(other) => other,
        };
        if error.is::<Panic>() {
            return Self::from_source(StatusCode::INTERNAL_SERVER_ERROR, error);
        }
        Self::known(&*error).unwrap_or_else(|| Self::from_source(otherwise, error))
    }

    /// The error that a foreign one stands for, if its chain of sources has one with a status.
    pub(crate) fn known(error: &(dyn StdError + 'static)) -> Option<Self> {
        let mut source = Some(error);
        while let Some(error) = source {
            if let Some(Boxed(inner)) = error.downcast_ref() {
                return Some(inner.clone());
            }
            if error.is::<LengthLimitError>() {
                let detail = "the body is longer than allowed here";
                return Some(Self::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail(detail));
            }
            #[cfg(feature = "tower")]
            if error.is::<tower::timeout::error::Elapsed>() {
                return Some(Self::new(StatusCode::GATEWAY_TIMEOUT));
            }
            #[cfg(feature = "tower")]
            if error.is::<tower::load_shed::error::Overloaded>() {
                return Some(Self::new(StatusCode::SERVICE_UNAVAILABLE));
            }
            source = error.source();
        }
        None
    }

    /// Sets the title of the problem document. The default is the reason phrase of the status.
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::Error;
    ///
    /// let error = Error::new(StatusCode::CONFLICT).with_title("Sold out");
    /// assert_eq!(error.problem().title(), "Sold out");
    /// ```
    pub fn with_title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.problem_mut().title = Some(title.into());
        self
    }

    /// Sets the detail: it tells the client what went wrong.
    ///
    /// The text is sent in full. If it quotes the request, quote only a part: otherwise the response is as long as the request.
    /// The details of this crate are cut to a few hundred bytes.
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::Error;
    ///
    /// let error = Error::new(StatusCode::CONFLICT).with_detail("the last seat was sold");
    /// assert_eq!(error.to_string(), "409 Conflict: the last seat was sold");
    /// ```
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.problem_mut().detail = Some(detail.into());
        self
    }

    /// Sets the URI that identifies the kind of problem.
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::Error;
    ///
    /// let error = Error::new(StatusCode::CONFLICT).with_type("https://example.com/problems/sold-out");
    /// assert!(serde_json::to_string(&error.problem())?.contains("sold-out"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn with_type(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.problem_mut().kind = Some(uri.into());
        self
    }

    /// Adds an extension member to the problem document.
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::Error;
    ///
    /// let error = Error::new(StatusCode::CONFLICT).with_extension("seats", 0);
    /// assert_eq!(error.problem().extension("seats").unwrap(), 0);
    /// ```
    pub fn with_extension(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.problem_mut().set_extension(name.into(), value.into());
        self
    }

    /// Adds a header to the response. It replaces a header that the response has by default.
    ///
    /// ```
    /// use http::header::{HeaderValue, WWW_AUTHENTICATE};
    /// use route_handlers::response::unauthorized;
    /// use route_handlers::IntoResponse;
    ///
    /// let error = unauthorized().with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
    /// assert_eq!(error.into_response().headers()[WWW_AUTHENTICATE], "Basic");
    /// ```
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.details_mut().headers.append(name, value);
        self
    }

    /// Sets a detail that quotes the request. A long detail is cut.
    pub(crate) fn with_quoting_detail(self, detail: String) -> Self {
        self.with_detail(problem::shorten(detail))
    }

    /// Adds an extension member with a text that quotes the request. A long text is cut.
    pub(crate) fn with_text_extension(mut self, name: &str, text: String) -> Self {
        self.problem_mut().set_text_extension(name, problem::shorten(text));
        self
    }

    /// Returns the status of the response.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the problem document of the response.
    pub fn problem(&self) -> Cow<'_, Problem> {
        match &self.details {
            Some(details) => Cow::Borrowed(&details.problem),
            None => Cow::Owned(Problem::new(self.status)),
        }
    }

    /// Returns the headers of the response besides its content type and `Cache-Control`.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.details.as_ref().map(|details| &details.headers)
    }

    /// Returns the source: the underlying error.
    pub fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.details.as_ref()?.source.as_deref()?;
        Some(source)
    }

    /// The problem document of the response, as JSON.
    pub(crate) fn to_json(&self) -> Bytes {
        match &self.details {
            Some(details) => details.problem.to_json(),
            None => Problem::plain_json(self.status),
        }
    }

    /// Whether the error has more than a status.
    pub(crate) fn has_details(&self) -> bool {
        self.details.is_some()
    }

    fn problem_mut(&mut self) -> &mut Problem {
        &mut self.details_mut().problem
    }

    fn details_mut(&mut self) -> &mut Details {
        let status = self.status;
        let details = self.details.get_or_insert_with(|| {
            Arc::new(Details { problem: Problem::new(status), headers: HeaderMap::new(), source: None, response: None })
        });
        Arc::make_mut(details)
    }
}

/// An error that `?` converts into an [`Error`].
///
/// Each `std::error::Error` is one. With this trait, the compiler can say how to convert another type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not convert into a `route_handlers::Error`",
    label = "`?` converts a `std::error::Error + Send + Sync`: write `.map_err(Error::internal)?`, or implement that trait for a type of your own"
)]
pub trait Convertible: Into<BoxError> {}

#[diagnostic::do_not_recommend]
impl<E: StdError + Send + Sync + 'static> Convertible for E {}

impl<E: Convertible> From<E> for Error {
    fn from(source: E) -> Self {
        let source: BoxError = source.into();
        if source.is::<BodyError>() {
            return Self::from_boxed(source, StatusCode::INTERNAL_SERVER_ERROR);
        }
        Self::internal(source)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        let mut error = Self::new(problem.status());
        error.details_mut().problem = problem;
        error
    }
}

/// Boxes the error, so that a stream can fail with it. Before the first byte of the stream, it is sent as its own response.
///
/// ```
/// use http::StatusCode;
/// use route_handlers::body::BoxError;
/// use route_handlers::Error;
///
/// let error = BoxError::from(Error::new(StatusCode::GONE).with_detail("no longer kept"));
/// assert_eq!(error.to_string(), "410 Gone: no longer kept");
/// ```
impl From<Error> for Box<dyn StdError + Send + Sync> {
    fn from(error: Error) -> Self {
        Box::new(Boxed(error))
    }
}

/// An [`Error`] inside a `BoxError`.
#[derive(Debug)]
struct Boxed(Error);

impl StdError for Boxed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

impl fmt::Display for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("status", &self.status).field("details", &self.details).finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = self.problem();
        write!(f, "{} {}", self.status.as_u16(), problem.title())?;
        if let Some(detail) = problem.detail() {
            write!(f, ": {detail}")?;
        }
        Ok(())
    }
}
