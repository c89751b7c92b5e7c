//! Range requests for the responses of a route.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_RANGE,
    LAST_MODIFIED, RANGE,
};
use http::{Method, StatusCode};

use crate::body::Part;
use crate::byte_range::{Selected, select};
use crate::entity_tag::EntityTag;
use crate::error::Error;
use crate::finalize::BoxedResponse;
use crate::handler::{Erased, Run, Wrapper};
use crate::request::Incoming;
use crate::response::Response;
use crate::route::Route;
use crate::route::etag::{Conditions, date, failed, parse_date};

impl Route {
    /// Sends parts of the responses to a GET with `Range` (RFC 9110 §14), so that a client can resume a download, or seek in a
    /// film.
    ///
    /// Parts are made of a 200 of the GET handler with a body that is whole in memory, or that is made by
    /// [`Body::from_ranges`](crate::Body::from_ranges) or `Body::seekable` (feature `tokio`). Such a response has
    /// `Accept-Ranges: bytes`, also to a HEAD. Any other response is not changed.
    ///
    /// | request | response |
    /// |---|---|
    /// | one range of bytes | 206 with `Content-Range` |
    /// | several ranges, at most 64 | 206 with `multipart/byteranges`. Ranges that overlap or touch are sent as one |
    /// | ranges beyond the end of the content only | 416 with `Content-Range: bytes */N` |
    /// | a range, and an `If-Match` or `If-Unmodified-Since` that does not hold | 412 |
    /// | an invalid `Range`, another unit, or more ranges | the whole 200 |
    /// | an `If-Range` that is not the `ETag` or the `Last-Modified` of the response | the whole 200 |
    ///
    /// A client can resume a download safely only if the response has a validator: an `ETag` that is strong (§13.1.5), or
    /// `Last-Modified`. Call [`etag`](Self::etag) before this. It evaluates the conditions on the whole response, and a part has
    /// the tag of the whole. The tag that it makes for a client that accepts a content coding is weak: for downloads in
    /// browsers set your own `ETag` or `Last-Modified` in the handler.
    ///
    /// Ranges count the bytes that the client receives. A layer that encodes responses, such as `CompressionLayer`, belongs
    /// **after** this: it leaves a 206 with one range as it is, and removes `Accept-Ranges` where it encodes. Keep it from a 206 with
    /// several ranges by its predicate: `compress_when(DefaultPredicate::new().and(NotForContentType::new("multipart/byteranges")))`.
    /// Before this, it turns the body into a stream of unknown length, which is sent whole.
    ///
    /// The methods that the route has **so far** get this: the handler of GET, or that of [`any`](Self::any) for GET.
    ///
    /// ```
    /// use http::Request;
    /// use route_handlers::{Body, RouteHandlers, get};
    /// use tower::ServiceExt;
    ///
    /// # tokio_test::block_on(async {
    /// let api = RouteHandlers::new().route("/alphabet", get(async || "abcdefghijklmnopqrstuvwxyz").etag().ranges());
    /// let request = Request::get("/alphabet").header("range", "bytes=-3").body(Body::empty())?;
    /// let part = api.oneshot(request).await?;
    /// assert_eq!(part.status(), 206);
    /// assert_eq!(part.headers()["content-range"], "bytes 23-25/26");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn ranges(mut self) -> Self {
        for entry in &mut self.methods {
            if matches!(entry.method, None | Some(Method::GET)) {
                let is_for_get = entry.method == Some(Method::GET);
                let handler = entry.handler.clone().wrap(|handler| Ranged { handler, is_for_get });
                entry.handler = handler.listing(Wrapper::Ranges);
            }
        }
        self
    }
}

/// A handler that can send parts of its responses.
struct Ranged {
    handler: Erased,
    /// Whether the handler is registered for GET: then it makes the content of a GET, even for a HEAD request.
    is_for_get: bool,
}

impl Run for Ranged {
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        let head = incoming.head();
        let request = match *head.method {
            Method::GET => RangeRequest::of(head.headers),
            Method::HEAD if self.is_for_get => None, // §14.2: a range of a HEAD is ignored
            _ => return self.handler.start(incoming),
        };
        let response = self.handler.start_inner(incoming);
        Box::pin(async move {
            let Ok(response) = response.await;
            respond(request, response)
        })
    }
}

