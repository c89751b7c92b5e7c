//! Adapters for hosts that do not speak `tower::Service`. Each is behind a feature with its name.

#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "warp")]
pub mod warp;
#[cfg(feature = "worker")]
pub mod worker;
