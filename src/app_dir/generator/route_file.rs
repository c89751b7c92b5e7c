//! One file of the folders.

use std::path::{Path, PathBuf};

use crate::app_dir::generator::error::Position;
use crate::app_dir::generator::exports::Exports;
use crate::app_dir::generator::folders::Convention;

/// A route file.
#[derive(Clone, Debug)]
pub(super) struct RouteFile {
    pub(super) convention: Convention,
    pub(super) pattern: String,
    pub(super) source: SourceFile,
    /// The exports, or where and why the file is not valid Rust.
    pub(super) exports: Result<Exports, (Position, String)>,
}

impl RouteFile {
    /// Returns whether a layer wraps the routes of this file.
    pub(super) fn is_within(&self, layer: &LayerFile) -> bool {
        self.convention == Convention::App && self.source.folders.starts_with(&layer.source.folders)
    }
}

/// A layer file.
#[derive(Clone, Debug)]
pub(super) struct LayerFile {
    pub(super) source: SourceFile,
    /// The number of states that its function takes, or where and why the file is not valid Rust.
    pub(super) states: Result<usize, (Position, String)>,
}

/// The place of a file, and of its module.
#[derive(Clone, Debug)]
pub(super) struct SourceFile {
    /// The folder of the convention, above all of its files.
    pub(super) root: PathBuf,
    pub(super) path: PathBuf,
    /// The path relative to the folder of the package, as errors show it.
    pub(super) shown: String,
    /// The modules of the folders above the file.
    pub(super) folders: Vec<String>,
    /// The name of the module in the last of them: `route` or `layer`.
    pub(super) module: &'static str,
}

impl SourceFile {
    /// Returns the path relative to the folder of the convention.
    pub(super) fn below_root(&self) -> &Path {
        self.path.strip_prefix(&self.root).unwrap_or(&self.path)
    }

    /// Returns the path of an item of the file, relative to the root of the generated file.
    pub(super) fn item(&self, name: &str) -> String {
        let folders = self.folders.iter().map(String::as_str);
        folders.chain([self.module, name]).collect::<Vec<_>>().join("::")
    }
}
