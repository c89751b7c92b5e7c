//! Reads the folders in a build script, and writes the generated file.

mod error;
mod exports;
mod folders;
mod items;
mod modules;
mod paths;
mod reader;
mod route_file;
mod segment;
mod source;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use error::BuildError;
use error::one_line;
use folders::Convention;
pub use reader::Generated;
use reader::Reader;

/// The name of the generated file in `OUT_DIR`. [`app_dir!`](crate::app_dir!) includes it by this name.
const FILE: &str = "route_handlers_app_dir.rs";

/// Generates the routes of the folders in a build script. [`app_dir!`](crate::app_dir!) includes them in the program.
///
/// ```no_run
/// // build.rs
/// route_handlers::app_dir::Builder::new("app").pages("pages").generate();
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder {
    app: Option<PathBuf>,
    pages: Option<PathBuf>,
    documented: bool,
}

impl Builder {
    /// Reads this folder for `route.rs` files: `app` or `src/app`, relative to the folder of the package.
    ///
    /// `Builder::default()` reads no such folder, for a package with `pages` only.
    pub fn new(app: impl Into<PathBuf>) -> Self {
        Self { app: Some(app.into()), ..Self::default() }
    }

    /// Reads the subfolder `api` of this folder for pages-style handlers.
    pub fn pages(mut self, pages: impl Into<PathBuf>) -> Self {
        self.pages = Some(pages.into());
        self
    }

    /// Sets whether the handlers below `app` are `documented`, so that the OpenAPI document describes them.
    ///
    /// The program then needs the feature `openapi`. The default is `false`.
    ///
    /// The documentation of a handler is its summary and its description. `pub const DOCUMENTED: bool` in a route file has
    /// precedence over this setting.
    ///
    /// ```no_run
    /// // build.rs
    /// route_handlers::app_dir::Builder::new("app").documented(true).generate();
    ///
    /// // app/api/users/route.rs
    /// // /// Lists all users.
    /// // pub async fn GET(State(users): State<Users>) -> Json<Vec<User>> { … }
    /// ```
    pub fn documented(mut self, documented: bool) -> Self {
        self.documented = documented;
        self
    }

    /// Writes the generated file into `OUT_DIR` if it has changed, and tells cargo which folders to watch.
    ///
    /// Call it in `build.rs`. Errors in the folders end the build, and cargo shows them.
    ///
    /// # Panics
    ///
    /// Outside a build script, where `OUT_DIR` is not set.
    #[track_caller]
    pub fn generate(&self) {
        let out = env::var_os("OUT_DIR").expect("`OUT_DIR` is not set: call `generate` in `build.rs`");
        for (folder, _) in self.folders() {
            directive("rerun-if-changed", &folder.display().to_string());
        }
        match self.try_generate() {
            Ok(generated) => {
                generated.warnings().for_each(|warning| directive("warning", warning));
                let out = Path::new(&out).join(FILE);
                if let Err(error) = write_if_changed(&out, generated.source()) {
                    directive("error", &format!("{} cannot be written: {error}", out.display()));
                }
            }
            Err(error) => error.errors().for_each(|error| directive("error", error)),
        }
    }

    /// Reads the folders like [`generate`](Self::generate), but writes nothing.
    ///
    /// # Errors
    ///
    /// All errors in the folders.
    ///
    /// ```
    /// # use std::fs;
    /// use route_handlers::app_dir::Builder;
    ///
    /// # let folder = std::env::temp_dir().join(format!("app_dir_doc_{}", std::process::id()));
    /// # fs::create_dir_all(folder.join("users/[id]"))?;
    /// # fs::write(folder.join("users/[id]/route.rs"), "pub async fn GET() {}")?;
    /// let generated = Builder::new(&folder).try_generate()?;
    /// assert_eq!(generated.routes().next().unwrap().pattern(), "/users/{id}");
    /// # fs::write(folder.join("users/[id]/route.rs"), "pub async fn Get() {}")?;
    ///
    /// let error = Builder::new(&folder).try_generate().unwrap_err(); // now it has `pub async fn Get`
    /// assert!(error.to_string().ends_with("route.rs:1:14: `Get` is not a method: did you mean `GET`?"));
    /// # fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_generate(&self) -> Result<Generated, BuildError> {
        let mut reader = Reader::new(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default().into());
        for (folder, convention) in self.folders() {
            reader.folder(&folder, convention);
        }
        reader.finish(self.documented)
    }

    /// Returns the folders to read.
    fn folders(&self) -> impl Iterator<Item = (PathBuf, Convention)> {
        let app = self.app.clone().map(|app| (app, Convention::App));
        app.into_iter().chain(self.pages.as_ref().map(|pages| (pages.join("api"), Convention::Pages)))
    }
}

/// Prints a directive for cargo. A line break in the name of a folder must not begin another directive.
fn directive(name: &str, text: &str) {
    println!("cargo::{name}={}", one_line(text));
}

/// Writes a file only if its text changes. Otherwise cargo would compile the program again.
fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    match fs::read_to_string(path) {
        Ok(old) if old == text => Ok(()),
        _ => fs::write(path, text),
    }
}
