//! An OpenAPI document of the registered routes (feature `openapi`).
//!
//! Use it to publish a description of an API, and to generate clients. Handlers need no change: the types of their arguments and
//! results describe them.
//! * [`documented`](crate::documented) wraps a handler and describes its arguments and its response by their types.
//! * [`RouteHandlers::openapi`](crate::RouteHandlers::openapi) makes the document of a table.
//! * [`RouteHandlers::serve_openapi`](crate::RouteHandlers::serve_openapi) serves the document, and
//!   [`RouteHandlers::serve_docs`](crate::RouteHandlers::serve_docs) serves an HTML page of it.
//!
//! Schemas come from [`schemars`] 1, which reads the attributes of serde.
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
//! A handler can have texts, tags and security, and the table has the metadata of the API:
//!
//! ```
//! use route_handlers::openapi::{Info, SecurityScheme};
//! use route_handlers::testing::Client;
//! use route_handlers::{Json, RouteHandlers, documented};
//!
//! let list = documented(async || Json(["Ada", "Bo"]))
//!     .summary("Lists all users")
//!     .tag("users")
//!     .security(&SecurityScheme::bearer("token"));
//! let api = RouteHandlers::new()
//!     .get("/users", list)
//!     .with_info(Info::new("Users", "1.0.0").server("https://api.example.com"))
//!     .serve_openapi("/openapi.json");
//!
//! # tokio_test::block_on(async {
//! let document: serde_json::Value = Client::new(api).get("/openapi.json").await.json();
//! assert_eq!(document["servers"][0]["url"], "https://api.example.com");
//! assert_eq!(document["paths"]["/users"]["get"]["summary"], "Lists all users");
//! # });
//! ```
//!
//! # From types to the document
//! | argument | in the document |
//! |---|---|
//! | `Path<T>`, `Query<T>` | parameters, each with its schema; 400 |
//! | `Json<T>`, `Form<T>` | the body; 400, 413, 415, 422 |
//! | `FormData<T>` | the body: `multipart/form-data`, and without a file also `application/x-www-form-urlencoded`; 400, 413, 415, 422 |
//! | `Multipart` | the body; 400, 413, 415 |
//! | `String`, `Bytes` | the body, not required; 400, 413 |
//! | `Body` | the body, not required |
//! | `LastEventId` | the header `last-event-id`, not required |
//! | `Valid<A>` | `A`, with the constraints of garde; 422 with the faults |
//! | `Option<A>` | `A`, not required |
//! | `Result<A, Error>` | `A`, not required, without its failures |
//! | your own | what its [`DocumentArgument`] adds |
//!
//! A list in a query or a form is not required: an absent key is an empty list.
//!
//! The body of a QUERY is always required: a client that sends no content sends no content type, which is 400.
//!
//! The schema of a form is in its operation, and not in `components`: it has no name.
//!
//! An `UploadedFile` is a binary string. `#[schemars(extend("contentMediaType" = "image/png, image/webp"))]` on its field names
//! the media types that the handler accepts. It is also the `contentType` in the `encoding` of the form.
//!
//! | response | in the document |
//! |---|---|
//! | `Json<T>`, `Created<T>` | 200 and 201, with the schema |
//! | `NoContent`, `Redirect` | 204, 3XX |
//! | text, bytes, `Html`, `Sse` | 200 with its media type. [`JsonEvents`] and [`JsonLines`] describe the items of a stream |
//! | `Option<R>` | `R`, and 404 |
//! | `Result<R, E>` | `R` and `E`. The type [`Error`](crate::Error) is `default` |
//! | `StatusCode`, `(StatusCode, R)` | `default`, because the type does not tell the status. `Created<T>` and `NoContent` do |
//! | your own | what its [`DocumentResponse`] adds |
//!
//! `Route::etag` adds 304 and 412 to GET, `Route::ranges` adds 206, 412 and 416, and `Route::timeout` adds 504. A failure is a problem
//! document. With an `on_error` hook the document lists the statuses of failures without content.
//!
//! [`Documented`](crate::Documented) adds texts, tags, security, and responses that the types do not tell.
//!
//! # Which routes are listed
//!
//! * A handler that is not documented is listed with its path and method only. They are its summary.
//! * A handler of `any` is listed as GET, POST, PUT, PATCH and DELETE.
//! * HEAD, OPTIONS and CONNECT are not listed. QUERY and extension methods are listed if their handler is documented.
//! * A catch-all `/{*rest}` is the parameter `{rest}`, and `/{*rest?}` is two paths. A parameter of OpenAPI cannot span several
//!   segments: a client that encodes `/` as `%2F` sends one segment.
//! * A character beyond ASCII in the name of a path parameter is `_`, because linters accept only ASCII there.
//! * If two patterns have the same template, the one that the table prefers is listed: one without a catch-all, then `{*rest}`,
//!   then `{*rest?}`.
//!
//! # Versions
//!
//! The document is one of OpenAPI 3.1, which most tools read. It is one of 3.2 if an operation needs that: QUERY, an extension
//! method (in `additionalOperations`), [`JsonEvents`] or [`JsonLines`]. [`Info::openapi`] sets the version:
//! `openapi-typescript` 7, for example, does not read 3.2.
//!
//! # Security
//!
//! [`Documented::security`](crate::Documented::security) adds a scheme to a handler, and
//! [`RouteHandlers::security`](crate::RouteHandlers::security) to all routes of a table, before it is nested or merged.
//!
//! # Examples
//!
//! The documentation of a type or a field is its description. JSON below a heading `# Examples` at its end is an example.
//! `#[schemars(example = …)]` adds an example too.
//!
//! ```
//! use route_handlers::openapi::Info;
//! use route_handlers::{Json, NoContent, RouteHandlers, documented};
//! use schemars::JsonSchema;
//! use serde::Deserialize;
//!
//! /// A city.
//! ///
//! /// # Examples
//! ///
//! /// ```json
//! /// { "name": "Paris" }
//! /// ```
//! #[derive(Deserialize, JsonSchema)]
//! struct City {
//!     name: String,
//! }
//!
//! let api = RouteHandlers::new().post("/cities", documented(async |_: Json<City>| NoContent));
//! let city = &api.openapi(Info::default()).into_value()["components"]["schemas"]["City"];
//! assert_eq!(city["description"], "A city.");
//! assert_eq!(city["examples"], serde_json::json!([{ "name": "Paris" }]));
//! ```
//!
//! # Errors at registration
//!
//! Registering a documented handler describes its types. It panics, or returns a [`RouteError`](crate::RouteError), in these
//! cases:
//!
//! * A field of a query, a form or a path is an object, a tuple or `()`. Text cannot represent these.
//! * A `JsonSchema` panics.
//! * A schema refers to a definition that the document does not contain.
//!
//! If the document cannot be made later, each request for it gets a 500.
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
//! A schema has the name of its type. A character that the name of a component may not contain becomes `_`.
//!
//! * The name of a generic type ends with the names of its parameters: `Page<User>` is `PageUser`.
//! * If types in several modules have the same name, each gets the names of its modules: `BooksItem` and `OrdersItem`.
//! * If two names are still equal, one of them gets a `2`. Rename one of the types with `#[schemars(rename = "…")]`.
//! * If serde reads and writes a type in different shapes, for example because of `#[serde(default)]`, the type has two schemas.
//!   The written shape has the name of the type. The read shape has that name with `Input` after it.
//!
//! The names depend on the types only. The document does not depend on the order in which routes are registered. The names
//! within an object are sorted, unless the program turns on the feature `preserve_order` of `serde_json`.
//!
//! # Null
//!
//! An `Option` with `skip_serializing_if` is both not required and nullable: its schema does not know which values the function
//! skips. `#[schemars(required)]` says that it is never null:
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
//!     #[schemars(required)] // add `#[serde(default)]` in a type that is also read
//!     note: Option<String>,
//! }
//!
//! let api = RouteHandlers::new().get("/", documented(async || Json(User { name: "Ada".into(), note: None })));
//! let user = &api.openapi(Info::default()).into_value()["components"]["schemas"]["User"];
//! assert_eq!(user["required"], serde_json::json!(["name"]));
//! assert_eq!(user["properties"]["note"]["type"], "string");
//! ```
//!
//! # Differences between schema and request
//!
//! `Json<T>` accepts what the schema accepts, and nothing else: an array for a struct is 422. Serde decides in these cases:
//!
//! * Serde buffers a field with `#[serde(flatten)]` and an enum with `tag` or `untagged`. There an array is accepted for a
//!   struct, and `1.0` is refused for an integer.
//! * `{ "Variant": null }` is accepted for `"Variant"`.
//! * An enum in a query has the parameters of all its variants. A parameter is required if every variant requires it.
//! * The names of `#[serde(alias = "…")]`, and every name if a variant has `#[serde(other)]`, are accepted. The schema does not
//!   list them.
//! * A key of a map with integer keys has the bounds of its type. The schema accepts any integer.
//! * A variant without content of an enum with `tag` and `content` refuses a content. The schema accepts any other member.
//!
//! # Integers
//!
//! An integer has its width as `format` (`int32`, `uint64`, …; schemars' names) and its bounds as `minimum` and `maximum`. An
//! `f32` has bounds too: a request with a larger number is refused.
//!
//! To JSON Schema `1.0` is an integer, and `Json<T>` reads it as one, below 2⁵². A larger integer must be written without a
//! fraction and without an exponent.
//!
//! A JavaScript `number` is exact up to 2⁵³ only, and TypeScript reads every integer as `number`. Send a 64-bit integer that
//! may be larger, such as an identifier, as text:
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

mod accepts;
mod arguments;
mod build;
mod document;
#[cfg(feature = "multipart")]
mod form_data;
mod info;
mod names;
mod operation;
mod operation_builder;
mod page;
mod parameters;
mod parts;
mod problem;
mod published;
mod references;
mod responses;
mod schemas;
mod security;
mod slot;
mod template;
mod tidy;
mod type_ids;

pub use arguments::{DocumentArgument, DocumentArguments};
pub(crate) use build::{RouteDescription, build, check};
pub use document::Document;
pub use info::{Info, Version};
pub use operation::Operation;
pub use operation_builder::OperationBuilder;
pub(crate) use published::Published;
pub use responses::{DocumentResponse, JsonEvents, JsonLines};
pub use security::SecurityScheme;
