//! A form as an argument.

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromRequest, RouteCheck};
use crate::request::{Request, media_type, parse_form};

/// The fields of a form (`application/x-www-form-urlencoded`), read by the same rules as a [`Query`](crate::Query).
///
/// The response is 415 if the body is of another media type, 422 if the fields are not of type `T`. A form with files is
/// sent as `multipart/form-data`: take it as a `FormData`, which reads both media types (feature `multipart`).
///
/// ```
/// use route_handlers::{Form, RouteHandlers};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct SignIn {
///     name: String,
///     #[serde(default)]
///     remember: Option<String>,
/// }
///
/// let api = RouteHandlers::new()
///     .post("/sign-in", async |Form(form): Form<SignIn>| format!("{} {}", form.name, form.remember.is_some()));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart by its pattern")]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> Form<T> {
    /// Parses a body that the handler has as bytes, for example to verify its signature first.
    ///
    /// The media type of the request is not checked.
    ///
    /// # Errors
    ///
    /// 422 if the fields are not of type `T`.
    ///
    /// ```
    /// use route_handlers::Form;
    ///
    /// let Form(fields) = Form::<Vec<(String, String)>>::from_bytes(b"command=%2Fweather")?;
    /// assert_eq!(fields, [("command".to_owned(), "/weather".to_owned())]);
    /// # Ok::<(), route_handlers::Error>(())
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        parse_form(bytes).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest for Form<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        request.form().await.map(Self)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("Form");
        route.accepts(media_type::FORM);
        route.reads_fields::<T>("Form");
    }
}
