//! The responses of operations, and the problem document of most failures.

use std::borrow::Cow;

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::openapi::schemas::Schemas;
use crate::problem;

/// A response of an operation.
#[derive(Debug)]
pub(super) enum DescribedResponse {
    /// A problem document and nothing else: a reference to one component for each status.
    Problem,
    /// A response object.
    Inline(Value),
}

/// The key of responses with any status that is not listed.
pub(super) const DEFAULT: &str = "default";

/// Returns the key of the responses with this status. OpenAPI has keys for 1XX to 5XX only (OpenAPI 3.1.1 §4.8.16.2).
pub(super) fn key_of(status: &StatusCode) -> &str {
    if status.as_u16() < 600 { status.as_str() } else { DEFAULT }
}

fn reason_of(key: &str) -> Option<&'static str> {
    StatusCode::from_u16(key.parse().ok()?).ok()?.canonical_reason()
}

pub(super) fn description_of(key: &str) -> &'static str {
    match key {
        DEFAULT => "Any other status",
        "3XX" => "Redirect",
        key => reason_of(key).unwrap_or("A status without a standard reason phrase"),
    }
}

/// Returns the component name of the response that is a problem document with this status.
pub(super) fn problem_name(key: &str) -> String {
    match reason_of(key) {
        Some(reason) => reason.replace(|character: char| !character.is_ascii_alphanumeric(), "") + "Problem",
        None if key == DEFAULT => "Problem".to_owned(),
        None => format!("Problem{key}"),
    }
}

/// Returns the response object of a problem document with this status.
pub(super) fn problem_response(key: &str, schemas: &mut Schemas) -> Value {
    let schema = schemas.output::<ProblemSchema>();
    json!({ "description": description_of(key), "content": { problem::MEDIA_TYPE: { "schema": schema } } })
}

/// The schema of a problem document.
pub(super) struct ProblemSchema;

impl JsonSchema for ProblemSchema {
    fn schema_name() -> Cow<'static, str> {
        "Problem".into()
    }

    /// The module has no name, so that the schema keeps its name beside a `Problem` of the program.
    fn schema_id() -> Cow<'static, str> {
        "::Problem".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "Problem details (RFC 9457).",
            "type": "object",
            "required": ["type", "title", "status"],
            "properties": {
                "type": { "type": "string", "format": "uri-reference", "description": "Identifies the type of the problem." },
                "title": { "type": "string", "description": "Names the type of the problem." },
                "status": { "type": "integer", "minimum": 100, "maximum": 999, "description": "The status of the response." },
                "detail": { "type": "string", "description": "Explains this occurrence of the problem." },
                "instance": { "type": "string", "format": "uri-reference", "description": "Identifies this occurrence of the problem." }
            },
            "additionalProperties": {}
        })
    }
}

/// The schema of the problem document for an invalid value. A value of another shape has no `errors`.
pub(super) struct InvalidProblemSchema;

impl JsonSchema for InvalidProblemSchema {
    fn schema_name() -> Cow<'static, str> {
        "InvalidProblem".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "::InvalidProblem".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = ProblemSchema::json_schema(generator);
        schema.insert("description".to_owned(), "Problem details (RFC 9457) with the faults of a value.".into());
        schema.ensure_object().entry("properties").or_insert_with(|| json!({}))["errors"] = json!({
            "type": "array",
            "description": "The faults, in the order of the fields. It is absent if the value has another shape.",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": { "type": "string", "format": "json-pointer", "description": "The place in the body (RFC 6901)." },
                    "parameter": { "type": "string", "description": "The name of the parameter." },
                    "detail": { "type": "string", "description": "Explains the fault." }
                }
            }
        });
        schema
    }
}
