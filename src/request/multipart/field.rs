//! A field of a form: its head, and the ways to read it.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};

use crate::error::{Error, Result};
use crate::request::multipart::Multipart;
use crate::request::multipart::source::malformed;

/// One field of a [`Multipart`] form: a text or a file, read as it comes.
///
/// ```
/// use route_handlers::{Multipart, Result};
///
/// async fn first_file(mut form: Multipart) -> Result<String> {
///     while let Some(field) = form.next_field().await? {
///         if let Some(file_name) = field.file_name() {
///             let shown = format!("{file_name} ({})", field.content_type());
///             return Ok(format!("{shown}: {} bytes", field.bytes().await?.len()));
///         }
///     }
///     Ok("no file".to_owned())
/// }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Field<'a> {
    form: &'a mut Multipart,
    head: Head,
}

impl<'a> Field<'a> {
    pub(super) fn new(form: &'a mut Multipart, head: Head) -> Self {
        Self { form, head }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// The name that the client gives the file; `None` if the field is no file, empty if no file was chosen.
    ///
    /// It is text, and **never a path**: it may be `../../etc/passwd`, `C:\\a`, `con`, or hold line breaks. Show it, keep
    /// it beside the file, but name what you store yourself.
    pub fn file_name(&self) -> Option<&str> {
        self.head.file_name.as_deref()
    }

    /// The media type, as the client says; `text/plain` if it does not (RFC 7578 §4.4).
    pub fn content_type(&self) -> &str {
        &self.head.content_type
    }

    /// The next bytes, as they came; `None` at the end.
    ///
    /// # Errors
    ///
    /// 400 if the form is malformed or the connection fails, 413 if the field or the form is over its limit.
    ///
    /// ```
    /// # use route_handlers::{Multipart, Result};
    /// async fn count(mut form: Multipart) -> Result<String> {
    ///     let mut bytes = 0;
    ///     while let Some(mut field) = form.next_field().await? {
    ///         while let Some(chunk) = field.chunk().await? {
    ///             bytes += chunk.len();
    ///         }
    ///     }
    ///     Ok(bytes.to_string())
    /// }
    /// ```
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.form.chunk().await
    }

    /// The whole field.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk).
    pub async fn bytes(mut self) -> Result<Bytes> {
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk().await? else { return Ok(first) }; // most fields come in one piece: no copy
        let mut all = BytesMut::with_capacity(first.len() + second.len());
        all.extend_from_slice(&first);
        all.extend_from_slice(&second);
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// The whole field as text, which is UTF-8 whatever its content type says.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and 400 if it is not UTF-8.
    pub async fn text(self) -> Result<String> {
        String::from_utf8(self.bytes().await?.into()).map_err(|error| {
            Error::from_source(StatusCode::BAD_REQUEST, error).with_detail("a field of the form is not UTF-8 text")
        })
    }
}

/// What stands before the content of a field.
#[derive(Debug)]
pub(super) struct Head {
    name: String,
    file_name: Option<String>,
    content_type: String,
}

impl Head {
    /// # Errors
    ///
    /// 400 if it does not name the field.
    pub(super) fn parse(headers: &HeaderMap) -> Result<Self> {
        let disposition = headers.get(header::CONTENT_DISPOSITION);
        let disposition = disposition.and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        let (name, file_name) = disposition.and_then(parse_disposition).ok_or_else(|| {
            malformed("each field must have a `content-disposition: form-data` with a `name`, in UTF-8")
        })?;
        let content_type = match headers.get(header::CONTENT_TYPE).map(|value| value.to_str()) {
            Some(Ok(content_type)) => content_type.to_owned(),
            Some(Err(_)) => return Err(malformed("the content type of a field is not ASCII")),
            None => "text/plain".to_owned(),
        };
        Ok(Self { name, file_name, content_type })
    }
}

/// The `name` and the `filename` of `form-data; name="…"; filename="…"`, each at most once. What else is there is
/// ignored, but for `filename*`, which RFC 7578 §4.2 forbids.
fn parse_disposition(text: &str) -> Option<(String, Option<String>)> {
    let (kind, mut rest) = text.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return None;
    }
    let (mut name, mut file_name) = (None, None);
    while !rest.trim().is_empty() {
        let (key, value) = rest.split_once('=')?;
        let (value, after) = parse_value(value.trim_start())?;
        let earlier = match key.trim() {
            key if key.eq_ignore_ascii_case("name") => name.replace(value),
            key if key.eq_ignore_ascii_case("filename") => file_name.replace(value),
            key if key.eq_ignore_ascii_case("filename*") => return None,
            _ => None,
        };
        if earlier.is_some() {
            return None;
        }
        rest = after;
    }
    Some((name?, file_name))
}

/// A quoted or a plain value, and what follows its `;`.
fn parse_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = text.split_once(';').unwrap_or((text, ""));
        return Some((unescape(value.trim()), rest));
    };
    let end = quoted.match_indices('"').map(|(at, _)| at).find(|at| !quoted[..*at].ends_with('\\'))?;
    let rest = quoted[end + 1..].trim_start();
    let rest = if rest.is_empty() { rest } else { rest.strip_prefix(';')? };
    Some((unescape(&quoted[..end]), rest))
}

/// Undoes what browsers escape, which is these three and no more, and what older clients do.
///
/// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>
fn unescape(text: &str) -> String {
    text.replace("\\\"", "\"").replace("%0D", "\r").replace("%0A", "\n").replace("%22", "\"")
}
