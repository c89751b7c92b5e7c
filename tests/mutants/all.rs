//! The tests that `.ci/mutants` asks whether they notice a change: one program, so that each change costs one link.

#![allow(clippy::duplicate_mod, reason = "each has its `support`, as where it is a program of its own")]

#[path = "../app_dir/main.rs"]
mod app_dir;
#[path = "../arguments.rs"]
mod arguments;
#[path = "../claims.rs"]
mod claims;
#[path = "../inner_service.rs"]
mod inner_service;
#[path = "../options.rs"]
mod options;
#[path = "../properties.rs"]
mod properties;
#[path = "../registration.rs"]
mod registration;
#[path = "../regressions.rs"]
mod regressions;
#[path = "../responses.rs"]
mod responses;
/// What the routing asks of the platform.
mod platform {
    pub(crate) const WANTS_SMALL: bool = false;
}
/// With its own tests, which the library need not be built twice for: it imports nothing but the platform.
#[allow(dead_code, unused_imports, reason = "the library uses it")]
#[path = "../../src/routing/mod.rs"]
mod routing;
