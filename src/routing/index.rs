//! A hash table of the nodes of a tree. Its keys are in the nodes.

use std::num::NonZeroU32;

/// The position of a node in its tree. The root is nobody's child, and has position 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Child(NonZeroU32);

impl Child {
    pub(super) fn new(position: usize) -> Self {
        let position = u32::try_from(position).ok().and_then(NonZeroU32::new);
        Self(position.expect("a tree has fewer than u32::MAX nodes, and the root is the first one"))
    }

    #[inline]
    pub(super) fn position(self) -> usize {
        self.0.get() as usize
    }
}

/// Open addressing with linear probing. At most a quarter of the slots is taken, and their number is a power of two.
#[derive(Clone, Debug)]
pub(super) struct Index {
    slots: Vec<Option<Child>>,
    taken: usize,
}

impl Index {
    pub(super) fn new() -> Self {
        Self { slots: vec![None; 8], taken: 0 }
    }

    /// The nodes that may have this hash. Nearly always it is one or none.
    #[inline]
    pub(super) fn candidates(&self, hash: u64) -> impl Iterator<Item = Child> {
        let mut slot = self.slot(hash);
        std::iter::from_fn(move || {
            let child = self.slots[slot]?;
            slot = self.next(slot);
            Some(child)
        })
    }

    /// Adds a node. `hash_of` returns the hash of another node, which has to move when the table grows.
    pub(super) fn insert(&mut self, hash: u64, child: Child, hash_of: impl Fn(Child) -> u64) {
        self.taken += 1;
        if self.taken * 4 > self.slots.len() {
            let doubled = vec![None; self.slots.len() * 2];
            for child in std::mem::replace(&mut self.slots, doubled).into_iter().flatten() {
                self.occupy(hash_of(child), child);
            }
        }
        self.occupy(hash, child);
    }

    fn occupy(&mut self, hash: u64, child: Child) {
        let mut slot = self.slot(hash);
        while self.slots[slot].is_some() {
            slot = self.next(slot);
        }
        self.slots[slot] = Some(child);
    }

    /// The slot that a hash begins at, by its high bits, which are its best.
    #[expect(clippy::cast_possible_truncation, reason = "the result is less than the number of slots")]
    #[inline]
    fn slot(&self, hash: u64) -> usize {
        (hash >> (64 - self.slots.len().trailing_zeros())) as usize
    }

    #[inline]
    fn next(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: usize) -> u64 {
        (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[test]
    fn a_node_is_one_of_few_candidates_however_many_there_are() {
        let count = if cfg!(miri) { 40 } else { 1000 };
        let mut index = Index::new();
        for number in 0..count {
            index.insert(hash(number), Child::new(number + 1), |child| hash(child.position() - 1));
            assert_eq!(index.slots.len(), (4 * (number + 1)).next_power_of_two().max(8), "a quarter is taken at most");
        }
        let candidates = |number| index.candidates(hash(number));
        assert!((0..count).all(|number| candidates(number).any(|child| child.position() == number + 1)));
        let all = (0..2 * count).map(|number| candidates(number).count()).sum::<usize>();
        assert!(all < 2 * count, "{all} candidates for {count} nodes, and as many that are none");
    }

    #[test]
    fn the_slot_after_the_last_is_the_first() {
        let mut index = Index::new();
        for place in 1..=2 {
            index.insert(u64::MAX, Child::new(place), |_| u64::MAX);
        }
        assert_eq!(index.candidates(u64::MAX).map(Child::position).collect::<Vec<_>>(), [1, 2]);
    }
}
