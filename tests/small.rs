//! The routing as it is in a program that is to be small, with its own tests: elsewhere these run as it is to be fast.

mod platform {
    pub(crate) const WANTS_SMALL: bool = true;
}
#[allow(dead_code, unreachable_pub, unused_imports, reason = "the library uses it")]
#[path = "../src/routing/mod.rs"]
mod routing;
