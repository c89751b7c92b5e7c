//! Paths read eight bytes at a time: searched and hashed in one pass.

const SLASHES: u64 = every(b'/');

/// A byte in each byte of a word.
const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The places of the zero bytes of a word, as their high bits. The lowest one is right; a carry may set one above it
/// (Mycroft's trick).
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(every(1)) & !word & every(0x80)
}

/// One round of rustc's hash (`FxHash`), whose high bits are its best ones.
///
/// The keys are the programmer's and a request cannot add any, so a seed against flooding would protect nothing.
const fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// A segment that was found in a path.
pub(super) struct Found {
    pub(super) end: usize,
    /// The hash of the segment below a parent.
    pub(super) hash: u64,
    /// Its last bytes that fill no word: all of it, if it has fewer than eight.
    pub(super) rest: u64,
}

/// The segment of `path` that begins at `start`.
#[inline]
pub(super) fn segment(path: &[u8], start: usize, parent: usize) -> Found {
    let mut hash = mix(0, parent as u64);
    let mut left = &path[start..];
    loop {
        let word = match left.split_first_chunk() {
            Some((word, after)) => {
                let word = u64::from_le_bytes(*word);
                if zeros(word ^ SLASHES) == 0 {
                    hash = mix(hash, word);
                    left = after;
                    continue;
                }
                word
            }
            None => last_bytes(path, left.len()),
        };
        let length = (zeros(word ^ SLASHES).trailing_zeros() as usize / 8).min(left.len());
        let rest = word & !(u64::MAX << (8 * length));
        return Found { end: path.len() - left.len() + length, hash: mix(hash, rest), rest };
    }
}

/// Where the segment of `path` ends that begins at `start`.
#[inline]
pub(super) fn end(path: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(word) = path[at..].first_chunk() {
        let slashes = zeros(u64::from_le_bytes(*word) ^ SLASHES);
        if slashes != 0 {
            return at + slashes.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let slashes = zeros(last_bytes(path, path.len() - at) ^ SLASHES);
    path.len().min(at + slashes.trailing_zeros() as usize / 8)
}

/// The hash of a whole path, and whether it has escapes.
#[inline]
pub(super) fn hash(path: &str) -> (u64, bool) {
    let (mut hash, mut escapes) = (0, 0);
    let mut left = path.as_bytes();
    while let Some((word, after)) = left.split_first_chunk() {
        let word = u64::from_le_bytes(*word);
        hash = mix(hash, word);
        escapes |= zeros(word ^ every(b'%'));
        left = after;
    }
    let word = last_bytes(path.as_bytes(), left.len());
    escapes |= zeros(word ^ every(b'%'));
    (mix(hash, word), escapes != 0)
}

/// Whether a text has a dot.
pub(super) fn has_dot(text: &str) -> bool {
    let mut left = text.as_bytes();
    while let Some((word, after)) = left.split_first_chunk() {
        if zeros(u64::from_le_bytes(*word) ^ every(b'.')) != 0 {
            return true;
        }
        left = after;
    }
    zeros(last_bytes(text.as_bytes(), left.len()) ^ every(b'.')) != 0
}

/// The last bytes of a text, fewer than eight, as a word: the first one lowest, and zeros above.
fn last_bytes(text: &[u8], count: usize) -> u64 {
    match text.last_chunk() {
        _ if count == 0 => 0,
        Some(last) => u64::from_le_bytes(*last) >> (8 * (8 - count)),
        None => text[text.len() - count..].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const TEXT: &str = "/a/segment/eight__8/sixteen_________/seventeen________/ü/../%2F//x";

    #[test]
    fn a_segment_ends_at_the_next_slash_or_with_the_path() {
        for end in 0..TEXT.len() {
            let path = &TEXT.as_bytes()[..end];
            for start in 0..=path.len() {
                let naive = path[start..].iter().position(|byte| *byte == b'/');
                let naive = naive.map_or(path.len(), |at| start + at);
                assert_eq!((segment(path, start, 0).end, super::end(path, start)), (naive, naive), "{end} {start}");
            }
        }
    }

    #[test]
    fn a_segment_is_the_same_wherever_it_stands() {
        let mut start = 0;
        for text in TEXT.split('/') {
            let (within, alone) = (segment(TEXT.as_bytes(), start, 7), segment(text.as_bytes(), 0, 7));
            assert_eq!((within.hash, within.rest), (alone.hash, alone.rest), "{text}");
            start += text.len() + 1;
        }
    }

    #[test]
    fn dots_and_escapes_are_found_wherever_they_stand() {
        for length in 0..40 {
            let plain = "-".repeat(length);
            assert!(!has_dot(&plain) && !hash(&plain).1);
            for at in 0..length {
                let with = |byte| format!("{}{byte}{}", "-".repeat(at), "-".repeat(length - at - 1));
                assert!(has_dot(&with('.')) && !hash(&with('.')).1, "{length} {at}");
                assert!(!has_dot(&with('%')) && hash(&with('%')).1, "{length} {at}");
            }
        }
    }

    #[test]
    fn texts_that_differ_hash_apart() {
        let texts: Vec<String> = (0..10_000).flat_map(|n| [format!("item{n}"), format!("{n}/details")]).collect();
        let hashes: BTreeSet<u64> = texts.iter().map(|text| hash(text).0).collect();
        assert_eq!(hashes.len(), texts.len());
        let slots: BTreeSet<u64> = hashes.iter().map(|hash| hash >> 48).collect();
        assert!(slots.len() > 16_000, "{} of 20 000 slots, where chance gives 17 200", slots.len());
    }
}
