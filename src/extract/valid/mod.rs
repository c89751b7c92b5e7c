//! Arguments that are validated before the handler runs.

mod fault;
#[cfg(feature = "garde")]
mod garde;
mod names;

use serde::de::DeserializeOwned;

use crate::error::Result;
#[cfg(feature = "multipart")]
use crate::extract::FormData;
use crate::extract::{Form, FromHead, FromRequest, Path, Query, RouteCheck};
use crate::request::{Declared, Head, Request, declared_names, field_names, media_type, parse_form, parse_json};
use crate::response::Json;
use names::{Body, Names};

pub use fault::{Fault, Validate};

/// An argument with a validated value, such as `Valid<Json<T>>`.
///
/// The argument inside is `Json<T>`, `Form<T>`, `Query<T>`, `Path<T>`, or with feature `multipart` `FormData<T>`.
///
/// The type of the value implements [`Validate`]. With the feature `garde`, every type with `#[derive(garde::Validate)]` does.
/// If the value is invalid, the handler does not run, and the response is a 422 problem document with the member `errors`. It
/// lists the first 100 faults, in the order of the fields. Each has a `detail`, and a `pointer` into the body (RFC 6901). In
/// a query or a path it has the name of the `parameter` instead. An `Option<Valid<…>>` is `None` if the request has no body,
/// query or parameter.
///
/// ```
/// # #[cfg(feature = "garde")] mod example {
/// use garde::Validate;
/// use route_handlers::testing::Client;
/// use route_handlers::{Json, RouteHandlers, Valid};
/// use serde::Deserialize;
///
/// #[derive(Deserialize, Validate)]
/// #[serde(rename_all = "camelCase")]
/// struct NewUser {
///     #[garde(length(chars, min = 1, max = 80))]
///     full_name: String,
///     #[garde(range(min = 18))]
///     age: u8,
/// }
///
/// async fn add(Valid(Json(new)): Valid<Json<NewUser>>) -> String {
///     new.full_name
/// }
///
/// # pub async fn run() {
/// let api = Client::new(RouteHandlers::new().post("/users", add));
/// let response = api.post("/users").json(&serde_json::json!({ "fullName": "", "age": 5 })).await;
/// assert_eq!(response.status(), 422);
/// let problem: serde_json::Value = response.json();
/// assert_eq!(problem["errors"][0]["pointer"], "/fullName");
/// assert_eq!(problem["errors"][1], serde_json::json!({ "pointer": "/age", "detail": "lower than 18" }));
/// # } }
/// # #[cfg(feature = "garde")] tokio_test::block_on(example::run());
/// ```
///
/// # Constraints in the OpenAPI document
///
/// `schemars` reads these attributes of garde: `length`, `range`, `pattern`, `contains`, `email`, `url`, `ip`, `ipv4`, `ipv6`,
/// `required` and `inner`. Write the others, such as `ascii`, `custom` and the `length` of a map, as `#[schemars(extend(…))]`. The
/// length of a text in JSON Schema counts characters, so write `length(chars, …)`: `length(…)` of garde counts bytes.
///
/// # Names
///
/// garde reports the names of Rust fields. The pointer has the names of the body: those of `rename_all`, and of a field with
/// another case or other separators. A field that `#[serde(rename = "…")]` renames to another word keeps its Rust name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart by its pattern")]
pub struct Valid<A>(pub A);

/// Returns the value if it has no faults. `names` is called for an invalid value only.
fn validated<T: Validate>(value: T, head: &Head<'_>, names: impl FnOnce() -> Names) -> Result<T> {
    let faults = value.faults(head);
    if faults.is_empty() { Ok(value) } else { Err(names().refuse(faults)) }
}

impl<T: DeserializeOwned + Validate> FromRequest for Valid<Json<T>> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        media_type::check_json(request)?;
        let bytes = request.bytes().await?;
        let value: T = parse_json(&bytes)?;
        let names = || {
            let body = Body::Json(parse_json(&bytes).unwrap_or_default());
            Names::new(declared_names::<T>(&bytes), body)
        };
        validated(value, &request.head(), names).map(|value| Self(Json(value)))
    }

    fn is_present(request: &Request) -> bool {
        <Json<T> as FromRequest>::is_present(request)
    }

    fn check(route: &mut RouteCheck<'_>) {
        <Json<T> as FromRequest>::check(route);
        T::check(route);
    }
}

impl<T: DeserializeOwned + Validate> FromRequest for Valid<Form<T>> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        media_type::check(&request.head(), media_type::FORM)?;
        let bytes = request.bytes().await?;
        let value: T = parse_form(&bytes)?;
        let names = || {
            let fields = form_urlencoded::parse(&bytes).map(|(name, _)| name.into_owned()).collect();
            Names::new(vec![Declared::Fields(field_names::<T>())], Body::Form(fields))
        };
        validated(value, &request.head(), names).map(|value| Self(Form(value)))
    }

    fn is_present(request: &Request) -> bool {
        <Form<T> as FromRequest>::is_present(request)
    }

    fn check(route: &mut RouteCheck<'_>) {
        <Form<T> as FromRequest>::check(route);
        T::check(route);
    }
}

#[cfg(feature = "multipart")]
impl<T: DeserializeOwned + Validate> FromRequest for Valid<FormData<T>> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        let mut form = request.read_form(field_names::<T>).await?;
        let value: T = form.deserialize()?;
        let names = || Names::new(vec![Declared::Fields(field_names::<T>())], Body::Form(form.names()));
        validated(value, &request.head(), names).map(|value| Self(FormData(value)))
    }

    fn is_present(request: &Request) -> bool {
        <FormData<T> as FromRequest>::is_present(request)
    }

    fn check(route: &mut RouteCheck<'_>) {
        <FormData<T> as FromRequest>::check(route);
        T::check(route);
    }
}

impl<T: DeserializeOwned + Validate> FromHead for Valid<Query<T>> {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        let value: T = head.query()?;
        let names = || {
            let parameters = head.query_pairs().map(|(name, _)| name.into_owned()).collect();
            Names::new(vec![Declared::Fields(field_names::<T>())], Body::Parameters(parameters))
        };
        validated(value, head, names).map(|value| Self(Query(value)))
    }

    fn is_present(head: &Head<'_>) -> bool {
        <Query<T> as FromHead>::is_present(head)
    }

    fn check(route: &mut RouteCheck<'_>) {
        <Query<T> as FromHead>::check(route);
        T::check(route);
    }
}

impl<T: DeserializeOwned + Validate> FromHead for Valid<Path<T>> {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        let value: T = head.params()?;
        let names = || {
            let parameters = head.param_names().map(str::to_owned).collect();
            Names::new(vec![Declared::Fields(field_names::<T>())], Body::Parameters(parameters))
        };
        validated(value, head, names).map(|value| Self(Path(value)))
    }

    fn is_present(head: &Head<'_>) -> bool {
        <Path<T> as FromHead>::is_present(head)
    }

    fn check(route: &mut RouteCheck<'_>) {
        <Path<T> as FromHead>::check(route);
        T::check(route);
    }
}
