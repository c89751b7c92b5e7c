//! A form as an argument.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromRequest, Reads, Requirements};
use crate::request::{Request, RequestHead, media_type, parse_form};

/// The fields of a form (`application/x-www-form-urlencoded`), read by the same rules as a [`Query`](crate::Query).
///
/// It is 415 if the body is of another media type, 422 if the fields are of another shape. What a form sends with files
/// in it is multipart.
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

impl<T: DeserializeOwned> FromRequest for Form<T> {
    const READS: Reads = Reads::Body;

    fn check_head(head: &RequestHead<'_>) -> Result<()> {
        media_type::check(head, media_type::FORM)
    }

    fn from_body(body: Bytes) -> Result<Self> {
        parse_form(&body).map(Self)
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        request.form().await.map(Self)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("Form");
        requirements.accepts(media_type::FORM);
        requirements.fields::<T>("Form");
    }
}
