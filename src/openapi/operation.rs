//! One operation: what was recorded of a handler, and what its types add to the document.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use http::StatusCode;
use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::openapi::answers::DocumentAnswer;
use crate::openapi::arguments::DocumentArguments;
use crate::openapi::parameters::{Field, Fields, either, in_path};
use crate::openapi::responses::{Answer, DEFAULT, ProblemSchema, description_of, problem_response};
use crate::openapi::schemas::{Schemas, unique};
use crate::openapi::security::SecurityScheme;
use crate::openapi::template::Name;
use crate::problem;

type Describe = fn(&mut OperationBuilder<'_>);

/// What [`documented`](crate::documented) recorded of a handler.
///
/// It stores functions that describe the handler's types. They run when the handler is registered, to find a fault, and
/// when a document is made.
#[derive(Clone)]
pub struct Operation {
    pub(super) arguments: Describe,
    pub(super) answer: Describe,
    pub(super) body: Option<Describe>,
    pub(super) responses: Vec<(StatusCode, Describe)>,
    pub(super) security: Vec<SecurityScheme>,
    pub(super) summary: Option<String>,
    pub(super) description: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) id: Option<String>,
    pub(super) is_deprecated: bool,
}

impl Operation {
    pub(crate) fn new<Args: DocumentArguments, Answer: DocumentAnswer>() -> Self {
        Self {
            arguments: Args::document_arguments,
            answer: Answer::document_answer,
            body: None,
            responses: Vec::new(),
            security: Vec::new(),
            summary: None,
            description: None,
            tags: Vec::new(),
            id: None,
            is_deprecated: false,
        }
    }

    pub(crate) fn set_summary(&mut self, text: String) {
        self.summary = Some(text);
    }

    pub(crate) fn set_description(&mut self, text: String) {
        self.description = Some(text);
    }

    pub(crate) fn add_tag(&mut self, name: String) {
        if !self.tags.contains(&name) {
            self.tags.push(name);
        }
    }

    pub(crate) fn set_id(&mut self, id: String) {
        self.id = Some(id);
    }

    pub(crate) fn set_deprecated(&mut self) {
        self.is_deprecated = true;
    }

    pub(crate) fn add_security(&mut self, scheme: SecurityScheme) {
        self.security.push(scheme);
    }

    pub(crate) fn add_response<R: DocumentAnswer>(&mut self, status: StatusCode) {
        self.responses.push((status, R::document_answer));
    }

    pub(crate) fn set_body<T: JsonSchema>(&mut self) {
        self.body = Some(describe_body::<T>);
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").field("id", &self.id).finish_non_exhaustive()
    }
}

/// One operation of a document, to which a handler's arguments and its answer add what they are: see
/// [`DocumentArgument`](crate::openapi::DocumentArgument) and [`DocumentAnswer`].
pub struct OperationBuilder<'a> {
    schemas: &'a mut Schemas,
    names: &'a [Name],
    /// Whether a failure is answered with a problem document, as no hook shapes it.
    problems_are_ours: bool,
    /// Whether the argument that is described must be there.
    is_required: bool,
    /// Whether the handler decides itself what becomes of a failed argument.
    is_caught: bool,
    pub(super) parameters: Vec<Value>,
    pub(super) body: Option<Value>,
    pub(super) responses: BTreeMap<String, Answer>,
    pub(super) security: Vec<SecurityScheme>,
    /// Reasons why no request can be read as a type of an argument.
    pub(super) faults: Vec<String>,
}

