//! The search for the patterns that match a path.
//!
//! [`Walk`] follows a path while there is one way on, which is all of most lookups. [`Search`] tries each way on from a fork,
//! the most specific first, and walks on from there.

use crate::routing::params::Spans;
use crate::routing::segment::Segment;
use crate::routing::swar;
use crate::routing::target::{Slash, Target};
use crate::routing::tree::{LeafId, OtherWays, ROOT, Tree};

/// A walk down the tree while there is one way on.
pub(super) struct Walk {
    pub(super) end: End,
    pub(super) spans: Spans,
    /// The special bytes of the captured values.
    special_bytes: u64,
}

/// The end of a walk.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// The only pattern that matches.
    Leaf(LeafId),
    /// No pattern matches the segment that begins here, or the path ends before its pattern.
    Nowhere { start: usize },
    /// There may be several ways on.
    Fork(Fork),
}

/// A node, and where the next segment of the path begins: past the end of the path if there is none.
#[derive(Clone, Copy)]
pub(super) struct Fork {
    node: usize,
    start: usize,
}

impl Fork {
    pub(super) const ROOT: Self = Self { node: ROOT, start: 1 };
}

impl Walk {
    /// Follows the path from a node.
    #[expect(clippy::inline_always, reason = "as calls these three cost a fifth of a request that falls through")]
    #[inline(always)]
    pub(super) fn new(tree: &Tree, target: Target<'_>, Fork { mut node, mut start }: Fork) -> Self {
        let path = target.path.as_bytes();
        let mut own = tree.node(node);
        let mut spans = Spans::new();
        let mut special_bytes = 0;
        let end = loop {
            let Some(rest) = path.get(start..) else {
                break match own.leaf {
                    _ if own.any().is_some() || target.slash != Slash::Significant => End::Fork(Fork { node, start }),
                    Some(leaf) => End::Leaf(leaf),
                    None => End::Nowhere { start },
                };
            };
            let segment = Segment::first(rest, target.tail);
            let end = start + segment.length;
            if let Some(child) = tree.find_literal(node, own, segment) {
                if !matches!(own.other, OtherWays::None) {
                    break End::Fork(Fork { node, start });
                }
                (node, own) = child;
            } else {
                match own.other {
                    OtherWays::None => break End::Nowhere { start },
                    OtherWays::Param(child) if end > start => {
                        spans.push(start, end);
                        special_bytes |= segment.special_bytes();
                        (node, own) = (child, tree.node(child));
                    }
                    _ => break End::Fork(Fork { node, start }),
                }
            }
            start = end + 1;
        };
        Self { end, spans, special_bytes }
    }

    /// Whether the captured values have nothing to decode, and nothing that could be refused.
    pub(super) fn is_plain(&self) -> bool {
        swar::is_plain(self.special_bytes)
    }

    /// Whether the path has escapes that must be decoded. The part before `start` has none if the captured values have none:
    /// its literals are equal to those of patterns, which are in canonical form.
    #[inline]
    pub(super) fn has_escapes(&self, target: Target<'_>) -> bool {
        let start = match self.end {
            End::Nowhere { start } | End::Fork(Fork { start, .. }) if self.is_plain() => start,
            _ => 0,
        };
        target.has_escapes_after(start)
    }
}

/// A search with backtracking.
pub(super) struct Search<'a> {
    tree: &'a Tree,
    target: Target<'a>,
    /// The values that were captured on the way to the current node.
    spans: Spans,
}

/// Returns whether it takes a leaf with these values.
type Accept<'a> = dyn FnMut(LeafId, &Spans) -> bool + 'a;

impl<'a> Search<'a> {
    pub(super) fn new(tree: &'a Tree, target: Target<'a>, spans: Spans) -> Self {
        Self { tree, target, spans }
    }

