//! This program as the linker of a worker.
//!
//! The functions of each class that a crate below gives to JavaScript are exported, and what is exported is kept, with
//! all that it calls. No worker here makes one of these classes: so the linker is not told to export them.

use std::path::Path;
use std::process::Command;

use crate::Result;

/// The classes of `worker` and `wasm-streams` that nothing here makes, as the names of their functions spell them.
const CLASSES: &[&str] = &["containerstartupoptions", "intounderlying", "minifyconfig", "r2range"];

/// What rustc is told, to call this program where it would call its linker.
pub(crate) fn flag() -> Result<String> {
    Ok(format!("-Clinker={}", std::env::current_exe()?.display()))
}

/// Whether rustc calls, and not a person.
pub(crate) fn is_asked(arguments: &[String]) -> bool {
    arguments.first().is_some_and(|first| first == "-flavor")
}

/// Calls rustc's linker.
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
