//! A form of either media type as an argument.

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromRequest, RouteCheck};
use crate::request::multipart::with_files;
use crate::request::{Request, media_type};

/// A form with or without files: `multipart/form-data` or `application/x-www-form-urlencoded`.
///
/// The fields of the form fill the fields of `T`, by the same rules as those of a [`Form`](crate::Form) and a
/// [`Query`](crate::Query). A field of `T` that is a file is an [`UploadedFile`](crate::multipart::UploadedFile). To read a form
/// while it arrives, take a [`Multipart`](crate::multipart::Multipart).
///
/// | status | cause |
/// |---|---|
/// | 415 | the body is of another media type |
/// | 400 | the form is malformed: see [`multipart`](crate::multipart#accepted-forms); a text is not UTF-8 |
/// | 413 | the form is over a limit: see [`FormLimits`](crate::multipart::FormLimits) |
/// | 422 | the fields are not of type `T`; a text was sent for a file, or a file for a text |
/// | 500 | a temporary file cannot be written |
///
/// * A file for which `T` has no field is skipped and not stored. A map, a list, and a type with `flatten`, `tag` or `untagged`
///   do not tell the names of their fields, so all files are stored.
/// * Files are kept in memory. With the feature `temp-files`, a file that does not fit into the
///   [memory of a form](crate::multipart::FormLimits::with_memory_limit) is written to a temporary file.
///
/// ```
/// # #[cfg(feature = "testing")] {
/// use route_handlers::multipart::UploadedFile;
/// use route_handlers::testing::{Client, FormData as NewForm};
/// use route_handlers::{FormData, RouteHandlers};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct NewPost {
///     title: String,
///     #[serde(default)]
///     is_draft: bool,
///     cover: Option<UploadedFile>,
///     pictures: Vec<UploadedFile>,
/// }
///
/// async fn create(FormData(post): FormData<NewPost>) -> String {
///     let cover = post.cover.as_ref().and_then(UploadedFile::file_name).unwrap_or("no cover");
///     format!("{} ({cover}, {} pictures)", post.title, post.pictures.len())
/// }
///
/// # tokio_test::block_on(async {
/// let client = Client::new(RouteHandlers::new().post("/posts", create));
///
/// let form = NewForm::new().text("title", "Ada").file("cover", "ada.png", "image/png", "…");
/// assert_eq!(client.post("/posts").multipart(&form).await.text(), "Ada (ada.png, 0 pictures)");
///
/// let response = client.post("/posts").form(&[("title", "Bo")]).await;
/// assert_eq!(response.text(), "Bo (no cover, 0 pictures)");
/// # });
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart by its pattern")]
pub struct FormData<T>(pub T);

impl<T: DeserializeOwned> FromRequest for FormData<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        request.form_data().await.map(Self)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("FormData");
        route.accepts(media_type::FORMS);
        with_files(Vec::new(), || route.reads_fields::<T>("FormData"));
    }
}
