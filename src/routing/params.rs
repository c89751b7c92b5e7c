//! What the parameters of a pattern captured: ranges of the path, decoded once where an escape needs it.

use std::fmt;

use crate::routing::path::{BadPath, decode, has_empty_segment, refuse_dot_segments};
use crate::routing::pattern::Pattern;
use crate::routing::target::Target;

/// As many as nearly every pattern has: they need no allocation.
const INLINE: usize = 6;

/// Begins a decoded catch-all that has an encoded `/` in a segment, and parts its segments: NUL is in no value.
const SEPARATOR: char = '\0';

/// A range of the path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    start: u16,
    end: u16,
}

/// Room for the first ranges that a lookup captures. How many there are is counted apart: so the count is in a register.
pub(super) struct FirstSpans([Span; INLINE]);

/// The first ranges that a lookup captured, as few as need no allocation.
#[derive(Clone, Copy)]
pub(super) struct FewSpans {
    spans: [Span; INLINE],
    count: usize,
}

impl FirstSpans {
    #[inline]
    pub(super) fn new() -> Self {
        Self([Span::default(); INLINE])
    }

    /// Notes down the range that is captured after this many; false if there is no room for it.
    #[inline]
    pub(super) fn put(&mut self, count: usize, start: usize, end: usize) -> bool {
        match self.0.get_mut(count) {
            Some(free) => *free = Span::new(start, end),
            None => return false,
        }
        true
    }

    /// The first so many.
    #[inline]
    pub(super) fn take(self, count: usize) -> FewSpans {
        FewSpans { spans: self.0, count }
    }
}

impl Span {
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "no path is longer than `u16::MAX`")]
    fn new(start: usize, end: usize) -> Self {
        Self { start: start as u16, end: end as u16 }
    }
}

/// The ranges that a lookup has captured so far, in the order of the parameters.
#[derive(Clone, Debug)]
pub(super) enum Spans {
    Inline([Span; INLINE], u8),
    Heap(Vec<Span>),
}

impl From<FewSpans> for Spans {
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "there are few")]
    fn from(few: FewSpans) -> Self {
        Self::Inline(few.spans, few.count as u8)
    }
}

impl Spans {
    pub(super) fn new() -> Self {
        Self::Inline([Span::default(); INLINE], 0)
    }

    /// Captures a range of a path that is no longer than `u16::MAX`.
    pub(super) fn push(&mut self, start: usize, end: usize) {
        self.add(Span::new(start, end));
    }

    /// Adds the ranges that were captured further down.
    #[inline]
    pub(super) fn extend(&mut self, few: &FewSpans) {
        few.spans[..few.count].iter().for_each(|span| self.add(*span));
    }

