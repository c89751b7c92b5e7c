//! Path and method → value: the table behind [`RouteHandlers`](crate::RouteHandlers).
//!
//! Generic in what it stores; it knows paths, patterns and methods, and nothing of messages, bodies or handlers.

mod error;
mod index;
mod method_table;
mod params;
mod path;
mod pattern;
mod readings;
mod target;
mod tree;
mod words;

use std::panic::Location;
use std::sync::Arc;

use http::{HeaderValue, Method};

use error::PatternError;
pub use error::RouteError;
pub(crate) use method_table::MethodTable;
pub(crate) use params::Params;
pub(crate) use path::{BadPath, dots, escape};
pub(crate) use pattern::{Pattern, join};
pub(crate) use words::ends;

use crate::platform::WANTS_SMALL;
use index::{Child, Id, Index};
use params::{FewSpans, FirstSpans};
use pattern::Segment;
use target::Target;
use tree::{Fork, Search, Tree, Way};

/// The routes: each pattern with its methods, and the prefixes that are claimed whole.
#[derive(Clone, Debug)]
pub(crate) struct RouteTable<T> {
    tree: Tree,
    leaves: Vec<Leaf<T>>,
    /// Where those patterns end that are the very path which they match, by that path: it is found without a descent. Where
    /// a program is to be small, there are none.
    literal: Index,
    /// The [`length_bit`]s of those patterns.
    literal_lengths: u64,
    claimed: Tree,
    claims: Vec<Box<str>>,
    /// The most segments that a claimed prefix has.
    claimed_depth: usize,
    allow: AllowValues,
}

/// One pattern's methods.
#[derive(Clone, Debug)]
pub(crate) struct Leaf<T> {
    pattern: Arc<Pattern>,
    methods: MethodTable<T>,
    allow: u32,
}

/// What a path and a method lead to.
#[derive(Debug)]
pub(crate) enum Lookup<'a, T> {
    /// A value, the pattern it was found under, and what the pattern captured.
    Found { value: &'a T, leaf: &'a Leaf<T>, params: Params },
    /// The path is known, but no matching pattern has the method: the most specific one, and the others.
    MethodNotAllowed { leaf: LeafId, others: Vec<LeafId> },
    /// The path is known, but a parameter would capture what is refused; or it is another spelling of a claimed one.
    BadPath { leaf: Option<LeafId>, reason: BadPath },
    /// No pattern matches the path; which claimed prefix holds it, in the order of [`RouteTable::claims`].
    NotFound { claim: Option<usize> },
}

/// A pattern of the table, for what is said about it later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LeafId(Id);

impl<T> Leaf<T> {
    pub(crate) fn pattern(&self) -> &Arc<Pattern> {
        &self.pattern
    }

    pub(crate) fn methods(&self) -> &MethodTable<T> {
        &self.methods
    }

    fn registered_at(&self) -> Option<&'static Location<'static>> {
        self.methods.iter().next().map(|(_, _, at)| at)
    }
}

impl<T> RouteTable<T> {
    pub(crate) fn new() -> Self {
        Self {
            tree: Tree::new(),
            leaves: Vec::new(),
            literal: Index::new(),
            literal_lengths: 0,
            claimed: Tree::new(),
            claims: Vec::new(),
            claimed_depth: 0,
            allow: AllowValues::default(),
        }
    }

    /// Registers a value for a method of a pattern; `None` stands for every method that has none of its own.
    ///
    /// # Errors
    ///
    /// A malformed pattern, a method registered twice, a pattern that differs from another only in names.
    pub(crate) fn insert(
        &mut self,
        pattern: &str,
        method: Option<Method>,
        value: T,
        at: &'static Location<'static>,
    ) -> Result<(), RouteError> {
        let (parsed, segments) = parse(pattern)?;
        let (node, slot) = self.tree.leaf_mut(&segments);
        let leaf = match *slot {
            Some(id) => {
                let leaf = &mut self.leaves[id.index()];
                if leaf.pattern.as_str() != pattern {
                    let first_at = leaf.registered_at().unwrap_or(at);
                    return Err(RouteError::same_shape(pattern, leaf.pattern.as_str(), first_at));
                }
                leaf
            }
            None => {
                *slot = Some(Id::new(self.leaves.len()));
                self.leaves.push(Leaf { pattern: Arc::new(parsed), methods: MethodTable::new(), allow: 0 });
                if !WANTS_SMALL && is_a_path(pattern, &segments) {
                    let Self { tree, leaves, literal, .. } = self;
                    let hash_of = |node| words::hash(path_of(tree, leaves, node).unwrap_or_default());
                    literal.insert(words::hash(pattern), Child::new(node), hash_of);
                    self.literal_lengths |= length_bit(pattern);
                }
                self.leaves.last_mut().expect("a leaf was pushed")
            }
        };
        if let Some(first_at) = leaf.methods.registered_at(method.as_ref()) {
            let name = method.as_ref().map_or("any", Method::as_str);
            return Err(RouteError::duplicate(pattern, name, first_at));
        }
        leaf.methods.insert(method, value, at);
        leaf.allow = self.allow.of(&leaf.methods);
        Ok(())
    }

