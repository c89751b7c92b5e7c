//! Routes from folders: the layouts and files that `app_dir::Builder` accepts and refuses, and the file that it generates.

mod files;
mod generated;
mod layouts;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use route_handlers::app_dir::{BuildError, Builder, Generated};

/// A project in its own folder, which is removed when the value is dropped.
struct Project(PathBuf);

impl Project {
    /// Creates a project with these files, each with its text.
    fn new(files: &[(&str, &str)]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let project = Self(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("app_dir_{number}")));
        let _ = fs::remove_dir_all(&project.0);
        for (file, text) in files {
            project.write(file, text);
        }
        project
    }

    /// Returns the path of a file of the project.
    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    /// Writes a file of the project.
    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }

    /// Reads the folders `app` and `pages`, if they exist.
    fn try_generate(&self) -> Result<Generated, BuildError> {
        let mut builder = Builder::default();
        if self.0.join("app").exists() {
            builder = Builder::new(self.0.join("app"));
        }
        if self.0.join("pages").exists() {
            builder = builder.pages(self.0.join("pages"));
        }
        builder.try_generate()
    }

    /// Returns the errors, with files relative to the project.
    fn errors(&self) -> Vec<String> {
        let error = self.try_generate().expect_err("the project has an error");
        error.errors().map(|error| self.relative(error)).collect()
    }

    /// Makes the files in a text relative to the project.
    fn relative(&self, text: &str) -> String {
        let folder = self.0.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&self.0);
        text.replace(&format!("{}/", self.0.display()), "").replace(&format!("{}/", folder.display()), "")
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns the errors of a project with one app file.
fn errors_of(text: &str) -> Vec<String> {
    Project::new(&[("app/a/route.rs", text)]).errors()
}
