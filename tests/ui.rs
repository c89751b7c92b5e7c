//! Compiler errors for wrong uses: each one names the argument or the result at fault.
//!
//! The texts differ between compilers, so they are compared only with the compiler that recorded them.
//! To record them again: `TRYBUILD=overwrite cargo test --all-features --test ui`.
//! They list the implementations of a trait, so they are compared only with the features that add implementations.
#![cfg(all(feature = "axum", feature = "multipart", feature = "openapi", feature = "sse"))]

use std::process::Command;

const RECORDED_WITH: &str = "rustc 1.95.";

#[test]
fn wrong_uses_are_refused_with_a_helpful_message() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs").stdout;
    let version = String::from_utf8_lossy(&version);
    if !version.starts_with(RECORDED_WITH) {
        println!("skipped: the messages were recorded with {RECORDED_WITH}x, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
