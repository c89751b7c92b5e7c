//! Whether a schema accepts a value.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use crate::openapi::references::Reference;

/// The schemas to which other schemas refer.
#[derive(Clone, Copy)]
pub(super) struct Definitions<'d> {
    /// The start of each reference, before the name of the definition.
    pub(super) prefix: &'static str,
    pub(super) schemas: &'d Map<String, Value>,
}

/// The depth at which the comparison ends, because a schema may refer to itself.
const MAX_DEPTH: usize = 64;

impl Definitions<'_> {
    /// Returns whether a schema accepts a value, by JSON Schema 2020-12. Only the keywords that limit the default of a Rust type
    /// are compared: patterns and formats, for example, are not. `oneOf` is compared like `anyOf`: that several variants accept
    /// a default is no reason to remove it.
    pub(super) fn accept(self, value: &Value, schema: &Value) -> bool {
        self.accept_at(value, schema, 0)
    }

    fn accept_at(self, value: &Value, schema: &Value, depth: usize) -> bool {
        if let Some(is_accepted) = schema.as_bool() {
            return is_accepted;
        }
        let Some(keywords) = schema.as_object().filter(|_| depth < MAX_DEPTH) else { return true };
        let referred = Reference::of(keywords).and_then(|reference| self.find(&reference));
        referred.is_none_or(|referred| self.accept_at(value, referred, depth + 1))
            && keywords.keys().all(|keyword| self.allow(value, keywords, keyword, depth + 1))
    }

    fn find(&self, reference: &Reference) -> Option<&Value> {
        let definition = self.schemas.get(reference.definition.strip_prefix(self.prefix)?)?;
        definition.pointer(&reference.inner)
    }

    /// Returns whether one keyword of a schema accepts a value.
    fn allow(self, value: &Value, keywords: &Map<String, Value>, keyword: &str, depth: usize) -> bool {
        let accepted = |schema: &Value| self.accept_at(value, schema, depth);
        match (keyword, &keywords[keyword], value) {
            ("type", Value::Array(names), _) => names.iter().any(|name| is_of_type(value, name)),
            ("type", name, _) => is_of_type(value, name),
            ("const", only, _) => is_equal(value, only),
            ("enum", Value::Array(values), _) => values.iter().any(|one| is_equal(value, one)),
            ("minimum", Value::Number(least), Value::Number(number)) => compare(number, least).is_ge(),
            ("maximum", Value::Number(most), Value::Number(number)) => compare(number, most).is_le(),
            ("minLength", Value::Number(least), Value::String(text)) => compare(&length(text), least).is_ge(),
            ("maxLength", Value::Number(most), Value::String(text)) => compare(&length(text), most).is_le(),
            ("minItems", Value::Number(least), Value::Array(items)) => compare(&items.len().into(), least).is_ge(),
            ("maxItems", Value::Number(most), Value::Array(items)) => compare(&items.len().into(), most).is_le(),
            ("items", schema, Value::Array(items)) => {
                let first = keywords.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
                items.iter().skip(first).all(|item| self.accept_at(item, schema, depth))
            }
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
        Value::Number(number) => name == "number" || (name == "integer" && is_integer(number)),
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

/// Returns whether a number is an integer: `1.0` is one (JSON Schema validation 2020-12 §6.1.1).
fn is_integer(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Returns whether two values are equal: `1` and `1.0` are (JSON Schema 2020-12 §4.2.2).
fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compare(one, other).is_eq(),
        _ => one == other,
    }
}

/// The number of characters of a text.
fn length(text: &str) -> Number {
    text.chars().count().into()
}

/// Compares two numbers: exactly if both are integers.
fn compare(one: &Number, other: &Number) -> Ordering {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => one.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal),
    }
}
