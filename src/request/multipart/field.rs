//! A field of a multipart form: its headers, and the methods that read it.

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, StatusCode};
use percent_encoding::percent_decode_str;

use crate::error::{Error, Result};
use crate::headers;
use crate::headers::{Quoting, trim_ows};
use crate::request::multipart::{Multipart, malformed};

/// A field of a [`Multipart`] form: a text or a file, read in chunks.
///
/// ```
/// use route_handlers::multipart::Multipart;
/// use route_handlers::Result;
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

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// Returns the file name that the client sent. It is `None` if the field is not a file, and empty if no file was
    /// chosen.
    ///
    /// **Never use it as a path**: it may be `../../etc/passwd`, `C:\\a` or `con`, or have line breaks. Store the file under
    /// a name that the server chooses.
    pub fn file_name(&self) -> Option<&str> {
        self.head.file_name.as_deref()
    }

    /// Returns the media type that the client sent, by default `text/plain` (RFC 7578 §4.4).
    pub fn content_type(&self) -> &str {
        &self.head.content_type
    }

    /// Reads the next bytes in the order of arrival. It returns `None` at the end.
    ///
    /// # Errors
    ///
    /// 400 if the form is malformed or the connection fails, 413 if the field or the form is over its limit.
    ///
    /// ```
    /// # use route_handlers::multipart::Multipart;
    /// # use route_handlers::Result;
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

    /// Reads the whole field.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk).
    pub async fn bytes(mut self) -> Result<Bytes> {
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk().await? else { return Ok(first) }; // most fields are one chunk, which is not copied
        let mut all = BytesMut::with_capacity(first.len() + second.len());
        all.extend_from_slice(&first);
        all.extend_from_slice(&second);
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// Reads the whole field as UTF-8 text. The charset of its content type is ignored.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and 400 if it is not UTF-8.
    ///
    /// ```
    /// use route_handlers::Result;
    /// use route_handlers::multipart::Multipart;
    ///
    /// async fn title(mut form: Multipart) -> Result<Option<String>> {
    ///     while let Some(field) = form.next_field().await? {
    ///         if field.name() == "title" {
    ///             return field.text().await.map(Some);
    ///         }
    ///     }
    ///     Ok(None)
    /// }
    /// ```
    pub async fn text(self) -> Result<String> {
        String::from_utf8(self.bytes().await?.into()).map_err(|error| {
            Error::from_source(StatusCode::BAD_REQUEST, error).with_detail("a field of the form is not UTF-8 text")
        })
    }
}

/// The header lines of a field that this crate uses.
#[derive(Debug)]
pub(super) struct Head {
    name: String,
    file_name: Option<String>,
    content_type: String,
}

impl Head {
    /// # Errors
    ///
    /// 400 if it is malformed, or does not name the field.
    pub(super) fn parse(head: &[u8]) -> Result<Self> {
        let head = std::str::from_utf8(head).map_err(|_| malformed("the headers of a field are not UTF-8"))?;
        // A line that begins with white space continues the one before (RFC 5322 §2.2.3).
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let (mut disposition, mut content_type, mut encoding) = (None, None, None);
        for line in unfolded.split_terminator("\r\n") {
            let (name, value) = header(line).ok_or_else(|| malformed("a header line of a field is malformed"))?;
            let earlier = match name.as_str() {
                "content-disposition" => disposition.replace(value),
                "content-type" => content_type.replace(value),
                "content-transfer-encoding" => encoding.replace(value),
                _ => None,
            };
            if earlier.is_some() {
                return Err(malformed("a field has the same header twice"));
            }
        }
        if let Some("base64" | "quoted-printable") = encoding.map(str::to_ascii_lowercase).as_deref() {
            // RFC 7578 §4.7 deprecates the header. If it were ignored, the handler would get encoded bytes.
            return Err(malformed("a field has a `content-transfer-encoding`: its bytes must be sent as they are"));
        }
        let disposition = disposition.ok_or_else(|| malformed("a field has no `content-disposition`"))?;
        let (name, file_name) = parse_disposition(disposition).map_err(malformed)?;
        let content_type = content_type.filter(|value| !value.is_empty()).unwrap_or("text/plain").to_owned();
        Ok(Self { name, file_name, content_type })
    }
}

