//! Reads the folders: every route file, and the conflicts between them.

use std::env;
use std::fs;
use std::path::{MAIN_SEPARATOR_STR, Path, PathBuf};

use crate::app_dir::generator::error::{BuildError, FileError, Position, one_line};
use crate::app_dir::generator::exports;
use crate::app_dir::generator::folders::{self, Convention, FoundFile, Role};
use crate::app_dir::generator::items::{self, Outline};
use crate::app_dir::generator::modules::{self, Modules};
use crate::app_dir::generator::paths::Paths;
use crate::app_dir::generator::route_file::{LayerFile, RouteFile, SourceFile};
use crate::app_dir::generator::segment::Segment;
use crate::app_dir::generator::source;
use crate::app_dir::route::{FileRoute, Runtime};

/// The routes of the folders, and the text of the file that [`Builder::generate`](crate::app_dir::Builder::generate) writes.
///
/// [`Builder::try_generate`](crate::app_dir::Builder::try_generate) returns it, and has an example.
#[derive(Clone, Debug)]
pub struct Generated {
    source: String,
    files: Vec<RouteFile>,
    warnings: Vec<String>,
}

impl Generated {
    /// Returns the text of the generated file.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the routes in the order of their files. Files that are not valid Rust are missing.
    pub fn routes(&self) -> impl Iterator<Item = FileRoute<'_>> {
        self.files.iter().filter_map(|file| {
            let exports = file.exports.as_ref().ok()?;
            let runtime = if exports.is_edge { Runtime::Edge } else { Runtime::Native };
            Some(FileRoute::new(&file.pattern, &exports.methods, runtime, &file.source.shown))
        })
    }

    /// Returns the warnings: names that are accepted, but may be mistakes.
    pub fn warnings(&self) -> impl ExactSizeIterator<Item = &str> {
        self.warnings.iter().map(String::as_str)
    }
}

/// Reads folders one after the other.
pub(super) struct Reader {
    package: PathBuf,
    files: Vec<RouteFile>,
    layers: Vec<LayerFile>,
    modules: Modules,
    /// The patterns and names of files that belong to Next.js.
    foreign: Vec<(String, String)>,
    paths: Paths,
    warnings: Vec<String>,
    errors: Vec<FileError>,
}

