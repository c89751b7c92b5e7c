//! The tests that `.ci/mutants` runs for each mutation, in one program, so that each mutation is linked once.

#![allow(clippy::duplicate_mod, reason = "each test file includes its own `support`")]

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
/// Includes the unit tests of `routing`, so that the library is built only once. It imports no other module.
#[allow(dead_code, unused_imports, reason = "the library uses it")]
#[path = "../../src/routing/mod.rs"]
mod routing;
