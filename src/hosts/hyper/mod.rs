//! Serves a route table with hyper: a server (`serve`, feature `serve`), and hyper's `Service` for a table (feature `hyper`).
//!
//! Use the server for a program without one. It needs no other crate than tokio:
//!
//! ```no_run
//! # #[cfg(feature = "serve")]
//! # async fn run() -> std::io::Result<()> {
//! use route_handlers::RouteHandlers;
//! use route_handlers::hosts::hyper::{serve, shutdown_signal};
//! use tokio::net::TcpListener;
//!
//! let api = RouteHandlers::new().get("/api/hello", async || "hello");
//! let listener = TcpListener::bind(("127.0.0.1", 3000)).await?;
//! serve(listener, api).with_graceful_shutdown(shutdown_signal()).await;
//! # Ok(())
//! # }
//! ```
//!
//! The methods of `Serve` change its time limits. To write another server, for example with TLS, pass the table to a connection
//! of hyper:
//!
//! ```no_run
//! # #[cfg(feature = "hyper")]
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use hyper::server::conn::http1;
//! use hyper_util::rt::TokioIo;
//! use route_handlers::RouteHandlers;
//! use tokio::net::TcpListener;
//!
//! let api = RouteHandlers::new().get("/api/hello", async || "hello");
//! let listener = TcpListener::bind(("127.0.0.1", 3000)).await?;
//! loop {
//!     let (stream, _) = listener.accept().await?;
//!     tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), api.clone()));
//! }
//! # }
//! ```

#[cfg(feature = "serve")]
mod activity;
#[cfg(feature = "serve")]
mod connection;
#[cfg(feature = "serve")]
mod listener;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "hyper")]
mod service;
#[cfg(feature = "serve")]
mod signal;

#[cfg(feature = "serve")]
pub use listener::Listener;
#[cfg(feature = "serve")]
pub use serve::{Serve, serve};
#[cfg(feature = "serve")]
pub use signal::shutdown_signal;
