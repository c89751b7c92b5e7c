//! The hook that shapes failed answers.

use std::fmt;
use std::sync::Arc;

use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue, Method, Uri};

use crate::catch_panic::catch_panic;
use crate::error::Error;
use crate::headers::{self, Names};
use crate::log;
use crate::response::{NO_STORE, Response, render};
use crate::routing::Pattern;

/// What is known of the request whose answer is an [`Error`], for [`on_error`](crate::RouteHandlers::on_error).
///
/// ```
/// use route_handlers::{Error, ErrorContext, IntoResponse, Response, RouteHandlers};
///
/// fn shape(error: Error, context: &ErrorContext<'_>) -> Response {
///     let wants_json = context.headers().get("accept").is_some_and(|accept| accept == "application/json");
///     match context.matched_route() {
///         Some(_) if wants_json => error.into_response(),
///         _ => (error.status(), format!("{} {}: {error}", context.method(), context.uri())).into_response(),
///     }
/// }
///
/// let api = RouteHandlers::new().on_error(shape);
/// ```
#[derive(Clone, Copy)]
pub struct ErrorContext<'a> {
    pub(crate) method: &'a Method,
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) matched_route: Option<&'a str>,
    pub(crate) allow: Option<&'a HeaderValue>,
}

impl ErrorContext<'_> {
    /// The method of the request.
    pub fn method(&self) -> &Method {
        self.method
    }

    /// The target of the request.
    pub fn uri(&self) -> &Uri {
        self.uri
    }

    /// The headers of the request: what the client accepts, its language, …
    pub fn headers(&self) -> &HeaderMap {
        self.headers
    }

    /// The pattern that matched, if one did.
    pub fn matched_route(&self) -> Option<&str> {
        self.matched_route
    }

    /// What a 405 allows. The answer carries it as `Allow` whether or not the hook sets it.
    pub fn allow(&self) -> Option<&HeaderValue> {
        self.allow
    }
}

/// What [`on_error`](crate::RouteHandlers::on_error) was given.
#[derive(Clone)]
pub(crate) struct ErrorHook(Arc<dyn OnError>);

/// All that is done with a hook is behind it, so that a program without one has none of it.
trait OnError: Send + Sync {
    fn answer(&self, error: Error, context: &ErrorContext<'_>) -> Response;

    fn keep(&self, own: &ErrorHook, head: (&Method, &Uri, &HeaderMap), pattern: &Arc<Pattern>) -> Hooked;
}

impl<F: Fn(Error, &ErrorContext<'_>) -> Response + Send + Sync> OnError for F {
    fn answer(&self, error: Error, context: &ErrorContext<'_>) -> Response {
        or_own(error, |error| self(error, context))
    }

    fn keep(&self, own: &ErrorHook, head: (&Method, &Uri, &HeaderMap), pattern: &Arc<Pattern>) -> Hooked {
        Hooked::new(own, head, pattern)
    }
}

/// The hook's response with the headers that a failure needs; the error's own response if the hook panics.
fn or_own(error: Error, hook: impl FnOnce(Error) -> Response) -> Response {
    let own = error.clone();
    match catch_panic(|| hook(error)) {
        Ok(mut response) => {
            carry(&own, &mut response);
            response
        }
        Err(panic) => {
            log::failure(&Error::from(panic));
            render(&own)
        }
    }
}

/// Adds headers that the hook has not set. The headers of the error, such as `WWW-Authenticate` (RFC 9110 §11.6.1), are
/// added if the status is still that of the error. `no-store` is added to every failure (RFC 9111 §4.2.2).
fn carry(error: &Error, response: &mut Response) {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return;
    }
    let headers = response.headers_mut();
    if let Some(own) = error.headers().filter(|_| status == error.status()) {
        for name in own.keys().filter(|name| !headers::describes_content(name)) {
            if !headers.contains_key(name) {
                for value in own.get_all(name) {
                    headers.append(name.clone(), value.clone());
                }
            }
        }
    }
    headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
}

impl ErrorHook {
    pub(crate) fn new<F>(hook: F) -> Self
    where
        F: Fn(Error, &ErrorContext<'_>) -> Response + Send + Sync + 'static,
    {
        Self(Arc::new(hook))
    }

    /// The answer to a failure.
    pub(crate) fn answer(&self, error: Error, context: &ErrorContext<'_>) -> Response {
        self.0.answer(error, context)
    }

    /// The hook for what will answer this request.
    pub(crate) fn keep(&self, head: (&Method, &Uri, &HeaderMap), pattern: &Arc<Pattern>) -> Hooked {
        self.0.keep(self, head, pattern)
    }
}

/// Prints neither the query nor the values of headers: they may be secrets.
impl fmt::Debug for ErrorContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorContext")
            .field("method", self.method)
            .field("path", &self.uri.path())
            .field("headers", &Names(self.headers))
            .field("matched_route", &self.matched_route)
            .field("allow", &self.allow)
            .finish()
    }
}

impl fmt::Debug for ErrorHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorHook").finish_non_exhaustive()
    }
}

/// The hook of a request, and what it will want to know of it when a handler has it.
#[derive(Debug)]
pub(crate) struct Hooked {
    hook: ErrorHook,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    pattern: Arc<Pattern>,
}

impl Hooked {
    fn new(hook: &ErrorHook, (method, uri, headers): (&Method, &Uri, &HeaderMap), pattern: &Arc<Pattern>) -> Self {
        Self {
            hook: hook.clone(),
            method: method.clone(),
            uri: uri.clone(),
            headers: headers.clone(),
            pattern: Arc::clone(pattern),
        }
    }

    pub(crate) fn answer(&self, error: Error) -> Response {
        let Self { hook, method, uri, headers, pattern } = self;
        hook.answer(error, &ErrorContext { method, uri, headers, matched_route: Some(pattern.as_str()), allow: None })
    }
}
