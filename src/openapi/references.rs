//! References between schemas, before and after the definitions have their final names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// The prefix of references to schemas of deserialized types.
pub(super) const INPUT: &str = "#/input/";
/// The prefix of references to schemas of serialized types.
pub(super) const OUTPUT: &str = "#/output/";

/// A reference to a definition of a schema generator.
pub(super) struct Reference {
    /// The prefix (`INPUT` or `OUTPUT`) and the decoded name of the definition.
    pub(super) definition: String,
    /// The rest of the pointer, if it points into the definition: `/properties/id`.
    pub(super) inner: String,
}

impl Reference {
    pub(super) fn of(members: &Map<String, Value>) -> Option<Self> {
        let reference = members.get("$ref")?.as_str()?;
        let prefix = [INPUT, OUTPUT].into_iter().find(|prefix| reference.starts_with(prefix))?;
        let name = &reference[prefix.len()..];
        let (name, inner) = name.split_at(name.find('/').unwrap_or(name.len()));
        Some(Self { definition: format!("{prefix}{}", decode(name)), inner: inner.to_owned() })
    }
}

/// Decodes a name in a JSON pointer in a URI fragment (RFC 6901 §6).
fn decode(name: &str) -> String {
    if !name.contains(['%', '~']) {
        return name.to_owned();
    }
    let text = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    text.replace("~1", "/").replace("~0", "~")
}

/// Returns the definitions to which the document refers, directly or through other definitions.
pub(super) fn reachable(document: &Value, definitions: &BTreeMap<String, Value>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect_references(document, &mut found);
    let mut open: Vec<String> = found.iter().cloned().collect();
    while let Some(reference) = open.pop() {
        let mut more = BTreeSet::new();
        definitions.get(&reference).into_iter().for_each(|schema| collect_references(schema, &mut more));
        open.extend(more.difference(&found).cloned());
        found.append(&mut more);
    }
    found.retain(|reference| definitions.contains_key(reference));
    found
}

fn visit_objects(value: &Value, visit: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(members);
            members.values().for_each(|member| visit_objects(member, visit));
        }
        Value::Array(items) => items.iter().for_each(|item| visit_objects(item, visit)),
        _ => {}
    }
}

/// Collects the references to definitions.
pub(super) fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    visit_objects(value, &mut |members| found.extend(Reference::of(members).map(|reference| reference.definition)));
}

/// Replaces each reference to a definition by a reference to the component with its new name.
pub(super) fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            let reference = Reference::of(members);
            let name = reference.as_ref().and_then(|reference| names.get(&reference.definition));
            if let (Some(Reference { inner, .. }), Some(name)) = (&reference, name) {
                members.insert("$ref".to_owned(), format!("#/components/schemas/{name}{inner}").into());
            }
            members.values_mut().for_each(|member| rename(member, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        _ => {}
    }
}

/// Finds a reference in the finished document without a target.
///
/// `#` alone counts as one: it points to the root of the document, which is not a schema.
pub(super) fn dangling_reference(document: &Value) -> Option<String> {
    let mut references = BTreeSet::new();
    collect_all_references(document, &mut references);
    let dangles = |reference: &String| {
        let Some(pointer) = reference.strip_prefix('#') else { return false }; // another document
        let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
        pointer.is_empty() || document.pointer(&pointer).is_none()
    };
    references.into_iter().find(dangles)
}

/// Collects every `$ref` outside data. A `$ref` in data, such as an example, is not a reference.
fn collect_all_references(value: &Value, found: &mut BTreeSet<String>) {
    const DATA: [&str; 5] = ["const", "default", "enum", "example", "examples"];
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            for (name, member) in members.iter().filter(|(name, _)| !DATA.contains(&name.as_str())) {
                match member.as_object().filter(|_| name == "properties") {
                    Some(properties) => properties.values().for_each(|schema| collect_all_references(schema, found)),
                    None => collect_all_references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_all_references(item, found)),
        _ => {}
    }
}
