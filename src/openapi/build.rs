//! The document of a table's routes.

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::catch_panic::catch_panic;
use crate::openapi::document::Document;
use crate::openapi::info::Info;
use crate::openapi::operation::{Operation, OperationBuilder};
use crate::openapi::responses::{Answer, problem_name, problem_response};
use crate::openapi::schemas::{Schemas, allowed, dangling_reference, unique};
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
    assemble(info, routes).0
}

/// Describes one operation when it is registered, so that a fault in its types is found before a request comes.
///
/// # Errors
///
/// Why the operation cannot be documented: it completes "the handler of `GET /` …".
pub(crate) fn check(pattern: &str, operation: &Operation) -> Result<(), String> {
    let route = RouteDescription {
        pattern,
        method: Some(&Method::GET), // any method will do
        operation: Some(operation),
        has_etag: false,
        has_deadline: false,
        has_hook: false,
    };
    let (document, faults) = catch_panic(|| assemble(&Info::default(), &[route])).map_err(|panic| {
        format!("is documented, and describing its types failed with {panic}: see the `JsonSchema` of its types")
    })?;
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
    }
    match dangling_reference(document.as_value()) {
        Some(reference) => Err(format!(
            "is documented with a schema that refers to `{reference}`, which the document does not have: \
             in `json_schema`, refer to another type by `generator.subschema_for`"
        )),
        None => Ok(()),
    }
}

/// Builds the document, and lists why no request can be read as some of its types.
fn assemble(info: &Info, routes: &[RouteDescription<'_>]) -> (Document, Vec<String>) {
    let mut shared = Shared::default();
    let mut ids = BTreeSet::new();
    let mut tags: Vec<String> = Vec::new();
    let mut paths = Map::new();
    for ((path, method), (template, route)) in places(routes) {
        let mut operation = describe(&template, method, &route, &mut shared);
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
    let Shared { mut schemas, security_schemes, problems, faults } = shared;
    let problems: Map<_, _> =
        problems.into_iter().map(|(name, key)| (name, problem_response(&key, &mut schemas))).collect();
    // `json!` would copy what it is given.
    let mut referring = json!({});
    referring["paths"] = paths.into();
    referring["responses"] = problems.into();
    let components = schemas.finish(&mut referring);
    let security_schemes: BTreeMap<_, _> =
        security_schemes.into_iter().map(|(scheme, name)| (name, scheme.scheme)).collect();
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
    (Document(document), faults)
}

/// The components and the faults of all operations, while a document is built.
#[derive(Default)]
struct Shared {
    schemas: Schemas,
    /// Each scheme with its name in the document.
    security_schemes: Vec<(SecurityScheme, String)>,
    /// Maps the name of a problem component to its status.
    problems: BTreeMap<String, String>,
    /// Reasons why no request can be read as a type of an operation.
    faults: Vec<String>,
}

impl Shared {
    fn name_of(&mut self, scheme: &SecurityScheme) -> String {
        if let Some((_, name)) = self.security_schemes.iter().find(|(known, _)| known == scheme) {
            return name.clone();
        }
        let mut taken = self.security_schemes.iter().map(|(_, name)| name.clone()).collect();
        let name = unique(&allowed(&scheme.name), &mut taken);
        self.security_schemes.push((scheme.clone(), name.clone()));
        name
    }
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
fn describe(template: &Template, method: &str, route: &RouteDescription<'_>, shared: &mut Shared) -> Value {
    let mut builder = OperationBuilder::new(&mut shared.schemas, &template.names, !route.has_hook);
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
    let OperationBuilder { parameters, body, responses, security, faults, .. } = builder;
    shared.faults.extend(faults);
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
            shared.problems.insert(name, key.to_owned());
            reference
        };
        let responses = responses.into_iter().map(|(key, answer)| match answer {
            Answer::Problem => (refer(&key), key),
            Answer::Own(response) => (response, key),
        });
        operation["responses"] = responses.map(|(response, key)| (key, response)).collect::<Map<_, _>>().into();
    }
    if !security.is_empty() {
        operation["security"] = security.iter().map(|scheme| json!({ (shared.name_of(scheme)): [] })).collect();
    }
    if let Some(recorded) = route.operation {
        add_notes(&mut operation, recorded);
    }
    operation
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
