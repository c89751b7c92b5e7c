//! A lookup where the path parts: one branch after the other, the most specific first.

use crate::routing::index::Id;
use crate::routing::params::{FewSpans, FirstSpans, Spans};
use crate::routing::target::{Slash, Target};
use crate::routing::tree::{Descent, Fork, Tree, Way};
use crate::routing::words;

/// Who takes a leaf, or asks for the next one.
type Accept<'a> = dyn FnMut(Id, &Spans) -> bool + 'a;

/// A lookup where the path parts: what was captured on the way down.
pub(in crate::routing) struct Search<'a> {
    tree: &'a Tree,
    target: Target<'a>,
    spans: Spans,
}

impl<'a> Search<'a> {
    pub(in crate::routing) fn new(tree: &'a Tree, target: Target<'a>, captured: FewSpans) -> Self {
        Self { tree, target, spans: captured.into() }
    }

    pub(in crate::routing) fn target(&self) -> Target<'a> {
        self.target
    }

    /// What was captured on the way.
    pub(in crate::routing) fn into_spans(self) -> Spans {
        self.spans
    }

    /// Shows the leaves that match from a node on, with what their patterns captured, to `accept`, the most specific first,
    /// until it takes one; true once it did. If it took none, the captures are the caller's to give back.
    pub(in crate::routing) fn choose(&mut self, Fork { node, start }: Fork, accept: &mut Accept<'_>) -> bool {
        let tree = self.tree;
        let path = self.target.path;
        let own = &tree.nodes[node];
        if start > path.len() {
            return self.end(node, accept);
        }
        let segment = words::Segment::at(path.as_bytes(), start, self.target.tail);
        let end = start + segment.length;
        let literal = tree.find_literal(node, segment);
        if literal.is_some_and(|child| self.attempt(|search| search.go(child, end + 1, accept))) {
            return true;
        }
        let rare = tree.rare(own);
        for mixed in rare.map_or(&[][..], |rare| &rare.mixed) {
            if let Some((from, to)) = mixed.capture(path, start, end) {
                if self.attempt(|search| search.capture(from, to).go(mixed.child, end + 1, accept)) {
                    return true;
                }
            }
        }
        let param = tree.param(own).filter(|_| end > start);
        if param.is_some_and(|child| self.attempt(|search| search.capture(start, end).go(child, end + 1, accept))) {
            return true;
        }
        let Some(rare) = rare else { return false };
        // Where the path ends in the `/` before the tail, there is no segment to capture.
        if start == path.len() {
            return self.take(rare.optional, accept);
        }
        self.attempt(|search| search.capture(start, path.len()).take(rare.catch_all, accept))
            || self.capture(start, path.len()).take(rare.optional, accept)
    }

    fn go(&mut self, node: usize, start: usize, accept: &mut Accept<'_>) -> bool {
        let mut spans = FirstSpans::new();
        let Descent { way, count, .. } = self.tree.descend_from(&self.target, node, start, &mut spans);
        self.spans.extend(&spans.take(count));
        match way {
            Way::Only(leaf) => accept(leaf, &self.spans),
            Way::Nowhere { .. } => false,
            Way::Parts(fork) => self.choose(fork, accept),
        }
    }

    /// No segment is left: the pattern that ends here, or an optional catch-all that captures none.
    fn end(&mut self, node: usize, accept: &mut Accept<'_>) -> bool {
        let tree = self.tree;
        let own = &tree.nodes[node];
        let ended = match self.target.slash {
            Slash::Significant => self.take(own.leaf, accept),
            Slash::Ignored { was_sent } => {
                let with_slash = tree.find_literal(node, words::Segment::of(b""));
                let with_slash = with_slash.and_then(|child| tree.nodes[child].leaf);
                let (first, second) = if was_sent { (with_slash, own.leaf) } else { (own.leaf, with_slash) };
                self.take(first, accept) || self.take(second, accept)
            }
        };
        ended || self.take(tree.rare(own).and_then(|rare| rare.optional), accept)
    }

    /// Goes a way, and gives back what was captured on it if it led nowhere.
    fn attempt(&mut self, way: impl FnOnce(&mut Self) -> bool) -> bool {
        let kept = self.spans.len();
        let taken = way(self);
        if !taken {
            self.spans.truncate(kept);
        }
        taken
    }

    fn capture(&mut self, start: usize, end: usize) -> &mut Self {
        self.spans.push(start, end);
        self
    }

    fn take(&mut self, leaf: Option<Id>, accept: &mut Accept<'_>) -> bool {
        leaf.is_some_and(|leaf| accept(leaf, &self.spans))
    }
}
