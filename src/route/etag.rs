//! Conditional requests for the responses of a route.

use std::sync::Arc;
use std::time::SystemTime;

use http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, AGE, CONTENT_ENCODING, ETAG, EXPIRES, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE, LAST_MODIFIED, PRAGMA,
};
use http::{Method, StatusCode};

use crate::body::Body;
use crate::entity_tag::{EntityTag, EntityTags};
use crate::error::Error;
use crate::finalize::BoxedResponse;
use crate::handler::{Erased, Run, Wrapper};
use crate::headers;
use crate::request::Incoming;
use crate::response::{IntoResponse, Response};
use crate::route::Route;

impl Route {
    /// Evaluates the preconditions of a GET or HEAD (RFC 9110 §13), so that an unchanged response is 304.
    ///
    /// The order is that of §13.2.2: a response with status 2xx becomes 304 or 412 if the preconditions do not hold.
    ///
    /// A 200 of the GET handler that is whole in memory and has no `ETag` gets one. It is a SHA-256 hash of the content, so
    /// every instance of the program computes the same tag. If a handler sets `ETag` or `Last-Modified`, these are used.
    /// Without an `ETag` the tag of other responses is unknown, such as a 206 or that of a HEAD handler: then no tag in the
    /// request is compared.
    ///
    /// The tag is strong, unless the request accepts a content coding and the response has none yet. A layer outside, such
    /// as `CompressionLayer`, may encode the response, and one strong tag must not name two codings (§8.8.3.3). If you set
    /// your own tag under such a layer, make it weak too. A `CompressionLayer` outside adds `Vary` to the responses that it
    /// encodes, but not to a 304, which needs it too (§15.4.5): set `Vary: accept-encoding` in the handler.
    ///
    /// The methods that the route has **so far** get this, with the layers around them. A layer that is added later sees the
    /// 304. [`ranges`](Self::ranges) comes after this.
    ///
    /// The handler always runs: only the transfer is saved. A 304 or 412 has the headers that the handler and its layers set,
    /// except those that describe the content. A 412 also has no header that says how to save the content, how to get a part
    /// of it, or how long to keep it. For other methods the handler must evaluate the preconditions itself, before it changes
    /// anything.
    ///
    /// # Panics
    ///
    /// If a method has [`ranges`](Self::ranges) already: the tag of a part is the tag of the whole content.
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
    #[track_caller]
    pub fn etag(mut self) -> Self {
        for entry in &mut self.methods {
            if matches!(entry.method, None | Some(Method::GET | Method::HEAD)) {
                let has_ranges = entry.handler.wrappers().iter().any(|wrapper| matches!(wrapper, Wrapper::Ranges));
                assert!(!has_ranges, "the tag of a part must be that of the whole: call `etag` before `ranges`");
                let is_for_get = entry.method == Some(Method::GET);
                let handler = entry.handler.clone().wrap(|handler| Conditional { handler, is_for_get });
                entry.handler = handler.listing(Wrapper::Etag);
            }
        }
        self
    }
}

/// A handler whose responses have validators.
struct Conditional {
    handler: Erased,
    /// Whether the handler is registered for GET: then it makes the content of a GET, even for a HEAD request.
    is_for_get: bool,
}

impl Run for Conditional {
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        let head = incoming.head();
        if !matches!(*head.method, Method::GET | Method::HEAD) {
            return self.handler.start(incoming);
        }
        let makes_content = self.is_for_get || *head.method == Method::GET;
        let conditions = Conditions::of(head.headers, makes_content);
        // The tag is made from the content of the GET, so the content of a HEAD response is dropped only afterwards.
        let response = self.handler.start_inner(incoming);
        Box::pin(async move {
            let Ok(response) = response.await;
            conditions.apply(response)
        })
    }
}

/// The preconditions of a request.
pub(super) struct Conditions {
    if_match: Vec<HeaderValue>,
    if_none_match: Vec<HeaderValue>,
    if_unmodified_since: Option<SystemTime>,
    if_modified_since: Option<SystemTime>,
    /// Whether the response has the content of a GET. A tag is made only from this content.
    has_content: bool,
    accepts_coding: bool,
}

impl Conditions {
    pub(super) fn of(headers: &HeaderMap, has_content: bool) -> Self {
        let lines = |name: HeaderName| headers.get_all(name).iter().cloned().collect();
        Self {
            if_match: lines(IF_MATCH),
            if_none_match: lines(IF_NONE_MATCH),
            if_unmodified_since: date(headers, &IF_UNMODIFIED_SINCE),
            if_modified_since: date(headers, &IF_MODIFIED_SINCE),
            has_content,
            accepts_coding: accepts_coding(headers),
        }
    }

    fn apply(&self, mut response: Response) -> Response {
        if !response.status().is_success() {
            return response;
        }
        let is_whole = self.has_content && response.status() == StatusCode::OK;
        if is_whole && !response.headers().contains_key(ETAG) {
            if let Some(content) = response.body().whole() {
                let may_be_encoded = self.accepts_coding && !response.headers().contains_key(CONTENT_ENCODING);
                let etag = make_etag(content, may_be_encoded);
                response.headers_mut().insert(ETAG, etag);
            }
        }
        match self.evaluate(response.headers(), is_whole) {
            Some(StatusCode::NOT_MODIFIED) => not_modified(response),
            Some(status) => failed(Error::new(status), response),
            None => response,
        }
    }

