//! The readings of one path: other services find other separators and dot segments in it.
//!
//! This crate splits a path at `/` and decodes each segment once (RFC 3986 §2.4). An inner service may read more into the
//! path. Each habit of such a service is a field of [`Reader`]; every combination of them is tried. A service may also be a
//! chain of two: a server or a URL parser resolves the path, and the application decodes the result and resolves it again.

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

/// The treatments of empty segments and dot segments. Without dot segments it does not matter when the empty ones
/// are dropped.
const RESOLUTIONS: [(Empty, Dots); 8] = [
    (Empty::Kept, Dots::None),
    (Empty::DroppedFirst, Dots::None),
    (Empty::Kept, Dots::Raw),
    (Empty::DroppedFirst, Dots::Raw),
    (Empty::DroppedLast, Dots::Raw),
    (Empty::Kept, Dots::Encoded),
    (Empty::DroppedFirst, Dots::Encoded),
    (Empty::DroppedLast, Dots::Encoded),
];

impl Reader {
    /// The number of readers.
    const COUNT: usize = 16 * RESOLUTIONS.len();

    /// The reader with this number, of [`COUNT`](Self::COUNT).
    fn numbered(number: usize) -> Self {
        let (empty, dots) = RESOLUTIONS[number / 16];
        Self {
            encoded_slash: number & 1 != 0,
            backslash: number & 2 != 0,
            encoded_backslash: number & 4 != 0,
            parameters: number & 8 != 0,
            empty,
            dots,
        }
    }

    /// Whether the reader can be the first of two: one that splits at encoded separators has decoded the path, and nothing
    /// is decoded twice.
    fn may_be_first(self) -> bool {
        !self.encoded_slash && !self.encoded_backslash
    }

    /// The segments that this reader resolves a path to.
    fn read(self, path: &str) -> Vec<&str> {
        #[cfg(test)]
        tests::count_pass(path);
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
    encoded_dots: bool,
}

impl Spelling {
    fn of(path: &str) -> Self {
        let has_escape = |[high, low]: [u8; 2]| {
            let is_it = |window: &[u8]| matches!(window, [b'%', h, l] if *h == high && l.eq_ignore_ascii_case(&low));
            path.as_bytes().windows(3).any(is_it)
        };
        let has = |byte| path.as_bytes().contains(&byte);
        let encoded_dots = has_escape(*b"2e");
        Self {
            encoded_slash: has_escape(*b"2f"),
            backslash: has(b'\\'),
            encoded_backslash: has_escape(*b"5c"),
            parameters: has(b';'),
            dots: has(b'.') || encoded_dots,
            encoded_dots,
        }
    }

    /// Whether every reader reads the path as this crate does.
    fn is_plain(self, path: &str) -> bool {
        let has_separators = self.encoded_slash || self.backslash || self.encoded_backslash;
        let is_odd = |segment: &str| segment.is_empty() || dots(segment).is_some();
        !has_separators && !self.parameters && !path.split('/').skip(1).any(is_odd)
    }

