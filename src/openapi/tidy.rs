//! Changes to the schemas of schemars for the tools that read documents.

use schemars::Schema;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::{Map, Value, json};

use crate::openapi::accepts::Definitions;

/// Changes a schema and its nested schemas into the form that most tools understand.
pub(super) fn tidied(mut schema: Schema, definitions: Definitions<'_>) -> Value {
    RecursiveTransform(|schema: &mut Schema| tidy(schema, definitions)).transform(&mut schema);
    schema.to_value()
}

fn tidy(schema: &mut Schema, definitions: Definitions<'_>) {
    if schema.as_bool() == Some(true) {
        schema.ensure_object();
    }
    move_examples(schema);
    remove_wrong_default(schema, definitions);
    add_bounds(schema);
    add_items(schema);
    separate_reference(schema);
}

/// Moves the examples of the documentation from the description to `examples`.
fn move_examples(schema: &mut Schema) {
    let description = schema.get("description").and_then(Value::as_str);
    let Some((text, mut examples)) = description.and_then(split_examples) else { return };
    if let Some(Value::Array(known)) = schema.get("examples") {
        examples.splice(..0, known.iter().cloned());
    }
    schema.remove("description");
    if !text.is_empty() {
        schema.insert("description".to_owned(), text.into());
    }
    schema.insert("examples".to_owned(), examples.into());
}

/// Splits a description into its text, and the JSON below a heading `# Examples` at its end. `None` if there is anything else
/// below such a heading, or nothing.
fn split_examples(description: &str) -> Option<(String, Vec<Value>)> {
    let mut lines = description.lines();
    let text: Vec<_> = lines.by_ref().take_while(|line| !matches!(*line, "# Example" | "# Examples")).collect();
    let mut examples = Vec::new();
    while let Some(line) = lines.next() {
        match line {
            "" => {}
            "```json" => {
                let json: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
                examples.push(serde_json::from_str(&json.join("\n")).ok()?);
            }
            _ => return None,
        }
    }
    (!examples.is_empty()).then(|| (text.join("\n").trim_end().to_owned(), examples))
}

/// Removes a default that the schema does not accept: the `null` that serde writes for NaN, or an empty text where a text has
/// a least length. Validators refuse a document with this default.
fn remove_wrong_default(schema: &mut Schema, definitions: Definitions<'_>) {
    let is_wrong = schema.get("default").is_some_and(|default| !definitions.accept(default, schema.as_value()));
    if is_wrong {
        schema.remove("default");
    }
}

/// Adds the bounds of a number's type: serde refuses a value beyond them.
fn add_bounds(schema: &mut Schema) {
    let (name, minimum, maximum) = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => ("integer", json!(i32::MIN), json!(i32::MAX)),
        Some("int64" | "int") => ("integer", json!(i64::MIN), json!(i64::MAX)),
        Some("uint32") => ("integer", json!(u32::MIN), json!(u32::MAX)),
        Some("uint64" | "uint") => ("integer", json!(u64::MIN), json!(u64::MAX)),
        Some("float") => ("number", json!(f32::MIN), json!(f32::MAX)), // JSON has no infinity
        _ => return,
    };
    let has_type = schema.get("type").is_some_and(|found| match found {
        Value::Array(names) => names.contains(&json!(name)),
        found => found == name,
    });
    if let Some(members) = schema.as_object_mut().filter(|_| has_type) {
        members.entry("minimum").or_insert(minimum);
        members.entry("maximum").or_insert(maximum);
    }
}

/// Adds `items` to a tuple, which has no further items: its `maxItems` says so. Linters require it in each array.
fn add_items(schema: &mut Schema) {
    let is_array = match schema.get("type") {
        Some(Value::Array(names)) => names.contains(&json!("array")),
        found => found == Some(&json!("array")),
    };
    if let Some(members) = schema.as_object_mut().filter(|_| is_array) {
        members.entry("items").or_insert_with(|| json!({}));
    }
}

/// Moves a reference and the other constraints beside it into `allOf`. JSON Schema allows both in one schema, but many code
/// generators ignore everything beside a reference.
fn separate_reference(schema: &mut Schema) {
    const ANNOTATIONS: [&str; 7] =
        ["description", "title", "default", "deprecated", "readOnly", "writeOnly", "examples"];
    let Some(members) = schema.as_object_mut() else { return };
    if !members.contains_key("$ref")
        || members.keys().all(|name| name == "$ref" || ANNOTATIONS.contains(&name.as_str()))
    {
        return;
    }
    let (annotations, mut constraints): (Map<_, _>, Map<_, _>) =
        std::mem::take(members).into_iter().partition(|(name, _)| ANNOTATIONS.contains(&name.as_str()));
    let reference = constraints.remove("$ref").unwrap_or_default();
    *members = annotations;
    members.insert("allOf".to_owned(), json!([{ "$ref": reference }, constraints]));
}