    /// Makes every path at and below a prefix one of this table.
    pub(crate) fn claim(&mut self, prefix: &str) -> Result<(), RouteError> {
        check_prefix(prefix)?;
        let (_, mut segments) = parse(prefix)?;
        if matches!(segments.last(), Some(Segment::Literal(text)) if text.is_empty()) {
            segments.pop();
        }
        self.claimed_depth = self.claimed_depth.max(segments.len());
        segments.push(Segment::OptionalCatchAll);
        *self.claimed.leaf_mut(&segments).1 = Some(Id::new(self.claims.len()));
        self.claims.push(prefix.into());
        Ok(())
    }

    /// The claimed prefixes, as they were given.
    pub(crate) fn claims(&self) -> impl Iterator<Item = &str> {
        self.claims.iter().map(|prefix| &**prefix)
    }

    /// The patterns in the order of their registration.
    pub(crate) fn leaves(&self) -> &[Leaf<T>] {
        &self.leaves
    }

    pub(crate) fn leaf(&self, LeafId(id): LeafId) -> &Leaf<T> {
        &self.leaves[id.index()]
    }

    /// Every different value of `Allow` that one pattern gives, in the order of [`allow_position`](Self::allow_position).
    pub(crate) fn allow_values(&self) -> &[HeaderValue] {
        &self.allow.values
    }

    /// Where in [`allow_values`](Self::allow_values) that of this leaf stands.
    pub(crate) fn allow_position(&self, leaf: LeafId) -> usize {
        self.leaf(leaf).allow as usize
    }

    /// The value of the `Allow` header for a path that this leaf matches, and these others.
    pub(crate) fn allow(&self, leaf: LeafId, others: &[LeafId]) -> HeaderValue {
        if others.is_empty() {
            return self.allow.values[self.allow_position(leaf)].clone();
        }
        let leaves = [leaf].into_iter().chain(others.iter().copied());
        method_table::allow(&mut leaves.flat_map(|leaf| self.leaf(leaf).methods.methods()))
    }

    /// Whether some pattern matches the path, whatever its methods, or a claimed prefix holds it.
    pub(crate) fn knows(&self, path: &str, ignore_slash: bool) -> bool {
        let is_known = |target: Target<'_>| self.tree.first(&target).or_else(|| self.claimed.first(&target)).is_some();
        Target::is_path(path) && Target::look_up(path, ignore_slash, is_known)
    }

    /// Whether other services may read the path in another way, and so as a claimed path.
    pub(crate) fn is_another_spelling_of_a_claim(&self, path: &str) -> bool {
        Target::is_path(path) && Target::look_up(path, false, |target| self.is_ambiguous(&target))
    }

