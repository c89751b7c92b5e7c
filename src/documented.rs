//! A handler that carries its entry of the OpenAPI document.

use std::marker::PhantomData;

use http::StatusCode;
use schemars::JsonSchema;

use crate::handler::{Erased, Function, Handler};
use crate::openapi::{DocumentArguments, DocumentResponse, Operation, SecurityScheme};

/// Wraps a handler so that the OpenAPI document describes it: its arguments, its responses, and the texts added here.
///
/// The wrapper changes neither the responses nor their cost. [`openapi`](crate::openapi) says what the document takes from
/// the types.
///
/// ```
/// use route_handlers::openapi::Info;
/// use route_handlers::{Json, Query, RouteHandlers, documented};
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Page {
///     /// How many numbers to skip.
///     #[serde(default)]
///     offset: u32,
/// }
///
/// async fn list(Query(page): Query<Page>) -> Json<Vec<u32>> {
///     Json((page.offset..10).collect())
/// }
///
/// let api = RouteHandlers::new().get("/numbers", documented(list).summary("Numbers below ten").tag("numbers"));
/// let operation = &api.openapi(Info::default()).into_value()["paths"]["/numbers"]["get"];
/// assert_eq!(operation["summary"], "Numbers below ten");
/// assert_eq!(operation["parameters"][0]["description"], "How many numbers to skip.");
/// ```
///
/// Each text of the operation has a method:
///
/// ```
/// use route_handlers::openapi::SecurityScheme;
/// use route_handlers::{RouteHandlers, documented};
///
/// async fn list() -> String {
///     String::from("1, 2, 3")
/// }
///
/// let list = documented(list)
///     .summary("Numbers")
///     .description("All numbers, in *ascending* order.")
///     .tag("numbers")
///     .operation_id("listNumbers")
///     .security(&SecurityScheme::bearer("token"))
///     .deprecated();
/// let api = RouteHandlers::new().get("/numbers", list);
/// ```
pub fn documented<F, Args>(handler: F) -> Documented<F>
where
    F: Handler<Args> + Function<Args, Output: DocumentResponse>,
    Args: DocumentArguments,
{
    Documented { handler, operation: Operation::new::<Args, F::Output>() }
}

/// A handler with its entry of the OpenAPI document: see [`documented`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Documented<F> {
    handler: F,
    operation: Operation,
}

impl<F> Documented<F> {
    /// Sets the summary: what the operation does, in a few words. The default is its method and path, `GET /users/{id}`.
    pub fn summary(mut self, text: impl Into<String>) -> Self {
        self.operation.set_summary(text.into());
        self
    }

    /// Sets the description: what the operation does, in CommonMark.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.operation.set_description(text.into());
        self
    }

    /// Adds a tag. Tools group operations by their tags.
    pub fn tag(mut self, name: impl Into<String>) -> Self {
        self.operation.add_tag(name.into());
        self
    }

    /// Sets the operation's name for programs.
    ///
    /// The default is made from the method and the path (`getUsersId`). A name that is already taken gets a number after
    /// it.
    pub fn operation_id(mut self, id: impl Into<String>) -> Self {
        self.operation.set_id(id.into());
        self
    }

    /// Marks the operation as deprecated: clients should stop using it.
    pub fn deprecated(mut self) -> Self {
        self.operation.set_deprecated();
        self
    }

    /// Adds a security scheme. A caller needs to satisfy one of the schemes.
    pub fn security(mut self, scheme: &SecurityScheme) -> Self {
        self.operation.add_security(scheme.clone());
        self
    }

    /// Documents the response with this status. It replaces what the types say about this status. A status above 599 is listed
    /// as `default`, because OpenAPI has no other key for it.
    ///
    /// # Panics
    ///
    /// If `status` is not an HTTP status.
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::openapi::Info;
    /// use route_handlers::{Json, Problem, Response, RouteHandlers, documented};
    ///
    /// async fn report() -> Response {
    ///     Response::default()
    /// }
    ///
    /// let report = documented(report).response::<Json<Vec<u32>>>(200).response::<Problem>(StatusCode::CONFLICT);
    /// let document = RouteHandlers::new().get("/report", report).openapi(Info::default()).into_value();
    /// let responses = &document["paths"]["/report"]["get"]["responses"];
    /// assert_eq!(responses["200"]["content"]["application/json"]["schema"]["type"], "array");
    /// assert_eq!(responses["409"]["$ref"], "#/components/responses/ConflictProblem");
    /// ```
    #[track_caller]
    pub fn response<R: DocumentResponse>(mut self, status: impl TryInto<StatusCode>) -> Self {
        let Ok(status) = status.try_into() else {
            panic!("`Documented::response` needs an HTTP status: a number from 100 to 999, or a `StatusCode`")
        };
        self.operation.add_response::<R>(status);
        self
    }

    /// Describes the request body where its argument does not: the fields of a `Multipart`, for example.
    ///
    /// The schema of a field may name the media type of that part as `contentMediaType`.
    ///
    /// ```
    /// # #[cfg(feature = "multipart")] {
    /// use route_handlers::openapi::Info;
    /// use route_handlers::multipart::Multipart;
    /// use route_handlers::{NoContent, RouteHandlers, documented};
    /// use schemars::JsonSchema;
    ///
    /// #[derive(JsonSchema)]
    /// #[allow(dead_code)]
    /// struct Upload {
    ///     #[schemars(extend("format" = "binary", "contentMediaType" = "image/png"))]
    ///     avatar: String,
    /// }
    ///
    /// async fn upload(_: Multipart) -> NoContent {
    ///     NoContent
    /// }
    ///
    /// let api = RouteHandlers::new().put("/avatar", documented(upload).body::<Upload>());
    /// let body = &api.openapi(Info::default()).into_value()["paths"]["/avatar"]["put"]["requestBody"];
    /// let form = &body["content"]["multipart/form-data"];
    /// assert_eq!(form["schema"]["$ref"], "#/components/schemas/Upload");
    /// assert_eq!(form["encoding"]["avatar"]["contentType"], "image/png");
    /// # }
    /// ```
    pub fn body<T: JsonSchema>(mut self) -> Self {
        self.operation.set_body::<T>();
        self
    }
}

/// Marks a documented handler, so that the compiler tells it from other handlers.
#[derive(Debug)]
pub struct DocumentedArguments<Args>(PhantomData<Args>);

impl<F: Handler<Args>, Args: 'static> Handler<DocumentedArguments<Args>> for Documented<F> {
    fn erase(self) -> Erased {
        self.handler.erase().documented(self.operation)
    }
}
