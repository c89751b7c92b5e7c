//! The route table, and the lookup in it.

use std::sync::Arc;

use http::{HeaderValue, Method};

use crate::routing::claims::Claims;
use crate::routing::error::RouteError;
use crate::routing::index::{Child, Index};
use crate::routing::method_table::{MethodTable, allow};
use crate::routing::params::{Params, Spans};
use crate::routing::path::BadPath;
use crate::routing::pattern::{Pattern, Segment};
use crate::routing::place::Place;
use crate::routing::search::{self, End, Fork, Search, Walk};
use crate::routing::segment::hash;
use crate::routing::target::Target;
use crate::routing::tree::{LeafId, Tree};

/// The routes: patterns with their methods, and claimed prefixes.
#[derive(Clone, Debug)]
pub(crate) struct RouteTable<T> {
    tree: Tree,
    leaves: Vec<Leaf<T>>,
    /// The nodes of the patterns without parameters, by their paths.
    static_paths: Index,
    /// The [`length_bit`]s of these paths. Without this filter a request that falls through costs a tenth more.
    static_lengths: u64,
    claims: Claims,
    /// Each distinct value of `Allow`. A large table has few.
    allow_values: Vec<HeaderValue>,
}

/// A pattern and its methods.
#[derive(Clone, Debug)]
pub(crate) struct Leaf<T> {
    pattern: Arc<Pattern>,
    methods: MethodTable<T>,
    /// The position of the value of `Allow`.
    allow: usize,
}

/// The result of a lookup.
#[derive(Debug)]
pub(crate) enum Lookup<'a, T> {
    /// The value of the most specific pattern that has the method.
    Found { value: &'a T, leaf: &'a Leaf<T>, params: Params },
    /// Patterns match the path, but none has the method: the most specific one, and the others.
    MethodNotAllowed { leaf: LeafId, others: Vec<LeafId> },
    /// A parameter has a value that is refused, or the path is another spelling of a claimed one.
    BadPath { owner: Owner, reason: BadPath },
    /// No pattern matches the path. `claim` is the position of the claimed prefix that it is below.
    NotFound { claim: Option<usize> },
}

/// A pattern that matches a path, or the position of a claimed prefix that a path is below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Leaf(LeafId),
    Claim(usize),
}

impl Owner {
    pub(crate) fn leaf(self) -> Option<LeafId> {
        match self {
            Self::Leaf(leaf) => Some(leaf),
            Self::Claim(_) => None,
        }
    }
}

impl<T> Leaf<T> {
    pub(crate) fn pattern(&self) -> &Arc<Pattern> {
        &self.pattern
    }

    pub(crate) fn methods(&self) -> &MethodTable<T> {
        &self.methods
    }
}

impl<T> RouteTable<T> {
    pub(crate) fn new() -> Self {
        Self {
            tree: Tree::new(),
            leaves: Vec::new(),
            static_paths: Index::new(),
            static_lengths: 0,
            claims: Claims::new(),
            allow_values: Vec::new(),
        }
    }

    /// Registers a value for a method of a pattern, or with `None` for the methods that have no value.
    ///
    /// # Errors
    ///
    /// A malformed pattern, a method that the pattern has, or a pattern that differs from another only in names.
    pub(crate) fn insert(
        &mut self,
        pattern: &str,
        method: Option<Method>,
        value: T,
        at: Place,
    ) -> Result<(), RouteError> {
        let (parsed, segments) = Pattern::parse(pattern)?;
        let (node, slot) = self.tree.entry(&segments);
        let id = *slot.get_or_insert(LeafId::new(self.leaves.len()));
        if id.index() == self.leaves.len() {
            self.leaves.push(Leaf { pattern: Arc::new(parsed), methods: MethodTable::new(), allow: 0 });
            if is_path(pattern, &segments) {
                let Self { tree, leaves, static_paths, .. } = self;
                let hash_of = |node| path_of(tree, leaves, node).map_or(0, |(_, path)| hash(0, path.as_bytes()));
                static_paths.insert(hash(0, pattern.as_bytes()), Child::new(node), hash_of);
                self.static_lengths |= length_bit(pattern);
            }
        }
        let leaf = &mut self.leaves[id.index()];
        if leaf.pattern.as_str() != pattern {
            let first_at = leaf.methods.iter().next().map_or(at, |(_, _, at)| at);
            return Err(RouteError::same_shape(pattern, leaf.pattern.as_str(), first_at));
        }
        if let Some(first_at) = leaf.methods.registered_at(method.as_ref()) {
            let name = method.as_ref().map_or("any", Method::as_str);
            return Err(RouteError::duplicate(pattern, name, first_at));
        }
        leaf.methods.insert(method, value, at);
        let allow = allow(leaf.methods.methods());
        let known = self.allow_values.iter().position(|known| *known == allow);
        leaf.allow = known.unwrap_or_else(|| {
            self.allow_values.push(allow);
            self.allow_values.len() - 1
        });
        Ok(())
    }

