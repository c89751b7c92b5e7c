//! The parts of a multipart form, in the schema of its fields.

use serde_json::{Map, Value, json};

/// Returns the entry `encoding` of a form with these fields: `contentMediaType` in the schema of a field is the media type of
/// its part. Without the entry, a text is `text/plain` (OpenAPI 3.1, §4.8.15.1).
pub(super) fn encoding(schema: &Value) -> Option<Value> {
    let fields = schema["properties"].as_object().into_iter().flatten();
    let parts = fields.filter_map(|(name, field)| Some((name.clone(), json!({ "contentType": media_type(field)? }))));
    let parts: Map<_, _> = parts.collect();
    (!parts.is_empty()).then(|| parts.into())
}

fn media_type(field: &Value) -> Option<&Value> {
    field.get("contentMediaType").or_else(|| nested(field).find_map(media_type))
}

/// Returns whether a form with these fields has a file.
#[cfg(feature = "multipart")]
pub(super) fn has_file(schema: &Value) -> bool {
    let fields = schema["properties"].as_object().into_iter().flat_map(|fields| fields.values());
    fields.chain(schema.get("additionalProperties")).any(is_file)
}

#[cfg(feature = "multipart")]
fn is_file(schema: &Value) -> bool {
    schema["format"] == "binary" || nested(schema).any(is_file)
}

/// The schemas of the items and the variants.
fn nested(schema: &Value) -> impl Iterator<Item = &Value> {
    let variants = ["anyOf", "oneOf"].into_iter().filter_map(|name| schema.get(name)?.as_array()).flatten();
    schema.get("items").into_iter().chain(variants)
}
