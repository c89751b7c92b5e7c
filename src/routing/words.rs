//! Text read eight bytes at a time: a path is searched and hashed in one pass.

/// The byte `/` in each byte of a word.
const SLASHES: u64 = every(b'/');

/// A byte in each byte of a word.
const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The places of the zero bytes of a word, as their high bits. The lowest one is right; a carry may set one above it
/// (Mycroft's trick).
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(every(1)) & !word & every(0x80)
}

/// Where the segment of `path` that begins at `start` ends, and its hash below a parent.
#[inline]
pub(super) fn segment(path: &str, start: usize, parent: usize) -> (usize, u64) {
    let path = path.as_bytes();
    let mut hash = parent as u64;
    let mut rest = &path[start..];
    loop {
        let word = match rest.split_first_chunk() {
            Some((word, after)) => {
                let word = u64::from_le_bytes(*word);
                if zeros(word ^ SLASHES) == 0 {
                    hash = mix(hash, word);
                    rest = after;
                    continue;
                }
                word
            }
            None if rest.is_empty() => 0,
            // What is left stands at the end of the last eight bytes.
            None => last_word(path) >> (8 * (path.len().min(8) - rest.len())),
        };
        let length = (zeros(word ^ SLASHES).trailing_zeros() as usize / 8).min(rest.len());
        return (path.len() - rest.len() + length, mix(hash, word & !(u64::MAX << (8 * length))));
    }
}

/// The hash of a whole text.
pub(super) fn hash(text: &str) -> u64 {
    let text = text.as_bytes();
    let mut hash = text.len() as u64;
    let mut rest = text;
    while let Some((word, after)) = rest.split_first_chunk() {
        hash = mix(hash, u64::from_le_bytes(*word));
        rest = after;
    }
    mix(hash, last_word(text))
}

/// Whether one of these bytes, none of them 0, stands in a text.
pub(super) fn contains<const N: usize>(text: &str, bytes: [u8; N]) -> bool {
    let has_one = |word: u64| bytes.iter().fold(0, |found, byte| found | zeros(word ^ every(*byte))) != 0;
    let text = text.as_bytes();
    let mut rest = text;
    while let Some((word, after)) = rest.split_first_chunk() {
        if has_one(u64::from_le_bytes(*word)) {
            return true;
        }
        rest = after;
    }
    !rest.is_empty() && has_one(last_word(text))
}

/// The last eight bytes of a text, of which some may belong to the word before; all of a shorter one, and zeros.
fn last_word(text: &[u8]) -> u64 {
    match text.last_chunk() {
        Some(last) => u64::from_le_bytes(*last),
        None => text.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// One round of a hash: the product of 128 bits, folded (as in wyhash and `foldhash`).
///
/// The keys are the programmer's and a request cannot add any, so a seed against flooding would protect nothing.
#[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
fn mix(hash: u64, word: u64) -> u64 {
    const FACTOR: u128 = 0x9e37_79b9_7f4a_7c15;
    let product = u128::from(hash.rotate_left(5) ^ word ^ SEED) * FACTOR;
    product as u64 ^ (product >> 64) as u64
}

/// Digits of pi: a word of zeros must not be lost.
const SEED: u64 = 0x243f_6a88_85a3_08d3;

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "/a/segment/eight__8/sixteen_________/seventeen________/ü/../%2F//x";

    #[test]
    fn a_segment_ends_at_the_next_slash_or_with_the_path() {
        for end in 0..TEXT.len() {
            let Some(path) = TEXT.get(..end) else { continue };
            for start in 0..=path.len() {
                let naive = path.as_bytes()[start..].iter().position(|byte| *byte == b'/');
                assert_eq!(segment(path, start, 0).0, naive.map_or(path.len(), |at| start + at), "{path} {start}");
            }
        }
    }

    #[test]
    fn a_segment_has_one_hash_wherever_it_stands() {
        let mut start = 0;
        for text in TEXT.split('/') {
            assert_eq!(segment(TEXT, start, 7), (start + text.len(), segment(text, 0, 7).1), "{text}");
            start += text.len() + 1;
        }
    }

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for length in 0..40 {
            for at in 0..length {
                let text = format!("{}.{}", "-".repeat(at), "-".repeat(length - at - 1));
                assert!(
                    contains(&text, [b'.']) && contains(&text, [b'%', b'.']) && !contains(&text, [b'%', b'/']),
                    "{text}"
                );
            }
            assert!(!contains(&"-".repeat(length), [b'.']));
        }
    }

    #[test]
    fn texts_that_differ_hash_apart() {
        let texts: Vec<String> = (0..10_000).flat_map(|n| [format!("item{n}"), format!("{n}/details")]).collect();
        let hashes: std::collections::BTreeSet<u64> = texts.iter().map(|text| hash(text)).collect();
        assert_eq!(hashes.len(), texts.len());
        let low: std::collections::BTreeSet<u64> = hashes.iter().map(|hash| hash % 65_536).collect();
        assert!(low.len() > 17_000, "{} of 20 000 slots, where chance gives 17 200", low.len());
    }
}
