//! The segment tree: one node per segment of a pattern, all nodes in one arena.
//!
//! Every literal child stands in one hash table, keyed by its parent and its text, so that a step down costs the same in
//! a table of ten routes and of a hundred thousand. A node is reached by one way only, so a lookup visits it at most once.

use std::cmp::Reverse;

use crate::platform::WANTS_SMALL;
use crate::routing::index::{Child, Id, Index};
use crate::routing::params::Spans;
use crate::routing::pattern::Segment;
use crate::routing::target::{Slash, Target};
use crate::routing::words;

const ROOT: usize = 0;

/// The tree: it says which leaf a sequence of segments leads to, and knows nothing of what a leaf means.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The texts of all literals, one after another.
    labels: String,
    /// The nodes that a literal leads to, by their parents and their texts.
    literals: Index,
    rare: Vec<RareWays>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// The last bytes of the label, at most eight: a short one need not be looked up.
    label_rest: u64,
    label: u32,
    label_length: u16,
    /// The [kinds](words::Segment::kind) of the literals that lead on.
    kinds: u16,
    parent: u32,
    leaf: Option<Id>,
    param: Option<Child>,
    rare: Option<Id>,
}

impl Node {
    fn label<'l>(&self, labels: &'l str) -> &'l [u8] {
        &labels.as_bytes()[self.label as usize..][..usize::from(self.label_length)]
    }
}

/// The ways on that few nodes have.
#[derive(Clone, Debug, Default)]
struct RareWays {
    mixed: Vec<Mixed>,
    catch_all: Option<Id>,
    optional: Option<Id>,
}

#[derive(Clone, Debug)]
struct Mixed {
    prefix: Box<str>,
    suffix: Box<str>,
    child: Child,
}

impl Mixed {
    /// The longer literal first; ties are broken by the texts, so that the order of registration says nothing.
    fn order(&self) -> impl Ord + '_ {
        (Reverse((self.prefix.len() + self.suffix.len(), self.prefix.len())), &self.prefix, &self.suffix)
    }

    /// The range that the parameter takes in the segment `path[start..end]`.
    fn capture(&self, path: &str, start: usize, end: usize) -> Option<(usize, usize)> {
        let value = path[start..end].strip_prefix(&*self.prefix)?.strip_suffix(&*self.suffix)?;
        let start = start + self.prefix.len();
        // A `%` of a canonical path begins an escape, which the suffix may not cut.
        let cuts_an_escape = value.as_bytes()[value.len().saturating_sub(2)..].contains(&b'%');
        (!value.is_empty() && !cuts_an_escape).then_some((start, start + value.len()))
    }
}

impl Tree {
    pub(super) fn new() -> Self {
        let root = Node::default();
        Self { nodes: vec![root], labels: String::new(), literals: Index::new(), rare: Vec::new() }
    }

    /// The node that a pattern ends at, and the leaf there, where one may be put.
    pub(super) fn leaf_mut(&mut self, segments: &[Segment]) -> (usize, &mut Option<Id>) {
        let mut node = ROOT;
        for segment in segments {
            node = match segment {
                Segment::Literal(text) => self.literal_child(node, text),
                Segment::Mixed { prefix, suffix } => self.mixed_child(node, prefix, suffix),
                Segment::Param => self.param_child(node),
                // A catch-all is the last segment, and a leaf of the node before it.
                Segment::CatchAll | Segment::OptionalCatchAll => {
                    let own = self.rare_ways(node);
                    let leaf = if *segment == Segment::CatchAll { &mut own.catch_all } else { &mut own.optional };
                    return (node, leaf);
                }
            };
        }
        (node, &mut self.nodes[node].leaf)
    }

    /// The leaf of the pattern that ends at a node.
    pub(super) fn leaf(&self, node: Child) -> Option<Id> {
        self.nodes[node.place()].leaf
    }

    /// Whether no other pattern matches the path of one that has literals only and ends at this node. A `/` at the end is
    /// significant.
    pub(super) fn is_alone(&self, node: Child) -> bool {
        let mut at = node.place();
        if self.nodes[at].rare.is_some() {
            return false;
        }
        while at != ROOT {
            at = self.nodes[at].parent as usize;
            if self.nodes[at].param.is_some() || self.nodes[at].rare.is_some() {
                return false;
            }
        }
        true
    }

    /// The most specific leaf that matches.
    pub(super) fn first(&self, target: &Target<'_>) -> Option<Id> {
        let mut search = Search::new(self, target);
        let fork = match search.descend() {
            Way::Only(leaf) => return Some(leaf),
            Way::Nowhere { .. } => return None,
            Way::Parts(fork) => fork,
        };
        let mut first = None;
        search.choose(fork, &mut |leaf, _| first.replace(leaf).is_none());
        first
    }

