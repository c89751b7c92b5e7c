//! Measures what `route-handlers` costs, and compares it with a hand-written `match`, other frameworks and other routers.
//!
//! A **workload** (`work/`) is a request and a check of the response. A **contender** (`contenders/`) is a framework with the
//! routes written in its own way; [`contenders::hand_written`] uses no framework. The harness runs each workload with each
//! contender, checks the response, and counts instructions under callgrind and allocations. It subtracts the cost of a
//! service that sends an empty response.

pub mod allocator;
pub mod callgrind;
pub mod contenders;
pub mod github;
pub mod harness;
pub mod linear;
pub mod lookups;
pub mod measure;
pub mod received;
pub mod svg;
pub mod work;

// The lookup of the crate is private. Its source is compiled here again, to measure it alone.
#[allow(dead_code, unreachable_pub, unused_imports, clippy::all)]
#[path = "../../../src/routing/mod.rs"]
mod routing;
