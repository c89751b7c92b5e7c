//! Adapters for hosts that do not speak `tower::Service`, each behind a feature of its name.

#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "warp")]
pub mod warp;
#[cfg(feature = "worker")]
pub mod worker;
