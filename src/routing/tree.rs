//! The segment tree: one node per segment of a pattern, all nodes in one arena.
//!
//! Every literal child stands in one hash table, keyed by its parent and its text, so that a step down costs the same in
//! a table of ten routes and of a hundred thousand. A node is reached by one way only, so a lookup visits it at most once.

use std::cmp::Reverse;
use std::num::NonZeroU32;

use crate::routing::params::Spans;
use crate::routing::pattern::Segment;

/// An index, one more than itself, so that an `Option` of it has the same size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(NonZeroU32);

impl Id {
    pub(super) fn new(index: usize) -> Self {
        let id = u32::try_from(index + 1).ok().and_then(NonZeroU32::new);
        Self(id.expect("a table has fewer than u32::MAX nodes"))
    }

    pub(super) fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

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
    /// Open addressing over the nodes that a literal leads to; a power of two, at most three quarters full.
    slots: Vec<Option<Id>>,
    /// The children with a parameter inside a literal, of the nodes that have any.
    mixed: Vec<Vec<Mixed>>,
    literals: usize,
}

#[derive(Clone, Debug, Default)]
struct Node {
    parent: u32,
    label: u32,
    label_length: u32,
    leaf: Option<Id>,
    mixed: Option<Id>,
    param: Option<Id>,
    catch_all: Option<Id>,
    optional: Option<Id>,
}

impl Node {
    fn has_parameters(&self) -> bool {
        self.mixed.is_some() || self.param.is_some() || self.catch_all.is_some() || self.optional.is_some()
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
        Self { nodes: vec![root], labels: String::new(), slots: vec![None; 8], mixed: Vec::new(), literals: 0 }
    }

    /// The leaf of a pattern, where one may be put.
    pub(super) fn leaf_mut(&mut self, segments: &[Segment]) -> &mut Option<Id> {
        let mut node = ROOT;
        for segment in segments {
            node = match segment {
                Segment::Literal(text) => self.literal_child(node, text),
                Segment::Mixed { prefix, suffix } => self.mixed_child(node, prefix, suffix),
                Segment::Param => self.param_child(node),
                // A catch-all is the last segment, and a leaf of the node before it.
                Segment::CatchAll => return &mut self.nodes[node].catch_all,
                Segment::OptionalCatchAll => return &mut self.nodes[node].optional,
            };
        }
        &mut self.nodes[node].leaf
    }

    /// Shows the leaves that match `path` to `accept`, the most specific first, until it takes one.
    ///
    /// The path is canonical, begins with `/` and has at most `u16::MAX` bytes.
    pub(super) fn find(&self, path: &str, slash: Slash, mut accept: impl FnMut(Id, &mut Spans) -> bool) -> bool {
        let mut search = Search { tree: self, path, slash, spans: Spans::new(), accept: &mut accept };
        search.visit(ROOT, 1)
    }

