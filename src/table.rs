//! The routes of one [`RouteHandlers`](crate::RouteHandlers) with their settings: it decides what becomes of a request.

use std::panic::Location;
use std::sync::Arc;

#[cfg(feature = "openapi")]
use http::Extensions;
use http::header::{ALLOW, HeaderName, HeaderValue};
use http::response::Parts;
use http::{Method, StatusCode, Uri};

#[cfg(feature = "openapi")]
use crate::catch_panic::catch_panic;
use crate::endpoint::{Defaults, Endpoint};
use crate::error::Error;
use crate::finish::{drop_content, permit};
use crate::on_error::{ErrorContext, ErrorHook};
#[cfg(feature = "openapi")]
use crate::openapi::{self, Document, Info, Published, RouteDescription};
use crate::request::Head;
use crate::response::{IntoResponse, Redirect, Response, render};
use crate::route::{Options, Route};
use crate::routing::{BadPath, Leaf, LeafId, Lookup, Params, RouteError, RouteTable, check_prefix, dots, escape, join};

/// What a `/` at the end of the path means.
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
    /// They are one, answered under both names.
    Ignore,
    /// They are one: the form with a slash is answered with 308 to the form without. Next's default.
    Remove,
    /// They are one: the form without a slash is answered with 308 to the form with one, unless its last segment has a
    /// dot, as a file's name has: that loses the slash. Next's `trailingSlash: true`.
    Add,
}

type At = &'static Location<'static>;

/// The routes and the settings of a table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) routes: RouteTable<Endpoint>,
    /// The head of the 405 for each value of `Allow`: to copy it costs less than to put it together.
    refusals: Vec<Parts>,
    pub(crate) defaults: Defaults,
    trailing_slash: TrailingSlash,
    /// What answers a path of which another form is the right one, if the policy has a right one. A program that never
    /// asks for it does not have it.
    redirect: Option<fn(&Self, &Uri) -> Option<Response>>,
    /// The hook of the table that a claim came from, for each claim.
    claim_hooks: Vec<Option<ErrorHook>>,
    /// The options of a route that has none of its own: one value for all of them.
    shared: Arc<Options>,
    #[cfg(feature = "openapi")]
    pub(crate) info: Option<Info>,
    /// The document of these routes after the first request for it, or the reason why it cannot be made.
    #[cfg(feature = "openapi")]
    published: std::sync::OnceLock<Result<Published, Error>>,
}

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Decision<'t> {
    /// A handler answers.
    Handle { endpoint: &'t Endpoint, leaf: &'t Leaf<Endpoint>, params: Params },
    /// The table answers.
    Answer(Answer),
    /// It is not ours.
    Pass,
}

/// An answer of the table's own. It is small, as it lies in every future of the service; the response is made last.
#[derive(Debug)]
pub(crate) enum Answer {
    Generated(Arc<Table>, Generated),
    Made(Box<Response>),
}

/// Which answer it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Generated {
    kind: Kind,
    is_head: bool,
    leaf: Option<LeafId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    NotFound,
    MethodNotAllowed,
    Options,
    BadTarget,
    BadPath(BadPath),
}

impl Table {
    pub(crate) fn new() -> Self {
        Self {
            routes: RouteTable::new(),
            refusals: Vec::new(),
            defaults: Defaults::default(),
            trailing_slash: TrailingSlash::default(),
            redirect: None,
            claim_hooks: Vec::new(),
            shared: Arc::default(),
            #[cfg(feature = "openapi")]
            info: None,
            #[cfg(feature = "openapi")]
            published: std::sync::OnceLock::new(),
        }
    }