    #[inline]
    fn add(&mut self, span: Span) {
        match self {
            Self::Inline(spans, length) => match spans.get_mut(usize::from(*length)) {
                Some(free) => {
                    *free = span;
                    *length += 1;
                }
                None => *self = Self::Heap([&spans[..], &[span]].concat()),
            },
            Self::Heap(spans) => spans.push(span),
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Gives back all captures but the first ones, when a branch led nowhere.
    pub(super) fn truncate(&mut self, kept: usize) {
        match self {
            Self::Inline(_, length) => *length = u8::try_from(kept).map_or(*length, |kept| kept.min(*length)),
            Self::Heap(spans) => spans.truncate(kept),
        }
    }

    #[inline]
    fn as_slice(&self) -> &[Span] {
        match self {
            Self::Inline(spans, length) => &spans[..usize::from(*length)],
            Self::Heap(spans) => spans,
        }
    }
}

/// The captured values of one request.
#[derive(Clone)]
pub(crate) struct Params {
    spans: Spans,
    /// What the ranges are of, when that is not the request's path itself.
    decoded: Option<Box<str>>,
}

impl Params {
    /// No parameters.
    pub(crate) fn none() -> Self {
        Self::plain(Spans::new())
    }

    /// What was captured of a path that stands for itself.
    #[inline]
    pub(super) fn plain(spans: Spans) -> Self {
        Self { spans, decoded: None }
    }

    /// Checks the captured ranges of a canonical path and, if the path was sent with escapes, decodes them.
    ///
    /// # Errors
    ///
    /// Why a value is refused.
    #[inline(never)]
    pub(super) fn new(target: &Target<'_>, spans: Spans, pattern: &Pattern) -> Result<Self, BadPath> {
        let Target { path, encoded, .. } = *target;
        if encoded.is_some() {
            return Self::decode(path, &spans, pattern);
        }
        // What `decode` refuses, in a path that has no escapes.
        let captured = spans.as_slice();
        if target.has(b'.', 0) {
            captured.iter().try_for_each(|span| refuse_dot_segments(slice(path, *span)))?;
        }
        // An optional catch-all may have captured nothing: then the last range is not its own.
        match captured.split_last() {
            Some((tail, before)) if pattern.is_catch_all(before.len()) => refuse_empty_segments(slice(path, *tail))?,
            _ => {}
        }
        Ok(Self::plain(spans))
    }

    fn decode(path: &str, spans: &Spans, pattern: &Pattern) -> Result<Self, BadPath> {
        let mut decoded = String::with_capacity(path.len());
        let mut decoded_spans = Spans::new();
        for (position, span) in spans.as_slice().iter().enumerate() {
            let start = decoded.len();
            let raw = slice(path, *span);
            if pattern.is_catch_all(position) {
                push_segments(raw, &mut decoded)?;
            } else {
                decoded.push_str(&decode(raw)?);
            }
            decoded_spans.push(start, decoded.len());
        }
        Ok(Self { spans: decoded_spans, decoded: Some(decoded.into()) })
    }

    /// How many values were captured. They are those of the first parameters: only the last may capture nothing.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether anything was captured at a place, be it an empty tail.
    #[inline]
    pub(crate) fn has(&self, position: usize) -> bool {
        position < self.spans.len()
    }

    /// The value at a place; for a catch-all its segments joined with `/`, unless one of them holds an encoded `/`.
    #[inline]
    pub(crate) fn get<'a>(&'a self, path: &'a str, position: usize) -> Option<&'a str> {
        let span = *self.spans.as_slice().get(position)?;
        match &self.decoded {
            None => Some(slice(path, span)),
            Some(decoded) => joined(decoded, span),
        }
    }

    /// The segments of the catch-all at a place.
    pub(crate) fn segments<'a>(
        &'a self,
        path: &'a str,
        position: usize,
    ) -> Option<impl Iterator<Item = &'a str> + Clone> {
        let value = self.raw(path, position)?;
        Some(match value.strip_prefix(SEPARATOR) {
            Some(parted) => parted.split(SEPARATOR),
            None => value.split('/'),
        })
    }

    /// The same values, apart from the request's path.
    pub(crate) fn detach(self, path: &str) -> Self {
        if self.decoded.is_some() || self.spans.as_slice().is_empty() {
            return self;
        }
        Self { spans: self.spans, decoded: Some(path.into()) }
    }

    #[inline]
    fn raw<'a>(&'a self, path: &'a str, position: usize) -> Option<&'a str> {
        let span = self.spans.as_slice().get(position)?;
        Some(slice(self.decoded.as_deref().unwrap_or(path), *span))
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Params").finish_non_exhaustive()
    }
}

/// The segments of a decoded value as one, if none of them holds a separator.
#[cold]
fn joined(decoded: &str, span: Span) -> Option<&str> {
    Some(slice(decoded, span)).filter(|value| !value.starts_with(SEPARATOR))
}

#[inline]
fn slice(path: &str, span: Span) -> &str {
    &path[usize::from(span.start)..usize::from(span.end)]
}

/// A tail may end in `/`; an empty segment elsewhere is refused, lest a file server behind reads another path out of it.
fn refuse_empty_segments(tail: &str) -> Result<(), BadPath> {
    if tail.starts_with('/') || has_empty_segment(tail) { Err(BadPath::EmptySegment) } else { Ok(()) }
}

/// Decodes the segments of a catch-all; they are parted by `/`, or by NUL where one of them holds a `/`.
fn push_segments(tail: &str, out: &mut String) -> Result<(), BadPath> {
    refuse_empty_segments(tail)?;
    let segments = tail.split('/').map(decode).collect::<Result<Vec<_>, _>>()?;
    if segments.iter().any(|segment| segment.contains('/')) {
        for segment in segments {
            out.push(SEPARATOR);
            out.push_str(&segment);
        }
    } else {
        for (position, segment) in segments.iter().enumerate() {
            out.extend([if position == 0 { "" } else { "/" }, segment]);
        }
    }
    Ok(())
}
