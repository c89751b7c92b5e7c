//! The segment tree: one node per segment of a pattern, all nodes in one arena.
//!
//! Every literal child stands in one hash table, keyed by its parent and its text, so that a step down costs the same in
//! a table of ten routes and of a hundred thousand. A node is reached by one way only, so a lookup visits it at most once.

mod search;

use std::cmp::Reverse;

use crate::platform::WANTS_SMALL;
use crate::routing::index::{Child, Id, Index};
use crate::routing::params::FirstSpans;
use crate::routing::pattern::Segment;
use crate::routing::target::{Slash, Target};
use crate::routing::words;

pub(in crate::routing) use search::Search;

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
    parent: u32,
    /// The [kinds](words::Segment::kind) of the literals that lead on.
    kinds: u32,
    other: PackedWays,
    leaf: Option<Id>,
}

/// [`OtherWays`] as one number: none, the place of the child that a parameter leads to, or with the highest bit set that of
/// the [`RareWays`].
#[derive(Clone, Copy, Debug, Default)]
struct PackedWays(u32);

/// The ways on from a node that are no literals.
#[derive(Clone, Copy)]
enum OtherWays {
    None,
    Param(usize),
    Rare(usize),
}

impl Node {
    /// Whether a segment of at most eight bytes leads to it from a parent. A text may have a NUL at its end, where another
    /// is shorter.
    #[inline]
    fn is_literal(&self, parent: usize, word: u64, length: usize) -> bool {
        self.label_rest == word && self.parent as usize == parent && usize::from(self.label_length) == length
    }

    fn label<'l>(&self, labels: &'l str) -> &'l [u8] {
        &labels.as_bytes()[self.label as usize..][..usize::from(self.label_length)]
    }
}

impl PackedWays {
    const RARE: u32 = 1 << 31;

    fn new(ways: OtherWays) -> Self {
        let (place, bit) = match ways {
            OtherWays::None => (0, 0),
            OtherWays::Param(child) => (child, 0),
            OtherWays::Rare(place) => (place, Self::RARE),
        };
        let place = u32::try_from(place).ok().filter(|place| *place < Self::RARE);
        Self(place.expect("a table has fewer than 2^31 entries") | bit)
    }

    #[inline]
    fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[inline]
    fn get(self) -> OtherWays {
        match self.0 {
            0 => OtherWays::None,
            child if child < Self::RARE => OtherWays::Param(child as usize),
            rare => OtherWays::Rare((rare - Self::RARE) as usize),
        }
    }
}

/// All ways on of a node that has more than literals and a parameter.
#[derive(Clone, Debug, Default)]
struct RareWays {
    mixed: Vec<Mixed>,
    param: Option<usize>,
    catch_all: Option<Id>,
    optional: Option<Id>,
}