    /// Shares a state with the handlers that are registered from now on.
    pub(crate) fn add_state<T: Send + Sync + 'static>(&mut self, state: T) {
        Arc::make_mut(&mut self.shared).states.insert(state);
    }

    pub(crate) fn add(&mut self, pattern: &str, route: Route) -> Result<(), RouteError> {
        let Route { verbs, options } = route;
        let options = if options.is_default() {
            Arc::clone(&self.shared)
        } else {
            Arc::new(Options { route: options, states: self.shared.states.clone(), on_error: None, wait_until: None })
        };
        for verb in verbs {
            let handler = options.route.around(verb.handler, verb.method.as_ref());
            let name = verb.method.as_ref().map_or("any", Method::as_str);
            // The schema is checked first: it explains an impossible type better than a trial deserialization does.
            #[cfg(feature = "openapi")]
            handler
                .operation()
                .map_or(Ok(()), |operation| openapi::check(pattern, operation))
                .map_err(|reason| RouteError::handler(pattern, name, reason))?;
            let endpoint = Endpoint::new(handler, Arc::clone(&options))
                .map_err(|reason| RouteError::handler(pattern, name, reason))?;
            self.insert(pattern, verb.method, endpoint, verb.registered_at)?;
        }
        Ok(())
    }

    fn insert(&mut self, pattern: &str, method: Option<Method>, endpoint: Endpoint, at: At) -> Result<(), RouteError> {
        self.routes.insert(pattern, method, endpoint, at)?;
        for allow in &self.routes.allow_values()[self.refusals.len()..] {
            let (mut refusal, _) = Kind::MethodNotAllowed.response().into_parts();
            refusal.headers.insert(ALLOW, allow.clone());
            self.refusals.push(refusal);
        }
        Ok(())
    }

    /// Adds the routes and the claims of another table, under a prefix if there is one. They keep what that table said.
    pub(crate) fn add_table(&mut self, prefix: Option<&str>, other: &Self) -> Result<(), RouteError> {
        prefix.map_or(Ok(()), check_prefix)?;
        let place = |pattern: &str| prefix.map_or_else(|| pattern.to_owned(), |prefix| join(prefix, pattern));
        let mut last: Option<(Arc<Options>, Arc<Options>)> = None; // routes in a row share their options: so do these
        for leaf in other.routes.leaves() {
            let pattern = place(leaf.pattern().as_str());
            for (method, endpoint, at) in leaf.methods().iter() {
                let options = match &last {
                    Some((theirs, ours)) if Arc::ptr_eq(theirs, endpoint.options()) => Arc::clone(ours),
                    _ => Arc::new(other.resolve(endpoint.options())),
                };
                last = Some((Arc::clone(endpoint.options()), Arc::clone(&options)));
                self.insert(&pattern, method.cloned(), endpoint.with_options(options), at)?;
            }
        }
        for (claim, hook) in other.routes.claims().zip(&other.claim_hooks) {
            self.claim(&place(claim), hook.as_ref().or(other.defaults.on_error.as_ref()).cloned())?;
        }
        #[cfg(feature = "openapi")]
        if self.info.is_none() {
            self.info.clone_from(&other.info);
        }
        Ok(())
    }

    /// The document of the routes, but for those that serve it.
    #[cfg(feature = "openapi")]
    pub(crate) fn document(&self, info: &Info) -> Document {
        let mut routes = Vec::new();
        for leaf in self.routes.leaves() {
            for (method, endpoint, _) in leaf.methods().iter() {
                let options = endpoint.options();
                if !options.route.serves_document {
                    routes.push(RouteDescription {
                        pattern: leaf.pattern().as_str(),
                        method,
                        operation: endpoint.operation(),
                        has_etag: options.route.conditional.is_some(),
                        has_deadline: options.route.has_deadline(),
                        has_hook: options.on_error.is_some() || self.defaults.on_error.is_some(),
                    });
                }
            }
        }
        openapi::build(info, &routes)
    }

    /// The request, with the document if its route serves that.
    #[cfg(feature = "openapi")]
    #[inline]
    pub(crate) fn with_document<B>(&self, endpoint: &Endpoint, mut request: http::Request<B>) -> http::Request<B> {
        if endpoint.options().route.serves_document {
            self.add_document(request.extensions_mut());
        }
        request
    }

    #[cfg(feature = "openapi")]
    fn add_document(&self, extensions: &mut Extensions) {
        let publish = || {
            catch_panic(|| Published::new(self.document(&self.info.clone().unwrap_or_default())))
                .map_err(|panic| Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, panic))
        };
        extensions.insert(self.published.get_or_init(publish).clone());
    }

    /// Forgets the document, as it will be another one.
    #[cfg(feature = "openapi")]
    pub(crate) fn forget_document(&mut self) {
        self.published.take();
    }

    /// Makes every path at and below a prefix one of this table; `hook` shapes its 404, if the table's own is not to.
    pub(crate) fn claim(&mut self, prefix: &str, hook: Option<ErrorHook>) -> Result<(), RouteError> {
        self.routes.claim(prefix)?;
        self.claim_hooks.push(hook);
        Ok(())
    }

    /// The options of a route with this table's defaults in them, for a table that has others.
    fn resolve(&self, options: &Options) -> Options {
        let mut resolved = options.clone();
        resolved.route.body_limit = resolved.route.body_limit.or(self.defaults.body_limit);
        resolved.wait_until = resolved.wait_until.or_else(|| self.defaults.wait_until.clone());
        resolved.on_error = resolved.on_error.or_else(|| self.defaults.on_error.clone());
        resolved
    }

    /// Whether a request is this table's, or is to be passed to the inner service.
    #[cfg(feature = "warp")]
    pub(crate) fn is_ours(&self, method: &Method, uri: &Uri) -> bool {
        self.redirect.is_some_and(|redirect| redirect(self, uri).is_some())
            || match self.routes.lookup(method, uri.path(), self.ignores_slash()) {
                Lookup::Found { .. } | Lookup::BadPath { .. } => true,
                Lookup::MethodNotAllowed { leaf, .. } => !self.passes(leaf, uri.path()),
                Lookup::NotFound { claim } => claim.is_some(),
            }
    }

    /// Decides what becomes of a request; without an inner service every one is ours.
    #[expect(clippy::inline_always, reason = "what it gives is large, and taken apart at once")]
    #[inline(always)]
    pub(crate) fn decide<'t, B>(self: &'t Arc<Self>, request: &http::Request<B>, has_inner: bool) -> Decision<'t> {
        if let Some(redirect) = self.redirect.and_then(|redirect| redirect(self, request.uri())) {
            return Decision::Answer(Answer::Made(Box::new(redirect)));
        }
        match self.routes.lookup(request.method(), request.uri().path(), self.ignores_slash()) {
            Lookup::Found { value, leaf, params } => Decision::Handle { endpoint: value, leaf, params },
            Lookup::NotFound { claim: None } if has_inner => Decision::Pass,
            other => self.refuse(other, Head::of(request), has_inner),
        }
    }

    /// What becomes of a request that no handler answers. It is kept apart, as `decide` is compiled for each type of body,
    /// and so that its hot code stays short.
    #[inline(never)]
    fn refuse(self: &Arc<Self>, lookup: Lookup<'_, Endpoint>, head: Head<'_>, has_inner: bool) -> Decision<'static> {
        let path = head.uri.path();
        let outer_hook = self.defaults.on_error.as_ref();
        let is_options = *head.method == Method::OPTIONS;
        match lookup {
            Lookup::MethodNotAllowed { leaf, .. } if has_inner && self.passes(leaf, path) => Decision::Pass,
            Lookup::MethodNotAllowed { leaf, others } => {
                let kind = if is_options { Kind::Options } else { Kind::MethodNotAllowed };
                self.generate(kind, Some(leaf), &others, self.hook_of(leaf).or(outer_hook), head)
            }
            Lookup::BadPath { leaf, reason } => {
                let hook = leaf.and_then(|leaf| self.hook_of(leaf)).or(outer_hook);
                self.generate(Kind::BadPath(reason), leaf, &[], hook, head)
            }
            Lookup::NotFound { .. } if path == "*" && !has_inner => {
                let kind = if is_options { Kind::Options } else { Kind::BadTarget };
                self.generate(kind, None, &[], outer_hook, head)
            }
            Lookup::NotFound { claim } => {
                let hook = claim.and_then(|claim| self.claim_hooks[claim].as_ref()).or(outer_hook);
                self.generate(Kind::NotFound, None, &[], hook, head)
            }
            Lookup::Found { .. } => unreachable!("a handler answers it"),
        }
    }

    fn ignores_slash(&self) -> bool {
        self.trailing_slash != TrailingSlash::Strict
    }

    /// Says what a `/` at the end of a path means.
    pub(crate) fn set_trailing_slash(&mut self, policy: TrailingSlash) {
        self.trailing_slash = policy;
        self.redirect = match policy {
            TrailingSlash::Strict | TrailingSlash::Ignore => None,
            TrailingSlash::Remove | TrailingSlash::Add => {
                Some(|table, uri| table.other_form(uri).map(|location| Redirect::permanent(location).into_response()))
            }
        };
    }

    /// Where the path's other form is, if this one is not the right one of a policy that has one.
    fn other_form(&self, uri: &Uri) -> Option<String> {
        let path = uri.path();
        let bare = path.strip_suffix('/').unwrap_or(path);
        let names_a_file = bare.rsplit('/').next().is_some_and(|last| last.contains('.'));
        let wants_slash = self.trailing_slash == TrailingSlash::Add && !names_a_file;
        // A browser reads `//host` and `/\host` as another host: such a path is never sent back as a location.
        let is_local = !matches!(path.as_bytes(), [b'/', b'/' | b'\\', ..]);
        let is_right = bare.is_empty() || path.ends_with('/') == wants_slash;
        if is_right || !is_local || has_no_other_form(bare) || !self.routes.knows(path, true) {
            return None;
        }
        let slash = if wants_slash { "/" } else { "" };
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        Some(format!("{bare}{slash}{query}"))
    }

    /// Whether a verb that this pattern lacks goes to the inner service, as the route said it may.
    fn passes(&self, leaf: LeafId, path: &str) -> bool {
        let mut endpoints = self.routes.leaf(leaf).methods().iter().map(|(_, endpoint, _)| endpoint);
        endpoints.any(|endpoint| endpoint.options().route.pass_unsupported)
            && !self.routes.is_another_spelling_of_a_claim(path)
    }

    /// The answer of this kind: noted down, unless it needs what only the request has now.
    fn generate(
        self: &Arc<Self>,
        kind: Kind,
        leaf: Option<LeafId>,
        others: &[LeafId],
        hook: Option<&ErrorHook>,
        head: Head<'_>,
    ) -> Decision<'static> {
        let generated = Generated { kind, is_head: *head.method == Method::HEAD, leaf };
        if others.is_empty() && (hook.is_none() || kind == Kind::Options) {
            return Decision::Answer(Answer::Generated(Arc::clone(self), generated));
        }
        let allow = self.allow(generated, others);
        let response = match (hook, kind.error()) {
            (Some(hook), Some(error)) => {
                let matched_route = leaf.map(|leaf| self.routes.leaf(leaf).pattern().as_str());
                let Head { method, uri, headers, .. } = head;
                hook.answer(error, &ErrorContext { method, uri, headers, matched_route, allow: allow.as_ref() })
            }
            _ => kind.response(),
        };
        Decision::Answer(Answer::Made(Box::new(self.complete(response, generated, others))))
    }

    /// The hook that the first verb of a pattern came with, from a table that was nested or merged.
    fn hook_of(&self, leaf: LeafId) -> Option<&ErrorHook> {
        let (_, endpoint, _) = self.routes.leaf(leaf).methods().iter().next()?;
        endpoint.options().on_error.as_ref()
    }

    /// What the path allows, where the answer says it (RFC 9110 §15.5.6, §9.3.7).
    fn allow(&self, generated: Generated, others: &[LeafId]) -> Option<HeaderValue> {
        match generated.kind {
            Kind::MethodNotAllowed | Kind::Options => generated.leaf.map(|leaf| self.routes.allow(leaf, others)),
            Kind::NotFound | Kind::BadTarget | Kind::BadPath(_) => None,
        }
    }

    /// What a PATCH of the path may be sent as, where the answer says it (RFC 5789 §3.1).
    fn accept_patch(&self, generated: Generated, others: &[LeafId]) -> Option<HeaderValue> {
        let first = generated.leaf.filter(|_| generated.kind == Kind::Options)?;
        let leaves = [first].into_iter().chain(others.iter().copied());
        let media_type = |leaf| self.routes.leaf(leaf).methods().get(Some(&Method::PATCH))?.media_type();
        leaves.into_iter().find_map(media_type).map(HeaderValue::from_static)
    }

    /// The answer that is the same for every request.
    fn answer(&self, generated: Generated) -> Response {
        let refused = generated.leaf.filter(|_| generated.kind == Kind::MethodNotAllowed && !generated.is_head);
        let Some(leaf) = refused else { return self.complete(generated.kind.response(), generated, &[]) };
        let head = self.refusals[self.routes.allow_position(leaf)].clone();
        let content = Error::new(head.status).to_json();
        Response::from_parts(head, content.into())
    }

    /// Adds what the answer must carry, whoever made it, and takes out what it may not.
    fn complete(&self, mut response: Response, generated: Generated, others: &[LeafId]) -> Response {
        permit(&mut response, generated.is_head, false);
        if let Some(allow) = self.allow(generated, others) {
            response.headers_mut().insert(ALLOW, allow);
        }
        if let Some(accept_patch) = self.accept_patch(generated, others) {
            response.headers_mut().insert(HeaderName::from_static("accept-patch"), accept_patch);
        }
        if generated.is_head {
            drop_content(&mut response, true);
        }
        response
    }
}

