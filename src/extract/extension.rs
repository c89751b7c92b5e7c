//! What a layer or the host attached to the request.

use std::any::type_name;

use http::StatusCode;

use crate::error::{Error, Result};
use crate::extract::{FromRequest, Reads};
use crate::request::{Request, RequestHead};

/// The value of type `T` in the request's extensions: what an authenticating layer found, the peer's address, …
///
/// It is 500 if there is none; `Option<Extension<T>>` is `None` then.
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

impl<T: Clone + Send + Sync + 'static> FromRequest for Extension<T> {
    const READS: Reads = Reads::Head;

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        head.extensions().get().cloned().map(Self).ok_or_else(|| {
            let reason = format!("the request has no extension `{}`: add the layer that sets it", type_name::<T>());
            Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason)
        })
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::from_head(&request.head())
    }

    fn is_present(request: &Request) -> bool {
        request.extensions().get::<T>().is_some()
    }
}
