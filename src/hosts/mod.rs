//! A server, and adapters for hosts. Each is behind a feature.

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(any(feature = "hyper", feature = "serve"))]
pub mod hyper;
#[cfg(feature = "warp")]
pub mod warp;
#[cfg(feature = "worker")]
pub mod worker;
