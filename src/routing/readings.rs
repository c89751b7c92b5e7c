//! The readings of one path: other services find other separators and dot segments in it.
//!
//! This crate splits a path at `/` and decodes each segment once (RFC 3986 §2.4). An inner service may read more into the
//! path. Each habit of such a service is a field of [`Reader`]; every combination of them is tried.

use std::collections::BTreeSet;

use crate::routing::path::{canonical, dots};

/// How one service reads a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit that a service has or not")]
struct Reader {
    /// Splits at `%2F`.
    encoded_slash: bool,
    /// Splits at `\`, as the URL Standard does.
    backslash: bool,
    /// Splits at `%5C`.
    encoded_backslash: bool,
    /// Cuts each segment at its first `;`, as servlet containers do.
    parameters: bool,
    empty: Empty,
    dots: Dots,
}

/// The treatment of empty segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Empty {
    Kept,
    /// Dropped before `..` removes a segment: `/a//../b` is `/b`.
    DroppedFirst,
    /// Dropped after dot segments are resolved: `/a//../b` is `/a/b`.
    DroppedLast,
}

/// Which dot segments are resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dots {
    None,
    /// `.` and `..`.
    Raw,
    /// `.` and `..`, also with `%2E`.
    Encoded,
}

impl Reader {
    /// The number of readers.
    const COUNT: usize = 2 * 2 * 2 * 2 * 3 * 3;

    /// The parser of the URL Standard. Many services apply it first, and then decode and split the result once more.
    const URL: Self = Self {
        encoded_slash: false,
        backslash: true,
        encoded_backslash: false,
        parameters: false,
        empty: Empty::Kept,
        dots: Dots::Encoded,
    };

    /// The reader with this number, of [`COUNT`](Self::COUNT).
    fn numbered(number: usize) -> Self {
        Self {
            encoded_slash: number & 1 != 0,
            backslash: number & 2 != 0,
            encoded_backslash: number & 4 != 0,
            parameters: number & 8 != 0,
            empty: [Empty::Kept, Empty::DroppedFirst, Empty::DroppedLast][number / 16 % 3],
            dots: [Dots::None, Dots::Raw, Dots::Encoded][number / 48],
        }
    }

    /// The segments that this reader resolves a path to.
    fn read(self, path: &str) -> Vec<&str> {
        let mut read = Vec::new();
        let mut rest = path.strip_prefix('/');
        while let Some(text) = rest {
            let separator = |at| Some((at, self.separator(&text.as_bytes()[at..])?));
            let segment = match (0..text.len()).find_map(separator) {
                Some((end, length)) => {
                    rest = Some(&text[end + length..]);
                    &text[..end]
                }
                None => {
                    rest = None;
                    text
                }
            };
            let segment = if self.parameters { segment.split(';').next().unwrap_or_default() } else { segment };
            match self.dots_of(segment) {
                Some(1) => {}
                Some(_) => drop(read.pop()),
                None if segment.is_empty() && self.empty == Empty::DroppedFirst => {}
                None => read.push(segment),
            }
        }
        if self.empty == Empty::DroppedLast {
            read.retain(|segment| !segment.is_empty());
        }
        read
    }

    /// The length of the separator that a text begins with.
    fn separator(self, text: &[u8]) -> Option<usize> {
        match text {
            [b'/', ..] => Some(1),
            [b'\\', ..] if self.backslash => Some(1),
            [b'%', b'2', b'F' | b'f', ..] if self.encoded_slash => Some(3),
            [b'%', b'5', b'C' | b'c', ..] if self.encoded_backslash => Some(3),
            _ => None,
        }
    }

    /// The number of dots, if the segment is a dot segment to this reader.
    fn dots_of(self, segment: &str) -> Option<usize> {
        match self.dots {
            Dots::None => None,
            Dots::Raw => dots(segment).filter(|_| !segment.contains('%')),
            Dots::Encoded => dots(segment),
        }
    }
}

/// The parts of a path that readers differ on.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "as in `Reader`")]
struct Spelling {
    encoded_slash: bool,
    backslash: bool,
    encoded_backslash: bool,
    parameters: bool,
    dots: bool,
}

