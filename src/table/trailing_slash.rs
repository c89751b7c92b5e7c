//! The policy for a `/` at the end of a path.

use http::Uri;

use crate::routing::{dots, escape};
use crate::table::Table;

/// The meaning of a `/` at the end of the path.
///
/// ```
/// use http::Request;
/// use route_handlers::{Body, RouteHandlers, TrailingSlash};
/// use tower::ServiceExt;
///
/// # tokio_test::block_on(async {
/// let api = RouteHandlers::new().get("/users", async || "all users");
/// for (policy, status) in [(TrailingSlash::Strict, 404), (TrailingSlash::Ignore, 200), (TrailingSlash::Remove, 308)] {
///     let request = Request::get("/users/").body(Body::empty())?;
///     assert_eq!(api.clone().trailing_slash(policy).oneshot(request).await?.status(), status);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrailingSlash {
    /// `/users` and `/users/` are two paths.
    #[default]
    Strict,
    /// `/users` and `/users/` are the same path.
    Ignore,
    /// `/users/` is redirected to `/users` with 308: Next's default.
    Remove,
    /// `/users` is redirected to `/users/` with 308: Next's `trailingSlash: true`.
    ///
    /// If the last segment has a dot, as a file name has, the slash is removed instead.
    Add,
}

impl Table {
    pub(crate) fn set_trailing_slash(&mut self, policy: TrailingSlash) {
        self.trailing_slash = policy;
        self.redirect = match policy {
            TrailingSlash::Strict | TrailingSlash::Ignore => None,
            TrailingSlash::Remove | TrailingSlash::Add => Some(Self::redirected),
        };
    }

    pub(super) fn ignores_slash(&self) -> bool {
        self.trailing_slash != TrailingSlash::Strict
    }

    /// The path in its other form, if the policy asks for it.
    pub(super) fn other_form(&self, uri: &Uri) -> Option<String> {
        let path = uri.path();
        let bare = path.strip_suffix('/').unwrap_or(path);
        let names_a_file = bare.rsplit('/').next().is_some_and(|last| last.contains('.'));
        let needs_slash = self.trailing_slash == TrailingSlash::Add && !names_a_file;
        // A browser reads `//host` and `/\host` as another host, so such a path must not become a `Location`.
        let is_local = !matches!(path.as_bytes(), [b'/', b'/' | b'\\', ..]);
        let is_right = bare.is_empty() || path.ends_with('/') == needs_slash;
        if is_right || !is_local || has_no_other_form(bare) || !self.routes.knows(path, true) {
            return None;
        }
        let slash = if needs_slash { "/" } else { "" };
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        Some(format!("{bare}{slash}{query}"))
    }
}

/// Whether a redirect to this path, without its last slash, would be wrong. An empty segment at the end is significant, a client
/// would resolve a dot segment, and a malformed escape is invalid in `Location`.
fn has_no_other_form(bare: &str) -> bool {
    bare.ends_with('/')
        || bare.split(['/', '\\']).any(|segment| dots(segment).is_some())
        || bare.match_indices('%').any(|(at, _)| escape(&bare[at..]).is_none())
}
