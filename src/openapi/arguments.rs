//! What a handler's arguments say in a document.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri, Version};
use schemars::JsonSchema;
use serde_json::json;

use crate::body::Body;
use crate::error::Error;
#[cfg(feature = "sse")]
use crate::extract::LastEventId;
use crate::extract::{After, Extension, Form, Path, Query};
use crate::openapi::operation::OperationBuilder;
#[cfg(feature = "multipart")]
use crate::request::multipart::Multipart;
use crate::request::{Cookies, MatchedRoute, Request, media_type};
use crate::response::Json;
use crate::state::State;

/// What an argument of a [`documented`](crate::documented) handler says of itself.
///
/// An argument of your own says what it reads, and which failures it answers; one that reads nothing of the request that
/// a client should know says nothing.
///
/// ```
/// use http::StatusCode;
/// use route_handlers::openapi::{DocumentArgument, Info, OperationBuilder};
/// use route_handlers::{Error, FromRequest, Request, Result, RouteHandlers, documented};
///
/// /// The caller, by a header.
/// struct User(String);
///
/// impl FromRequest for User {
///     async fn from_request(request: &mut Request) -> Result<Self> {
///         let name = request.headers().get("x-user").and_then(|name| name.to_str().ok());
///         name.map(|name| User(name.to_owned())).ok_or(Error::new(StatusCode::UNAUTHORIZED))
///     }
/// }
///
/// impl DocumentArgument for User {
///     fn document_argument(operation: &mut OperationBuilder<'_>) {
///         operation.header::<String>("x-user");
///         operation.problem(StatusCode::UNAUTHORIZED);
///     }
/// }
///
/// let api = RouteHandlers::new().get("/me", documented(async |User(name): User| name));
/// let me = &api.openapi(Info::default()).into_value()["paths"]["/me"]["get"];
/// assert_eq!(me["parameters"][0]["name"], "x-user");
/// assert_eq!(me["responses"]["401"]["$ref"], "#/components/responses/UnauthorizedProblem");
/// ```
#[diagnostic::on_unimplemented(
    message = "the argument `{Self}` says nothing of itself for a document",
    label = "an argument of this documented handler",
    note = "an argument of your own implements `route_handlers::openapi::DocumentArgument`",
    note = "`Json<T>`, `Form<T>`, `Query<T>` and `Path<T>` want `T: schemars::JsonSchema` (`#[derive(JsonSchema)]`, schemars 1)"
)]
pub trait DocumentArgument {
    /// Adds what the argument reads, and which failures it answers.
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        let _ = operation;
    }
}

/// All arguments of a [`documented`](crate::documented) handler: a tuple whose members are each [`DocumentArgument`].
pub trait DocumentArguments {
    /// Adds what the arguments say, from left to right.
    fn document_arguments(operation: &mut OperationBuilder<'_>);
}

macro_rules! tuples {
    ($(($($arg:ident)*))*) => {$(
        impl<$($arg: DocumentArgument,)*> DocumentArguments for ($($arg,)*) {
            fn document_arguments(operation: &mut OperationBuilder<'_>) {
                let _ = &operation;
                $($arg::document_argument(operation);)*
            }
        }
    )*};
}

tuples! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

fn problems(operation: &mut OperationBuilder<'_>, statuses: impl IntoIterator<Item = StatusCode>) {
    statuses.into_iter().for_each(|status| operation.problem(status));
}

/// A body of bytes: without one there are none.
fn octets(operation: &mut OperationBuilder<'_>) {
    let schema = json!({ "type": "string", "format": "binary" });
    operation.optional(|operation| operation.any_body("application/octet-stream", &schema));
}

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const TOO_LARGE: StatusCode = StatusCode::PAYLOAD_TOO_LARGE;
const WRONG_TYPE: StatusCode = StatusCode::UNSUPPORTED_MEDIA_TYPE;
const WRONG_SHAPE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

impl<T: JsonSchema> DocumentArgument for Path<T> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.path::<T>();
        problems(operation, [BAD]);
    }
}

impl<T: JsonSchema> DocumentArgument for Query<T> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.query::<T>();
        problems(operation, [BAD]);
    }
}

impl<T: JsonSchema> DocumentArgument for Json<T> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.body::<T>(media_type::JSON);
        problems(operation, [BAD, TOO_LARGE, WRONG_TYPE, WRONG_SHAPE]);
    }
}

impl<T: JsonSchema> DocumentArgument for Form<T> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.form::<T>(media_type::FORM);
        problems(operation, [BAD, TOO_LARGE, WRONG_TYPE, WRONG_SHAPE]);
    }
}

#[cfg(feature = "multipart")]
impl DocumentArgument for Multipart {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.any_body(media_type::MULTIPART, &json!({ "type": "object" }));
        problems(operation, [BAD, TOO_LARGE, WRONG_TYPE]);
    }
}

/// Without a body it is empty.
impl DocumentArgument for String {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.optional(|operation| operation.any_body("text/plain", &json!({ "type": "string" })));
        problems(operation, [BAD, TOO_LARGE]);
    }
}

impl DocumentArgument for Bytes {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        octets(operation);
        problems(operation, [BAD, TOO_LARGE]);
    }
}

/// Streamed, so the handler answers what goes wrong.
impl DocumentArgument for Body {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        octets(operation);
    }
}

#[cfg(feature = "sse")]
impl DocumentArgument for LastEventId {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.optional(|operation| operation.header::<String>("last-event-id"));
    }
}

impl<A: DocumentArgument> DocumentArgument for Option<A> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.optional(A::document_argument);
    }
}

/// The handler decides what is answered if the argument is not there.
impl<A: DocumentArgument> DocumentArgument for Result<A, Error> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.caught(A::document_argument);
    }
}

// What these read is no part of the contract, or not known.
impl<T> DocumentArgument for State<T> {}
impl<T> DocumentArgument for Extension<T> {}
impl DocumentArgument for After {}
impl DocumentArgument for Cookies {}
impl DocumentArgument for HeaderMap {}
impl DocumentArgument for MatchedRoute {}
impl DocumentArgument for Method {}
impl DocumentArgument for Request {}
impl DocumentArgument for Uri {}
impl DocumentArgument for Version {}
impl DocumentArgument for http::Request<Body> {}
