//! One route file of the folders.

use std::path::PathBuf;

use crate::app_dir::generator::error::Position;
use crate::app_dir::generator::exports::Exports;
use crate::app_dir::generator::folders::Convention;

/// A route file.
#[derive(Clone, Debug)]
pub(super) struct RouteFile {
    pub(super) convention: Convention,
    pub(super) path: PathBuf,
    /// The path relative to the folder of the package, as errors show it.
    pub(super) shown: String,
    pub(super) pattern: String,
    pub(super) module: String,
    /// The exports, or where and why the file is not valid Rust.
    pub(super) exports: Result<Exports, (Position, String)>,
}
