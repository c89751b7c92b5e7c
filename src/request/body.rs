//! Reads the body: once, and at most as many bytes as the limit allows.

use std::any::type_name;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use http::header::Entry;
use http::{HeaderMap, StatusCode, header};
use http_body::{Body as _, Frame};
use serde::de::DeserializeOwned;

use crate::body::{Body, BodyError, BoxError};
use crate::error::{Error, Result};
use crate::request::byte_order_mark::without_mark;
use crate::request::{Request, Whole, fields, media_type, parse_json};

/// The most memory that is reserved for a declared length before the bytes arrive: the length may be false.
const MAX_RESERVED: usize = 64 * 1024;

/// The body of a request, unless it was taken.
#[derive(Debug)]
pub(super) enum BodyState {
    Ready(Body),
    /// The body was taken. `by` names the argument or method in the error for the next reader.
    Taken {
        by: &'static str,
    },
}

impl BodyState {
    pub(super) fn into_body(self) -> Body {
        match self {
            Self::Ready(body) => body,
            Self::Taken { by } => Body::new(TakenBody { by }),
        }
    }
}

/// The body of a request for another reader, after the body was taken. It fails, because an empty body would pass for the one
/// that the client sent.
struct TakenBody {
    by: &'static str,
}

impl http_body::Body for TakenBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let reason = format!("the body is gone: `{}` took it, and `set_body` did not put it back", self.by);
        Poll::Ready(Some(Err(Error::internal(reason).into())))
    }
}

impl Request {
    /// Reads the whole body.
    ///
    /// # Errors
    ///
    /// 413 if the body is longer than the limit of the route, 400 if the connection fails while the body is read, 500 if
    /// the body was read before.
    ///
    /// ```
    /// # use route_handlers::{Request, Result};
    /// async fn length(mut request: Request) -> Result<String> {
    ///     Ok(request.bytes().await?.len().to_string())
    /// }
    /// ```
    pub async fn bytes(&mut self) -> Result<Bytes> {
        let (mut body, limit) = self.take_limited_body("Request::bytes")?;
        let mut read = Read::Piece(Bytes::new());
        while let Some(data) = poll_fn(|cx| body.poll_data(cx)).await {
            let data = data.map_err(unreadable)?;
            if read.len() + data.len() > limit {
                return Err(too_large(limit));
            }
            read.add(data, &body);
        }
        Ok(read.into_bytes())
    }

