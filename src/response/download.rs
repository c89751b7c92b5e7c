//! Files for the client to save or to show.

use std::time::{Duration, SystemTime};

use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, LAST_MODIFIED, X_CONTENT_TYPE_OPTIONS};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::body::Body;
use crate::error::{Error, Result};
use crate::platform::now;
use crate::response::into_response::{IntoResponse, NO_SNIFF, OCTETS};
use crate::response::{Response, file_name};

/// A file that the client saves, or shows with [`inline`](Self::inline): `Content-Disposition` with a name (RFC 6266).
///
/// The content is bytes, or a stream: [`Body::from_stream`]. [`Route::ranges`](crate::Route::ranges) sends it in parts if it is
/// in memory, or a [`Body::from_ranges`] or `Body::seekable`.
///
/// ```
/// use route_handlers::{Download, IntoResponse};
///
/// let pdf = Download::new("%PDF…").file_name("Übersicht.pdf").content_type("application/pdf").into_response();
/// assert_eq!(pdf.headers()["content-type"], "application/pdf");
/// assert_eq!(
///     pdf.headers()["content-disposition"],
///     "attachment; filename=\"_bersicht.pdf\"; filename*=UTF-8''%C3%9Cbersicht.pdf",
/// );
/// ```
#[derive(Debug)]
#[must_use]
pub struct Download {
    content: Body,
    disposition: &'static str,
    file_name: Option<String>,
    content_type: Result<HeaderValue, http::Error>,
    last_modified: Option<SystemTime>,
}

impl Download {
    /// Creates a download of the type `application/octet-stream`, without a name. Browsers then use the end of the URL.
    pub fn new(content: impl Into<Body>) -> Self {
        Self {
            content: content.into(),
            disposition: "attachment",
            file_name: None,
            content_type: Ok(OCTETS),
            last_modified: None,
        }
    }

    /// Sets the name under which the client saves the file. Any text is accepted, such as a name that a user chose.
    ///
    /// These are changed, so that the name is one file on every system:
    ///
    /// | in the name | in the header |
    /// |---|---|
    /// | a control character, an invisible character that changes the direction of text, `/ \ : * ? " < > \|` | `_` |
    /// | white space and dots at the beginning and at the end | left out |
    /// | a name of a device on Windows, such as `con.txt` | `_con.txt` |
    /// | a name of more than 255 bytes | cut, with its extension |
    /// | no other character | `download` |
    ///
    /// A name that is not plain ASCII is sent twice: for old clients with `_` for each other character, and in full in
    /// `filename*` (RFC 8187).
    pub fn file_name(mut self, name: impl AsRef<str>) -> Self {
        self.file_name = Some(file_name::sanitize(name.as_ref()));
        self
    }

    /// Shows the file in the browser, if it can, instead of saving it. The name is that of a later "Save as".
    ///
    /// A browser runs scripts in HTML and SVG with the rights of your site. Do not show such files of other people, or send them
    /// with `Content-Security-Policy: sandbox`.
    ///
    /// ```
    /// use route_handlers::{Download, IntoResponse};
    ///
    /// let shown = Download::new("a,b").file_name("a.csv").content_type("text/csv").inline().into_response();
    /// assert_eq!(shown.headers()["content-disposition"], "inline; filename=\"a.csv\"");
    /// ```
    pub fn inline(mut self) -> Self {
        self.disposition = "inline";
        self
    }

    /// Sets the content type, such as `"text/csv; charset=utf-8"`.
    ///
    /// A browser does not guess another one (`nosniff`). If it is no valid header value, the response is a 500 problem.
    pub fn content_type(mut self, content_type: impl TryInto<HeaderValue, Error: Into<http::Error>>) -> Self {
        self.content_type = content_type.try_into().map_err(Into::into);
        self
    }

    /// Sets `Last-Modified`.
    ///
    /// With it a client can resume the download and ask for changes: see [`Route::ranges`] and [`Route::etag`]. A time
    /// before 1970 is left out, and a time in the future becomes that of the response (RFC 9110 §8.8.2.1).
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use route_handlers::{Download, IntoResponse};
    ///
    /// let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    /// let response = Download::new("…").last_modified(modified).into_response();
    /// assert_eq!(response.headers()["last-modified"], "Sun, 06 Nov 1994 08:49:37 GMT");
    /// ```
    ///
    /// [`Route::ranges`]: crate::Route::ranges
    /// [`Route::etag`]: crate::Route::etag
    pub fn last_modified(mut self, time: SystemTime) -> Self {
        self.last_modified = Some(time);
        self
    }

    /// The value of `Content-Disposition`.
    fn disposition(&self) -> String {
        let Some(name) = &self.file_name else { return self.disposition.to_owned() };
        let fallback = ascii(name);
        let mut disposition = format!("{}; filename=\"{fallback}\"", self.disposition);
        if fallback != *name {
            disposition += "; filename*=UTF-8''";
            disposition.extend(utf8_percent_encode(name, NOT_ATTR_CHAR));
        }
        disposition
    }
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let disposition = HeaderValue::try_from(self.disposition());
        let (disposition, content_type) = match (disposition, self.content_type) {
            (Ok(disposition), Ok(content_type)) => (disposition, content_type),
            (Err(error), _) => return Error::internal(error).into_response(),
            (_, Err(error)) => return Error::internal(error).into_response(),
        };
        let mut response = Response::new(self.content);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, content_type);
        headers.insert(CONTENT_DISPOSITION, disposition);
        headers.insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
        if let Some(date) = self.last_modified.and_then(http_date) {
            headers.insert(LAST_MODIFIED, date);
        }
        response
    }
}

/// All but `attr-char` (RFC 8187 §3.2.1).
const NOT_ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The name for clients that do not know `filename*`. It has no `%`, because some of them decode it (RFC 6266, appendix D).
fn ascii(name: &str) -> String {
    name.chars().map(|character| if character.is_ascii() && character != '%' { character } else { '_' }).collect()
}

/// The time as a header, if it is between the years 1970 and 9999. It is never in the future.
fn http_date(time: SystemTime) -> Option<HeaderValue> {
    const YEAR_10000: Duration = Duration::from_secs(253_402_300_800);
    let time = now().map_or(time, |now| now.min(time));
    let is_valid = time.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since < YEAR_10000);
    HeaderValue::try_from(is_valid.then(|| httpdate::fmt_http_date(time))?).ok()
}
