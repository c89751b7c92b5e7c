//! Answers of operations, and the problem document that most failures are.

use std::borrow::Cow;

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::openapi::schemas::Schemas;
use crate::problem;

/// An answer of an operation.
#[derive(Debug)]
pub(super) enum Answer {
    /// A problem document and nothing else: one component for each status.
    Problem,
    /// The response object.
    Own(Value),
}

/// The answers whose status is not listed.
pub(super) const DEFAULT: &str = "default";

fn reason_of(key: &str) -> Option<&'static str> {
    StatusCode::from_u16(key.parse().ok()?).ok()?.canonical_reason()
}

pub(super) fn description_of(key: &str) -> &'static str {
    match key {
        DEFAULT => "Any other status",
        "3XX" => "Redirect",
        key => reason_of(key).unwrap_or("As its status says"),
    }
}

/// The name of the component that an answer with a problem document is.
pub(super) fn problem_name(key: &str) -> String {
    match reason_of(key) {
        Some(reason) => reason.replace(|character: char| !character.is_ascii_alphanumeric(), "") + "Problem",
        None if key == DEFAULT => "Problem".to_owned(),
        None => format!("Problem{key}"),
    }
}

/// That component.
pub(super) fn problem_response(key: &str, schemas: &mut Schemas) -> Value {
    let schema = schemas.output::<ProblemSchema>();
    json!({ "description": description_of(key), "content": { problem::MEDIA_TYPE: { "schema": schema } } })
}

/// The members of a problem document.
pub(super) struct ProblemSchema;

impl JsonSchema for ProblemSchema {
    fn schema_name() -> Cow<'static, str> {
        "Problem".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "route_handlers::Problem".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "Problem details (RFC 9457).",
            "type": "object",
            "required": ["type", "title", "status"],
            "properties": {
                "type": { "type": "string", "format": "uri-reference", "description": "What kind of problem it is." },
                "title": { "type": "string", "description": "The kind of problem, in words." },
                "status": { "type": "integer", "minimum": 100, "maximum": 999, "description": "The status of the answer." },
                "detail": { "type": "string", "description": "What went wrong this time." },
                "instance": { "type": "string", "format": "uri-reference", "description": "Which occurrence it is." }
            },
            "additionalProperties": {}
        })
    }
}
