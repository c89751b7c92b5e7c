//! The path of one lookup, made ready for it.

use crate::routing::path::canonical;
use crate::routing::words::{self, Tail};

/// The path of a request, beginning with `/`, and no longer than `u16::MAX` bytes.
#[derive(Clone, Copy)]
pub(super) struct Target<'p> {
    pub(super) path: &'p str,
    pub(super) tail: Tail,
    pub(super) slash: Slash,
    /// The path as it was sent, if that was percent-encoded and `path` is its canonical form.
    pub(super) encoded: Option<&'p str>,
}

/// Whether a `/` at the end of the path tells two paths apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slash {
    /// It does.
    Significant,
    /// It does not: it was cut from the path, or it was not there.
    Ignored { was_sent: bool },
}

impl<'p> Target<'p> {
    /// Whether any pattern can match a path: it is not empty, `*`, or longer than a pattern may be.
    #[inline]
    pub(super) fn is_path(path: &str) -> bool {
        path.starts_with('/') && u16::try_from(path.len()).is_ok()
    }

    /// A path as it was sent, without its last slash where that says nothing.
    #[inline]
    pub(super) fn of(path: &'p str, ignore_slash: bool) -> Self {
        let (path, slash) = if ignore_slash {
            // `//` at the end is an empty segment and a slash, and no path that has neither.
            let cut = path.strip_suffix('/').filter(|rest| !rest.is_empty() && !rest.ends_with('/'));
            (cut.unwrap_or(path), Slash::Ignored { was_sent: cut.is_some() })
        } else {
            (path, Slash::Significant)
        };
        Self { path, tail: Tail::of(path.as_bytes()), slash, encoded: None }
    }

    /// Whether the path has a byte at or after a place: an ASCII character, and no slash.
    #[inline]
    pub(super) fn has(self, byte: u8, start: usize) -> bool {
        words::has(self.path.as_bytes().get(start..).unwrap_or_default(), self.tail, byte)
    }

    /// Looks up the canonical form of a path.
    pub(super) fn look_up<R>(path: &str, ignore_slash: bool, look_up: impl FnOnce(Target<'_>) -> R) -> R {
        let sent = Target::of(path, ignore_slash);
        if sent.has(b'%', 0) { sent.decoded(look_up) } else { look_up(sent) }
    }

    /// Looks up the canonical form of a path that has escapes.
    #[cold]
    pub(super) fn decoded<R>(self, look_up: impl FnOnce(Target<'_>) -> R) -> R {
        look_up(Target { encoded: Some(self.path), ..self.with_path(canonical(self.path).as_str()) })
    }

    /// The path as it was sent.
    pub(super) fn sent(&self) -> &'p str {
        self.encoded.unwrap_or(self.path)
    }

    /// Returns a target for another path, with the same rule for the last slash.
    #[cold]
    pub(super) fn with_path<'o>(&self, path: &'o str) -> Target<'o> {
        Target { path, tail: Tail::of(path.as_bytes()), slash: self.slash, encoded: None }
    }
}
