//! Paths read eight bytes at a time: searched and hashed.

/// A byte in each byte of a word.
const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The high bit of each byte as a bit of the highest byte, the first byte's lowest. The other bytes are of no use.
const fn gather(high_bits: u64) -> u64 {
    ((high_bits >> 7) & every(1)).wrapping_mul(0x0102_0408_1020_4080)
}

/// One round of rustc's hash (`FxHash`), whose high bits are its best ones.
///
/// The keys are the programmer's and a request cannot add any, so a seed against flooding would protect nothing.
const fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// What one pass over a path tells.
#[derive(Clone, Copy)]
pub(super) struct Scan {
    /// Where segments end within the first 64 bytes: a bit for each.
    ends: u64,
    pub(super) last: LastWord,
    pub(super) has_escapes: bool,
    pub(super) has_dots: bool,
}

impl Scan {
    /// Reads a path that is not empty.
    #[inline(never)] // a part of its caller, it would lack registers
    pub(super) fn new(path: &str) -> Self {
        let path = path.as_bytes();
        let last = LastWord::of(path);
        let (near, far) = path.split_at(path.len().min(64));
        let (mut ends, mut dots, mut others) = (0, 0, u64::MAX);
        let mut left = near;
        while !left.is_empty() {
            let word = match left.split_first_chunk() {
                Some((word, after)) => {
                    left = after;
                    u64::from_le_bytes(*word)
                }
                None => last.from(std::mem::take(&mut left).len()),
            };
            let from_slash = word ^ every(b'/');
            // The high bit of each byte is clear where it is `/` or `.`, which differ in the lowest bit only.
            let neither = ((from_slash & every(0x7e)) + every(0x7f)) | from_slash;
            let dot = !neither & (from_slash << 7);
            dots |= dot;
            ends = ends >> 8 | gather(!neither ^ dot) >> 56 << 56;
            let from_escape = word ^ every(b'%');
            others &= ((from_escape & every(0x7f)) + every(0x7f)) | from_escape;
        }
        let ends = ends >> ((64 - near.len()) & !7);
        let has_one = |high_bits: u64| high_bits & every(0x80) != 0;
        let scan = Self { ends, last, has_escapes: has_one(!others), has_dots: has_one(dots) };
        if path.len() < 64 { Self { ends: ends | 1 << path.len(), ..scan } } else { scan.and(far) }
    }

    /// The same, of a longer path.
    #[cold]
    #[inline(never)]
    fn and(self, far: &[u8]) -> Self {
        let has = |byte| far.contains(&byte);
        Self { has_escapes: self.has_escapes || has(b'%'), has_dots: self.has_dots || has(b'.'), ..self }
    }

    /// The ends of the segments from a place of the path on.
    #[inline]
    pub(super) fn ends_from(&self, start: usize) -> Ends {
        Ends(if start < 64 { self.ends >> start } else { 0 })
    }
}

/// The ends of the segments that follow, as far as they are known.
#[derive(Clone, Copy)]
pub(super) struct Ends(u64);

impl Ends {
    /// The length of the first segment of `left`, after which the others are known.
    #[expect(clippy::inline_always, reason = "most of a lookup is this: the call would cost as much again")]
    #[inline(always)]
    pub(super) fn next(&mut self, left: &[u8]) -> usize {
        if self.0 == 0 {
            return to_slash(left);
        }
        let length = self.0.trailing_zeros();
        self.0 = self.0 >> length >> 1;
        length as usize
    }
}

/// Where the first slash of a text is, or else its end.
#[cold]
#[inline(never)]
fn to_slash(text: &[u8]) -> usize {
    text.iter().position(|byte| *byte == b'/').unwrap_or(text.len())
}

/// The last eight bytes of a text, its last byte highest; zeros stand for those that it has not.
#[derive(Clone, Copy)]
pub(super) struct LastWord(u64);

impl LastWord {
    #[inline]
    pub(super) fn of(text: &[u8]) -> Self {
        Self(text.last_chunk().map_or_else(|| few_bytes(text), |last| u64::from_le_bytes(*last)))
    }

    /// The last bytes, at most eight, the first of them lowest.
    #[inline]
    fn from(self, count: usize) -> u64 {
        if count == 0 { 0 } else { self.0 >> (64 - 8 * count) }
    }
}

#[cold]
#[inline(never)]
fn few_bytes(text: &[u8]) -> u64 {
    text.iter().fold(0, |word, byte| word >> 8 | u64::from(*byte) << 56)
}

/// The words of the segments of up to eight bytes, by their lengths.
const MASKS: [u64; 9] = [0, !0 >> 56, !0 >> 48, !0 >> 40, !0 >> 32, !0 >> 24, !0 >> 16, !0 >> 8, !0];

