//! What arguments say.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use route_handlers::openapi::{DocumentArgument, OperationBuilder};
use route_handlers::{
    Body, Cookies, Error, Form, FromRequest, Json, LastEventId, Multipart, NoContent, Path, Query, Request, Result,
    documented,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{operation, operation_at, statuses};

/// Name, place, whether it is required, and schema of each parameter.
fn parameters(operation: &Value) -> Vec<(String, String, bool, Value)> {
    let list = operation["parameters"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let parameter = |it: &Value| (text(&it["name"]), text(&it["in"]), it["required"] == true, it["schema"].clone());
    list.iter().map(parameter).collect()
}

fn path(name: &str, schema: Value) -> (String, String, bool, Value) {
    (name.to_owned(), "path".to_owned(), true, schema)
}

fn query(name: &str, is_required: bool, schema: Value) -> (String, String, bool, Value) {
    (name.to_owned(), "query".to_owned(), is_required, schema)
}

fn u32_schema() -> Value {
    json!({ "type": "integer", "format": "uint32", "minimum": 0, "maximum": u32::MAX })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn text_that_is_not_empty() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct Place {
    page: u32,
    book: String,
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct UserId(u32);

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "only its shape is read")]
enum Color {
    Red,
    Blue,
}

#[test]
fn the_paths_parameters_have_the_schemas_of_a_scalar_a_tuple_a_struct_or_a_map() {
    let (one, _) = operation_at("/{id}", documented(async |_: Path<u32>| NoContent));
    assert_eq!(parameters(&one), [path("id", u32_schema())]);
    assert_eq!(statuses(&one), ["204", "400"]);

    let (tuple, _) = operation_at("/{a}/{b}", documented(async |_: Path<(String, u32)>| NoContent));
    assert_eq!(parameters(&tuple), [path("a", text_that_is_not_empty()), path("b", u32_schema())]);

    let (structure, schemas) = operation_at("/{book}/p{page}", documented(async |_: Path<Place>| NoContent));
    assert_eq!(parameters(&structure), [path("book", text_that_is_not_empty()), path("page", u32_schema())]);
    assert_eq!(
        schemas.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["Problem"],
        "a struct of parameters is no schema"
    );

    let map = documented(async |_: Path<std::collections::HashMap<String, u32>>| NoContent);
    assert_eq!(parameters(&operation_at("/{a}/{b}", map).0), [path("a", u32_schema()), path("b", u32_schema())]);

    let (newtype, _) = operation_at("/{id}", documented(async |_: Path<UserId>| NoContent));
    assert_eq!(parameters(&newtype), [path("id", u32_schema())]);

    let (color, _) = operation_at("/{color}", documented(async |_: Path<Color>| NoContent));
    assert_eq!(parameters(&color), [path("color", json!({ "type": "string", "enum": ["red", "blue"] }))]);
}

#[test]
fn a_parameter_that_no_argument_reads_is_text() {
    let (operation, _) = operation_at("/{id}/{*rest}", documented(async || NoContent));
    let [id, rest] = &parameters(&operation)[..] else { panic!("{operation}") };
    assert_eq!(*id, path("id", text_that_is_not_empty()));
    assert_eq!((rest.0.as_str(), &rest.3["type"]), ("rest", &json!("string")));
    assert_eq!(statuses(&operation), ["204", "400"], "a malformed parameter is 400 whoever reads it");
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct Common {
    /// How many to leave out.
    #[serde(default)]
    offset: u32,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its shape is read")]
struct Filter {
    search_for: String,
    limit: Option<u32>,
    #[serde(default)]
    tag: Vec<String>,
    sort: Option<Color>,
    #[serde(flatten)]
    common: Common,
}

#[test]
fn each_field_of_a_query_is_a_parameter_that_is_never_null() {
    let (operation, schemas) = operation(documented(async |_: Query<Filter>| NoContent));
    let mut found = parameters(&operation);
    found.sort_by(|one, other| one.0.cmp(&other.0));
    let offset = json!({ "type": "integer", "format": "uint32", "minimum": 0, "maximum": u32::MAX, "default": 0 });
    assert_eq!(
        found,
        [
            query("limit", false, u32_schema()),
            query("offset", false, offset),
            query("searchFor", true, text()),
            query("sort", false, json!({ "$ref": "#/components/schemas/Color" })),
            query("tag", false, json!({ "type": "array", "items": { "type": "string" }, "default": [] })),
        ]
    );
    let offset = operation["parameters"].as_array().unwrap().iter().find(|it| it["name"] == "offset").unwrap();
    assert_eq!(offset["description"], "How many to leave out.");
    assert_eq!(schemas["Color"]["enum"], json!(["red", "blue"]));
    assert_eq!(statuses(&operation), ["204", "400"]);
}

#[test]
fn an_optional_query_requires_nothing() {
    let (operation, _) = operation(documented(async |_: Option<Query<Filter>>| NoContent));
    assert!(parameters(&operation).iter().all(|(_, _, is_required, _)| !is_required), "{operation}");
}

#[test]
fn a_query_that_takes_any_name_is_one_parameter() {
    let any = documented(async |_: Query<std::collections::HashMap<String, u32>>| NoContent);
    let schema = json!({ "type": "object", "additionalProperties": u32_schema() });
    assert_eq!(parameters(&operation(any).0), [query("query", false, schema)]);
}

#[test]
fn each_reader_of_the_body_says_its_media_type_and_its_failures() {
    let json_body = operation(documented(async |_: Json<Vec<u32>>| NoContent)).0;
    let content = json!({ "application/json": { "schema": { "type": "array", "items": u32_schema() } } });
    assert_eq!(json_body["requestBody"], json!({ "required": true, "content": content }));
    assert_eq!(statuses(&json_body), ["204", "400", "413", "415", "422"]);
    assert_eq!(json_body["responses"]["422"]["$ref"], "#/components/responses/UnprocessableEntityProblem");

    let optional = operation(documented(async |_: Option<Json<u32>>| NoContent)).0;
    assert_eq!(optional["requestBody"]["required"], false);

    let form = operation(documented(async |_: Form<Filter>| NoContent)).0;
    let fields = &form["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
    assert_eq!(fields["required"], json!(["searchFor"]));
    assert_eq!(fields["properties"]["limit"], u32_schema(), "a form has no null");

    for (operation, media_type, failures) in [
        (
            operation(documented(async |_: Multipart| NoContent)).0,
            "multipart/form-data",
            &["204", "400", "413", "415"][..],
        ),
        (operation(documented(async |_: String| NoContent)).0, "text/plain", &["204", "400", "413"]),
        (operation(documented(async |_: Bytes| NoContent)).0, "application/octet-stream", &["204", "400", "413"]),
        (operation(documented(async |_: Body| NoContent)).0, "application/octet-stream", &["204"]),
    ] {
        assert!(operation["requestBody"]["content"][media_type].is_object(), "{operation}");
        let is_required = media_type == "multipart/form-data"; // text and bytes may be empty
        assert_eq!(operation["requestBody"]["required"], is_required, "{media_type}");
        assert_eq!(statuses(&operation), failures, "{media_type}");
    }
}

#[test]
fn a_failure_that_the_handler_catches_is_not_listed() {
    let (operation, _) = operation(documented(async |_: Result<Json<u32>, Error>| NoContent));
    assert_eq!(statuses(&operation), ["204"]);
    assert_eq!(operation["requestBody"]["required"], false);
}

/// An argument of the user's.
struct Tenant;

impl FromRequest for Tenant {
    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(Self)
    }
}

impl DocumentArgument for Tenant {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.header::<String>("x-tenant");
        operation.cookie::<String>("tenant");
        operation.problem(StatusCode::UNAUTHORIZED);
    }
}

#[test]
fn an_argument_of_ones_own_says_what_it_reads() {
    let (operation, _) = operation(documented(async |_: Tenant, _: LastEventId| NoContent));
    let header = |name: &str, is_required| (name.to_owned(), "header".to_owned(), is_required, text());
    let cookie = ("tenant".to_owned(), "cookie".to_owned(), true, text());
    assert_eq!(parameters(&operation), [header("x-tenant", true), cookie, header("last-event-id", false)]);
    assert_eq!(statuses(&operation), ["204", "401"]);
}

#[test]
fn what_reads_nothing_that_a_client_should_know_says_nothing() {
    let handler = async |_: HeaderMap, _: Method, _: Uri, _: Cookies, _: Request| NoContent;
    let (operation, _) = operation(documented(handler));
    assert_eq!((&operation["parameters"], &operation["requestBody"]), (&Value::Null, &Value::Null));
}

#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct Upload {
    #[schemars(extend("format" = "binary"))]
    avatar: String,
}

#[test]
fn a_body_that_its_argument_does_not_describe_is_described_beside_it() {
    let (operation, schemas) = operation(documented(async |_: Multipart| NoContent).body::<Upload>());
    let schema = &operation["requestBody"]["content"]["multipart/form-data"]["schema"];
    assert_eq!(*schema, json!({ "$ref": "#/components/schemas/Upload" }));
    assert_eq!(schemas["Upload"]["properties"]["avatar"]["format"], "binary");
}