    pub(super) fn target(&self) -> Target<'a> {
        self.target
    }

    /// The values for the leaf that was taken.
    pub(super) fn into_spans(self) -> Spans {
        self.spans
    }

    /// Passes the leaves that match from a node on to `accept`, the most specific first, until it returns true.
    ///
    /// Returns whether it did. If not, the caller removes what was captured since.
    pub(super) fn run(&mut self, Fork { node, start }: Fork, accept: &mut Accept<'_>) -> bool {
        let (tree, path) = (self.tree, self.target.path);
        let own = tree.node(node);
        if start > path.len() {
            return self.end(node, accept);
        }
        let (literal, end) = self.literal(node, start);
        if let Some(child) = literal {
            if self.attempt(child, None, end + 1, accept) {
                return true;
            }
        }
        for affixed in own.any().map_or(&[][..], |ways| &ways.affixed) {
            let captured = affixed.capture(path, start, end);
            if captured.is_some() && self.attempt(affixed.child, captured, end + 1, accept) {
                return true;
            }
        }
        if let Some(child) = own.param().filter(|_| end > start) {
            if self.attempt(child, Some((start, end)), end + 1, accept) {
                return true;
            }
        }
        let Some(ways) = own.any() else { return false };
        // A path that ends in the `/` before the tail has no segment for it.
        if start == path.len() {
            return self.take(ways.optional_catch_all, accept);
        }
        self.spans.push(start, path.len());
        self.take(ways.catch_all, accept) || self.take(ways.optional_catch_all, accept)
    }

    /// The child for the segment that begins at `start`, read as a literal, and the end of the segment.
    #[inline(never)] // the search is recursive, and these values would be in each of its stack frames
    fn literal(&self, node: usize, start: usize) -> (Option<usize>, usize) {
        let segment = Segment::first(&self.target.path.as_bytes()[start..], self.target.tail);
        let child = self.tree.find_literal(node, self.tree.node(node), segment);
        (child.map(|(child, _)| child), start + segment.length)
    }

    /// Tries a child with a captured value, and removes what was captured on the way if no leaf was taken.
    fn attempt(
        &mut self,
        child: usize,
        captured: Option<(usize, usize)>,
        start: usize,
        accept: &mut Accept<'_>,
    ) -> bool {
        let kept = self.spans.len();
        if let Some((from, to)) = captured {
            self.spans.push(from, to);
        }
        let taken = match self.walk(Fork { node: child, start }) {
            End::Leaf(leaf) => accept(leaf, &self.spans),
            End::Nowhere { .. } => false,
            End::Fork(fork) => self.run(fork, accept),
        };
        if !taken {
            self.spans.truncate(kept);
        }
        taken
    }

    /// Follows the path from a fork while there is one way on.
    #[inline(never)] // the search is recursive, and the values of a walk would be in each of its stack frames
    fn walk(&mut self, fork: Fork) -> End {
        let Walk { end, spans, .. } = Walk::new(self.tree, self.target, fork);
        self.spans.extend(&spans);
        end
    }

    /// Takes a leaf of a path that ends at a node: a pattern that ends here, or an optional catch-all that captures nothing.
    fn end(&mut self, node: usize, accept: &mut Accept<'_>) -> bool {
        let own = self.tree.node(node);
        let with_slash = || self.tree.find_literal(node, own, Segment::of(b""))?.1.leaf;
        let leaves = match self.target.slash {
            Slash::Significant => [own.leaf, None],
            Slash::Ignored { was_sent: false } => [own.leaf, with_slash()],
            Slash::Ignored { was_sent: true } => [with_slash(), own.leaf],
        };
        let optional = own.any().and_then(|ways| ways.optional_catch_all);
        leaves.into_iter().chain([optional]).any(|leaf| self.take(leaf, accept))
    }

    fn take(&mut self, leaf: Option<LeafId>, accept: &mut Accept<'_>) -> bool {
        leaf.is_some_and(|leaf| accept(leaf, &self.spans))
    }
}

/// The most specific leaf that matches.
pub(super) fn first(tree: &Tree, target: &Target<'_>) -> Option<LeafId> {
    let mut first = None;
    Search::new(tree, *target, Spans::new()).run(Fork::ROOT, &mut |leaf, _| first.replace(leaf).is_none());
    first
}
