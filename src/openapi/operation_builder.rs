//! One operation of a document, while the types of a handler describe it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use http::StatusCode;
use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::openapi::info::Version;
use crate::openapi::parameters::{Field, Fields, either, in_path};
use crate::openapi::parts::encoding;
use crate::openapi::problem::{
    DEFAULT, DescribedResponse, InvalidProblemSchema, ProblemSchema, description_of, key_of, problem_response,
};
use crate::openapi::schemas::{Schemas, unique};
use crate::openapi::security::SecurityScheme;
use crate::openapi::template::Name;
use crate::problem;

/// A function that adds a type to an operation.
pub(super) type Describe = fn(&mut OperationBuilder<'_>);

/// Collects the parts of one operation of a document.
///
/// The arguments and the result of a handler describe themselves to it: see
/// [`DocumentArgument`](crate::openapi::DocumentArgument) and [`DocumentResponse`](crate::openapi::DocumentResponse).
///
/// ```
/// use http::StatusCode;
/// use route_handlers::openapi::{DocumentArgument, OperationBuilder, SecurityScheme};
///
/// /// A caller with a ticket in a header. Without a ticket it is a guest.
/// struct Caller(Option<String>);
///
/// impl DocumentArgument for Caller {
///     fn document_argument(operation: &mut OperationBuilder<'_>) {
///         operation.security(&SecurityScheme::header("ticket", "x-ticket"));
///         operation.optional(|operation| operation.header::<String>("x-language"));
///         operation.problem(StatusCode::UNAUTHORIZED);
///         operation.any_problem();
///         operation.empty_response(StatusCode::NOT_MODIFIED);
///     }
/// }
/// ```
pub struct OperationBuilder<'a> {
    schemas: &'a mut Schemas,
    names: &'a [Name],
    /// Whether failures are problem documents: no `on_error` hook changes them.
    has_problems: bool,
    /// Whether a request must have the argument that is being described.
    is_required: bool,
    /// Whether the handler itself receives the failure of the argument that is being described.
    is_caught: bool,
    pub(super) parameters: Vec<Value>,
    pub(super) body: Option<Value>,
    pub(super) responses: BTreeMap<String, DescribedResponse>,
    /// How a caller may authenticate. `None`: it need not.
    pub(super) security: Vec<Option<SecurityScheme>>,
    /// The reasons why no request can be deserialized into the type of an argument.
    pub(super) errors: Vec<String>,
    /// The version of OpenAPI that the program asks for.
    version: Option<Version>,
    /// The version of OpenAPI that the operation needs.
    pub(super) needed: Version,
}

impl<'a> OperationBuilder<'a> {
    pub(super) fn new(
        schemas: &'a mut Schemas,
        names: &'a [Name],
        has_problems: bool,
        version: Option<Version>,
    ) -> Self {
        Self {
            schemas,
            names,
            has_problems,
            is_required: true,
            is_caught: false,
            parameters: Vec::new(),
            body: None,
            responses: BTreeMap::new(),
            security: Vec::new(),
            errors: Vec::new(),
            version,
            needed: Version::V3_1,
        }
    }

    /// Declares that the path parameters are deserialized into a `T`.
    pub fn path<T: JsonSchema>(&mut self) {
        let schema = self.schemas.input_itself::<T>();
        let schemas = in_path(self.names, &schema, self.schemas).unwrap_or_else(|error| {
            self.errors.push(not_deserializable("path", &error));
            Vec::new()
        });
        for (name, schema) in self.names.iter().zip(schemas) {
            if let Some(schema) = schema.filter(|_| !name.is_catch_all) {
                self.add_parameter("path", &name.label, schema, true);
            }
        }
    }

    /// Declares that the query is deserialized into a `T`.
    pub fn query<T: JsonSchema>(&mut self) {
        let mut fields = self.fields::<T>("query");
        let additional = fields.additional_as_object();
        let mut names = BTreeSet::new();
        for Field { name, schema, is_required } in fields.named {
            self.add_parameter("query", &name, schema, is_required && self.is_required);
            names.insert(name);
        }
        if let Some(additional) = additional {
            self.add_parameter("query", &unique("query", &mut names), additional, false);
        }
    }