impl Spelling {
    /// `None` if every reader reads the path as this crate does.
    fn of(path: &str) -> Option<Self> {
        if !may_differ(path) {
            return None;
        }
        let has_escape = |[high, low]: [u8; 2]| {
            let is_it = |window: &[u8]| matches!(window, [b'%', h, l] if *h == high && l.eq_ignore_ascii_case(&low));
            path.as_bytes().windows(3).any(is_it)
        };
        let has = |byte| path.as_bytes().contains(&byte);
        let spelling = Self {
            encoded_slash: has_escape(*b"2f"),
            backslash: has(b'\\'),
            encoded_backslash: has_escape(*b"5c"),
            parameters: has(b';'),
            dots: has(b'.') || has_escape(*b"2e"),
        };
        let Self { encoded_slash, backslash, encoded_backslash, parameters, .. } = spelling;
        let has_separators = encoded_slash || backslash || encoded_backslash;
        let is_odd = |segment: &str| segment.is_empty() || dots(segment).is_some();
        (has_separators || parameters || path.split('/').skip(1).any(is_odd)).then_some(spelling)
    }

    /// The readers that may read the path differently.
    fn readers(self) -> impl Iterator<Item = Reader> {
        (0..Reader::COUNT).map(Reader::numbered).filter(move |reader| {
            (self.encoded_slash || !reader.encoded_slash)
                && (self.backslash || !reader.backslash)
                && (self.encoded_backslash || !reader.encoded_backslash)
                && (self.parameters || !reader.parameters)
                && (self.dots || reader.dots == Dots::None)
        })
    }
}

/// Whether readers may differ on a path: a fast scan, which is `false` for nearly every path.
///
/// The loop has no early exit, so that the compiler can vectorize it.
fn may_differ(path: &str) -> bool {
    let bytes = path.as_bytes().iter();
    let pairs = bytes.clone().zip(bytes.skip(1)); // the first byte is `/`
    pairs.fold(false, |found, pair| {
        found | matches!(pair, (b'/', b'/' | b'.') | (b'%', b'2' | b'5') | (_, b'\\' | b';'))
    })
}

/// Whether `is_it` accepts any reading of the path, in its canonical form and cut after `depth` segments. `false` if all
/// readers read the path as this crate does.
///
/// Each reader reads the path once, and no result is checked twice, so the work is linear in the path.
pub(super) fn any_reading(path: &str, depth: usize, mut is_it: impl FnMut(&str) -> bool) -> bool {
    let Some(spelling) = Spelling::of(path) else { return false };
    let as_url = join(&Reader::URL.read(path));
    let mut seen = BTreeSet::new();
    for path in [path, &as_url] {
        for reader in spelling.readers() {
            let mut segments = reader.read(path);
            segments.truncate(depth);
            let read = join(&segments);
            if seen.insert(segments) && is_it(canonical(&read).as_str()) {
                return true;
            }
        }
    }
    false
}

fn join(segments: &[&str]) -> String {
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reader_has_a_number_of_its_own() {
        let readers: Vec<_> = (0..Reader::COUNT).map(Reader::numbered).collect();
        assert!((1..readers.len()).all(|number| !readers[..number].contains(&readers[number])));
        assert!(readers.contains(&Reader::URL));
    }

    #[test]
    fn ordinary_path_has_one_reading() {
        for path in ["/", "/a/b", "/a/", "/a.b/..c/...", "/.well-known/x", "/a%20b/%C3%A9", "/%2561", "/%25%32%46"] {
            assert!(!any_reading(path, 9, |_| true), "{path}");
        }
    }

    #[test]
    fn number_of_readings_does_not_grow_with_the_path() {
        let count = |repeats: usize| {
            let path = "/a%2Fb\\c%5cd;e//../%2e/.".repeat(repeats);
            let mut readings = 0;
            any_reading(&path, 3, |read| {
                assert!(read.len() <= path.len());
                readings += 1;
                false
            });
            readings
        };
        assert!(count(20) <= 2 * Reader::COUNT);
        assert_eq!(count(20), count(200));
    }
}