    /// The most specific pattern that has the method, or why there is none.
    pub(crate) fn lookup(&self, method: &Method, path: &str, ignore_slash: bool) -> Lookup<'_, T> {
        // A pattern without parameters is the most specific one of its path. No need to look further if it serves.
        if let Some((node, id)) = self.literal(path) {
            let leaf = &self.leaves[id.index()];
            if let Some(value) = leaf.methods.serving_here(method) {
                return Lookup::Found { value, leaf, params: Params::none() };
            }
            if !ignore_slash && self.tree.is_alone(node) {
                return Lookup::MethodNotAllowed { leaf: LeafId(id), others: Vec::new() };
            }
        }
        if !Target::is_path(path) {
            return Lookup::NotFound { claim: None };
        }
        self.search(method, Target::of(path, ignore_slash))
    }

    /// The pattern that is this very path: the node that it ends at, and its leaf.
    fn literal(&self, path: &str) -> Option<(Child, Id)> {
        if WANTS_SMALL || self.literal_lengths & length_bit(path) == 0 {
            return None;
        }
        let is_it = |node: &Child| path_of(&self.tree, &self.leaves, *node) == Some(path);
        let node = self.literal.candidates(words::hash(path)).find(is_it)?;
        Some((node, self.tree.leaf(node)?))
    }

    #[expect(clippy::inline_always, reason = "what it gives is large")]
    #[inline(always)]
    fn search(&self, method: &Method, target: Target<'_>) -> Lookup<'_, T> {
        let mut spans = FirstSpans::new();
        let descent = self.tree.descend_here(target, &mut spans);
        match descent.way {
            Way::Only(id) if descent.is_plain() => {
                let leaf = &self.leaves[id.index()];
                let params = Params::plain(spans.take(descent.count).into());
                Self::answer(leaf.methods.serving_here(method), LeafId(id), leaf, params)
            }
            _ if descent.has_escapes(target) => target.decoded(|target| self.search_decoded(method, target)),
            Way::Nowhere { .. } if self.claims.is_empty() => Lookup::NotFound { claim: None },
            way => self.go_on(way, spans.take(descent.count), target, method),
        }
    }

    #[cold]
    fn search_decoded(&self, method: &Method, target: Target<'_>) -> Lookup<'_, T> {
        let mut spans = FirstSpans::new();
        let descent = self.tree.descend(&target, &mut spans);
        self.go_on(descent.way, spans.take(descent.count), target, method)
    }

    /// The same where captures must be looked at, or the way is not the only one.
    #[inline(never)]
    fn go_on(&self, way: Way, captured: FewSpans, target: Target<'_>, method: &Method) -> Lookup<'_, T> {
        match way {
            Way::Only(id) => {
                let leaf = &self.leaves[id.index()];
                match Params::new(&target, captured.into(), &leaf.pattern) {
                    Ok(params) => Self::answer(leaf.methods.serving(method), LeafId(id), leaf, params),
                    Err(reason) => Lookup::BadPath { leaf: Some(LeafId(id)), reason },
                }
            }
            Way::Nowhere { .. } => self.not_found(&target),
            Way::Parts(fork) => self.choose(Search::new(&self.tree, target, captured), fork, method),
        }
    }

    /// What the only pattern that matches leads to.
    #[expect(clippy::inline_always, reason = "what it gives is large")]
    #[inline(always)]
    fn answer<'t>(value: Option<&'t T>, id: LeafId, leaf: &'t Leaf<T>, params: Params) -> Lookup<'t, T> {
        match value {
            Some(value) => Lookup::Found { value, leaf, params },
            None => Lookup::MethodNotAllowed { leaf: id, others: Vec::new() },
        }
    }

    /// The same where the path parts, as it may lead to several patterns.
    #[inline(never)]
    fn choose(&self, mut search: Search<'_>, fork: Fork, method: &Method) -> Lookup<'_, T> {
        let target = search.target();
        let mut found = None;
        let mut refused: Option<(Id, Result<(), BadPath>)> = None;
        let mut others = Vec::new();
        let is_found = search.choose(fork, &mut |id, spans| {
            let leaf = &self.leaves[id.index()];
            found = leaf.methods.serving(method).map(|value| (id, leaf, value));
            if found.is_none() {
                match &refused {
                    None => {
                        let params = Params::new(&target, spans.clone(), &leaf.pattern);
                        refused = Some((id, params.map(drop)));
                    }
                    Some(_) => others.push(LeafId(id)),
                }
            }
            found.is_some()
        });
        match (found.filter(|_| is_found), refused) {
            (Some((id, leaf, value)), _) => match Params::new(&target, search.into_spans(), &leaf.pattern) {
                Ok(params) => Lookup::Found { value, leaf, params },
                Err(reason) => Lookup::BadPath { leaf: Some(LeafId(id)), reason },
            },
            (None, Some((id, Ok(())))) => Lookup::MethodNotAllowed { leaf: LeafId(id), others },
            (None, Some((id, Err(reason)))) => Lookup::BadPath { leaf: Some(LeafId(id)), reason },
            (None, None) => self.not_found(&target),
        }
    }

    /// The result for a path that no pattern matches. Another spelling of a claimed path is refused: the inner service
    /// could read it as the claimed path.
    fn not_found(&self, target: &Target<'_>) -> Lookup<'_, T> {
        if self.claims.is_empty() {
            return Lookup::NotFound { claim: None };
        }
        let claim = self.claimed.first(target).map(Id::index);
        if claim.is_none() && self.is_ambiguous(target) {
            return Lookup::BadPath { leaf: None, reason: BadPath::Ambiguous };
        }
        Lookup::NotFound { claim }
    }

    fn is_ambiguous(&self, target: &Target<'_>) -> bool {
        let is_claimed = |read: &str| self.claimed.first(&target.with_path(read)).is_some();
        !self.claims.is_empty() && readings::any_reading(target.sent(), self.claimed_depth, is_claimed)
    }
}

/// # Errors
///
/// What cannot be the prefix of a pattern.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), RouteError> {
    match parse(prefix)?.1.last() {
        Some(Segment::CatchAll | Segment::OptionalCatchAll) => {
            Err(RouteError::malformed(prefix, PatternError::CatchAllNotLast))
        }
        _ => Ok(()),
    }
}

/// Whether a pattern has literals only, each as it stands in a canonical path.
fn is_a_path(pattern: &str, segments: &[Segment]) -> bool {
    let mut texts = pattern.split('/').skip(1);
    segments.iter().all(|segment| matches!(segment, Segment::Literal(literal) if Some(&**literal) == texts.next()))
}

/// The text of the pattern that ends at a node.
fn path_of<'t, T>(tree: &Tree, leaves: &'t [Leaf<T>], node: Child) -> Option<&'t str> {
    tree.leaf(node).map(|leaf| leaves[leaf.index()].pattern.as_str())
}

/// A bit that tells most paths from those of another length.
fn length_bit(path: &str) -> u64 {
    1 << (path.len() % 64)
}

fn parse(pattern: &str) -> Result<(Pattern, Vec<Segment>), RouteError> {
    Pattern::parse(pattern).map_err(|error| RouteError::malformed(pattern, error))
}

/// Every different value of `Allow` once: a large table has few.
#[derive(Clone, Debug, Default)]
struct AllowValues {
    values: Vec<HeaderValue>,
    /// What each value allows, where that can be told without the text.
    sets: Vec<Option<u16>>,
}

impl AllowValues {
    /// The position of the value of these methods.
    fn of<T>(&mut self, methods: &MethodTable<T>) -> u32 {
        let set = methods.allowed();
        let known = set.and_then(|_| self.sets.iter().position(|known| *known == set));
        let position = known.unwrap_or_else(|| self.intern(method_table::allow(&mut methods.methods()), set));
        u32::try_from(position).expect("a table has fewer than u32::MAX patterns")
    }

    fn intern(&mut self, value: HeaderValue, set: Option<u16>) -> usize {
        let known = self.values.iter().position(|known| *known == value);
        known.unwrap_or_else(|| {
            self.values.push(value);
            self.sets.push(set);
            self.values.len() - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(patterns: impl IntoIterator<Item = String>) -> RouteTable<()> {
        let mut table = RouteTable::new();
        for pattern in patterns {
            table.insert(&pattern, Some(Method::GET), (), Location::caller()).unwrap();
        }
        table
    }

    #[test]
    fn a_path_that_is_a_pattern_is_found_by_its_hash_however_many_there_are() {
        let count = if cfg!(miri) { 10 } else { 100 };
        let paths: Vec<_> = (0..count).map(|number| format!("/a/path/of/its/own/{number}")).collect();
        let table = table(paths.clone());
        for path in &paths {
            let found = table.literal(path).map(|(_, id)| table.leaves[id.index()].pattern.as_str());
            assert_eq!(found, (!WANTS_SMALL).then_some(path.as_str()));
        }
        assert!(table.literal("/a/path").is_none());
    }

    #[test]
    fn a_path_that_is_longer_than_its_positions_can_say_is_not_found() {
        let table = table(["/{*rest}".to_owned()]);
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
