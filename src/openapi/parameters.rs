//! Finds the fields of a type in its schema. The type is deserialized from a path, a query or a form.

use serde_json::{Value, json};

use crate::openapi::schemas::Schemas;
use crate::openapi::template::Name;

/// The fields of a type.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) named: Vec<Field>,
    /// The schema of fields with any other name, if the type reads them.
    pub(super) additional: Option<Value>,
    /// The regular expression of these other names, if not every name is allowed.
    pub(super) name_pattern: Option<String>,
    /// Whether the type refuses every other name.
    is_closed: bool,
    /// The objects of the variants of each enum in the type. A form matches one of each.
    variants: Vec<Vec<Value>>,
    /// The reason why no request can be deserialized into the type.
    pub(super) error: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) schema: Value,
    pub(super) is_required: bool,
}

impl Fields {
    /// Returns the fields of a query or a form.
    pub(super) fn of(schema: &Value, schemas: &Schemas) -> Self {
        let mut fields = Self::collect(schema, schemas, 0);
        if let Some(value) = schema.get("items").and_then(|item| value_of_pair(item, schemas)) {
            fields.additional = Some(as_text(&value, schemas, 0));
        } else if fields.error.is_none() {
            fields.error = why_no_fields(schema, schemas);
        }
        fields
    }

    /// Collects the fields of a schema and of its nested schemas, which `flatten` and enums make.
    fn collect(schema: &Value, schemas: &Schemas, depth: usize) -> Self {
        let mut all = Self::default();
        if depth > MAX_DEPTH {
            return all;
        }
        if let Some(referred) = schemas.referred(schema) {
            let referred = Self::collect(&referred, schemas, depth + 1);
            all.is_closed = referred.is_closed;
            all.add(referred);
        }
        let required = list(schema, "required");
        for (name, schema) in members(schema, "properties") {
            let is_required = required.iter().any(|required| required == name);
            all.add_error(why_no_text(schema, schemas, depth).map(|reason| format!("its field `{name}` is {reason}")));
            let is_required = is_required && !may_be_empty(schema, schemas);
            all.add_field(Field { name: name.clone(), schema: as_text(schema, schemas, depth), is_required });
        }
        for name in ["additionalProperties", "unevaluatedProperties"] {
            all.add_additional(schema.get(name).filter(|additional| additional.is_object()), schemas, depth);
            all.is_closed |= schema.get(name) == Some(&json!(false));
        }
        for (pattern, schema) in members(schema, "patternProperties") {
            all.add_additional(Some(schema), schemas, depth);
            all.name_pattern = Some(pattern.clone());
        }
        for part in list(schema, "allOf") {
            all.add(Self::collect(part, schemas, depth + 1));
        }
        for variants in [list(schema, "oneOf"), list(schema, "anyOf")] {
            let variants =
                Self::one_of(variants.iter().map(|variant| Self::collect(variant, schemas, depth + 1)).collect());
            all.is_closed |= variants.is_closed && schema.get("properties").is_none();
            all.add(variants);
        }
        all
    }

    /// Returns the fields of an enum. A field is required if every variant requires it.
    fn one_of(variants: Vec<Self>) -> Self {
        let count = variants.len();
        let errors: Vec<_> = variants.iter().filter_map(|variant| variant.error.clone()).collect();
        let is_closed = count > 0 && variants.iter().all(|variant| variant.is_closed);
        let usable = variants.iter().filter(|variant| variant.error.is_none());
        let objects: Vec<_> = usable.map(|variant| variant.clone().into_object()).collect();
        let mut all = Self { is_closed, ..Self::default() };
        let mut required: Vec<String> = Vec::new();
        for mut variant in variants {
            variant.error = None; // one usable variant is enough
            variant.variants.clear(); // they are in its object
            required.extend(variant.named.iter().filter(|field| field.is_required).map(|field| field.name.clone()));
            all.add(variant);
        }
        for field in &mut all.named {
            field.is_required = required.iter().filter(|name| **name == field.name).count() == count;
        }
        if !objects.is_empty() && !objects.contains(&json!({ "type": "object" })) {
            all.variants.push(objects);
        }
        all.error = errors.into_iter().nth(count.saturating_sub(1)); // only if no variant is usable
        all
    }

    /// Adds the fields of another part of the type.
    fn add(&mut self, other: Self) {
        other.named.into_iter().for_each(|field| self.add_field(field));
        self.additional = self.additional.take().or(other.additional);
        self.name_pattern = self.name_pattern.take().or(other.name_pattern);
        self.variants.extend(other.variants);
        self.add_error(other.error);
    }

    fn add_field(&mut self, field: Field) {
        match self.named.iter_mut().find(|known| known.name == field.name) {
            Some(known) => {
                known.schema = either(known.schema.take(), field.schema);
                known.is_required |= field.is_required;
            }
            None => self.named.push(field),
        }
    }

