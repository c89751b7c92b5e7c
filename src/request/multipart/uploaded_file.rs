//! A file of a form, as a field of a type.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};

use crate::request::multipart::storage::Stored;
use crate::request::values::{FILE, FileMark};
use crate::request::words;

/// A file of a [`FormData<T>`](crate::FormData): a field of `T`.
///
/// | type of the field | without a file |
/// |---|---|
/// | `UploadedFile` | 422 that names the field |
/// | `Option<UploadedFile>` | `None` |
/// | `Vec<UploadedFile>` | empty; a field that is sent several times has several files |
///
/// A file input of an HTML form in which no file was chosen is no file. A form without `enctype="multipart/form-data"` sends no
/// files: the input then sends an empty text, which only an `Option` accepts. Other arguments than `FormData` cannot read a file:
/// `Query`, `Form` and `Path` are refused at registration, `Json` is 500.
///
/// [`FormData`](crate::FormData) has an example.
///
/// A clone shares the content. A temporary file (feature `temp-files`) is deleted when its last clone is dropped.
#[derive(Clone)]
pub struct UploadedFile(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) raw_file_name: String,
    pub(super) file_name: String,
    pub(super) content_type: String,
    pub(super) size: u64,
    pub(super) stored: Stored,
}

impl UploadedFile {
    pub(super) fn new(raw_file_name: String, content_type: String, size: u64, stored: Stored) -> Self {
        let file_name = last_component(&raw_file_name);
        Self(Arc::new(Inner { raw_file_name, file_name, content_type, size, stored }))
    }

    /// Returns the file name without folders and control characters. It is `None` if nothing is left, or only `.` or `..`.
    ///
    /// Both `/` and `\` separate folders. Two clients may send the same name, and a name may have a meaning for a file system
    /// (`con`, `a:b`). So store the file under a name that the server chooses.
    ///
    /// ```
    /// # #[cfg(feature = "testing")] {
    /// # use route_handlers::testing::{FormData, RequestBuilder};
    /// # use std::collections::HashMap;
    /// # use route_handlers::multipart::UploadedFile;
    /// # tokio_test::block_on(async {
    /// let form = FormData::new().file("it", "C:\\pictures\\..\\ada.png", "image/png", "…");
    /// let mut request = RequestBuilder::post("/").multipart(&form).build();
    ///
    /// let files: HashMap<String, UploadedFile> = request.form_data().await?;
    /// assert_eq!(files["it"].file_name(), Some("ada.png"));
    /// assert_eq!(files["it"].raw_file_name(), "C:\\pictures\\..\\ada.png");
    /// # Ok::<(), route_handlers::Error>(())
    /// # }).unwrap();
    /// # }
    /// ```
    pub fn file_name(&self) -> Option<&str> {
        Some(&*self.0.file_name).filter(|name| !name.is_empty())
    }

    /// Returns the file name that the client sent. **Never use it as a path**: it may be `../../etc/passwd`.
    pub fn raw_file_name(&self) -> &str {
        &self.0.raw_file_name
    }

    /// Returns the media type that the client sent, by default `text/plain` (RFC 7578 §4.4). It may be wrong.
    pub fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// Returns the number of bytes.
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// Reads the content. It is not copied if the file is in memory.
    ///
    /// # Errors
    ///
    /// A temporary file cannot be read.
    ///
    /// ```
    /// use route_handlers::multipart::UploadedFile;
    /// use route_handlers::{FormData, Result, RouteHandlers};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Upload {
    ///     notes: UploadedFile,
    /// }
    ///
    /// async fn lines(FormData(upload): FormData<Upload>) -> Result<String> {
    ///     let notes = upload.notes.bytes().await?;
    ///     Ok(notes.split(|byte| *byte == b'\n').count().to_string())
    /// }
    ///
    /// let api = RouteHandlers::new().post("/lines", lines);
    /// ```
    pub async fn bytes(&self) -> io::Result<Bytes> {
        self.0.stored.bytes().await
    }
}

/// The text after the last separator, without control characters. Empty for `.` and `..`.
fn last_component(raw: &str) -> String {
    let name: String = raw.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    if matches!(&*name, "." | "..") { String::new() } else { name }
}

/// Omits the content.
impl fmt::Debug for UploadedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadedFile")
            .field("file_name", &self.0.file_name)
            .field("content_type", &self.0.content_type)
            .field("size", &self.0.size)
            .finish_non_exhaustive()
    }
}

thread_local! {
    /// The files of the form that is deserialized on this thread. A thread-local, because `Deserialize` takes no context, and
    /// serde has no value that is a file.
    static FILES: RefCell<Option<Vec<UploadedFile>>> = const { RefCell::new(None) };
}

/// Deserializes a type that may have these files as its fields.
pub(crate) fn with_files<R>(files: Vec<UploadedFile>, deserialize: impl FnOnce() -> R) -> R {
    let _outer = Outer(FILES.replace(Some(files)));
    deserialize()
}

/// The files of the form that this one interrupts. They are put back at the end, also if a type panics.
struct Outer(Option<Vec<UploadedFile>>);

impl Drop for Outer {
    fn drop(&mut self) {
        FILES.set(self.0.take());
    }
}

// A type may be deserialized more than once: see `request::values`. So each time it gets a clone.
impl<'de> Deserialize<'de> for UploadedFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if FILES.with_borrow(Option::is_none) {
            return Err(de::Error::custom(words::NO_FILES));
        }
        deserializer.deserialize_newtype_struct(FILE, FileVisitor)
    }
}

struct FileVisitor;

impl<'de> Visitor<'de> for FileVisitor {
    type Value = UploadedFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<UploadedFile, D::Error> {
        deserializer.deserialize_bytes(self)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<UploadedFile, E> {
        let file =
            FileMark::number(bytes).and_then(|number| FILES.with_borrow(|files| files.as_ref()?.get(number).cloned()));
        file.ok_or_else(|| de::Error::invalid_type(Unexpected::Bytes(bytes), &self))
    }
}
