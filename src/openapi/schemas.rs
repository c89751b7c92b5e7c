//! Schemas of types.
//!
//! Serde may read and write a type in different shapes, so there are two schema generators: one for input, one for output.
//! Each type is added to both. If both shapes are equal, the document has one schema.

use std::collections::{BTreeMap, BTreeSet};

use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::openapi::accepts::Definitions;
use crate::openapi::names::display_names;
use crate::openapi::references::{INPUT, OUTPUT, Reference, collect_references, reachable, rename};
use crate::openapi::tidy::tidied;
use crate::openapi::type_ids::type_ids;

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
        let schema = self.input.subschema_for::<T>();
        self.tidied_input(schema)
    }

    /// Returns the schema of a `T` as serde writes it: a reference if the type has a name.
    pub(super) fn output<T: JsonSchema>(&mut self) -> Value {
        self.input.subschema_for::<T>();
        let schema = self.output.subschema_for::<T>();
        tidied(schema, Definitions { prefix: OUTPUT, schemas: self.output.definitions() })
    }

    /// Returns the schema of a `T` as serde reads it. It is never a reference.
    pub(super) fn input_itself<T: JsonSchema>(&mut self) -> Value {
        T::json_schema(&mut self.output); // nested types must have the same name in both generators
        let schema = T::json_schema(&mut self.input);
        self.tidied_input(schema)
    }

    fn tidied_input(&self, schema: Schema) -> Value {
        tidied(schema, Definitions { prefix: INPUT, schemas: self.input.definitions() })
    }

    /// Returns the input schema to which this schema refers, if it is a reference.
    pub(super) fn referred(&self, schema: &Value) -> Option<Value> {
        let reference = Reference::of(schema.as_object()?)?;
        let definition = self.input.definitions().get(reference.definition.strip_prefix(INPUT)?)?;
        Schema::try_from(definition.clone()).map(|schema| self.tidied_input(schema)).ok()
    }

    /// Returns the components: every schema to which the document refers, by its final name. Updates all references.
    pub(super) fn finish(mut self, document: &mut Value) -> Map<String, Value> {
        let mut definitions = BTreeMap::new();
        let mut types = Types::default();
        for (prefix, generator) in [(INPUT, &mut self.input), (OUTPUT, &mut self.output)] {
            let schemas = generator.take_definitions(false);
            for (name, schema) in &schemas {
                let schema = Schema::try_from(schema.clone());
                let schema = schema.map(|schema| tidied(schema, Definitions { prefix, schemas: &schemas }));
                definitions.insert(format!("{prefix}{name}"), schema.unwrap_or_default());
            }
            types.add(prefix, type_ids(generator));
        }
        let used = reachable(document, &definitions);
        let names = types.names(&used, &definitions);
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

/// The types of the definitions.
#[derive(Default)]
struct Types {
    /// Maps each reference to the id of its type.
    ids: BTreeMap<String, String>,
}

impl Types {
    fn add(&mut self, prefix: &str, ids: BTreeMap<String, String>) {
        self.ids.extend(ids.into_iter().map(|(name, id)| (format!("{prefix}{name}"), id)));
    }

    /// The id of a type. A definition without an id has its name as the id.
    fn id<'a>(&'a self, reference: &'a str) -> &'a str {
        self.ids.get(reference).map_or_else(|| name_of(reference), String::as_str)
    }

    /// Maps each reference to its name in the document.
    ///
    /// Names with `Input` after them are chosen last, so they never take the name of another type.
    fn names(&self, used: &BTreeSet<String>, definitions: &BTreeMap<String, Value>) -> BTreeMap<String, String> {
        let display = display_names(&used.iter().map(|reference| (self.id(reference), name_of(reference))).collect());
        let mut own: Vec<(&String, Shapes<'_>)> = Vec::new();
        let mut others: Vec<(&String, Shapes<'_>)> = Vec::new();
        for (id, name) in &display {
            let of = |prefix| used.iter().find(|reference| reference.starts_with(prefix) && self.id(reference) == id);
            // A `PageUser` keeps its name beside a `Page<User>`. A name that must be changed is not its own.
            let is_own = allowed(name) == *name && id.rsplit("::").next() == Some(name);
            let list = if is_own { &mut own } else { &mut others };
            list.push((name, Shapes { input: of(INPUT), output: of(OUTPUT) }));
        }
        others.sort_by_key(|(name, _)| allowed(name) != **name);
        let shapes = [own, others].concat(); // the first ones get no number
        let equal = self.equal_shapes(shapes.iter().map(|(_, shapes)| *shapes), definitions);
        let mut taken = BTreeSet::new();
        let mut names = BTreeMap::new();
        for (name, Shapes { input, output }) in &shapes {
            let unique = unique(&allowed(name), &mut taken);
            names.insert(output.or(*input).cloned().unwrap_or_default(), unique);
        }
        for (name, shapes) in &shapes {
            let Shapes { input: Some(input), output: Some(output) } = shapes else { continue };
            let name = if equal.contains(input) {
                names[*output].clone()
            } else {
                unique(&format!("{}Input", allowed(name)), &mut taken)
            };
            names.insert((*input).clone(), name);
        }
        names
    }

    /// Returns the input references of the types with one shape. All types to which it refers have one shape too.
    fn equal_shapes<'a>(
        &self,
        shapes: impl Iterator<Item = Shapes<'a>>,
        definitions: &BTreeMap<String, Value>,
    ) -> BTreeSet<&'a String> {
        let mut equal: BTreeSet<&String> = shapes
            .filter_map(|shapes| Some((shapes.input?, shapes.output?)))
            .filter(|(input, output)| self.are_equal(&definitions[*input], &definitions[*output]))
            .map(|(input, _)| input)
            .collect();
        loop {
            let refers_to_unequal = |reference: &&&String| {
                let mut references = BTreeSet::new();
                collect_references(&definitions[**reference], &mut references);
                references.iter().any(|reference| !equal.contains(reference))
            };
            let unequal: Vec<&String> = equal.iter().filter(refers_to_unequal).copied().collect();
            if unequal.is_empty() {
                return equal;
            }
            equal.retain(|reference| !unequal.contains(reference));
        }
    }

    /// Compares an input schema with an output schema. References are equal if they refer to one type.
    fn are_equal(&self, input: &Value, output: &Value) -> bool {
        match (input, output) {
            (Value::Object(input), Value::Object(output)) => {
                let references = (Reference::of(input), Reference::of(output));
                let are_references = matches!(&references, (Some(input), Some(output))
                    if self.id(&input.definition) == self.id(&output.definition) && input.inner == output.inner);
                let is_same = |(name, value): (&String, &Value)| {
                    (name == "$ref" && are_references)
                        || output.get(name).is_some_and(|other| self.are_equal(value, other))
                };
                input.len() == output.len() && input.iter().all(is_same)
            }
            (Value::Array(input), Value::Array(output)) => {
                let mut pairs = input.iter().zip(output);
                input.len() == output.len() && pairs.all(|(input, output)| self.are_equal(input, output))
            }
            _ => input == output,
        }
    }
}

/// The references to the schemas of one type.
#[derive(Clone, Copy)]
struct Shapes<'a> {
    input: Option<&'a String>,
    output: Option<&'a String>,
}

/// The name of a definition in its schema generator.
fn name_of(reference: &str) -> &str {
    reference.strip_prefix(INPUT).or(reference.strip_prefix(OUTPUT)).unwrap_or(reference)
}

/// Replaces each character that the name of a component may not contain with `_`.
pub(super) fn allowed(name: &str) -> String {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
    match name {
        "" => "_".to_owned(),
        name => name.chars().map(|character| if is_allowed(character) { character } else { '_' }).collect(),
    }
}
