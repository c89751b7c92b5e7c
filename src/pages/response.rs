//! The response of a pages-style handler.

use std::fmt;

use bytes::Bytes;
use futures_core::TryStream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION};
use http::{Method, StatusCode};
use serde::Serialize;

use crate::body::{Body, BoxError};
use crate::entity_tag::{EntityTag, EntityTags};
use crate::error::Error;
use crate::headers::Names;
use crate::platform::MaybeSend;
use crate::request::Request;
use crate::response::{IntoResponse, Redirect, Response, SetCookie};

/// The content type of bytes without a known format (RFC 2046 §4.5.1).
const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// Builds the response of a pages-style handler: Next.js's `NextApiResponse`. `json`, `send`, `redirect` and `end` finish it.
///
/// An invalid status or header makes the response a 500 problem. A response with content has an `ETag`, and a GET or HEAD
/// from a client that already has this content gets a 304.
///
/// The tag is that of Next.js. It has 52 bits, so an attacker can make two contents with one tag. If that matters, set your
/// own `ETag`, or return a [`Response`] without one under [`Route::etag`](crate::Route::etag), which hashes with SHA-256.
///
/// ```
/// use route_handlers::pages::pages;
///
/// let responses = pages(async |req, res| match req.query().get("as") {
///     Some("json") => res.status(201).json(&[1, 2]),
///     Some("page") => res.header("cache-control", "no-store").html("<p>hello</p>"),
///     Some("cookie") => res.cookie(("theme", "dark")).send("set"),
///     Some("away") => res.redirect("/"),
///     Some("bytes") => res.append_header("vary", "accept").send_bytes(&b"\0\xff"[..]),
///     Some("gone") => res.redirect_with(301, "/new"),
///     Some("text") => res.text("hello"),
///     _ => res.status(400).end(""),
/// });
/// ```
#[must_use]
pub struct PagesResponse {
    response: Response,
    fault: Option<Error>,
    is_conditional: bool,
    if_none_match: Vec<HeaderValue>,
}

impl PagesResponse {
    pub(super) fn to(request: &Request) -> Self {
        let headers = request.headers();
        let mut directives =
            headers.get_all(CACHE_CONTROL).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
        let is_reload = directives.any(|directive| directive.trim_ascii() == b"no-cache");
        Self {
            response: Response::default(),
            fault: None,
            is_conditional: !is_reload && matches!(*request.method(), Method::GET | Method::HEAD),
            if_none_match: headers.get_all(IF_NONE_MATCH).iter().cloned().collect(),
        }
    }

    /// Sets the status.
    pub fn status(mut self, status: u16) -> Self {
        match StatusCode::from_u16(status) {
            Ok(status) => *self.response.status_mut() = status,
            Err(error) => self.fault = Some(error.into()),
        }
        self
    }

