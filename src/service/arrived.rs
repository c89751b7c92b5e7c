//! A request in the form in which it arrived from the host.

use std::sync::Arc;

use bytes::Buf;

use crate::body::{Body, BoxError};
use crate::endpoint::Defaults;
use crate::finalize::HandlerFuture;
use crate::platform::MaybeSend;
use crate::request::{Head, Hooks, Incoming, Matched, Request};
use crate::routing::Params;
use crate::table::{Match, Table};

/// A request that a route matched, with the host's body type. It is assembled only if an argument or a layer takes it.
pub(super) struct Arrived<'t, B> {
    /// `None` after it was taken.
    request: Option<http::Request<B>>,
    route: Match<'t>,
    defaults: &'t Defaults,
    hooks: Option<Arc<Hooks>>,
    body_limit: usize,
}

impl<'t, B> Arrived<'t, B>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    #[inline]
    #[cfg_attr(not(feature = "openapi"), expect(unused_mut, reason = "with feature `openapi` the document is added"))]
    pub(super) fn new(table: &'t Table, route: Match<'t>, mut request: http::Request<B>) -> Self {
        #[cfg(feature = "openapi")]
        table.add_document(route.endpoint, request.extensions_mut());
        let body_limit = route.endpoint.body_limit(&table.defaults);
        Self { request: Some(request), route, defaults: &table.defaults, hooks: None, body_limit }
    }

    /// Starts the response to the request.
    pub(super) fn start(&mut self) -> HandlerFuture {
        let Match { endpoint, leaf, .. } = self.route;
        let finalize = endpoint.finalize(&self.head(), leaf, self.defaults);
        self.hooks = finalize.hooks().cloned();
        HandlerFuture::outermost(finalize, || endpoint.start(self))
    }
}

const TAKEN: &str = "the request is taken once";

impl<B> Incoming for Arrived<'_, B>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    fn head(&self) -> Head<'_> {
        let request = self.request.as_ref().expect(TAKEN);
        Head {
            method: request.method(),
            uri: request.uri(),
            version: request.version(),
            headers: request.headers(),
            extensions: request.extensions(),
            pattern: self.route.pattern,
            params: &self.route.params,
            states: &self.route.endpoint.options().states,
            hooks: self.hooks.as_ref(),
        }
    }

    fn limit_body(&mut self, bytes: usize) {
        self.body_limit = bytes;
    }

    fn take(&mut self) -> Request {
        let (parts, body) = self.request.take().expect(TAKEN).into_parts();
        let Match { endpoint, pattern, params, .. } = &mut self.route;
        let params = std::mem::replace(params, Params::none());
        let states = endpoint.options().states.clone();
        let matched = Matched::new(pattern.cloned(), params, states, self.body_limit, self.hooks.clone());
        Request::new(parts, Body::new(body), matched)
    }
}
