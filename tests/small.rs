//! Runs the unit tests of `routing` in its small variant. The library's own tests run the fast variant.

mod platform {
    pub(crate) const WANTS_SMALL: bool = true;
}
#[allow(dead_code, unreachable_pub, unused_imports, reason = "the library uses it")]
#[path = "../src/routing/mod.rs"]
mod routing;
