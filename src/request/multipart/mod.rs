//! Forms with files: `multipart/form-data` (RFC 7578).
//!
//! Use the argument [`FormData<T>`](crate::FormData) to read a form into a type with an [`UploadedFile`] for each file. A form
//! without files needs only a [`Form`](crate::Form), without this feature.
//!
//! ```
//! use route_handlers::multipart::UploadedFile;
//! use route_handlers::testing::{Client, FormData as NewForm};
//! use route_handlers::{FormData, RouteHandlers};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Upload {
//!     title: String,
//!     file: UploadedFile,
//! }
//!
//! async fn upload(FormData(upload): FormData<Upload>) -> String {
//!     format!("{}: {} bytes", upload.title, upload.file.size())
//! }
//!
//! # tokio_test::block_on(async {
//! let client = Client::new(RouteHandlers::new().post("/upload", upload));
//! let form = NewForm::new().text("title", "A picture").file("file", "a.png", "image/png", "1234");
//! assert_eq!(client.post("/upload").multipart(&form).await.text(), "A picture: 4 bytes");
//! # });
//! ```
//!
//! [`FormLimits`] changes the limits. Use the argument [`Multipart`] for a form that does not fit into memory, or to send a
//! file on: it reads the form field by field, as the body arrives.
//! ```
//! use route_handlers::multipart::Multipart;
//! use route_handlers::{Result, RouteHandlers};
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
//! # Accepted forms
//!
//! | in the form | result |
//! |---|---|
//! | text before the first boundary or after the last | ignored (RFC 2046 §5.1.1); it counts towards the body limit |
//! | white space after a boundary | ignored |
//! | `name` and `name*`, or `filename` and `filename*` | the plain one is used; the one with `*` (RFC 8187) if it is alone, or if the plain one is an encoded word (`=?utf-8?B?…?=`) |
//! | `\"` and `\\` in quotes | a quote and a backslash; before other characters and at the end, a backslash is a plain character |
//! | `%22`, `%0D` and `%0A` in a name | a quote, CR and LF: browsers percent-encode them |
//! | `filename=""` | a field with an empty file name: no file was chosen |
//! | `content-transfer-encoding` | ignored, except `base64` and `quoted-printable`, which are 400 |
//!
//! All other deviations are 400: a bare LF, a missing closing boundary, a field without a name, a repeated header or
//! parameter. Otherwise a filter in front of this server could read the form differently.

mod field;
mod form_data;
mod form_limits;
mod parser;
#[cfg(feature = "temp-files")]
mod persist;
mod storage;
#[cfg(feature = "temp-files")]
mod temp_file;
#[cfg(not(feature = "temp-files"))]
#[path = "no_temp_file.rs"]
mod temp_file;
mod uploaded_file;

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::BodyExt as _;

use crate::body::Body;
use crate::error::{Error, Result};
use crate::request::body::{too_large, unreadable};
use crate::request::{Request, media_type};

pub use field::Field;
pub use form_limits::FormLimits;
pub use uploaded_file::UploadedFile;
pub(crate) use uploaded_file::with_files;

use form_limits::MAX_FIELDS;
use parser::{Event, Parser};

/// A form with files, read field by field as the body arrives. Fields that the handler does not read are not stored.
///
/// The body limit of the route ([`Route::body_limit`](crate::Route::body_limit), by default 2 MiB) applies to the whole form.
/// As an argument, it is 415 for another media type, and 400 without a boundary.
///
/// ```
/// use route_handlers::multipart::Multipart;
/// use route_handlers::{Body, Result, RouteHandlers};
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
    body: Body,
    parser: Parser,
    /// The number of bytes of the body that may still be read.
    left: usize,
    limit: usize,
    /// The number of bytes that were read of the current field.
    current: Option<usize>,
    field_limit: usize,
    fields_left: usize,
    /// The error that ended the form.
    failed: Option<Error>,
}

