//! The path of one lookup, made ready for it.

use crate::routing::path::canonical;
use crate::routing::words::Scan;

/// The path of a request: canonical, beginning with `/`, and no longer than `u16::MAX` bytes.
#[derive(Clone, Copy)]
pub(super) struct Target<'p> {
    pub(super) path: &'p str,
    pub(super) scan: Scan,
    pub(super) slash: Slash,
    /// Whether the request's own path has escapes.
    pub(super) has_escapes: bool,
}

/// Whether a `/` at the end of the path tells two paths apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slash {
    /// It does.
    Significant,
    /// It does not: it was cut from the path, or it was not there.
    Ignored { was_sent: bool },
}

impl Target<'_> {
    /// Whether any pattern can match a path: it is not empty, `*`, or longer than a pattern may be.
    #[inline]
    pub(super) fn is_path(path: &str) -> bool {
        path.starts_with('/') && u16::try_from(path.len()).is_ok()
    }

    /// Looks up the canonical form of a path, without its last slash where that says nothing.
    #[inline]
    pub(super) fn look_up<R>(path: &str, ignore_slash: bool, look_up: impl FnOnce(&Target<'_>) -> R) -> R {
        let (path, slash) = if ignore_slash {
            // `//` at the end is an empty segment and a slash, and no path that has neither.
            let cut = path.strip_suffix('/').filter(|rest| !rest.is_empty() && !rest.ends_with('/'));
            (cut.unwrap_or(path), Slash::Ignored { was_sent: cut.is_some() })
        } else {
            (path, Slash::Significant)
        };
        let scan = Scan::new(path);
        let has_escapes = scan.has_escapes;
        let target = Target { path, scan, slash, has_escapes };
        if has_escapes { look_up(&target.with_path(canonical(path).as_str())) } else { look_up(&target) }
    }

    /// The same with another path.
    #[cold]
    pub(super) fn with_path<'p>(&self, path: &'p str) -> Target<'p> {
        Target { path, scan: Scan::new(path), ..*self }
    }
}
