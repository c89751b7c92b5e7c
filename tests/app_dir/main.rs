//! Folders as routes: what `app_dir::Builder` accepts, what it refuses, and what it writes.

mod files;
mod generated;
mod layouts;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use route_handlers::app_dir::{BuildError, Builder, Generated};

/// A folder of its own for each project of a test, which goes with it.
struct Project(PathBuf);

impl Project {
    /// The files `app/…` and `pages/…` with their texts.
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

    /// Where a file of the project is.
    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    /// Writes a file of the project.
    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }

    /// Reads the folders that there are.
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

    /// The mistakes, with the files as they are called in the project.
    fn mistakes(&self) -> Vec<String> {
        let error = self.try_generate().expect_err("the project is refused");
        error.mistakes().map(|mistake| self.within(mistake)).collect()
    }

    /// A text with the files as they are called in the project.
    fn within(&self, text: &str) -> String {
        let folder = self.0.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&self.0);
        text.replace(&format!("{}/", self.0.display()), "").replace(&format!("{}/", folder.display()), "")
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The mistakes of an app that is one file.
fn mistakes_of(text: &str) -> Vec<String> {
    Project::new(&[("app/a/route.rs", text)]).mistakes()
}
