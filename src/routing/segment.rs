//! The segments of a path.

use crate::routing::swar::{self, Tail};

/// A segment of a path.
#[derive(Clone, Copy)]
pub(super) struct Segment<'p> {
    /// The path from the segment on.
    rest: &'p [u8],
    pub(super) length: usize,
    /// The text, if it has at most eight bytes, else the first eight.
    word: u64,
}

impl<'p> Segment<'p> {
    /// A segment by itself.
    pub(super) fn of(text: &'p [u8]) -> Self {
        Self::first(text, Tail::of(text))
    }

    /// The first segment of the rest of a path that ends in `tail`.
    #[expect(clippy::inline_always, reason = "see `Walk::new`")]
    #[inline(always)]
    pub(super) fn first(rest: &'p [u8], tail: Tail) -> Self {
        let word = swar::next_word(rest, tail);
        let slash = swar::find(b'/', word);
        if slash == 0 {
            let slash = swar::find(b'/', swar::next_word(rest.get(8..).unwrap_or_default(), tail));
            let length = if slash == 0 { long_segment(rest) } else { 8 + swar::bytes_before(slash) };
            return Self { rest, length, word };
        }
        let before_slash = (slash ^ (slash - 1)) >> 8;
        Self { rest, length: swar::bytes_before(slash), word: word & before_slash }
    }

    /// A bit that tells most segments from others: five bits of the first byte.
    #[inline]
    pub(super) fn filter_bit(self) -> u32 {
        1 << (self.word & 31)
    }

    /// 0 if the segment has no `%`, no `.`, and only ASCII.
    #[inline]
    pub(super) fn special_bytes(self) -> u64 {
        swar::find_special(self.word)
            | match self.length {
                ..=8 => 0,
                9..=16 => swar::find_special(swar::last_word(self.text())),
                _ => special_bytes_after_first(self.text()),
            }
    }

    /// The text, if it has at most eight bytes.
    #[inline]
    pub(super) fn short(self) -> Option<u64> {
        (self.length <= 8).then_some(self.word)
    }

    /// A hash of the segment below a parent.
    #[inline]
    pub(super) fn hash(self, parent: usize) -> u64 {
        let seed = swar::mix(0, parent as u64);
        self.short().map_or_else(|| hash(seed, self.text()), |word| swar::mix(seed, word))
    }

    #[inline]
    pub(super) fn text(self) -> &'p [u8] {
        &self.rest[..self.length]
    }
}

/// The length of a segment of at least 16 bytes.
#[cold]
fn long_segment(rest: &[u8]) -> usize {
    rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len())
}

/// [`Segment::special_bytes`] of a text after its first word.
#[cold]
fn special_bytes_after_first(text: &[u8]) -> u64 {
    let words = text.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().expect("eight bytes")));
    words.skip(1).fold(swar::find_special(swar::last_word(text)), |special, word| special | swar::find_special(word))
}

/// A hash of a text.
#[inline]
pub(super) fn hash(seed: u64, text: &[u8]) -> u64 {
    let (mut hash, mut rest) = (seed, text);
    while let Some((word, after)) = rest.split_first_chunk() {
        hash = swar::mix(hash, u64::from_le_bytes(*word));
        rest = after;
    }
    swar::mix(hash, swar::next_word(rest, Tail::of(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "/a/segment/eight__8/sixteen_________/seventeen________/ü/../%2F//x/the_64th_byte_is_in_this/and/after";

    #[test]
    fn segment_ends_at_the_next_slash_or_with_the_path() {
        // Miri takes a while for each byte.
        let ends = (1..=TEXT.len()).rev().step_by(if cfg!(miri) { 7 } else { 1 });
        for end in ends {
            let path = &TEXT.as_bytes()[..end];
            for start in 0..=path.len() {
                let rest = &path[start..];
                let naive = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
                let segment = Segment::first(rest, Tail::of(path));
                assert_eq!((segment.length, segment.text()), (naive, &rest[..naive]), "{end} {start}");
            }
        }
    }

    #[test]
    fn segment_in_a_path_equals_the_segment_alone() {
        let tail = Tail::of(TEXT.as_bytes());
        let mut start = 0;
        for text in TEXT.split('/') {
            let within = Segment::first(&TEXT.as_bytes()[start..], tail);
            let alone = Segment::of(text.as_bytes());
            assert_eq!((within.short(), within.filter_bit()), (alone.short(), alone.filter_bit()), "{text}");
            let is_plain = |segment: Segment<'_>| swar::is_plain(segment.special_bytes());
            assert_eq!((is_plain(within), within.hash(7)), (is_plain(alone), alone.hash(7)), "{text}");
            start += text.len() + 1;
        }
    }

    #[test]
    fn texts_that_differ_in_one_byte_have_different_hashes() {
        for length in 1..=25 {
            for at in 0..length {
                let text = vec![b'a'; length];
                let mut other = text.clone();
                other[at] = b'b';
                assert_ne!(Segment::of(&text).hash(7), Segment::of(&other).hash(7), "{length} {at}");
                assert_ne!(hash(0, &text), hash(0, &other), "{length} {at}");
            }
        }
    }

    #[test]
    fn dots_and_escapes_are_special_at_each_position() {
        for length in (1..100).filter(|length| !cfg!(miri) || [1, 8, 9, 63, 64, 65, 73].contains(length)) {
            for plain in ["-", "$", "a", "\u{7f}"] {
                let text = plain.repeat(length).into_bytes();
                let is_plain = |text: &[u8]| swar::is_plain(Segment::of(text).special_bytes());
                assert!(is_plain(&text), "{plain} {length}");
                for (at, byte) in (0..length).flat_map(|at| [(at, b'.'), (at, b'%')]) {
                    let mut text = text.clone();
                    text[at] = byte;
                    assert!(!is_plain(&text), "{length} {at}");
                }
            }
        }
    }

    #[test]
    fn hashes_of_many_paths_are_spread_over_the_slots() {
        let count = if cfg!(miri) { 50 } else { 10_000 };
        let texts: Vec<String> = (0..count).flat_map(|n| [format!("item{n}"), format!("{n}/details")]).collect();
        let hashes: std::collections::BTreeSet<u64> = texts.iter().map(|text| hash(0, text.as_bytes())).collect();
        assert_eq!(hashes.len(), texts.len());
        let slots: std::collections::BTreeSet<u64> = hashes.iter().map(|hash| hash >> 48).collect();
        assert!(slots.len() * 5 > texts.len() * 4, "{} slots; of 20 000 texts, chance gives 17 200", slots.len());
    }
}