    /// Claims every path at and below a prefix.
    pub(crate) fn claim(&mut self, prefix: &str) -> Result<(), RouteError> {
        self.claims.insert(prefix)
    }

    /// The claimed prefixes, in the order of their registration.
    pub(crate) fn claims(&self) -> impl Iterator<Item = &str> {
        self.claims.prefixes()
    }

    /// The patterns, in the order of their registration.
    pub(crate) fn leaves(&self) -> &[Leaf<T>] {
        &self.leaves
    }

    /// Each pattern and method with its value, for changes, and where it was registered.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = (&Pattern, Option<&Method>, &mut T, Place)> {
        self.leaves.iter_mut().flat_map(|Leaf { pattern, methods, .. }| {
            let pattern = &**pattern;
            methods.iter_mut().map(move |(method, value, at)| (pattern, method, value, at))
        })
    }

    /// The identifier of a leaf of this table.
    pub(crate) fn id_of(&self, leaf: &Leaf<T>) -> Option<LeafId> {
        self.leaves.iter().position(|own| std::ptr::eq(own, leaf)).map(LeafId::new)
    }

    pub(crate) fn leaf(&self, id: LeafId) -> &Leaf<T> {
        &self.leaves[id.index()]
    }

    /// Each distinct value of `Allow` for one pattern.
    pub(crate) fn allow_values(&self) -> &[HeaderValue] {
        &self.allow_values
    }

    /// The position in [`allow_values`](Self::allow_values) of the value for a pattern.
    pub(crate) fn allow_position(&self, leaf: LeafId) -> usize {
        self.leaf(leaf).allow
    }

    /// The value of `Allow` for a path that these patterns match.
    pub(crate) fn allow(&self, leaf: LeafId, others: &[LeafId]) -> HeaderValue {
        if others.is_empty() {
            return self.allow_values[self.allow_position(leaf)].clone();
        }
        let leaves = [leaf].into_iter().chain(others.iter().copied());
        allow(leaves.flat_map(|leaf| self.leaf(leaf).methods.methods()))
    }

    /// Whether a pattern matches the path, or a claimed prefix contains it.
    pub(crate) fn knows(&self, path: &str, ignore_slash: bool) -> bool {
        let is_known =
            |path: Target<'_>| search::first(&self.tree, &path).is_some() || self.claims.find(&path).is_some();
        Target::is_path(path) && Target::look_up(path, ignore_slash, is_known)
    }

    /// Whether an inner service may read the path as a claimed one.
    pub(crate) fn is_another_spelling_of_a_claim(&self, path: &str) -> bool {
        Target::is_path(path) && Target::look_up(path, false, |path| self.claims.find_another_spelling(&path).is_some())
    }

    /// Finds the value of the most specific pattern that matches the path and has the method.
    pub(crate) fn lookup(&self, method: &Method, path: &str, ignore_slash: bool) -> Lookup<'_, T> {
        // A pattern without parameters is the most specific one of its path.
        if let Some((node, id)) = self.static_path(path) {
            let leaf = self.leaf(id);
            if let Some(value) = leaf.methods.serving(method) {
                return Lookup::Found { value, leaf, params: Params::none() };
            }
            if !ignore_slash && self.tree.is_alone(node) {
                return Lookup::MethodNotAllowed { leaf: id, others: Vec::new() };
            }
        }
        if !Target::is_path(path) {
            return Lookup::NotFound { claim: None };
        }
        let target = Target::of(path, ignore_slash);
        let walk = Walk::new(&self.tree, target, Fork::ROOT);
        match walk.end {
            End::Leaf(id) if walk.is_plain() => self.only(id, Params::plain(walk.spans), method),
            _ if walk.has_escapes(target) => {
                target.decoded(|target| self.search(Search::new(&self.tree, target, Spans::new()), Fork::ROOT, method))
            }
            End::Leaf(id) => match Params::new(&target, walk.spans, &self.leaf(id).pattern) {
                Ok(params) => self.only(id, params, method),
                Err(reason) => Lookup::BadPath { owner: Owner::Leaf(id), reason },
            },
            End::Nowhere { .. } => self.not_found(&target),
            End::Fork(fork) => self.search(Search::new(&self.tree, target, walk.spans), fork, method),
        }
    }

    /// The pattern that is equal to the path: its node and its leaf.
    fn static_path(&self, path: &str) -> Option<(usize, LeafId)> {
        if self.static_lengths & length_bit(path) == 0 {
            return None;
        }
        let mut candidates = self.static_paths.candidates(hash(0, path.as_bytes()));
        candidates.find_map(|node| {
            let (id, text) = path_of(&self.tree, &self.leaves, node)?;
            (text == path).then_some((node.position(), id))
        })
    }

    /// The result for the only pattern that matches.
    fn only(&self, id: LeafId, params: Params, method: &Method) -> Lookup<'_, T> {
        let leaf = self.leaf(id);
        match leaf.methods.serving(method) {
            Some(value) => Lookup::Found { value, leaf, params },
            None => Lookup::MethodNotAllowed { leaf: id, others: Vec::new() },
        }
    }

    /// Searches all patterns that match from a node on.
    fn search(&self, mut search: Search<'_>, fork: Fork, method: &Method) -> Lookup<'_, T> {
        let target = search.target();
        let mut found = None;
        let mut refused: Option<(LeafId, Result<(), BadPath>)> = None;
        let mut others = Vec::new();
        search.run(fork, &mut |id, spans| {
            let leaf = self.leaf(id);
            found = leaf.methods.serving(method).map(|value| (id, value));
            match (found, refused) {
                (Some(_), _) => {}
                (None, None) => {
                    refused = Some((id, Params::new(&target, spans.clone(), &leaf.pattern).map(drop)));
                }
                (None, Some(_)) => others.push(id),
            }
            found.is_some()
        });
        match (found, refused) {
            (Some((id, value)), _) => {
                let leaf = self.leaf(id);
                match Params::new(&target, search.into_spans(), &leaf.pattern) {
                    Ok(params) => Lookup::Found { value, leaf, params },
                    Err(reason) => Lookup::BadPath { owner: Owner::Leaf(id), reason },
                }
            }
            (None, Some((id, Ok(())))) => Lookup::MethodNotAllowed { leaf: id, others },
            (None, Some((id, Err(reason)))) => Lookup::BadPath { owner: Owner::Leaf(id), reason },
            (None, None) => self.not_found(&target),
        }
    }

    /// The result for a path that no pattern matches. Another spelling of a claimed path is refused: the inner service could
    /// read it as the claimed path.
    fn not_found(&self, target: &Target<'_>) -> Lookup<'_, T> {
        if self.claims.is_empty() {
            return Lookup::NotFound { claim: None };
        }
        match self.claims.find(target) {
            Some(claim) => Lookup::NotFound { claim: Some(claim) },
            None => match self.claims.find_another_spelling(target) {
                Some(claim) => Lookup::BadPath { owner: Owner::Claim(claim), reason: BadPath::Ambiguous },
                None => Lookup::NotFound { claim: None },
            },
        }
    }
}

/// The pattern that ends at a node, and its text.
fn path_of<'t, T>(tree: &Tree, leaves: &'t [Leaf<T>], node: Child) -> Option<(LeafId, &'t str)> {
    let id = tree.node(node.position()).leaf?;
    Some((id, leaves[id.index()].pattern.as_str()))
}

