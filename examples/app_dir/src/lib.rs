//! The routes of the other examples, from folders: each lies in the file that its path leads to.
//!
//! In a wasm32 build only those are there that say so: `pub const RUNTIME: Runtime = Runtime::Edge`.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../../shared/users.rs"]
mod users; // in this process's memory: what takes them does not compile for wasm32, and need not

route_handlers::app_dir!(pub mod app);

use route_handlers::RouteHandlers;

/// The routes, with the users.
#[cfg(not(target_arch = "wasm32"))]
pub fn api() -> RouteHandlers {
    app::register(RouteHandlers::new().with_state(users::Users::default())).claim("/api")
}

/// The routes that can run anywhere.
#[cfg(target_arch = "wasm32")]
pub fn api() -> RouteHandlers {
    app::register(RouteHandlers::new()).claim("/api")
}