    /// Reads the whole body as text, like `text()` of the Fetch API.
    ///
    /// The text is UTF-8, whatever charset the content type names, and without a byte order mark. Invalid UTF-8 becomes
    /// U+FFFD.
    ///
    /// To reject invalid UTF-8 with 400, use the argument `String`. To get the bytes unchanged, use
    /// [`bytes`](Self::bytes).
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    ///
    /// ```
    /// # use route_handlers::{Body, Request};
    /// # tokio_test::block_on(async {
    /// let mut request = Request::from(http::Request::new(Body::from(&b"\xEF\xBB\xBFcaf\xC3\xA9 \xFF"[..])));
    /// assert_eq!(request.text().await?, "café \u{FFFD}");
    /// # Ok::<(), route_handlers::Error>(())
    /// # }).unwrap();
    /// ```
    pub async fn text(&mut self) -> Result<String> {
        let text = String::from_utf8(after_mark(self.bytes().await?));
        Ok(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Reads the whole body as JSON, with any content type. The argument [`Json`](crate::Json) requires a JSON content type.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes), and 400 if the body is not JSON, 422 if the JSON is not of the type.
    ///
    /// ```
    /// # use route_handlers::{Request, Result};
    /// async fn sum(mut request: Request) -> Result<String> {
    ///     let numbers: Vec<i64> = request.json().await?;
    ///     Ok(numbers.iter().sum::<i64>().to_string())
    /// }
    /// ```
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T> {
        parse_json(&self.bytes().await?)
    }

    /// Reads the fields of a form (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes), and 415 if the body is of another media type, 422 if the fields are not of the type.
    ///
    /// ```
    /// # use route_handlers::{Request, Result};
    /// async fn fields(mut request: Request) -> Result<String> {
    ///     let fields: Vec<(String, String)> = request.form().await?;
    ///     Ok(fields.into_iter().map(|(name, value)| format!("{name}={value}\n")).collect())
    /// }
    /// ```
    pub async fn form<T: DeserializeOwned>(&mut self) -> Result<T> {
        media_type::check(&self.head(), media_type::FORM)?;
        parse_form(&self.bytes().await?)
    }

    /// Returns the body as a stream, without a limit.
    ///
    /// # Errors
    ///
    /// 500 if the body was taken before.
    ///
    /// ```
    /// use http_body_util::BodyExt;
    /// # use route_handlers::{Request, Result};
    ///
    /// async fn count(mut request: Request) -> Result<String> {
    ///     let mut bytes = 0;
    ///     while let Some(frame) = request.body_mut()?.frame().await {
    ///         bytes += frame.ok().and_then(|frame| frame.into_data().ok()).map_or(0, |data| data.len());
    ///     }
    ///     Ok(bytes.to_string())
    /// }
    /// ```
    pub fn body_mut(&mut self) -> Result<&mut Body> {
        match self.0.as_mut().map(|whole| &mut whole.body) {
            Some(BodyState::Ready(body)) => Ok(body),
            Some(BodyState::Taken { by }) => Err(already_taken(by)),
            None => Err(already_taken("Request")),
        }
    }

    /// Puts a body into the request, such as the one that a [`middleware`](crate::middleware) function has read.
    ///
    /// If the request has a `Content-Length`, it becomes the length of this body, or is removed if that is unknown. The other
    /// headers stay.
    ///
    /// ```
    /// use route_handlers::middleware::Next;
    /// # use route_handlers::{Request, Response, Result};
    ///
    /// async fn measure(mut request: Request, next: Next) -> Result<Response> {
    ///     let body = request.bytes().await?;
    ///     println!("{} bytes", body.len());
    ///     request.set_body(body);
    ///     Ok(next.run(request).await)
    /// }
    /// ```
    pub fn set_body(&mut self, body: impl Into<Body>) {
        let body = body.into();
        let Whole { parts, body: state, .. } = self.whole_mut();
        // A wrong length would break the framing of the connection if a handler forwards the request.
        if let Entry::Occupied(mut length) = parts.headers.entry(header::CONTENT_LENGTH) {
            match body.size_hint().exact() {
                Some(actual) => drop(length.insert_mult(actual.into())),
                None => drop(length.remove_entry_mult()),
            }
        }
        *state = BodyState::Ready(body);
    }

    /// Takes the body. `by` names the reader in the error of a second one.
    pub(crate) fn take_body(&mut self, by: &'static str) -> Result<Body> {
        let Some(Whole { body: state, .. }) = &mut self.0 else { return Err(already_taken("Request")) };
        match std::mem::replace(state, BodyState::Taken { by }) {
            BodyState::Ready(body) => Ok(body),
            BodyState::Taken { by: first } => {
                *state = BodyState::Taken { by: first };
                Err(already_taken(first))
            }
        }
    }

    /// Takes the body, and returns it with the limit of the route.
    ///
    /// # Errors
    ///
    /// 413 if the known length of the body is over the limit, 500 if the body was taken before.
    pub(super) fn take_limited_body(&mut self, by: &'static str) -> Result<(Body, usize)> {
        let body = self.take_body(by)?;
        let limit = self.matched().body_limit;
        if is_within(limit, &body, self.headers()) { Ok((body, limit)) } else { Err(too_large(limit)) }
    }

    /// Returns whether the request has a body, whether or not it was read.
    ///
    /// A chunked body counts before its first chunk arrives, even if it turns out to be empty.
    ///
    /// ```
    /// # use route_handlers::{Body, Request};
    /// assert!(Request::from(http::Request::new(Body::from("hello"))).has_body());
    /// assert!(!Request::from(http::Request::new(Body::empty())).has_body());
    /// ```
    pub fn has_body(&self) -> bool {
        match &self.whole().body {
            BodyState::Ready(body) => !body.is_end_stream(),
            BodyState::Taken { .. } => true,
        }
    }
}

impl Request {
    /// Calls `read` as if the request had an empty body.
    pub(crate) fn with_empty_body<T>(&mut self, read: impl FnOnce(&Self) -> T) -> T {
        let body = std::mem::replace(&mut self.whole_mut().body, BodyState::Ready(Body::empty()));
        let result = read(self);
        self.whole_mut().body = body;
        result
    }

