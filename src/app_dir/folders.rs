//! The route files below a folder, and what their folders are called.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The two conventions of Next.js.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    /// `app/**/route.rs`.
    App,
    /// `pages/api/**/*.rs`.
    Pages,
}

/// A file that answers a path.
#[derive(Clone, Debug)]
pub(super) struct FoundFile {
    pub(super) flavour: Flavour,
    pub(super) path: PathBuf,
    /// The names that lead to it below its folder, and for `pages` its own.
    pub(super) names: Vec<String>,
    /// Whether it is Next.js's own: a page, or a route in JavaScript.
    pub(super) is_foreign: bool,
}

/// The files below a folder, in the order of their names, and before those of the folders beside them.
///
/// # Errors
///
/// The folder that could not be read, and why.
pub(super) fn find(folder: &Path, flavour: Flavour) -> Result<Vec<FoundFile>, (PathBuf, io::Error)> {
    let mut found = Vec::new();
    let mut names = match flavour {
        Flavour::App => Vec::new(),
        Flavour::Pages => vec!["api".to_owned()],
    };
    walk(folder, flavour, &mut names, &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn walk(
    folder: &Path,
    flavour: Flavour,
    names: &mut Vec<String>,
    open: &mut Vec<PathBuf>,
    found: &mut Vec<FoundFile>,
) -> Result<(), (PathBuf, io::Error)> {
    let with_folder = |error| (folder.to_owned(), error);
    // Symbolic links are followed. A link to a folder that is being read would be followed forever.
    let real = fs::canonicalize(folder).map_err(with_folder)?;
    if open.contains(&real) {
        return Err(with_folder(io::Error::other(format!("it is a link to {}, which holds it", real.display()))));
    }
    open.push(real);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(with_folder)? {
        paths.push(entry.map_err(with_folder)?.path());
    }
    paths.sort_by_cached_key(|path| (path.is_dir(), path.clone())); // a folder's own path before those below it
    for path in paths {
        // A name that is not UTF-8 is in no path that a route could have.
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let is_private = flavour == Flavour::App && name.starts_with('_');
            if !is_private {
                names.push(name);
                walk(&path, flavour, names, open, found)?;
                names.pop();
            }
        } else if let Some((own, is_foreign)) = answers(&name, flavour) {
            let names = names.iter().cloned().chain(own).collect();
            found.push(FoundFile { flavour, path, names, is_foreign });
        }
    }
    open.pop();
    Ok(())
}

/// Whether a file answers a path: the segment that its own name adds, and whether it is Next.js's.
fn answers(name: &str, flavour: Flavour) -> Option<(Option<String>, bool)> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_script = matches!(extension, "js" | "jsx" | "ts" | "tsx");
    match flavour {
        Flavour::App if stem == "route" && extension == "rs" => Some((None, false)),
        Flavour::App if matches!(stem, "route" | "page") && is_script => Some((None, true)),
        Flavour::Pages if extension == "rs" || is_script => {
            let own = Some(stem.to_owned()).filter(|stem| stem != "index");
            Some((own, is_script))
        }
        Flavour::App | Flavour::Pages => None,
    }
}
