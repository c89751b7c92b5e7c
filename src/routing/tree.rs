//! The segment tree: one node per segment of a pattern, all nodes in one arena.
//!
//! Every literal child stands in one hash table, keyed by its parent and its text, so that a step down costs the same in
//! a table of ten routes and of a hundred thousand. A node is reached by one way only, so a lookup visits it at most once.

use std::cmp::Reverse;

use crate::routing::index::{Id, Index};
use crate::routing::params::Spans;
use crate::routing::pattern::Segment;
use crate::routing::words;

const ROOT: usize = 0;

/// Whether a `/` at the end of the path tells two paths apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slash {
    /// It does.
    Significant,
    /// It does not: it was cut from the path, or it was not there.
    Ignored { was_sent: bool },
}

/// The tree: it says which leaf a sequence of segments leads to, and knows nothing of what a leaf means.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The texts of all literals, one after another.
    labels: String,
    /// The nodes that a literal leads to, by their parents and their texts.
    literals: Index,
    /// The children with a parameter inside a literal, of the nodes that have any.
    mixed: Vec<Vec<Mixed>>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    parent: u32,
    label: u32,
    label_length: u16,
    has_literals: bool,
    /// Whether there are ways on other than by a literal and by a parameter.
    has_rare_ways: bool,
    /// As [`words::Found::rest`]: a short label need not be looked up.
    label_rest: u64,
    leaf: Option<Id>,
    mixed: Option<Id>,
    param: Option<Id>,
    catch_all: Option<Id>,
    optional: Option<Id>,
}

impl Node {
    fn label<'l>(&self, labels: &'l str) -> &'l [u8] {
        &labels.as_bytes()[self.label as usize..][..usize::from(self.label_length)]
    }
}

#[derive(Clone, Debug)]
struct Mixed {
    prefix: Box<str>,
    suffix: Box<str>,
    child: Id,
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
        Self { nodes: vec![root], labels: String::new(), literals: Index::new(), mixed: Vec::new() }
    }

    /// The node that a pattern ends at, and the leaf there, where one may be put.
    pub(super) fn leaf_mut(&mut self, segments: &[Segment]) -> (Id, &mut Option<Id>) {
        let mut node = ROOT;
        for segment in segments {
            node = match segment {
                Segment::Literal(text) => self.literal_child(node, text),
                Segment::Mixed { prefix, suffix } => self.mixed_child(node, prefix, suffix),
                Segment::Param => self.param_child(node),
                // A catch-all is the last segment, and a leaf of the node before it.
                Segment::CatchAll | Segment::OptionalCatchAll => {
                    let own = &mut self.nodes[node];
                    own.has_rare_ways = true;
                    let leaf = if *segment == Segment::CatchAll { &mut own.catch_all } else { &mut own.optional };
                    return (Id::new(node), leaf);
                }
            };
        }
        (Id::new(node), &mut self.nodes[node].leaf)
    }

    /// The leaf of the pattern that ends at a node.
    pub(super) fn leaf(&self, node: Id) -> Option<Id> {
        self.nodes[node.index()].leaf
    }

    /// Whether no other pattern matches the path of one that has literals only and ends at this node. A `/` at the end is
    /// significant.
    pub(super) fn is_alone(&self, node: Id) -> bool {
        let mut at = node.index();
        if self.nodes[at].optional.is_some() {
            return false;
        }
        while at != ROOT {
            at = self.nodes[at].parent as usize;
            if self.nodes[at].param.is_some() || self.nodes[at].has_rare_ways {
                return false;
            }
        }
        true
    }

    /// Shows the leaves that match `path`, with what their patterns captured, to `accept`, the most specific first, until
    /// it takes one; the captures of that are given back.
    ///
    /// The path is canonical, begins with `/` and has at most `u16::MAX` bytes.
    pub(super) fn find(&self, path: &str, slash: Slash, accept: &mut Accept<'_>) -> Option<Spans> {
        let mut search = Search { tree: self, path, slash, spans: Spans::new(), accept };
        search.visit(ROOT, 1).then_some(search.spans)
    }

    #[expect(clippy::inline_always, reason = "most of a lookup is this: the call would cost as much again")]
    #[inline(always)]
    fn find_literal(&self, parent: usize, path: &[u8], start: usize, found: &words::Found) -> Option<Id> {
        let length = found.end - start;
        for id in self.literals.candidates(found.hash) {
            let node = &self.nodes[id.index()];
            let is_it = node.parent as usize == parent
                && node.label_rest == found.rest
                && usize::from(node.label_length) == length
                && (length < 8 || *node.label(&self.labels) == path[start..found.end]);
            if is_it {
                return Some(id);
            }
        }
        None
    }

    fn literal_child(&mut self, parent: usize, text: &str) -> usize {
        let found = words::segment(text.as_bytes(), 0, parent);
        if let Some(child) = self.find_literal(parent, text.as_bytes(), 0, &found) {
            return child.index();
        }
        let small = |number| u32::try_from(number).expect("the literals of a table have fewer than u32::MAX bytes");
        let label = small(self.labels.len());
        let label_length = u16::try_from(text.len()).expect("a pattern has at most u16::MAX bytes");
        self.labels.push_str(text);
        self.nodes[parent].has_literals = true;
        let parent = small(parent);
        let child = self.push(Node { parent, label, label_length, label_rest: found.rest, ..Node::default() });
        let Self { literals, nodes, labels, .. } = self;
        literals.insert(found.hash, child, |id| {
            let node = &nodes[id.index()];
            words::segment(node.label(labels), 0, node.parent as usize).hash
        });
        child.index()
    }

    fn mixed_child(&mut self, parent: usize, prefix: &str, suffix: &str) -> usize {
        self.nodes[parent].has_rare_ways = true;
        let list = *self.nodes[parent].mixed.get_or_insert_with(|| {
            self.mixed.push(Vec::new());
            Id::new(self.mixed.len() - 1)
        });
        let known = self.mixed[list.index()].iter().find(|own| &*own.prefix == prefix && &*own.suffix == suffix);
        if let Some(known) = known {
            return known.child.index();
        }
        let child = self.push(Node::default());
        let new = Mixed { prefix: prefix.into(), suffix: suffix.into(), child };
        let siblings = &mut self.mixed[list.index()];
        let place = siblings.partition_point(|own| own.order() < new.order());
        siblings.insert(place, new);
        child.index()
    }

    fn param_child(&mut self, parent: usize) -> usize {
        if let Some(child) = self.nodes[parent].param {
            return child.index();
        }
        let child = self.push(Node::default());
        self.nodes[parent].param = Some(child);
        child.index()
    }

    fn push(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        Id::new(self.nodes.len() - 1)
    }
}

