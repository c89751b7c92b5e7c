//! Builds the document from the routes of a table.

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::catch_panic::catch_panic;
use crate::openapi::document::Document;
use crate::openapi::info::Info;
use crate::openapi::operation::Operation;
use crate::openapi::operation_builder::OperationBuilder;
use crate::openapi::problem::{DescribedResponse, problem_name, problem_response};
use crate::openapi::references::dangling_reference;
use crate::openapi::schemas::{Schemas, allowed, unique};
use crate::openapi::security::SecurityScheme;
use crate::openapi::template::Template;

/// A handler with its pattern and method, and what the table adds to its responses.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the route")]
pub(crate) struct RouteDescription<'a> {
    pub(crate) pattern: &'a str,
    /// `None` stands for every method without its own handler.
    pub(crate) method: Option<&'a Method>,
    pub(crate) operation: Option<&'a Operation>,
    pub(crate) has_etag: bool,
    pub(crate) has_ranges: bool,
    pub(crate) has_deadline: bool,
    /// Whether an `on_error` hook changes the failures.
    pub(crate) has_hook: bool,
}

/// A path template and a method, as the document writes them.
type Key = (String, &'static str);

/// Builds the document.
pub(crate) fn build(info: &Info, routes: &[RouteDescription<'_>]) -> Document {
    assemble(info, routes).0
}

/// Checks one operation at registration, so that a mistake in its types is found before the first request.
///
/// # Errors
///
/// The reason why the operation cannot be documented. It completes "the handler of `GET /` …".
pub(crate) fn check(pattern: &str, operation: &Operation) -> Result<(), String> {
    let route = RouteDescription {
        pattern,
        method: Some(&Method::GET), // any method will do
        operation: Some(operation),
        has_etag: false,
        has_ranges: false,
        has_deadline: false,
        has_hook: false,
    };
    let (document, errors) = catch_panic(|| assemble(&Info::default(), &[route])).map_err(|panic| {
        format!("is documented, and describing its types failed with {panic}: fix the `JsonSchema` of its types")
    })?;
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    match dangling_reference(document.as_value()) {
        Some(reference) => Err(format!(
            "is documented with a schema that refers to `{reference}`, which the document does not contain: \
             in `json_schema`, refer to another type with `generator.subschema_for`"
        )),
        None => Ok(()),
    }
}

/// Builds the document, and lists the reasons why no request can be deserialized into some of its types.
fn assemble(info: &Info, routes: &[RouteDescription<'_>]) -> (Document, Vec<String>) {
    let mut shared = Shared::default();
    let mut ids = BTreeSet::new();
    let mut tags: Vec<String> = Vec::new();
    let mut paths = Map::new();
    for ((path, method), (template, route)) in listed_routes(routes) {
        let mut operation = describe(&template, method, &route, &mut shared);
        if let Some(documented) = route.operation {
            let id = documented.id.clone().unwrap_or_else(|| default_id(method, &path));
            operation["operationId"] = unique(&id, &mut ids).into();
            for tag in &documented.tags {
                if !tags.contains(tag) {
                    tags.push(tag.clone());
                }
            }
        }
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[method] = operation;
    }
    let Shared { mut schemas, security_schemes, problems, errors } = shared;
    let problems: Map<_, _> =
        problems.into_iter().map(|(name, key)| (name, problem_response(&key, &mut schemas))).collect();
    // Assigned by index, because `json!` copies the values in it.
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
    (Document(document), errors)
}

/// The components and the errors of all operations, while a document is built.
#[derive(Default)]
struct Shared {
    schemas: Schemas,
    /// Each scheme with its name in the document.
    security_schemes: Vec<(SecurityScheme, String)>,
    /// Maps the name of a problem component to its status.
    problems: BTreeMap<String, String>,
    /// The reasons why no request can be deserialized into a type of an operation.
    errors: Vec<String>,
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

/// Returns the routes to list, each template and method once. If two patterns have the same template, the one without a
/// catch-all is listed.
fn listed_routes<'r>(routes: &[RouteDescription<'r>]) -> BTreeMap<Key, (Template, RouteDescription<'r>)> {
    let mut methods: BTreeMap<&str, Vec<&Method>> = BTreeMap::new();
    for route in routes {
        methods.entry(route.pattern).or_default().extend(route.method);
    }
    let mut all: Vec<(Template, &'static str, RouteDescription<'r>)> = Vec::new();
    for route in routes {
        for template in Template::of(route.pattern) {
            for method in listed_methods(route.method, &methods[route.pattern]) {
                all.push((template.clone(), method, *route));
            }
        }
    }
    all.sort_by(|(one, ..), (other, ..)| (one.has_catch_all, &one.path).cmp(&(other.has_catch_all, &other.path)));
    let mut shapes: BTreeMap<String, String> = BTreeMap::new();
    let mut listed = BTreeMap::new();
    for (template, method, route) in all {
        let path = shapes.entry(template.shape()).or_insert_with(|| template.path.clone());
        if *path == template.path {
            listed.entry((template.path.clone(), method)).or_insert((template, route));
        }
    }
    listed
}

/// Returns the operations of a method. HEAD and OPTIONS are generated by the table, and OpenAPI 3.1 has no field for any
/// other method.
fn listed_methods(method: Option<&Method>, handled: &[&Method]) -> Vec<&'static str> {
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
        None => ANY.iter().filter(|(known, _)| !handled.contains(&known)).map(|(_, name)| *name).collect(),
    }
}

