//! The folders, read: what each file says, and what all of them say together.

use std::fmt::Write as _;
use std::fs;
use std::path::{MAIN_SEPARATOR_STR, Path, PathBuf};

use crate::app_dir::exports::{self, Exports};
use crate::app_dir::folders::{self, Flavour, FoundFile};
use crate::app_dir::items;
use crate::app_dir::levels::Taken;
use crate::app_dir::mistake::{BuildError, Mistake, Place, one_line};
use crate::app_dir::segment::Segment;
use crate::app_dir::source;
use crate::file_routes::{FileRoute, Runtime};

/// The routes of the folders: what [`Builder::generate`](crate::app_dir::Builder::generate) writes.
#[derive(Clone, Debug)]
pub struct Generated {
    source: String,
    files: Vec<RouteFile>,
    warnings: Vec<String>,
}

impl Generated {
    /// The text of the file.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The routes, in the order of their files. (One whose file is no Rust is not among them.)
    pub fn routes(&self) -> impl Iterator<Item = FileRoute<'_>> {
        self.files.iter().filter_map(|file| {
            let exports = file.exports.as_ref().ok()?;
            let runtime = if exports.is_edge { Runtime::Edge } else { Runtime::Native };
            Some(FileRoute::new(&file.pattern, &exports.methods, runtime, &file.shown))
        })
    }

    /// What is accepted, but may not be meant.
    pub fn warnings(&self) -> impl ExactSizeIterator<Item = &str> {
        self.warnings.iter().map(String::as_str)
    }
}

/// A route file, read.
#[derive(Clone, Debug)]
pub(super) struct RouteFile {
    pub(super) flavour: Flavour,
    pub(super) path: PathBuf,
    /// The path as it is shown: from the package's folder.
    pub(super) shown: String,
    pub(super) pattern: String,
    pub(super) module: String,
    /// Or where it is no Rust.
    pub(super) exports: Result<Exports, (Place, String)>,
}

/// What was read so far.
pub(super) struct Reading {
    package: PathBuf,
    files: Vec<RouteFile>,
    /// Next.js's own files: pattern, and file.
    foreign: Vec<(String, String)>,
    taken: Taken,
    warnings: Vec<String>,
    mistakes: Vec<Mistake>,
}

impl Reading {
    pub(super) fn new(package: PathBuf) -> Self {
        Self {
            package,
            files: Vec::new(),
            foreign: Vec::new(),
            taken: Taken::new(),
            warnings: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    /// Reads the files below a folder.
    pub(super) fn folder(&mut self, folder: &Path, flavour: Flavour) {
        let folder = self.package.join(folder);
        let before = self.files.len();
        match folders::find(&folder, flavour) {
            Ok(found) => found.into_iter().for_each(|file| self.file(file)),
            Err((folder, error)) => {
                let shown = self.shown(&folder);
                self.mistakes.push(Mistake::new(&shown, format!("the folder cannot be read: {error}")));
            }
        }
        if self.files.len() == before && self.mistakes.is_empty() {
            self.warnings.push(format!("{}: there is no route file in it", self.shown(&folder)));
        }
    }

    fn file(&mut self, found: FoundFile) {
        let shown = self.shown(&found.path);
        let segments = match segments(&found) {
            Ok(segments) => segments,
            Err(_) if found.is_foreign => return,
            Err(text) => return self.mistakes.push(Mistake::new(&shown, text)),
        };
        let pattern = format!("/{}", segments.iter().map(Segment::pattern).collect::<Vec<_>>().join("/"));
        if found.is_foreign {
            return self.foreign.push((pattern, shown));
        }
        self.taken.add(&shown, &pattern, &segments, &mut self.mistakes);
        for segment in segments.iter().filter(|segment| segment.looks_dynamic()) {
            self.warnings.push(format!(
                "{shown}: `{}` is a literal, as only a name that is bracketed whole is a parameter; a pattern with a parameter \
                 in a part of a segment is registered in code",
                segment.folder()
            ));
        }
        let text = match fs::read_to_string(&found.path) {
            Ok(text) => text,
            Err(error) => return self.mistakes.push(Mistake::new(&shown, format!("it cannot be read: {error}"))),
        };
        let exports =
            items::parse(&text).map(|outline| exports::read(&shown, found.flavour, &outline, &mut self.mistakes));
        let module = module(&found);
        self.files.push(RouteFile { flavour: found.flavour, path: found.path, shown, pattern, module, exports });
    }

    /// The routes, unless there is a mistake.
    pub(super) fn finish(mut self) -> Result<Generated, BuildError> {
        for (pattern, foreign) in &self.foreign {
            if let Some(file) = self.taken.file(pattern) {
                let text = format!("`{pattern}` is answered by {foreign}, too: keep one of them");
                self.mistakes.push(Mistake::new(file, text));
            }
        }
        if !self.mistakes.is_empty() {
            return Err(BuildError::new(&self.mistakes));
        }
        Ok(Generated { source: source::render(&self.files), files: self.files, warnings: self.warnings })
    }

    /// A path as seen from the package's folder.
    fn shown(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.package).unwrap_or(path);
        one_line(&path.to_string_lossy().replace(MAIN_SEPARATOR_STR, "/"))
    }
}

/// The name of a file's module: `app_api_users_Pid` for `app/api/users/[id]/route.rs`.
///
/// It depends on the path alone, and no two paths have the same name: lower-case letters and digits stand for themselves,
/// `_` separates folders, and everything else begins with a capital letter.
fn module(found: &FoundFile) -> String {
    let mut module = match found.flavour {
        Flavour::App => "app".to_owned(),
        Flavour::Pages => "pages".to_owned(),
    };
    for name in &found.names {
        let within = |open: &str, close: &str| name.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        let (mark, text) = within("[[...", "]]")
            .map(|name| ("O", name)) // optional
            .or_else(|| Some(("R", within("[...", "]")?))) // rest
            .or_else(|| Some(("P", within("[", "]")?))) // parameter
            .or_else(|| Some(("G", within("(", ")")?))) // group
            .unwrap_or(("", name));
        module.extend(["_", mark]);
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' => module.push(byte.into()),
                _ => write!(module, "X{byte:02x}").expect("writing to a String does not fail"),
            }
        }
    }
    module
}

/// The segments that a file's folders are.
///
/// # Errors
///
/// Why one is refused.
fn segments(found: &FoundFile) -> Result<Vec<Segment>, String> {
    if found.path.to_str().is_none() {
        return Err("its name is not UTF-8: no path could have it".to_owned());
    }
    if found.names.iter().any(|name| name.contains(char::is_control)) {
        return Err("its name has a control character: give it another one".to_owned());
    }
    let segment = |name: &String| match found.flavour {
        Flavour::App => Segment::of_app(name).transpose(),
        Flavour::Pages => Some(Segment::of_pages(name)),
    };
    found.names.iter().filter_map(segment).collect()
}