    /// Returns the fields of a type that is deserialized from a query or a form.
    pub(super) fn fields<T: JsonSchema>(&mut self, from: &str) -> Fields {
        let schema = self.schemas.input_itself::<T>();
        let mut fields = Fields::of(&schema, self.schemas);
        if T::schema_id().starts_with("Option<") {
            fields.error =
                Some("it is an `Option`: put the `Option` around the argument, `Option<Query<T>>`".to_owned());
        }
        self.errors.extend(fields.error.take().map(|error| not_deserializable(from, &error)));
        fields
    }

    /// Declares that a header is read as a `T`.
    pub fn header<T: JsonSchema>(&mut self, name: &str) {
        let schema = self.schemas.input::<T>();
        self.add_parameter("header", name, schema, self.is_required);
    }

    /// Declares that a cookie is read as a `T`.
    pub fn cookie<T: JsonSchema>(&mut self, name: &str) {
        let schema = self.schemas.input::<T>();
        self.add_parameter("cookie", name, schema, self.is_required);
    }

    /// Declares that the body has this media type and is read as a `T`.
    ///
    /// ```
    /// use route_handlers::openapi::{DocumentArgument, OperationBuilder};
    /// # struct Csv;
    ///
    /// impl DocumentArgument for Csv {
    ///     fn document_argument(operation: &mut OperationBuilder<'_>) {
    ///         operation.body::<String>("text/csv");
    ///     }
    /// }
    /// ```
    pub fn body<T: JsonSchema>(&mut self, media_type: &str) {
        let schema = self.schemas.input::<T>();
        self.add_body(media_type, &schema);
    }

    /// Says that the body is a form with the fields of a `T`.
    pub(super) fn form<T: JsonSchema>(&mut self, media_type: &str) {
        let fields = self.fields::<T>("form");
        self.add_body(media_type, &fields.into_object());
    }

    /// Says that the body has this media type and this schema.
    pub(super) fn add_body(&mut self, media_type: &str, schema: &Value) {
        self.body = Some(json!({ "required": self.is_required, "content": { media_type: { "schema": schema } } }));
    }

    /// Says that a body is required, if there is one.
    pub(super) fn require_body(&mut self) {
        if let Some(body) = &mut self.body {
            body["required"] = true.into();
        }
    }

    /// Adds a media type of the body, or replaces what is said of it.
    #[cfg(feature = "multipart")]
    pub(super) fn add_media_type(&mut self, media_type: &str, content: Value) {
        if let Some(body) = &mut self.body {
            body["content"][media_type] = content;
        }
    }

    /// Adds a response with this status: a `T` in this media type.
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::openapi::{DocumentResponse, OperationBuilder};
    /// use schemars::JsonSchema;
    ///
    /// #[derive(JsonSchema)]
    /// enum Failure {
    ///     SoldOut { seats: u32 },
    ///     NotYours,
    /// }
    ///
    /// impl DocumentResponse for Failure {
    ///     fn document_response(operation: &mut OperationBuilder<'_>) {
    ///         operation.response::<Self>(StatusCode::CONFLICT, "application/json");
    ///         operation.problem(StatusCode::FORBIDDEN);
    ///     }
    /// }
    /// ```
    pub fn response<T: JsonSchema>(&mut self, status: StatusCode, media_type: &str) {
        let schema = self.schemas.output::<T>();
        self.add_response(key_of(&status), Some((media_type, schema)));
    }

    /// Adds a response with this status: a stream of `T`s in this media type, such as `application/jsonl`.
    ///
    /// The document describes each item (`itemSchema` of OpenAPI 3.2). [`JsonLines`](crate::openapi::JsonLines) calls this.
    pub fn items<T: JsonSchema>(&mut self, status: StatusCode, media_type: &str) {
        let item = self.schemas.output::<T>();
        self.add_items(status, media_type, item.clone(), item);
    }

    /// Adds a response with this status: a stream of server-sent events. The data of each is a `T` as JSON.
    ///
    /// [`JsonEvents`](crate::openapi::JsonEvents) calls this.
    pub fn events<T: JsonSchema>(&mut self, status: StatusCode) {
        let data = self.schemas.output::<T>();
        let event = json!({
            "type": "object",
            "required": ["data"],
            "properties": {
                "data": { "type": "string", "contentMediaType": "application/json", "contentSchema": data },
                "event": { "type": "string" },
                "id": { "type": "string" },
                "retry": { "type": "integer", "minimum": 0 }
            }
        });
        self.add_items(status, "text/event-stream", event, data);
    }

