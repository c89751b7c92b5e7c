//! Finds headers and parses their text.
//!
//! In a map with few headers, a linear search costs less than hashing the name.

use std::borrow::Cow;
use std::fmt;

use http::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Version};

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

/// Whether a header is present.
#[expect(clippy::inline_always, reason = "as for `get`")]
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

/// Prints the names of headers without their values: these may be secrets, such as cookies and tokens.
pub(crate) struct Names<'h>(pub(crate) &'h HeaderMap);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

/// The meaning of a backslash in a quoted parameter.
#[derive(Clone, Copy)]
pub(crate) enum Quoting {
    /// `\"` is a quote and `\\` a backslash. Before other characters, a backslash is a plain character, as in `C:\dir`.
    Escapes,
    /// A backslash is a plain character, and the next quote ends the value, as browsers write it.
    #[cfg_attr(not(feature = "multipart"), expect(dead_code, reason = "only multipart forms use it"))]
    Literal,
}

/// Parses the parameters after the first `;` of a header: names as sent, values without quotes (RFC 9110 §5.6.6).
///
/// White space around `;` and `=` is accepted. A value without quotes ends at the next `;`; it may have any other character.
///
/// # Errors
///
/// The reason, if the text is malformed.
pub(crate) fn parameters(mut text: &str, quoting: Quoting) -> Result<Vec<(&str, Cow<'_, str>)>, &'static str> {
    let mut parameters = Vec::new();
    loop {
        text = text.trim_start_matches([' ', '\t', ';']);
        if text.is_empty() {
            return Ok(parameters);
        }
        let (name, rest) = text.split_once('=').ok_or("a parameter has no `=`")?;
        let name = trim_ows(name);
        if !is_token(name) {
            return Err("a parameter is not `name=value` or `name=\"value\"`");
        }
        let (value, rest) = parameter_value(trim_ows(rest), quoting)?;
        parameters.push((name, value));
        text = rest;
    }
}

/// Splits a text into a value and the rest from its `;`.
fn parameter_value(text: &str, quoting: Quoting) -> Result<(Cow<'_, str>, &str), &'static str> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
        if value.contains('"') {
            return Err("a value contains a quote but does not begin with one");
        }
        return Ok((Cow::Borrowed(trim_ows(value)), rest));
    };
    let (value, rest) = match quoting {
        Quoting::Escapes => unescape(quoted),
        Quoting::Literal => quoted.split_once('"').map(|(value, rest)| (Cow::Borrowed(value), rest)),
    }
    .ok_or("a quoted value has no closing quote")?;
    let rest = trim_ows(rest);
    if rest.is_empty() || rest.starts_with(';') {
        Ok((value, rest))
    } else {
        Err("text follows a quoted value without `;`")
    }
}

/// Splits a text into a quoted value and the rest after its closing quote.
fn unescape(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut unescaped = String::new();
    let mut rest = text;
    loop {
        let (plain, after) = rest.split_at(rest.find(['"', '\\'])?);
        if let Some(after) = after.strip_prefix('"') {
            let value = if unescaped.is_empty() { Cow::Borrowed(plain) } else { Cow::Owned(unescaped + plain) };
            return Some((value, after));
        }
        unescaped += plain;
        let after = &after[1..];
        let escaped = after.starts_with(['"', '\\']);
        unescaped += if escaped { &after[..1] } else { "\\" };
        rest = &after[usize::from(escaped)..];
    }
}

/// Whether a text is a token (RFC 9110 §5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    let is_token_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Whether the client asks to upgrade the connection. That needs HTTP/1.1, `Upgrade`, and `upgrade` in `Connection`
/// (RFC 9110 §7.8).
pub(crate) fn may_upgrade(version: Version, headers: &HeaderMap) -> bool {
    let names_upgrade = |line: &HeaderValue| {
        let mut options = line.as_bytes().split(|byte| *byte == b',');
        options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"upgrade"))
    };
    version == Version::HTTP_11 && contains(headers, UPGRADE) && headers.get_all(CONNECTION).iter().any(names_upgrade)
}

/// Whether a header describes the content of its response (RFC 9110 §8, RFC 9530). It must be removed when the content is
/// replaced.
pub(crate) fn describes_content(name: &HeaderName) -> bool {
    const KNOWN: [HeaderName; 7] =
        [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, TRAILER, TRANSFER_ENCODING];
    KNOWN.contains(name) || matches!(name.as_str(), "content-digest" | "content-md5" | "digest" | "repr-digest")
}

/// Whether a header must not be sent with another content. Such a header describes the content, or says how to save it
/// (RFC 6266), where its source map is, or how it was signed (RFC 9421).
///
/// This is true of all `Content-` headers except `Content-Security-Policy`, which protects any document.
pub(crate) fn belongs_to_content(name: &HeaderName) -> bool {
    let text = name.as_str();
    let is_of_content = text.starts_with("content-") && !text.starts_with("content-security-policy");
    is_of_content
        || describes_content(name)
        || matches!(text, "signature" | "signature-input" | "sourcemap" | "use-as-dictionary")
}
