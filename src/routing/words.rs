//! Paths read eight bytes at a time: searched and hashed.

use crate::platform::WANTS_SMALL;

/// A byte in each byte of a word.
const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// One round of rustc's hash (`FxHash`), whose high bits are its best ones.
///
/// The keys are the programmer's and a request cannot add any, so a seed against flooding would protect nothing.
const fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// The high bit of the lowest byte that is this one; of higher bytes it may say more. Nothing if the byte, which is ASCII,
/// is not there.
const fn find(byte: u8, word: u64) -> u64 {
    (word ^ every(byte)).wrapping_sub(every(1)) & !word & every(0x80)
}

/// The place of the byte that this was found in.
#[inline]
const fn lowest(found: u64) -> usize {
    found.trailing_zeros() as usize / 8
}

/// [Plain](is_plain) if no byte begins an escape or is a dot, and all are ASCII.
const fn odd_bytes(word: u64) -> u64 {
    (word ^ every(b'%')).wrapping_sub(every(1)) | (word ^ every(b'.')).wrapping_sub(every(1))
}

/// The same of all words of a segment of more than eight bytes but the first.
#[cold]
#[inline(never)]
fn odd_rest(path: &[u8], start: usize, length: usize) -> u64 {
    let text = &path[start..][..length];
    let mut odd = odd_bytes(last_word(text));
    let mut left = &text[8..];
    while let Some((word, after)) = left.split_first_chunk() {
        odd |= odd_bytes(u64::from_le_bytes(*word));
        left = after;
    }
    odd
}

/// Whether the texts that this was found out about, with `|` between what each said, have neither an escape nor a dot, and
/// ASCII alone.
#[inline]
pub(super) const fn is_plain(odd: u64) -> bool {
    odd & every(0x80) == 0
}

/// Whether what is left of a path, which ends in `tail`, has a byte, which is ASCII and no slash.
pub(super) fn has(mut left: &[u8], tail: Tail, byte: u8) -> bool {
    let mut found = 0;
    while let Some((word, after)) = left.split_first_chunk() {
        found |= find(byte, u64::from_le_bytes(*word));
        left = after;
    }
    found | find(byte, tail.last(left.len())) != 0
}

/// The last seven bytes of a path, and highest the slash that ends its last segment; zeros stand for bytes that it has not.
#[derive(Clone, Copy)]
pub(super) struct Tail(u64);

impl Tail {
    #[inline]
    pub(super) fn of(path: &[u8]) -> Self {
        Self(last_word(path) >> 8 | u64::from(b'/') << 56)
    }

    /// The last bytes, fewer than eight, the first of them lowest; and the slash.
    #[inline]
    fn last(self, count: usize) -> u64 {
        self.0 >> (56 - 8 * count)
    }
}

/// The first eight bytes of a text, its first byte lowest, with zeros for those that it has not; and its last eight, if it
/// has more: of up to sixteen bytes they are all.
#[inline]
pub(crate) fn ends(text: &str) -> [u64; 2] {
    let text = text.as_bytes();
    match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => [u64::from_le_bytes(*first), u64::from_le_bytes(*last)],
        _ => [text.iter().rfold(0, |word, byte| word << 8 | u64::from(*byte)), 0],
    }
}

/// The last eight bytes of a text, its last byte highest.
#[inline]
fn last_word(text: &[u8]) -> u64 {
    text.last_chunk().map_or_else(|| few_bytes(text), |last| u64::from_le_bytes(*last))
}

#[cold]
#[inline(never)]
fn few_bytes(text: &[u8]) -> u64 {
    text.iter().fold(0, |word, byte| word >> 8 | u64::from(*byte) << 56)
}

/// A segment of a path.
#[derive(Clone, Copy)]
pub(super) struct Segment<'p> {
    pub(super) path: &'p [u8],
    pub(super) start: usize,
    pub(super) length: usize,
    /// All of it, if it has at most eight bytes, else the first eight.
    word: u64,
}

impl<'p> Segment<'p> {
    /// A segment by itself.
    pub(super) fn of(text: &'p [u8]) -> Self {
        Self::at(text, 0, Tail::of(text))
    }

