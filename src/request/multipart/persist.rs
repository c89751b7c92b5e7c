//! Stores a file of a form at a path (feature `temp-files`).

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;

use crate::request::multipart::storage::Stored;
use crate::request::multipart::temp_file::{TempFile, blocking};
use crate::request::multipart::uploaded_file::UploadedFile;

impl UploadedFile {
    /// Returns the path of the temporary file (feature `temp-files`). It is `None` if the file is in memory.
    ///
    /// The file is in the folder [`std::env::temp_dir`]. It is deleted when this value and its clones are dropped.
    ///
    /// ```
    /// use route_handlers::multipart::UploadedFile;
    ///
    /// fn is_on_disk(file: &UploadedFile) -> bool {
    ///     file.path().is_some()
    /// }
    /// ```
    pub fn path(&self) -> Option<&Path> {
        match &self.0.stored {
            Stored::InMemory(_) => None,
            Stored::OnDisk(file) => Some(&file.0),
        }
    }

    /// Stores the file at this path (feature `temp-files`). An existing file is replaced.
    ///
    /// The path has either the whole file or the one before: a temporary file is moved there. If it is in another file system,
    /// or the content is in memory or shared with a clone, a copy in the folder of the path is moved. On Unix, only the user
    /// of the server can read the file.
    ///
    /// # Errors
    ///
    /// The folder does not exist, or the file cannot be written.
    ///
    /// ```no_run
    /// use std::path::PathBuf;
    ///
    /// use route_handlers::multipart::UploadedFile;
    /// use route_handlers::{FormData, Path, Result, RouteHandlers};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Upload {
    ///     picture: UploadedFile,
    /// }
    ///
    /// async fn set_picture(Path(id): Path<u32>, FormData(upload): FormData<Upload>) -> Result<()> {
    ///     upload.picture.persist(format!("/var/lib/app/pictures/{id}")).await?;
    ///     Ok(())
    /// }
    ///
    /// let api = RouteHandlers::new().put("/users/{id}/picture", set_picture);
    /// ```
    pub async fn persist(self, path: impl Into<PathBuf>) -> io::Result<()> {
        let path = path.into();
        blocking(move || match Arc::try_unwrap(self.0) {
            Ok(file) => move_to(file.stored, &path),
            Err(shared) => copy_to(&shared.stored, &path),
        })
        .await
    }
}

fn move_to(stored: Stored, path: &Path) -> io::Result<()> {
    let Stored::OnDisk(TempFile(file)) = stored else { return copy_to(&stored, path) };
    file.persist(path).or_else(|error| copy_to(&Stored::OnDisk(TempFile(error.path)), path))
}

fn copy_to(stored: &Stored, path: &Path) -> io::Result<()> {
    let mut content: Box<dyn Read> = match stored {
        Stored::InMemory(bytes) => Box::new(&**bytes),
        Stored::OnDisk(file) => Box::new(File::open(&file.0)?),
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut copy = NamedTempFile::new_in(folder)?;
    io::copy(&mut content, &mut copy)?;
    copy.persist(path)?;
    Ok(())
}
