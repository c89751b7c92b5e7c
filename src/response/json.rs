//! JSON, as an answer and as an argument.

use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::error::Error;
use crate::response::Response;
use crate::response::into_response::{IntoResponse, typed};

/// A value as JSON: an answer with content type `application/json`, or an argument read from the body.
///
/// As an argument it insists on a JSON media type (`application/json` or `…+json`), else 415; it answers 400 to what is
/// not JSON or is nested more than 127 deep, and 422 with the path of the fault to JSON of another shape. Of a key that
/// repeats the last value counts in a map; for a field of a struct it is 422.
///
/// A number that its `f32` cannot hold, as `1e39`, is 422. It may still be infinite where serde buffers it and hides refusals:
/// behind `#[serde(untagged)]`, in an `Option` behind `flatten`, and beside a large `f64` behind `flatten` or `tag`.
///
/// ```
/// use http::{HeaderValue, StatusCode};
/// use route_handlers::{Json, RouteHandlers};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize, Serialize)]
/// struct User {
///     name: String,
/// }
///
/// let api = RouteHandlers::new()
///     .post("/users", async |Json(new): Json<User>| (StatusCode::CREATED, Json(new)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart by its pattern")]
pub struct Json<T>(pub T);

const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        respond(serde_json::to_vec(&self.0))
    }
}

fn respond(json: serde_json::Result<Vec<u8>>) -> Response {
    match json {
        Ok(json) => typed(JSON, json.into()),
        Err(error) => Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, error).into_response(),
    }
}
