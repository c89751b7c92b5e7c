//! The handler of a route accepts a query if, and only if, the schemas of its parameters accept it.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, TestRunner};
use route_handlers::openapi::Info;
use route_handlers::testing::Client;
use route_handlers::{Query, Route, RouteHandlers, documented, get};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(dead_code, reason = "only what is accepted matters")]
struct Plain {
    page_size: u8,
    offset: Option<i64>,
    #[serde(default)]
    is_open: bool,
    ratio: Option<f64>,
    sort_by: Order,
    tag: Vec<String>,
    number: Vec<u8>,
    #[serde(default = "three")]
    level: Level,
}

fn three() -> Level {
    Level(3)
}

#[derive(Deserialize, JsonSchema)]
struct Level(#[allow(dead_code, reason = "only what is accepted matters")] i8);

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Order {
    Name,
    Age,
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only what is accepted matters")]
struct Flat {
    #[serde(flatten)]
    page: Page,
    id: u32,
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only what is accepted matters")]
struct Page {
    limit: u8,
    after: Option<u16>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
#[allow(dead_code, reason = "only what is accepted matters")]
enum Filter {
    Name { text: String },
    Age { from: u8, to: Option<u8> },
    All,
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only what is accepted matters")]
struct FlatFilter {
    #[serde(flatten)]
    filter: Filter,
    limit: Option<u8>,
}

struct Case {
    path: &'static str,
    /// Whether all values are of one shape: a schema of parameters cannot tell which of them belong together.
    has_one_shape: bool,
    route: fn() -> Route,
}

fn read<T: DeserializeOwned + JsonSchema + Send + 'static>() -> Route {
    get(documented(async |_: Query<T>| "read"))
}

const CASES: &[Case] = &[
    Case { path: "/plain", has_one_shape: true, route: read::<Plain> },
    Case { path: "/flat", has_one_shape: true, route: read::<Flat> },
    Case { path: "/filter", has_one_shape: false, route: read::<Filter> },
    Case { path: "/flat-filter", has_one_shape: false, route: read::<FlatFilter> },
];

/// Returns the value that a text stands for.
fn value_of(text: &str, schema: &Value, document: &Value) -> Value {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).expect("a component"),
        None => schema,
    };
    let parsed = match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => text.parse::<f64>().ok().map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| text.into())
}

fn is_valid(parameter: &Value, texts: &[&str], document: &Value) -> bool {
    let schema = &parameter["schema"];
    let value = match (schema["type"].as_str(), texts) {
        (_, []) => return parameter["required"] == false,
        (Some("array"), texts) => texts.iter().map(|text| value_of(text, &schema["items"], document)).collect(),
        (_, [text]) => value_of(text, schema, document),
        _ => return false,
    };
    let mut whole = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema] });
    whole["components"] = document["components"].clone();
    jsonschema::is_valid(&whole, &value)
}

fn compare(case: &Case) -> Result<(), String> {
    let api = RouteHandlers::new().route(case.path, (case.route)());
    let document = api.openapi(Info::default()).into_value();
    let parameters = document["paths"][case.path]["get"]["parameters"].as_array().expect("parameters").clone();
    let client = Client::new(api);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let texts = || {
        let texts = vec!["1", "7", "200", "256", "-1", "1.5", "true", "name", "age", "all", "x", "+7"];
        let common = select(texts.clone()).prop_map(|text| vec![text]);
        prop_oneof![6 => common, 2 => Just(vec![]), 1 => subsequence(texts, 2)]
    };
    let values = proptest::collection::vec(texts(), parameters.len());
    let config = Config { cases: 2000, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&values, |values| {
        let given = || parameters.iter().zip(&values);
        let pairs: Vec<_> = given()
            .flat_map(|(parameter, texts)| {
                texts.iter().map(|text| (parameter["name"].as_str().expect("a name"), *text))
            })
            .collect();
        let response = runtime.block_on(async { client.get(case.path).query(&pairs).await });
        let is_accepted = response.status() == 200;
        prop_assert!(is_accepted || response.status() == 400, "{}", response.status());
        let is_valid = |(parameter, texts): (&Value, &Vec<&str>)| is_valid(parameter, texts, &document);
        if case.has_one_shape {
            prop_assert_eq!(is_accepted, given().all(is_valid), "{:?}: {}", pairs, response.text());
        } else if is_accepted {
            let is_missing =
                |(parameter, texts): &(&Value, &Vec<&str>)| parameter["required"] == true && texts.is_empty();
            prop_assert!(!given().any(|pair| is_missing(&pair)), "{:?}", pairs);
        }
        Ok(())
    });
    result.map_err(|error| format!("{}: {error}\n{parameters:?}", case.path))
}

#[test]
fn handler_accepts_what_the_parameters_accept() {
    let differences: Vec<_> = CASES.iter().filter_map(|case| compare(case).err()).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

#[test]
fn tag_of_an_enum_is_required() {
    for case in CASES.iter().filter(|case| !case.has_one_shape) {
        let document = RouteHandlers::new().route(case.path, (case.route)()).openapi(Info::default()).into_value();
        let parameters = document["paths"][case.path]["get"]["parameters"].as_array().expect("parameters");
        let tag = parameters.iter().find(|parameter| parameter["name"] == "type").expect("the tag");
        assert_eq!(tag["required"], true, "{tag}");
        let others = parameters.iter().filter(|parameter| parameter["name"] != "type");
        assert!(others.clone().count() > 2 && others.clone().all(|other| other["required"] == false), "{parameters:?}");
    }
}
