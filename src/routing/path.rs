//! Percent-encoding in paths: one canonical form, so that one path has one meaning.
//!
//! RFC 3986 §2.4: components are parsed and separated before they are decoded, and nothing is decoded twice. A path is
//! therefore split on its raw `/`; what [`canonical`] decodes is never decoded again, and what has a meaning of its own
//! in a path (`%2F`, `%25`), or cannot stand in text, stays encoded until one parameter is read by [`decode`].

use std::borrow::Cow;

/// Stands in a canonical path for a `%` that begins no escape: a request's path cannot hold it raw.
const MALFORMED: char = '\0';

/// The form of `path` in which literals are compared: each escape decoded where that changes no meaning.
///
/// Borrowed when there is no `%`, as in nearly every path.
pub(super) fn canonical(path: &str) -> Cow<'_, str> {
    if !path.as_bytes().contains(&b'%') {
        return Cow::Borrowed(path);
    }
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    let mut run = Vec::new(); // the bytes of neighbouring escapes: together they may be one character
    while let Some(character) = rest.chars().next() {
        if let Some(byte) = escape(rest) {
            run.push(byte);
            rest = &rest[3..];
            continue;
        }
        flush(&mut run, &mut out);
        out.push(if character == '%' { MALFORMED } else { character });
        rest = &rest[character.len_utf8()..];
    }
    flush(&mut run, &mut out);
    Cow::Owned(out)
}

/// Writes decoded bytes as text; a separator, a `%`, NUL and what is not UTF-8 go back into their escapes.
fn flush(run: &mut Vec<u8>, out: &mut String) {
    for chunk in run.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '/' | '%' | '\0' => push_escape(character as u8, out),
                other => out.push(other),
            }
        }
        for byte in chunk.invalid() {
            push_escape(*byte, out);
        }
    }
    run.clear();
}

fn push_escape(byte: u8, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(HEX[usize::from(byte >> 4)] as char);
    out.push(HEX[usize::from(byte & 15)] as char);
}

/// The byte of the escape that `text` begins with.
fn escape(text: &str) -> Option<u8> {
    let [b'%', high, low, ..] = text.as_bytes() else { return None };
    let high = (*high as char).to_digit(16)?;
    let low = (*low as char).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

/// The value of one parameter, from its range of a canonical path.
///
/// # Errors
///
/// A value that cannot be text, or that a file system or a proxy would take for another place.
pub(super) fn decode(segment: &str) -> Result<Cow<'_, str>, BadPath> {
    let is_plain = !segment.bytes().any(|byte| matches!(byte, b'%' | b'\0'));
    let decoded = if is_plain { Cow::Borrowed(segment) } else { Cow::Owned(decode_escapes(segment)?) };
    match decoded.as_bytes() {
        b"." | b".." => Err(BadPath::DotSegment),
        _ => Ok(decoded),
    }
}

fn decode_escapes(segment: &str) -> Result<String, BadPath> {
    let mut out = String::with_capacity(segment.len());
    let mut rest = segment;
    while let Some(character) = rest.chars().next() {
        let taken = match (character, escape(rest)) {
            (MALFORMED, _) | ('%', None) => return Err(BadPath::Malformed),
            ('%', Some(0)) => return Err(BadPath::Nul),
            ('%', Some(byte)) if byte.is_ascii() => {
                out.push(byte as char);
                3
            }
            ('%', Some(_)) => return Err(BadPath::NotUtf8),
            _ => {
                out.push(character);
                character.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    Ok(out)
}

/// Why a path that a pattern matches is refused with 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadPath {
    /// A `%` that two hexadecimal digits do not follow.
    Malformed,
    /// Escapes whose bytes are not UTF-8.
    NotUtf8,
    /// An encoded NUL.
    Nul,
    /// A parameter that is `.` or `..`, raw or encoded (RFC 3986 §3.3).
    DotSegment,
    /// An empty segment within a catch-all (`//`).
    EmptySegment,
}

impl BadPath {
    /// The reason, for the client.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "the path has a `%` that is not followed by two hexadecimal digits",
            Self::NotUtf8 => "the path is not UTF-8 once its escapes are decoded",
            Self::Nul => "the path has an encoded NUL",
            Self::DotSegment => "the path has a dot segment (`.` or `..`)",
            Self::EmptySegment => "the path has an empty segment (`//`)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equivalent_paths_have_one_canonical_form() {
        for (path, expected) in [
            ("/abc", "/abc"),
            ("/%61bc", "/abc"),
            ("/a%2Bb", "/a+b"),
            ("/%C3%BC", "/ü"),
            ("/ü%c3%bc", "/üü"),
            ("/a%2fb", "/a%2Fb"),
            ("/%2561", "/%2561"),
            ("/%252e%252e", "/%252e%252e"),
            ("/%ff%41", "/%FFA"),
            ("/%C3x", "/%C3x"),
            ("/%00", "/%00"),
            ("/%zz", "/\0zz"),
            ("/%%32%46", "/\u{0}2F"),
            ("/%", "/\0"),
            ("/%4", "/\u{0}4"),
        ] {
            assert_eq!(canonical(path), expected, "{path}");
        }
    }

    #[test]
    fn a_value_is_decoded_once() {
        for (path, expected) in [
            ("a%2Fb", Ok("a/b")),
            ("%252e%252e", Ok("%2e%2e")),
            ("%2525", Ok("%25")),
            ("a+b", Ok("a+b")),
            ("%C3%A9", Ok("é")),
            ("%2e%2E", Err(BadPath::DotSegment)),
            (".", Err(BadPath::DotSegment)),
            ("...", Ok("...")),
            ("%zz", Err(BadPath::Malformed)),
            ("%%32%46", Err(BadPath::Malformed)),
            ("%ff", Err(BadPath::NotUtf8)),
            ("%C0%AF", Err(BadPath::NotUtf8)),
            ("%ED%A0%80", Err(BadPath::NotUtf8)),
            ("a%00b", Err(BadPath::Nul)),
        ] {
            assert_eq!(decode(&canonical(path)).as_deref().map_err(|e| *e), expected, "{path}");
        }
    }
}
