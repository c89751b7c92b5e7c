//! The last word on every answer: what HTTP does not allow is taken out, and failures go through `on_error`.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use http::header::{CONTENT_LENGTH, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body::Body as _;

use crate::body::Body;
use crate::error::Error;
use crate::log;
use crate::platform::{MaybeSend, MaybeSync};
use crate::response::{IntoResponse, Response, render};

/// What is known of the request whose answer is an [`Error`], for [`on_error`](crate::RouteHandlers::on_error).
#[derive(Clone, Copy, Debug)]
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

trait OnError: MaybeSend + MaybeSync {
    fn answer(&self, error: Error, context: &ErrorContext<'_>) -> Response;
}

impl<F: Fn(Error, &ErrorContext<'_>) -> Response + MaybeSend + MaybeSync> OnError for F {
    fn answer(&self, error: Error, context: &ErrorContext<'_>) -> Response {
        self(error, context)
    }
}

impl ErrorHook {
    pub(crate) fn new<F>(hook: F) -> Self
    where
        F: Fn(Error, &ErrorContext<'_>) -> Response + MaybeSend + MaybeSync + 'static,
    {
        Self(Arc::new(hook))
    }

    /// The hook's answer; the error's own if the hook panics.
    pub(crate) fn answer(&self, error: Error, context: &ErrorContext<'_>) -> Response {
        let fallback = error.clone();
        catch_unwind(AssertUnwindSafe(|| self.0.answer(error, context))).unwrap_or_else(|_| render(&fallback))
    }
}

impl fmt::Debug for ErrorHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorHook").finish_non_exhaustive()
    }
}

/// What is done to a handler's answer.
#[derive(Debug)]
pub(crate) struct Finish {
    head: Head,
    hooked: Option<Box<Hooked>>,
    is_last: bool,
}

/// How a HEAD is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Head {
    /// It is another method.
    No,
    /// By the handler of GET, which makes the content that GET would send.
    ByGet,
    /// By a handler that knows of HEAD, and need not make any content.
    Own,
}

/// The hook, and what it will want to know of a request that the handler has by then.
#[derive(Debug)]
struct Hooked {
    hook: ErrorHook,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    matched_route: Box<str>,
}

impl Finish {
    /// For an answer that others will finish.
    pub(crate) fn nothing() -> Self {
        Self { head: Head::No, hooked: None, is_last: false }
    }

    /// For the answer to this request; asked only of a HEAD is whether its handler makes the content that GET would send.
    pub(crate) fn of(
        request: &Parts,
        content_is_that_of_get: impl FnOnce() -> bool,
        pattern: &str,
        hook: Option<&ErrorHook>,
    ) -> Self {
        let head = match request.method == Method::HEAD {
            false => Head::No,
            true if content_is_that_of_get() => Head::ByGet,
            true => Head::Own,
        };
        let hooked = hook.map(|hook| {
            Box::new(Hooked {
                hook: hook.clone(),
                method: request.method.clone(),
                uri: request.uri.clone(),
                headers: request.headers.clone(),
                matched_route: pattern.into(),
            })
        });
        Self { head, hooked, is_last: true }
    }

    pub(crate) fn apply(self, mut response: Response) -> Response {
        if !self.is_last {
            return response;
        }
        if is_impossible(response.status()) {
            let reason = format!("a handler answered with status {}, which is no final answer", response.status());
            response = Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason).into_response();
        }
        if let Some(error) = response.extensions().get::<Error>() {
            log::failure(error);
            if let Some(hooked) = &self.hooked {
                response = hooked.answer(error.clone());
            }
        }
        drop_forbidden_content(&mut response);
        match self.head {
            Head::No => {}
            Head::ByGet => drop_content(&mut response, true),
            Head::Own => drop_content(&mut response, false),
        }
        response
    }
}

impl Hooked {
    fn answer(&self, error: Error) -> Response {
        let Self { hook, method, uri, headers, matched_route } = self;
        let context = ErrorContext { method, uri, headers, matched_route: Some(matched_route), allow: None };
        hook.answer(error, &context)
    }
}

/// 1xx is no final answer (RFC 9110 §15.2), but for the 101 that ends an upgrade.
fn is_impossible(status: StatusCode) -> bool {
    status.is_informational() && status != StatusCode::SWITCHING_PROTOCOLS
}

/// 204, 205 and 304 have no content (RFC 9110 §15.3.5, §15.3.6, §15.4.5), and the first two no length (§8.6).
pub(crate) fn drop_forbidden_content(response: &mut Response) {
    match response.status() {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => {
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        StatusCode::NOT_MODIFIED => *response.body_mut() = Body::empty(),
        _ => {}
    }
}

/// The answer to HEAD: the head that GET has, with its length if that is known, and no content (RFC 9110 §9.3.2, §8.6).
///
/// Where the handler may have left the content out itself, no content says nothing of the length.
pub(crate) fn drop_content(response: &mut Response, content_is_that_of_get: bool) {
    if matches!(response.status().as_u16(), 101 | 204 | 205 | 304) {
        return;
    }
    let length = response.body().size_hint().exact();
    match length.filter(|length| content_is_that_of_get || *length > 0) {
        Some(length) => {
            response.headers_mut().entry(CONTENT_LENGTH).or_insert(length.into());
            *response.body_mut() = Body::empty();
        }
        None => *response.body_mut() = Body::unsaid(),
    }
}
