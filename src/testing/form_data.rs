//! A form with files.

use bytes::Bytes;
use http::HeaderValue;

/// A form with files, for [`RequestBuilder::multipart`](crate::testing::RequestBuilder::multipart).
///
/// ```
/// use route_handlers::testing::FormData;
///
/// let form = FormData::new().text("name", "Ada").file("picture", "ada.png", "image/png", [0x89, b'P', b'N', b'G']);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct FormData {
    /// The headers and the content of each field.
    fields: Vec<(String, Bytes)>,
}

impl FormData {
    /// Creates a form without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field with text.
    pub fn text(self, name: &str, value: impl Into<String>) -> Self {
        self.field(format!("content-disposition: form-data; name=\"{}\"\r\n", quoted(name)), value.into().into())
    }

    /// Adds a file with its name, its media type and its content.
    pub fn file(self, name: &str, file_name: &str, media_type: &str, content: impl AsRef<[u8]>) -> Self {
        let (name, file_name) = (quoted(name), quoted(file_name));
        let headers = format!(
            "content-disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\ncontent-type: {media_type}\r\n"
        );
        self.field(headers, Bytes::copy_from_slice(content.as_ref()))
    }

    fn field(mut self, headers: String, content: Bytes) -> Self {
        self.fields.push((headers, content));
        self
    }

    /// The media type and the body.
    pub(super) fn encode(&self) -> (HeaderValue, Vec<u8>) {
        let boundary = self.boundary();
        let mut body = Vec::new();
        for (headers, content) in &self.fields {
            body.extend_from_slice(format!("--{boundary}\r\n{headers}\r\n").as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let media_type = format!("multipart/form-data; boundary={boundary}");
        (HeaderValue::try_from(media_type).expect("a boundary is letters and digits"), body)
    }

    /// A boundary that no field contains.
    fn boundary(&self) -> String {
        let contains = |text: &[u8], part: &str| text.windows(part.len()).any(|window| window == part.as_bytes());
        let mut boundary = "boundary".to_owned();
        while self.fields.iter().any(|(headers, text)| headers.contains(&boundary) || contains(text, &boundary)) {
            boundary.push('0');
        }
        boundary
    }
}

/// Escapes a name (HTML standard, §4.10.21.8). Line breaks are not normalized.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
