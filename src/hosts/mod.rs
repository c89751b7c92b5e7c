//! Adapters for hosts. Each is behind a feature with its name.

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "warp")]
pub mod warp;
#[cfg(feature = "worker")]
pub mod worker;
