//! The query as an argument.

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromRequest, Reads};
use crate::request::{Request, RequestHead};

/// The query, as a struct or a map; 400 if it is of another shape. A key that repeats fills a `Vec`.
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

impl<T: DeserializeOwned> FromRequest for Query<T> {
    const READS: Reads = Reads::Head;

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        head.query().map(Self)
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::from_head(&request.head())
    }

    fn is_present(request: &Request) -> bool {
        request.uri().query().is_some()
    }
}
