//! The byte order mark before a text.

/// Removes one byte order mark from the start of a text. A second one is a character of the text.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}
