//! Forms with files: `multipart/form-data` (RFC 7578), read field by field as it comes.
//!
//! ```
//! use route_handlers::{Multipart, Result, RouteHandlers};
//!
//! async fn upload(form: Multipart) -> Result<String> {
//!     let mut form = form.with_field_limit(1024 * 1024);
//!     let mut sizes = String::new();
//!     while let Some(mut field) = form.next_field().await? {
//!         let mut size = 0;
//!         while let Some(chunk) = field.chunk().await? {
//!             size += chunk.len();
//!         }
//!         sizes += &format!("{}: {size}\n", field.name());
//!     }
//!     Ok(sizes)
//! }
//!
//! let api = RouteHandlers::new().post("/upload", upload);
//! ```
//!
//! The form is read strictly, so that whoever looks at it on the way and this crate see the same: no text before the
//! first boundary or after the last one, CRLF after each boundary, the last boundary present, and each field named.
//! (Within the head of a field a bare LF is read as a line end, of a header that repeats the last one holds, and white
//! space may follow a boundary.)

mod field;
mod source;

use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream as _;
use http::{StatusCode, header};

use crate::error::{Error, Result};
use crate::request::body::{is_within, too_large};
use crate::request::{Request, media_type};

pub use field::Field;

use source::Source;

/// Fields of a form unless a number is set.
const DEFAULT_MAX_FIELDS: usize = 1000;

/// A form with files, read field by field as it comes; nothing is kept that was not asked for.
///
/// The body limit of the route ([`Route::body_limit`](crate::Route::body_limit), 2 MiB unless it is set) holds for the
/// whole form. As an argument it is 415 for another media type, and 400 without a boundary.
///
/// ```
/// use route_handlers::{Body, Multipart, Result, RouteHandlers};
/// # use http::Request;
/// # use http_body_util::BodyExt;
/// # use tower::ServiceExt;
///
/// async fn greet(mut form: Multipart) -> Result<String> {
///     while let Some(field) = form.next_field().await? {
///         if field.name() == "name" {
///             return Ok(format!("hello, {}", field.text().await?));
///         }
///     }
///     Ok("hello".to_owned())
/// }
///
/// # tokio_test::block_on(async {
/// let form = "--B\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nAda\r\n--B--\r\n";
/// let request = Request::post("/").header("content-type", "multipart/form-data; boundary=B").body(Body::from(form))?;
/// let response = RouteHandlers::new().post("/", greet).oneshot(request).await?;
/// assert_eq!(response.into_body().collect().await?.to_bytes(), "hello, Ada");
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// # }).unwrap();
/// ```
#[must_use]
pub struct Multipart {
    parser: multer::Multipart<'static>,
    source: Source,
    /// The field that is being read, and how much of it was.
    current: Option<(multer::Field<'static>, usize)>,
    field_limit: usize,
    fields_left: usize,
    /// What went wrong: after it there is nothing more to read.
    failed: Option<Error>,
}

impl Request {
    /// The body as a form with files, to be read field by field.
    ///
    /// # Errors
    ///
    /// 415 if the body is of another media type, 400 if its boundary is missing, 413 if it says that it is longer than
    /// the route's limit, 500 if it was read before.
    ///
    /// ```
    /// # use route_handlers::{Request, Result};
    /// async fn names(mut request: Request) -> Result<String> {
    ///     let mut form = request.multipart()?;
    ///     let mut names = String::new();
    ///     while let Some(field) = form.next_field().await? {
    ///         names += field.name();
    ///     }
    ///     Ok(names)
    /// }
    /// ```
    pub fn multipart(&mut self) -> Result<Multipart> {
        media_type::check(&self.head(), media_type::MULTIPART)?;
        let content_type = self.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = multer::parse_boundary(content_type.unwrap_or_default()).ok();
        // RFC 2046 §5.1.1
        let boundary = boundary.filter(|boundary| (1..=70).contains(&boundary.len())).ok_or_else(|| {
            Error::new(StatusCode::BAD_REQUEST)
                .with_detail("the body has no boundary: `content-type` must name one of 1 to 70 characters")
        })?;
        let limit = self.matched().body_limit;
        let body = self.take_body("Request::multipart")?;
        if !is_within(limit, &body, self.headers()) {
            return Err(too_large(limit));
        }
        let (source, chunks) = Source::new(body, &boundary, limit);
        Ok(Multipart {
            parser: multer::Multipart::new(chunks, boundary),
            source,
            current: None,
            field_limit: limit,
            fields_left: DEFAULT_MAX_FIELDS,
            failed: None,
        })
    }
}

impl Multipart {
    /// Sets how many bytes a field may have: more is 413. Without it a field may be as long as the whole form.
    ///
    /// ```
    /// use route_handlers::Multipart;
    ///
    /// async fn avatar(form: Multipart) {
    ///     let form = form.with_field_limit(64 * 1024);
    /// }
    /// ```
    pub fn with_field_limit(mut self, bytes: usize) -> Self {
        self.field_limit = bytes;
        self
    }