    /// Adds a stream. OpenAPI 3.1 describes it by the schema `content`.
    fn add_items(&mut self, status: StatusCode, media_type: &str, item: Value, content: Value) {
        if self.version == Some(Version::V3_1) {
            self.add_content(key_of(&status), media_type, "schema", content);
        } else {
            self.needed = Version::V3_2;
            self.add_content(key_of(&status), media_type, "itemSchema", item);
        }
    }

    /// Adds a response with this status, without content.
    pub fn empty_response(&mut self, status: StatusCode) {
        self.add_response(key_of(&status), None);
    }

    /// Adds a failure with this status: a problem document (RFC 9457).
    pub fn problem(&mut self, status: StatusCode) {
        if !self.is_caught {
            self.add_problem(key_of(&status));
        }
    }

    /// Adds failures with any other status: problem documents.
    pub fn any_problem(&mut self) {
        self.add_problem(DEFAULT);
    }

    /// Adds the failure of a validation. It replaces an earlier failure with its status: its schema has all members of that.
    pub(super) fn invalid_problem(&mut self) {
        if self.is_caught {
            return;
        }
        let key = StatusCode::UNPROCESSABLE_ENTITY.as_str();
        if matches!(self.responses.get(key), Some(DescribedResponse::Problem)) {
            self.responses.remove(key);
        }
        let schema = self.has_problems.then(|| (problem::MEDIA_TYPE, self.schemas.output::<InvalidProblemSchema>()));
        self.add_response(key, schema);
    }

    /// Adds a security scheme. A caller needs to satisfy one of the schemes, or none if the argument is an `Option`.
    pub fn security(&mut self, scheme: &SecurityScheme) {
        self.security.push(Some(scheme.clone()));
        if !self.is_required {
            self.security.push(None);
        }
    }

    /// Adds the security schemes of the handler. Each replaces a scheme of the same kind that an argument added.
    pub(super) fn add_security(&mut self, schemes: &[SecurityScheme]) {
        let is_replaced = |known: &SecurityScheme| schemes.iter().any(|scheme| scheme.is_like(known));
        self.security.retain(|known| known.as_ref().map_or(schemes.is_empty(), |known| !is_replaced(known)));
        self.security.extend(schemes.iter().cloned().map(Some));
    }

    /// Adds the security schemes of the group, unless an argument has another scheme.
    pub(super) fn add_security_of_group(&mut self, schemes: &[SecurityScheme]) {
        let is_like = |known: &SecurityScheme| schemes.iter().any(|scheme| scheme.is_like(known));
        if !schemes.is_empty() && self.security.iter().flatten().all(is_like) {
            self.add_security(schemes);
        }
    }