/// The range that a request asks for.
struct RangeRequest {
    conditions: Conditions,
    range: HeaderValue,
    if_range: Vec<HeaderValue>,
}

impl RangeRequest {
    /// `None` if there is no `Range`. Two of them are no list, so they are ignored too.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let lines = |name: HeaderName| headers.get_all(name).iter().cloned().collect::<Vec<_>>();
        let Ok([range]) = <[HeaderValue; 1]>::try_from(lines(RANGE)) else { return None };
        Some(Self { conditions: Conditions::of(headers, true), range, if_range: lines(IF_RANGE) })
    }

    /// Whether the client has parts of this response, or needs none (§13.1.5).
    fn applies_to(&self, response: &HeaderMap) -> bool {
        match self.if_range.as_slice() {
            [] => true,
            [validator] => match EntityTag::parse(validator) {
                Some(tag) => response.get(ETAG).and_then(EntityTag::parse).is_some_and(|own| own.is_strongly(tag)),
                None => date(response, &LAST_MODIFIED).is_some_and(|modified| parse_date(validator) == Some(modified)),
            },
            _ => false,
        }
    }
}

fn respond(request: Option<RangeRequest>, mut response: Response) -> Response {
    let is_offered = response.headers().get(ACCEPT_RANGES).is_none_or(|units| units == "bytes");
    let is_whole = response.status() == StatusCode::OK && !response.headers().contains_key(CONTENT_RANGE);
    if !is_whole || !is_offered {
        return response;
    }
    let Some(length) = response.body_mut().seekable_length() else { return response };
    response.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let Some(request) = request else { return response };
    if request.conditions.have_failed(response.headers()) {
        return failed(Error::new(StatusCode::PRECONDITION_FAILED), response);
    }
    if !request.applies_to(response.headers()) {
        return response;
    }
    match select(&request.range, length) {
        Selected::Whole => response,
        Selected::Nothing => {
            let error = Error::new(StatusCode::RANGE_NOT_SATISFIABLE)
                .with_detail(format!("the content has {length} bytes"))
                .with_header(CONTENT_RANGE, value(format!("bytes */{length}")));
            failed(error, response)
        }
        Selected::Ranges(ranges) => partial(response, ranges, length),
    }
}

/// Turns a 200 into a 206 with these ranges of its content (§15.3.7).
fn partial(mut response: Response, ranges: Vec<Range<u64>>, length: u64) -> Response {
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    for digest_of_message in ["content-digest", "content-md5"] {
        headers.remove(digest_of_message);
    }
    let parts = match <[Range<u64>; 1]>::try_from(ranges) {
        Ok([range]) => {
            headers.insert(CONTENT_RANGE, value(content_range(&range, length)));
            vec![Part::Range(range)]
        }
        Err(ranges) => {
            let boundary = boundary();
            let multipart = value(format!("multipart/byteranges; boundary={boundary}"));
            let content_type = headers.insert(CONTENT_TYPE, multipart);
            multipart_of(ranges, length, &boundary, content_type.as_ref())
        }
    };
    let body = std::mem::take(response.body_mut());
    *response.body_mut() = body.into_parts(parts);
    response
}

/// The parts of a `multipart/byteranges` content (§14.6).
fn multipart_of(ranges: Vec<Range<u64>>, length: u64, boundary: &str, content_type: Option<&HeaderValue>) -> Vec<Part> {
    let mut parts = Vec::with_capacity(ranges.len() * 2 + 1);
    let mut line_break = "";
    for range in ranges {
        let mut head = format!("{line_break}--{boundary}\r\n").into_bytes();
        if let Some(content_type) = content_type {
            head.extend_from_slice(b"content-type: ");
            head.extend_from_slice(content_type.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(format!("content-range: {}\r\n\r\n", content_range(&range, length)).as_bytes());
        parts.extend([Part::Bytes(head.into()), Part::Range(range)]);
        line_break = "\r\n";
    }
    parts.push(Part::Bytes(Bytes::from(format!("\r\n--{boundary}--\r\n"))));
    parts
}

/// A text that the author of the content cannot know, so that no content can forge the end of its part.
fn boundary() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

/// The value of `Content-Range` (§14.4).
fn content_range(range: &Range<u64>, length: u64) -> String {
    format!("bytes {}-{}/{length}", range.start, range.end - 1)
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("digits and letters are a valid header value")
}
