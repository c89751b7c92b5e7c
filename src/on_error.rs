//! The hook that customizes error responses.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use http::header::{
    ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONNECTION, CONTENT_RANGE, LINK, SET_COOKIE, UPGRADE, VARY, VIA,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use crate::catch_panic::catch_panic;
use crate::error::Error;
use crate::headers::{self, Names};
use crate::log;
use crate::response::{Identity, NO_STORE, Response, render};
use crate::routing::Pattern;

/// The request that failed, for [`on_error`](crate::RouteHandlers::on_error).
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
    /// Returns the method of the request.
    pub fn method(&self) -> &Method {
        self.method
    }

    /// Returns the target of the request.
    pub fn uri(&self) -> &Uri {
        self.uri
    }

    /// Returns the headers of the request.
    pub fn headers(&self) -> &HeaderMap {
        self.headers
    }

    /// Returns the pattern that matched, if one did.
    pub fn matched_route(&self) -> Option<&str> {
        self.matched_route
    }

    /// Returns the allowed methods, for a 405. The response has them in `Allow` whether or not the hook sets it.
    pub fn allow(&self) -> Option<&HeaderValue> {
        self.allow
    }
}

/// The hook given to [`on_error`](crate::RouteHandlers::on_error).
#[derive(Clone)]
pub(crate) struct ErrorHook(Arc<dyn OnError>);

/// All code that needs a hook is behind this trait, so that a program without hooks does not link it.
trait OnError: Send + Sync {
    fn respond(&self, error: Error, context: &ErrorContext<'_>) -> Response;

    fn keep(&self, own: &ErrorHook, head: (&Method, &Uri, &HeaderMap), pattern: Option<&Arc<Pattern>>) -> Hooked;
}

impl<F: Fn(Error, &ErrorContext<'_>) -> Response + Send + Sync> OnError for F {
    fn respond(&self, error: Error, context: &ErrorContext<'_>) -> Response {
        hook_or_problem(error, context, |error| self(error, context))
    }

    fn keep(&self, own: &ErrorHook, head: (&Method, &Uri, &HeaderMap), pattern: Option<&Arc<Pattern>>) -> Hooked {
        Hooked::new(own, head, pattern)
    }
}

/// The response of the hook, with the headers that an error requires. If the hook panics, the problem document of the error.
fn hook_or_problem(error: Error, context: &ErrorContext<'_>, hook: impl FnOnce(Error) -> Response) -> Response {
    let own = error.clone();
    match catch_panic(|| hook(error)) {
        Ok(mut response) => {
            keep_headers(&own, &mut response);
            response
        }
        Err(panic) => {
            log::failure(&Error::from(panic), context.method, context.matched_route);
            render(&own)
        }
    }
}

/// Adds headers that the hook has not set. The headers of the error, such as `WWW-Authenticate` (RFC 9110 §11.6.1), are
/// added if the status is still that of the error. `no-store` is added to every failure (RFC 9111 §4.2.2).
///
/// Lists such as `Vary` get the members of the error and of the hook. Cookies are compared one by one.
fn keep_headers(error: &Error, response: &mut Response) {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return;
    }
    let headers = response.headers_mut();
    if let Some(own) = error.headers().filter(|_| status == error.status()) {
        for name in own.keys().filter(|name| describes_error(name)) {
            if *name == SET_COOKIE {
                append_missing(headers, name, own, Identity::of_line);
            } else if is_joint_list(name) {
                append_missing(headers, name, own, HeaderValue::clone);
            } else {
                append_missing(headers, name, own, |_| ());
            }
        }
    }
    headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
}

/// Adds the values of the error to a header, except values with the key of an existing value.
fn append_missing<K: Eq + Hash>(
    headers: &mut HeaderMap,
    name: &HeaderName,
    own: &HeaderMap,
    key: impl Fn(&HeaderValue) -> K,
) {
    let known: HashSet<K> = headers.get_all(name).iter().map(&key).collect();
    for value in own.get_all(name).iter().filter(|value| !known.contains(&key(value))) {
        headers.append(name.clone(), value.clone());
    }
}

/// Whether a header describes the error and not the content that the hook replaces. In a 416, `Content-Range` has the length
/// of the requested resource (RFC 9110 §15.5.17).
fn describes_error(name: &HeaderName) -> bool {
    *name == CONTENT_RANGE || !headers::belongs_to_content(name)
}

/// Whether a header is a list to which handlers, layers and hooks each add members.
///
/// Other lists are one statement, such as the challenges of a 401 or the methods of `Allow`: there, the hook replaces the
/// whole list.
fn is_joint_list(name: &HeaderName) -> bool {
    const LISTS: [HeaderName; 6] = [ACCESS_CONTROL_EXPOSE_HEADERS, CONNECTION, LINK, UPGRADE, VARY, VIA];
    LISTS.contains(name)
        || matches!(
            name.as_str(),
            "accept-ch" | "cache-status" | "clear-site-data" | "proxy-status" | "server-timing" | "timing-allow-origin"
        )
}

impl ErrorHook {
    pub(crate) fn new<F>(hook: F) -> Self
    where
        F: Fn(Error, &ErrorContext<'_>) -> Response + Send + Sync + 'static,
    {
        Self(Arc::new(hook))
    }

    /// The response to an error.
    pub(crate) fn respond(&self, error: Error, context: &ErrorContext<'_>) -> Response {
        self.0.respond(error, context)
    }

    /// Keeps the parts of the request that the hook needs if the handler fails.
    pub(crate) fn keep(&self, head: (&Method, &Uri, &HeaderMap), pattern: Option<&Arc<Pattern>>) -> Hooked {
        self.0.keep(self, head, pattern)
    }
}

/// Hides the query and the header values: they may be secrets.
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

/// The hook, and the parts of a request that it needs after the handler has taken the request.
#[derive(Debug)]
pub(crate) struct Hooked {
    hook: ErrorHook,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    pattern: Option<Arc<Pattern>>,
}

impl Hooked {
    fn new(
        hook: &ErrorHook,
        (method, uri, headers): (&Method, &Uri, &HeaderMap),
        pattern: Option<&Arc<Pattern>>,
    ) -> Self {
        Self {
            hook: hook.clone(),
            method: method.clone(),
            uri: uri.clone(),
            headers: headers.clone(),
            pattern: pattern.cloned(),
        }
    }

    pub(crate) fn respond(&self, error: Error) -> Response {
        let Self { hook, method, uri, headers, pattern } = self;
        let matched_route = pattern.as_ref().map(|pattern| pattern.as_str());
        hook.respond(error, &ErrorContext { method, uri, headers, matched_route, allow: None })
    }
}