    /// The readers that may read the path differently, and the one that reads it as this crate does.
    fn readers(self) -> impl Iterator<Item = Reader> {
        (0..Reader::COUNT).map(Reader::numbered).filter(move |reader| {
            (self.encoded_slash || !reader.encoded_slash)
                && (self.backslash || !reader.backslash)
                && (self.encoded_backslash || !reader.encoded_backslash)
                && (self.parameters || !reader.parameters)
                && (self.dots || reader.dots == Dots::None)
                && (self.encoded_dots || reader.dots != Dots::Encoded)
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

/// The most bytes that readers read for one path: enough for any path of 3 kB, and for most paths of 64 kB.
const MOST_READ: usize = 8 << 20;

/// Whether `is_it` accepts any reading of the path, in its canonical form and cut after `depth` segments: by one reader, or
/// by a chain of two. `false` if all readers read the path as this crate does. `true` if the readings need more than
/// [`MOST_READ`].
///
/// The number of passes over the path is limited, and no result is checked twice, so the work is linear in the path.
pub(super) fn any_reading(path: &str, depth: usize, mut is_it: impl FnMut(&str) -> bool) -> bool {
    if !may_differ(path) {
        return false;
    }
    let spelling = Spelling::of(path);
    if spelling.is_plain(path) {
        return false;
    }
    // One of the first readers does not change the path, so a single reader is a chain as well.
    let first = spelling.readers().filter(|reader| reader.may_be_first());
    let mut results = Vec::new();
    for result in first.map(|reader| join(&reader.read(path))) {
        if !results.contains(&result) {
            results.push(result);
        }
    }
    let mut seen = Vec::new(); // sorted
    let mut left = MOST_READ;
    for path in &results {
        for reader in Spelling::of(path).readers() {
            if left < path.len() {
                return true;
            }
            left -= path.len();
            let mut segments = reader.read(path);
            segments.truncate(depth);
            let read = join(&segments);
            let Err(place) = seen.binary_search(&read) else { continue };
            if is_it(canonical(&read).as_str()) {
                return true;
            }
            seen.insert(place, read);
        }
    }
    false
}

fn join(segments: &[&str]) -> String {
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// How often a reader has read a path, and how many bytes in all.
        static WORK: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    }

    pub(super) fn count_pass(path: &str) {
        let (passes, bytes) = WORK.get();
        WORK.set((passes + 1, bytes + path.len()));
    }

    #[test]
    fn every_reader_has_a_number_of_its_own() {
        let readers: Vec<_> = (0..Reader::COUNT).map(Reader::numbered).collect();
        assert!((1..readers.len()).all(|number| !readers[..number].contains(&readers[number])));
    }

    #[test]
    fn ordinary_path_has_one_reading() {
        for path in ["/", "/a/b", "/a/", "/a.b/..c/...", "/.well-known/x", "/a%20b/%C3%A9", "/%2561", "/%25%32%46"] {
            assert!(!any_reading(path, 9, |_| true), "{path}");
        }
    }

    /// The passes over a path, their bytes, and whether it is refused though no reading of it is.
    fn work_for(path: &str) -> (usize, usize, bool) {
        WORK.set((0, 0));
        let is_found = any_reading(path, 3, |read| {
            assert!(read.len() <= path.len());
            false
        });
        let (passes, bytes) = WORK.get();
        (passes, bytes, is_found)
    }

    /// A path that nearly each chain reads differently.
    const WORST: &str = "/a%2Fb\\c%5cd;e//../%2e/./x;%2f%2e%2e\\;y%2F/;/%2e%2e/z";

    #[test]
    fn number_of_passes_does_not_grow_with_the_path() {
        let (passes, _, is_refused) = work_for(&WORST.repeat(2));
        assert!(passes <= 2336 && !is_refused, "{passes}");
        let (more, _, is_refused) = work_for(&WORST.repeat(if cfg!(miri) { 3 } else { 40 }));
        assert!(more == passes && !is_refused, "{passes} and {more}");
    }

    #[test]
    #[cfg(not(miri))] // it reads 8 MB
    fn long_path_that_is_odd_in_every_way_is_refused_unread() {
        let long = WORST.repeat(1200);
        let (_, bytes, is_refused) = work_for(&long);
        assert!(is_refused && bytes <= MOST_READ + 32 * long.len(), "{bytes}");
        for piece in ["/a%2Fb", "/a\\b", "/a;b", "//a", "/../a", "/a%2F..%2Fb", "/x/..;/a", "//a%2F../x"] {
            assert!(!work_for(&piece.repeat(60_000 / piece.len())).2, "{piece}");
        }
    }

    #[test]
    fn path_with_one_oddity_costs_few_passes() {
        for (path, most) in
            [("/a/b", 0), ("/a%2Fb", 10), ("/a;v=1/b", 10), ("/a//b", 10), ("/a/../b", 20), ("/a%2F..%2Fb", 20)]
        {
            let passes = work_for(path).0;
            assert!(passes <= most, "{path}: {passes}");
        }
    }
}