#[derive(Clone, Debug)]
struct Mixed {
    prefix: Box<str>,
    suffix: Box<str>,
    child: usize,
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
        if matches!(self.nodes[at].other.get(), OtherWays::Rare(_)) {
            return false;
        }
        while at != ROOT {
            at = self.nodes[at].parent as usize;
            if !matches!(self.nodes[at].other.get(), OtherWays::None) {
                return false;
            }
        }
        true
    }

    /// The most specific leaf that matches.
    pub(super) fn first(&self, target: &Target<'_>) -> Option<Id> {
        let mut spans = FirstSpans::new();
        let descent = self.descend(target, &mut spans);
        let fork = match descent.way {
            Way::Only(leaf) => return Some(leaf),
            Way::Nowhere { .. } => return None,
            Way::Parts(fork) => fork,
        };
        let mut first = None;
        let mut search = Search::new(self, *target, spans.take(descent.count));
        search.choose(fork, &mut |leaf, _| first.replace(leaf).is_none());
        first
    }

    /// Goes down from the root as far as there is one way, and room for what is captured.
    pub(super) fn descend(&self, target: &Target<'_>, spans: &mut FirstSpans) -> Descent {
        self.descend_from(target, ROOT, 1, spans)
    }

    /// The same, as a part of the caller where speed is worth the code: it is the hot loop. The target is given by value, so
    /// that its parts are in registers.
    #[expect(clippy::inline_always, reason = "the call would cost as much as a segment")]
    #[inline(always)]
    pub(super) fn descend_here(&self, target: Target<'_>, spans: &mut FirstSpans) -> Descent {
        if WANTS_SMALL { self.descend(&target, spans) } else { self.walk(target, ROOT, 1, spans) }
    }

    /// Goes down from a node, at the place in the path where its next segment begins.
    #[inline(never)]
    fn descend_from(&self, target: &Target<'_>, node: usize, start: usize, spans: &mut FirstSpans) -> Descent {
        self.walk(*target, node, start, spans)
    }

    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn walk(&self, target: Target<'_>, mut node: usize, mut start: usize, spans: &mut FirstSpans) -> Descent {
        let path = target.path.as_bytes();
        let mut own = &self.nodes[node];
        let (mut count, mut odd) = (0, 0);
        let way = loop {
            if start > path.len() {
                break match own.leaf {
                    _ if self.rare(own).is_some() || target.slash != Slash::Significant => {
                        Way::Parts(Fork { node, start })
                    }
                    Some(leaf) => Way::Only(leaf),
                    None => Way::Nowhere { start },
                };
            }
            let segment = words::Segment::at(path, start, target.tail);
            let end = start + segment.length;
            if let Some(child) = self.find_literal_here(node, own, segment) {
                if !own.other.is_empty() {
                    break Way::Parts(Fork { node, start });
                }
                (node, own) = child;
            } else {
                match own.other.get() {
                    OtherWays::None => break Way::Nowhere { start },
                    OtherWays::Param(child) => {
                        // That no value is empty, and what is captured beyond the room, is left to who chooses.
                        if end == start || !spans.put(count, start, end) {
                            break Way::Parts(Fork { node, start });
                        }
                        count += 1;
                        odd |= segment.odd();
                        (node, own) = (child, &self.nodes[child]);
                    }
                    OtherWays::Rare(_) => break Way::Parts(Fork { node, start }),
                }
            }
            start = end + 1;
        };
        Descent { way, count, odd }
    }

    /// The child of a node that a segment leads to as a literal.
    #[inline(never)]
    fn find_literal(&self, parent: usize, segment: words::Segment<'_>) -> Option<usize> {
        self.find_literal_here(parent, &self.nodes[parent], segment).map(|(child, _)| child)
    }

    /// The same as a part of the caller.
    #[expect(clippy::inline_always, reason = "most of a lookup is this: the call would cost as much again")]
    #[inline(always)]
    fn find_literal_here(&self, parent: usize, own: &Node, segment: words::Segment<'_>) -> Option<(usize, &Node)> {
        if own.kinds & segment.kind() == 0 {
            return None;
        }
        let words::Segment { path, start, length, .. } = segment;
        let Some(word) = segment.short() else { return self.find_long_literal(parent, path, start, length) };
        let hash = words::hash_word(parent, word);
        let first = self.literals.candidates(hash).next()?;
        let node = &self.nodes[first.place()];
        if !node.is_literal(parent, word, length) {
            return self.find_literal_among(hash, parent, word, length);
        }
        Some((first.place(), node))
    }

    /// The same where another node has the first slot of the hash.
    #[cold]
    #[inline(never)]
    fn find_literal_among(&self, hash: u64, parent: usize, word: u64, length: usize) -> Option<(usize, &Node)> {
        let mut candidates = self.literals.candidates(hash).map(|child| (child.place(), &self.nodes[child.place()]));
        candidates.find(|(_, node)| node.is_literal(parent, word, length))
    }

    /// The same for a segment of more than eight bytes, which is given in parts: to have its text at hand costs each one.
    #[cold]
    #[inline(never)]
    fn find_long_literal(&self, parent: usize, path: &[u8], start: usize, length: usize) -> Option<(usize, &Node)> {
        let text = &path[start..][..length];
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
        if let Some(child) = self.find_literal(parent, segment) {
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
        literals.insert(hash, Child::new(child), |child| {
            let node = &nodes[child.place()];
            words::Segment::of(node.label(labels)).hash(node.parent as usize).0
        });
        child
    }

    fn mixed_child(&mut self, parent: usize, prefix: &str, suffix: &str) -> usize {
        let known = self.rare_ways(parent).mixed.iter().find(|own| &*own.prefix == prefix && &*own.suffix == suffix);
        if let Some(known) = known {
            return known.child;
        }
        let child = self.push(Node::default());
        let new = Mixed { prefix: prefix.into(), suffix: suffix.into(), child };
        let siblings = &mut self.rare_ways(parent).mixed;
        let place = siblings.partition_point(|own| own.order() < new.order());
        siblings.insert(place, new);
        child
    }

    fn rare(&self, own: &Node) -> Option<&RareWays> {
        match own.other.get() {
            OtherWays::Rare(place) => Some(&self.rare[place]),
            _ => None,
        }
    }

    /// The child that a parameter leads to.
    fn param(&self, own: &Node) -> Option<usize> {
        match own.other.get() {
            OtherWays::None => None,
            OtherWays::Param(child) => Some(child),
            OtherWays::Rare(place) => self.rare[place].param,
        }
    }

    fn rare_ways(&mut self, node: usize) -> &mut RareWays {
        let place = match self.nodes[node].other.get() {
            OtherWays::Rare(place) => place,
            _ => {
                self.rare.push(RareWays { param: self.param(&self.nodes[node]), ..RareWays::default() });
                let place = self.rare.len() - 1;
                self.nodes[node].other = PackedWays::new(OtherWays::Rare(place));
                place
            }
        };
        &mut self.rare[place]
    }

    fn param_child(&mut self, parent: usize) -> usize {
        if let Some(child) = self.param(&self.nodes[parent]) {
            return child;
        }
        let child = self.push(Node::default());
        match self.nodes[parent].other.get() {
            OtherWays::Rare(place) => self.rare[place].param = Some(child),
            _ => self.nodes[parent].other = PackedWays::new(OtherWays::Param(child)),
        }
        child
    }

    fn push(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }
}