    fn add_additional(&mut self, additional: Option<&Value>, schemas: &Schemas, depth: usize) {
        if let Some(schema) = additional {
            self.add_error(
                why_no_text(schema, schemas, depth).map(|reason| format!("each value of its map is {reason}")),
            );
            self.additional = Some(as_text(schema, schemas, depth));
        }
    }

    /// Adds an error. The first one is kept.
    fn add_error(&mut self, error: Option<String>) {
        self.error = self.error.take().or(error);
    }

    /// Returns the fields with any other name as an object.
    pub(super) fn additional_as_object(&mut self) -> Option<Value> {
        let mut object = json!({ "type": "object", "additionalProperties": self.additional.take()? });
        if let Some(pattern) = self.name_pattern.take() {
            object["propertyNames"] = json!({ "pattern": pattern });
        }
        Some(object)
    }

    /// Converts the fields into one object, which a form sends.
    pub(super) fn into_object(mut self) -> Value {
        let required: Vec<_> = self.named.iter().filter(|field| field.is_required).map(|field| &field.name).collect();
        let required = json!(required);
        let mut object = self.additional_as_object().unwrap_or_else(|| json!({ "type": "object" }));
        if self.is_closed && object.get("additionalProperties").is_none() {
            object["additionalProperties"] = false.into();
        }
        if required != json!([]) {
            object["required"] = required;
        }
        for Field { name, schema, .. } in self.named {
            object["properties"][name] = schema;
        }
        match &*self.variants {
            [] => {}
            [variants] => object["anyOf"] = json!(variants),
            several => object["allOf"] = several.iter().map(|variants| json!({ "anyOf": variants })).collect(),
        }
        object
    }
}

/// Returns the schema of a value that is sent as text. An enum keeps only the variants that text can represent.
fn as_text(schema: &Value, schemas: &Schemas, depth: usize) -> Value {
    let referred = schemas.referred(schema);
    let whole = referred.as_ref().unwrap_or(schema);
    for name in ["oneOf", "anyOf"] {
        let (sent, not_sent): (Vec<_>, Vec<_>) =
            list(whole, name).iter().partition(|variant| why_no_text(variant, schemas, depth).is_none());
        if depth < MAX_DEPTH && !sent.is_empty() && !not_sent.is_empty() {
            let mut whole = whole.clone();
            whole[name] = sent.into_iter().map(|variant| as_text(variant, schemas, depth + 1)).collect();
            return without_null(whole);
        }
    }
    without_null(schema.clone())
}

/// Returns whether this is the schema of a list that may be empty. A query and a form send nothing for an empty list.
fn may_be_empty(schema: &Value, schemas: &Schemas) -> bool {
    let referred = schemas.referred(schema);
    let schema = referred.as_ref().unwrap_or(schema);
    schema["type"] == "array" && schema["minItems"].as_u64().unwrap_or(0) == 0
}

/// The depth at which the search for fields ends, because a type may contain itself.
const MAX_DEPTH: usize = 8;

/// Returns why no text of a query, a form or a path matches this schema; `None` if one does. A list is sent as a repeated key.
fn why_no_text(schema: &Value, schemas: &Schemas, depth: usize) -> Option<String> {
    let nested = |schema: &Value| why_no_text(schema, schemas, depth + 1);
    if depth > MAX_DEPTH {
        return None;
    }
    if let Some(reason) = schemas.referred(schema).and_then(|referred| nested(&referred)) {
        return Some(reason);
    }
    let is = |wanted: &str| match &schema["type"] {
        Value::Array(types) => types.iter().all(|name| name == wanted || name == "null"),
        name => name == wanted,
    };
    if *schema == json!(false) {
        return Some("of a type without values".to_owned());
    }
    if is("null") {
        return Some("null (`()`)".to_owned());
    }
    if is("object") {
        return Some("an object".to_owned());
    }
    let of_item = |item: &Value| if is_tuple(item, schemas) { Some("a tuple".to_owned()) } else { nested(item) };
    if let Some(reason) = list(schema, "prefixItems").iter().find_map(of_item) {
        return Some(format!("a tuple, and a value of it is {reason}"));
    }
    let of_items = schema.get("items").and_then(of_item).map(|reason| format!("a list, and an item of it is {reason}"));
    of_items.or_else(|| list(schema, "allOf").iter().find_map(nested)).or_else(|| {
        let of_variants =
            |variants: &[Value]| variants.iter().map(nested).collect::<Option<Vec<_>>>()?.into_iter().next();
        of_variants(list(schema, "oneOf")).or_else(|| of_variants(list(schema, "anyOf")))
    })
}

fn is_tuple(schema: &Value, schemas: &Schemas) -> bool {
    schemas.referred(schema).as_ref().unwrap_or(schema).get("prefixItems").is_some()
}

