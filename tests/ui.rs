//! What the compiler says to wrong uses: each message names the argument or the result at fault.
//!
//! The texts differ from compiler to compiler, so they are compared only under the one that they were recorded with.
//! To record them anew: `TRYBUILD=overwrite cargo test --all-features --test ui`.
//! They list what implements a trait, and so they are compared with the features that add to the lists.
#![cfg(all(feature = "multipart", feature = "openapi", feature = "sse"))]

use std::process::Command;

const RECORDED_WITH: &str = "rustc 1.95.";

#[test]
fn wrong_uses_are_refused_with_a_helpful_message() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs").stdout;
    let version = String::from_utf8_lossy(&version);
    if !version.starts_with(RECORDED_WITH) {
        println!("not compared: the messages were recorded with {RECORDED_WITH}x, and this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
