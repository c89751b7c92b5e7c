//! The limits of a form that is read into a type.

use std::borrow::Cow;

/// The default limit of the number of fields.
pub(super) const MAX_FIELDS: usize = 1000;

/// The default limit of the bytes of a form in memory: 2 MiB.
const MEMORY: usize = 2 * 1024 * 1024;

/// The limits of a [`FormData<T>`](crate::FormData) of either media type, as a state of the table. A form over a limit is 413.
///
/// | limit | default |
/// |---|---|
/// | the whole body: [`Route::body_limit`](crate::Route::body_limit) | 2 MiB |
/// | the number of fields: [`with_max_fields`](Self::with_max_fields) | 1000 |
/// | the bytes of each field: [`with_field_limit`](Self::with_field_limit) | only the limit of the whole body |
/// | the bytes of one field: [`with_limit_of`](Self::with_limit_of) | the limit of each field |
/// | the bytes in memory: [`with_memory_limit`](Self::with_memory_limit) | 2 MiB |
///
/// As every [state](crate::RouteHandlers::with_state), the limits are for the routes after them. Each route can have its own.
///
/// ```
/// use route_handlers::multipart::{FormLimits, UploadedFile};
/// use route_handlers::{FormData, RouteHandlers, post};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Album {
///     title: String,
///     pictures: Vec<UploadedFile>,
/// }
///
/// async fn add(FormData(album): FormData<Album>) -> String {
///     format!("{}: {} pictures", album.title, album.pictures.len())
/// }
///
/// let api = RouteHandlers::new()
///     .with_state(FormLimits::new().with_field_limit(1024).with_limit_of("pictures", 5 * 1024 * 1024).with_max_fields(20))
///     .route("/albums", post(add).body_limit(50 * 1024 * 1024));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct FormLimits {
    pub(super) fields: usize,
    field: usize,
    named: Vec<(Cow<'static, str>, usize)>,
    pub(super) memory: usize,
}

impl Default for FormLimits {
    fn default() -> Self {
        Self::new()
    }
}

impl FormLimits {
    /// Creates the default limits.
    pub fn new() -> Self {
        Self { fields: MAX_FIELDS, field: usize::MAX, named: Vec::new(), memory: MEMORY }
    }

    /// Sets the limit of the number of fields. Each file of a repeated field counts.
    pub fn with_max_fields(self, fields: usize) -> Self {
        Self { fields, ..self }
    }

    /// Sets the limit of the bytes of each field, whether it is a text or a file.
    pub fn with_field_limit(self, bytes: usize) -> Self {
        Self { field: bytes, ..self }
    }

    /// Sets the limit of the bytes of a field with this name, in place of [`with_field_limit`](Self::with_field_limit).
    ///
    /// If the field is repeated, the limit is for each of its values.
    pub fn with_limit_of(mut self, name: impl Into<Cow<'static, str>>, bytes: usize) -> Self {
        let name = name.into();
        self.named.retain(|(known, _)| *known != name);
        self.named.push((name, bytes));
        self
    }

    /// Sets how many bytes of a form are kept in memory: texts with their names, and files.
    ///
    /// Texts that are longer together are 413. With the feature `temp-files`, a file that does not fit beside what came before it
    /// is written to a temporary file. It is not moved there for texts that come later, so they may take as many bytes again.
    /// Without the feature, files are always kept in memory.
    ///
    /// ```
    /// use route_handlers::RouteHandlers;
    /// use route_handlers::multipart::FormLimits;
    ///
    /// let api = RouteHandlers::new().with_state(FormLimits::default().with_memory_limit(64 * 1024));
    /// ```
    pub fn with_memory_limit(self, bytes: usize) -> Self {
        Self { memory: bytes, ..self }
    }

    /// The limit of a field.
    pub(super) fn of(&self, name: &str) -> usize {
        self.named.iter().find(|(known, _)| known == name).map_or(self.field, |(_, limit)| *limit)
    }
}