/// Where a path leads without a choice.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// To the only leaf that matches.
    Only(Id),
    /// Nowhere: no pattern has the segment that begins here, or the path ends before its pattern.
    Nowhere { start: usize },
    /// To a node from which a [`Search`] goes on, as the path may part there, or end in more than one way, or capture more
    /// than there is room for.
    Parts(Fork),
}

/// A node, and where the next segment of the path begins; there is none if that is past the path's end.
#[derive(Clone, Copy)]
pub(super) struct Fork {
    node: usize,
    start: usize,
}

/// A way down, and what was captured on it.
pub(super) struct Descent {
    pub(super) way: Way,
    /// How many ranges were captured.
    pub(super) count: usize,
    /// See [`odd`](words::Segment::odd).
    odd: u64,
}

impl Descent {
    /// Whether what was captured on the only way is what was sent: there is nothing to decode in it, nor anything that
    /// could be refused.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        words::is_plain(self.odd)
    }

    /// Whether the path has escapes that may have to be decoded. There are none in the literals on the way, as these were
    /// found as they were sent.
    #[inline]
    pub(super) fn has_escapes(&self, target: Target<'_>) -> bool {
        let start = match self.way {
            Way::Nowhere { start } | Way::Parts(Fork { start, .. }) if self.is_plain() => start,
            _ => 0,
        };
        target.has(b'%', start)
    }
}