    /// The segment that begins here in a path, which ends in `tail`.
    #[expect(clippy::inline_always, reason = "most of a lookup is this: the call would cost as much again")]
    #[inline(always)]
    pub(super) fn at(path: &'p [u8], start: usize, tail: Tail) -> Self {
        let word = word_at(path, start, tail);
        let slashes = find(b'/', word);
        if slashes == 0 {
            let after = if WANTS_SMALL { 0 } else { find(b'/', word_at(path, start + 8, tail)) };
            let length = match after {
                0 => long(path, start, if WANTS_SMALL { 8 } else { 16 }, tail),
                _ => 8 + lowest(after),
            };
            return Self { path, start, length, word };
        }
        let before = (slashes ^ (slashes - 1)) >> 8;
        Self { path, start, length: lowest(slashes), word: word & before }
    }

    /// A bit that tells most segments from another: of their first bytes, as far as five bits tell them apart.
    #[inline]
    pub(super) fn kind(self) -> u32 {
        1 << (self.word & 31)
    }

    /// [Plain](is_plain) if it has neither an escape nor a dot, and ASCII alone.
    #[inline]
    pub(super) fn odd(self) -> u64 {
        let Self { path, start, length, word } = self;
        odd_bytes(word)
            | match length {
                ..=8 => 0,
                ..=16 if !WANTS_SMALL => odd_bytes(eight_at(path, start + length - 8).unwrap_or_default()),
                _ => odd_rest(path, start, length),
            }
    }

    /// Its hash below a parent, and its last bytes, at most eight.
    pub(super) fn hash(self, parent: usize) -> (u64, u64) {
        self.short().map_or_else(|| hash_text(parent, self.text()), |word| (hash_word(parent, word), word))
    }

    /// All of it as a word, if it has at most eight bytes.
    #[inline]
    pub(super) fn short(self) -> Option<u64> {
        (self.length <= 8).then_some(self.word)
    }

    pub(super) fn text(self) -> &'p [u8] {
        &self.path[self.start..][..self.length]
    }
}

/// The next eight bytes of a path, or those up to its end and a slash: what begins there is within the path, as it ends in
/// a slash.
#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn word_at(path: &[u8], start: usize, tail: Tail) -> u64 {
    eight_at(path, start).unwrap_or_else(|| tail.last(path.len().saturating_sub(start)))
}

#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn eight_at(path: &[u8], start: usize) -> Option<u64> {
    path.get(start..)?.first_chunk().map(|word| u64::from_le_bytes(*word))
}

/// The length of a segment that has so many bytes or more.
#[cold]
#[inline(never)]
fn long(path: &[u8], start: usize, mut length: usize, tail: Tail) -> usize {
    loop {
        let slashes = find(b'/', word_at(path, start + length, tail));
        if slashes != 0 {
            return length + lowest(slashes);
        }
        length += 8;
    }
}

/// The hash of a word below a parent.
#[inline]
pub(super) fn hash_word(parent: usize, word: u64) -> u64 {
    mix(mix(0, parent as u64), word)
}

/// The hash of a text of more than eight bytes below a parent, and its last bytes, at most eight.
pub(super) fn hash_text(parent: usize, text: &[u8]) -> (u64, u64) {
    let (mut hash, mut left) = (mix(0, parent as u64), text);
    while let (Some((word, after)), 9..) = (left.split_first_chunk(), left.len()) {
        hash = mix(hash, u64::from_le_bytes(*word));
        left = after;
    }
    let rest = last_bytes(text, left.len());
    (mix(hash, rest), rest)
}

/// The last bytes of a text, at most eight, the first of them lowest.
#[inline]
fn last_bytes(text: &[u8], count: usize) -> u64 {
    if count == 0 { 0 } else { last_word(text) >> (64 - 8 * count) }
}

