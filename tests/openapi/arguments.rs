//! Arguments in the document.

use std::collections::{BTreeSet, HashMap};
use std::marker::PhantomData;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use route_handlers::extract::{Bearer, ClientIp, LastEventId};
use route_handlers::multipart::Multipart;
use route_handlers::openapi::{DocumentArgument, OperationBuilder, SecurityScheme};
use route_handlers::{
    Body, Cookies, Error, Form, FromRequest, Json, NoContent, Path, Query, Request, Result, RouteHandlers, documented,
    get,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{operation, operation_at, statuses};

/// Returns the name, location, whether it is required, and schema of each parameter.
fn parameters(operation: &Value) -> Vec<(String, String, bool, Value)> {
    let list = operation["parameters"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let tuple = |parameter: &Value| {
        let is_required = parameter["required"] == true;
        (text(&parameter["name"]), text(&parameter["in"]), is_required, parameter["schema"].clone())
    };
    list.iter().map(tuple).collect()
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

fn nonempty_text() -> Value {
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
fn path_parameters_have_the_schemas_of_a_scalar_a_tuple_a_struct_or_a_map() {
    let (one, _) = operation_at("/{id}", documented(async |_: Path<u32>| NoContent));
    assert_eq!(parameters(&one), [path("id", u32_schema())]);
    assert_eq!(statuses(&one), ["204", "400"]);

    let (tuple, _) = operation_at("/{a}/{b}", documented(async |_: Path<(String, u32)>| NoContent));
    assert_eq!(parameters(&tuple), [path("a", nonempty_text()), path("b", u32_schema())]);

    let (structure, schemas) = operation_at("/{book}/p{page}", documented(async |_: Path<Place>| NoContent));
    assert_eq!(parameters(&structure), [path("book", nonempty_text()), path("page", u32_schema())]);
    assert_eq!(
        schemas.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["Problem"],
        "a struct of parameters is not a component"
    );

    let map = documented(async |_: Path<HashMap<String, u32>>| NoContent);
    assert_eq!(parameters(&operation_at("/{a}/{b}", map).0), [path("a", u32_schema()), path("b", u32_schema())]);

    let (newtype, _) = operation_at("/{id}", documented(async |_: Path<UserId>| NoContent));
    assert_eq!(parameters(&newtype), [path("id", u32_schema())]);

    let (color, _) = operation_at("/{color}", documented(async |_: Path<Color>| NoContent));
    assert_eq!(parameters(&color), [path("color", json!({ "type": "string", "enum": ["red", "blue"] }))]);
}

#[test]
fn parameter_without_an_argument_is_text() {
    let (operation, _) = operation_at("/{id}/{*rest}", documented(async || NoContent));
    let [id, rest] = &parameters(&operation)[..] else { panic!("{operation}") };
    assert_eq!(*id, path("id", nonempty_text()));
    assert_eq!((rest.0.as_str(), &rest.3["type"]), ("rest", &json!("string")));
    assert_eq!(statuses(&operation), ["204", "400"], "a malformed parameter is 400 without an argument too");
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct Common {
    /// How many to skip.
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
fn field_of_a_query_is_a_parameter_that_is_never_null() {
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
    let offset =
        operation["parameters"].as_array().unwrap().iter().find(|parameter| parameter["name"] == "offset").unwrap();
    assert_eq!(offset["description"], "How many to skip.");
    assert_eq!(schemas["Color"]["enum"], json!(["red", "blue"]));
    assert_eq!(statuses(&operation), ["204", "400"]);
}

#[test]
fn optional_query_has_no_required_parameter() {
    let (operation, _) = operation(documented(async |_: Option<Query<Filter>>| NoContent));
    assert!(parameters(&operation).iter().all(|(_, _, is_required, _)| !is_required), "{operation}");
}

#[test]
fn map_of_a_query_is_one_parameter() {
    let any = documented(async |_: Query<HashMap<String, u32>>| NoContent);
    let schema = json!({ "type": "object", "additionalProperties": u32_schema() });
    assert_eq!(parameters(&operation(any).0), [query("query", false, schema)]);
}

#[derive(Deserialize, JsonSchema)]
struct TextAndOthers {
    #[serde(rename = "query")]
    _text: String,
    #[serde(flatten)]
    _others: HashMap<String, String>,
}

#[test]
fn map_of_a_query_has_a_pattern_for_its_names() {
    let numbers = documented(async |_: Query<HashMap<u32, u32>>| NoContent);
    let schema =
        json!({ "type": "object", "propertyNames": { "pattern": r"^\d+$" }, "additionalProperties": u32_schema() });
    assert_eq!(parameters(&operation(numbers).0), [query("query", false, schema.clone())]);
    let form = operation(documented(async |_: Form<HashMap<u32, u32>>| NoContent)).0;
    assert_eq!(form["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"], schema);
    let pairs = documented(async |_: Query<Vec<(String, u32)>>| NoContent);
    let schema = json!({ "type": "object", "additionalProperties": u32_schema() });
    assert_eq!(parameters(&operation(pairs).0), [query("query", false, schema.clone())], "a list of pairs is a map");

    let both = parameters(&operation(documented(async |_: Query<TextAndOthers>| NoContent)).0);
    let others = json!({ "type": "object", "additionalProperties": text() });
    assert_eq!(both, [query("query", true, text()), query("query2", false, others)]);
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "by")]
#[allow(dead_code, reason = "only its shape is read")]
enum Search {
    Name { name: String, exact: Option<String> },
    Place { name: String, country: String },
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct Within {
    #[serde(flatten)]
    search: Search,
    id: UserId,
}

#[test]
fn field_of_an_enum_is_required_if_each_variant_requires_it() {
    let required = |handler: (Value, Value)| -> Vec<(String, bool)> {
        parameters(&handler.0).into_iter().map(|(name, _, is_required, _)| (name, is_required)).collect()
    };
    let expected = |others: &[(&str, bool)]| {
        let own = [("by", true), ("name", true), ("exact", false), ("country", false)];
        let all = others.iter().chain(&own).map(|(name, is_required)| ((*name).to_owned(), *is_required));
        all.collect::<BTreeSet<_>>()
    };
    let as_set = |found: Vec<(String, bool)>| found.into_iter().collect::<BTreeSet<_>>();
    let alone = required(operation(documented(async |_: Query<Search>| NoContent)));
    assert_eq!(as_set(alone), expected(&[]));
    let flat = required(operation(documented(async |_: Query<Within>| NoContent)));
    assert_eq!(as_set(flat), expected(&[("id", true)]));
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct Lists {
    tags: Vec<String>,
    numbers: std::collections::BTreeSet<u32>,
    #[schemars(length(min = 1))]
    not_empty: Vec<String>,
}

#[test]
fn list_of_a_query_or_a_form_is_required_only_if_it_is_not_empty() {
    let found = parameters(&operation(documented(async |_: Query<Lists>| NoContent)).0);
    let required: Vec<_> = found.iter().filter(|(_, _, is_required, _)| *is_required).map(|(name, ..)| name).collect();
    assert_eq!(required, ["not_empty"], "a key that is absent is an empty list");
    let form = operation(documented(async |_: Form<Lists>| NoContent)).0;
    let schema = &form["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
    assert_eq!(schema["required"], json!(["not_empty"]));
}

#[test]
fn integer_behind_a_reference_has_its_bounds() {
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "by")]
    #[allow(dead_code, reason = "only its shape is read")]
    enum By {
        Number(Number),
    }
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only its shape is read")]
    struct Number {
        number: u32,
    }
    let found = parameters(&operation(documented(async |_: Query<By>| NoContent)).0);
    assert!(found.contains(&query("number", true, u32_schema())), "{found:?}");
}

/// An argument of the user that reads the query or the path. Only its schema describes it.
struct Described<T>(PhantomData<T>);

impl<T: Send> FromRequest for Described<T> {
    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(Self(PhantomData))
    }
}

impl<T: JsonSchema> DocumentArgument for Described<T> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.path::<T>();
        operation.query::<T>();
    }
}

/// Returns why a handler cannot be registered.
fn registration_error<A: 'static>(pattern: &str, handler: impl route_handlers::Handler<A>) -> String {
    let result = RouteHandlers::new().try_route(pattern, get(handler));
    result.expect_err("no request can be deserialized into this type").to_string()
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct One<T> {
    field: T,
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
enum Untagged {
    None,
    Some(u32),
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "of")]
#[allow(dead_code, reason = "only its shape is read")]
enum Adjacent {
    Place(Place),
    Color(One<Color>),
}

#[test]
fn type_that_no_query_or_form_can_represent_is_refused_at_registration() {
    macro_rules! refused {
        ($($type:ty: $reason:literal,)*) => {$(
            let by_schema = registration_error("/", documented(async |_: Described<$type>| NoContent));
            assert!(by_schema.contains("the handler of `GET /`") && by_schema.contains($reason), "{by_schema}");
            registration_error("/", documented(async |_: Query<$type>| NoContent));
            registration_error("/", documented(async |_: Form<$type>| NoContent));
        )*};
    }
    refused! {
        One<Place>: "its field `field` is an object",
        One<Option<Place>>: "its field `field` is an object",
        One<Box<Place>>: "its field `field` is an object",
        One<Vec<Place>>: "its field `field` is a list, and an item of it is an object",
        One<HashMap<String, String>>: "its field `field` is an object",
        One<std::time::Duration>: "its field `field` is an object",
        One<Vec<(u32, u32)>>: "its field `field` is a list, and an item of it is a tuple",
        One<((u32, u32), u32)>: "its field `field` is a tuple, and a value of it is a tuple",
        One<(u32, Place)>: "its field `field` is a tuple, and a value of it is an object",
        One<()>: "its field `field` is null",
        HashMap<String, Place>: "each value of its map is an object",
        Untagged: "it is an enum without a tag",
        Adjacent: "its field `of` is an object",
        u32: "it has no fields",
        Vec<u32>: "it is a list",
        (u32, u32): "it is a list",
        Option<Place>: "it is an `Option`",
    }
}

#[test]
fn type_that_a_query_or_form_can_represent_is_registered() {
    macro_rules! accepted {
        ($($type:ty,)*) => {$(
            let _ = operation(documented(async |_: Query<$type>| NoContent));
            let _ = operation(documented(async |_: Form<$type>| NoContent));
        )*};
    }
    accepted! {
        (),
        Value,
        One<Value>,
        One<Untagged>, // `None` is text
        One<Option<Color>>,
        One<Vec<Color>>,
        One<std::net::IpAddr>,
        One<std::collections::BTreeSet<u32>>,
        One<(u32, String)>,
        One<Option<(u32, Color)>>,
        One<[u32; 2]>,
        One<char>,
        HashMap<String, Vec<u32>>,
        HashMap<String, Value>,
    }
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct Range {
    between: (u32, String),
    #[deprecated]
    within: Option<(u32, u32)>,
}

#[test]
fn tuple_of_a_query_or_a_form_is_a_list_of_its_values() {
    let tuple = |second: Value| json!({ "type": "array", "prefixItems": [u32_schema(), second], "items": {}, "minItems": 2, "maxItems": 2 });
    let (by_query, _) = operation(documented(async |_: Query<Range>| NoContent));
    assert_eq!(
        parameters(&by_query),
        [query("between", true, tuple(text())), query("within", false, tuple(u32_schema()))]
    );
    assert_eq!(by_query["parameters"][0].get("deprecated"), None);
    assert_eq!(by_query["parameters"][1]["deprecated"], true, "it belongs to the parameter");
    let (by_form, _) = operation(documented(async |_: Form<Range>| NoContent));
    let schema = &by_form["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
    assert_eq!((&schema["required"], &schema["properties"]["between"]), (&json!(["between"]), &tuple(text())));
}

#[test]
fn variant_that_text_cannot_represent_is_not_listed() {
    let none = json!({ "type": "string", "enum": ["None"] });
    let (alone, _) = operation(documented(async |_: Query<One<Untagged>>| NoContent));
    assert_eq!(parameters(&alone), [query("field", true, none.clone())]);
    let (optional, _) = operation(documented(async |_: Query<One<Option<Untagged>>>| NoContent));
    assert_eq!(parameters(&optional), [query("field", false, none.clone())]);
    let (of_path, _) = operation_at("/{field}", documented(async |_: Path<Untagged>| NoContent));
    assert_eq!(parameters(&of_path), [path("field", none)]);
}

#[test]
fn type_that_no_path_can_represent_is_refused_at_registration() {
    let nested = registration_error("/{field}", documented(async |_: Described<One<Place>>| NoContent));
    assert!(
        nested.contains("reads its path as a type that no path can represent: its field `field` is an object"),
        "{nested}"
    );
    let tuple = registration_error("/{a}/{b}", documented(async |_: Described<(u32, Place)>| NoContent));
    assert!(tuple.contains("a value of it is an object"), "{tuple}");
    let _ = operation_at("/{*field}", documented(async |_: Path<One<Vec<u32>>>| NoContent));
    let _ = operation_at("/{field}", documented(async |_: Path<Untagged>| NoContent));
}

#[test]
fn list_of_pairs_has_the_value_of_each_parameter() {
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only its shape is read")]
    struct Pair(String, u32);
    macro_rules! pairs {
        ($($type:ty,)*) => {$({
            let (of_path, _) = operation_at("/{a}/{b}", documented(async |_: Path<Vec<$type>>| NoContent));
            assert_eq!(parameters(&of_path), [path("a", u32_schema()), path("b", u32_schema())]);
            let (of_query, _) = operation(documented(async |_: Query<Vec<$type>>| NoContent));
            let schema = json!({ "type": "object", "additionalProperties": u32_schema() });
            assert_eq!(parameters(&of_query), [query("query", false, schema)]);
        })*};
    }
    pairs! { (String, u32), Pair, }
    let (arrays, _) = operation_at("/{id}", documented(async |_: Path<Vec<[String; 2]>>| NoContent));
    assert_eq!(parameters(&arrays), [path("id", nonempty_text())]);
    let refused = registration_error("/{id}", documented(async |_: Described<Vec<(String, (u8, u8))>>| NoContent));
    assert!(refused.contains("a value of it is a tuple"), "{refused}");
}

#[test]
fn path_that_fits_its_pattern_can_be_documented() {
    macro_rules! agree {
        ($($type:ty,)*) => {
            for pattern in ["/", "/{id}", "/{id}/{name}", "/{*rest}", "/{id}/{*rest}", "/{id}/{*rest?}"] {$(
                let plain = RouteHandlers::new().try_route(pattern, get(async |_: Path<$type>| NoContent));
                let both = RouteHandlers::new().try_route(pattern, get(documented(async |_: Path<$type>| NoContent)));
                let reason = both.as_ref().err().map(ToString::to_string);
                assert_eq!(plain.is_ok(), both.is_ok(), "{pattern} {}: {reason:?}", std::any::type_name::<$type>());
            )*}
        };
    }
    agree! {
        (),
        u8,
        String,
        Value,
        Option<String>,
        (u8,),
        (u8, String),
        (u8, Option<String>),
        (u8, Vec<String>),
        (u8, (u8, u8)),
        (u8, [u8; 2]),
        (u8, (String, u8)),
        (u8, Vec<(String, String)>),
        Vec<String>,
        Vec<(String, String)>,
        Vec<[String; 2]>,
        [u8; 2],
        HashMap<String, String>,
        HashMap<String, Vec<String>>,
        Place,
        UserId,
        Color,
    }
}

#[test]
fn path_that_is_not_read_is_text() {
    let (operation, _) = operation_at("/{a}/{b}", documented(async |_: Path<()>| NoContent));
    assert_eq!(parameters(&operation), [path("a", nonempty_text()), path("b", nonempty_text())]);
}

#[test]
fn value_of_a_catch_all_is_text() {
    for handler in [
        operation_at("/{id}/{*rest}", documented(async |_: Path<(u32, (u8, u8))>| NoContent)),
        operation_at("/{id}/{*rest}", documented(async |_: Path<(u32, Vec<u8>)>| NoContent)),
        operation_at("/{id}/{*rest}", documented(async |_: Path<Vec<(String, u32)>>| NoContent)),
    ] {
        let [id, rest] = &parameters(&handler.0)[..] else { panic!("{}", handler.0) };
        assert_eq!(*id, path("id", u32_schema()));
        assert_eq!((rest.0.as_str(), &rest.3["type"]), ("rest", &json!("string")));
    }
}

#[test]
fn argument_that_reads_the_body_adds_its_media_type_and_its_failures() {
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
    assert_eq!(fields["properties"]["limit"], u32_schema(), "a form cannot send null");

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
fn failure_that_the_handler_receives_is_not_listed() {
    let (operation, _) = operation(documented(async |_: Result<Json<u32>, Error>| NoContent));
    assert_eq!(statuses(&operation), ["204"]);
    assert_eq!(operation["requestBody"]["required"], false);
}

/// An argument of the user.
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
fn argument_of_the_user_adds_what_it_reads() {
    let (operation, _) = operation(documented(async |_: Tenant, _: LastEventId| NoContent));
    let header = |name: &str, is_required| (name.to_owned(), "header".to_owned(), is_required, text());
    let cookie = ("tenant".to_owned(), "cookie".to_owned(), true, text());
    assert_eq!(parameters(&operation), [header("x-tenant", true), cookie, header("last-event-id", false)]);
    assert_eq!(statuses(&operation), ["204", "401"]);
}

#[test]
fn argument_that_reads_no_documented_part_adds_nothing() {
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
fn body_of_a_multipart_form_is_described_by_documented() {
    let (operation, schemas) = operation(documented(async |_: Multipart| NoContent).body::<Upload>());
    let schema = &operation["requestBody"]["content"]["multipart/form-data"]["schema"];
    assert_eq!(*schema, json!({ "$ref": "#/components/schemas/Upload" }));
    assert_eq!(schemas["Upload"]["properties"]["avatar"]["format"], "binary");
}

#[test]
fn bearer_is_a_security_scheme_with_its_failures() {
    let (bearer, _) = operation(documented(async |_: Bearer| NoContent));
    assert_eq!(bearer["security"], json!([{ "bearer": [] }]));
    assert_eq!(statuses(&bearer), ["204", "400", "401"]);
    assert!(parameters(&bearer).is_empty(), "OpenAPI ignores a parameter named `Authorization`");
}

#[test]
fn optional_bearer_is_an_optional_security_scheme() {
    let (optional, _) = operation(documented(async |_: Option<Bearer>| NoContent));
    assert_eq!(optional["security"], json!([{ "bearer": [] }, {}]));
    let (caught, _) = operation(documented(async |_: Result<Bearer, Error>| NoContent));
    assert_eq!(caught["security"], json!([{ "bearer": [] }, {}]));
    assert_eq!(statuses(&caught), ["204"]);
}

#[test]
fn bearer_scheme_of_the_handler_replaces_that_of_the_argument() {
    let jwt = SecurityScheme::other("jwt", json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT" }));
    let (replaced, _) = operation(documented(async |_: Option<Bearer>| NoContent).security(&jwt));
    assert_eq!(replaced["security"], json!([{ "jwt": [] }]));
    let session = SecurityScheme::cookie("session", "sid");
    let (either, _) = operation(documented(async |_: Bearer| NoContent).security(&session));
    assert_eq!(either["security"], json!([{ "bearer": [] }, { "session": [] }]));
}

#[test]
fn client_ip_adds_nothing() {
    let (operation, _) = operation(documented(async |_: ClientIp| NoContent));
    assert_eq!((statuses(&operation), parameters(&operation)), (vec!["204"], vec![]));
}

#[test]
fn path_parameter_with_a_name_beyond_ascii_keeps_its_schema() {
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only its shape is read")]
    struct Sizes {
        #[serde(rename = "größe")]
        one: u8,
        #[serde(rename = "grüße")]
        other: bool,
    }
    let (operation, _) = operation_at("/{größe}/{grüße}", documented(async |_: Path<Sizes>| ""));
    let parameters = operation["parameters"].as_array().unwrap().iter();
    let found: Vec<_> = parameters.map(|parameter| (&parameter["name"], &parameter["schema"]["type"])).collect();
    let expected = [(&json!("gr__e"), &json!("integer")), (&json!("gr__e2"), &json!("boolean"))];
    assert_eq!(found, expected, "{operation}");
}
