//! Puts tower layers around the responses of a table.

use std::sync::Arc;

use crate::endpoint::check_middleware;
use crate::handler::AppliedLayer;
use crate::route::{ChangedOptions, Options};
use crate::routing::{Pattern, RouteError};
use crate::table::Table;

impl Table {
    /// Whether the table has neither routes nor claims.
    pub(crate) fn is_empty(&self) -> bool {
        self.routes.leaves().is_empty() && self.claims.is_empty()
    }

    /// Puts a layer around each handler.
    pub(crate) fn add_route_layer(&mut self, layer: &AppliedLayer) -> Result<(), RouteError> {
        for (pattern, method, endpoint, registered_at) in self.routes.values_mut() {
            let refusal = |reason| RouteError::handler(pattern.as_str(), method, reason);
            let lacking = endpoint.add_layer(layer, pattern).map_err(refusal)?;
            let lacking = lacking.map(|reason| Arc::new((refusal(reason), registered_at)));
            self.incomplete = self.incomplete.take().or(lacking);
        }
        Ok(())
    }

    /// Puts a layer around each response of the routes and the claims.
    pub(crate) fn add_layer(&mut self, layer: &AppliedLayer) -> Result<(), RouteError> {
        self.add_route_layer(layer)?;
        self.in_layers = Some(Self::generate_in_layers);
        let mut changed = ChangedOptions::default();
        for (_, _, endpoint, _) in self.routes.values_mut() {
            let options = changed.of(endpoint.options(), |options| with_layer(options, layer));
            *endpoint = endpoint.with_options(options);
        }
        let without_params = Pattern::new("/")?;
        for (prefix, options) in self.routes.claims().zip(&mut self.claims) {
            let refusal = |reason| RouteError::claim(prefix, reason);
            let lacking = check_middleware(layer.checks(), &options.states, &without_params).map_err(refusal)?;
            if let Some(reason) = lacking {
                let advice = "a claim has no parameters: use `route_layer`, or call `claim` after the layer";
                return Err(refusal(format!("{reason} ({advice})")));
            }
            *options = Arc::new(with_layer(options, layer));
        }
        Ok(())
    }
}

fn with_layer(options: &Options, layer: &AppliedLayer) -> Options {
    Options { layers: options.layers.iter().chain([layer]).cloned().collect(), ..options.clone() }
}
