//! The document of a table's routes.

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::openapi::document::Document;
use crate::openapi::info::Info;
use crate::openapi::operation::{Operation, OperationBuilder};
use crate::openapi::responses::{Answer, problem_name, problem_response};
use crate::openapi::schemas::{Schemas, unique};
use crate::openapi::security::SecurityScheme;
use crate::openapi::template::Template;

/// A handler, its place in the table, and what the table adds to its answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RouteDescription<'a> {
    pub(crate) pattern: &'a str,
    /// `None` is every method that has no handler of its own.
    pub(crate) method: Option<&'a Method>,
    pub(crate) operation: Option<&'a Operation>,
    pub(crate) has_etag: bool,
    pub(crate) has_deadline: bool,
    /// Whether an `on_error` hook shapes the failures.
    pub(crate) has_hook: bool,
}

/// A template and a method, both as the document writes them, in its order.
type Place = (String, &'static str);

pub(crate) fn build(info: &Info, routes: &[RouteDescription<'_>]) -> Document {
    let mut schemas = Schemas::new();
    let mut ids = BTreeSet::new();
    let mut tags: Vec<String> = Vec::new();
    let mut security_schemes: BTreeMap<String, Value> = BTreeMap::new();
    let mut problems: BTreeMap<String, String> = BTreeMap::new();
    let mut paths = Map::new();
    for ((path, method), (template, route)) in places(routes) {
        let mut operation = describe(&template, method, &route, &mut schemas, &mut security_schemes, &mut problems);
        if let Some(recorded) = route.operation {
            let id = recorded.id.clone().unwrap_or_else(|| default_id(method, &path));
            operation["operationId"] = unique(&id, &mut ids).into();
            for tag in &recorded.tags {
                if !tags.contains(tag) {
                    tags.push(tag.clone());
                }
            }
        }
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[method] = operation;
    }
    let problems: Map<_, _> =
        problems.into_iter().map(|(name, key)| (name, problem_response(&key, &mut schemas))).collect();
    // `json!` would copy what it is given.
    let mut referring = json!({});
    referring["paths"] = paths.into();
    referring["responses"] = problems.into();
    let components = schemas.finish(&mut referring);
    let mut document = json!({
        "openapi": "3.1.1",
        "info": info.to_value(),
        "servers": info.servers(),
        "security": [],
        "tags": info.tags(tags),
        "components": { "securitySchemes": security_schemes },
    });
    document["paths"] = referring["paths"].take();
    document["components"]["responses"] = referring["responses"].take();
    document["components"]["schemas"] = components.into();
    Document(document)
}

/// What is listed, in order: each template and method once. Where two patterns have one template, that without a catch-all
/// is listed.
fn places<'r>(routes: &[RouteDescription<'r>]) -> BTreeMap<Place, (Template, RouteDescription<'r>)> {
    let mut methods: BTreeMap<&str, Vec<&Method>> = BTreeMap::new();
    for route in routes {
        methods.entry(route.pattern).or_default().extend(route.method);
    }
    let mut all: Vec<(Template, &'static str, RouteDescription<'r>)> = Vec::new();
    for route in routes {
        for template in Template::of(route.pattern) {
            for method in listed(route.method, &methods[route.pattern]) {
                all.push((template.clone(), method, *route));
            }
        }
    }
    all.sort_by(|(one, ..), (other, ..)| (one.is_of_catch_all, &one.path).cmp(&(other.is_of_catch_all, &other.path)));
    let mut shapes: BTreeMap<String, String> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for (template, method, route) in all {
        let path = shapes.entry(template.shape()).or_insert_with(|| template.path.clone());
        if *path == template.path {
            places.entry((template.path.clone(), method)).or_insert((template, route));
        }
    }
    places
}

