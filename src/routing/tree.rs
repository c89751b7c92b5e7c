//! The segment tree: one node for each sequence of segments that patterns begin with.
//!
//! All literal children are in one hash table, so a step down costs the same among ten routes and a hundred thousand. Exactly
//! one way leads to a node, so a lookup visits it at most once.

use std::cmp::Reverse;

use crate::routing::index::{Child, Index};
use crate::routing::pattern::Segment as PatternSegment;
use crate::routing::segment::Segment;

/// The position of a pattern in the list that it was registered in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LeafId(u32);

impl LeafId {
    pub(super) fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("a table has at most u32::MAX patterns"))
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

pub(super) const ROOT: usize = 0;

/// The patterns of a table, by their segments.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The nodes that a literal segment leads to, by their parents and their texts.
    literals: Index,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    parent: usize,
    /// The literal segment that leads to the node.
    label: Box<str>,
    /// The label, if it has at most eight bytes.
    short_label: u64,
    /// The [filter bits](Segment::filter_bit) of the literal children.
    ///
    /// Without this filter each segment is looked up in the hash table, and a request that falls through costs a third more.
    filter: u32,
    pub(super) other: OtherWays,
    pub(super) leaf: Option<LeafId>,
}

/// The ways on from a node that are not literal segments.
#[derive(Clone, Debug, Default)]
pub(super) enum OtherWays {
    #[default]
    None,
    Param(usize),
    Any(Box<AnyWays>),
}

/// All ways on from a node that has more than literals and a parameter.
#[derive(Clone, Debug, Default)]
pub(super) struct AnyWays {
    /// The most specific first.
    pub(super) affixed: Vec<Affixed>,
    pub(super) param: Option<usize>,
    pub(super) catch_all: Option<LeafId>,
    pub(super) optional_catch_all: Option<LeafId>,
}

/// The child for a parameter with a literal before or after it.
#[derive(Clone, Debug)]
pub(super) struct Affixed {
    prefix: Box<str>,
    suffix: Box<str>,
    pub(super) child: usize,
}

