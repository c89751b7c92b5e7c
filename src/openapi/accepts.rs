//! Whether a schema accepts a value.

use serde_json::{Map, Value};

use crate::openapi::references::Reference;

/// The schemas to which other schemas refer.
#[derive(Clone, Copy)]
pub(super) struct Definitions<'d> {
    /// What each reference has before the name of the definition.
    pub(super) prefix: &'static str,
    pub(super) schemas: &'d Map<String, Value>,
}

/// The depth at which the comparison ends, because a schema may refer to itself.
const MAX_DEPTH: usize = 64;

impl Definitions<'_> {
    /// Returns whether a schema accepts a value. Only the keywords that limit the default of a Rust type are compared: patterns
    /// and formats, for example, are not.
    pub(super) fn accept(self, value: &Value, schema: &Value) -> bool {
        self.accept_at(value, schema, 0)
    }

    fn accept_at(self, value: &Value, schema: &Value, depth: usize) -> bool {
        let Some(keywords) = schema.as_object().filter(|_| depth < MAX_DEPTH) else { return true };
        let referred = Reference::of(keywords).and_then(|reference| self.find(&reference));
        referred.is_none_or(|referred| self.accept_at(value, referred, depth + 1))
            && keywords.iter().all(|(keyword, limit)| self.allow(value, keyword, limit, depth + 1))
    }

    fn find(&self, reference: &Reference) -> Option<&Value> {
        let definition = self.schemas.get(reference.definition.strip_prefix(self.prefix)?)?;
        definition.pointer(&reference.inner)
    }

    /// Returns whether one keyword of a schema accepts a value.
    fn allow(self, value: &Value, keyword: &str, limit: &Value, depth: usize) -> bool {
        let accepted = |schema: &Value| self.accept_at(value, schema, depth);
        match (keyword, limit, value) {
            ("type", Value::Array(names), _) => names.iter().any(|name| is_of_type(value, name)),
            ("type", name, _) => is_of_type(value, name),
            ("const", limit, _) => limit == value,
            ("enum", Value::Array(values), _) => values.contains(value),
            ("minimum", Value::Number(least), Value::Number(number)) => number.as_f64() >= least.as_f64(),
            ("maximum", Value::Number(most), Value::Number(number)) => number.as_f64() <= most.as_f64(),
            ("minLength", limit, Value::String(text)) => Some(text.chars().count() as u64) >= limit.as_u64(),
            ("maxLength", limit, Value::String(text)) => Some(text.chars().count() as u64) <= limit.as_u64(),
            ("minItems", limit, Value::Array(items)) => Some(items.len() as u64) >= limit.as_u64(),
            ("maxItems", limit, Value::Array(items)) => Some(items.len() as u64) <= limit.as_u64(),
            ("items", schema, Value::Array(items)) => items.iter().all(|item| self.accept_at(item, schema, depth)),
            ("prefixItems", Value::Array(schemas), Value::Array(items)) => {
                items.iter().zip(schemas).all(|(item, schema)| self.accept_at(item, schema, depth))
            }
            ("properties", Value::Object(schemas), Value::Object(members)) => schemas
                .iter()
                .all(|(name, schema)| members.get(name).is_none_or(|member| self.accept_at(member, schema, depth))),
            ("required", Value::Array(names), Value::Object(members)) => {
                names.iter().filter_map(Value::as_str).all(|name| members.contains_key(name))
            }
            ("allOf", Value::Array(schemas), _) => schemas.iter().all(accepted),
            ("anyOf" | "oneOf", Value::Array(schemas), _) => schemas.iter().any(accepted),
            _ => true,
        }
    }
}

fn is_of_type(value: &Value, name: &Value) -> bool {
    match value {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        Value::Number(number) => name == "number" || (name == "integer" && !number.is_f64()),
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}
