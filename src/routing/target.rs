//! The path of a request, ready for a lookup.

use crate::routing::path::canonical;
use crate::routing::swar::{self, Tail};

/// The path of a request. It begins with `/` and has at most `u16::MAX` bytes.
#[derive(Clone, Copy)]
pub(super) struct Target<'p> {
    pub(super) path: &'p str,
    pub(super) tail: Tail,
    pub(super) slash: Slash,
    /// The path as it was sent, if it has escapes. `path` is then its canonical form.
    pub(super) encoded: Option<&'p str>,
}

/// The role of a `/` at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slash {
    /// `/a` and `/a/` are two paths.
    Significant,
    /// `/a` and `/a/` are one path. If the `/` was sent, it was cut from the path.
    Ignored { was_sent: bool },
}

impl<'p> Target<'p> {
    /// Whether a pattern can match this target: it begins with `/`, unlike `*`, and is not longer than a pattern may be.
    #[inline]
    pub(super) fn is_path(path: &str) -> bool {
        path.starts_with('/') && u16::try_from(path.len()).is_ok()
    }

    /// A path as it was sent, without a final `/` that is ignored.
    #[inline]
    pub(super) fn of(path: &'p str, ignore_slash: bool) -> Self {
        let (path, slash) = if ignore_slash {
            // In `/a//` the last slash follows an empty segment, which is significant. The path `/` has no other form.
            let cut = path.strip_suffix('/').filter(|rest| !rest.is_empty() && !rest.ends_with('/'));
            (cut.unwrap_or(path), Slash::Ignored { was_sent: cut.is_some() })
        } else {
            (path, Slash::Significant)
        };
        Self { path, tail: Tail::of(path.as_bytes()), slash, encoded: None }
    }

    /// Whether the path has a `%` at or after `start`.
    pub(super) fn has_escapes_after(self, start: usize) -> bool {
        swar::contains(self.path.as_bytes().get(start..).unwrap_or_default(), self.tail, b'%')
    }

    /// Calls `look_up` with the canonical form of a path.
    pub(super) fn look_up<R>(path: &str, ignore_slash: bool, look_up: impl FnOnce(Target<'_>) -> R) -> R {
        let sent = Target::of(path, ignore_slash);
        if sent.has_escapes_after(0) { sent.decoded(look_up) } else { look_up(sent) }
    }

    /// Calls `look_up` with the canonical form of a path that has escapes.
    #[cold]
    pub(super) fn decoded<R>(self, look_up: impl FnOnce(Target<'_>) -> R) -> R {
        look_up(Target { encoded: Some(self.path), ..self.with_path(canonical(self.path).as_str()) })
    }

    /// The path as it was sent.
    pub(super) fn sent(&self) -> &'p str {
        self.encoded.unwrap_or(self.path)
    }

    /// Returns another path with the same role of a final `/`.
    pub(super) fn with_path<'o>(&self, path: &'o str) -> Target<'o> {
        Target { path, tail: Tail::of(path.as_bytes()), slash: self.slash, encoded: None }
    }
}
