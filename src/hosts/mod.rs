//! A server, and adapters for hosts. Each is behind a feature.
//!
//! | host | module | feature |
//! |---|---|---|
//! | a server by this crate, with hyper | `hosts::hyper`: `serve` | `serve` |
//! | another server with hyper | `hosts::hyper`: hyper's `Service` for a table | `hyper` |
//! | axum | `hosts::axum`: axum's extractors, handlers and layers in a table, and a table for `axum::serve` | `axum` |
//! | warp | `hosts::warp`: a table as a `Filter` | `warp` |
//! | Cloudflare Workers | `hosts::worker`: a table as a Worker | `worker` |
//!
//! A host that calls a `tower::Service` needs no adapter. A table in front of an axum `Router`, for example, needs
//! [`over`](crate::RouteHandlers::over) only.

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(any(feature = "hyper", feature = "serve"))]
pub mod hyper;
#[cfg(feature = "warp")]
pub mod warp;
#[cfg(feature = "worker")]
pub mod worker;
