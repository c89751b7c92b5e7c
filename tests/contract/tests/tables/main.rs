//! Documents of generated tables. `.ci/contract` and `.ci/run` validate them.

#[path = "../handlers/types.rs"]
#[allow(dead_code, reason = "the routes of the cases matter here, not their values")]
mod cases;
mod handlers;
mod types;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use handlers::{Pooled, Texts, handlers, schemes};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use route_handlers::openapi::{Info, Version};
use route_handlers::{IntoResponse, Route, RouteHandlers};
use serde_json::{Value, json};

const COUNT: usize = 100;

/// Segments that have percent-encoded characters in the document.
const ESCAPED: [&str; 3] = ["/a%2Fb", "/a{{b}}", "/100%25"];

/// The plan of a table. Its routes and groups can be registered in any order.
#[derive(Clone, Debug)]
struct Table {
    groups: Vec<Group>,
    tags: Vec<&'static str>,
    servers: Vec<&'static str>,
    description: Option<&'static str>,
    license: Option<&'static str>,
    version: Option<Version>,
    has_hook: bool,
    /// Whether paths may have [`ESCAPED`] segments. Not all tools read these.
    has_escapes: bool,
}

/// A table that is nested, or merged if it has no prefix.
#[derive(Clone, Debug)]
struct Group {
    prefix: &'static str,
    scheme: Option<usize>,
    routes: Vec<Planned>,
}

#[derive(Clone, Debug)]
struct Planned {
    pattern: String,
    handler: usize,
    texts: Texts,
    has_etag: bool,
    has_ranges: bool,
    has_deadline: bool,
}

impl Planned {
    /// Makes the route. The handlers after those of the pool are the cases of `tests/handlers`, which choose their own method.
    fn route(&self, pool: &[Pooled]) -> Route {
        let mut route = match pool.get(self.handler) {
            Some(pooled) => (pooled.make)(&self.texts),
            None => (cases::CASES[self.handler - pool.len()].route)(),
        };
        if self.has_etag {
            route = route.etag();
        }
        if self.has_ranges {
            route = route.ranges();
        }
        if self.has_deadline {
            route = route.timeout(Duration::from_secs(1));
        }
        route
    }
}

impl Table {
    fn info(&self) -> Info {
        let mut info = Info::new("Generated & <b>tested</b>", "1.0.0-rc.1");
        info = self.tags.iter().fold(info, |info, tag| info.tag(*tag, format!("All of {tag}")));
        info = self.servers.iter().fold(info, |info, server| info.server(*server));
        if let Some(description) = self.description {
            info = info.description(description);
        }
        if let Some(license) = self.license {
            info = info.license(license);
        }
        if let Some(version) = self.version {
            info = info.openapi(version);
        }
        info
    }

    /// Registers the routes. A route that the table refuses, because it conflicts with another, is removed from the plan.
    fn register(&mut self, pool: &[Pooled]) -> RouteHandlers {
        let empty = RouteHandlers::new().with_state(0_u8);
        let empty = if self.has_hook { empty.on_error(|error, _| error.into_response()) } else { empty };
        let mut api = RouteHandlers::new();
        for group in &mut self.groups {
            group.routes.retain(|planned| {
                let alone = empty.clone().try_route(&planned.pattern, planned.route(pool));
                let alone = alone.map(|table| match group.scheme {
                    Some(scheme) => table.security(&schemes()[scheme]),
                    None => table,
                });
                let extended = alone.and_then(|alone| match group.prefix {
                    "" => api.clone().try_merge(alone),
                    prefix => api.clone().try_nest(prefix, alone),
                });
                extended.map(|extended| api = extended).is_ok()
            });
        }
        api
    }

    fn routes(&self) -> impl Iterator<Item = &Planned> {
        self.groups.iter().flat_map(|group| &group.routes)
    }
}

