//! The linker of a worker: rustc calls this program, which calls rust-lld.
//!
//! The crates `worker` and `wasm-streams` export the functions of their JavaScript classes, and an exported function is kept
//! with everything that it calls. The workers here never use some of the classes, and this linker leaves out their exports.

use std::path::Path;
use std::process::Command;

use crate::Result;

/// The unused classes of `worker` and `wasm-streams`, as they occur in the names of their functions.
const CLASSES: &[&str] = &["containerstartupoptions", "intounderlying", "minifyconfig", "r2range"];

/// Returns the flag that makes rustc call this program as its linker.
pub(crate) fn flag() -> Result<String> {
    Ok(format!("-Clinker={}", std::env::current_exe()?.display()))
}

/// Whether rustc called this program, and not a person.
pub(crate) fn is_called(arguments: &[String]) -> bool {
    arguments.first().is_some_and(|first| first == "-flavor")
}

/// Calls rust-lld without the exports of unused classes.
pub(crate) fn link(arguments: &[String]) -> Result<()> {
    let is_unused = |symbol: &String| CLASSES.iter().any(|class| symbol.contains(class));
    let mut kept = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match arguments.as_slice().first() {
            Some(symbol) if argument == "--export" && is_unused(symbol) => drop(arguments.next()),
            _ => kept.push(argument),
        }
    }
    let rustc =
        Command::new(std::env::var("RUSTC").unwrap_or("rustc".into())).args(["--print", "target-libdir"]).output()?;
    let libraries = String::from_utf8(rustc.stdout)?;
    let linker = Path::new(libraries.trim()).with_file_name("bin").join("rust-lld");
    let status = Command::new(linker).args(kept).status()?;
    if status.success() { Ok(()) } else { Err(format!("rust-lld: {status}").into()) }
}
