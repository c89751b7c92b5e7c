//! The entries of response types in a document.

use std::borrow::Cow;
use std::convert::Infallible;
use std::marker::PhantomData;

use bytes::Bytes;
use http::StatusCode;
use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::body::{Body, BoxError};
use crate::error::Error;
use crate::openapi::operation_builder::OperationBuilder;
use crate::openapi::problem::DEFAULT;
use crate::problem::Problem;
use crate::request::media_type;
#[cfg(feature = "sse")]
use crate::response::sse::Sse;
use crate::response::{Created, Download, Html, IntoResponseParts, Json, NoContent, Redirect};

/// The result of a [`documented`](crate::documented) handler, which adds its statuses and their content to the document.
///
/// Implement it for your own response and error types. An error type lists its failures:
///
/// ```
/// use http::StatusCode;
/// use route_handlers::openapi::{DocumentResponse, Info, OperationBuilder};
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
/// impl DocumentResponse for BookingError {
///     fn document_response(operation: &mut OperationBuilder<'_>) {
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
    message = "the response `{Self}` does not describe itself for the OpenAPI document",
    label = "the result of this documented handler",
    note = "`impl IntoResponse` hides the type: name it, such as `Json<T>`, `Created<T>` or `Result<Json<T>>`",
    note = "`Json<T>` and `Created<T>` require `T: schemars::JsonSchema` (`#[derive(JsonSchema)]`, schemars 1)",
    note = "implement `route_handlers::openapi::DocumentResponse` for your own response and error types"
)]
pub trait DocumentResponse {
    /// Adds the statuses of the responses, each with its content.
    fn document_response(operation: &mut OperationBuilder<'_>);
}

const OK: &str = "200";

fn text(operation: &mut OperationBuilder<'_>) {
    operation.add_response(OK, Some(("text/plain", json!({ "type": "string" }))));
}

fn octets(operation: &mut OperationBuilder<'_>) {
    operation.add_response(OK, Some(("application/octet-stream", binary())));
}

fn binary() -> Value {
    json!({ "type": "string", "format": "binary" })
}

impl<T: JsonSchema> DocumentResponse for Json<T> {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.response::<T>(StatusCode::OK, media_type::JSON);
    }
}

impl<T: JsonSchema> DocumentResponse for Created<T> {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.response::<T>(StatusCode::CREATED, media_type::JSON);
    }
}

impl DocumentResponse for NoContent {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.empty_response(StatusCode::NO_CONTENT);
    }
}

impl DocumentResponse for () {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.empty_response(StatusCode::OK);
    }
}

/// The type does not tell which status: it is listed as `default`.
impl DocumentResponse for StatusCode {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.add_response(DEFAULT, None);
    }
}

impl DocumentResponse for Redirect {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.add_response("3XX", None);
    }
}

impl<T> DocumentResponse for Html<T> {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.add_response(OK, Some(("text/html", json!({ "type": "string" }))));
    }
}

#[cfg(feature = "sse")]
impl<S> DocumentResponse for Sse<S> {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.add_response(OK, Some(("text/event-stream", json!({ "type": "string" }))));
    }
}

/// Documents a stream of server-sent events: the data of each is a `T` as JSON.
///
/// The type `Sse` does not tell what its events contain.
///
/// ```
/// # #[cfg(feature = "sse")] {
/// use futures_util::{Stream, stream};
/// use route_handlers::openapi::{Info, JsonEvents};
/// use route_handlers::sse::{Event, Sse};
/// use route_handlers::{Result, RouteHandlers, documented};
///
/// async fn count() -> Sse<impl Stream<Item = Result<Event>>> {
///     Sse::new(stream::iter(0..3).map(|n| Event::new().with_json(&n)))
/// }
/// # use futures_util::StreamExt;
///
/// let api = RouteHandlers::new().get("/count", documented(count).response::<JsonEvents<u32>>(200));
/// let document = api.openapi(Info::default()).into_value();
/// assert_eq!(document["openapi"], "3.2.0");
/// let events = &document["paths"]["/count"]["get"]["responses"]["200"]["content"]["text/event-stream"];
/// assert_eq!(events["itemSchema"]["properties"]["data"]["contentSchema"]["format"], "uint32");
/// # }
/// ```
#[derive(Debug)]
pub struct JsonEvents<T>(PhantomData<T>);

