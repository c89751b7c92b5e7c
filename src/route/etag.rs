//! Conditional requests for the answers of a route.

use std::sync::Arc;

use http::header::{
    CACHE_CONTROL, CONTENT_LOCATION, DATE, ETAG, EXPIRES, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE, LAST_MODIFIED, SET_COOKIE, VARY,
};
use http::{Method, StatusCode};

use crate::body::Body;
use crate::error::Error;
use crate::extract::Requirements;
use crate::finish::{BoxAnswer, Finish, HeadAnswer};
use crate::handler::{ErasedHandler, SharedHandler, call};
#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::request::Request;
use crate::response::{IntoResponse, Response};
use crate::route::Route;

impl Route {
    /// Answers conditional GETs and HEADs of this route: 304 or 412 where the request's precondition says so, in the
    /// order of RFC 9110 §13.2.2.
    ///
    /// An answer with status 2xx that is whole in memory and has no `ETag` gets a strong one, over its bytes. A handler's
    /// own `ETag` and `Last-Modified` are honoured. The handler runs in any case: what is saved is the sending. Of other
    /// methods the precondition must be looked at before anything is changed, so it is left to the handler.
    ///
    /// ```
    /// use http::Request;
    /// use route_handlers::{Body, RouteHandlers, get};
    /// use tower::ServiceExt;
    ///
    /// # tokio_test::block_on(async {
    /// let api = RouteHandlers::new().route("/news", get(async || "today").etag());
    /// let first = api.clone().oneshot(Request::get("/news").body(Body::empty())?).await?;
    /// let etag = &first.headers()["etag"];
    ///
    /// let again = Request::get("/news").header("if-none-match", etag).body(Body::empty())?;
    /// assert_eq!(api.oneshot(again).await?.status(), 304);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn etag(mut self) -> Self {
        self.options.conditional = Some(|handler| Arc::new(Conditional(handler)));
        self
    }
}

/// A handler whose answers have validators.
struct Conditional(SharedHandler);

impl ErasedHandler for Conditional {
    fn start(self: Arc<Self>, request: Request, finish: &Finish) -> BoxAnswer {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return call(&self.0, request, finish);
        }
        let conditions = Conditions::of(request.headers());
        // HEAD is answered with the validators of GET, so the content is dropped only afterwards.
        let inner = Finish::of(&request, HeadAnswer::Outside);
        let answer = call(&self.0, request, &inner);
        finish.boxed(async move {
            let Ok(response) = answer.await;
            conditions.apply(response)
        })
    }

    fn requirements(&self, requirements: &mut Requirements<'_>) {
        self.0.requirements(requirements);
    }

    #[cfg(feature = "openapi")]
    fn operation(&self) -> Option<&Operation> {
        self.0.operation()
    }
}

/// The preconditions of a request.
#[expect(clippy::struct_field_names, reason = "they are the names of the headers")]
struct Conditions {
    if_match: Option<String>,
    if_none_match: Option<String>,
    if_unmodified_since: Option<HeaderValue>,
    if_modified_since: Option<HeaderValue>,
}

impl Conditions {
    fn of(headers: &HeaderMap) -> Self {
        let list = |name: HeaderName| {
            let lines: Vec<_> = headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
            (!lines.is_empty()).then(|| lines.join(","))
        };
        Self {
            if_match: list(IF_MATCH),
            if_none_match: list(IF_NONE_MATCH),
            if_unmodified_since: headers.get(IF_UNMODIFIED_SINCE).cloned(),
            if_modified_since: headers.get(IF_MODIFIED_SINCE).cloned(),
        }
    }

    fn apply(&self, mut response: Response) -> Response {
        if !response.status().is_success() {
            return response;
        }
        if let Some(etag) = response.body().whole().filter(|_| !response.headers().contains_key(ETAG)).map(strong_etag)
        {
            response.headers_mut().insert(ETAG, etag);
        }
        match self.evaluate(response.headers()) {
            Some(StatusCode::NOT_MODIFIED) => not_modified(response),
            Some(status) => Error::new(status).into_response(),
            None => response,
        }
    }

    /// The status that the preconditions lead to, if they do not hold (RFC 9110 §13.2.2).
    fn evaluate(&self, answer: &HeaderMap) -> Option<StatusCode> {
        let etag = answer.get(ETAG).and_then(|etag| etag.to_str().ok());
        let modified = answer.get(LAST_MODIFIED).and_then(date);
        if let Some(list) = &self.if_match {
            if !entity_tags(list).any(|tag| tag == "*" || (Some(tag) == etag && !tag.starts_with("W/"))) {
                return Some(StatusCode::PRECONDITION_FAILED);
            }
        } else if let Some(since) = self.if_unmodified_since.as_ref().and_then(date) {
            if modified.is_some_and(|modified| modified > since) {
                return Some(StatusCode::PRECONDITION_FAILED);
            }
        }
        let is_known = if let Some(list) = &self.if_none_match {
            let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
            entity_tags(list).any(|tag| tag == "*" || etag.is_some_and(|etag| opaque(etag) == opaque(tag)))
        } else {
            let since = self.if_modified_since.as_ref().and_then(date);
            since.zip(modified).is_some_and(|(since, modified)| modified <= since)
        };
        is_known.then_some(StatusCode::NOT_MODIFIED)
    }
}

/// The tags of a list; a `,` within a tag does not part it (RFC 9110 §8.8.3).
fn entity_tags(list: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    let tags = list.split(move |character| {
        is_quoted ^= character == '"';
        character == ',' && !is_quoted
    });
    tags.map(str::trim).filter(|tag| !tag.is_empty())
}

fn date(value: &HeaderValue) -> Option<std::time::SystemTime> {
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

/// 304 says again what a cache keeps by (RFC 9110 §15.4.5), and cookies; what described the content goes.
fn not_modified(mut response: Response) -> Response {
    const KEPT: [HeaderName; 7] = [CACHE_CONTROL, CONTENT_LOCATION, DATE, ETAG, EXPIRES, VARY, SET_COOKIE];
    let headers = std::mem::take(response.headers_mut());
    for (name, value) in &headers {
        if KEPT.contains(name) {
            response.headers_mut().append(name, value.clone());
        }
    }
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    *response.body_mut() = Body::empty();
    response
}

/// The length and the 128-bit FNV-1a hash of the bytes.
fn strong_etag(content: &[u8]) -> HeaderValue {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = content.iter().fold(BASIS, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME));
    let etag = format!("\"{:x}-{hash:032x}\"", content.len());
    HeaderValue::try_from(etag).expect("hexadecimal digits are a valid header value")
}
