//! Decides what happens to a request.

use std::sync::Arc;

use http::Method;
#[cfg(feature = "warp")]
use http::Uri;

use crate::endpoint::Endpoint;
use crate::on_error::ErrorContext;
use crate::routing::{Leaf, LeafId, Lookup, Params};
use crate::table::Table;
use crate::table::generated::{Generated, GeneratedResponse, Kind};

/// The decision about a request.
#[derive(Debug)]
pub(crate) enum Dispatch<'t> {
    /// A handler responds.
    Handle(Match<'t>),
    /// The table responds.
    Respond(GeneratedResponse),
    /// The table does not serve the request: it goes to the inner service.
    Pass,
}

/// The route of a request.
#[derive(Debug)]
pub(crate) struct Match<'t> {
    pub(crate) endpoint: &'t Endpoint,
    pub(crate) leaf: &'t Leaf<Endpoint>,
    pub(crate) params: Params,
}

impl Table {
    /// Decides what happens to a request. Without an inner service, the table serves every request.
    #[inline]
    pub(crate) fn dispatch<'t, B>(self: &'t Arc<Self>, request: &http::Request<B>, has_inner: bool) -> Dispatch<'t> {
        if let Some(redirect) = self.redirect(request.uri()) {
            return Dispatch::Respond(GeneratedResponse::Made(Box::new(redirect)));
        }
        match self.routes.lookup(request.method(), request.uri().path(), self.ignores_slash()) {
            Lookup::Found { value, leaf, params } => Dispatch::Handle(Match { endpoint: value, leaf, params }),
            Lookup::NotFound { claim: None } if has_inner => Dispatch::Pass,
            other => {
                let (method, uri, headers) = (request.method(), request.uri(), request.headers());
                let context = ErrorContext { method, uri, headers, matched_route: None, allow: None };
                self.refuse(other, context, has_inner)
            }
        }
    }

    /// Decides what happens to a request that no handler serves.
    fn refuse(
        self: &Arc<Self>,
        lookup: Lookup<'_, Endpoint>,
        context: ErrorContext<'_>,
        has_inner: bool,
    ) -> Dispatch<'static> {
        let path = context.uri.path();
        let outer_hook = self.defaults.on_error.as_ref();
        let is_options = *context.method == Method::OPTIONS;
        let (kind, leaf, others, hook) = match lookup {
            Lookup::MethodNotAllowed { leaf, .. } if has_inner && self.passes(leaf, path) => return Dispatch::Pass,
            Lookup::MethodNotAllowed { leaf, others } => {
                let kind = if is_options { Kind::Options } else { Kind::MethodNotAllowed };
                (kind, Some(leaf), others, self.hook_of(leaf).or(outer_hook))
            }
            Lookup::BadPath { leaf, reason } => {
                let hook = leaf.and_then(|leaf| self.hook_of(leaf)).or(outer_hook);
                (Kind::BadPath(reason), leaf, Vec::new(), hook)
            }
            Lookup::NotFound { .. } if path == "*" && !has_inner => {
                let kind = if is_options { Kind::Options } else { Kind::BadTarget };
                (kind, None, Vec::new(), outer_hook)
            }
            Lookup::NotFound { claim } => {
                let hook = claim.and_then(|claim| self.claim_hooks[claim].as_ref()).or(outer_hook);
                (Kind::NotFound, None, Vec::new(), hook)
            }
            Lookup::Found { .. } => unreachable!("`dispatch` runs the handler of a found route"),
        };
        let generated = Generated { kind, is_head: *context.method == Method::HEAD, leaf };
        Dispatch::Respond(self.generate(generated, &others, hook, context))
    }

    /// Whether the table serves a request. If not, the request goes to the inner service.
    #[cfg(feature = "warp")]
    pub(crate) fn is_ours(&self, method: &Method, uri: &Uri) -> bool {
        self.redirect(uri).is_some()
            || match self.routes.lookup(method, uri.path(), self.ignores_slash()) {
                Lookup::Found { .. } | Lookup::BadPath { .. } => true,
                Lookup::MethodNotAllowed { leaf, .. } => !self.passes(leaf, uri.path()),
                Lookup::NotFound { claim } => claim.is_some(),
            }
    }

    /// Whether a request with a method that the pattern lacks goes to the inner service: `pass_unsupported`.
    fn passes(&self, leaf: LeafId, path: &str) -> bool {
        let mut endpoints = self.routes.leaf(leaf).methods().iter().map(|(_, endpoint, _)| endpoint);
        endpoints.any(|endpoint| endpoint.options().route.pass_unsupported)
            && !self.routes.is_another_spelling_of_a_claim(path)
    }
}
