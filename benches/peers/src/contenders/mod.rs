//! The contenders: the same tables, each written as its framework has it.

#[cfg(feature = "heavy")]
mod actix;
#[cfg(feature = "heavy")]
mod axum;
#[cfg(feature = "direct")]
mod direct;
pub mod limit;
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

/// A framework, or none.
pub trait Contender {
    fn name(&self) -> &'static str;

    /// The table that the workload asks for, served; nothing if there is no such thing in this framework.
    fn at(&self, work: &'static Work) -> Option<Subject>;
}

/// All that are built, the hand-written one first.
pub const ALL: &[&dyn Contender] = &[
    &limit::Limit,
    &ours::Leaf,
    &ours::Layer,
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

/// The service that the tables are laid over.
pub async fn page<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("a page")))
}