impl<'a> OperationBuilder<'a> {
    pub(super) fn new(schemas: &'a mut Schemas, names: &'a [Name], problems_are_ours: bool) -> Self {
        Self {
            schemas,
            names,
            problems_are_ours,
            is_required: true,
            is_caught: false,
            parameters: Vec::new(),
            body: None,
            responses: BTreeMap::new(),
            security: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// The path's parameters are read as a `T`.
    pub fn path<T: JsonSchema>(&mut self) {
        let schema = self.schemas.input_itself::<T>();
        let names: Vec<_> = self.names.iter().map(|name| &*name.text).collect();
        let schemas = in_path(&names, &schema, self.schemas).unwrap_or_else(|fault| {
            self.faults.push(no_request("path", &fault));
            Vec::new()
        });
        for (name, schema) in self.names.iter().zip(schemas) {
            if let Some(schema) = schema.filter(|_| !name.is_catch_all) {
                self.add_parameter("path", &name.text, schema, true);
            }
        }
    }

    /// The query is read as a `T`.
    pub fn query<T: JsonSchema>(&mut self) {
        let mut fields = self.fields::<T>("query");
        let others = fields.others_as_object();
        let mut names = BTreeSet::new();
        for Field { name, schema, is_required } in fields.named {
            self.add_parameter("query", &name, schema, is_required && self.is_required);
            names.insert(name);
        }
        if let Some(others) = others {
            self.add_parameter("query", &unique("query", &mut names), others, false);
        }
    }

    /// The fields of a type that is read from a query or a form.
    fn fields<T: JsonSchema>(&mut self, from: &str) -> Fields {
        let schema = self.schemas.input_itself::<T>();
        let mut fields = Fields::of(&schema, self.schemas);
        if T::schema_id().starts_with("Option<") {
            fields.fault =
                Some("it is an `Option`: put the `Option` around the argument, `Option<Query<T>>`".to_owned());
        }
        self.faults.extend(fields.fault.take().map(|fault| no_request(from, &fault)));
        fields
    }

    /// A header is read as a `T`.
    pub fn header<T: JsonSchema>(&mut self, name: &str) {
        let schema = self.schemas.input::<T>();
        self.add_parameter("header", name, schema, self.is_required);
    }

    /// A cookie is read as a `T`.
    pub fn cookie<T: JsonSchema>(&mut self, name: &str) {
        let schema = self.schemas.input::<T>();
        self.add_parameter("cookie", name, schema, self.is_required);
    }

    /// The body is read as a `T`, and must be of this media type.
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

    /// The body is a form whose fields are read as a `T`.
    pub(super) fn form<T: JsonSchema>(&mut self, media_type: &str) {
        let fields = self.fields::<T>("form");
        self.add_body(media_type, &fields.into_object());
    }

    /// The body is of this media type, and may be anything.
    pub(super) fn any_body(&mut self, media_type: &str, schema: &Value) {
        self.add_body(media_type, schema);
    }

    fn add_body(&mut self, media_type: &str, schema: &Value) {
        self.body = Some(json!({ "required": self.is_required, "content": { media_type: { "schema": schema } } }));
    }

    /// An answer with this status and media type is written as a `T`.
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::openapi::{DocumentAnswer, OperationBuilder};
    /// use schemars::JsonSchema;
    ///
    /// #[derive(JsonSchema)]
    /// enum Failure {
    ///     SoldOut { seats: u32 },
    ///     NotYours,
    /// }
    ///
    /// impl DocumentAnswer for Failure {
    ///     fn document_answer(operation: &mut OperationBuilder<'_>) {
    ///         operation.response::<Self>(StatusCode::CONFLICT, "application/json");
    ///         operation.problem(StatusCode::FORBIDDEN);
    ///     }
    /// }
    /// ```
    pub fn response<T: JsonSchema>(&mut self, status: StatusCode, media_type: &str) {
        let schema = self.schemas.output::<T>();
        self.add_response(status.as_str(), Some((media_type, schema)));
    }

    /// An answer with this status has no content.
    pub fn empty_response(&mut self, status: StatusCode) {
        self.add_response(status.as_str(), None);
    }

    /// A failure with this status is answered with a problem document (RFC 9457).
    pub fn problem(&mut self, status: StatusCode) {
        if !self.is_caught {
            self.add_problem(status.as_str());
        }
    }

    /// A failure with any other status is answered with a problem document.
    pub fn any_problem(&mut self) {
        self.add_problem(DEFAULT);
    }

    /// The operation asks for this scheme; of several, one is enough.
    pub fn security(&mut self, scheme: &SecurityScheme) {
        self.security.push(scheme.clone());
    }

    /// What is described within need not be there.
    pub fn optional(&mut self, describe: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.is_required, false);
        describe(self);
        self.is_required = outer;
    }

    /// What is described within may fail, and the handler decides what is answered then.
    pub(super) fn caught(&mut self, describe: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.is_caught, true);
        self.optional(describe);
        self.is_caught = outer;
    }

