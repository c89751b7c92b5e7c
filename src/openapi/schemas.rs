//! Schemas of types, and their names.
//!
//! Serde may read and write a type in different shapes, so there are two schema generators: one for input, one for output.
//! Each type is added to both, so that both give it the same name. If both shapes are equal, the document has one schema.

use std::collections::{BTreeMap, BTreeSet};

use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::openapi::references::{INPUT, OUTPUT, Reference, collect_references, reachable, rename};
use crate::openapi::tidy::tidied;

/// The schemas of one document, while it is built.
pub(super) struct Schemas {
    input: SchemaGenerator,
    output: SchemaGenerator,
}

impl Default for Schemas {
    fn default() -> Self {
        let generator = |path: &str, contract| {
            let settings = SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = path.trim_end_matches('/').to_owned().into();
                settings.contract = contract;
            });
            settings.into_generator()
        };
        Self { input: generator(INPUT, Contract::Deserialize), output: generator(OUTPUT, Contract::Serialize) }
    }
}

impl Schemas {
    /// Returns the schema of a `T` as serde reads it: a reference if the type has a name.
    pub(super) fn input<T: JsonSchema>(&mut self) -> Value {
        self.output.subschema_for::<T>();
        tidied(self.input.subschema_for::<T>())
    }

    /// Returns the schema of a `T` as serde writes it: a reference if the type has a name.
    pub(super) fn output<T: JsonSchema>(&mut self) -> Value {
        self.input.subschema_for::<T>();
        tidied(self.output.subschema_for::<T>())
    }

    /// Returns the schema of a `T` as serde reads it. It is never a reference.
    pub(super) fn input_itself<T: JsonSchema>(&mut self) -> Value {
        T::json_schema(&mut self.output); // nested types must have the same name in both generators
        tidied(T::json_schema(&mut self.input))
    }

    /// Returns the input schema to which this schema refers, if it is a reference.
    pub(super) fn referred(&self, schema: &Value) -> Option<Value> {
        let reference = Reference::of(schema.as_object()?)?;
        let definition = self.input.definitions().get(reference.definition.strip_prefix(INPUT)?)?;
        Schema::try_from(definition.clone()).map(tidied).ok()
    }

    /// Returns the components: every schema to which the document refers, by its final name. Updates all references.
    pub(super) fn finish(mut self, document: &mut Value) -> Map<String, Value> {
        let tidied = |definitions: Map<String, Value>| -> Map<String, Value> {
            let tidied = |schema| Schema::try_from(schema).map(tidied).unwrap_or_default();
            definitions.into_iter().map(|(name, schema)| (name, tidied(schema))).collect()
        };
        let input = tidied(self.input.take_definitions(false));
        let output = tidied(self.output.take_definitions(false));
        let equal = equal_in_both(&input, &output);
        let mut definitions = BTreeMap::new();
        for (path, schemas) in [(INPUT, input), (OUTPUT, output)] {
            definitions.extend(schemas.into_iter().map(|(name, schema)| (format!("{path}{name}"), schema)));
        }
        let used = reachable(document, &definitions);
        let names = names(&used, &equal);
        let mut components = BTreeMap::new();
        for (reference, name) in &names {
            let mut schema = definitions.remove(reference).unwrap_or_default();
            rename(&mut schema, &names);
            components.insert(name.clone(), schema);
        }
        rename(document, &names);
        components.into_iter().collect()
    }
}

/// Returns the name, with a number after it if the name is taken.
pub(super) fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut numbered = (2..).map(|number| format!("{name}{number}"));
    let mut candidate = name.to_owned();
    while !taken.insert(candidate.clone()) {
        candidate = numbered.next().expect("there is always another number");
    }
    candidate
}

/// Returns the names with equal input and output schemas, where all types to which a schema refers have equal schemas too.
fn equal_in_both(input: &Map<String, Value>, output: &Map<String, Value>) -> BTreeSet<String> {
    let is_equal = |name: &String| output.get(name).is_some_and(|output| are_equal(&input[name], output));
    let mut equal: BTreeSet<String> = input.keys().filter(|name| is_equal(name)).cloned().collect();
    loop {
        let refers_to_unequal = |name: &String| {
            let mut references = BTreeSet::new();
            collect_references(&input[name], &mut references);
            references.iter().filter_map(|reference| reference.strip_prefix(INPUT)).any(|name| !equal.contains(name))
        };
        let unequal: Vec<String> = equal.iter().filter(|name| refers_to_unequal(name)).cloned().collect();
        if unequal.is_empty() {
            return equal;
        }
        equal.retain(|name| !unequal.contains(name));
    }
}

/// Compares an input schema with an output schema. A reference is equal to the reference to the same name on the other side.
fn are_equal(input: &Value, output: &Value) -> bool {
    match (input, output) {
        (Value::Object(input), Value::Object(output)) => {
            let is_same = |(name, value)| output.get(name).is_some_and(|other| are_equal(value, other));
            input.len() == output.len() && input.iter().all(is_same)
        }
        (Value::Array(input), Value::Array(output)) => {
            input.len() == output.len() && input.iter().zip(output).all(|(input, output)| are_equal(input, output))
        }
        (Value::String(input), Value::String(output)) => {
            input == output || input.strip_prefix(INPUT).is_some_and(|name| output.strip_prefix(OUTPUT) == Some(name))
        }
        _ => input == output,
    }
}

/// Maps each reference to its name in the document.
///
/// Names with `Input` after them are chosen last, so they never take the name of another type. Output types are named before
/// input types.
fn names(used: &BTreeSet<String>, equal: &BTreeSet<String>) -> BTreeMap<String, String> {
    let with_prefix = |prefix| {
        let mut names: Vec<&str> = used.iter().filter_map(|reference| reference.strip_prefix(prefix)).collect();
        names.sort_by_key(|name| allowed(name) != *name); // first the names that need no change, so they get no number
        names.into_iter()
    };
    let mut taken = BTreeSet::new();
    let mut names = BTreeMap::new();
    for name in with_prefix(OUTPUT) {
        names.insert(format!("{OUTPUT}{name}"), unique(&allowed(name), &mut taken));
    }
    let (in_both, input_only): (Vec<_>, Vec<_>) =
        with_prefix(INPUT).partition(|name| names.contains_key(&format!("{OUTPUT}{name}")));
    for name in input_only {
        names.insert(format!("{INPUT}{name}"), unique(&allowed(name), &mut taken));
    }
    for name in in_both {
        let input = if equal.contains(name) {
            names[&format!("{OUTPUT}{name}")].clone()
        } else {
            unique(&format!("{}Input", allowed(name)), &mut taken)
        };
        names.insert(format!("{INPUT}{name}"), input);
    }
    names
}

/// Replaces each character that the name of a component may not contain with `_`.
pub(super) fn allowed(name: &str) -> String {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
    match name {
        "" => "_".to_owned(),
        name => name.chars().map(|character| if is_allowed(character) { character } else { '_' }).collect(),
    }
}
