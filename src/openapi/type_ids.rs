//! The ids of types: the module, the name and the type parameters.

use std::collections::BTreeMap;

use schemars::SchemaGenerator;

/// Maps the name of each definition to the id of its type: `Page2` to `shop::Page<shop::User>`.
///
/// A generator numbers types that have one name in the order in which it sees them, and has no method that returns their ids.
/// Its `Debug` text contains them. If a later schemars prints another text, the map is empty, and the document has the names
/// of the generator.
pub(super) fn type_ids(generator: &SchemaGenerator) -> BTreeMap<String, String> {
    let text = format!("{generator:?}");
    let entries = text.rsplit_once("schema_id_to_name: {").map_or("", |(_, entries)| entries);
    entries.split("SchemaUid(").filter_map(entry).collect()
}

/// Parses `"shop::User", Deserialize): "User", `.
fn entry(text: &str) -> Option<(String, String)> {
    let (id, rest) = quoted(text)?;
    let (name, _) = quoted(rest.split_once(": ")?.1)?;
    Some((name, id))
}

/// Parses a text in quotes, and returns what follows it. Rust and JSON escape the same characters in most texts.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut texts = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let first = texts.next()?.ok()?;
    Some((first, &text[texts.byte_offset()..]))
}