    /// An answer with a status that the type does not say, and content as it is.
    pub(super) fn raw_response(&mut self, key: &str, content: Option<(&str, Value)>) {
        self.add_response(key, content);
    }

    /// What an answer says, under another status.
    pub(super) fn under(&mut self, key: &str, describe: impl FnOnce(&mut Self)) {
        let own = std::mem::take(&mut self.responses);
        describe(self);
        let described = std::mem::replace(&mut self.responses, own);
        for response in described.into_values() {
            match response {
                Answer::Problem => self.add_problem(key),
                Answer::Own(response) => {
                    self.add_response(key, None);
                    for (media_type, content) in response["content"].as_object().into_iter().flatten() {
                        self.add_response(key, Some((media_type, content["schema"].clone())));
                    }
                }
            }
        }
    }

    /// The same, in the place of what is there.
    pub(super) fn replace_response(&mut self, status: StatusCode, describe: Describe) {
        self.responses.remove(status.as_str());
        self.under(status.as_str(), describe);
    }

    pub(super) fn add_parameter(&mut self, location: &str, name: &str, mut schema: Value, is_required: bool) {
        let is_it = |own: &&Value| own["in"] == location && own["name"] == name;
        if self.parameters.iter().any(|own| is_it(&own)) {
            return;
        }
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        if location == "path" && schema == json!({ "type": "string" }) {
            schema["minLength"] = 1.into(); // a parameter is never empty
        }
        let mut parameter = json!({ "name": name, "in": location, "required": is_required });
        parameter["schema"] = schema;
        if let Some(description) = description {
            parameter["description"] = description;
        }
        self.parameters.push(parameter);
    }

    fn add_problem(&mut self, key: &str) {
        if !self.problems_are_ours {
            self.add_response(key, None);
        } else if !self.responses.contains_key(key) {
            self.responses.insert(key.to_owned(), Answer::Problem);
        } else if let Some(Answer::Own(_)) = self.responses.get(key) {
            let schema = self.schemas.output::<ProblemSchema>();
            self.add_response(key, Some((problem::MEDIA_TYPE, schema)));
        }
    }

    fn add_response(&mut self, key: &str, content: Option<(&str, Value)>) {
        if matches!(self.responses.get(key), Some(Answer::Problem)) {
            let response = problem_response(key, self.schemas);
            self.responses.insert(key.to_owned(), Answer::Own(response));
        }
        let empty = || Answer::Own(json!({ "description": description_of(key) }));
        let response = self.responses.entry(key.to_owned()).or_insert_with(empty);
        if let (Answer::Own(response), Some((media_type, schema))) = (response, content) {
            let slot = &mut response["content"][media_type]["schema"];
            *slot = either(slot.take(), schema);
        }
    }
}

impl fmt::Debug for OperationBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationBuilder").field("parameters", &self.parameters).finish_non_exhaustive()
    }
}

/// The body that an argument asked for is read as a `T`; of a form with files, each part is of the media type that its field
/// says.
fn describe_body<T: JsonSchema>(operation: &mut OperationBuilder<'_>) {
    let schema = operation.schemas.input::<T>();
    let referred = operation.schemas.referred(&schema);
    let fields = referred.as_ref().unwrap_or(&schema)["properties"].as_object();
    let parts = fields.into_iter().flatten().filter_map(|(name, field)| {
        let media_type = field.get("contentMediaType")?;
        Some((name.clone(), json!({ "contentType": media_type })))
    });
    let parts: serde_json::Map<_, _> = parts.collect();
    let media_types = operation.body.as_mut().and_then(|body| body["content"].as_object_mut());
    for (media_type, content) in media_types.into_iter().flatten() {
        if media_type == "multipart/form-data" && !parts.is_empty() {
            content["encoding"] = parts.clone().into();
        }
        content["schema"] = schema.clone();
    }
}

/// Says why a handler with this argument cannot be registered. The text completes "the handler of `GET /` ...".
fn no_request(from: &str, fault: &str) -> String {
    format!(
        "reads its {from} as a type that no {from} can be: {fault}. A field is text, a number, a boolean, an enum without \
         values or a list of these: flatten a struct by `#[serde(flatten)]`, and say `#[schemars(with = \"String\")]` of a \
         field that is read from text"
    )
}
