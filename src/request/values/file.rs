//! The value of a form that is a file.

use crate::request::values::place::Place;

/// The name of a newtype: a type asks for a file with it.
pub(in crate::request) const FILE: &str = "$route_handlers::UploadedFile";

/// How a file reads as text. It is not empty, because an empty text is `None` for an `Option`.
const TEXT: &str = "a file";

/// Stands for a file while a type is deserialized: [`TEXT`], a byte that UTF-8 never has, and the number of the file.
#[derive(Debug)]
pub(in crate::request) struct FileMark(Vec<u8>);

impl FileMark {
    #[cfg_attr(not(feature = "multipart"), expect(dead_code, reason = "only a multipart form has files"))]
    pub(in crate::request) fn new(number: usize) -> Self {
        Self([TEXT.as_bytes(), b"\xFF", &number.to_le_bytes()].concat())
    }

    pub(in crate::request) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text at the start. Its address tells which value was refused.
    pub(in crate::request) fn text(&self) -> &str {
        std::str::from_utf8(&self.0[..TEXT.len()]).unwrap_or(TEXT)
    }

    /// The number of the file, if these are the bytes of a mark.
    pub(in crate::request) fn number(bytes: &[u8]) -> Option<usize> {
        let number = bytes.strip_prefix(TEXT.as_bytes())?.strip_prefix(b"\xFF")?;
        number.try_into().ok().map(usize::from_le_bytes)
    }

    /// Whether these are the bytes of a mark.
    pub(super) fn is_mark(bytes: &[u8]) -> bool {
        Self::number(bytes).is_some()
    }

    /// The place of the text in a mark.
    pub(super) fn place(mark: &[u8]) -> Place {
        Place::Text { start: mark.as_ptr() as usize, length: TEXT.len() }
    }

    /// Whether this is a mark that serde converted to text.
    pub(super) fn is_converted(text: &str) -> bool {
        text.strip_prefix(TEXT).is_some_and(|rest| rest.starts_with('\u{FFFD}'))
    }
}
