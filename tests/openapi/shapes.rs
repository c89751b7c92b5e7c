//! Schemas match the shapes that serde reads and writes.

use route_handlers::{Json, Query, documented};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::operation;

/// Returns the schema of a type as serde writes it, and the schema as serde reads it.
fn schemas<T>() -> (Value, Value)
where
    T: JsonSchema + Serialize + for<'de> Deserialize<'de> + Send + 'static,
{
    let (operation, schemas) = operation(documented(async |Json(value): Json<T>| Json(value)));
    let referred = |content: &Value| {
        let reference = content["application/json"]["schema"]["$ref"].as_str().expect("a reference").to_owned();
        schemas[reference.trim_start_matches("#/components/schemas/")].clone()
    };
    (referred(&operation["responses"]["200"]["content"]), referred(&operation["requestBody"]["content"]))
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Options {
    always: Option<u32>,
    #[serde(skip_serializing_if = "is_seven")]
    not_seven: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[allow(clippy::option_option, reason = "outer `None` is absent, inner `None` is null")]
    twice: Option<Option<u32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    never_null: Option<u32>,
    #[serde(flatten)]
    page: Option<Page>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Page {
    after: Option<u32>,
}

#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde passes the field")]
fn is_seven(number: &Option<u32>) -> bool {
    *number == Some(7)
}

#[test]
fn member_that_serde_may_write_as_null_may_be_null() {
    let (written, read) = schemas::<Options>();
    let null = Options {
        always: None,
        not_seven: None,
        twice: Some(None),
        never_null: None,
        page: Some(Page { after: None }),
    };
    let null = serde_json::to_value(null).unwrap();
    assert_eq!(null, json!({ "always": null, "not_seven": null, "twice": null, "after": null }), "as serde writes it");
    for name in null.as_object().unwrap().keys() {
        assert_eq!(written["properties"][name]["type"], json!(["integer", "null"]), "{name}");
    }
    assert_eq!(written["required"], json!(["always"]));
    assert_eq!(written["properties"]["never_null"]["type"], "integer");
    assert_eq!(read["required"], Value::Null);
    assert_eq!(read["properties"]["not_seven"]["type"], json!(["integer", "null"]));
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Integers {
    a: u8,
    b: i32,
    c: u32,
    d: i64,
    e: u64,
    f: Option<u32>,
    g: usize,
    h: f32,
    i: Id,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Id(u32);

#[test]
fn number_has_a_format_and_bounds() {
    let (_, schemas) = operation(documented(async |Json(value): Json<Integers>| Json(value)));
    let bounds = |name: &str| {
        let mut schema = &schemas["Integers"]["properties"][name];
        if schema["$ref"] == "#/components/schemas/Id" {
            schema = &schemas["Id"];
        }
        (schema["format"].clone(), schema["minimum"].clone(), schema["maximum"].clone())
    };
    assert_eq!(bounds("a"), (json!("uint8"), json!(0), json!(255)));
    assert_eq!(bounds("b"), (json!("int32"), json!(i32::MIN), json!(i32::MAX)));
    assert_eq!(bounds("c"), (json!("uint32"), json!(0), json!(u32::MAX)));
    assert_eq!(bounds("d"), (json!("int64"), json!(i64::MIN), json!(i64::MAX)));
    assert_eq!(bounds("e"), (json!("uint64"), json!(0), json!(u64::MAX)));
    assert_eq!(bounds("f"), (json!("uint32"), json!(0), json!(u32::MAX)));
    assert_eq!(bounds("g"), (json!("uint"), json!(0), json!(u64::MAX)));
    assert_eq!(bounds("h"), (json!("float"), json!(f32::MIN), json!(f32::MAX)));
    assert_eq!(bounds("i"), (json!("uint32"), json!(0), json!(u32::MAX)));
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct User {
    id: u32,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Change {
    Added(User),
    RenamedTo { name: String },
    Cleared,
}

#[test]
fn tagged_enum_is_a_union_with_a_constant_tag() {
    let (written, _) = schemas::<Change>();
    let [added, renamed, cleared] = &written["oneOf"].as_array().unwrap()[..] else { panic!("{written}") };
    assert_eq!(added["allOf"][0], json!({ "$ref": "#/components/schemas/User" }), "the reference is separate: {added}");
    assert_eq!(added["allOf"][1]["properties"]["type"]["const"], "added");
    assert_eq!(renamed["properties"]["type"]["const"], "renamedTo");
    assert_eq!(cleared["required"], json!(["type"]));
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Flat {
    #[serde(flatten)]
    user: User,
    #[serde(rename = "fullName")]
    name: String,
    anything: Value,
}

#[test]
fn flatten_and_rename_change_the_schema_and_value_allows_anything() {
    let (written, _) = schemas::<Flat>();
    let properties = written["properties"].as_object().unwrap();
    assert_eq!(properties["id"]["format"], "uint32");
    assert_eq!(properties["fullName"], json!({ "type": "string" }));
    assert_eq!(properties["anything"], json!({}));
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Defaults {
    #[serde(default = "ten")]
    limit: u32,
}

fn ten() -> u32 {
    10
}

#[test]
fn field_with_a_default_is_not_required_where_the_type_is_read() {
    let (written, read) = schemas::<Defaults>();
    assert_eq!(written["required"], json!(["limit"]));
    assert_eq!((&read["required"], &read["properties"]["limit"]["default"]), (&Value::Null, &json!(10)));
    assert_eq!(read["additionalProperties"], false);
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[schemars(example = Price { cents: 5, currency: "EUR".into() })]
struct Price {
    /// The amount.
    #[schemars(example = 250)]
    cents: u32,
    currency: String,
}

#[test]
fn documentation_is_the_description_and_an_example_is_listed() {
    let (written, _) = schemas::<Price>();
    assert_eq!(written["examples"], json!([{ "cents": 5, "currency": "EUR" }]));
    let cents = &written["properties"]["cents"];
    assert_eq!((&cents["description"], &cents["examples"]), (&json!("The amount."), &json!([250])));
    let (operation, _) = operation(documented(async |_: Query<Price>| ""));
    let parameter = &operation["parameters"][0];
    assert_eq!((&parameter["description"], &parameter["schema"]["examples"]), (&json!("The amount."), &json!([250])));
}

/// A place.
///
/// Maps show it.
///
/// # Examples
///
/// ```json
/// {
///   "name": "Paris",
///   "near": ["Versailles"]
/// }
/// ```
///
/// ```json
/// { "name": "Bonn" }
/// ```
#[derive(Deserialize, Serialize, JsonSchema)]
struct Place {
    /// The name.
    /// # Example
    /// ```json
    /// "Paris"
    /// ```
    #[schemars(example = &"Rome")]
    name: String,
    /// Other places.
    ///
    /// # Examples
    ///
    /// ```json
    /// ["Versailles",
    /// ```
    #[serde(default)]
    near: Vec<String>,
    /// The price of a ticket.
    /// # Examples
    /// ```json
    /// { "cents": 9, "currency": "EUR" }
    /// ```
    ticket: Price,
    /// The length of a stay.
    /// # Examples
    /// ```json
    /// 5
    /// ```
    /// See above.
    days: u8,
}

#[test]
fn json_below_the_heading_examples_is_an_example() {
    let (written, _) = schemas::<Place>();
    assert_eq!(written["description"], "A place.\n\nMaps show it.");
    assert_eq!(written["examples"], json!([{ "name": "Paris", "near": ["Versailles"] }, { "name": "Bonn" }]));
    let fields = &written["properties"];
    let name = &fields["name"];
    assert_eq!((&name["description"], &name["examples"]), (&json!("The name."), &json!(["Rome", "Paris"])));
    let ticket = &fields["ticket"];
    assert_eq!(ticket["description"], "The price of a ticket.");
    assert_eq!(ticket["examples"], json!([{ "cents": 9, "currency": "EUR" }]));
    for field in ["near", "days"] {
        assert_eq!(fields[field].get("examples"), None, "{field}: not JSON alone");
        assert!(fields[field]["description"].as_str().unwrap().contains("# Examples"), "{field}");
    }
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(default)]
struct Presets {
    nan: f64,
    half: Option<Half>,
    list: Vec<f32>,
    inner: Ratio,
    #[schemars(length(min = 1))]
    empty: String,
    #[schemars(range(min = 1))]
    zero: u8,
    good: u8,
    none: Option<u8>,
    good_half: Half,
    good_list: Vec<f32>,
    good_inner: Ratio,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Half(f32);

#[derive(Deserialize, Serialize, JsonSchema)]
struct Ratio {
    ratio: f64,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
}

impl Default for Presets {
    fn default() -> Self {
        let inner = |ratio: f64, name: &str| Ratio { ratio, name: name.to_owned() };
        Self {
            nan: f64::NAN,
            half: Some(Half(f32::NAN)),
            list: vec![f32::INFINITY],
            inner: inner(1.0, ""),
            empty: String::new(),
            zero: 0,
            good: 7,
            none: None,
            good_half: Half(0.5),
            good_list: vec![1.0],
            good_inner: inner(1.0, "one"),
        }
    }
}

#[test]
fn default_that_its_schema_does_not_accept_is_left_out() {
    let (_, read) = schemas::<Presets>();
    let properties = read["properties"].as_object().unwrap();
    let with_default = properties.iter().filter(|(_, schema)| schema.get("default").is_some());
    let mut names: Vec<_> = with_default.map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["good", "good_half", "good_inner", "good_list", "half", "none"], "{read}");
    assert_eq!(properties["half"]["default"], Value::Null, "the type accepts null");
}

/// Schemas with a default, and whether the schema accepts it by JSON Schema 2020-12.
fn defaults() -> Value {
    json!([
        [true, { "prefixItems": [{ "type": "string" }], "items": { "type": "integer" }, "default": ["a", 1] }],
        [true, { "prefixItems": [{ "type": "string" }], "items": false, "default": ["a"] }],
        [false, { "prefixItems": [{ "type": "string" }], "items": false, "default": ["a", 1] }],
        [false, { "prefixItems": [{ "type": "string" }], "items": { "type": "integer" }, "default": ["a", "b"] }],
        [false, { "prefixItems": [{ "type": "string" }], "default": [1] }],
        [true, { "items": false, "default": [] }],
        [false, { "items": false, "default": [1] }],
        [false, { "properties": { "a": false }, "default": { "a": 1 } }],
        [true, { "anyOf": [false, true], "default": 1 }],
        [true, { "oneOf": [{ "type": "integer" }, { "minimum": 5 }], "default": 1 }],
        [true, { "maxLength": 3.0, "minLength": 3.0, "default": "äöü" }],
        [false, { "maxLength": 2.0, "default": "äöü" }],
        [false, { "minLength": 4.0, "default": "äöü" }],
        [true, { "maxItems": 1.0, "minItems": 1.0, "default": [1] }],
        [false, { "maxItems": 0.0, "default": [1] }],
        [false, { "minItems": 2.0, "default": [1] }],
        [true, { "minimum": 0.0, "maximum": 0, "default": -0.0 }],
        [false, { "maximum": 9_007_199_254_740_992_u64, "default": 9_007_199_254_740_993_u64 }],
        [true, { "maximum": u64::MAX, "default": u64::MAX }],
        [true, { "type": "integer", "default": 1.0 }],
        [false, { "type": "integer", "default": 1.5 }],
        [true, { "enum": [1, 2], "default": 1.0 }],
        [false, { "const": 1, "default": 1.5 }],
    ])
}

/// A type with one member for each of the [`defaults`].
#[derive(Deserialize, Serialize)]
struct Given {}

impl JsonSchema for Given {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Given".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let cases = defaults().as_array().unwrap().clone();
        let properties: serde_json::Map<_, _> =
            cases.into_iter().enumerate().map(|(number, mut case)| (number.to_string(), case[1].take())).collect();
        schemars::json_schema!({ "type": "object", "properties": properties })
    }
}

#[test]
fn default_is_compared_by_the_rules_of_json_schema() {
    let (_, read) = schemas::<Given>();
    for (number, case) in defaults().as_array().unwrap().iter().enumerate() {
        let is_kept = read["properties"][number.to_string()].get("default").is_some();
        assert_eq!(json!(is_kept), case[0], "{case}");
    }
}
