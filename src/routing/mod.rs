//! Path and method → value: the table behind [`RouteHandlers`](crate::RouteHandlers).
//!
//! Generic in what it stores; it knows paths, patterns and methods, and nothing of messages, bodies or handlers.

mod error;
mod method_table;
mod params;
mod path;
mod pattern;
mod tree;

use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Arc;

use http::{HeaderValue, Method};

use error::PatternError;
pub use error::RouteError;
pub(crate) use method_table::MethodTable;
pub(crate) use params::Params;
pub(crate) use path::BadPath;
pub(crate) use pattern::{Pattern, join};

use params::Spans;
use path::Canonical;
use pattern::Segment;
use tree::{Id, Slash, Tree};

/// The routes: each pattern with its methods, and the prefixes that are claimed whole.
#[derive(Clone, Debug)]
pub(crate) struct RouteTable<T> {
    tree: Tree,
    leaves: Vec<Leaf<T>>,
    claimed: Tree,
    claims: Vec<Box<str>>,
    allow: AllowValues,
}

/// One pattern's methods.
#[derive(Clone, Debug)]
pub(crate) struct Leaf<T> {
    pattern: Arc<Pattern>,
    methods: MethodTable<T>,
    allow: u32,
    registered_at: &'static Location<'static>,
}

/// What a path and a method lead to.
#[derive(Debug)]
pub(crate) enum Lookup<'a, T> {
    /// A value, the pattern it was found under, and what the pattern captured.
    Found { value: &'a T, leaf: &'a Leaf<T>, params: Params },
    /// The path is known, but no matching pattern has the method: the most specific one, and the others.
    MethodNotAllowed { leaf: LeafId, others: Vec<LeafId> },
    /// The path is known, but a parameter would capture what is refused; or it is a claimed one in disguise.
    BadPath { leaf: Option<LeafId>, reason: BadPath },
    /// No pattern matches the path; whether a claimed prefix holds it.
    NotFound { is_claimed: bool },
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
}