/// Returns the operation object.
fn describe(template: &Template, method: &str, route: &RouteDescription<'_>, shared: &mut Shared) -> Value {
    let mut builder = OperationBuilder::new(&mut shared.schemas, &template.names, !route.has_hook);
    if let Some(documented) = route.operation {
        (documented.arguments)(&mut builder);
        (documented.result)(&mut builder);
        if !template.names.is_empty() {
            builder.problem(StatusCode::BAD_REQUEST); // a malformed parameter never reaches a handler
        }
        if route.has_etag && method == "get" {
            builder.empty_response(StatusCode::NOT_MODIFIED);
        }
        if route.has_ranges && method == "get" {
            builder.partial_content();
        }
        if route.has_deadline {
            builder.problem(StatusCode::GATEWAY_TIMEOUT);
        }
        for (status, response) in &documented.responses {
            builder.replace_response(*status, *response);
        }
        if let Some(body) = documented.body {
            body(&mut builder);
        }
        builder.add_security(&documented.security);
    }
    for name in &template.names {
        let mut schema = json!({ "type": "string" });
        if name.is_catch_all {
            schema["description"] = "One or more percent-encoded segments, separated by `/`.".into();
        }
        builder.add_parameter("path", &name.text, schema, true);
    }
    let OperationBuilder { parameters, body, responses, security, errors, .. } = builder;
    shared.errors.extend(errors);
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
        let responses = responses.into_iter().map(|(key, response)| match response {
            DescribedResponse::Problem => (key.clone(), refer(&key)),
            DescribedResponse::Inline(response) => (key, response),
        });
        operation["responses"] = responses.collect::<Map<_, _>>().into();
    }
    if !security.is_empty() {
        let requirement = |scheme: &Option<SecurityScheme>| match scheme {
            Some(scheme) => json!({ (shared.name_of(scheme)): [] }),
            None => json!({}),
        };
        operation["security"] = security.iter().map(requirement).collect();
    }
    if let Some(documented) = route.operation {
        add_texts(&mut operation, documented);
    }
    operation
}

fn add_texts(operation: &mut Value, documented: &Operation) {
    if let Some(summary) = &documented.summary {
        operation["summary"] = summary.as_str().into();
    }
    if let Some(description) = &documented.description {
        operation["description"] = description.as_str().into();
    }
    if !documented.tags.is_empty() {
        operation["tags"] = json!(documented.tags);
    }
    if documented.is_deprecated {
        operation["deprecated"] = true.into();
    }
}

/// `getUsersId` for `GET /users/{id}`.
fn default_id(method: &str, path: &str) -> String {
    let words = path.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(method.to_owned(), |id, word| id + &word[..1].to_ascii_uppercase() + &word[1..])
}
