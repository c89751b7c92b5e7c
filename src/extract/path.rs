//! The parameters of the pattern as an argument.

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromHead, RouteCheck};
use crate::request::Head;

/// The parameters of the pattern: a scalar for a single parameter, a tuple by order, a struct or a map by name.
///
/// A catch-all is read as a list of its segments (`Vec<String>`), or as its tail (`String`). The response is 400 if a value
/// is not of its type.
///
/// A type that cannot hold the parameters of the pattern is refused at the start of the program:
///
/// * at registration, if the pattern has too many parameters: two for a scalar, or three for a tuple of two.
/// * when the table is complete, if the pattern lacks a parameter, as [`nest`](crate::RouteHandlers::nest) may add one with
///   its prefix: by [`over`](crate::RouteHandlers::over), `hosts::hyper::serve`, `hosts::axum::router` and
///   `testing::Client::new`.
///
/// To find this out, the type is deserialized from sample values. A type that accepts no sample is not checked. Where panics abort,
/// as on wasm32, no type is checked. If an unchecked type does not fit, each request gets a 500.
///
/// ```
/// use route_handlers::{Path, RouteHandlers};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Page {
///     book: String,
///     number: u32,
/// }
///
/// let api = RouteHandlers::new()
///     .get("/users/{id}", async |Path(id): Path<u32>| format!("user {id}"))
///     .get("/books/{book}/p{number}", async |Path(page): Path<Page>| format!("{} {}", page.book, page.number))
///     .get("/files/{*path}", async |Path(segments): Path<Vec<String>>| segments.join(" / "));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart by its pattern")]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned> FromHead for Path<T> {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        head.params().map(Self)
    }

    fn is_present(head: &Head<'_>) -> bool {
        head.has_params()
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_params::<T>();
    }
}
