//! Responses of the table inside the layers of a route or a claim.
//!
//! A 405 behind a layer takes this way: `dispatch` finds no handler and calls [`Table::generate_in_layers`], which returns a
//! [`LayeredResponse`]. The service runs it like the endpoint of a route. The layers of the route run first, and inside them
//! [`Generate`] makes the 405.

use std::future::ready;
use std::sync::Arc;

use http::Method;

use crate::endpoint::Endpoint;
use crate::finalize::{BoxedResponse, mark_settled};
use crate::handler::{Erased, Run};
use crate::on_error::{ErrorContext, ErrorHook};
use crate::platform::{MaybeSend, MaybeSync};
use crate::request::{Head, Incoming};
use crate::response::Response;
use crate::route::Options;
use crate::routing::{LeafId, Lookup, Owner, Params, Pattern};
use crate::table::Table;
use crate::table::generated::Generated;

/// The type of [`Table::generate_in_layers`].
pub(super) type GenerateInLayers =
    for<'t> fn(&'t Arc<Table>, &Arc<Options>, &str, Generated, Vec<LeafId>, Option<&ErrorHook>) -> LayeredResponse<'t>;

impl Table {
    /// The options that apply to the responses that the table generates for a route or a claim.
    ///
    /// The methods of a route may come from different tables. Then the first one that has layers applies, or else the first.
    pub(super) fn options_of(&self, owner: Owner) -> Option<&Arc<Options>> {
        match owner {
            Owner::Claim(claim) => self.claims.get(claim),
            Owner::Leaf(leaf) => {
                let all = || self.routes.leaf(leaf).methods().iter().map(|(_, endpoint, _)| endpoint.options());
                all().find(|options| !options.layers.is_empty()).or_else(|| all().next())
            }
        }
    }

    /// Returns the response for `generated`, inside the layers of `options`.
    pub(super) fn generate_in_layers<'t>(
        self: &'t Arc<Self>,
        options: &Arc<Options>,
        path: &str,
        generated: Generated,
        others: Vec<LeafId>,
        hook: Option<&ErrorHook>,
    ) -> LayeredResponse<'t> {
        let (table, hook) = (Arc::clone(self), hook.cloned());
        // The content of a HEAD response is dropped outside the layers.
        let generated = Generated { is_head: false, ..generated };
        self.respond_in_layers(options, generated.leaf, path, move |head| {
            let Head { method, uri, headers, .. } = *head;
            let context = ErrorContext { method, uri, headers, matched_route: None, allow: None };
            let mut response = table.generate(generated, &others, hook.as_ref(), context).into_response();
            mark_settled(&mut response);
            response
        })
    }

    /// Returns a response inside the layers of `options`. `leaf` is the pattern that matches, if one does.
    pub(super) fn respond_in_layers<F>(
        &self,
        options: &Arc<Options>,
        leaf: Option<LeafId>,
        path: &str,
        respond: F,
    ) -> LayeredResponse<'_>
    where
        F: Fn(&Head<'_>) -> Response + MaybeSend + MaybeSync + 'static,
    {
        LayeredResponse {
            endpoint: Endpoint::generated(Erased::new(Generate(respond), |_| {}), Arc::clone(options)),
            pattern: leaf.map(|leaf| self.routes.leaf(leaf).pattern()),
            params: leaf.map_or_else(Params::none, |leaf| self.params(leaf, path)),
        }
    }

    /// The parameters of a path that a pattern matches without a handler for the method of the request.
    fn params(&self, id: LeafId, path: &str) -> Params {
        let method = self.routes.leaf(id).methods().iter().find_map(|(method, ..)| method).unwrap_or(&Method::GET);
        match self.routes.lookup(method, path, self.ignores_slash()) {
            Lookup::Found { leaf, params, .. } if std::ptr::eq(leaf, self.routes.leaf(id)) => params,
            _ => Params::none(),
        }
    }
}

/// A response of the table, inside the layers of a route or a claim.
#[derive(Debug)]
pub(crate) struct LayeredResponse<'t> {
    pub(super) endpoint: Endpoint,
    /// `None` for a claim.
    pub(super) pattern: Option<&'t Arc<Pattern>>,
    pub(super) params: Params,
}

/// The innermost handler of a response that the table generates.
struct Generate<F>(F);

impl<F> Run for Generate<F>
where
    F: Fn(&Head<'_>) -> Response + MaybeSend + MaybeSync + 'static,
{
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        Box::pin(ready((self.0)(&incoming.head())))
    }
}