/// Returns why a type has no fields, which a query and a form need; `None` if it has fields.
fn why_no_fields(schema: &Value, schemas: &Schemas) -> Option<String> {
    let referred = schemas.referred(schema);
    let schema = referred.as_ref().unwrap_or(schema);
    if has_no_tag(schema) {
        return Some(NO_TAG.to_owned());
    }
    match schema["type"].as_str() {
        Some("array") => Some("it is a list".to_owned()),
        Some("string" | "number" | "integer" | "boolean") => Some("it has no fields".to_owned()),
        _ => None,
    }
}

const NO_TAG: &str = "it is an enum without a tag: add `#[serde(tag = \"...\")]`";

/// Returns whether this is the schema of an enum that serde writes as `"Variant"` and `{ "Variant": value }`.
fn has_no_tag(schema: &Value) -> bool {
    let has_none = |variant: &Value| {
        let mut fields = members(variant, "properties").map(|(_, field)| field);
        let is_only = fields.next().is_some_and(|field| field.get("const").is_none()) && fields.next().is_none();
        variant["type"] == "string" || (is_only && variant["additionalProperties"] == false)
    };
    let variants = list(schema, "oneOf");
    !variants.is_empty() && variants.iter().all(has_none)
}

/// Returns the schemas of path parameters, in the order of `names`. A schema is `None` if the type does not give one, and
/// for a value of a catch-all: its segments can be read as a list, a tuple or pairs, and the document describes it as text.
///
/// # Errors
///
/// The reason why no path can be deserialized into the type.
pub(super) fn in_path(names: &[Name], schema: &Value, schemas: &Schemas) -> Result<Vec<Option<Value>>, String> {
    let referred = schemas.referred(schema);
    let schema = referred.as_ref().unwrap_or(schema);
    if schema["type"] == "null" {
        return Ok(vec![None; names.len()]); // `()` reads nothing
    }
    let of_item = |name: &Name, item: &Value| {
        let pair_value = value_of_pair(item, schemas);
        let value = pair_value.as_ref().unwrap_or(item);
        match why_no_text(value, schemas, 0) {
            _ if name.is_catch_all => Ok(None),
            Some(reason) => Err(format!("a value of it is {reason}")),
            None if is_tuple(value, schemas) => Err("a value of it is a tuple".to_owned()),
            None => Ok(Some(as_text(value, schemas, 0))),
        }
    };
    if let Some(items) = schema.get("prefixItems").and_then(Value::as_array) {
        let of_position = |(position, name)| items.get(position).map_or(Ok(None), |item| of_item(name, item));
        return names.iter().enumerate().map(of_position).collect();
    }
    if let Some(item) = schema.get("items").filter(|items| items.is_object()) {
        return names.iter().map(|name| of_item(name, item)).collect();
    }
    let single = || (0..names.len()).map(|position| (position == 0).then(|| as_text(schema, schemas, 0))).collect();
    if has_no_tag(schema) {
        return if why_no_text(schema, schemas, 0).is_none() { Ok(single()) } else { Err(NO_TAG.to_owned()) };
    }
    let Fields { named, additional, error, .. } = Fields::collect(schema, schemas, 0);
    if let Some(error) = error {
        return Err(error);
    }
    if named.is_empty() && additional.is_none() {
        return Ok(single());
    }
    let by_name = |name: &Name| named.iter().find(|field| field.name == name.text).map(|field| field.schema.clone());
    Ok(names.iter().map(|name| by_name(name).or_else(|| additional.clone())).collect())
}

/// Returns the schema of the second value of a pair. A list of pairs is deserialized like a map: each is a name and its value.
fn value_of_pair(schema: &Value, schemas: &Schemas) -> Option<Value> {
    let referred = schemas.referred(schema);
    let schema = referred.as_ref().unwrap_or(schema);
    match list(schema, "prefixItems") {
        [_, value] => Some(value.clone()),
        [] if schema["minItems"] == 2 && schema["maxItems"] == 2 => schema.get("items").cloned(), // an array
        _ => None,
    }
}

/// Combines two schemas: a value matches one of them.
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

/// Removes `null` from a schema: a query, a form or a path sends nothing instead of `null`.
pub(super) fn without_null(mut schema: Value) -> Value {
    let null = json!("null");
    let Some(members) = schema.as_object_mut() else { return schema };
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|name| *name != null);
        if let [only] = &types[..] {
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

fn members<'s>(schema: &'s Value, name: &str) -> impl Iterator<Item = (&'s String, &'s Value)> + use<'s> {
    schema.get(name).and_then(Value::as_object).into_iter().flatten()
}

fn list<'s>(schema: &'s Value, name: &str) -> &'s [Value] {
    schema.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