    /// The child of a node that a segment leads to as a literal.
    #[expect(clippy::inline_always, reason = "most of a lookup is this: the call would cost as much again")]
    #[inline(always)]
    fn find_literal(&self, parent: usize, own: &Node, segment: words::Segment<'_>) -> Option<(usize, &Node)> {
        if own.kinds & segment.kind() == 0 {
            return None;
        }
        let Some(word) = segment.short() else { return self.find_long_literal(parent, segment.text()) };
        for child in self.literals.candidates(words::hash_word(parent, word)) {
            let node = &self.nodes[child.place()];
            let is_it = node.label_rest == word
                && node.parent as usize == parent
                && usize::from(node.label_length) == segment.length;
            if is_it {
                return Some((child.place(), node));
            }
        }
        None
    }

    /// The same for a segment of more than eight bytes.
    #[cold]
    #[inline(never)]
    fn find_long_literal(&self, parent: usize, text: &[u8]) -> Option<(usize, &Node)> {
        let (hash, rest) = words::hash_text(parent, text);
        for child in self.literals.candidates(hash) {
            let node = &self.nodes[child.place()];
            if node.label_rest == rest && node.parent as usize == parent && node.label(&self.labels) == text {
                return Some((child.place(), node));
            }
        }
        None
    }

    fn literal_child(&mut self, parent: usize, text: &str) -> usize {
        let segment = words::Segment::of(text.as_bytes());
        if let Some((child, _)) = self.find_literal(parent, &self.nodes[parent], segment) {
            return child;
        }
        let (hash, label_rest) = segment.hash(parent);
        let small = |number| u32::try_from(number).expect("the literals of a table have fewer than u32::MAX bytes");
        let label = small(self.labels.len());
        let label_length = u16::try_from(text.len()).expect("a pattern has at most u16::MAX bytes");
        self.labels.push_str(text);
        self.nodes[parent].kinds |= segment.kind();
        let parent = small(parent);
        let child = self.push(Node { label_rest, label, label_length, parent, ..Node::default() });
        let Self { literals, nodes, labels, .. } = self;
        literals.insert(hash, child, |child| {
            let node = &nodes[child.place()];
            words::Segment::of(node.label(labels)).hash(node.parent as usize).0
        });
        child.place()
    }

    fn mixed_child(&mut self, parent: usize, prefix: &str, suffix: &str) -> usize {
        let known = self.rare_ways(parent).mixed.iter().find(|own| &*own.prefix == prefix && &*own.suffix == suffix);
        if let Some(known) = known {
            return known.child.place();
        }
        let child = self.push(Node::default());
        let new = Mixed { prefix: prefix.into(), suffix: suffix.into(), child };
        let siblings = &mut self.rare_ways(parent).mixed;
        let place = siblings.partition_point(|own| own.order() < new.order());
        siblings.insert(place, new);
        child.place()
    }

    fn rare_ways(&mut self, node: usize) -> &mut RareWays {
        let place = *self.nodes[node].rare.get_or_insert_with(|| {
            self.rare.push(RareWays::default());
            Id::new(self.rare.len() - 1)
        });
        &mut self.rare[place.index()]
    }

    fn param_child(&mut self, parent: usize) -> usize {
        if let Some(child) = self.nodes[parent].param {
            return child.place();
        }
        let child = self.push(Node::default());
        self.nodes[parent].param = Some(child);
        child.place()
    }

    fn push(&mut self, node: Node) -> Child {
        self.nodes.push(node);
        Child::new(self.nodes.len() - 1)
    }
}

/// Who takes a leaf, or asks for the next one.
type Accept<'a> = dyn FnMut(Id, &Spans) -> bool + 'a;

/// One lookup: the path, and what was captured on the way down.
pub(super) struct Search<'a> {
    tree: &'a Tree,
    target: &'a Target<'a>,
    spans: Spans,
    /// Nothing if what was captured before the path parts has neither an escape nor a dot.
    odd: u64,
}

/// Where a path leads without a choice.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// To the only leaf that matches.
    Only(Id),
    /// Nowhere: no pattern has the segment that begins here, or the path ends before its pattern.
    Nowhere { start: usize },
    /// To a node where it parts, or may end in more than one way.
    Parts(Fork),
}

/// A node, and where the next segment of the path begins; there is none if that is past the path's end.
#[derive(Clone, Copy)]
pub(super) struct Fork {
    node: usize,
    start: usize,
}