/// The operations of a method: HEAD and OPTIONS are the table's, and others have no place in OpenAPI 3.1.
fn listed(method: Option<&Method>, own: &[&Method]) -> Vec<&'static str> {
    const ANY: [(Method, &str); 5] = [
        (Method::DELETE, "delete"),
        (Method::GET, "get"),
        (Method::PATCH, "patch"),
        (Method::POST, "post"),
        (Method::PUT, "put"),
    ];
    match method {
        Some(method) if *method == Method::TRACE => vec!["trace"],
        Some(method) => ANY.iter().filter(|(known, _)| known == method).map(|(_, name)| *name).collect(),
        None => ANY.iter().filter(|(known, _)| !own.contains(&known)).map(|(_, name)| *name).collect(),
    }
}

/// The operation object.
fn describe(
    template: &Template,
    method: &str,
    route: &RouteDescription<'_>,
    schemas: &mut Schemas,
    security_schemes: &mut BTreeMap<String, Value>,
    problems: &mut BTreeMap<String, String>,
) -> Value {
    let mut builder = OperationBuilder::new(schemas, &template.names, !route.has_hook);
    if let Some(recorded) = route.operation {
        (recorded.arguments)(&mut builder);
        (recorded.answer)(&mut builder);
        if !template.names.is_empty() {
            builder.problem(StatusCode::BAD_REQUEST); // a parameter that no handler is to see
        }
        if route.has_etag && method == "get" {
            builder.empty_response(StatusCode::NOT_MODIFIED);
        }
        if route.has_deadline {
            builder.problem(StatusCode::GATEWAY_TIMEOUT);
        }
        for (status, answer) in &recorded.responses {
            builder.replace_response(*status, *answer);
        }
        if let Some(body) = recorded.body {
            body(&mut builder);
        }
        recorded.security.iter().for_each(|scheme| builder.security(scheme));
    }
    for name in &template.names {
        let mut schema = json!({ "type": "string" });
        if name.is_catch_all {
            schema["description"] = "One segment or more, each encoded, with `/` between them.".into();
        }
        builder.add_parameter("path", &name.text, schema, true);
    }
    let OperationBuilder { parameters, body, responses, security, .. } = builder;
    let mut operation = json!({});
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(body) = body {
        operation["requestBody"] = body;
    }
    if !responses.is_empty() {
        let mut refer = |key: &str| {
            let name = problem_name(key);
            let reference = json!({ "$ref": format!("#/components/responses/{name}") });
            problems.insert(name, key.to_owned());
            reference
        };
        let responses = responses.into_iter().map(|(key, answer)| match answer {
            Answer::Problem => (refer(&key), key),
            Answer::Own(response) => (response, key),
        });
        operation["responses"] = responses.map(|(response, key)| (key, response)).collect::<Map<_, _>>().into();
    }
    if !security.is_empty() {
        operation["security"] =
            security.iter().map(|scheme| json!({ (name_of(scheme, security_schemes)): [] })).collect();
    }
    if let Some(recorded) = route.operation {
        add_notes(&mut operation, recorded);
    }
    operation
}

/// The scheme's name in the document: another one if a different scheme has it.
fn name_of(scheme: &SecurityScheme, security_schemes: &mut BTreeMap<String, Value>) -> String {
    let known =
        security_schemes.iter().find(|(name, value)| name.starts_with(&scheme.name) && **value == scheme.scheme);
    if let Some((name, _)) = known {
        return name.clone();
    }
    let name = unique(&scheme.name, &mut security_schemes.keys().cloned().collect());
    security_schemes.insert(name.clone(), scheme.scheme.clone());
    name
}

fn add_notes(operation: &mut Value, recorded: &Operation) {
    if let Some(summary) = &recorded.summary {
        operation["summary"] = summary.as_str().into();
    }
    if let Some(description) = &recorded.description {
        operation["description"] = description.as_str().into();
    }
    if !recorded.tags.is_empty() {
        operation["tags"] = json!(recorded.tags);
    }
    if recorded.is_deprecated {
        operation["deprecated"] = true.into();
    }
}

/// `getUsersId` for `GET /users/{id}`.
fn default_id(method: &str, path: &str) -> String {
    let words = path.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(method.to_owned(), |id, word| id + &word[..1].to_ascii_uppercase() + &word[1..])
}