impl<T> RouteTable<T> {
    pub(crate) fn new() -> Self {
        Self {
            tree: Tree::new(),
            leaves: Vec::new(),
            claimed: Tree::new(),
            claims: Vec::new(),
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
        let slot = self.tree.leaf_mut(&segments);
        let leaf = match *slot {
            Some(id) => &mut self.leaves[id.index()],
            None => {
                *slot = Some(Id::new(self.leaves.len()));
                let pattern = Arc::new(parsed.clone());
                self.leaves.push(Leaf { pattern, methods: MethodTable::new(), allow: 0, registered_at: at });
                self.leaves.last_mut().expect("a leaf was pushed")
            }
        };
        if leaf.pattern.as_str() != parsed.as_str() {
            return Err(RouteError::same_shape(pattern, leaf.pattern.as_str(), leaf.registered_at));
        }
        let name = method.as_ref().map_or("any", Method::as_str).to_owned();
        leaf.methods.insert(method, value, at).map_err(|first| RouteError::duplicate(pattern, &name, first))?;
        leaf.allow = self.allow.intern(method_table::allow([&leaf.methods]));
        Ok(())
    }

    /// Makes every path at and below a prefix one of this table.
    pub(crate) fn claim(&mut self, prefix: &str) -> Result<(), RouteError> {
        let (_, mut segments) = parse(prefix)?;
        if matches!(segments.last(), Some(Segment::Literal(text)) if text.is_empty()) {
            segments.pop();
        }
        segments.push(Segment::OptionalCatchAll);
        *self.claimed.leaf_mut(&segments) = Some(Id::new(0));
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

    /// The value of the `Allow` header for a path that this leaf matches, and these others.
    pub(crate) fn allow(&self, leaf: LeafId, others: &[LeafId]) -> HeaderValue {
        if others.is_empty() {
            return self.allow.values[self.leaf(leaf).allow as usize].clone();
        }
        let leaves = [leaf].into_iter().chain(others.iter().copied());
        method_table::allow(leaves.map(|leaf| &self.leaf(leaf).methods))
    }

    /// Whether some pattern matches the path, whatever its methods, or a claimed prefix holds it.
    pub(crate) fn knows(&self, path: &str, ignore_slash: bool) -> bool {
        let Some((canonical, slash)) = prepare(path, ignore_slash) else { return false };
        let path = canonical.as_str();
        self.tree.find(path, slash, |_, _| true) || self.is_claimed(path, slash)
    }

    /// The most specific pattern that has the method, or why there is none.
    pub(crate) fn lookup(&self, method: &Method, raw_path: &str, ignore_slash: bool) -> Lookup<'_, T> {
        let Some((canonical, slash)) = prepare(raw_path, ignore_slash) else {
            return Lookup::NotFound { is_claimed: false };
        };
        let path = canonical.as_str();
        let mut found = None;
        let mut others = Vec::new();
        let mut first: Option<(Id, Spans)> = None;
        self.tree.find(path, slash, |id, spans| {
            if let Some(value) = self.leaves[id.index()].methods.serving(method) {
                found = Some((id, value, std::mem::replace(spans, Spans::new())));
                return true;
            }
            match &first {
                None => first = Some((id, spans.clone())),
                Some(_) => others.push(LeafId(id)),
            }
            false
        });
        let has_escapes = canonical.has_escapes();
        match (found, first) {
            (Some((id, value, spans)), _) => {
                let leaf = &self.leaves[id.index()];
                match Params::new(path, has_escapes, spans, &leaf.pattern) {
                    Ok(params) => Lookup::Found { value, leaf, params },
                    Err(reason) => Lookup::BadPath { leaf: Some(LeafId(id)), reason },
                }
            }
            (None, Some((id, spans))) => {
                match Params::new(path, has_escapes, spans, &self.leaves[id.index()].pattern) {
                    Ok(_) => Lookup::MethodNotAllowed { leaf: LeafId(id), others },
                    Err(reason) => Lookup::BadPath { leaf: Some(LeafId(id)), reason },
                }
            }
            (None, None) => self.not_found(raw_path, path, slash),
        }
    }

    /// What no pattern matches. A claimed path that is spelt in another way is refused, lest a careless service behind
    /// this one reads it as the path that it was not.
    fn not_found(&self, raw_path: &str, path: &str, slash: Slash) -> Lookup<'_, T> {
        let is_claimed = self.is_claimed(path, slash);
        let is_disguised =
            || !self.claims.is_empty() && path::careless(raw_path).is_some_and(|read| self.is_claimed(&read, slash));
        if !is_claimed && is_disguised() {
            return Lookup::BadPath { leaf: None, reason: BadPath::Disguised };
        }
        Lookup::NotFound { is_claimed }
    }

    fn is_claimed(&self, path: &str, slash: Slash) -> bool {
        !self.claims.is_empty() && self.claimed.find(path, slash, |_, _| true)
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

fn parse(pattern: &str) -> Result<(Pattern, Vec<Segment>), RouteError> {
    Pattern::parse(pattern).map_err(|error| RouteError::malformed(pattern, error))
}

/// The canonical path, without its last slash where that says nothing. A path that no pattern can match is `None`:
/// empty, `*`, or longer than a pattern may be.
fn prepare(path: &str, ignore_slash: bool) -> Option<(Canonical<'_>, Slash)> {
    if !path.starts_with('/') || path.len() > usize::from(u16::MAX) {
        return None;
    }
    if !ignore_slash {
        return Some((path::canonical(path), Slash::Significant));
    }
    // Of two slashes at the end none is cut: they enclose an empty segment.
    let cut = path.strip_suffix('/').filter(|rest| !rest.is_empty() && !rest.ends_with('/'));
    Some((path::canonical(cut.unwrap_or(path)), Slash::Ignored { was_sent: cut.is_some() }))
}

/// Every different value of `Allow` once: a large table has few.
#[derive(Clone, Debug, Default)]
struct AllowValues {
    values: Vec<HeaderValue>,
    places: BTreeMap<HeaderValue, u32>,
}

impl AllowValues {
    fn intern(&mut self, value: HeaderValue) -> u32 {
        *self.places.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            u32::try_from(self.values.len() - 1).expect("a table has fewer than u32::MAX patterns")
        })
    }
}
