//! Compiler errors for wrong uses: each one names the argument or the result at fault.
//!
//! The texts differ between compilers, so they are compared only with the compiler that recorded them.
//! To record them again: `TRYBUILD=overwrite cargo test -p ui`.

use std::fs;
use std::path::Path;
use std::process::Command;

const RECORDED_WITH: &str = "rustc 1.95.";

fn is_recorded_compiler() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs").stdout;
    let version = String::from_utf8_lossy(&version);
    let is_recorded = version.starts_with(RECORDED_WITH);
    if !is_recorded {
        println!("skipped: the messages were recorded with {RECORDED_WITH}x, this is {version}");
    }
    is_recorded
}

#[test]
fn wrong_uses_are_refused_with_a_helpful_message() {
    if is_recorded_compiler() {
        trybuild::TestCases::new().compile_fail("cases/*.rs");
    }
}

/// Items behind a feature, and the feature.
const GATED: [(&str, &str); 11] = [
    ("hosts::axum::Axum", "axum"),
    ("hosts::hyper::serve", "serve"),
    ("hosts::warp::filter", "warp"),
    ("hosts::worker::fetch", "worker"),
    ("app_dir::Builder", "app-dir"),
    ("multipart::Multipart", "multipart"),
    ("cookie::Key", "cookie-signed"),
    ("sse::Sse", "sse"),
    ("extract::LastEventId", "sse"),
    ("documented", "openapi"),
    ("testing::Client", "testing"),
];

/// The compiler adds this note itself. It does so only if the items are plain items and imports.
#[test]
fn message_for_an_item_names_its_missing_feature() {
    if !is_recorded_compiler() {
        return;
    }
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("without_features");
    fs::create_dir_all(package.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"without_features\"\nedition = \"2024\"\n\n[dependencies]\nroute-handlers.path = {root:?}\n\n[workspace]\n"
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    fs::copy(Path::new(root).join("Cargo.lock"), package.join("Cargo.lock")).unwrap(); // the dependencies are on disk
    let imports: Vec<_> = GATED.iter().map(|(path, _)| format!("use route_handlers::{path} as _;\n")).collect();
    fs::write(package.join("src/main.rs"), imports.concat() + "fn main() {}\n").unwrap();

    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut check = Command::new(cargo);
    check.args(["check", "--offline", "--target-dir", "target"]).current_dir(&package);
    let stderr = check.output().expect("cargo runs").stderr;
    let stderr = String::from_utf8_lossy(&stderr);
    let errors: Vec<_> = stderr.split("error[E0432]").skip(1).collect();
    assert_eq!(errors.len(), GATED.len(), "{stderr}");
    for ((path, feature), error) in GATED.iter().zip(errors) {
        assert!(error.contains(&format!("feature = \"{feature}\"")), "{path}: {error}");
    }
}
