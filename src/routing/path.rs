//! Percent-encoding in paths: one canonical form, so that one path has one meaning.
//!
//! RFC 3986 §2.4: a path is split before its segments are decoded, and nothing is decoded twice. So a path is split at its raw
//! `/`. [`canonical`] decodes most escapes. It keeps escapes that have a meaning in a path (`%2F`, `%25`), and those that are
//! not text. [`decode`] later decodes or refuses these in the value of each parameter.

use std::borrow::Cow;

/// Replaces a `%` that begins no escape in a canonical path. The path of a request cannot contain this character raw.
const MALFORMED: char = '\0';

/// The length of the longest path whose canonical form is not allocated.
const INLINE: usize = 256;

/// A path in its canonical form.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "it is on the stack during one lookup, to save an allocation")]
pub(super) enum Canonical {
    Short { text: [u8; INLINE], length: usize },
    Long(String),
}

impl Canonical {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Short { text, length } => {
                std::str::from_utf8(&text[..*length]).expect("only whole characters are pushed")
            }
            Self::Long(text) => text,
        }
    }

    fn push(&mut self, character: char) {
        match self {
            Self::Short { text, length } => *length += character.encode_utf8(&mut text[*length..]).len(),
            Self::Long(text) => text.push(character),
        }
    }
}

/// Returns the form of `path` in which literals are compared: escapes are decoded, except those of `/`, `%` and NUL and those
/// that are not UTF-8.
///
/// RFC 3986 §6.2.2.2 calls only escapes of unreserved characters equivalent, and leaves the others to the server (§2.2). Here
/// `/a+b` and `/a%2Bb` are one route, because `encodeURIComponent` encodes the `+`. The result is not longer than the path.
pub(super) fn canonical(path: &str) -> Canonical {
    let mut out = match path.len() {
        0..=INLINE => Canonical::Short { text: [0; INLINE], length: 0 },
        more => Canonical::Long(String::with_capacity(more)),
    };
    let mut rest = path;
    while let Some(character) = rest.chars().next() {
        let (pushed, taken) = match escaped_character(rest) {
            _ if character != '%' => (Some(character), character.len_utf8()),
            // These stay encoded.
            Escaped::Character('/' | '%' | '\0') | Escaped::NotUtf8 => (None, 3),
            Escaped::Character(character) => (Some(character), 3 * character.len_utf8()),
            Escaped::Nothing => (Some(MALFORMED), 1),
        };
        match pushed {
            Some(character) => out.push(character),
            None => rest[..taken].chars().for_each(|character| out.push(character.to_ascii_uppercase())),
        }
        rest = &rest[taken..];
    }
    out
}

/// The meaning of the escapes that a text begins with.
enum Escaped {
    Character(char),
    NotUtf8,
    Nothing,
}

/// Decodes the first character. Each byte of its UTF-8 is one escape.
fn escaped_character(text: &str) -> Escaped {
    let mut bytes = [0; 4];
    let mut count = 0;
    while let Some(byte) = text.get(3 * count..).and_then(escape).filter(|_| count < bytes.len()) {
        bytes[count] = byte;
        count += 1;
    }
    match bytes[..count].utf8_chunks().next().map(|chunk| chunk.valid().chars().next()) {
        Some(Some(character)) => Escaped::Character(character),
        Some(None) => Escaped::NotUtf8,
        None => Escaped::Nothing,
    }
}

/// Returns the byte of the escape that `text` begins with.
pub(crate) fn escape(text: &str) -> Option<u8> {
    let [b'%', high, low, ..] = text.as_bytes() else { return None };
    let high = (*high as char).to_digit(16)?;
    let low = (*low as char).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

/// Decodes the value of one parameter of a canonical path.
///
/// # Errors
///
/// A value that is not text, or that a file system or a proxy could read as another path.
pub(super) fn decode(segment: &str) -> Result<Cow<'_, str>, BadPath> {
    let is_plain = !segment.bytes().any(|byte| matches!(byte, b'%' | b'\0'));
    let decoded = if is_plain { Cow::Borrowed(segment) } else { Cow::Owned(decode_escapes(segment)?) };
    refuse_dot_segments(&decoded)?;
    Ok(decoded)
}

/// Refuses a dot segment in a value: a handler may join the value to the path of a file.
pub(super) fn refuse_dot_segments(value: &str) -> Result<(), BadPath> {
    let mut parts = value.as_bytes().split(|byte| matches!(byte, b'/' | b'\\'));
    let has_one = value.contains('.') && parts.any(|part| matches!(part, b"." | b".."));
    if has_one { Err(BadPath::DotSegment) } else { Ok(()) }
}

/// Refuses an empty segment in a catch-all: a file server could read it as another path. The value may end in `/`.
pub(super) fn refuse_empty_segments(tail: &str) -> Result<(), BadPath> {
    let has_one = tail.starts_with('/') || tail.contains("//");
    if has_one { Err(BadPath::EmptySegment) } else { Ok(()) }
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

/// The number of dots of a dot segment, raw or with `%2E` (RFC 3986 §6.2.2.3). `None` for other segments.
pub(crate) fn dots(segment: &str) -> Option<usize> {
    let mut rest = segment;
    let mut dots = 0;
    while let Some(after) = rest.strip_prefix('.').or(rest.strip_prefix("%2e")).or(rest.strip_prefix("%2E")) {
        rest = after;
        dots += 1;
    }
    (rest.is_empty() && matches!(dots, 1 | 2)).then_some(dots)
}

/// Why a path that a pattern matches is refused with 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadPath {
    /// A `%` without two hexadecimal digits after it.
    Malformed,
    /// Escapes whose bytes are not UTF-8.
    NotUtf8,
    /// An encoded NUL.
    Nul,
    /// A parameter that is `.` or `..`, raw or encoded (RFC 3986 §3.3).
    DotSegment,
    /// An empty segment within a catch-all (`//`).
    EmptySegment,
    /// A path that an inner service could read as one below a claimed prefix.
    Ambiguous,
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
            Self::Ambiguous => "the path is another spelling of one that is claimed here",
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
            assert_eq!(canonical(path).as_str(), expected, "{path}");
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
            assert_eq!(decode(canonical(path).as_str()).as_deref().map_err(|e| *e), expected, "{path}");
        }
    }
}
