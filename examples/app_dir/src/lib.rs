//! The users API with routes from folders: the path of a file is the path of its route.
//!
//! ```text
//! cargo run -p app_dir         # then: curl -i localhost:3000/api/users
//! ```
//!
//! A build for wasm32 includes only the routes with `pub const RUNTIME: Runtime = Runtime::Edge`.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../../shared/users.rs"]
mod users; // the routes that need it are not for the edge, so wasm32 builds leave out both

route_handlers::app_dir!(pub mod app);

use route_handlers::RouteHandlers;

/// The `Authorization` of administrators. A real program compares a hash of it.
#[cfg(not(target_arch = "wasm32"))]
pub struct Secret(&'static str);

/// Returns the routes, with the users in memory.
#[cfg(not(target_arch = "wasm32"))]
pub fn api() -> RouteHandlers {
    let table = RouteHandlers::new().with_state(users::Users::default()).with_state(Secret("Bearer admin"));
    app::register(table).claim("/api")
}

/// Returns the routes for the edge.
#[cfg(target_arch = "wasm32")]
pub fn api() -> RouteHandlers {
    app::register(RouteHandlers::new()).claim("/api")
}