impl Request {
    /// Returns the body as a form with files, which is read field by field.
    ///
    /// # Errors
    ///
    /// 415 if the body has another media type, 400 if the boundary is missing, 413 if the declared length is over the limit of
    /// the route, 500 if the body was read before.
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
        let boundary = self.boundary()?;
        let (body, limit) = self.take_limited_body("Request::multipart")?;
        Ok(Multipart {
            body,
            parser: Parser::new(&boundary),
            left: limit,
            limit,
            current: None,
            field_limit: limit,
            fields_left: MAX_FIELDS,
            failed: None,
        })
    }

    fn boundary(&self) -> Result<String> {
        let reason = match media_type::parameter(self.headers(), "boundary") {
            // RFC 2046 §5.1.1
            Ok(Some(boundary)) if (1..=70).contains(&boundary.len()) => return Ok(boundary.into_owned()),
            Ok(Some(_)) => "it must have 1 to 70 characters",
            Ok(None) => "it is missing",
            Err(reason) => reason,
        };
        let detail = format!("the `boundary` in `content-type` cannot be used: {reason}");
        Err(Error::new(StatusCode::BAD_REQUEST).with_detail(detail))
    }
}

impl Multipart {
    /// Sets the limit of the bytes of a field. A larger field is 413. By default, only the whole form is limited.
    ///
    /// ```
    /// use route_handlers::multipart::Multipart;
    ///
    /// async fn avatar(form: Multipart) {
    ///     let form = form.with_field_limit(64 * 1024);
    /// }
    /// ```
    pub fn with_field_limit(mut self, bytes: usize) -> Self {
        self.field_limit = bytes;
        self
    }

    /// Sets the limit of the number of fields. A form with more fields is 413. The default is 1000.
    ///
    /// ```
    /// use route_handlers::multipart::Multipart;
    ///
    /// async fn avatar(form: Multipart) {
    ///     let form = form.with_max_fields(1);
    /// }
    /// ```
    pub fn with_max_fields(mut self, fields: usize) -> Self {
        self.fields_left = fields;
        self
    }

    /// Waits for the next field. It is `None` at the end of the form. The unread rest of the previous field is skipped.
    ///
    /// # Errors
    ///
    /// 400 if the form is malformed or the connection fails, 413 if it is over a limit.
    pub async fn next_field(&mut self) -> Result<Option<Field<'_>>> {
        while self.chunk().await?.is_some() {}
        let head = self.begin_field().await;
        let head = self.check(head)?;
        Ok(head.map(|head| Field::new(self, head)))
    }

    async fn begin_field(&mut self) -> Result<Option<field::Head>> {
        let Event::Head(head) = self.next_event().await? else { return Ok(None) };
        self.fields_left = self.fields_left.checked_sub(1).ok_or_else(too_many_fields)?;
        self.current = Some(0);
        field::Head::parse(&head).map(Some)
    }

    /// The next bytes of the current field, or `None` at its end or if there is no current field.
    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let chunk = self.read_chunk().await;
        self.check(chunk)
    }

    async fn read_chunk(&mut self) -> Result<Option<Bytes>> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let Some(read) = self.current else { return Ok(None) };
        let Event::Content(chunk) = self.next_event().await? else {
            self.current = None;
            return Ok(None);
        };
        let read = read + chunk.len();
        self.current = Some(read);
        if read > self.field_limit {
            let detail = format!("a field of the form is longer than the {} bytes allowed here", self.field_limit);
            return Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail(detail));
        }
        Ok(Some(chunk))
    }

    /// The next event of the parser. The body is read only if the parser needs more bytes, so a client waits for a slow
    /// handler.
    async fn next_event(&mut self) -> Result<Event> {
        loop {
            if let Some(event) = self.parser.next()? {
                return Ok(event);
            }
            match self.body.frame().await {
                Some(frame) => self.feed(&frame.map_err(unreadable)?.into_data().unwrap_or_default())?, // no trailers
                None => self.parser.end(),
            }
        }
    }

    fn feed(&mut self, chunk: &Bytes) -> Result<()> {
        self.left = self.left.checked_sub(chunk.len()).ok_or_else(|| too_large(self.limit))?;
        self.parser.feed(chunk);
        Ok(())
    }

    /// Stores an error, so that later reads return it.
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

fn too_many_fields() -> Error {
    Error::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail("the form has more fields than allowed here")
}

fn malformed(reason: &str) -> Error {
    Error::new(StatusCode::BAD_REQUEST).with_quoting_detail(format!("the body is not a multipart form: {reason}"))
}
