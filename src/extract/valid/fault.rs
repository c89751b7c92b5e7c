//! Checks of values, and what they find.

use crate::extract::RouteCheck;
use crate::request::Head;

/// A value that [`Valid`](crate::Valid) checks.
///
/// With the feature `garde`, every type with `#[derive(garde::Validate)]` implements this. If its `Context` is not `()`, the
/// context is the state of this type: see [`State`](crate::State).
///
/// Implement it for your own checks. The head has the state of the table.
///
/// ```
/// use route_handlers::extract::{Fault, Validate};
/// use route_handlers::{Form, Head, RouteHandlers, Valid};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Booking {
///     seats: u8,
///     name: String,
/// }
///
/// impl Validate for Booking {
///     fn faults(&self, _: &Head<'_>) -> Vec<Fault> {
///         let seats = (self.seats == 0).then(|| Fault::new("/seats", "must be at least 1"));
///         let name = self.name.trim().is_empty().then(|| Fault::new("/name", "must not be empty"));
///         seats.into_iter().chain(name).collect()
///     }
/// }
///
/// let api = RouteHandlers::new().post("/bookings", async |Valid(Form(booking)): Valid<Form<Booking>>| booking.name);
/// ```
///
/// Another crate for validation needs one function. This one is for `validator`:
///
/// ```
/// use route_handlers::extract::{Fault, Validate};
/// use route_handlers::{Head, Json, RouteHandlers, Valid};
/// use serde::Deserialize;
/// use validator::ValidationErrors;
///
/// fn all(result: Result<(), ValidationErrors>) -> Vec<Fault> {
///     let errors = result.err().unwrap_or_default();
///     let fields = errors.field_errors();
///     fields.iter().flat_map(|(name, errors)| errors.iter().map(move |error| Fault::new(format!("/{name}"), error.to_string()))).collect()
/// }
///
/// #[derive(Deserialize, validator::Validate)]
/// struct SignUp {
///     #[validate(length(min = 3))]
///     name: String,
/// }
///
/// impl Validate for SignUp {
///     fn faults(&self, _: &Head<'_>) -> Vec<Fault> {
///         all(validator::Validate::validate(self))
///     }
/// }
///
/// let api = RouteHandlers::new().post("/", async |Valid(Json(new)): Valid<Json<SignUp>>| new.name);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be validated",
    note = "add `#[derive(garde::Validate)]` (feature `garde`), or implement `route_handlers::extract::Validate`"
)]
pub trait Validate {
    /// Returns the faults of the value. It is valid if there are none.
    fn faults(&self, head: &Head<'_>) -> Vec<Fault>;

    /// Checks what the validation requires, such as a state, when a handler is registered.
    fn check(route: &mut RouteCheck<'_>) {
        let _ = route;
    }
}

/// A fault of a value, with its place and its description: see [`Validate`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Fault {
    pub(super) pointer: String,
    pub(super) detail: String,
}

impl Fault {
    /// Creates a fault at a place, with its description.
    ///
    /// The place is a JSON pointer (RFC 6901) of field names, such as `/items/0/name`. The whole value is the empty text.
    /// The names may be those of the Rust fields: see [`Valid`](crate::Valid).
    ///
    /// The response has the first 200 characters of the detail. It must not repeat secrets of the request.
    ///
    /// ```
    /// use route_handlers::extract::Fault;
    ///
    /// let fault = Fault::new("/age", "must be at least 18");
    /// ```
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}