    /// Sets how many fields there may be: one more is 413. It is 1000 unless set.
    ///
    /// ```
    /// use route_handlers::Multipart;
    ///
    /// async fn avatar(form: Multipart) {
    ///     let form = form.with_max_fields(1);
    /// }
    /// ```
    pub fn with_max_fields(mut self, fields: usize) -> Self {
        self.fields_left = fields;
        self
    }

    /// The next field; what was not read of the one before is skipped. `None` once the form has ended as it should.
    ///
    /// # Errors
    ///
    /// 400 if the form is malformed or the connection fails, 413 if it is over a limit.
    pub async fn next_field(&mut self) -> Result<Option<Field<'_>>> {
        while self.chunk().await?.is_some() {}
        self.current = None;
        let begun = self.begin_field().await;
        match self.check(begun)? {
            Some((head, field)) => {
                self.current = Some((field, 0));
                Ok(Some(Field::new(self, head)))
            }
            None => Ok(None),
        }
    }

    async fn begin_field(&mut self) -> Result<Option<(field::Head, multer::Field<'static>)>> {
        self.source.begin_head();
        let Self { parser, source, .. } = self;
        let field = poll_fn(|cx| drive(source, cx, |cx| parser.poll_next_field(cx))).await?;
        let Some(field) = field.map_err(malformed)? else {
            poll_fn(|cx| source.poll_end(cx)).await?;
            return Ok(None);
        };
        self.fields_left = self.fields_left.checked_sub(1).ok_or_else(|| {
            Error::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail("the form has more fields than are allowed here")
        })?;
        Ok(Some((field::Head::parse(field.headers())?, field)))
    }

    /// The next bytes of the current field; `None` at its end, or if there is none.
    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let chunk = self.read_chunk().await;
        self.check(chunk)
    }

    async fn read_chunk(&mut self) -> Result<Option<Bytes>> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let Self { source, current: Some((field, read)), .. } = self else { return Ok(None) };
        source.begin_data();
        loop {
            let chunk = poll_fn(|cx| drive(source, cx, |cx| std::pin::Pin::new(&mut *field).poll_next(cx))).await?;
            let Some(chunk) = chunk.transpose().map_err(malformed)? else { return Ok(None) };
            *read += chunk.len();
            if *read > self.field_limit {
                let detail = format!("a field of the form is longer than the {} bytes allowed here", self.field_limit);
                return Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail(detail));
            }
            if !chunk.is_empty() {
                return Ok(Some(chunk));
            }
        }
    }

    /// Remembers a failure.
    fn check<T>(&mut self, result: Result<T>) -> Result<T> {
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart").finish_non_exhaustive()
    }
}

/// Polls the parser, and gives it a chunk of the body only when it cannot go on without one: so the client is held back
/// while nobody reads.
fn drive<T>(
    source: &mut Source,
    cx: &mut Context<'_>,
    mut step: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> Poll<Result<T>> {
    loop {
        if let Poll::Ready(ready) = step(cx) {
            return Poll::Ready(Ok(ready));
        }
        ready!(source.poll_feed(cx))?;
    }
}

fn malformed(error: multer::Error) -> Error {
    let detail = format!("the body is not a multipart form: {error}");
    Error::from_source(StatusCode::BAD_REQUEST, error).with_detail(detail)
}