/// Splits a header line into its name and its value.
fn header(line: &str) -> Option<(HeaderName, &str)> {
    let (name, value) = line.split_once(':')?;
    HeaderValue::from_bytes(value.as_bytes()).ok()?;
    Some((HeaderName::from_bytes(name.as_bytes()).ok()?, trim_ows(value)))
}

/// Parses the name and the file name in `form-data; name="…"; filename="…"`.
///
/// # Errors
///
/// The reason, if the text is malformed.
fn parse_disposition(text: &str) -> Result<(String, Option<String>), &'static str> {
    let (kind, rest) = text.split_once(';').unwrap_or((text, ""));
    if !trim_ows(kind).eq_ignore_ascii_case("form-data") {
        return Err("the `content-disposition` of a field is not `form-data`");
    }
    // Only some clients escape a backslash, so a file named `a\` arrives as `"a\"` or as `"a\\"`.
    let parameters = headers::parameters(rest, Quoting::Escapes)
        .or_else(|reason| headers::parameters(rest, Quoting::Literal).map_err(|_| reason))?;
    let (mut name, mut extended_name, mut file_name, mut extended_file_name) = (None, None, None, None);
    for (parameter, value) in parameters {
        let earlier = match parameter.to_ascii_lowercase().as_str() {
            "name" => name.replace(value),
            "name*" => extended_name.replace(value),
            "filename" => file_name.replace(value),
            "filename*" => extended_file_name.replace(value),
            _ => None,
        };
        if earlier.is_some() {
            return Err("the `content-disposition` of a field has the same parameter twice");
        }
    }
    let name = choose(name.as_deref(), extended_name.as_deref())?;
    let name = name.ok_or("the `content-disposition` of a field has no `name`")?;
    Ok((name, choose(file_name.as_deref(), extended_file_name.as_deref())?))
}

/// Chooses between the plain value of a parameter and the value of the parameter with `*` (RFC 8187).
///
/// RFC 7578 §4.2 forbids the parameter with `*`, and a filter before this server may not read it. So the plain value counts
/// if both are there. .NET sends both, and the plain one as an encoded word (RFC 2047) if it is not ASCII.
fn choose(plain: Option<&str>, extended: Option<&str>) -> Result<Option<String>, &'static str> {
    let is_encoded_word = |text: &str| text.starts_with("=?") && text.ends_with("?=");
    match (plain, extended) {
        (Some(plain), Some(extended)) if is_encoded_word(plain) => {
            Ok(Some(decode_extended(extended).unwrap_or_else(|| plain.to_owned())))
        }
        (Some(plain), _) => Ok(Some(decode(plain))),
        (None, Some(extended)) => match decode_extended(extended) {
            Some(value) => Ok(Some(value)),
            None => Err("a `name*` or `filename*` is not `UTF-8''` and a percent-encoded value"),
        },
        (None, None) => Ok(None),
    }
}

/// Decodes the three characters that browsers percent-encode.
///
/// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>
fn decode(text: &str) -> String {
    text.replace("%0D", "\r").replace("%0A", "\n").replace("%22", "\"")
}

/// Decodes `UTF-8'en'na%C3%AFve.txt` (RFC 8187 §3.2).
fn decode_extended(text: &str) -> Option<String> {
    let (charset, rest) = text.split_once('\'')?;
    let (_language, value) = rest.split_once('\'')?;
    let decoded = percent_decode_str(value).decode_utf8().ok()?;
    charset.eq_ignore_ascii_case("utf-8").then(|| decoded.into_owned())
}
