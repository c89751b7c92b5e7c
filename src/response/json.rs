//! JSON, as a response and as an argument.

use http::HeaderValue;
use serde::Serialize;

use crate::error::Error;
use crate::response::Response;
use crate::response::into_response::{IntoResponse, typed};

/// A value as JSON: a response with content type `application/json`, or an argument read from the body.
///
/// As an argument, it refuses these requests:
///
/// | status | request |
/// |---|---|
/// | 415 | the media type is not `application/json` or `…+json` |
/// | 400 | the body is not JSON, or is nested more than 127 levels deep |
/// | 422 | the JSON has another shape; the problem document has the path of the fault |
///
/// If a key repeats, a map has the last value; for a field of a struct it is 422.
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
#[expect(clippy::exhaustive_structs, reason = "handlers destructure it")]
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
        Err(error) => Error::internal(error).into_response(),
    }
}
