//! Responses with a fixed status, which an OpenAPI document can therefore name.

use http::StatusCode;
use serde::Serialize;

use crate::response::{IntoResponse, Json, Response};

/// A created resource as JSON, with status 201 (RFC 9110 §15.3.2).
///
/// ```
/// use route_handlers::{Created, IntoResponse};
///
/// let response = ([("location", "/users/7")], Created("Ada")).into_response();
/// assert_eq!((response.status().as_u16(), &response.headers()["location"]), (201, &"/users/7".parse().unwrap()));
/// assert_eq!(response.headers()["content-type"], "application/json");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handlers construct it")]
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.0).into_response();
        if response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::CREATED;
        }
        response
    }
}

/// A response without content, with status 204 (RFC 9110 §15.3.5).
///
/// ```
/// use route_handlers::{IntoResponse, NoContent};
///
/// assert_eq!(NoContent.into_response().status(), 204);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handlers construct it")]
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}
