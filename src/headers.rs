//! Finding a header, and reading its text.
//!
//! A search through few headers costs less than hashing a name.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};

const FEW: usize = 6;

/// The first value of a header.
#[expect(clippy::inline_always, reason = "the name is a constant at each call, so it is compared as a number")]
#[inline(always)]
pub(crate) fn get(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    match headers.len() {
        0..=FEW => headers.iter().find(|(own, _)| **own == name).map(|(_, value)| value),
        _ => headers.get(name),
    }
}

/// Whether a header is there.
#[expect(clippy::inline_always, reason = "as that of `get`")]
#[inline(always)]
pub(crate) fn contains(headers: &HeaderMap, name: HeaderName) -> bool {
    match headers.len() {
        0..=FEW => headers.keys().any(|own| *own == name),
        _ => headers.contains_key(name),
    }
}

/// Trims optional white space: SP and HTAB (RFC 9110 §5.6.3).
///
/// `str::trim` would also remove Unicode white space, which is data in a header or a cookie.
pub(crate) fn trim_ows(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Headers for a `Debug`: their names alone, as the values may be secrets, such as cookies and tokens.
pub(crate) struct Names<'h>(pub(crate) &'h HeaderMap);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}
