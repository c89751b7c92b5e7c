//! The contenders: each serves the tables of [`Table`](crate::work::Table) in the way of its framework.

#[cfg(feature = "heavy")]
mod actix;
#[cfg(feature = "heavy")]
mod axum;
#[cfg(feature = "direct")]
mod direct;
pub mod hand_written;
mod ours;
#[cfg(feature = "heavy")]
mod poem;
#[cfg(feature = "heavy")]
mod warp;

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;

use crate::harness::Subject;
use crate::work::Work;

/// A framework, or hand-written code.
pub trait Contender {
    fn name(&self) -> &'static str;

    /// Returns a service with the table of the workload, or `None` if the framework has no such feature.
    fn at(&self, work: &'static Work) -> Option<Subject>;
}

/// Every contender that the features select.
pub const ALL: &[&dyn Contender] = &[
    &hand_written::HandWritten,
    &ours::Alone,
    &ours::InFront,
    #[cfg(feature = "direct")]
    &direct::Direct,
    #[cfg(feature = "direct")]
    &direct::Adapted,
    #[cfg(feature = "heavy")]
    &axum::Axum,
    #[cfg(feature = "heavy")]
    &warp::Warp,
    #[cfg(feature = "heavy")]
    &poem::Poem,
    #[cfg(feature = "heavy")]
    &actix::Actix,
];

/// The inner service.
pub async fn page<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("a page")))
}
