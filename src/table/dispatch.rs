//! Decides what happens to a request.

use std::sync::Arc;

use http::{Method, Uri};

use crate::endpoint::Endpoint;
use crate::on_error::ErrorContext;
use crate::request::Head;
use crate::response::{IntoResponse, Redirect};
use crate::routing::{Leaf, LeafId, Lookup, Owner, Params, Pattern};
use crate::table::Table;
use crate::table::generated::{Generated, GeneratedResponse, Kind};
use crate::table::in_layers::LayeredResponse;

/// The decision about a request.
#[derive(Debug)]
pub(crate) enum Dispatch<'t> {
    /// A handler responds.
    Handle(Match<'t>),
    /// The table responds.
    Respond(GeneratedResponse),
    /// The table responds, inside the layers of a route or a claim.
    RespondInLayers(Box<LayeredResponse<'t>>),
    /// The table does not serve the request: it goes to the inner service.
    Pass,
}

/// The route of a request.
#[derive(Debug)]
pub(crate) struct Match<'t> {
    pub(crate) endpoint: &'t Endpoint,
    /// `None` if the table generates the response.
    pub(crate) leaf: Option<&'t Leaf<Endpoint>>,
    /// `None` for a claim.
    pub(crate) pattern: Option<&'t Arc<Pattern>>,
    pub(crate) params: Params,
}

/// The type of [`Table::redirected`].
pub(super) type Redirected = for<'t> fn(&'t Arc<Table>, &Method, &Uri) -> Option<Dispatch<'t>>;

impl<'t> Dispatch<'t> {
    fn in_layers(response: LayeredResponse<'t>) -> Self {
        Self::RespondInLayers(Box::new(response))
    }
}

impl LayeredResponse<'_> {
    /// The response as a route without a leaf. The parameters are moved into it.
    pub(crate) fn route(&mut self) -> Match<'_> {
        let params = std::mem::replace(&mut self.params, Params::none());
        Match { endpoint: &self.endpoint, leaf: None, pattern: self.pattern, params }
    }
}

impl Table {
    /// Decides what happens to a request. Without an inner service, the table serves every request.
    #[inline]
    pub(crate) fn dispatch<'t, B>(self: &'t Arc<Self>, request: &http::Request<B>, has_inner: bool) -> Dispatch<'t> {
        if let Some(redirect) = self.redirect(request.method(), request.uri()) {
            return redirect;
        }
        match self.routes.lookup(request.method(), request.uri().path(), self.ignores_slash()) {
            Lookup::Found { value, leaf, params } => {
                Dispatch::Handle(Match { endpoint: value, leaf: Some(leaf), pattern: Some(leaf.pattern()), params })
            }
            Lookup::NotFound { claim: None } if has_inner => Dispatch::Pass,
            other => {
                let (method, uri, headers) = (request.method(), request.uri(), request.headers());
                let context = ErrorContext { method, uri, headers, matched_route: None, allow: None };
                self.refuse(other, context, has_inner)
            }
        }
    }

    /// Decides what happens to a request that no handler serves.
    fn refuse<'t>(
        self: &'t Arc<Self>,
        lookup: Lookup<'_, Endpoint>,
        context: ErrorContext<'_>,
        has_inner: bool,
    ) -> Dispatch<'t> {
        let path = context.uri.path();
        let is_options = *context.method == Method::OPTIONS;
        let (kind, owner, others) = match lookup {
            Lookup::MethodNotAllowed { leaf, .. } if has_inner && self.passes(leaf, path) => return Dispatch::Pass,
            Lookup::MethodNotAllowed { leaf, others } => {
                let kind = if is_options { Kind::Options } else { Kind::MethodNotAllowed };
                (kind, Some(Owner::Leaf(leaf)), others)
            }
            Lookup::BadPath { owner, reason } => (Kind::BadPath(reason), Some(owner), Vec::new()),
            Lookup::NotFound { .. } if path == "*" && !has_inner => {
                let kind = if is_options { Kind::Options } else { Kind::BadTarget };
                (kind, None, Vec::new())
            }
            Lookup::NotFound { claim } => (Kind::NotFound, claim.map(Owner::Claim), Vec::new()),
            Lookup::Found { .. } => unreachable!("`dispatch` runs the handler of a found route"),
        };
        let leaf = owner.and_then(Owner::leaf);
        let options = owner.and_then(|owner| self.options_of(owner));
        let hook = options.and_then(|options| options.on_error.as_ref()).or(self.defaults.on_error.as_ref());
        let generated = Generated { kind, is_head: *context.method == Method::HEAD, leaf };
        match (self.in_layers, options.filter(|options| !options.layers.is_empty())) {
            (Some(in_layers), Some(options)) => {
                Dispatch::in_layers(in_layers(self, options, path, generated, others, hook))
            }
            _ => Dispatch::Respond(self.generate(generated, &others, hook, context)),
        }
    }

    /// The redirect to the other form of the path, if the policy requires it.
    fn redirect<'t>(self: &'t Arc<Self>, method: &Method, uri: &Uri) -> Option<Dispatch<'t>> {
        self.redirect.and_then(|redirect| redirect(self, method, uri))
    }

    /// The redirect of the trailing-slash policy, inside the layers of the route that the other form of the path has.
    pub(super) fn redirected<'t>(self: &'t Arc<Self>, method: &Method, uri: &Uri) -> Option<Dispatch<'t>> {
        let redirect = Redirect::permanent(self.other_form(uri)?).into_response();
        let owner = match self.routes.lookup(method, uri.path(), true) {
            Lookup::Found { leaf, .. } => self.routes.id_of(leaf).map(Owner::Leaf),
            Lookup::MethodNotAllowed { leaf, .. } => Some(Owner::Leaf(leaf)),
            Lookup::BadPath { owner, .. } => Some(owner),
            Lookup::NotFound { claim } => claim.map(Owner::Claim),
        };
        let leaf = owner.and_then(Owner::leaf);
        Some(match owner.and_then(|owner| self.options_of(owner)).filter(|options| !options.layers.is_empty()) {
            Some(options) => {
                let (status, headers) = (redirect.status(), redirect.headers().clone());
                let respond = move |_: &Head<'_>| (status, headers.clone(), ()).into_response();
                Dispatch::in_layers(self.respond_in_layers(options, leaf, uri.path(), respond))
            }
            None => Dispatch::Respond(GeneratedResponse::Made(Box::new(redirect))),
        })
    }

    /// The pattern of the handler that serves a request, or of its 405 or 400.
    pub(crate) fn pattern_of(&self, method: &Method, path: &str) -> Option<&Arc<Pattern>> {
        match self.routes.lookup(method, path, self.ignores_slash()) {
            Lookup::Found { leaf, .. } => Some(leaf.pattern()),
            Lookup::MethodNotAllowed { leaf, .. } => Some(self.routes.leaf(leaf).pattern()),
            Lookup::BadPath { owner, .. } => owner.leaf().map(|leaf| self.routes.leaf(leaf).pattern()),
            Lookup::NotFound { .. } => None,
        }
    }

    /// Whether the table serves a request. If not, the request goes to the inner service.
    #[cfg(feature = "warp")]
    pub(crate) fn is_ours(&self, method: &Method, uri: &Uri) -> bool {
        (self.redirect.is_some() && self.other_form(uri).is_some())
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