fn texts() -> impl Strategy<Value = Texts> {
    let methods = prop_oneof![
        6 => select(vec!["GET", "POST"]),
        3 => select(vec!["PUT", "PATCH", "DELETE", "QUERY", "*"]),
        1 => select(vec!["TRACE", "HEAD", "OPTIONS", "PURGE", "M-SEARCH", "get", "a.b'c*d"]),
    ];
    let tags = subsequence(vec!["users", "größe", "a/b", "Page & more"], 0..=2);
    let summaries = option::of(select(vec!["All users", "Gibt alles zurück", "`GET` *all* <b>of</b> them"]));
    let descriptions = option::of(select(vec!["Returns *all*.\n\n* one\n* two", "# A title\n\n| a |\n|---|\n| b |"]));
    let ids = option::weighted(0.1, select(vec!["list", "getUsers", "postUsers"]));
    let schemes = option::weighted(0.2, 0..schemes().len());
    let responses = option::weighted(0.3, 0_u8..8);
    (methods, summaries, descriptions, tags, ids, schemes, responses, prop::bool::weighted(0.1)).prop_map(
        |(method, summary, description, tags, id, scheme, response, is_deprecated)| Texts {
            method,
            summary,
            description,
            tags,
            id,
            scheme,
            response,
            is_deprecated,
        },
    )
}

fn planned() -> impl Strategy<Value = Planned> {
    let middle = prop_oneof![
        6 => select(vec!["/users", "/items", "/v1", "/größe", "/a b", "/a.b-c_d~e", "/x:y@z"]),
        2 => select(vec!["/{tenant}", "/{shop}.shop", "/v{version}"]),
        1 => select(ESCAPED.to_vec()),
    ];
    let ends = select(vec![
        "",
        "",
        "/all",
        "/{key}",
        "/{key}.json",
        "/{first}/{last}",
        "/{*rest}",
        "/{*rest?}",
        "/{user_id}",
        "/{größe}/{grüße}",
    ]);
    let handler = any::<Index>();
    let options = (prop::bool::weighted(0.2), prop::bool::weighted(0.2), prop::bool::weighted(0.2));
    (prop::collection::vec(middle, 0..3), ends, handler, texts(), options).prop_map(
        |(middle, end, handler, texts, (has_etag, has_ranges, has_deadline))| {
            let pool = handlers();
            let handler = handler.index(pool.len() + cases::CASES.len());
            let end = pool.get(handler).and_then(|pooled| pooled.end).unwrap_or(end);
            let pattern = middle.concat() + end;
            let pattern = if pattern.is_empty() { "/".to_owned() } else { pattern };
            Planned { pattern, handler, texts, has_etag, has_ranges, has_deadline }
        },
    )
}

fn table() -> impl Strategy<Value = Table> {
    let prefixes = select(vec!["", "", "/api", "/api/v2", "/{team}", "/teams/{team}"]);
    let schemes = option::weighted(0.3, 0..schemes().len());
    let group = (prefixes, schemes, prop::collection::vec(planned(), 1..9))
        .prop_map(|(prefix, scheme, routes)| Group { prefix, scheme, routes });
    let tags = subsequence(vec!["users", "größe", "unused"], 0..=3);
    let servers =
        subsequence(vec!["https://api.example.org/v1", "/", "http://localhost:8080", "//cdn.example.org"], 0..=2);
    let descriptions = option::of(Just("About *all*."));
    let licenses = option::of(Just("MIT"));
    let versions = select(vec![None, None, Some(Version::V3_1), Some(Version::V3_2)]);
    let options = (prop::bool::weighted(0.2), prop::bool::weighted(0.1));
    (prop::collection::vec(group, 1..4), tags, servers, descriptions, licenses, versions, options).prop_map(
        |(groups, tags, servers, description, license, version, (has_hook, has_escapes))| Table {
            groups: if has_escapes { groups } else { without_escapes(groups) },
            tags,
            servers,
            description,
            license,
            version,
            has_hook,
            has_escapes,
        },
    )
}

fn without_escapes(mut groups: Vec<Group>) -> Vec<Group> {
    for group in &mut groups {
        group.routes.retain(|planned| ESCAPED.iter().all(|segment| !planned.pattern.contains(segment)));
    }
    groups
}

/// Makes the tables. They are the same in every run.
fn tables() -> Vec<Table> {
    let mut runner = TestRunner::deterministic();
    let strategy = table();
    let mut next = || strategy.new_tree(&mut runner).expect("a table").current();
    (0..COUNT).map(|_| next()).collect()
}

