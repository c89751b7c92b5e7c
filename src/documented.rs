//! A handler with what an OpenAPI document says of it.

use std::marker::PhantomData;
use std::ops::Deref;

use http::StatusCode;
use schemars::JsonSchema;

use crate::extract::{Reads, Requirements};
use crate::handler::{Function, Handler, Run};
use crate::openapi::{DocumentAnswer, DocumentArguments, Operation, SecurityScheme};
use crate::platform::MaybeSend;
use crate::request::{Request, RequestHead, WholeBody};
use crate::response::Response;

/// A handler that the table's OpenAPI document describes: by the types of its arguments and of its result, and by what is
/// added here.
///
/// It answers as the handler alone does, and at the same cost. See [`openapi`](crate::openapi) for what is read from the
/// types.
///
/// ```
/// use route_handlers::openapi::Info;
/// use route_handlers::{Json, Query, RouteHandlers, documented};
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Page {
///     /// How many to leave out.
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
/// assert_eq!(operation["parameters"][0]["description"], "How many to leave out.");
/// ```
pub fn documented<F, Args>(handler: F) -> Documented<F>
where
    F: Handler<Args> + Function<Args, Output: DocumentAnswer>,
    Args: DocumentArguments,
{
    Documented { handler, operation: Operation::new::<Args, F::Output>() }
}

/// A handler, and what an OpenAPI document says of it: see [`documented`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Documented<F> {
    handler: F,
    operation: Operation,
}

impl<F> Documented<F> {
    /// What the operation does, in a few words.
    pub fn summary(mut self, text: impl Into<String>) -> Self {
        self.operation.set_summary(text.into());
        self
    }

    /// What the operation does, in CommonMark.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.operation.set_description(text.into());
        self
    }

    /// Adds a tag: a group of operations.
    pub fn tag(mut self, name: impl Into<String>) -> Self {
        self.operation.add_tag(name.into());
        self
    }

    /// The operation's name for programs; without one it is made of the method and the path (`getUsersId`). One that is
    /// taken gets a number after it.
    pub fn operation_id(mut self, id: impl Into<String>) -> Self {
        self.operation.set_id(id.into());
        self
    }

    /// Says that clients should no longer use the operation.
    pub fn deprecated(mut self) -> Self {
        self.operation.set_deprecated();
        self
    }

    /// Says how a caller says who they are. Of several schemes one is enough.
    pub fn security(mut self, scheme: &SecurityScheme) -> Self {
        self.operation.add_security(scheme.clone());
        self
    }

    /// Says what is answered with this status, in the place of what the types say of it.
    ///
    /// # Panics
    ///
    /// If this is no status.
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
    pub fn response<R: DocumentAnswer>(mut self, status: impl TryInto<StatusCode>) -> Self {
        let Ok(status) = status.try_into() else { panic!("an answer is documented with a status that is none") };
        self.operation.add_response::<R>(status);
        self
    }

    /// Says what the body is, where its argument does not: the fields of a `Multipart`, for example. A field of such a form
    /// may say its media type as `contentMediaType`.
    ///
    /// ```
    /// # #[cfg(feature = "multipart")] {
    /// use route_handlers::openapi::Info;
    /// use route_handlers::{Multipart, NoContent, RouteHandlers, documented};
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

/// The handler in a reference to a documented one.
struct Inner<D>(D);

impl<F, D: Deref<Target = Documented<F>>> Deref for Inner<D> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.0.handler
    }
}

/// Marks the arguments of a documented handler.
#[derive(Debug)]
pub struct DocumentedArguments<Args>(PhantomData<Args>);

impl<F: Handler<Args>, Args> Handler<DocumentedArguments<Args>> for Documented<F> {
    const READS: Reads = F::READS;

    fn call(&self, request: &mut Request) -> impl Future<Output = Response> + MaybeSend {
        self.handler.call(request)
    }

    fn begin<R: Run>(&self, request: &mut Request, run: R) -> R::Output {
        self.handler.begin(request, run)
    }

    fn begin_by_head<R: Run>(&self, head: &RequestHead<'_>, run: R) -> R::Output {
        self.handler.begin_by_head(head, run)
    }

    fn begin_by_body<D, R>(documented: D, head: &RequestHead<'_>, body: WholeBody, run: R) -> R::Output
    where
        D: Deref<Target = Self> + MaybeSend + 'static,
        R: Run,
    {
        F::begin_by_body(Inner(documented), head, body, run)
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        F::requirements(requirements);
    }

    fn operation(&self) -> Option<&Operation> {
        Some(&self.operation)
    }
}