/// Who takes a leaf, or asks for the next one.
pub(super) type Accept<'a> = dyn FnMut(Id, &Spans) -> bool + 'a;

/// One lookup: the path, what was captured on the way down, and who takes a leaf.
struct Search<'a, 'f> {
    tree: &'a Tree,
    path: &'a str,
    slash: Slash,
    spans: Spans,
    accept: &'a mut Accept<'f>,
}

impl Search<'_, '_> {
    /// Visits a node with the segment that begins at `start`; true once a leaf was taken. If none was, the captures are
    /// the caller's to give back.
    fn visit(&mut self, mut node: usize, mut start: usize) -> bool {
        let tree = self.tree;
        let path = self.path.as_bytes();
        let (own, end, literal, param) = loop {
            if start > path.len() {
                return self.end(node);
            }
            let own = &tree.nodes[node];
            let (literal, end) = if own.has_literals {
                let found = words::segment(path, start, node);
                (tree.find_literal(node, path, start, &found), found.end)
            } else {
                (None, words::end(path, start))
            };
            let param = if end > start { own.param } else { None };
            // Where one way leads on, there is nothing to come back to.
            let only = match (literal, param) {
                _ if own.has_rare_ways => break (own, end, literal, param),
                (Some(_), Some(_)) => break (own, end, literal, param),
                (Some(child), None) => child,
                (None, Some(child)) => {
                    self.spans.push(start, end);
                    child
                }
                (None, None) => return false,
            };
            (node, start) = (only.index(), end + 1);
        };
        if literal.is_some_and(|child| self.attempt(|search| search.visit(child.index(), end + 1))) {
            return true;
        }
        if let Some(list) = own.mixed {
            for mixed in &tree.mixed[list.index()] {
                if let Some((from, to)) = mixed.capture(self.path, start, end) {
                    if self.attempt(|search| search.capture(from, to).visit(mixed.child.index(), end + 1)) {
                        return true;
                    }
                }
            }
        }
        if param.is_some_and(|child| self.attempt(|search| search.capture(start, end).visit(child.index(), end + 1))) {
            return true;
        }
        // Where the path ends in the `/` before the tail, there is no segment to capture.
        let has_tail = start < path.len();
        if has_tail && self.attempt(|search| search.capture(start, path.len()).take(own.catch_all)) {
            return true;
        }
        if has_tail { self.capture(start, path.len()).take(own.optional) } else { self.take(own.optional) }
    }

    /// No segment is left: the pattern that ends here, or an optional catch-all that captures none.
    fn end(&mut self, node: usize) -> bool {
        let tree = self.tree;
        let own = &tree.nodes[node];
        let ended = match self.slash {
            Slash::Significant => self.take(own.leaf),
            Slash::Ignored { was_sent } => {
                let empty = words::segment(b"", 0, node);
                let with_slash = tree.find_literal(node, b"", 0, &empty).and_then(|child| tree.leaf(child));
                let (first, second) = if was_sent { (with_slash, own.leaf) } else { (own.leaf, with_slash) };
                self.take(first) || self.take(second)
            }
        };
        ended || self.take(own.optional)
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

    fn take(&mut self, leaf: Option<Id>) -> bool {
        leaf.is_some_and(|leaf| (self.accept)(leaf, &self.spans))
    }
}