impl<'a> Search<'a> {
    #[inline]
    pub(super) fn new(tree: &'a Tree, target: &'a Target<'a>) -> Self {
        Self { tree, target, spans: Spans::new(), odd: 0 }
    }

    pub(super) fn target(&self) -> &'a Target<'a> {
        self.target
    }

    /// Whether what was captured on the only way is what was sent: there is nothing to decode in it, nor anything that
    /// could be refused.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.odd == 0
    }

    /// Whether the path has escapes that may have to be decoded. There are none in the literals on the way, as these were
    /// found as they were sent.
    pub(super) fn has_escapes(&self, way: Way) -> bool {
        let start = match way {
            Way::Nowhere { start } | Way::Parts(Fork { start, .. }) if self.odd == 0 => start,
            _ => 0,
        };
        self.target.has(b'%', start)
    }

    /// What was captured on the way.
    pub(super) fn into_spans(self) -> Spans {
        self.spans
    }

    /// Goes down from the root as far as there is one way.
    pub(super) fn descend(&mut self) -> Way {
        self.descend_from(ROOT, 1)
    }

    /// The same, as a part of the caller where speed is worth the code: it is the hot loop.
    #[expect(clippy::inline_always, reason = "the call would cost as much as a segment")]
    #[inline(always)]
    pub(super) fn descend_here(&mut self) -> Way {
        if WANTS_SMALL { self.descend() } else { self.walk(ROOT, 1) }
    }

    #[inline(never)]
    fn descend_from(&mut self, node: usize, start: usize) -> Way {
        self.walk(node, start)
    }

    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn walk(&mut self, mut node: usize, start: usize) -> Way {
        let tree = self.tree;
        let Target { path, tail, .. } = *self.target;
        let mut own = &tree.nodes[node];
        let mut rest = path.as_bytes().get(start..);
        while let Some(left) = rest {
            if own.rare.is_some() {
                return Way::Parts(Fork { node, start: path.len() - left.len() });
            }
            let segment = words::Segment::first(left, tail);
            let length = segment.length;
            let literal = tree.find_literal(node, own, segment);
            (node, own) = match (literal, own.param) {
                (Some(child), None) => child,
                (Some(_), Some(_)) => return Way::Parts(Fork { node, start: path.len() - left.len() }),
                (None, Some(child)) if length > 0 => {
                    let start = path.len() - left.len();
                    self.spans.push(start, start + length);
                    self.odd |= segment.odd();
                    (child.place(), &tree.nodes[child.place()])
                }
                (None, _) => return Way::Nowhere { start: path.len() - left.len() },
            };
            rest = left.get(length + 1..);
        }
        let start = path.len() + 1;
        match own.leaf {
            _ if own.rare.is_some() || self.target.slash != Slash::Significant => Way::Parts(Fork { node, start }),
            Some(leaf) => Way::Only(leaf),
            None => Way::Nowhere { start },
        }
    }

    /// Shows the leaves that match from a node on, with what their patterns captured, to `accept`, the most specific first,
    /// until it takes one; true once it did. If it took none, the captures are the caller's to give back.
    pub(super) fn choose(&mut self, Fork { node, start }: Fork, accept: &mut Accept<'_>) -> bool {
        let tree = self.tree;
        let path = self.target.path.as_bytes();
        let own = &tree.nodes[node];
        let Some(left) = path.get(start..) else { return self.end(node, accept) };
        let segment = words::Segment::first(left, self.target.tail);
        let end = start + segment.length;
        let literal = tree.find_literal(node, own, segment);
        let param = if end > start { own.param } else { None };
        if literal.is_some_and(|(child, _)| self.attempt(|search| search.go(child, end + 1, accept))) {
            return true;
        }
        let rare = own.rare.map(|rare| &tree.rare[rare.index()]);
        for mixed in rare.map_or(&[][..], |rare| &rare.mixed) {
            if let Some((from, to)) = mixed.capture(self.target.path, start, end) {
                if self.attempt(|search| search.capture(from, to).go(mixed.child.place(), end + 1, accept)) {
                    return true;
                }
            }
        }
        if param
            .is_some_and(|child| self.attempt(|search| search.capture(start, end).go(child.place(), end + 1, accept)))
        {
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
        match self.descend_from(node, start) {
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
                let with_slash =
                    tree.find_literal(node, own, words::Segment::of(b"")).and_then(|(_, child)| child.leaf);
                let (first, second) = if was_sent { (with_slash, own.leaf) } else { (own.leaf, with_slash) };
                self.take(first, accept) || self.take(second, accept)
            }
        };
        ended || self.take(own.rare.and_then(|rare| tree.rare[rare.index()].optional), accept)
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
