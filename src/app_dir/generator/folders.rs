//! Finds the route files and the layer files below a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The two conventions of Next.js.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Convention {
    /// `app/**/route.rs`.
    App,
    /// `pages/api/**/*.rs`.
    Pages,
}

/// The meaning of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// `route.rs`, or a file below `pages/api`.
    Route,
    /// `layer.rs`.
    Layer,
    /// `layer/mod.rs`.
    LayerFolder,
    /// A file with the name that other frameworks use for a layer.
    OtherLayer,
    /// A file of Next.js: a page, or a route in JavaScript.
    Foreign,
}

/// A file with a meaning.
#[derive(Clone, Debug)]
pub(super) struct FoundFile {
    pub(super) convention: Convention,
    pub(super) role: Role,
    /// The folder in which the search began.
    pub(super) root: PathBuf,
    pub(super) path: PathBuf,
    /// The names of the folders above the file. Below `pages` also the name of the file.
    pub(super) names: Vec<String>,
}

/// Finds the files below a folder, sorted by name. The files of a folder come before those of its subfolders.
///
/// # Errors
///
/// A folder cannot be read: its path, and the reason.
pub(super) fn find(folder: &Path, convention: Convention) -> Result<Vec<FoundFile>, (PathBuf, io::Error)> {
    let mut found = Vec::new();
    let mut names = match convention {
        Convention::App => Vec::new(),
        Convention::Pages => vec!["api".to_owned()],
    };
    walk(folder, folder, convention, &mut names, &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn walk(
    root: &Path,
    folder: &Path,
    convention: Convention,
    names: &mut Vec<String>,
    open: &mut Vec<PathBuf>,
    found: &mut Vec<FoundFile>,
) -> Result<(), (PathBuf, io::Error)> {
    let with_folder = |error| (folder.to_owned(), error);
    // Symbolic links are followed. Following a link to an open folder would never end.
    let real = fs::canonicalize(folder).map_err(with_folder)?;
    if open.contains(&real) {
        let reason = format!("it is a link to {}, which contains the link: remove it", real.display());
        return Err(with_folder(io::Error::other(reason)));
    }
    open.push(real);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(with_folder)? {
        paths.push(entry.map_err(with_folder)?.path());
    }
    paths.sort_by_cached_key(|path| (path.is_dir(), path.clone())); // files before folders
    for path in paths {
        // A name that is not UTF-8 is an error later: no path can contain it.
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let is_private = convention == Convention::App && name.starts_with('_');
            if !is_private {
                names.push(name);
                walk(root, &path, convention, names, open, found)?;
                names.pop();
            }
        } else if let Some(role) = role(&name, convention, names.last()) {
            let stem = Some(path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
            let segment = stem.filter(|stem| convention == Convention::Pages && stem != "index");
            let names = names.iter().cloned().chain(segment).collect();
            found.push(FoundFile { convention, role, root: root.to_owned(), path, names });
        }
    }
    open.pop();
    Ok(())
}

/// Returns the meaning of a file in a folder.
fn role(name: &str, convention: Convention, folder: Option<&String>) -> Option<Role> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_script = matches!(extension, "js" | "jsx" | "ts" | "tsx");
    match convention {
        Convention::App if extension == "rs" => match stem {
            "route" => Some(Role::Route),
            "layer" => Some(Role::Layer),
            "mod" if folder.is_some_and(|folder| folder == "layer") => Some(Role::LayerFolder),
            "Layer" | "layers" | "_layer" | "middleware" | "_middleware" => Some(Role::OtherLayer),
            _ => None,
        },
        Convention::App if matches!(stem, "route" | "page") && is_script => Some(Role::Foreign),
        Convention::Pages if extension == "rs" => Some(Role::Route),
        Convention::Pages if is_script => Some(Role::Foreign),
        Convention::App | Convention::Pages => None,
    }
}