    /// Sets a header, and replaces its earlier values.
    pub fn header<N, V>(self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>,
    {
        self.with_header(name, value, |headers, name, value| drop(headers.insert(name, value)))
    }

    /// Adds a header, and keeps its earlier values.
    pub fn append_header<N, V>(self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>,
    {
        self.with_header(name, value, |headers, name, value| {
            headers.append(name, value);
        })
    }

    fn with_header<N, V>(mut self, name: N, value: V, put: impl FnOnce(&mut HeaderMap, HeaderName, HeaderValue)) -> Self
    where
        N: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>,
    {
        match (name.try_into().map_err(Into::into), value.try_into().map_err(Into::into)) {
            (Ok(name), Ok(value)) => put(self.response.headers_mut(), name, value),
            (Err(error), _) | (_, Err(error)) => self.fault = Some(error.into()),
        }
        self
    }

    /// Sets a cookie.
    pub fn cookie(mut self, cookie: impl Into<SetCookie>) -> Self {
        match cookie.into().to_header() {
            Ok(line) => drop(self.response.headers_mut().append(http::header::SET_COOKIE, line)),
            Err(error) => self.fault = Some(error),
        }
        self
    }

    /// Responds with a value as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Response {
        const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
        match serde_json::to_string(value) {
            Ok(json) => {
                self.response.headers_mut().insert(CONTENT_TYPE, JSON);
                self.send(json)
            }
            Err(error) => Error::from(error).into_response(),
        }
    }

    /// Responds with a text. Its content type is the one that was set, if any.
    pub fn send(self, text: impl Into<String>) -> Response {
        let text = text.into();
        let mut tag = Tag::new();
        tag.add(&text);
        self.send_tagged(tag, text.into())
    }

    /// Responds with bytes: `application/octet-stream`, unless a content type was set.
    pub fn send_bytes(mut self, bytes: impl Into<Bytes>) -> Response {
        let bytes = bytes.into();
        self.response.headers_mut().entry(CONTENT_TYPE).or_insert(OCTETS);
        // Next.js computes the tag over the JSON of a `Buffer`.
        let mut tag = Tag::new();
        tag.add(r#"{"type":"Buffer","data":["#);
        for (index, byte) in bytes.iter().enumerate() {
            tag.add(if index == 0 { "" } else { "," });
            tag.add(&byte.to_string());
        }
        tag.add("]}");
        self.send_tagged(tag, bytes.into())
    }

    /// Responds with a stream of chunks, like [`Body::from_stream`].
    ///
    /// The content type is `application/octet-stream`, unless one was set. The response has no `ETag`.
    ///
    /// ```
    /// use futures_util::{StreamExt, stream};
    /// use route_handlers::pages::pages;
    ///
    /// let count = pages(async |_, res| {
    ///     let lines = stream::iter(1..=3).map(|n| Ok::<_, std::io::Error>(format!("{n}\n")));
    ///     res.header("content-type", "text/plain").send_stream(lines)
    /// });
    /// ```
    pub fn send_stream<S>(mut self, stream: S) -> Response
    where
        S: TryStream<Ok: Into<Bytes>, Error: Into<BoxError>> + MaybeSend + 'static,
    {
        if self.has_no_content() {
            return self.end(Body::empty());
        }
        self.response.headers_mut().entry(CONTENT_TYPE).or_insert(OCTETS);
        self.end(Body::from_stream(stream))
    }

    /// Returns whether the status forbids content, and removes the content type if so.
    fn has_no_content(&mut self) -> bool {
        let has_none = matches!(self.response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        if has_none {
            self.response.headers_mut().remove(CONTENT_TYPE);
        }
        has_none
    }

    fn send_tagged(mut self, tag: Tag, content: Body) -> Response {
        if self.has_no_content() {
            return self.end(Body::empty());
        }
        let etag = self.response.headers_mut().entry(ETAG).or_insert_with(|| tag.into_header()).clone();
        let is_known = EntityTags::parse(&self.if_none_match)
            .is_some_and(|known| known.contain(EntityTag::parse(&etag), EntityTag::is_weakly));
        if self.is_conditional && self.response.status().is_success() && is_known {
            *self.response.status_mut() = StatusCode::NOT_MODIFIED;
            return self.end(Body::empty());
        }
        self.end(content)
    }

    /// Responds with a text as `text/plain`.
    pub fn text(self, text: impl Into<String>) -> Response {
        self.header(CONTENT_TYPE, "text/plain; charset=utf-8").send(text)
    }

    /// Responds with a text as `text/html`.
    pub fn html(self, html: impl Into<String>) -> Response {
        self.header(CONTENT_TYPE, "text/html; charset=utf-8").send(html)
    }

    /// Redirects to another URL with 307. The content is the URL.
    pub fn redirect(self, location: impl AsRef<str>) -> Response {
        self.redirect_with(StatusCode::TEMPORARY_REDIRECT.as_u16(), location)
    }

    /// Redirects to another URL with this status, which must be a redirect's: 301, 302, 303, 307 or 308.
    pub fn redirect_with(self, status: u16, location: impl AsRef<str>) -> Response {
        let location = location.as_ref();
        let status_code = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        let redirect = Redirect::with_status(status_code, location).into_response();
        match redirect.headers().get(LOCATION).cloned() {
            Some(line) => self.status(status).header(LOCATION, line).end(location.to_owned()),
            None => redirect, // a 500: the status or the location is invalid
        }
    }

    /// Responds with this content, and the status and headers that were set.
    pub fn end(mut self, content: impl Into<Body>) -> Response {
        match self.fault {
            Some(fault) => fault.into_response(),
            None => {
                *self.response.body_mut() = content.into();
                self.response
            }
        }
    }
}

/// Omits the values of headers and the content, which may be secrets.
impl fmt::Debug for PagesResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagesResponse")
            .field("status", &self.response.status())
            .field("headers", &Names(self.response.headers()))
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

/// Next.js's `ETag` of a text: 52 bits of FNV-1a over its UTF-16 units, then their number, both in base 36.
struct Tag {
    hash: u64,
    length: u64,
}

impl Tag {
    fn new() -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, length: 0 }
    }

    fn add(&mut self, text: &str) {
        for unit in text.encode_utf16() {
            self.hash = (self.hash ^ u64::from(unit)).wrapping_mul(0x0100_0000_01b3);
            self.length += 1;
        }
    }

    fn into_header(self) -> HeaderValue {
        let folded = (self.hash & 0x000f_ffff_ffff_ffff) ^ (self.hash >> 52);
        let etag = format!("\"{}{}\"", base36(folded), base36(self.length));
        HeaderValue::try_from(etag).expect("letters and digits are a valid header value")
    }
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(number % 36).unwrap_or_default();
        digits.extend(char::from_digit(digit, 36));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}
