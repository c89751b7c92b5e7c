//! The claimed prefixes: every path at and below one is a path of the table.

use crate::routing::error::RouteError;
use crate::routing::pattern::{Pattern, Segment, check_prefix};
use crate::routing::readings::any_reading;
use crate::routing::search;
use crate::routing::target::Target;
use crate::routing::tree::{LeafId, Tree};

/// A list of claimed prefixes.
#[derive(Clone, Debug)]
pub(super) struct Claims {
    tree: Tree,
    prefixes: Vec<Box<str>>,
    /// The number of segments of the longest prefix.
    depth: usize,
}

impl Claims {
    pub(super) fn new() -> Self {
        Self { tree: Tree::new(), prefixes: Vec::new(), depth: 0 }
    }

    pub(super) fn insert(&mut self, prefix: &str) -> Result<(), RouteError> {
        check_prefix(prefix)?;
        let (_, mut segments) = Pattern::parse(prefix)?;
        if matches!(segments.last(), Some(Segment::Literal(text)) if text.is_empty()) {
            segments.pop();
        }
        self.depth = self.depth.max(segments.len());
        segments.push(Segment::OptionalCatchAll);
        *self.tree.entry(&segments).1 = Some(LeafId::new(self.prefixes.len()));
        self.prefixes.push(prefix.into());
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.prefixes.is_empty()
    }

    /// The prefixes as they were given.
    pub(super) fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.prefixes.iter().map(|prefix| &**prefix)
    }

    /// The position of the most specific prefix that the path is below.
    pub(super) fn find(&self, path: &Target<'_>) -> Option<usize> {
        search::first(&self.tree, path).map(LeafId::index)
    }

    /// The position of a prefix that an inner service may read the path as below. If the path has too many readings to try
    /// them all, it is the first prefix.
    pub(super) fn find_another_spelling(&self, path: &Target<'_>) -> Option<usize> {
        let mut found = None;
        let is_claimed = |reading: &str| {
            found = self.find(&path.with_path(reading));
            found.is_some()
        };
        (!self.is_empty() && any_reading(path.sent(), self.depth, is_claimed)).then(|| found.unwrap_or(0))
    }
}
