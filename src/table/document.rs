//! The OpenAPI document of the table.

use http::Extensions;

use crate::catch_panic::catch_panic;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::handler::Wrapper;
use crate::openapi::{self, Document, Info, Published, RouteDescription, SecurityScheme};
use crate::table::Table;

impl Table {
    /// Builds the document of the routes, except those that serve it.
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
                        has_etag: endpoint.wrappers().iter().any(|wrapper| matches!(wrapper, Wrapper::Etag)),
                        has_ranges: endpoint.wrappers().iter().any(|wrapper| matches!(wrapper, Wrapper::Ranges)),
                        has_deadline: endpoint.wrappers().iter().any(|wrapper| matches!(wrapper, Wrapper::Timeout(_))),
                        has_hook: options.on_error.is_some() || self.defaults.on_error.is_some(),
                    });
                }
            }
        }
        openapi::build(info, &routes)
    }

    /// Adds a security scheme to the routes.
    pub(crate) fn add_security(&mut self, scheme: &SecurityScheme) {
        for (_, _, endpoint, _) in self.routes.values_mut() {
            endpoint.add_security(scheme);
        }
    }

    /// Puts the document into the extensions of a request for it.
    pub(crate) fn add_document(&self, endpoint: &Endpoint, extensions: &mut Extensions) {
        if endpoint.options().route.serves_document {
            extensions.insert(self.published.get_or_init(|| self.publish()).clone());
        }
    }

    fn publish(&self) -> Result<Published, Error> {
        catch_panic(|| Published::new(self.document(&self.info.clone().unwrap_or_default()))).map_err(Error::internal)
    }

    /// Forgets the published document, because the table changes.
    pub(crate) fn forget_document(&mut self) {
        self.published.take();
    }
}
