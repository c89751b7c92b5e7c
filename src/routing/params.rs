//! The values that a path has for the parameters of its pattern.

use std::fmt;

use crate::routing::path::{BadPath, decode, refuse_dot_segments, refuse_empty_segments};
use crate::routing::pattern::Pattern;
use crate::routing::target::Target;

/// The number of values that need no allocation. Nearly every pattern has fewer parameters.
const INLINE: usize = 6;

/// Stands before each segment of a decoded catch-all that has an encoded `/` in a segment. No value has a NUL.
const SEPARATOR: char = '\0';

/// A range of a path.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    start: u16,
    end: u16,
}

/// The ranges that a lookup captured, in the order of the parameters.
#[derive(Clone, Debug)]
pub(super) enum Spans {
    Inline([Span; INLINE], u8),
    Heap(Vec<Span>),
}

/// The values of the parameters for one request.
#[derive(Clone)]
pub(crate) struct Params {
    spans: Spans,
    /// The text that the spans are ranges of, if it is not the path of the request.
    decoded: Option<Box<str>>,
}

impl Span {
    fn of(self, text: &str) -> &str {
        &text[usize::from(self.start)..usize::from(self.end)]
    }
}

impl Spans {
    pub(super) fn new() -> Self {
        Self::Inline([Span::default(); INLINE], 0)
    }

    /// Adds a range of a path, which has at most `u16::MAX` bytes.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "no path is longer than `u16::MAX`")]
    pub(super) fn push(&mut self, start: usize, end: usize) {
        self.add(Span { start: start as u16, end: end as u16 });
    }

    /// Adds the ranges that were captured further down.
    pub(super) fn extend(&mut self, other: &Self) {
        other.as_slice().iter().for_each(|span| self.add(*span));
    }

    #[inline]
    fn add(&mut self, span: Span) {
        match self {
            Self::Inline(spans, length) if usize::from(*length) < INLINE => {
                spans[usize::from(*length)] = span;
                *length += 1;
            }
            _ => self.add_to_heap(span),
        }
    }

    #[cold]
    fn add_to_heap(&mut self, span: Span) {
        match self {
            Self::Inline(spans, _) => *self = Self::Heap([&spans[..], &[span]].concat()),
            Self::Heap(spans) => spans.push(span),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Removes all ranges but the first ones.
    pub(super) fn truncate(&mut self, kept: usize) {
        match self {
            Self::Inline(_, length) => *length = u8::try_from(kept).map_or(*length, |kept| kept.min(*length)),
            Self::Heap(spans) => spans.truncate(kept),
        }
    }

    fn as_slice(&self) -> &[Span] {
        match self {
            Self::Inline(spans, length) => &spans[..usize::from(*length)],
            Self::Heap(spans) => spans,
        }
    }
}

impl Params {
    /// No values.
    pub(crate) fn none() -> Self {
        Self::plain(Spans::new())
    }

    /// Values with nothing to decode and nothing to refuse.
    pub(super) fn plain(spans: Spans) -> Self {
        Self { spans, decoded: None }
    }

    /// Values that come from no path.
    pub(crate) fn of<'v>(values: impl IntoIterator<Item = &'v str>) -> Self {
        let (mut decoded, mut spans) = (String::new(), Spans::new());
        for value in values {
            let start = decoded.len();
            decoded.push_str(value);
            spans.push(start, decoded.len());
        }
        Self { spans, decoded: Some(decoded.into()) }
    }

    /// Checks the values, and decodes them if the path was sent with escapes.
    ///
    /// # Errors
    ///
    /// Why a value is refused.
    pub(super) fn new(target: &Target<'_>, spans: Spans, pattern: &Pattern) -> Result<Self, BadPath> {
        if target.encoded.is_some() {
            return Self::decode(target.path, &spans, pattern);
        }
        for (position, span) in spans.as_slice().iter().enumerate() {
            let value = span.of(target.path);
            refuse_dot_segments(value)?;
            if pattern.is_catch_all(position) {
                refuse_empty_segments(value)?;
            }
        }
        Ok(Self::plain(spans))
    }

    fn decode(path: &str, spans: &Spans, pattern: &Pattern) -> Result<Self, BadPath> {
        let mut decoded = String::with_capacity(path.len());
        let mut decoded_spans = Spans::new();
        for (position, span) in spans.as_slice().iter().enumerate() {
            let start = decoded.len();
            let value = span.of(path);
            if pattern.is_catch_all(position) {
                push_segments(value, &mut decoded)?;
            } else {
                decoded.push_str(&decode(value)?);
            }
            decoded_spans.push(start, decoded.len());
        }
        Ok(Self { spans: decoded_spans, decoded: Some(decoded.into()) })
    }

    /// The number of values. They belong to the first parameters: only the last parameter may have none.
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether the parameter at a position has a value.
    pub(crate) fn has(&self, position: usize) -> bool {
        position < self.len()
    }

    /// Returns the value at a position. `None` for a catch-all if one of its segments has an encoded `/`.
    #[inline]
    pub(crate) fn get<'a>(&'a self, path: &'a str, position: usize) -> Option<&'a str> {
        self.raw(path, position).filter(|value| self.decoded.is_none() || !value.starts_with(SEPARATOR))
    }

    /// Returns the segments of the value at a position.
    pub(crate) fn segments<'a>(
        &'a self,
        path: &'a str,
        position: usize,
    ) -> Option<impl Iterator<Item = &'a str> + Clone> {
        let value = self.raw(path, position)?;
        Some(match value.strip_prefix(SEPARATOR) {
            Some(separated) => separated.split(SEPARATOR),
            None => value.split('/'),
        })
    }

    /// Returns the values with a copy of the path.
    pub(crate) fn detach(self, path: &str) -> Self {
        if self.decoded.is_some() || self.len() == 0 {
            return self;
        }
        Self { spans: self.spans, decoded: Some(path.into()) }
    }

    #[inline]
    fn raw<'a>(&'a self, path: &'a str, position: usize) -> Option<&'a str> {
        let span = self.spans.as_slice().get(position)?;
        Some(span.of(self.decoded.as_deref().unwrap_or(path)))
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Params").finish_non_exhaustive()
    }
}

/// Decodes the segments of a catch-all.
fn push_segments(tail: &str, out: &mut String) -> Result<(), BadPath> {
    refuse_empty_segments(tail)?;
    let segments = tail.split('/').map(decode).collect::<Result<Vec<_>, _>>()?;
    if segments.iter().any(|segment| segment.contains('/')) {
        for segment in segments {
            out.push(SEPARATOR);
            out.push_str(&segment);
        }
    } else {
        out.push_str(&segments.join("/"));
    }
    Ok(())
}
