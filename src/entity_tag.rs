//! Entity tags (RFC 9110 §8.8.3) of responses, and lists of tags in preconditions of requests.

use http::HeaderValue;

/// An entity tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntityTag<'h> {
    is_weak: bool,
    /// The bytes between the quotes, which need not be text.
    opaque: &'h [u8],
}

impl<'h> EntityTag<'h> {
    /// Parses the value of an `ETag` header.
    pub(crate) fn parse(value: &'h HeaderValue) -> Option<Self> {
        let (tag, rest) = Self::take(value.as_bytes().trim_ascii())?;
        rest.is_empty().then_some(tag)
    }

    /// Splits a text into the tag at its start and the rest.
    ///
    /// A space between the quotes is accepted although §8.8.3 does not allow it: some servers send one, and clients repeat it.
    fn take(text: &'h [u8]) -> Option<(Self, &'h [u8])> {
        let (is_weak, quoted) = match text.strip_prefix(b"W/") {
            Some(quoted) => (true, quoted),
            None => (false, text),
        };
        let rest = quoted.strip_prefix(b"\"")?;
        let end = rest.iter().position(|byte| *byte == b'"')?;
        Some((Self { is_weak, opaque: &rest[..end] }, &rest[end + 1..]))
    }

    /// The strong comparison (§8.8.3.2).
    pub(crate) fn is_strongly(self, other: EntityTag<'_>) -> bool {
        self.is_weakly(other) && !self.is_weak && !other.is_weak
    }

    /// The weak comparison (§8.8.3.2).
    pub(crate) fn is_weakly(self, other: EntityTag<'_>) -> bool {
        self.opaque == other.opaque
    }
}

/// The value of `If-Match` or `If-None-Match`.
#[derive(Debug)]
pub(crate) enum EntityTags<'h> {
    /// `*`
    Any,
    These(Vec<EntityTag<'h>>),
}

impl<'h> EntityTags<'h> {
    /// Parses the tags of a field that may have several lines (§5.3); `None` if it is malformed.
    pub(crate) fn parse(lines: &'h [HeaderValue]) -> Option<Self> {
        if let [line] = lines {
            if line.as_bytes().trim_ascii() == b"*" {
                return Some(Self::Any);
            }
        }
        let mut tags = Vec::new();
        for line in lines {
            let mut rest = line.as_bytes().trim_ascii();
            while !rest.is_empty() {
                if let Some((tag, after)) = EntityTag::take(rest) {
                    tags.push(tag);
                    rest = after.trim_ascii_start();
                }
                match rest.split_first() {
                    Some((b',', after)) => rest = after.trim_ascii_start(), // an element may be empty (§5.6.1.2)
                    Some(_) => return None,
                    None => {}
                }
            }
        }
        Some(Self::These(tags))
    }

    /// Whether the list contains the tag of the representation. `*` also matches a representation without a tag.
    pub(crate) fn contain(
        &self,
        tag: Option<EntityTag<'_>>,
        is_same: fn(EntityTag<'h>, EntityTag<'_>) -> bool,
    ) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tag.is_some_and(|tag| tags.iter().any(|listed| is_same(*listed, tag))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(lines: &[&[u8]]) -> Vec<HeaderValue> {
        lines.iter().map(|line| HeaderValue::from_bytes(line).unwrap()).collect()
    }

    #[test]
    fn malformed_list_is_refused_as_a_whole() {
        for (lines, tags) in [
            (&[&b"\"a\""[..]][..], &[&b"a"[..]][..]),
            (&[b"\"a\" , W/\"b\""], &[b"a", b"b"]),
            (&[b"\"a\"", b"\"b\""], &[b"a", b"b"]),
            (&[b",, \"a\",\t,\"b,c\" ,"], &[b"a", b"b,c"]),
            (&[b"\"\""], &[b""]),
            (&[b"\"\xff\x80\""], &[b"\xff\x80"]),
            (&[b""], &[]),
        ] {
            let values = values(lines);
            let Some(EntityTags::These(read)) = EntityTags::parse(&values) else { panic!("{lines:?}") };
            assert_eq!(read.iter().map(|tag| tag.opaque).collect::<Vec<_>>(), tags, "{lines:?}");
        }
        for malformed in [
            &[&b"a"[..]][..],
            &[b"\"a"],
            &[b"\"a\"b"],
            &[b"\"a\" \"b\""],
            &[b"w/\"a\""],
            &[b"W/ \"a\""],
            &[b"W/a"],
            &[b"\"a\", *"],
            &[b"*, \"a\""],
            &[b"*", b"\"a\""],
            &[b"*", b"*"],
            &[b"*", b""],
            &[b"\"a\"", b"b"],
            &[b"\"a", b"b\""],
            &[b"\xa0\"a\""],
        ] {
            assert!(EntityTags::parse(&values(malformed)).is_none(), "{malformed:?}");
        }
        assert!(matches!(EntityTags::parse(&values(&[b" * "])), Some(EntityTags::Any)));
    }
}
