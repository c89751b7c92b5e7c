//! Reads the bytes of a path eight at a time: SIMD within a register (SWAR). The first byte is the lowest one.

/// The high bit of each byte.
const HIGH_BITS: u64 = every(0x80);

/// A word of eight equal bytes.
const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Marks the first byte that is equal to an ASCII byte by its high bit. Higher bits have no meaning. 0 if there is none.
#[inline]
pub(super) const fn find(byte: u8, word: u64) -> u64 {
    (word ^ every(byte)).wrapping_sub(every(1)) & !word & HIGH_BITS
}

/// The number of bytes before the first one that [`find`] marked.
#[inline]
pub(super) const fn bytes_before(found: u64) -> usize {
    found.trailing_zeros() as usize / 8
}

/// Marks the bytes of a word that are special: `%`, `.`, and those that are not ASCII. See [`is_plain`].
#[inline]
pub(super) const fn find_special(word: u64) -> u64 {
    (word ^ every(b'%')).wrapping_sub(every(1)) | (word ^ every(b'.')).wrapping_sub(every(1))
}

/// Whether the results of [`find_special`], joined by `|`, have no special byte.
#[inline]
pub(super) const fn is_plain(special: u64) -> bool {
    special & HIGH_BITS == 0
}

/// Adds a word to a hash: one round of rustc's `FxHash`. The high bits of the hash are its best.
///
/// The keys are the programmer's and a request cannot add any, so no seed against flooding is needed.
#[inline]
pub(super) const fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// The last bytes of a path.
#[derive(Clone, Copy)]
pub(super) struct Tail(u64);

impl Tail {
    #[inline]
    pub(super) fn of(path: &[u8]) -> Self {
        Self(last_word(path) >> 8 | u64::from(b'/') << 56)
    }

    /// The last bytes, fewer than eight, and a `/`, so that the last segment ends like the others.
    #[inline]
    fn last(self, count: usize) -> u64 {
        self.0 >> (56 - 8 * count)
    }
}

/// The last eight bytes of a text, its last byte highest.
#[inline]
pub(super) fn last_word(text: &[u8]) -> u64 {
    text.last_chunk().map_or_else(|| few_bytes(text), |last| u64::from_le_bytes(*last))
}

/// A text of fewer than eight bytes, shifted so that its last byte is the highest one.
#[cold]
fn few_bytes(text: &[u8]) -> u64 {
    text.iter().fold(0, |word, byte| word >> 8 | u64::from(*byte) << 56)
}

/// The next eight bytes of a path, or those up to its end and a `/`. `rest` is the end of a path that ends in `tail`.
#[inline]
pub(super) fn next_word(rest: &[u8], tail: Tail) -> u64 {
    rest.first_chunk().map_or_else(|| tail.last(rest.len()), |word| u64::from_le_bytes(*word))
}

/// Whether the rest of a path, which ends in `tail`, has an ASCII byte that is not `/`.
pub(super) fn contains(mut rest: &[u8], tail: Tail, byte: u8) -> bool {
    let mut found = 0;
    while let Some((word, after)) = rest.split_first_chunk() {
        found |= find(byte, u64::from_le_bytes(*word));
        rest = after;
    }
    found | find(byte, tail.last(rest.len())) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_is_found_at_each_position() {
        for length in (1..100).filter(|length| !cfg!(miri) || [1, 8, 9, 63, 64, 65, 73].contains(length)) {
            for other in ["-", "$", "a", "/", "\u{7f}"] {
                let text = other.repeat(length).into_bytes();
                assert!(!contains(&text, Tail::of(&text), b'.'), "{other} {length}");
                for at in 0..length {
                    let mut text = text.clone();
                    text[at] = b'.';
                    let tail = Tail::of(&text);
                    assert!(contains(&text, tail, b'.') && !contains(&text, tail, b'%'), "{length} {at}");
                    assert!(!contains(&text[at + 1..], tail, b'.'), "{length} {at}");
                }
            }
        }
    }

    #[test]
    fn bytes_that_are_not_ascii_equal_no_ascii_byte() {
        let text = "é\u{ae}ü\u{a5}ñ\u{af}".as_bytes(); // with the low bits of `.`, `%` and `/`
        for byte in [b'.', b'%'] {
            assert!(!contains(text, Tail::of(text), byte));
        }
        let word = u64::from_le_bytes(*text.first_chunk().unwrap());
        assert_eq!(find(b'/', word), 0);
        assert!(!is_plain(find_special(word)));
    }
}
