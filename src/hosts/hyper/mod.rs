//! hyper: its own `Service` for a route table (feature `hyper`), and a server (feature `serve`).

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
