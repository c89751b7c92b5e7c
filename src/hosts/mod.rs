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
//! Use a module of this table for a program without a server, and for a host that does not call a `tower::Service`. Other hosts
//! need no adapter. A table in front of an axum `Router`, for example, needs [`over`](crate::RouteHandlers::over) only:
//!
//! ```
//! use axum::Router;
//! use axum::routing::get;
//! use route_handlers::RouteHandlers;
//! use route_handlers::testing::Client;
//!
//! let pages = Router::new().route("/", get(async || "a page of axum"));
//! let app = RouteHandlers::new().get("/api/hello", async || "hello").over(pages);
//! # tokio_test::block_on(async {
//! let client = Client::new(app);
//! assert_eq!(client.get("/api/hello").await.text(), "hello");
//! assert_eq!(client.get("/").await.text(), "a page of axum");
//! # });
//! ```
//!
//! In a tower `ServiceBuilder` the table is a layer:
//!
//! ```
//! use std::time::Duration;
//!
//! use axum::Router;
//! use route_handlers::RouteHandlers;
//! use route_handlers::testing::Client;
//! use tower::ServiceBuilder;
//! use tower::timeout::TimeoutLayer;
//!
//! let api = RouteHandlers::new().get("/api/hello", async || "hello");
//! let app = ServiceBuilder::new().layer(TimeoutLayer::new(Duration::from_secs(5))).layer(api).service(Router::new());
//! # tokio_test::block_on(async {
//! assert_eq!(Client::new(app).get("/api/hello").await.text(), "hello");
//! # });
//! ```

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(any(feature = "hyper", feature = "serve"))]
pub mod hyper;
#[cfg(feature = "warp")]
pub mod warp;
#[cfg(feature = "worker")]
pub mod worker;