    /// Describes an argument that a request may omit.
    pub fn optional(&mut self, describe: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.is_required, false);
        describe(self);
        self.is_required = outer;
    }

    /// Describes an argument that may fail. The handler receives the failure, so the document does not list it.
    pub(super) fn caught(&mut self, describe: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.is_caught, true);
        self.optional(describe);
        self.is_caught = outer;
    }

    /// Describes responses, and lists all of them with this status.
    pub(super) fn under(&mut self, key: &str, describe: impl FnOnce(&mut Self)) {
        let outer = std::mem::take(&mut self.responses);
        describe(self);
        let described = std::mem::replace(&mut self.responses, outer);
        for response in described.into_values() {
            match response {
                DescribedResponse::Problem => self.add_problem(key),
                DescribedResponse::Inline(response) => {
                    self.add_response(key, None);
                    for (media_type, content) in response["content"].as_object().into_iter().flatten() {
                        for (field, schema) in content.as_object().into_iter().flatten() {
                            self.add_content(key, media_type, field, schema.clone());
                        }
                    }
                }
            }
        }
    }

    /// Describes a response, and replaces the earlier responses with this status.
    pub(super) fn replace_response(&mut self, status: StatusCode, describe: Describe) {
        // Nothing is removed for a status above 599: its key is `default`, which other statuses share.
        self.responses.remove(status.as_str());
        self.under(key_of(&status), describe);
    }

    pub(super) fn add_parameter(&mut self, location: &str, name: &str, mut schema: Value, is_required: bool) {
        if self.parameters.iter().any(|known| known["in"] == location && known["name"] == name) {
            return;
        }
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let is_deprecated = schema.as_object_mut().and_then(|schema| schema.remove("deprecated"));
        if location == "path" && schema == json!({ "type": "string" }) {
            schema["minLength"] = 1.into(); // a parameter is never empty
        }
        let mut parameter = json!({ "name": name, "in": location, "required": is_required });
        parameter["schema"] = schema;
        if let Some(description) = description {
            parameter["description"] = description;
        }
        if let Some(is_deprecated) = is_deprecated {
            parameter["deprecated"] = is_deprecated;
        }
        self.parameters.push(parameter);
    }

    fn add_problem(&mut self, key: &str) {
        if !self.has_problems {
            self.add_response(key, None);
        } else if !self.responses.contains_key(key) {
            self.responses.insert(key.to_owned(), DescribedResponse::Problem);
        } else if let Some(DescribedResponse::Inline(_)) = self.responses.get(key) {
            let schema = self.schemas.output::<ProblemSchema>();
            self.add_response(key, Some((problem::MEDIA_TYPE, schema)));
        }
    }

    /// Adds the responses of `Route::ranges`: parts of the content, and 416.
    pub(super) fn partial_content(&mut self) {
        // One part has the media type of the whole, and several are `multipart/byteranges`.
        self.add_response("206", Some(("*/*", json!({ "type": "string", "format": "binary" }))));
        self.problem(StatusCode::RANGE_NOT_SATISFIABLE);
    }

    /// Adds a response. `key` is a status, `3XX` or `default`.
    pub(super) fn add_response(&mut self, key: &str, content: Option<(&str, Value)>) {
        if matches!(self.responses.get(key), Some(DescribedResponse::Problem)) {
            let response = problem_response(key, self.schemas);
            self.responses.insert(key.to_owned(), DescribedResponse::Inline(response));
        }
        let empty = || DescribedResponse::Inline(json!({ "description": description_of(key) }));
        self.responses.entry(key.to_owned()).or_insert_with(empty);
        if let Some((media_type, schema)) = content {
            self.add_content(key, media_type, "schema", schema);
        }
    }

    /// Adds content to a response. `field` is `schema` or `itemSchema`.
    fn add_content(&mut self, key: &str, media_type: &str, field: &str, schema: Value) {
        self.add_response(key, None);
        if let Some(DescribedResponse::Inline(response)) = self.responses.get_mut(key) {
            let content = &mut response["content"][media_type];
            content[field] = either(content[field].take(), schema);
        }
    }
}

impl fmt::Debug for OperationBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationBuilder").field("parameters", &self.parameters).finish_non_exhaustive()
    }
}

/// Replaces the schema of the body that an argument described. In a form with files, `contentMediaType` in the schema of
/// a field sets the media type of that part.
pub(super) fn replace_body_schema<T: JsonSchema>(operation: &mut OperationBuilder<'_>) {
    let schema = operation.schemas.input::<T>();
    let referred = operation.schemas.referred(&schema);
    let encoding = encoding(referred.as_ref().unwrap_or(&schema));
    let media_types = operation.body.as_mut().and_then(|body| body["content"].as_object_mut());
    for (media_type, content) in media_types.into_iter().flatten() {
        if let Some(encoding) = encoding.as_ref().filter(|_| media_type == "multipart/form-data") {
            content["encoding"] = encoding.clone();
        }
        content["schema"] = schema.clone();
    }
}

/// Says why a handler with this argument cannot be registered. The text completes "the handler of `GET /` ...".
fn not_deserializable(from: &str, error: &str) -> String {
    format!(
        "reads its {from} as a type that no {from} can represent: {error}. A field must be text, a number, a boolean, an enum \
         without values, or a list of these. Add `#[serde(flatten)]` to a struct, and `#[schemars(with = \"String\")]` to a \
         field that serde reads from text"
    )
}