    /// Whether the content of a GET must not be sent, not even a part of it.
    pub(super) fn have_failed(&self, response: &HeaderMap) -> bool {
        self.evaluate(response, true) == Some(StatusCode::PRECONDITION_FAILED)
    }

    /// The status if the preconditions do not hold (RFC 9110 §13.2.2). A malformed list has no tags.
    ///
    /// If the representation is not whole here, its tag may be unknown: then the tags of a list are not compared.
    fn evaluate(&self, response: &HeaderMap, is_whole: bool) -> Option<StatusCode> {
        let etag = response.get(ETAG).and_then(EntityTag::parse);
        let is_unknown = etag.is_none() && !is_whole;
        let modified = date(response, &LAST_MODIFIED);
        if !self.if_match.is_empty() {
            let tags = EntityTags::parse(&self.if_match);
            if !tags.is_some_and(|tags| is_unknown || tags.contain(etag, EntityTag::is_strongly)) {
                return Some(StatusCode::PRECONDITION_FAILED);
            }
        } else if let Some((modified, since)) = modified.zip(self.if_unmodified_since) {
            if modified > since {
                return Some(StatusCode::PRECONDITION_FAILED);
            }
        }
        let is_known = if self.if_none_match.is_empty() {
            self.if_modified_since.zip(modified).is_some_and(|(since, modified)| modified <= since)
        } else {
            EntityTags::parse(&self.if_none_match).is_some_and(|tags| tags.contain(etag, EntityTag::is_weakly))
        };
        is_known.then_some(StatusCode::NOT_MODIFIED)
    }
}

/// The date in a header. It is ignored if it is invalid or given twice (RFC 9110 §13.1.3, §13.1.4).
pub(super) fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let mut lines = headers.get_all(name).iter();
    let date = parse_date(lines.next()?)?;
    lines.next().is_none().then_some(date)
}

pub(super) fn parse_date(value: &HeaderValue) -> Option<SystemTime> {
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

/// Whether `Accept-Encoding` names a coding other than `identity` that is not refused by `q=0` (RFC 9110 §12.5.3).
fn accepts_coding(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).iter();
    let mut codings = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    codings.any(|coding| {
        let mut parts = coding.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let name = parts.next().unwrap_or_default();
        let is_refused = parts.any(|part| {
            let weight = part.strip_prefix(b"q=").or(part.strip_prefix(b"Q="));
            weight.is_some_and(|weight| !weight.is_empty() && weight.iter().all(|byte| matches!(byte, b'0' | b'.')))
        });
        !name.is_empty() && !name.eq_ignore_ascii_case(b"identity") && !is_refused
    })
}

/// Turns a response into a 304 without content, and without the headers that describe its content. `Last-Modified` stays if
/// there is no `ETag`, because a cache then needs it for its update (RFC 9110 §15.4.5).
fn not_modified(mut response: Response) -> Response {
    let has_etag = response.headers().contains_key(ETAG);
    let is_left_out = |name: &HeaderName| headers::describes_content(name) || (has_etag && *name == LAST_MODIFIED);
    let left_out: Vec<_> = response.headers().keys().filter(|name| is_left_out(name)).cloned().collect();
    for name in left_out {
        response.headers_mut().remove(name);
    }
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    *response.body_mut() = Body::empty();
    response
}

/// Turns a response into a problem document. It keeps the headers, except those that belong to the content or to the
/// representation. They become headers of the error, so that they stay if `on_error` shapes it.
pub(super) fn failed(error: Error, response: Response) -> Response {
    let (parts, _) = response.into_parts();
    let is_kept = |name: &HeaderName| !headers::belongs_to_content(name) && !is_of_representation(name);
    let kept = parts.headers.iter().filter(|(name, _)| is_kept(name));
    let error = kept.fold(error, |error, (name, value)| error.with_header(name.clone(), value.clone()));
    let mut failed = error.into_response();
    let own = std::mem::replace(failed.extensions_mut(), parts.extensions);
    failed.extensions_mut().extend(own);
    failed
}

/// Whether a header identifies or dates the representation, offers parts of it (RFC 9110 §14.3), or says how long a cache may
/// keep it. The last group includes headers for one kind of cache, such as `CDN-Cache-Control` (RFC 9213).
fn is_of_representation(name: &HeaderName) -> bool {
    const NAMES: [HeaderName; 6] = [ACCEPT_RANGES, AGE, ETAG, EXPIRES, LAST_MODIFIED, PRAGMA];
    let text = name.as_str();
    NAMES.contains(name) || text.ends_with("cache-control") || text == "surrogate-control"
}

/// The first 192 bits of the content's SHA-256 hash, in hexadecimal digits.
fn make_etag(content: &[u8], is_weak: bool) -> HeaderValue {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let hash = hmac_sha256::Hash::hash(content);
    let mut etag = Vec::with_capacity(52);
    etag.extend_from_slice(if is_weak { b"W/\"" } else { b"\"" });
    for byte in &hash[..24] {
        etag.extend([byte >> 4, byte & 0xf].map(|digit| DIGITS[usize::from(digit)]));
    }
    etag.push(b'"');
    HeaderValue::from_maybe_shared(bytes::Bytes::from(etag)).expect("hexadecimal digits are a valid header value")
}
