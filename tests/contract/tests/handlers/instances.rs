//! Values that match a JSON Schema, and values that nearly match it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// How values are made of the schemas of a document.
#[derive(Clone, Copy)]
pub struct Instances<'d> {
    pub document: &'d Value,
    /// Whether to leave out the values that only a buffered part of a type reads in another way.
    pub is_buffered: bool,
    /// Whether some parts are replaced by other values.
    pub has_errors: bool,
}

impl Instances<'_> {
    pub fn of(self, schema: &Value, depth: u32) -> BoxedStrategy<Value> {
        let matching = self.matching(schema, depth);
        if self.has_errors { prop_oneof![14 => matching, 1 => self.other()].boxed() } else { matching }
    }

    fn matching(self, schema: &Value, depth: u32) -> BoxedStrategy<Value> {
        if let Some(reference) = schema["$ref"].as_str() {
            let referred = self.document.pointer(reference.trim_start_matches('#')).expect("a component");
            return self.matching(referred, depth + 1);
        }
        if let Some(value) = schema.get("const") {
            return Just(value.clone()).boxed();
        }
        if let Some(values) = schema["enum"].as_array() {
            return select(values.clone()).boxed();
        }
        let mut parts = vec![self.of_type(schema, depth)];
        parts.extend(schema["allOf"].as_array().into_iter().flatten().map(|part| self.matching(part, depth)));
        for variants in [&schema["oneOf"], &schema["anyOf"]] {
            let Some(variants) = variants.as_array() else { continue };
            let usable = variants.iter().filter(|variant| depth < 6 || !refers_to(variant));
            let variants: Vec<_> = usable.map(|variant| self.matching(variant, depth + 1)).collect();
            parts.push(proptest::strategy::Union::new(variants).boxed());
        }
        parts.prop_map(merged).boxed()
    }

    fn of_type(self, schema: &Value, depth: u32) -> BoxedStrategy<Value> {
        let types: Vec<&str> = match &schema["type"] {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => name.as_str().into_iter().collect(),
        };
        let strategies: Vec<_> = types.into_iter().map(|name| self.of_named_type(name, schema, depth)).collect();
        if strategies.is_empty() {
            return Just(json!({})).boxed();
        }
        proptest::strategy::Union::new(strategies).boxed()
    }

    fn of_named_type(self, name: &str, schema: &Value, depth: u32) -> BoxedStrategy<Value> {
        match name {
            "null" => Just(Value::Null).boxed(),
            "boolean" => any::<bool>().prop_map(Value::from).boxed(),
            "integer" => self.integer(schema),
            "number" => prop_oneof![Just(json!(0)), Just(json!(-1.5)), Just(json!(1e300)), Just(json!(7))].boxed(),
            "string" => match schema["maxLength"].as_u64() {
                Some(_) => select(vec![json!("a"), json!("é"), json!("😀")]).boxed(),
                None => select(vec![json!("Ada"), json!(""), json!("5"), json!("😀 \u{0}")]).boxed(),
            },
            "array" => self.array(schema, depth),
            _ => self.object(schema, depth),
        }
    }

    fn integer(self, schema: &Value) -> BoxedStrategy<Value> {
        let mut values = vec![json!(0), json!(1), json!(100)];
        for bound in [&schema["minimum"], &schema["maximum"]] {
            values.extend((!bound.is_null()).then(|| bound.clone()));
            if let Some(bound) = bound.as_i64().filter(|bound| self.has_errors && bound.unsigned_abs() < 1 << 40) {
                values.extend([json!(bound - 1), json!(bound + 1)]);
            }
        }
        if !self.is_buffered {
            values.extend([json!(1.0), json!(100.0)]);
        }
        select(values).boxed()
    }

    fn array(self, schema: &Value, depth: u32) -> BoxedStrategy<Value> {
        if let Some(items) = schema["prefixItems"].as_array() {
            let items: Vec<_> = items.iter().map(|item| self.of(item, depth + 1)).collect();
            let length = items.len();
            return (items, 0..if self.has_errors { 9 } else { 1_usize })
                .prop_map(move |(mut items, cut)| {
                    items.truncate(if cut == 1 { length - 1 } else { length });
                    items.into()
                })
                .boxed();
        }
        let least = schema["minItems"].as_u64().unwrap_or(0).try_into().expect("a short list");
        let most = if depth > 5 { least } else { 3 };
        let item = if most == 0 { Just(Value::Null).boxed() } else { self.of(&schema["items"], depth + 1) };
        proptest::collection::vec(item, least.min(most)..=most.max(least)).prop_map(Value::from).boxed()
    }

    fn object(self, schema: &Value, depth: u32) -> BoxedStrategy<Value> {
        let properties = schema["properties"].as_object().cloned().unwrap_or_default();
        let required: BTreeSet<String> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        let members: Vec<_> = properties
            .iter()
            .map(|(name, schema)| {
                let is_required = required.contains(name);
                let present = prop::bool::weighted(if !is_required {
                    0.6
                } else if self.has_errors {
                    0.97
                } else {
                    1.0
                });
                (Just(name.clone()), present, self.of(schema, depth + 1))
            })
            .collect();
        let additional = match &schema["additionalProperties"] {
            Value::Object(_) if depth < 6 => self.of(&schema["additionalProperties"], depth + 1),
            _ => self.other(),
        };
        let is_closed = !self.has_errors && schema["additionalProperties"] == false;
        let has_additional = schema["additionalProperties"].is_object();
        let more = (subsequence(vec!["more", "x"], 0..=2), any::<u8>(), additional);
        (members, more)
            .prop_map(move |(members, (names, chance, value))| {
                let mut object = Map::new();
                object.extend(
                    members.into_iter().filter(|(_, present, _)| *present).map(|(name, _, value)| (name, value)),
                );
                if has_additional || (chance < 16 && !is_closed) {
                    for name in names {
                        object.entry(name).or_insert(value.clone());
                    }
                }
                object.into()
            })
            .boxed()
    }

    fn other(self) -> BoxedStrategy<Value> {
        let mut values = vec![
            json!(null),
            json!(true),
            json!(5),
            json!(-1),
            json!(256),
            json!(1.5),
            json!("x"),
            json!("5"),
            json!({}),
            json!({ "id": 1 }),
            json!(1e39),
        ];
        if !self.is_buffered {
            values.extend([json!([]), json!([1, 2]), json!([1, null]), json!(1.0), json!([[1], 2])]);
        }
        select(values).boxed()
    }
}

fn refers_to(schema: &Value) -> bool {
    schema.get("$ref").is_some()
}

/// Merges the objects that all parts of a schema have made. If one is another value, it is the whole.
fn merged(parts: Vec<Value>) -> Value {
    let mut whole = Map::new();
    for part in parts {
        match part {
            Value::Object(members) => whole.extend(members),
            other => return other,
        }
    }
    whole.into()
}
