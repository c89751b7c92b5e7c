//! An OpenAPI 3.1 document of the routes (feature `openapi`): what is registered *is* the contract.
//!
//! [`documented`](crate::documented) wraps a handler and reads its arguments and its response from its types;
//! [`RouteHandlers::openapi`](crate::RouteHandlers::openapi) makes the document of a table,
//! [`serve_openapi`](crate::RouteHandlers::serve_openapi) serves it, and [`serve_docs`](crate::RouteHandlers::serve_docs)
//! serves a page for people. Schemas come from [`schemars`] 1, which reads the attributes of serde.
//!
//! ```
//! use route_handlers::openapi::Info;
//! use route_handlers::{Created, Json, Path, RouteHandlers, documented};
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize, JsonSchema)]
//! struct NewUser {
//!     name: String,
//! }
//!
//! #[derive(Serialize, JsonSchema)]
//! struct User {
//!     id: u32,
//!     name: String,
//! }
//!
//! async fn create(Json(new): Json<NewUser>) -> Created<User> {
//!     Created(User { id: 1, name: new.name })
//! }
//!
//! async fn show(Path(id): Path<u32>) -> Option<Json<User>> {
//!     (id == 1).then(|| Json(User { id, name: "Ada".into() }))
//! }
//!
//! let api = RouteHandlers::new()
//!     .post("/users", documented(create).summary("Adds a user"))
//!     .get("/users/{id}", documented(show))
//!     .serve_openapi("/openapi.json");
//!
//! let document = api.openapi(Info::new("Users", "1.0.0"));
//! let show = &document.as_value()["paths"]["/users/{id}"]["get"];
//! assert_eq!(show["parameters"][0]["schema"]["format"], "uint32");
//! assert_eq!(show["responses"].as_object().unwrap().keys().collect::<Vec<_>>(), ["200", "400", "404"]);
//! ```
//!
//! # What is read from the types
//!
//! | in the handler's type | in the document |
//! |---|---|
//! | `Path<T>`, `Query<T>` | parameters, each with its schema; 400. A list in a query or a form is not required: without its key it is empty |
//! | `Json<T>` | the body; 400, 413, 415, 422 |
//! | `Form<T>`, `Multipart` | the body; 413, 415, and 422 or 400 |
//! | `String`, `Bytes`, `Body` | the body; 400, 413 |
//! | `Option<A>` | `A`, not required |
//! | `Json<T>`, `Created<T>`, `NoContent`, `Redirect` | 200, 201, 204, 3XX |
//! | `Option<R>` | `R`, and 404 |
//! | `Result<R, E>` | `R`, and what `E` says: [`Error`](crate::Error) says `default`, yours what its [`DocumentAnswer`] says |
//! | `Route::etag`, `Route::timeout` | 304 of GET, 504 |
//! | `(StatusCode, R)`, `StatusCode` | `default`, as the type does not say which: `Created<T>` and `NoContent` do |
//!
//! [`Documented`](crate::Documented) adds what types do not say. A handler that is not documented is listed with its path and
//! its method alone; `any` is listed as GET, POST, PUT, PATCH and DELETE. HEAD and OPTIONS are not listed, and neither are
//! methods that OpenAPI 3.1 does not know. A failure is a problem document, unless an `on_error` hook shapes it: then its
//! statuses are listed without a content.
//!
//! A catch-all `/{*rest}` is the parameter `{rest}`, and `/{*rest?}` is two paths. A parameter of OpenAPI cannot span several
//! segments: a client that encodes `/` as `%2F` sends one segment. If two patterns have one template, the document
//! lists the one without a catch-all.
//!
//! # What is refused
//!
//! The types of a documented handler are described when it is registered. Registration then panics, or returns a
//! [`RouteError`](crate::RouteError), in these cases:
//!
//! * A field of a query, a form or a path is an object, a tuple or `()`: no text can be read as one of these.
//! * A `JsonSchema` panics.
//! * A schema refers to a definition that the document does not have.
//!
//! If a document cannot be made later, each request for it gets a 500.
//!
//! ```
//! use route_handlers::{NoContent, Query, RouteHandlers, documented, get};
//! use schemars::JsonSchema;
//! use serde::Deserialize;
//!
//! #[derive(Deserialize, JsonSchema)]
//! struct Within {
//!     timeout: std::time::Duration, // serde reads { "secs": 1, "nanos": 0 }
//! }
//!
//! async fn list(_: Query<Within>) -> NoContent {
//!     NoContent
//! }
//!
//! let error = RouteHandlers::new().try_route("/jobs", get(documented(list))).unwrap_err();
//! assert!(error.to_string().contains("field `timeout`"));
//! ```
//!
//! # Names
//!
//! A schema has the name of its type, with `_` for each character that a component's name may not have. If two types have one
//! name, the second one (by path, then method) gets a `2`: rename one with `#[schemars(rename = "…")]`. A type that serde
//! reads and writes in different shapes, such as one with `#[serde(default)]`, has two schemas: the written shape has the
//! name of the type, and the other one that name with `Input` after it. The document does not depend on the order
//! in which routes are registered. The names within an object are in alphabetical order. If the program turns on
//! `preserve_order` of `serde_json`, they have the program's order.
//!
//! # Null
//!
//! A member that may be left out may still be null: a schema does not name the function in `skip_serializing_if`.
//! `#[schemars(required)]` says that an `Option` is never null:
//!
//! ```
//! use route_handlers::openapi::Info;
//! use route_handlers::{Json, RouteHandlers, documented};
//! use schemars::JsonSchema;
//! use serde::Serialize;
//!
//! #[derive(Serialize, JsonSchema)]
//! struct User {
//!     name: String,
//!     #[serde(skip_serializing_if = "Option::is_none")]
//!     #[schemars(required)] // beside `#[serde(default)]` in a type that is also read
//!     note: Option<String>,
//! }
//!
//! let api = RouteHandlers::new().get("/", documented(async || Json(User { name: "Ada".into(), note: None })));
//! let user = &api.openapi(Info::default()).into_value()["components"]["schemas"]["User"];
//! assert_eq!(user["required"], serde_json::json!(["name"]));
//! assert_eq!(user["properties"]["note"]["type"], "string");
//! ```
//!
//! # Integers
//!
//! JSON Schema takes `1.0` for an integer, and serde does not: that is 422.
//!
//! An integer has its width as `format` (`int32`, `uint64`, …; schemars' names) and its bounds as `minimum` and `maximum`. An
//! `f32` has bounds too: a request with a larger number is refused.
//! In JavaScript a `number` is exact up to 2⁵³ only, and TypeScript reads every integer as `number`. So a 64-bit integer that may
//! be larger, such as an identifier, is to be sent as text, which both sides say in one place:
//!
//! ```
//! use route_handlers::Json;
//! use route_handlers::openapi::Info;
//! use route_handlers::{RouteHandlers, documented};
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//!
//! mod as_text {
//!     use serde::{Deserialize, Deserializer, Serializer, de::Error};
//!
//!     pub fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
//!         to.collect_str(number)
//!     }
//!
//!     pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
//!         String::deserialize(from)?.parse().map_err(D::Error::custom)
//!     }
//! }
//!
//! #[derive(Deserialize, Serialize, JsonSchema)]
//! struct Transfer {
//!     #[serde(with = "as_text")]
//!     #[schemars(with = "String")]
//!     id: u64,
//!     cents: u32,
//! }
//!
//! async fn last() -> Json<Transfer> {
//!     Json(Transfer { id: u64::MAX, cents: 5 })
//! }
//!
//! let document = RouteHandlers::new().get("/last", documented(last)).openapi(Info::default());
//! let transfer = &document.as_value()["components"]["schemas"]["Transfer"]["properties"];
//! assert_eq!(transfer["id"]["type"], "string");
//! assert_eq!(transfer["cents"]["maximum"], u32::MAX);
//! ```

mod answers;
mod arguments;
mod build;
mod document;
mod info;
mod operation;
mod page;
mod parameters;
mod published;
mod responses;
mod schemas;
mod security;
mod template;

pub use answers::DocumentAnswer;
pub use arguments::{DocumentArgument, DocumentArguments};
pub(crate) use build::{RouteDescription, build, check};
pub use document::Document;
pub use info::Info;
pub use operation::{Operation, OperationBuilder};
pub(crate) use published::Published;
pub use security::SecurityScheme;
