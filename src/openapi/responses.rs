//! What a handler's result says in a document.

use std::borrow::Cow;
use std::convert::Infallible;

use bytes::Bytes;
use http::StatusCode;
use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::body::Body;
use crate::error::Error;
use crate::openapi::operation::OperationBuilder;
use crate::openapi::responses::DEFAULT;
use crate::problem::Problem;
use crate::request::media_type;
#[cfg(feature = "sse")]
use crate::response::sse::Sse;
use crate::response::{Created, Html, IntoResponseParts, Json, NoContent, Redirect};

/// What the result of a [`documented`](crate::documented) handler says of itself: the statuses, and the content of each.
///
/// An error of your own says which failures it stands for:
///
/// ```
/// use http::StatusCode;
/// use route_handlers::openapi::{DocumentAnswer, Info, OperationBuilder};
/// use route_handlers::{Error, IntoResponse, Json, Path, Response, RouteHandlers, documented};
///
/// enum BookingError {
///     NoSuchShow,
///     SoldOut,
/// }
///
/// impl IntoResponse for BookingError {
///     fn into_response(self) -> Response {
///         let status = match self {
///             Self::NoSuchShow => StatusCode::NOT_FOUND,
///             Self::SoldOut => StatusCode::CONFLICT,
///         };
///         Error::new(status).into_response()
///     }
/// }
///
/// impl DocumentAnswer for BookingError {
///     fn document_answer(operation: &mut OperationBuilder<'_>) {
///         operation.problem(StatusCode::NOT_FOUND);
///         operation.problem(StatusCode::CONFLICT);
///     }
/// }
///
/// async fn book(Path(show): Path<u32>) -> Result<Json<u32>, BookingError> {
///     if show == 7 { Err(BookingError::SoldOut) } else { Ok(Json(1)) }
/// }
///
/// let api = RouteHandlers::new().post("/shows/{id}/seats", documented(book));
/// let responses = &api.openapi(Info::default()).into_value()["paths"]["/shows/{id}/seats"]["post"]["responses"];
/// assert_eq!(responses.as_object().unwrap().keys().collect::<Vec<_>>(), ["200", "400", "404", "409"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "the answer `{Self}` says nothing of itself for a document",
    label = "the result of this documented handler",
    note = "`impl IntoResponse` hides what it is: name the type, such as `Json<T>`, `Created<T>` or `Result<Json<T>>`",
    note = "`Json<T>` and `Created<T>` want `T: schemars::JsonSchema` (`#[derive(JsonSchema)]`, schemars 1)",
    note = "an answer or an error of your own implements `route_handlers::openapi::DocumentAnswer`"
)]
pub trait DocumentAnswer {
    /// Adds the statuses that are answered, each with its content.
    fn document_answer(operation: &mut OperationBuilder<'_>);
}

const OK: &str = "200";

fn text(operation: &mut OperationBuilder<'_>) {
    operation.raw_response(OK, Some(("text/plain", json!({ "type": "string" }))));
}

fn octets(operation: &mut OperationBuilder<'_>) {
    operation.raw_response(OK, Some(("application/octet-stream", binary())));
}

fn binary() -> Value {
    json!({ "type": "string", "format": "binary" })
}

impl<T: JsonSchema> DocumentAnswer for Json<T> {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.response::<T>(StatusCode::OK, media_type::JSON);
    }
}

impl<T: JsonSchema> DocumentAnswer for Created<T> {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.response::<T>(StatusCode::CREATED, media_type::JSON);
    }
}

impl DocumentAnswer for NoContent {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.empty_response(StatusCode::NO_CONTENT);
    }
}

impl DocumentAnswer for () {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.empty_response(StatusCode::OK);
    }
}

/// A status that its type does not say.
impl DocumentAnswer for StatusCode {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.raw_response(DEFAULT, None);
    }
}

impl DocumentAnswer for Redirect {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.raw_response("3XX", None);
    }
}

impl<T> DocumentAnswer for Html<T> {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.raw_response(OK, Some(("text/html", json!({ "type": "string" }))));
    }
}

#[cfg(feature = "sse")]
impl<S> DocumentAnswer for Sse<S> {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.raw_response(OK, Some(("text/event-stream", json!({ "type": "string" }))));
    }
}

impl DocumentAnswer for &'static str {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        text(operation);
    }
}

impl DocumentAnswer for String {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        text(operation);
    }
}

impl DocumentAnswer for Cow<'static, str> {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        text(operation);
    }
}

impl DocumentAnswer for Bytes {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        octets(operation);
    }
}

impl DocumentAnswer for &'static [u8] {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        octets(operation);
    }
}

impl<const N: usize> DocumentAnswer for &'static [u8; N] {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        octets(operation);
    }
}

impl DocumentAnswer for Vec<u8> {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        octets(operation);
    }
}

/// Anything, with any status.
impl<B> DocumentAnswer for http::Response<B> {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.raw_response(DEFAULT, None);
    }
}

impl DocumentAnswer for Body {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.empty_response(StatusCode::OK);
    }
}

impl DocumentAnswer for Infallible {
    fn document_answer(_: &mut OperationBuilder<'_>) {}
}

/// Any failure.
impl DocumentAnswer for Error {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.any_problem();
    }
}

/// Any failure.
impl DocumentAnswer for Problem {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.any_problem();
    }
}

/// `None` is 404.
impl<R: DocumentAnswer> DocumentAnswer for Option<R> {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        R::document_answer(operation);
        operation.problem(StatusCode::NOT_FOUND);
    }
}

impl<R: DocumentAnswer, E: DocumentAnswer> DocumentAnswer for Result<R, E> {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        R::document_answer(operation);
        E::document_answer(operation);
    }
}

/// The content of `R`, with a status that the type does not say.
impl<R: DocumentAnswer> DocumentAnswer for (StatusCode, R) {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.under(DEFAULT, R::document_answer);
    }
}

impl<P: IntoResponseParts, R: DocumentAnswer> DocumentAnswer for (P, R) {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        R::document_answer(operation);
    }
}

impl<P: IntoResponseParts, Q: IntoResponseParts, R: DocumentAnswer> DocumentAnswer for (P, Q, R) {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        R::document_answer(operation);
    }
}

/// The content of `R`, with a status that the type does not say.
impl<P: IntoResponseParts, R: DocumentAnswer> DocumentAnswer for (StatusCode, P, R) {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.under(DEFAULT, R::document_answer);
    }
}

/// The content of `R`, with a status that the type does not say.
impl<P: IntoResponseParts, Q: IntoResponseParts, R: DocumentAnswer> DocumentAnswer for (StatusCode, P, Q, R) {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.under(DEFAULT, R::document_answer);
    }
}