impl Kind {
    /// The failure that the answer reports; an automatic OPTIONS is none.
    fn error(self) -> Option<Error> {
        Some(match self {
            Self::Options => return None,
            Self::NotFound => Error::new(StatusCode::NOT_FOUND),
            Self::MethodNotAllowed => Error::new(StatusCode::METHOD_NOT_ALLOWED),
            Self::BadTarget => Error::new(StatusCode::BAD_REQUEST).with_detail("only OPTIONS may ask for `*`"),
            Self::BadPath(reason) => Error::new(StatusCode::BAD_REQUEST).with_detail(reason.as_str()),
        })
    }

    fn response(self) -> Response {
        self.error().map_or_else(|| StatusCode::NO_CONTENT.into_response(), |error| render(&error))
    }
}

impl Answer {
    pub(crate) fn into_response(self) -> Response {
        match self {
            Self::Generated(table, generated) => table.answer(generated),
            Self::Made(response) => *response,
        }
    }
}

/// Whether a redirect to this path, without its last slash, would be wrong. The path ends in an empty segment, which is
/// significant; or it has a dot segment, which a client would resolve; or a malformed escape, which a location cannot hold.
fn has_no_other_form(bare: &str) -> bool {
    bare.ends_with('/')
        || bare.split(['/', '\\']).any(|segment| dots(segment).is_some())
        || bare.match_indices('%').any(|(at, _)| escape(&bare[at..]).is_none())
}