/// Returns the targets of all references.
fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(members) => members
            .get("$ref")
            .and_then(Value::as_str)
            .into_iter()
            .chain(members.values().flat_map(references))
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Returns a place at which two values differ.
fn difference(one: &Value, other: &Value, place: &str) -> Option<String> {
    match (one, other) {
        _ if one == other => None,
        (Value::Object(members), Value::Object(others)) => {
            let names: BTreeSet<&String> = members.keys().chain(others.keys()).collect();
            names.into_iter().find_map(|name| difference(&one[name], &other[name], &format!("{place}/{name}")))
        }
        _ => Some(format!("{place}: {one} and {other}")),
    }
}

#[test]
fn documents_do_not_depend_on_the_order_of_the_routes() {
    let pool = handlers();
    let differences = tables().into_iter().enumerate().filter_map(|(number, mut table)| {
        let document = table.register(&pool).openapi(table.info());
        let count = table.routes().count();
        table.groups.reverse();
        table.groups.iter_mut().for_each(|group| group.routes.reverse());
        let other = table.register(&pool).openapi(table.info());
        assert_eq!(table.routes().count(), count, "{table:?}");
        difference(document.as_value(), other.as_value(), &format!("table {number}: "))
    });
    let differences: Vec<_> = differences.collect();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

/// Returns the schemas of a document: the values of `schema` and `itemSchema` members, and the components.
fn schemas(value: &Value) -> Vec<&Value> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match (name.as_str(), value) {
                ("schema" | "itemSchema", schema) => vec![schema],
                ("schemas", Value::Object(components)) => components.values().collect(),
                _ => schemas(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(schemas).collect(),
        _ => Vec::new(),
    }
}

/// Returns a schema and the schemas in it.
fn with_nested(schema: &Value) -> Vec<&Value> {
    let Value::Object(keywords) = schema else { return vec![schema] };
    let nested = keywords.iter().flat_map(|(keyword, value)| -> Vec<&Value> {
        match (keyword.as_str(), value) {
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(schemas)) => schemas.iter().collect(),
            ("properties" | "patternProperties" | "dependentSchemas" | "$defs", Value::Object(schemas)) => {
                schemas.values().collect()
            }
            (
                "additionalProperties"
                | "contains"
                | "else"
                | "if"
                | "items"
                | "not"
                | "propertyNames"
                | "then"
                | "unevaluatedItems"
                | "unevaluatedProperties",
                schema,
            ) => vec![schema],
            _ => Vec::new(),
        }
    });
    std::iter::once(schema).chain(nested.flat_map(with_nested)).collect()
}

fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let mut whole = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema] });
    whole["components"] = document["components"].clone();
    jsonschema::validator_for(&whole).expect("a schema with references that have targets")
}

#[test]
fn documents_have_valid_schemas() {
    let pool = handlers();
    let mut unused: BTreeSet<usize> = (0..pool.len() + cases::CASES.len()).collect();
    let mut defaults = BTreeSet::new();
    for (number, mut table) in tables().into_iter().enumerate() {
        let document = table.register(&pool).openapi(table.info());
        if let Some(folder) = std::env::var_os("OPENAPI_DOCUMENTS") {
            let suffix = if table.has_escapes { "-escaped" } else { "" };
            let path = Path::new(&folder).join(format!("table-{number}{suffix}.json"));
            std::fs::write(path, document.to_json()).expect("the folder is there");
        }
        for planned in table.routes() {
            unused.remove(&planned.handler);
        }
        let document = document.into_value();
        for reference in references(&document) {
            let pointer = reference.strip_prefix('#').expect("a local reference");
            assert!(document.pointer(pointer).is_some(), "{reference} in table {number}");
        }
        for schema in schemas(&document) {
            assert!(jsonschema::draft202012::meta::is_valid(schema), "table {number}: {schema}");
            for schema in with_nested(schema) {
                let Some(default) = schema.get("default") else { continue };
                assert!(validator(&document, schema).is_valid(default), "table {number}: {schema}");
                defaults.insert(schema.to_string());
            }
        }
    }
    assert!(defaults.len() > 20, "{defaults:?}");
    assert!(unused.is_empty(), "no table has the handlers {unused:?}");
}
