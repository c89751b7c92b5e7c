//! What `route-handlers` costs: beside a `match` written by hand, beside its peers, and beside other routers.
//!
//! A **workload** (`work/`) is a request, and what must come back. A **contender** (`contenders/`) is a framework with the
//! same tables written in its own way; [`contenders::limit`] is the hand-written one. The harness puts one at the other,
//! checks the answer, and then counts: instructions under callgrind, and allocations. What a service costs whose answer
//! is empty is subtracted.

pub mod allocator;
pub mod callgrind;
pub mod contenders;
pub mod github;
pub mod harness;
pub mod linear;
pub mod lookups;
pub mod measure;
pub mod svg;
pub mod work;

/// What the routing asks of the platform.
mod platform {
    pub(crate) const WANTS_SMALL: bool = false;
}

// The crate's own lookup is private: its source is compiled here once more, to be measured alone.
#[allow(dead_code, unreachable_pub, unused_imports, clippy::all)]
#[path = "../../../src/routing/mod.rs"]
mod routing;
