//! Builds the document from the routes of a table.

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::catch_panic::catch_panic;
use crate::openapi::document::Document;
use crate::openapi::info::{Info, Version};
use crate::openapi::operation::Operation;
use crate::openapi::operation_builder::OperationBuilder;
use crate::openapi::problem::{DescribedResponse, problem_name, problem_response};
use crate::openapi::references::dangling_reference;
use crate::openapi::schemas::{Schemas, allowed, unique};
use crate::openapi::security::SecurityScheme;
use crate::openapi::slot::{Slot, default_id, listed_methods};
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

/// A path template and the place of the operation in its path item.
type Key<'r> = (String, Slot<'r>);

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
    let mut shared = Shared { version: info.version_of_openapi(), ..Shared::default() };
    let mut ids = OperationIds::of(routes);
    let mut tags: Vec<String> = Vec::new();
    let mut paths = Map::new();
    let mut secured = Vec::new();
    for ((path, slot), (template, route)) in listed_routes(routes) {
        if slot.needed() > shared.version.unwrap_or(Version::V3_2)
            || (slot.needed() > Version::V3_1 && route.operation.is_none())
        {
            continue;
        }
        let (mut operation, security) = describe(&template, slot, &route, &mut shared);
        let summary = route.operation.and_then(|documented| documented.summary.clone());
        operation["summary"] = summary.unwrap_or_else(|| slot.summary(&path)).into();
        if let Some(documented) = route.operation {
            operation["operationId"] = ids.id(documented, slot, &path).into();
            for tag in &documented.tags {
                if !tags.contains(tag) {
                    tags.push(tag.clone());
                }
            }
        }
        if !security.is_empty() {
            secured.push((path.clone(), slot, security));
        }
        *slot.of(paths.entry(path).or_insert_with(|| json!({}))) = operation;
    }
    let schemes = SchemeNames::of(secured.iter().flat_map(|(.., security)| security.iter().flatten()));
    for (path, slot, security) in &secured {
        slot.of(&mut paths[path])["security"] =
            security.iter().map(|scheme| schemes.requirement(scheme.as_ref())).collect();
    }
    shared.finish(info, paths, tags, &schemes)
}

/// The components and the errors of all operations, while a document is built.
#[derive(Default)]
struct Shared {
    schemas: Schemas,
    /// Maps the name of a problem component to its status.
    problems: BTreeMap<String, String>,
    /// The reasons why no request can be deserialized into a type of an operation.
    errors: Vec<String>,
    /// The version of OpenAPI that the program asks for.
    version: Option<Version>,
    /// The version of OpenAPI that an operation needs.
    needed: Option<Version>,
}

impl Shared {
    /// Returns the document with these paths, and the errors.
    fn finish(
        self,
        info: &Info,
        paths: Map<String, Value>,
        tags: Vec<String>,
        schemes: &SchemeNames<'_>,
    ) -> (Document, Vec<String>) {
        let Self { mut schemas, problems, errors, version, needed } = self;
        let version = version.or(needed).unwrap_or(Version::V3_1);
        let problems: Map<_, _> =
            problems.into_iter().map(|(name, key)| (name, problem_response(&key, &mut schemas))).collect();
        // Assigned by index, because `json!` copies the values in it.
        let mut referring = json!({});
        referring["paths"] = paths.into();
        referring["responses"] = problems.into();
        let components = schemas.finish(&mut referring);
        let mut document = json!({
            "openapi": version.as_str(),
            "info": info.to_value(),
            "servers": info.servers(),
            "security": [],
            "tags": info.tags(tags),
            "components": { "securitySchemes": schemes.components() },
        });
        document["paths"] = referring["paths"].take();
        document["components"]["responses"] = referring["responses"].take();
        document["components"]["schemas"] = components.into();
        (Document(document), errors)
    }

    /// Returns the responses object of an operation. Problems are components, which the operations share.
    fn responses(&mut self, responses: BTreeMap<String, DescribedResponse>) -> Value {
        let responses = responses.into_iter().map(|(key, response)| match response {
            DescribedResponse::Problem => {
                let name = problem_name(&key);
                let reference = json!({ "$ref": format!("#/components/responses/{name}") });
                self.problems.insert(name, key.clone());
                (key, reference)
            }
            DescribedResponse::Inline(response) => (key, response),
        });
        responses.collect::<Map<_, _>>().into()
    }
}

/// Gives each operation an id that no other one has.
struct OperationIds<'r> {
    taken: BTreeSet<String>,
    /// The ids that the program chose, of the operations so far.
    chosen: BTreeSet<&'r str>,
}

