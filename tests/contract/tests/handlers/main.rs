//! The handler of a route accepts a value if, and only if, its schema accepts it. The schema of the response accepts what the
//! handler sends.

mod instances;
mod types;

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use instances::Instances;
use jsonschema::Validator;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use route_handlers::openapi::{Info, JsonEvents, JsonLines};
use route_handlers::testing::Client;
use route_handlers::{Json, NoContent, RouteHandlers, documented};
use serde_json::{Value, json};
use types::{CASES, Case};

fn table<'c>(cases: impl IntoIterator<Item = &'c Case>) -> RouteHandlers {
    cases.into_iter().fold(RouteHandlers::new(), |api, case| api.route(case.path, (case.route)()))
}

/// Returns the document of a table. If `OPENAPI_DOCUMENTS` names a folder, each document is written there for a validator.
fn document(api: &RouteHandlers) -> Value {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let document = api.openapi(Info::new("Test", "1.0.0"));
    if let Some(folder) = std::env::var_os("OPENAPI_DOCUMENTS") {
        let name = format!("contract-{}.json", COUNT.fetch_add(1, Ordering::Relaxed));
        std::fs::write(Path::new(&folder).join(name), document.to_json()).expect("the folder is there");
    }
    document.into_value()
}

fn request_schema<'d>(document: &'d Value, path: &str) -> &'d Value {
    &document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
}

fn response_schema<'d>(document: &'d Value, path: &str) -> &'d Value {
    &document["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
}

fn validator(document: &Value, schema: &Value) -> Validator {
    let mut whole = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema] });
    whole["components"] = document["components"].clone();
    jsonschema::validator_for(&whole).expect("a schema whose references have targets")
}

/// Returns a value for which the schema and the handler differ.
fn difference(case: &Case) -> Option<String> {
    let api = table([case]);
    let document = document(&api);
    let request = validator(&document, request_schema(&document, case.path));
    let response = validator(&document, response_schema(&document, case.path));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let client = Client::new(api);
    let instances = |has_errors| {
        let instances = Instances { document: &document, is_buffered: case.is_buffered, has_errors };
        instances.of(request_schema(&document, case.path), 0)
    };
    let instances = prop_oneof![instances(false), instances(true)];
    let config = Config { cases: 1000, failure_persistence: None, ..Config::default() };
    let counts = [Cell::new(0_u32), Cell::new(0)];
    let result = TestRunner::new(config).run(&instances, |value| {
        let is_valid = request.is_valid(&value);
        counts[usize::from(is_valid)].update(|count| count + 1);
        let answer = runtime.block_on(async { client.post(case.path).json(&value).await });
        prop_assert!(matches!(answer.status().as_u16(), 200 | 422), "{}", answer.status());
        prop_assert_eq!(answer.status() == 200, is_valid, "{}: {}", value, answer.text());
        if is_valid {
            let written: Value = serde_json::from_str(&answer.text()).expect("JSON");
            prop_assert!(response.is_valid(&written), "{} is written as {}", value, written);
        }
        Ok(())
    });
    if result.is_ok() {
        assert!(counts.iter().all(|count| count.get() > 50), "{}: {counts:?} are refused and accepted", case.path);
    }
    result.err().map(|error| format!("{}: {error}", case.path))
}

#[test]
fn handler_accepts_what_the_schema_accepts() {
    let differences: Vec<_> = CASES.iter().filter_map(difference).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

#[test]
fn document_has_valid_schemas() {
    let document = document(&table(CASES));
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    for (name, schema) in schemas {
        assert!(jsonschema::draft202012::meta::is_valid(schema), "{name}: {schema}");
        validator(&document, schema);
    }
    for name in ["EnvelopePageChange", "PageOptionUint8", "PageShopUser", "PageTypesUser"] {
        assert!(schemas.contains_key(name), "{name}");
    }
}

#[test]
fn document_of_openapi_3_2_has_valid_schemas() {
    let purge = Method::from_bytes(b"PURGE").expect("a method");
    let api = RouteHandlers::new()
        .query("/users", documented(async |Json(number): Json<u32>| number.to_string()))
        .on(purge, "/users", documented(async || NoContent))
        .get("/events", documented(async || "").response::<JsonEvents<types::User>>(200))
        .get("/lines", documented(async || "").response::<JsonLines<types::User>>(200));
    let document = document(&api);
    assert_eq!(document["openapi"], "3.2.0");
    for schema in document["components"]["schemas"].as_object().expect("schemas").values() {
        assert!(jsonschema::draft202012::meta::is_valid(schema), "{schema}");
        validator(&document, schema);
    }
}

proptest! {
    #![proptest_config(Config { cases: 20, failure_persistence: None, ..Config::default() })]

    #[test]
    fn names_do_not_depend_on_the_order_of_the_routes(order in Just((0..CASES.len()).collect::<Vec<_>>()).prop_shuffle()) {
        let document = |order: &mut dyn Iterator<Item = usize>| {
            table(order.map(|position| &CASES[position])).openapi(Info::default()).to_json()
        };
        prop_assert_eq!(document(&mut (0..CASES.len())), document(&mut order.into_iter()));
    }

    #[test]
    fn names_do_not_depend_on_the_paths_of_the_routes(order in Just((0..CASES.len()).collect::<Vec<_>>()).prop_shuffle()) {
        let schemas = |paths: &mut dyn Iterator<Item = usize>| {
            let routes = CASES.iter().zip(paths);
            let api = routes.fold(RouteHandlers::new(), |api, (case, path)| api.route(CASES[path].path, (case.route)()));
            api.openapi(Info::default()).into_value()["components"]["schemas"].take()
        };
        prop_assert_eq!(schemas(&mut (0..CASES.len())), schemas(&mut order.into_iter()));
    }
}