/// One of 64 bits for the length of a path.
fn length_bit(path: &str) -> u64 {
    1 << (path.len() % 64)
}

/// Whether a pattern is the canonical form of the only path that it matches.
fn is_path(pattern: &str, segments: &[Segment]) -> bool {
    let texts = pattern.split('/').skip(1);
    segments.iter().zip(texts).all(|(segment, text)| matches!(segment, Segment::Literal(literal) if literal == text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_path_is_found_by_its_hash_however_many_there_are() {
        let count = if cfg!(miri) { 10 } else { 100 };
        let paths: Vec<_> = (0..count).map(|number| format!("/a/path/of/its/own/{number}")).collect();
        let mut table = RouteTable::new();
        for path in &paths {
            table.insert(path, Some(Method::GET), (), Place::caller()).unwrap();
        }
        for path in &paths {
            let found = table.static_path(path).map(|(_, id)| table.leaf(id).pattern.as_str());
            assert_eq!(found, Some(path.as_str()));
        }
        assert!(table.static_path("/a/path").is_none());
    }

    #[test]
    fn path_longer_than_a_span_can_say_is_not_found() {
        let mut table = RouteTable::new();
        table.insert("/{*rest}", Some(Method::GET), (), Place::caller()).unwrap();
        let found = |length: usize| {
            let path = "/".to_owned() + &"a".repeat(length - 1);
            matches!(table.lookup(&Method::GET, &path, false), Lookup::Found { .. })
        };
        let longest = usize::from(u16::MAX);
        assert_eq!([2, longest + 1, longest + 2].map(found), [true, false, false]);
        // Miri takes minutes to read a value as long as this.
        assert!(cfg!(miri) || found(longest));
    }
}