impl<T: JsonSchema> DocumentResponse for JsonEvents<T> {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.events::<T>(StatusCode::OK);
    }
}

/// Documents JSON lines (`application/jsonl`): each line is a `T` as JSON.
///
/// ```
/// use http::header::CONTENT_TYPE;
/// use route_handlers::openapi::{Info, JsonLines};
/// use route_handlers::{RouteHandlers, documented};
///
/// async fn numbers() -> ([(http::HeaderName, &'static str); 1], String) {
///     ([(CONTENT_TYPE, "application/jsonl")], "1\n2\n".to_owned())
/// }
///
/// let api = RouteHandlers::new().get("/numbers", documented(numbers).response::<JsonLines<u32>>(200));
/// let document = api.openapi(Info::default()).into_value();
/// let lines = &document["paths"]["/numbers"]["get"]["responses"]["200"]["content"]["application/jsonl"];
/// assert_eq!(lines["itemSchema"]["format"], "uint32");
/// ```
#[derive(Debug)]
pub struct JsonLines<T>(PhantomData<T>);

impl<T: JsonSchema> DocumentResponse for JsonLines<T> {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.items::<T>(StatusCode::OK, "application/jsonl");
    }
}

impl DocumentResponse for &'static str {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        text(operation);
    }
}

impl DocumentResponse for String {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        text(operation);
    }
}

impl DocumentResponse for Cow<'static, str> {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        text(operation);
    }
}

impl DocumentResponse for Bytes {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        octets(operation);
    }
}

impl DocumentResponse for &'static [u8] {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        octets(operation);
    }
}

impl<const N: usize> DocumentResponse for &'static [u8; N] {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        octets(operation);
    }
}

impl DocumentResponse for Vec<u8> {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        octets(operation);
    }
}

/// The type does not tell which content type.
impl DocumentResponse for Download {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.add_response(OK, Some(("*/*", binary())));
    }
}

/// The type tells neither the status nor the content: it is listed as `default`.
impl<B> DocumentResponse for http::Response<B> {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.add_response(DEFAULT, None);
    }
}

impl DocumentResponse for Body {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.empty_response(StatusCode::OK);
    }
}

impl DocumentResponse for Infallible {
    fn document_response(_: &mut OperationBuilder<'_>) {}
}

/// A failure with any status: it is listed as `default`.
impl DocumentResponse for Error {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.any_problem();
    }
}

/// A failure with any status: it is listed as `default`.
impl DocumentResponse for BoxError {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.any_problem();
    }
}

/// A failure with any status: it is listed as `default`.
#[cfg(feature = "anyhow")]
impl DocumentResponse for anyhow::Error {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.any_problem();
    }
}

/// A failure with any status: it is listed as `default`.
impl DocumentResponse for Problem {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.any_problem();
    }
}

/// `None` is a 404.
impl<R: DocumentResponse> DocumentResponse for Option<R> {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        R::document_response(operation);
        operation.problem(StatusCode::NOT_FOUND);
    }
}

impl<R: DocumentResponse, E: DocumentResponse> DocumentResponse for Result<R, E> {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        R::document_response(operation);
        E::document_response(operation);
    }
}

/// The content of `R`. The type does not tell which status: it is listed as `default`.
impl<R: DocumentResponse> DocumentResponse for (StatusCode, R) {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.under(DEFAULT, R::document_response);
    }
}

impl<P: IntoResponseParts, R: DocumentResponse> DocumentResponse for (P, R) {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        R::document_response(operation);
    }
}

impl<P: IntoResponseParts, Q: IntoResponseParts, R: DocumentResponse> DocumentResponse for (P, Q, R) {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        R::document_response(operation);
    }
}

/// The content of `R`. The type does not tell which status: it is listed as `default`.
impl<P: IntoResponseParts, R: DocumentResponse> DocumentResponse for (StatusCode, P, R) {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.under(DEFAULT, R::document_response);
    }
}

/// The content of `R`. The type does not tell which status: it is listed as `default`.
impl<P: IntoResponseParts, Q: IntoResponseParts, R: DocumentResponse> DocumentResponse for (StatusCode, P, Q, R) {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.under(DEFAULT, R::document_response);
    }
}
