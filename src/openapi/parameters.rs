//! The fields of a type that is read from a path, a query or a form: from its schema.

use serde_json::{Value, json};

use crate::openapi::schemas::Schemas;

/// What such a type reads.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) fields: Vec<Field>,
    /// The schema of fields with any other name, if it reads them.
    pub(super) others: Option<Value>,
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) schema: Value,
    pub(super) is_required: bool,
}

impl Fields {
    pub(super) fn of(schema: &Value, schemas: &Schemas) -> Self {
        let mut fields = Self::default();
        fields.add(schema, schemas, true, 0);
        fields
    }

    /// `flatten` and enums nest schemas; `is_required` is whether all of what is added must hold.
    fn add(&mut self, schema: &Value, schemas: &Schemas, is_required: bool, depth: usize) {
        const DEEP_ENOUGH: usize = 8; // a type that holds itself is no list of fields
        if depth > DEEP_ENOUGH {
            return;
        }
        if let Some(referred) = schemas.referred(schema) {
            self.add(referred, schemas, is_required, depth + 1);
        }
        let required = list(schema, "required");
        for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let is_required = is_required && required.iter().any(|required| required == name);
            self.add_field(Field { name: name.clone(), schema: without_null(schema.clone()), is_required });
        }
        if let Some(others) = schema.get("additionalProperties").filter(|others| others.is_object()) {
            self.others = Some(without_null(others.clone()));
        }
        for part in list(schema, "allOf") {
            self.add(part, schemas, is_required, depth + 1);
        }
        let variants = list(schema, "oneOf").iter().chain(list(schema, "anyOf"));
        for variant in variants {
            self.add(variant, schemas, false, depth + 1);
        }
    }

    fn add_field(&mut self, field: Field) {
        match self.fields.iter_mut().find(|own| own.name == field.name) {
            Some(own) => {
                own.schema = either(own.schema.take(), field.schema);
                own.is_required |= field.is_required;
            }
            None => self.fields.push(field),
        }
    }

    /// The fields as one object, as a form sends them.
    pub(super) fn into_object(self) -> Value {
        let required: Vec<_> = self.fields.iter().filter(|field| field.is_required).map(|field| &field.name).collect();
        let mut object = json!({ "type": "object" });
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        if let Some(others) = self.others {
            object["additionalProperties"] = others;
        }
        for Field { name, schema, .. } in self.fields {
            object["properties"][name] = schema;
        }
        object
    }
}

/// The schemas of a path's parameters, in the order of their names, where the type says one.
pub(super) fn in_path(names: &[&str], schema: &Value, schemas: &Schemas) -> Vec<Option<Value>> {
    let schema = schemas.referred(schema).unwrap_or(schema);
    if let Some(items) = schema.get("prefixItems").and_then(Value::as_array) {
        return names.iter().enumerate().map(|(position, _)| items.get(position).cloned().map(without_null)).collect();
    }
    if let Some(items) = schema.get("items").filter(|items| items.is_object()) {
        return names.iter().map(|_| Some(without_null(items.clone()))).collect();
    }
    let Fields { fields, others } = Fields::of(schema, schemas);
    if fields.is_empty() && others.is_none() {
        return names
            .iter()
            .enumerate()
            .map(|(position, _)| (position == 0).then(|| without_null(schema.clone())))
            .collect();
    }
    let by_name = |name: &&str| fields.iter().find(|field| field.name == **name).map(|field| field.schema.clone());
    names.iter().map(|name| by_name(name).or_else(|| others.clone())).collect()
}

/// One of two schemas.
pub(super) fn either(first: Value, second: Value) -> Value {
    if first.is_null() || first == second {
        return second;
    }
    match first {
        Value::Object(mut first) if first.len() == 1 && first.contains_key("anyOf") => {
            if let Some(Value::Array(variants)) = first.get_mut("anyOf") {
                if !variants.contains(&second) {
                    variants.push(second);
                }
            }
            first.into()
        }
        first => json!({ "anyOf": [first, second] }),
    }
}

/// A schema for what is sent as text, where nothing is sent instead of `null`.
pub(super) fn without_null(mut schema: Value) -> Value {
    let null = json!("null");
    let Some(members) = schema.as_object_mut() else { return schema };
    if let Some(Value::Array(kinds)) = members.get_mut("type") {
        kinds.retain(|kind| *kind != null);
        if let [only] = &kinds[..] {
            let only = only.clone();
            members.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(values)) = members.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if members.get("default").is_some_and(Value::is_null) {
        members.remove("default");
    }
    for name in ["anyOf", "oneOf"] {
        let Some(Value::Array(variants)) = members.get_mut(name) else { continue };
        variants.retain(|variant| variant.get("type") != Some(&null));
        if let [Value::Object(only)] = &mut variants[..] {
            let only = std::mem::take(only);
            members.remove(name);
            members.extend(only);
        }
    }
    schema
}

fn list<'s>(schema: &'s Value, name: &str) -> &'s [Value] {
    schema.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
