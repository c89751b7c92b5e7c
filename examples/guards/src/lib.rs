//! Guards of routes, one in each module. `cargo run -p guards` serves all of them.

pub mod api_key;
pub mod bearer;
pub mod github_webhook;
pub mod roles;
pub mod session;
pub mod stripe_webhook;
