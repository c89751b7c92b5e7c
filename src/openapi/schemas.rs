//! Schemas of types, and their names.
//!
//! A type may be read in another shape than it is written in, so there are two generators. Each type is shown to both, so
//! that both give it the same name; where the shapes are the same, one schema is kept.

use std::collections::{BTreeMap, BTreeSet};

use schemars::generate::{Contract, SchemaSettings};
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

const INPUT: &str = "#/input/";
const OUTPUT: &str = "#/output/";

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
    /// What is read as a `T`: by reference, where the type has a name.
    pub(super) fn input<T: JsonSchema>(&mut self) -> Value {
        self.output.subschema_for::<T>();
        tidied(self.input.subschema_for::<T>())
    }

    /// What a `T` is written as.
    pub(super) fn output<T: JsonSchema>(&mut self) -> Value {
        self.input.subschema_for::<T>();
        tidied(self.output.subschema_for::<T>())
    }

    /// What is read as a `T`, itself and not by reference.
    pub(super) fn input_itself<T: JsonSchema>(&mut self) -> Value {
        T::json_schema(&mut self.output); // the types within must have one name on both sides
        tidied(T::json_schema(&mut self.input))
    }

    /// The schema that is read, where this one refers to it.
    pub(super) fn referred(&self, schema: &Value) -> Option<Value> {
        let reference = Reference::of(schema.as_object()?)?;
        let definition = self.input.definitions().get(reference.definition.strip_prefix(INPUT)?)?;
        Schema::try_from(definition.clone()).map(tidied).ok()
    }

    /// Gives every schema that the document refers to its name, and returns them; the references are set right.
    pub(super) fn finish(mut self, document: &mut Value) -> Map<String, Value> {
        let tidied = |definitions: Map<String, Value>| -> Map<String, Value> {
            let tidied = |schema| Schema::try_from(schema).map(tidied).unwrap_or_default();
            definitions.into_iter().map(|(name, schema)| (name, tidied(schema))).collect()
        };
        let input = tidied(self.input.take_definitions(false));
        let output = tidied(self.output.take_definitions(false));
        let same = same_on_both_sides(&input, &output);
        let mut definitions = BTreeMap::new();
        for (path, schemas) in [(INPUT, input), (OUTPUT, output)] {
            definitions.extend(schemas.into_iter().map(|(name, schema)| (format!("{path}{name}"), schema)));
        }
        let used = reachable(document, &definitions);
        let names = names(&used, &same);
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

/// A name that no other thing of its kind has yet.
pub(super) fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut numbered = (2..).map(|number| format!("{name}{number}"));
    let mut candidate = name.to_owned();
    while !taken.insert(candidate.clone()) {
        candidate = numbered.next().expect("there is always another number");
    }
    candidate
}

/// The names whose schemas are the same for what is read and what is written, with all that they refer to.
fn same_on_both_sides(input: &Map<String, Value>, output: &Map<String, Value>) -> BTreeSet<String> {
    let alike = |name: &String| output.get(name).is_some_and(|theirs| is_alike(&input[name], theirs));
    let mut same: BTreeSet<String> = input.keys().filter(|name| alike(name)).cloned().collect();
    loop {
        let refers_to_another = |name: &String| {
            let mut references = BTreeSet::new();
            collect_references(&input[name], &mut references);
            references.iter().filter_map(|reference| reference.strip_prefix(INPUT)).any(|name| !same.contains(name))
        };
        let wrong: Vec<String> = same.iter().filter(|name| refers_to_another(name)).cloned().collect();
        if wrong.is_empty() {
            return same;
        }
        same.retain(|name| !wrong.contains(name));
    }
}

/// Whether two schemas are equal, but that one refers to what is read and the other to what is written.
fn is_alike(input: &Value, output: &Value) -> bool {
    match (input, output) {
        (Value::Object(input), Value::Object(output)) => {
            let is_same = |(name, value)| output.get(name).is_some_and(|other| is_alike(value, other));
            input.len() == output.len() && input.iter().all(is_same)
        }
        (Value::Array(input), Value::Array(output)) => {
            input.len() == output.len() && input.iter().zip(output).all(|(input, output)| is_alike(input, output))
        }
        (Value::String(input), Value::String(output)) => {
            input == output || input.strip_prefix(INPUT).is_some_and(|name| output.strip_prefix(OUTPUT) == Some(name))
        }
        _ => input == output,
    }
}

/// What the document refers to, and what that refers to.
fn reachable(document: &Value, definitions: &BTreeMap<String, Value>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect_references(document, &mut found);
    let mut open: Vec<String> = found.iter().cloned().collect();
    while let Some(reference) = open.pop() {
        let mut further = BTreeSet::new();
        definitions.get(&reference).into_iter().for_each(|schema| collect_references(schema, &mut further));
        open.extend(further.difference(&found).cloned());
        found.append(&mut further);
    }
    found.retain(|reference| definitions.contains_key(reference));
    found
}