    /// Waits until it is known whether the body has content: a chunked body may be empty.
    pub(crate) async fn has_content(&mut self) -> Result<bool> {
        let Some(Whole { body, .. }) = &mut self.0 else { return Ok(true) };
        poll_fn(|cx| match body {
            BodyState::Ready(body) => body.poll_first_frame(cx).map_err(unreadable),
            BodyState::Taken { .. } => Poll::Ready(Ok(true)),
        })
        .await
    }
}

/// Whether the known length of a body is within the limit: its size hint, or `Content-Length`.
fn is_within(limit: usize, body: &Body, headers: &HeaderMap) -> bool {
    let declared = || {
        let declared = headers.get(header::CONTENT_LENGTH);
        declared.and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0)
    };
    let hint = body.size_hint();
    let least = hint.exact().unwrap_or_else(|| hint.lower().max(declared()));
    usize::try_from(least).is_ok_and(|least| least <= limit)
}

/// The data of a body, as far as it was read.
enum Read {
    /// Most bodies arrive in one piece, which is not copied.
    Piece(Bytes),
    Pieces(BytesMut),
}

impl Read {
    fn len(&self) -> usize {
        match self {
            Self::Piece(piece) => piece.len(),
            Self::Pieces(pieces) => pieces.len(),
        }
    }

    /// Adds the next data of a body.
    fn add(&mut self, data: Bytes, body: &Body) {
        match self {
            _ if data.is_empty() => {} // HTTP/2 may end a body with an empty frame: a body of one piece is still not copied
            Self::Piece(piece) if piece.is_empty() => *piece = data,
            Self::Piece(piece) => {
                let here = piece.len() + data.len();
                // `poll_data` does not update the hint: it counts the whole body. `is_within` has checked it.
                let whole = usize::try_from(body.size_hint().lower()).unwrap_or(0);
                let mut pieces = BytesMut::with_capacity(here + whole.saturating_sub(here).min(MAX_RESERVED));
                pieces.extend_from_slice(piece);
                pieces.extend_from_slice(&data);
                *self = Self::Pieces(pieces);
            }
            Self::Pieces(pieces) => pieces.extend_from_slice(&data),
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Piece(piece) => piece,
            Self::Pieces(pieces) => pieces.freeze(),
        }
    }
}

/// The error of a body that failed: at the limit of a layer, or because the connection failed.
#[cold]
pub(super) fn unreadable(error: BodyError) -> Error {
    let error = Error::from_boxed(error, StatusCode::BAD_REQUEST);
    match error.status() {
        StatusCode::BAD_REQUEST if error.problem().detail().is_none() => {
            error.with_detail("the body could not be read to its end")
        }
        _ => error,
    }
}

#[cold]
pub(super) fn too_large(limit: usize) -> Error {
    Error::new(StatusCode::PAYLOAD_TOO_LARGE)
        .with_detail(format!("the body is longer than the {limit} bytes allowed here"))
}

#[cold]
fn already_taken(by: &'static str) -> Error {
    Error::internal(format!("the body was read twice: `{by}` already took it, so keep its result"))
}

/// Reads the fields of a form.
pub(crate) fn parse_form<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    fields::deserialize(bytes).map_err(|fault| fields::explain(&fault, type_name::<T>(), status, "the form"))
}

/// A body as text, or 400 if it is not UTF-8.
pub(crate) fn parse_text(bytes: Bytes) -> Result<String> {
    String::from_utf8(after_mark(bytes))
        .map_err(|error| Error::from_source(StatusCode::BAD_REQUEST, error).with_detail("the body is not UTF-8 text"))
}

fn after_mark(mut bytes: Bytes) -> Vec<u8> {
    bytes.advance(bytes.len() - without_mark(&bytes).len());
    bytes.into()
}