impl Tree {
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node::default()], literals: Index::new() }
    }

    /// Returns the node that a pattern ends at, and the place for its leaf.
    pub(super) fn entry(&mut self, segments: &[PatternSegment]) -> (usize, &mut Option<LeafId>) {
        let mut node = ROOT;
        for segment in segments {
            node = match segment {
                PatternSegment::Literal(text) => self.literal_child(node, text),
                PatternSegment::Affixed { prefix, suffix } => self.affixed_child(node, prefix, suffix),
                PatternSegment::Param => self.param_child(node),
                // A catch-all is the last segment, and a leaf of the node before it.
                PatternSegment::CatchAll => return (node, &mut self.any_ways(node).catch_all),
                PatternSegment::OptionalCatchAll => return (node, &mut self.any_ways(node).optional_catch_all),
            };
        }
        (node, &mut self.nodes[node].leaf)
    }

    fn literal_child(&mut self, parent: usize, text: &str) -> usize {
        let segment = Segment::of(text.as_bytes());
        if let Some((child, _)) = self.find_literal(parent, &self.nodes[parent], segment) {
            return child;
        }
        self.nodes[parent].filter |= segment.filter_bit();
        let child = self.push(Node {
            parent,
            label: text.into(),
            short_label: segment.short().unwrap_or_default(),
            ..Node::default()
        });
        let nodes = &self.nodes;
        self.literals.insert(segment.hash(parent), Child::new(child), |child| {
            let Node { label, parent, .. } = &nodes[child.position()];
            Segment::of(label.as_bytes()).hash(*parent)
        });
        child
    }

    fn affixed_child(&mut self, parent: usize, prefix: &str, suffix: &str) -> usize {
        let new = Affixed { prefix: prefix.into(), suffix: suffix.into(), child: self.nodes.len() };
        let siblings = &mut self.any_ways(parent).affixed;
        match siblings.binary_search_by(|known| known.order().cmp(&new.order())) {
            Ok(position) => siblings[position].child,
            Err(position) => {
                siblings.insert(position, new);
                self.push(Node { parent, ..Node::default() })
            }
        }
    }

    fn param_child(&mut self, parent: usize) -> usize {
        if let Some(child) = self.nodes[parent].param() {
            return child;
        }
        let child = self.push(Node { parent, ..Node::default() });
        match &mut self.nodes[parent].other {
            OtherWays::Any(ways) => ways.param = Some(child),
            other => *other = OtherWays::Param(child),
        }
        child
    }

    fn any_ways(&mut self, node: usize) -> &mut AnyWays {
        let node = &mut self.nodes[node];
        if let OtherWays::None | OtherWays::Param(_) = node.other {
            node.other = OtherWays::Any(Box::new(AnyWays { param: node.param(), ..AnyWays::default() }));
        }
        match &mut node.other {
            OtherWays::Any(ways) => ways,
            OtherWays::None | OtherWays::Param(_) => unreachable!("the node has any ways now"),
        }
    }

    fn push(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    #[inline]
    pub(super) fn node(&self, node: usize) -> &Node {
        &self.nodes[node]
    }

    /// Whether no other pattern matches the path of a pattern without parameters that ends at this node. A `/` at the end is
    /// significant.
    pub(super) fn is_alone(&self, mut node: usize) -> bool {
        let mut is_alone = self.nodes[node].any().is_none();
        while is_alone && node != ROOT {
            node = self.nodes[node].parent;
            is_alone = matches!(self.nodes[node].other, OtherWays::None);
        }
        is_alone
    }

    /// The child of a node that a segment leads to as a literal.
    #[expect(clippy::inline_always, reason = "see `Walk::new`")]
    #[inline(always)]
    pub(super) fn find_literal(&self, parent: usize, own: &Node, segment: Segment<'_>) -> Option<(usize, &Node)> {
        if own.filter & segment.filter_bit() == 0 {
            return None;
        }
        if let Some(word) = segment.short() {
            let child = self.literals.candidates(segment.hash(parent)).next()?.position();
            let node = &self.nodes[child];
            if node.short_label == word && node.parent == parent && node.label.len() == segment.length {
                return Some((child, node));
            }
        }
        self.find_literal_among(parent, segment.text())
    }

    /// Finds a long literal, or one whose hash has the slot of another node.
    #[cold]
    fn find_literal_among(&self, parent: usize, text: &[u8]) -> Option<(usize, &Node)> {
        let candidates = self.literals.candidates(Segment::of(text).hash(parent));
        let mut nodes = candidates.map(|child| (child.position(), &self.nodes[child.position()]));
        nodes.find(|(_, node)| node.parent == parent && node.label.as_bytes() == text)
    }
}

impl Node {
    /// The child that a parameter leads to.
    pub(super) fn param(&self) -> Option<usize> {
        match &self.other {
            OtherWays::None => None,
            OtherWays::Param(child) => Some(*child),
            OtherWays::Any(ways) => ways.param,
        }
    }

    /// The ways on that are not literal segments, if there are more than a parameter.
    pub(super) fn any(&self) -> Option<&AnyWays> {
        match &self.other {
            OtherWays::Any(ways) => Some(ways),
            OtherWays::None | OtherWays::Param(_) => None,
        }
    }
}

impl Affixed {
    /// Longer literals are more specific. Ties are broken by the texts, so the order of registration does not matter.
    fn order(&self) -> impl Ord + '_ {
        (Reverse((self.prefix.len() + self.suffix.len(), self.prefix.len())), &self.prefix, &self.suffix)
    }

    /// The range that the parameter takes in the segment `path[start..end]`.
    pub(super) fn capture(&self, path: &str, start: usize, end: usize) -> Option<(usize, usize)> {
        let value = path[start..end].strip_prefix(&*self.prefix)?.strip_suffix(&*self.suffix)?;
        let start = start + self.prefix.len();
        // Each `%` of a canonical path begins an escape, which the suffix may not cut.
        let cuts_escape = value.as_bytes()[value.len().saturating_sub(2)..].contains(&b'%');
        (!value.is_empty() && !cuts_escape).then_some((start, start + value.len()))
    }
}
