//! A value in the request's extensions as an argument.

use std::any::type_name;

use crate::error::{Error, Result};
use crate::extract::FromHead;
use crate::request::Head;

/// The value of type `T` in the request's extensions, such as the user that a layer authenticated, or the peer's address.
///
/// Without such a value the response is 500, and `Option<Extension<T>>` is `None`.
///
/// ```
/// use route_handlers::{Extension, RouteHandlers};
///
/// #[derive(Clone)]
/// struct Tenant(&'static str);
///
/// let api = RouteHandlers::new().get("/", async |Extension(tenant): Extension<Tenant>| tenant.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart by its pattern")]
pub struct Extension<T>(pub T);

impl<T: Clone + Send + Sync + 'static> FromHead for Extension<T> {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        head.extensions().get().cloned().map(Self).ok_or_else(|| missing(type_name::<T>()))
    }

    fn is_present(head: &Head<'_>) -> bool {
        head.extensions().get::<T>().is_some()
    }
}

#[cold]
fn missing(name: &str) -> Error {
    let reason = format!("the request has no extension `{name}`: add the layer that sets it");
    Error::internal(reason)
}