    fn find_literal(&self, parent: usize, hash: u64, text: &[u8]) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut slot = fold(hash) & mask;
        while let Some(id) = self.slots[slot] {
            let node = &self.nodes[id.index()];
            if node.parent as usize == parent && self.label(node) == text {
                return Some(id.index());
            }
            slot = (slot + 1) & mask;
        }
        None
    }

    fn label(&self, node: &Node) -> &[u8] {
        &self.labels.as_bytes()[node.label as usize..][..node.label_length as usize]
    }

    fn literal_child(&mut self, parent: usize, text: &str) -> usize {
        let (_, hash) = scan(text, 0, parent);
        if let Some(child) = self.find_literal(parent, hash, text.as_bytes()) {
            return child;
        }
        if (self.literals + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let small = |number| u32::try_from(number).expect("the literals of a table have fewer than u32::MAX bytes");
        let (label, label_length) = (small(self.labels.len()), small(text.len()));
        self.labels.push_str(text);
        self.literals += 1;
        let child = self.push(Node { parent: small(parent), label, label_length, ..Node::default() });
        self.occupy(hash, child);
        child.index()
    }

    fn grow(&mut self) {
        let doubled = vec![None; self.slots.len() * 2];
        for id in std::mem::replace(&mut self.slots, doubled).into_iter().flatten() {
            let node = &self.nodes[id.index()];
            let label = &self.labels[node.label as usize..][..node.label_length as usize];
            let (_, hash) = scan(label, 0, node.parent as usize);
            self.occupy(hash, id);
        }
    }

    fn occupy(&mut self, hash: u64, child: Id) {
        let mask = self.slots.len() - 1;
        let mut slot = fold(hash) & mask;
        while self.slots[slot].is_some() {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = Some(child);
    }

    fn mixed_child(&mut self, parent: usize, prefix: &str, suffix: &str) -> usize {
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

/// One lookup: the path, what was captured on the way down, and who takes a leaf.
struct Search<'a, F> {
    tree: &'a Tree,
    path: &'a str,
    slash: Slash,
    spans: Spans,
    accept: &'a mut F,
}

impl<F: FnMut(Id, &mut Spans) -> bool> Search<'_, F> {
    /// Visits a node with the segment that begins at `start`; true once a leaf was taken.
    fn visit(&mut self, mut node: usize, mut start: usize) -> bool {
        let tree = self.tree;
        let path = self.path;
        let (own, end) = loop {
            if start > path.len() {
                return self.end(node);
            }
            let own = &tree.nodes[node];
            let (end, hash) = scan(path, start, node);
            let child = tree.find_literal(node, hash, &path.as_bytes()[start..end]);
            if own.has_parameters() {
                if child.is_some_and(|child| self.visit(child, end + 1)) {
                    return true;
                }
                break (own, end);
            }
            // Below a node that has literals only there is nothing to come back to.
            let Some(child) = child else { return false };
            (node, start) = (child, end + 1);
        };
        if let Some(list) = own.mixed {
            for mixed in &tree.mixed[list.index()] {
                if let Some(range) = mixed.capture(path, start, end) {
                    if self.capture(range, |search| search.visit(mixed.child.index(), end + 1)) {
                        return true;
                    }
                }
            }
        }
        if let Some(child) = own.param.filter(|_| end > start) {
            if self.capture((start, end), |search| search.visit(child.index(), end + 1)) {
                return true;
            }
        }
        let tail = (start, path.len());
        let captures_tail = |leaf: Option<Id>| leaf.filter(|_| start < path.len());
        if let Some(leaf) = captures_tail(own.catch_all) {
            if self.capture(tail, |search| search.take(Some(leaf))) {
                return true;
            }
        }
        match captures_tail(own.optional) {
            Some(leaf) => self.capture(tail, |search| search.take(Some(leaf))),
            // The path ends in the `/` before the tail: there is no segment to capture.
            None => self.take(own.optional),
        }
    }

    /// No segment is left: the pattern that ends here, or an optional catch-all that captures none.
    fn end(&mut self, node: usize) -> bool {
        let tree = self.tree;
        let own = &tree.nodes[node];
        let ended = match self.slash {
            Slash::Significant => self.take(own.leaf),
            Slash::Ignored { was_sent } => {
                let (_, hash) = scan("", 0, node);
                let with_slash = tree.find_literal(node, hash, b"").and_then(|child| tree.nodes[child].leaf);
                let (first, second) = if was_sent { (with_slash, own.leaf) } else { (own.leaf, with_slash) };
                self.take(first) || self.take(second)
            }
        };
        ended || self.take(own.optional)
    }

    fn capture(&mut self, (start, end): (usize, usize), then: impl FnOnce(&mut Self) -> bool) -> bool {
        self.spans.push(start, end);
        let taken = then(self);
        if !taken {
            self.spans.pop();
        }
        taken
    }

    fn take(&mut self, leaf: Option<Id>) -> bool {
        leaf.is_some_and(|leaf| (self.accept)(leaf, &mut self.spans))
    }
}

/// Where the segment of `path` that begins at `start` ends, and its hash below a parent: FNV-1a, in the same pass.
///
/// The keys are the programmer's and a request cannot add any, so a seed against flooding would protect nothing.
fn scan(path: &str, start: usize, parent: usize) -> (usize, u64) {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut hash = (BASIS ^ parent as u64).wrapping_mul(PRIME);
    let mut end = start;
    for byte in &path.as_bytes()[start..] {
        if *byte == b'/' {
            break;
        }
        hash = (hash ^ u64::from(*byte)).wrapping_mul(PRIME);
        end += 1;
    }
    (end, hash)
}

/// The high bits of a product are its best ones.
fn fold(hash: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "a slot is the low bits")]
    let folded = (hash ^ (hash >> 32)) as usize;
    folded
}