impl Reader {
    pub(super) fn new(package: PathBuf) -> Self {
        Self {
            package,
            files: Vec::new(),
            layers: Vec::new(),
            modules: Modules::default(),
            foreign: Vec::new(),
            paths: Paths::new(),
            warnings: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// Reads the files below a folder.
    pub(super) fn folder(&mut self, folder: &Path, convention: Convention) {
        let folder = self.package.join(folder);
        let before = self.files.len();
        match folders::find(&folder, convention) {
            Ok(found) => found.into_iter().for_each(|file| self.file(file)),
            Err((folder, error)) => {
                let shown = self.shown(&folder);
                self.errors.push(FileError::new(&shown, format!("the folder cannot be read: {error}")));
            }
        }
        if self.files.len() == before && self.errors.is_empty() {
            self.warnings.push(format!("{}: it contains no route file", self.shown(&folder)));
        }
    }

    fn file(&mut self, found: FoundFile) {
        let shown = self.shown(&found.path);
        match found.role {
            Role::Route => self.route(found, shown),
            Role::Layer => self.layer(found, shown),
            Role::LayerFolder => {
                let layer = shown.replace("layer/mod.rs", "layer.rs");
                let text = if self.layers.iter().any(|other| other.source.shown == layer) {
                    format!("{layer} is also a layer of the folder: keep one of them")
                } else {
                    format!("the layer of a folder is the file `layer.rs`: move this file to {layer}")
                };
                self.errors.push(FileError::new(&shown, text));
            }
            Role::OtherLayer => {
                self.warnings
                    .push(format!("{shown}: it wraps no route by itself: the layer of a folder is `layer.rs`"));
            }
            Role::Foreign => {
                if let Ok(segments) = segments(&found) {
                    self.foreign.push((pattern(&segments), shown));
                }
            }
        }
    }

    fn route(&mut self, found: FoundFile, shown: String) {
        let segments = match segments(&found) {
            Ok(segments) => segments,
            Err(text) => return self.errors.push(FileError::new(&shown, text)),
        };
        let pattern = pattern(&segments);
        let before = self.errors.len();
        self.paths.add(&shown, &pattern, &segments, &mut self.errors);
        if self.errors.len() == before {
            self.errors.extend(self.modules.check(&shown, found.convention, &found.names).err());
        }
        for segment in segments.iter().filter(|segment| segment.looks_dynamic()) {
            self.warnings.push(format!(
                "{shown}: `{}` is a literal: brackets must enclose the whole name of a parameter. Register a pattern with a \
                 parameter inside a segment in code",
                segment.folder()
            ));
        }
        let Some(outline) = self.outline(&found.path, &shown) else { return };
        let exports = outline.map(|outline| exports::collect(&shown, found.convention, &outline, &mut self.errors));
        let FoundFile { convention, root, path, names, .. } = found;
        let source = SourceFile { root, path, shown, folders: modules::path(convention, &names), module: "route" };
        self.files.push(RouteFile { convention, pattern, source, exports });
    }

    fn layer(&mut self, found: FoundFile, shown: String) {
        if let Err(error) = self.modules.check(&shown, found.convention, &found.names) {
            return self.errors.push(error);
        }
        let Some(outline) = self.outline(&found.path, &shown) else { return };
        let states = match outline.map(|outline| exports::layer(&shown, &outline)) {
            Ok(Ok(states)) => Ok(states),
            Ok(Err(error)) => return self.errors.push(error),
            Err(invalid) => Err(invalid),
        };
        let FoundFile { convention, root, path, names, .. } = found;
        let folders = modules::path(convention, &names);
        let source = SourceFile { root, path, shown, folders, module: "layer" };
        self.layers.push(LayerFile { source, states });
    }

    /// Parses the text of a file. `None` if it cannot be read, which is added to the errors.
    fn outline(&mut self, path: &Path, shown: &str) -> Option<Result<Outline, (Position, String)>> {
        match fs::read_to_string(path) {
            Ok(text) => Some(items::parse(&text)),
            Err(error) => {
                self.errors.push(FileError::new(shown, format!("it cannot be read: {error}")));
                None
            }
        }
    }

    /// Returns the routes, or all errors. With `documented` each handler is documented, unless its file says otherwise.
    pub(super) fn finish(mut self, documented: bool) -> Result<Generated, BuildError> {
        for (pattern, foreign) in &self.foreign {
            if let Some(file) = self.paths.file(pattern) {
                let text = format!("{foreign} also has the path `{pattern}`: keep one of them");
                self.errors.push(FileError::new(file, text));
            }
        }
        if self.errors.is_empty() {
            let idle = self.layers.iter().filter(|layer| !self.files.iter().any(|file| file.is_within(layer)));
            let text = "it wraps no route: the folder has no route file. Move or remove it";
            self.errors = idle.map(|layer| FileError::new(&layer.source.shown, text)).collect();
        }
        if !self.errors.is_empty() {
            return Err(BuildError::new(&self.errors));
        }
        if env::var_os("CARGO_CFG_TARGET_ARCH").is_some_and(|arch| arch == "wasm32") {
            self.warnings.extend(self.left_out());
        }
        let source = source::render(&self.files, &self.layers, documented);
        Ok(Generated { source, files: self.files, warnings: self.warnings })
    }

    /// Warns of the files that a build for wasm32 leaves out because they do not set their `RUNTIME`. A request for them would
    /// be a 404.
    fn left_out(&self) -> Option<String> {
        let is_left_out =
            |file: &&RouteFile| file.exports.as_ref().is_ok_and(|exports| !exports.settings.contains(&"RUNTIME"));
        let files: Vec<_> = self.files.iter().filter(is_left_out).map(|file| file.source.shown.as_str()).collect();
        (!files.is_empty()).then(|| {
            format!(
                "this build for wasm32 leaves out {}: write `pub const RUNTIME: Runtime = Runtime::Edge`, or `Runtime::Native` \
                 for a file that is not for wasm32",
                files.join(", ")
            )
        })
    }

    /// Formats a path relative to the folder of the package.
    fn shown(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.package).unwrap_or(path);
        one_line(&path.to_string_lossy().replace(MAIN_SEPARATOR_STR, "/"))
    }
}

fn pattern(segments: &[Segment]) -> String {
    format!("/{}", segments.iter().map(Segment::pattern).collect::<Vec<_>>().join("/"))
}

/// Returns the segments of a file's path.
///
/// # Errors
///
/// The reason why a name is refused.
fn segments(found: &FoundFile) -> Result<Vec<Segment>, String> {
    if found.path.to_str().is_none() {
        return Err("its name is not UTF-8, so no path can contain it: rename it".to_owned());
    }
    if found.names.iter().any(|name| name.contains(char::is_control)) {
        return Err("its name contains a control character: rename it".to_owned());
    }
    let segment = |name: &String| match found.convention {
        Convention::App => Segment::of_app(name).transpose(),
        Convention::Pages => Some(Segment::of_pages(name)),
    };
    found.names.iter().filter_map(segment).collect()
}
