//! Adds routes, claims and other tables.

use std::sync::Arc;

use http::Method;
use http::header::ALLOW;

use crate::endpoint::Endpoint;
#[cfg(feature = "openapi")]
use crate::openapi;
use crate::route::{ChangedOptions, Options, Route, RouteOptions};
use crate::routing::{Pattern, Place, RouteError, check_prefix, join};
use crate::state::States;
use crate::table::Table;
use crate::table::generated::Kind;

impl Table {
    /// Shares a state with the handlers that are registered after this call.
    pub(crate) fn add_state<T: Send + Sync + 'static>(&mut self, state: T) {
        Arc::make_mut(&mut self.shared).states.insert(state);
    }

    /// The states of the handlers that are registered now.
    pub(crate) fn states(&self) -> &States {
        &self.shared.states
    }

    pub(crate) fn add(&mut self, pattern: &str, route: Route) -> Result<(), RouteError> {
        let Route { methods, options: own_options } = route;
        let mut options = Arc::clone(&self.shared);
        if own_options != RouteOptions::default() {
            Arc::make_mut(&mut options).route = own_options;
        }
        for own in methods {
            // The schema is checked first: it explains an impossible type better than a trial deserialization does.
            #[cfg(feature = "openapi")]
            own.handler
                .operation()
                .map_or(Ok(()), |operation| openapi::check(pattern, operation))
                .map_err(|reason| RouteError::handler(pattern, own.method.as_ref(), reason))?;
            let endpoint = Endpoint::new(own.handler, Arc::clone(&options));
            self.insert(pattern, own.method, endpoint, own.registered_at)?;
        }
        Ok(())
    }

    fn insert(
        &mut self,
        pattern: &str,
        method: Option<Method>,
        mut endpoint: Endpoint,
        registered_at: Place,
    ) -> Result<(), RouteError> {
        let refusal = |reason| RouteError::handler(pattern, method.as_ref(), reason);
        let lacking = endpoint.check(&Pattern::new(pattern)?).map_err(refusal)?;
        let lacking = lacking.map(|reason| Arc::new((refusal(reason), registered_at)));
        self.incomplete = self.incomplete.take().or(lacking);
        self.routes.insert(pattern, method, endpoint, registered_at)?;
        for allow in &self.routes.allow_values()[self.refusals.len()..] {
            let (mut refusal, _) = Kind::MethodNotAllowed.response().into_parts();
            refusal.headers.insert(ALLOW, allow.clone());
            self.refusals.push(refusal);
        }
        Ok(())
    }

    /// Adds the routes and the claims of another table, under a prefix if there is one. They keep the options of that table.
    pub(crate) fn add_table(&mut self, prefix: Option<&str>, other: &Self) -> Result<(), RouteError> {
        prefix.map_or(Ok(()), check_prefix)?;
        let place = |pattern: &str| prefix.map_or_else(|| pattern.to_owned(), |prefix| join(prefix, pattern));
        let mut changed = ChangedOptions::default();
        for leaf in other.routes.leaves() {
            let pattern = place(leaf.pattern().as_str());
            for (method, endpoint, registered_at) in leaf.methods().iter() {
                let options = changed.of(endpoint.options(), |options| other.resolve(options));
                self.insert(&pattern, method.cloned(), endpoint.with_options(options), registered_at)?;
            }
        }
        for (claim, options) in other.routes.claims().zip(&other.claims) {
            self.add_claim(&place(claim), Arc::new(other.resolve(options)))?;
        }
        self.in_layers = self.in_layers.or(other.in_layers);
        #[cfg(feature = "openapi")]
        if self.info.is_none() {
            self.info.clone_from(&other.info);
        }
        Ok(())
    }

    /// Panics if a handler takes parameters that its pattern lacks. Called when the table cannot be nested any more.
    #[track_caller]
    pub(crate) fn assert_complete(&self) {
        if let Some((error, registered_at)) = self.incomplete.as_deref() {
            panic!("{error} (it was registered at {registered_at}, and no prefix of `nest` adds parameters)");
        }
    }

    /// Claims every path at and below a prefix.
    pub(crate) fn claim(&mut self, prefix: &str) -> Result<(), RouteError> {
        self.add_claim(prefix, Arc::clone(&self.shared))
    }

    fn add_claim(&mut self, prefix: &str, options: Arc<Options>) -> Result<(), RouteError> {
        self.routes.claim(prefix)?;
        self.claims.push(options);
        Ok(())
    }

    /// The options of a route, completed with the defaults of this table, for a table with other defaults.
    fn resolve(&self, options: &Options) -> Options {
        let mut resolved = options.clone();
        resolved.body_limit = resolved.body_limit.or(self.defaults.body_limit);
        resolved.wait_until = resolved.wait_until.or_else(|| self.defaults.wait_until.clone());
        resolved.on_error = resolved.on_error.or_else(|| self.defaults.on_error.clone());
        resolved
    }
}