/// Maps each reference to its name in the document. A type's own name is chosen before names with `Input` after them, and
/// the names of written types before those of read types.
fn names(used: &BTreeSet<String>, same: &BTreeSet<String>) -> BTreeMap<String, String> {
    let on_side = |side| {
        let mut names: Vec<&str> = used.iter().filter_map(|reference| reference.strip_prefix(side)).collect();
        names.sort_by_key(|name| allowed(name) != *name); // a name that needs no change is not numbered
        names.into_iter()
    };
    let mut taken = BTreeSet::new();
    let mut names = BTreeMap::new();
    for name in on_side(OUTPUT) {
        names.insert(format!("{OUTPUT}{name}"), unique(&allowed(name), &mut taken));
    }
    let (written, read_only): (Vec<_>, Vec<_>) =
        on_side(INPUT).partition(|name| names.contains_key(&format!("{OUTPUT}{name}")));
    for name in read_only {
        names.insert(format!("{INPUT}{name}"), unique(&allowed(name), &mut taken));
    }
    for name in written {
        let input = if same.contains(name) {
            names[&format!("{OUTPUT}{name}")].clone()
        } else {
            unique(&format!("{}Input", allowed(name)), &mut taken)
        };
        names.insert(format!("{INPUT}{name}"), input);
    }
    names
}

/// A name with the characters that a component's may have.
pub(super) fn allowed(name: &str) -> String {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
    match name {
        "" => "_".to_owned(),
        name => name.chars().map(|character| if is_allowed(character) { character } else { '_' }).collect(),
    }
}

/// Finds a reference within the finished document that leads nowhere.
///
/// `#` alone leads nowhere too: it is the root of the document and not a schema.
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

/// Finds every `$ref` outside data. A `$ref` in data, such as an example, is no reference.
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

fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    visit_objects(value, &mut |members| found.extend(Reference::of(members).map(|reference| reference.definition)));
}

fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            let reference = Reference::of(members);
            let name = reference.as_ref().and_then(|reference| names.get(&reference.definition));
            if let (Some(Reference { within, .. }), Some(name)) = (&reference, name) {
                members.insert("$ref".to_owned(), format!("#/components/schemas/{name}{within}").into());
            }
            members.values_mut().for_each(|member| rename(member, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        _ => {}
    }
}

/// A reference to a definition of a generator.
struct Reference {
    /// The side (input or output) and the decoded name of the definition.
    definition: String,
    /// The rest of the pointer, if it leads into the definition: `/properties/id`.
    within: String,
}

impl Reference {
    fn of(members: &Map<String, Value>) -> Option<Self> {
        let reference = members.get("$ref")?.as_str()?;
        let side = [INPUT, OUTPUT].into_iter().find(|side| reference.starts_with(side))?;
        let name = &reference[side.len()..];
        let (name, within) = name.split_at(name.find('/').unwrap_or(name.len()));
        Some(Self { definition: format!("{side}{}", decoded(name)), within: within.to_owned() })
    }
}

/// A name out of a JSON pointer in a URI fragment (RFC 6901 §6).
fn decoded(name: &str) -> String {
    if !name.contains(['%', '~']) {
        return name.to_owned();
    }
    let text = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    text.replace("~1", "/").replace("~0", "~")
}

/// A schema as the tools that read documents understand it best.
fn tidied(mut schema: Schema) -> Value {
    RecursiveTransform(tidy).transform(&mut schema);
    schema.to_value()
}

fn tidy(schema: &mut Schema) {
    if schema.as_bool() == Some(true) {
        schema.ensure_object();
    }
    add_bounds(schema);
    set_reference_apart(schema);
}

/// Adds the bounds of a number's type: a value beyond them cannot be read.
fn add_bounds(schema: &mut Schema) {
    let (kind, minimum, maximum) = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => ("integer", json!(i32::MIN), json!(i32::MAX)),
        Some("int64" | "int") => ("integer", json!(i64::MIN), json!(i64::MAX)),
        Some("uint32") => ("integer", json!(u32::MIN), json!(u32::MAX)),
        Some("uint64" | "uint") => ("integer", json!(u64::MIN), json!(u64::MAX)),
        Some("float") => ("number", json!(f32::MIN), json!(f32::MAX)), // beyond them a number is infinite, which JSON lacks
        _ => return,
    };
    let is_of_kind = schema.get("type").is_some_and(|own| match own {
        Value::Array(kinds) => kinds.contains(&json!(kind)),
        own => own == kind,
    });
    if let Some(members) = schema.as_object_mut().filter(|_| is_of_kind) {
        members.entry("minimum").or_insert(minimum);
        members.entry("maximum").or_insert(maximum);
    }
}

/// Moves a reference apart from what else the value must be: JSON Schema takes both, many a generator only the first.
fn set_reference_apart(schema: &mut Schema) {
    const NOTES: [&str; 7] = ["description", "title", "default", "deprecated", "readOnly", "writeOnly", "examples"];
    let Some(members) = schema.as_object_mut() else { return };
    if !members.contains_key("$ref") || members.keys().all(|name| name == "$ref" || NOTES.contains(&name.as_str())) {
        return;
    }
    let (notes, mut others): (Map<_, _>, Map<_, _>) =
        std::mem::take(members).into_iter().partition(|(name, _)| NOTES.contains(&name.as_str()));
    let reference = others.remove("$ref").unwrap_or_default();
    *members = notes;
    members.insert("allOf".to_owned(), json!([{ "$ref": reference }, others]));
}
