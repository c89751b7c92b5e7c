//! The entries of argument types in a document.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri, Version};
use schemars::JsonSchema;
use serde_json::json;

use crate::body::Body;
use crate::error::Error;
#[cfg(feature = "sse")]
use crate::extract::LastEventId;
use crate::extract::{After, Bearer, ClientIp, Extension, Form, Path, Query, Valid};
use crate::openapi::operation_builder::OperationBuilder;
use crate::openapi::security::SecurityScheme;
#[cfg(feature = "multipart")]
use crate::request::multipart::Multipart;
use crate::request::{Cookies, MatchedRoute, Request, media_type};
use crate::response::Json;
use crate::state::State;

/// An argument of a [`documented`](crate::documented) handler, which adds its input and its failures to the document.
///
/// Implement it for your own arguments. The default implementation adds nothing: it suits an argument that reads nothing a
/// client should know.
///
/// ```
/// use http::StatusCode;
/// use route_handlers::openapi::{DocumentArgument, Info, OperationBuilder};
/// use route_handlers::{Error, FromRequest, Request, Result, RouteHandlers, documented};
///
/// /// The caller, named by a header.
/// struct User(String);
///
/// impl FromRequest for User {
///     async fn from_request(request: &mut Request) -> Result<Self> {
///         let name = request.header("x-user");
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
    message = "the argument `{Self}` does not describe itself for the OpenAPI document",
    label = "an argument of this documented handler",
    note = "implement `route_handlers::openapi::DocumentArgument` for your own arguments",
    note = "`Json<T>`, `Form<T>`, `Query<T>` and `Path<T>` require `T: schemars::JsonSchema` (`#[derive(JsonSchema)]`, schemars 1)"
)]
pub trait DocumentArgument {
    /// Adds the input of the argument and its failures.
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        let _ = operation;
    }
}

/// All arguments of a [`documented`](crate::documented) handler: a tuple of [`DocumentArgument`]s.
pub trait DocumentArguments {
    /// Adds all arguments, from left to right.
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

/// Adds a body of bytes. A request may omit it: then there are zero bytes.
fn octets(operation: &mut OperationBuilder<'_>) {
    let schema = json!({ "type": "string", "format": "binary" });
    operation.optional(|operation| operation.add_body("application/octet-stream", &schema));
}

const MALFORMED: StatusCode = StatusCode::BAD_REQUEST;
const TOO_LARGE: StatusCode = StatusCode::PAYLOAD_TOO_LARGE;
const WRONG_TYPE: StatusCode = StatusCode::UNSUPPORTED_MEDIA_TYPE;
const WRONG_SHAPE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

impl<T: JsonSchema> DocumentArgument for Path<T> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.path::<T>();
        problems(operation, [MALFORMED]);
    }
}

impl<T: JsonSchema> DocumentArgument for Query<T> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.query::<T>();
        problems(operation, [MALFORMED]);
    }
}

impl<T: JsonSchema> DocumentArgument for Json<T> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.body::<T>(media_type::JSON);
        problems(operation, [MALFORMED, TOO_LARGE, WRONG_TYPE, WRONG_SHAPE]);
    }
}

impl<T: JsonSchema> DocumentArgument for Form<T> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.form::<T>(media_type::FORM);
        problems(operation, [MALFORMED, TOO_LARGE, WRONG_TYPE, WRONG_SHAPE]);
    }
}

#[cfg(feature = "multipart")]
impl DocumentArgument for Multipart {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.add_body(media_type::MULTIPART, &json!({ "type": "object" }));
        problems(operation, [MALFORMED, TOO_LARGE, WRONG_TYPE]);
    }
}

/// A request may omit the body: then the text is empty.
impl DocumentArgument for String {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.optional(|operation| operation.add_body("text/plain", &json!({ "type": "string" })));
        problems(operation, [MALFORMED, TOO_LARGE]);
    }
}

impl DocumentArgument for Bytes {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        octets(operation);
        problems(operation, [MALFORMED, TOO_LARGE]);
    }
}

/// The handler reads the stream, so it also responds to failures of the stream.
impl DocumentArgument for Body {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        octets(operation);
    }
}

/// Adds the security scheme `bearer`. A bearer scheme that [`Documented::security`](crate::Documented::security) adds replaces it.
impl DocumentArgument for Bearer {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.security(&SecurityScheme::bearer("bearer"));
        problems(operation, [MALFORMED, StatusCode::UNAUTHORIZED]);
    }
}

#[cfg(feature = "sse")]
impl DocumentArgument for LastEventId {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.optional(|operation| operation.header::<String>("last-event-id"));
    }
}

impl<A: DocumentArgument> DocumentArgument for Valid<A> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        A::document_argument(operation);
        operation.invalid_problem();
    }
}

impl<A: DocumentArgument> DocumentArgument for Option<A> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.optional(A::document_argument);
    }
}

/// The handler receives the error, so the failures of the argument are not listed.
impl<A: DocumentArgument> DocumentArgument for Result<A, Error> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.caught(A::document_argument);
    }
}

// The document does not list what these arguments read: it is not known, or no client needs to know it.
impl<T> DocumentArgument for State<T> {}
impl<T> DocumentArgument for Extension<T> {}
impl DocumentArgument for After {}
impl DocumentArgument for ClientIp {}
impl DocumentArgument for Cookies {}
impl DocumentArgument for HeaderMap {}
impl DocumentArgument for MatchedRoute {}
impl DocumentArgument for Method {}
impl DocumentArgument for Request {}
impl DocumentArgument for Uri {}
impl DocumentArgument for Version {}
impl DocumentArgument for http::Request<Body> {}