impl<'r> OperationIds<'r> {
    /// All ids that the program chose are taken from the start, so that no default id is one of them.
    fn of(routes: &[RouteDescription<'r>]) -> Self {
        let taken = routes.iter().filter_map(|route| route.operation?.id.clone()).collect();
        Self { taken, chosen: BTreeSet::new() }
    }

    fn id(&mut self, operation: &'r Operation, slot: Slot<'_>, path: &str) -> String {
        match &operation.id {
            Some(id) if self.chosen.insert(id) => id.clone(),
            Some(id) => unique(id, &mut self.taken),
            None => unique(&default_id(slot, path), &mut self.taken),
        }
    }
}

/// The security schemes with their names in the document.
struct SchemeNames<'s>(Vec<(&'s SecurityScheme, String)>);

impl<'s> SchemeNames<'s> {
    fn of(schemes: impl Iterator<Item = &'s SecurityScheme>) -> Self {
        let mut taken = BTreeSet::new();
        let mut names: Vec<(&SecurityScheme, String)> = Vec::new();
        for scheme in schemes {
            if names.iter().all(|(known, _)| *known != scheme) {
                names.push((scheme, unique(&allowed(&scheme.name), &mut taken)));
            }
        }
        Self(names)
    }

    /// Returns the security requirement object. Without a scheme it requires nothing.
    fn requirement(&self, scheme: Option<&SecurityScheme>) -> Value {
        let name = self.0.iter().find(|(known, _)| Some(*known) == scheme).map(|(_, name)| name);
        name.map_or_else(|| json!({}), |name| json!({ name: [] }))
    }

    fn components(&self) -> BTreeMap<&str, &Value> {
        self.0.iter().map(|(scheme, name)| (name.as_str(), &scheme.scheme)).collect()
    }
}

/// Returns the routes to list, each template and method once. If two patterns have the same template, the one that the table
/// prefers is listed.
fn listed_routes<'r>(routes: &[RouteDescription<'r>]) -> BTreeMap<Key<'r>, (Template, RouteDescription<'r>)> {
    let mut methods: BTreeMap<&str, Vec<&Method>> = BTreeMap::new();
    for route in routes {
        methods.entry(route.pattern).or_default().extend(route.method);
    }
    let mut all: Vec<(Template, Slot<'r>, RouteDescription<'r>)> = Vec::new();
    for route in routes {
        for template in Template::of(route.pattern) {
            for method in listed_methods(route.method, &methods[route.pattern]) {
                all.push((template.clone(), method, *route));
            }
        }
    }
    all.sort_by(|(one, ..), (other, ..)| (one.end, &one.path).cmp(&(other.end, &other.path)));
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

/// Returns the operation object, and the security schemes, which have no names yet.
fn describe(
    template: &Template,
    slot: Slot<'_>,
    route: &RouteDescription<'_>,
    shared: &mut Shared,
) -> (Value, Vec<Option<SecurityScheme>>) {
    let mut builder = OperationBuilder::new(&mut shared.schemas, &template.names, !route.has_hook, shared.version);
    if let Some(documented) = route.operation {
        add_documented(&mut builder, documented, template, slot, route);
    }
    for name in &template.names {
        let mut schema = json!({ "type": "string" });
        if name.is_catch_all {
            schema["description"] = "One or more percent-encoded segments, separated by `/`.".into();
        }
        builder.add_parameter("path", &name.label, schema, true);
    }
    let OperationBuilder { parameters, body, responses, security, errors, needed, .. } = builder;
    shared.errors.extend(errors);
    shared.needed = shared.needed.max(Some(needed.max(slot.needed())));
    let mut operation = json!({});
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(body) = body {
        operation["requestBody"] = body;
    }
    if !responses.is_empty() {
        operation["responses"] = shared.responses(responses);
    }
    if let Some(documented) = route.operation {
        add_texts(&mut operation, documented);
    }
    (operation, security)
}

/// Adds the arguments and responses of a documented handler, and the responses of its route's options.
fn add_documented(
    builder: &mut OperationBuilder<'_>,
    documented: &Operation,
    template: &Template,
    slot: Slot<'_>,
    route: &RouteDescription<'_>,
) {
    (documented.arguments)(builder);
    (documented.result)(builder);
    if !template.names.is_empty() || slot == Slot::Fixed("query") {
        // A malformed parameter, or a QUERY without a content type, never reaches a handler.
        builder.problem(StatusCode::BAD_REQUEST);
    }
    if slot == Slot::Fixed("get") {
        if route.has_etag {
            builder.empty_response(StatusCode::NOT_MODIFIED);
        }
        if route.has_ranges {
            builder.partial_content();
        }
        if route.has_etag || route.has_ranges {
            builder.problem(StatusCode::PRECONDITION_FAILED);
        }
    }
    if route.has_deadline {
        builder.problem(StatusCode::GATEWAY_TIMEOUT);
    }
    for (status, response) in &documented.responses {
        builder.replace_response(*status, *response);
    }
    if let Some(body) = documented.body {
        body(builder);
    }
    if slot == Slot::Fixed("query") {
        builder.require_body(); // without content, clients send no content type
    }
    builder.add_security(&documented.security);
    if documented.security.is_empty() {
        builder.add_security_of_group(&documented.security_of_group);
    }
}

fn add_texts(operation: &mut Value, documented: &Operation) {
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
