//! The query as an argument.

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromHead, RouteCheck};
use crate::request::Head;

/// The query as a struct, a map or a list of pairs. The response is 400 if the query is not of type `T`.
///
/// * A repeated key fills a `Vec`, and an absent key leaves it empty. It also fills an array or a tuple of that length. For a
///   type that takes one value, such as the `String`s of a `HashMap<String, String>`, a repeated key is 400.
/// * An empty value is `None` for an `Option` of any type.
/// * Numbers and booleans are also read behind `#[serde(flatten)]` and in tagged and untagged enums. serde does not support
///   `u128` and `i128` there.
/// * For an `Option` with `#[serde(flatten)]` the query must have all required fields or none of them. Only some of them is
///   400, so that no value is dropped without an error.
/// * A type that no query can be read as, such as one with a struct in a field, is refused when the handler is registered.
///
/// ```
/// use route_handlers::{Query, RouteHandlers};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Page {
///     #[serde(default)]
///     offset: usize,
/// }
///
/// let api = RouteHandlers::new().get("/users", async |Query(page): Query<Page>| format!("from {}", page.offset));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart by its pattern")]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromHead for Query<T> {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        head.query().map(Self)
    }

    fn is_present(head: &Head<'_>) -> bool {
        head.uri().query().is_some_and(|query| !query.is_empty())
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_fields::<T>("Query");
    }
}
