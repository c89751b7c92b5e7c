//! route-handlers in a hyper server: through hyper's `Service`, and through the adapter for tower services.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tower::service_fn;

use super::{Contender, ours};
use crate::harness::{self, Subject};
use crate::work::Work;

pub struct Direct;

impl Contender for Direct {
    fn name(&self) -> &'static str {
        "this crate by hyper's `Service`"
    }

    fn at(&self, work: &'static Work) -> Option<Subject> {
        of(work, ours::table(work.table))
    }
}

pub struct Adapted;

impl Contender for Adapted {
    fn name(&self) -> &'static str {
        "this crate by `TowerToHyperService`"
    }

    fn at(&self, work: &'static Work) -> Option<Subject> {
        of(work, TowerToHyperService::new(ours::table(work.table)))
    }
}

/// Calls the service by reference, as hyper does.
fn of<S>(work: &'static Work, service: S) -> Option<Subject>
where
    S: Service<Request<Full<Bytes>>, Response = route_handlers::Response, Error = std::convert::Infallible> + 'static,
{
    (work.name != "W4").then(|| harness::http(work, service_fn(move |request| service.call(request))))
}
