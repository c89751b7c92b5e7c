//! The route table: the routes of a [`RouteHandlers`](crate::RouteHandlers) with their options.

mod dispatch;
#[cfg(feature = "openapi")]
mod document;
mod generated;
mod in_layers;
mod layer;
mod register;
mod route_info;
mod trailing_slash;

use std::fmt;
use std::sync::Arc;

use http::response::Parts;

use crate::endpoint::{Defaults, Endpoint};
#[cfg(feature = "openapi")]
use crate::error::Error;
#[cfg(feature = "openapi")]
use crate::openapi::{Info, Published};
use crate::route::Options;
use crate::routing::{Place, RouteError, RouteTable};

use dispatch::Redirected;
pub(crate) use dispatch::{Dispatch, Match};
pub(crate) use generated::GeneratedResponse;
use in_layers::GenerateInLayers;
pub use route_info::RouteInfo;
pub use trailing_slash::TrailingSlash;

/// The routes and the options of a table.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) routes: RouteTable<Endpoint>,
    /// The head of the 405 for each value of `Allow`, because a copy costs less than a new head.
    refusals: Vec<Parts>,
    pub(crate) defaults: Defaults,
    trailing_slash: TrailingSlash,
    /// Redirects a path to its other form, if the policy requires it. It is a function pointer, so that a program that never
    /// sets such a policy does not contain the code.
    redirect: Option<Redirected>,
    /// Responds inside the layers of the table, once it has one. It is a function pointer for the same reason.
    in_layers: Option<GenerateInLayers>,
    /// For each claim, its layers, and the options of the table that it came from.
    claims: Vec<Arc<Options>>,
    /// The first handler that takes more parameters than its pattern has. It can run only below a prefix of `nest`.
    incomplete: Option<Arc<(RouteError, Place)>>,
    /// The options of all routes that set none.
    shared: Arc<Options>,
    #[cfg(feature = "openapi")]
    pub(crate) info: Option<Info>,
    /// The document of these routes after the first request for it, or the reason why it cannot be made.
    #[cfg(feature = "openapi")]
    published: std::sync::OnceLock<Result<Published, Error>>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self {
            routes: RouteTable::new(),
            refusals: Vec::new(),
            defaults: Defaults::default(),
            trailing_slash: TrailingSlash::default(),
            redirect: None,
            in_layers: None,
            claims: Vec::new(),
            incomplete: None,
            shared: Arc::default(),
            #[cfg(feature = "openapi")]
            info: None,
            #[cfg(feature = "openapi")]
            published: std::sync::OnceLock::new(),
        }
    }

    /// Creates a table without routes that has the states of this one.
    pub(crate) fn without_routes(&self) -> Self {
        let states = self.states().clone();
        Self { shared: Arc::new(Options { states, ..Options::default() }), ..Self::new() }
    }

    /// The routes, in the order of their registration.
    pub(crate) fn list(&self) -> impl Iterator<Item = RouteInfo<'_>> {
        self.routes.leaves().iter().map(|leaf| RouteInfo::new(leaf, &self.defaults))
    }
}

/// Lists the routes and the claims.
impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        list.entries(self.list());
        for prefix in self.routes.claims() {
            list.entry(&format_args!("claim({prefix:?})"));
        }
        list.finish()
    }
}