/// The hash of a whole path.
#[inline]
pub(super) fn hash(path: &str) -> u64 {
    let mut hash = path.len() as u64;
    let mut left = path.as_bytes();
    while let (Some((first, after)), 17..) = (left.split_first_chunk::<8>(), left.len()) {
        hash = mix(hash, u64::from_le_bytes(*first));
        left = after;
    }
    if let (Some(first), Some(last)) = (left.first_chunk(), left.last_chunk()) {
        return mix(mix(hash, u64::from_le_bytes(*first)), u64::from_le_bytes(*last));
    }
    match (left.first_chunk(), left.last_chunk()) {
        (Some(first), Some(last)) => {
            mix(hash, u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)))
        }
        _ => mix(hash, few_bytes(left)),
    }
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
        for end in ends {
            let path = &TEXT.as_bytes()[..end];
            for start in 0..=path.len() {
                let left = &path[start..];
                let naive = left.iter().position(|byte| *byte == b'/').unwrap_or(left.len());
                let segment = Segment::at(path, start, Tail::of(path));
                assert_eq!((segment.length, segment.text()), (naive, &left[..naive]), "{end} {start}");
            }
        }
    }

    #[test]
    fn a_segment_is_the_same_wherever_it_stands() {
        let tail = Tail::of(TEXT.as_bytes());
        let mut start = 0;
        for text in TEXT.split('/') {
            let within = Segment::at(TEXT.as_bytes(), start, tail);
            let alone = Segment::of(text.as_bytes());
            assert_eq!((within.short(), within.kind()), (alone.short(), alone.kind()), "{text}");
            assert_eq!((is_plain(within.odd()), within.hash(7)), (is_plain(alone.odd()), alone.hash(7)), "{text}");
            start += text.len() + 1;
        }
    }

    #[test]
    fn a_segment_is_told_from_those_that_differ_in_one_byte() {
        for length in 1..=25 {
            for at in 0..length {
                let text = vec![b'a'; length];
                let mut other = text.clone();
                other[at] = b'b';
                let ((hash, rest), (other_hash, other_rest)) =
                    (Segment::of(&text).hash(7), Segment::of(&other).hash(7));
                assert_ne!(hash, other_hash, "{length} {at}");
                assert_eq!(rest != other_rest, at >= (length - 1) / 8 * 8, "{length} {at}");
            }
        }
    }

    #[test]
    fn dots_and_escapes_are_found_wherever_they_stand() {
        for length in (1..100).filter(|length| !cfg!(miri) || [1, 8, 9, 63, 64, 65, 73].contains(length)) {
            for plain in ["-", "$", "a", "\u{7f}"] {
                let text = plain.repeat(length);
                let tail = Tail::of(text.as_bytes());
                assert!(is_plain(Segment::of(text.as_bytes()).odd()), "{plain} {length}");
                assert!(!has(text.as_bytes(), tail, b'.'), "{plain} {length}");
                let slashes = "/".repeat(length); // one more than a dot
                assert!(!has(slashes.as_bytes(), Tail::of(slashes.as_bytes()), b'.'), "{length}");
                for (at, byte) in (0..length).flat_map(|at| [(at, b'.'), (at, b'%')]) {
                    let mut text = text.clone().into_bytes();
                    text[at] = byte;
                    let tail = Tail::of(&text);
                    assert!(!is_plain(Segment::of(&text).odd()), "{length} {at}");
                    let found = [b'.', b'%'].map(|byte| has(&text, tail, byte));
                    assert_eq!(found, [byte == b'.', byte == b'%'], "{length} {at}");
                    assert!(!has(&text[at + 1..], tail, byte), "{length} {at}");
                }
            }
        }
    }

    #[test]
    fn bytes_that_are_not_ascii_are_taken_for_no_other() {
        let text = "é\u{ae}ü\u{a5}ñ\u{af}"; // with the low bits of `.`, `%` and `/`
        let segment = Segment::of(text.as_bytes());
        assert_eq!(segment.text(), text.as_bytes());
        assert!(!has(text.as_bytes(), Tail::of(text.as_bytes()), b'.'));
    }

    #[test]
    fn the_ends_of_a_text_tell_it_from_others_of_its_length() {
        assert_eq!(
            [ends(""), ends("ab"), ends("abcdefgh")].map(|[first, _]| first),
            [0, 0x6261, 0x6867_6665_6463_6261]
        );
        for length in 1..=16 {
            for at in 0..length {
                let other = "a".repeat(at) + "b" + &"a".repeat(length - at - 1);
                assert_ne!(ends(&"a".repeat(length)), ends(&other), "{length} {at}");
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
