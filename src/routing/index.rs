//! A hash table of nodes, whose keys stand elsewhere.

use std::num::NonZeroU32;

/// A place in an arena, one more than itself, so that an `Option` of it has the same size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(NonZeroU32);

impl Id {
    pub(super) fn new(index: usize) -> Self {
        let id = u32::try_from(index + 1).ok().and_then(NonZeroU32::new);
        Self(id.expect("a table has fewer than u32::MAX entries"))
    }

    #[inline]
    pub(super) fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A node of a tree, by its place: the first one is the root, and nobody's child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Child(NonZeroU32);

impl Child {
    pub(super) fn new(place: usize) -> Self {
        Self(
            u32::try_from(place)
                .ok()
                .and_then(NonZeroU32::new)
                .expect("a tree has fewer than u32::MAX nodes, the root first"),
        )
    }

    #[inline]
    pub(super) fn place(self) -> usize {
        self.0.get() as usize
    }
}

/// Open addressing with steps of one; the slots are a power of two, at most a quarter of them taken. A hash begins at the
/// slot that its high bits say.
#[derive(Clone, Debug)]
pub(super) struct Index {
    slots: Vec<Option<Child>>,
    taken: usize,
    /// 64 less the bits of a slot's number.
    shift: u32,
}

impl Index {
    pub(super) fn new() -> Self {
        Self { slots: vec![None; 8], taken: 0, shift: 61 }
    }

    /// The nodes that may have this hash; nearly always it is the one, or none.
    #[inline]
    pub(super) fn candidates(&self, hash: u64) -> Candidates<'_> {
        Candidates { index: self, slot: self.slot(hash) }
    }

    /// Adds a node that is not there. `hash_of` tells the hashes of the others, should they have to move.
    pub(super) fn insert(&mut self, hash: u64, child: Child, hash_of: impl Fn(Child) -> u64) {
        if (self.taken + 1) * 4 > self.slots.len() {
            let doubled = vec![None; self.slots.len() * 2];
            self.shift -= 1;
            for child in std::mem::replace(&mut self.slots, doubled).into_iter().flatten() {
                self.occupy(hash_of(child), child);
            }
        }
        self.taken += 1;
        self.occupy(hash, child);
    }

    fn occupy(&mut self, hash: u64, child: Child) {
        let mut slot = self.slot(hash);
        while self.slots[slot].is_some() {
            slot = self.next(slot);
        }
        self.slots[slot] = Some(child);
    }

    #[expect(clippy::cast_possible_truncation, reason = "there are as many slots as the bits that are left can say")]
    fn slot(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    fn next(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }
}

/// See [`Index::candidates`].
pub(super) struct Candidates<'i> {
    index: &'i Index,
    slot: usize,
}

impl Iterator for Candidates<'_> {
    type Item = Child;

    #[inline]
    fn next(&mut self) -> Option<Child> {
        let child = (*self.index.slots.get(self.slot)?)?;
        self.slot = self.index.next(self.slot);
        Some(child)
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
            index.insert(hash(number), Child::new(number + 1), |child| hash(child.place() - 1));
            assert_eq!(index.slots.len(), (4 * (number + 1)).next_power_of_two().max(8), "a quarter is taken at most");
        }
        let candidates = |number| index.candidates(hash(number));
        assert!((0..count).all(|number| candidates(number).any(|child| child.place() == number + 1)));
        let all = (0..2 * count).map(|number| candidates(number).count()).sum::<usize>();
        assert!(all < 2 * count, "{all} candidates for {count} nodes, and as many that are none");
    }

    #[test]
    fn the_slot_after_the_last_is_the_first() {
        let mut index = Index::new();
        for place in 1..=2 {
            index.insert(u64::MAX, Child::new(place), |_| u64::MAX);
        }
        assert_eq!(index.candidates(u64::MAX).map(Child::place).collect::<Vec<_>>(), [1, 2]);
    }
}
