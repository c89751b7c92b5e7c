//! Routes from folders, read when the program is built: for `build.rs`.
//!
//! A folder is a path, and an exported function named after a verb is its handler, as in Next.js. [`Builder::generate`]
//! writes a file of Rust, in which each route file is a module; [`app!`](crate::app) brings it into the program.
//!
//! | file | path |
//! |---|---|
//! | `app/api/users/route.rs` | `/api/users` |
//! | `app/api/users/[id]/route.rs` | `/api/users/{id}` |
//! | `app/files/[...path]/route.rs` | `/files/{*path}`: one segment or more |
//! | `app/docs/[[...page]]/route.rs` | `/docs/{*page?}`: zero or more |
//! | `app/(admin)/stats/route.rs` | `/stats`: a group is not in the path |
//! | `app/_lib/route.rs` | none: a folder whose name begins with `_` is private |
//! | `app/%5Flib/route.rs` | `/_lib` |
//! | `pages/api/hello.rs`, `pages/api/hello/index.rs` | `/api/hello` |
//! | `pages/api/[id].rs` | `/api/{id}` |
//!
//! A symbolic link to a folder is followed, unless the folder holds the link: that is a mistake.
//!
//! A name that is not bracketed whole is a literal (`[x].json` is no parameter). Below `pages/api` groups, `_` and `%5F`
//! mean nothing, and every `.rs` file is a route; below `app` every file that is not called `route.rs` is yours.
//!
//! # What a route file exports
//!
//! * In the app: `pub async fn GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE`, `OPTIONS`, each a
//!   [`Handler`](crate::Handler); or `pub use` of one. The types of its signature are as public.
//! * Below `pages/api`: `pub async fn handler(req: PagesRequest, res: PagesResponse)`, for [`pages`](crate::pages()).
//! * `pub const RUNTIME: Runtime` ([`Runtime`](crate::Runtime)): only an `Edge` file is compiled for wasm32.
//! * `pub const MAX_DURATION: Duration`: `Route::timeout`, so it wants the feature `timeout`; on wasm32, where
//!   that does not compile, it is the host's to end what lasts too long.
//! * `pub const BODY_LIMIT: usize`: [`Route::body_limit`](crate::Route::body_limit), or
//!   [`Pages::body_limit`](crate::Pages::body_limit).
//! * `pub const BODY_PARSER: bool`, below `pages/api`: [`Pages::body_parser`](crate::Pages::body_parser).
//!
//! A handler under `#[cfg(…)]` is a route under that condition. A file is listed in `ROUTES` if one of its handlers is
//! compiled. Handlers that your own macros expand to are not found: only the text of the file is read.
//!
//! # Mistakes
//!
//! All of them end the build, each with its file, its line and how to mend it: two files for one path, two names at one
//! level, a catch-all that is not last, a verb that is misspelt, not `pub` or not `async`, a setting that is unknown, …
//! What the table would refuse when the program starts is refused here by the same code.
//!
//! # Build time
//!
//! All route files are modules of one package. After an edit of one file, rustc reuses its type checking of the others, but
//! generates most of their code anew. This took 104 s of 122 s in a debug build of 500 files on a busy machine. For shorter
//! builds, split a large app into packages, each with its own table, and `merge` the tables.

mod exports;
mod folders;
mod items;
mod levels;
mod mistake;
mod reading;
mod segment;
mod source;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use folders::Flavour;
pub use mistake::BuildError;
use mistake::one_line;
pub use reading::Generated;
use reading::Reading;

/// The generated file, in `OUT_DIR`; [`app!`](crate::app) includes it by this name.
const FILE: &str = "route_handlers_app.rs";

/// Reads the folders, and writes what [`app!`](crate::app) includes.
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
}

impl Builder {
    /// The folder of the app: `app`, or `src/app`; as seen from the package's folder. (With `Builder::default()` there is
    /// none, for a package that has `pages` only.)
    pub fn new(app: impl Into<PathBuf>) -> Self {
        Self { app: Some(app.into()), pages: None }
    }

    /// The folder of the pages, of which `api` is read.
    pub fn pages(mut self, pages: impl Into<PathBuf>) -> Self {
        self.pages = Some(pages.into());
        self
    }

    /// For `build.rs`: writes the file into `OUT_DIR` if it has changed, and tells cargo which folders to watch. Mistakes
    /// are told to cargo, which shows them and ends the build.
    ///
    /// # Panics
    ///
    /// Outside of a build script, where there is no `OUT_DIR`.
    #[track_caller]
    pub fn generate(&self) {
        let out = env::var_os("OUT_DIR").expect("`generate` is called by `build.rs`, where there is an `OUT_DIR`");
        for (folder, _) in self.folders() {
            tell("rerun-if-changed", &folder.display().to_string());
        }
        match self.try_generate() {
            Ok(generated) => {
                generated.warnings().for_each(|warning| tell("warning", warning));
                let out = Path::new(&out).join(FILE);
                if let Err(error) = write_if_changed(&out, generated.source()) {
                    tell("error", &format!("{}: {error}", out.display()));
                }
            }
            Err(error) => error.mistakes().for_each(|mistake| tell("error", mistake)),
        }
    }

    /// As [`generate`](Self::generate), but writes nothing.
    ///
    /// # Errors
    ///
    /// Every mistake in the folders.
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
    /// assert!(error.to_string().ends_with("route.rs:1:14: `Get` is no verb: did you mean `GET`?"));
    /// # fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_generate(&self) -> Result<Generated, BuildError> {
        let mut reading = Reading::new(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default().into());
        for (folder, flavour) in self.folders() {
            reading.folder(&folder, flavour);
        }
        reading.finish()
    }

    /// The folders to read, as they were given.
    fn folders(&self) -> impl Iterator<Item = (PathBuf, Flavour)> {
        let app = self.app.clone().map(|app| (app, Flavour::App));
        app.into_iter().chain(self.pages.as_ref().map(|pages| (pages.join("api"), Flavour::Pages)))
    }
}

/// Writes a directive for cargo. A line break in a folder's name must not begin another directive.
fn tell(directive: &str, text: &str) {
    println!("cargo::{directive}={}", one_line(text));
}

/// Leaves a file alone that says it already, so that what includes it is not compiled anew.
fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    match fs::read_to_string(path) {
        Ok(old) if old == text => Ok(()),
        _ => fs::write(path, text),
    }
}