/// The hash of the first `length` bytes of `left` below a parent, and the last of them, at most eight: all, if there are
/// no more. `last` is of what `left` ends.
#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
pub(super) fn segment(left: &[u8], length: usize, last: LastWord, parent: usize) -> (u64, u64) {
    let hash = mix(0, parent as u64);
    if length > 8 {
        return long_segment(hash, &left[..length]);
    }
    let word = left.first_chunk().map_or_else(|| last.from(left.len()), |word| u64::from_le_bytes(*word));
    let rest = word & MASKS[length];
    (mix(hash, rest), rest)
}

#[inline(never)]
fn long_segment(hash: u64, text: &[u8]) -> (u64, u64) {
    let (mut hash, mut left) = (hash, text);
    while let (Some((word, after)), 9..) = (left.split_first_chunk(), left.len()) {
        hash = mix(hash, u64::from_le_bytes(*word));
        left = after;
    }
    let rest = LastWord::of(text).from(left.len());
    (mix(hash, rest), rest)
}

/// The hash of a whole path.
#[inline]
pub(super) fn hash(path: &str) -> u64 {
    let mut hash = 0;
    let mut left = path.as_bytes();
    while let Some((word, after)) = left.split_first_chunk() {
        hash = mix(hash, u64::from_le_bytes(*word));
        left = after;
    }
    mix(hash, LastWord::of(path.as_bytes()).from(left.len()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const TEXT: &str =
        "/a/segment/eight__8/sixteen_________/seventeen________/ü/../%2F//x/the_64th_byte_is_in_this/and/after";

    #[test]
    fn a_segment_ends_at_the_next_slash_or_with_the_path() {
        // Miri takes a while for each byte.
        let ends = (1..=TEXT.len()).rev().step_by(if cfg!(miri) { 7 } else { 1 });
        for end in ends.filter(|end| TEXT.is_char_boundary(*end)) {
            let path = &TEXT[..end];
            let scan = Scan::new(path);
            for start in 0..=path.len() {
                let left = &path.as_bytes()[start..];
                let naive = left.iter().position(|byte| *byte == b'/').unwrap_or(left.len());
                assert_eq!(scan.ends_from(start).next(left), naive, "{path:?} {start}");
            }
            let mut ends = scan.ends_from(0);
            let mut left = path;
            for segment in path.split('/') {
                assert_eq!(ends.next(left.as_bytes()), segment.len(), "{path:?}");
                left = left.get(segment.len() + 1..).unwrap_or_default();
            }
        }
    }

    #[test]
    fn a_segment_is_the_same_wherever_it_stands() {
        let last = LastWord::of(TEXT.as_bytes());
        let mut start = 0;
        for text in TEXT.split('/') {
            let within = segment(&TEXT.as_bytes()[start..], text.len(), last, 7);
            assert_eq!(within, segment(text.as_bytes(), text.len(), LastWord::of(text.as_bytes()), 7), "{text}");
            start += text.len() + 1;
        }
    }

    #[test]
    fn a_segment_is_told_from_those_that_differ_in_one_byte() {
        let of = |text: &[u8]| segment(text, text.len(), LastWord::of(text), 7);
        for length in 1..=25 {
            for at in 0..length {
                let text = vec![b'a'; length];
                let mut other = text.clone();
                other[at] = b'b';
                let ((hash, rest), (other_hash, other_rest)) = (of(&text), of(&other));
                assert_ne!(hash, other_hash, "{length} {at}");
                assert_eq!(rest != other_rest, at >= (length - 1) / 8 * 8, "{length} {at}");
            }
        }
    }

    #[test]
    fn dots_and_escapes_are_found_wherever_they_stand() {
        let found = |path: &str| (Scan::new(path).has_dots, Scan::new(path).has_escapes);
        for length in (1..100).filter(|length| !cfg!(miri) || [1, 8, 9, 63, 64, 65, 73].contains(length)) {
            for plain in ["-", "/", "$", "a"] {
                assert_eq!(found(&plain.repeat(length)), (false, false), "{plain} {length}");
                for at in 0..length {
                    let with = |byte| format!("{}{byte}{}", plain.repeat(at), plain.repeat(length - at - 1));
                    assert_eq!((found(&with('.')), found(&with('%'))), ((true, false), (false, true)), "{length} {at}");
                }
            }
        }
    }

    #[test]
    fn texts_that_differ_hash_apart() {
        let count = if cfg!(miri) { 50 } else { 10_000 };
        let texts: Vec<String> = (0..count).flat_map(|n| [format!("item{n}"), format!("{n}/details")]).collect();
        let hashes: BTreeSet<u64> = texts.iter().map(|text| hash(text)).collect();
        assert_eq!(hashes.len(), texts.len());
        let slots: BTreeSet<u64> = hashes.iter().map(|hash| hash >> 48).collect();
        assert!(slots.len() * 5 > texts.len() * 4, "{} slots; of 20 000 texts, chance gives 17 200", slots.len());
    }
}
