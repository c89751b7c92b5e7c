//! The names of schemas and operations.

use std::borrow::Cow;

use proptest::prelude::*;
use route_handlers::openapi::{Info, SecurityScheme};
use route_handlers::{Created, Form, Json, NoContent, Path, Query, Route, RouteHandlers, documented, get, post};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::document;

mod books {
    use super::{Deserialize, JsonSchema, Serialize};

    #[derive(Deserialize, Serialize, JsonSchema)]
    pub struct Item {
        pub title: String,
    }
}

mod orders {
    use super::{Deserialize, JsonSchema, Serialize};

    #[derive(Deserialize, Serialize, JsonSchema)]
    pub struct Item {
        pub count: u32,
    }
}

fn names(document: &Value) -> Vec<&str> {
    document["components"]["schemas"].as_object().unwrap().keys().map(String::as_str).collect()
}

fn books() -> RouteHandlers {
    RouteHandlers::new().get("/books", documented(async || Json(books::Item { title: String::new() })))
}

fn orders() -> RouteHandlers {
    RouteHandlers::new().post("/orders", documented(async |Json(item): Json<orders::Item>| Created(item)))
}

#[test]
fn types_with_one_name_get_the_names_of_their_modules() {
    let one = document(&books().merge(orders()));
    assert_eq!(names(&one), ["BooksItem", "OrdersItem", "Problem"]);
    let order = json!({ "$ref": "#/components/schemas/OrdersItem" });
    let post = &one["paths"]["/orders"]["post"];
    assert_eq!(post["requestBody"]["content"]["application/json"]["schema"], order);
    assert_eq!(post["responses"]["201"]["content"]["application/json"]["schema"], order);
    assert_eq!(one["components"]["schemas"]["OrdersItem"]["required"], json!(["count"]));
    assert_eq!(one.to_string(), document(&orders().merge(books())).to_string());
    assert_eq!(names(&document(&books())), ["Item"], "the only type of this name");
}

mod own {
    use super::{JsonSchema, Serialize};

    #[derive(Serialize, JsonSchema)]
    pub struct Problem {
        pub kind: u32,
    }
}

#[test]
fn problem_document_keeps_its_name_beside_a_type_with_that_name() {
    let api = RouteHandlers::new().get("/", documented(async || Some(Json(own::Problem { kind: 1 }))));
    let document = document(&api);
    assert_eq!(names(&document), ["OwnProblem", "Problem"]);
    assert_eq!(document["components"]["schemas"]["Problem"]["required"], json!(["type", "title", "status"]));
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Page<T> {
    items: Vec<T>,
}

/// Contains another generic type, which no route names.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Shelf {
    books: Page<books::Item>,
}

#[test]
fn name_of_a_generic_type_has_the_names_of_its_parameters() {
    fn page<T>() -> Json<Page<T>> {
        Json(Page { items: Vec::new() })
    }
    let api = |first: &str, second: &str| {
        RouteHandlers::new()
            .get(first, documented(async || page::<Plain>()))
            .get(second, documented(async || page::<orders::Item>()))
            .get("/c", documented(async || Json(Shelf { books: Page { items: Vec::new() } })))
            .get("/d", documented(async || page::<Option<u32>>()))
    };
    let document = document(&api("/a", "/b"));
    let pages: Vec<_> = names(&document).into_iter().filter(|name| name.starts_with("Page")).collect();
    assert_eq!(pages, ["PageBooksItem", "PageOptionUint32", "PageOrdersItem", "PagePlain"]);
    let schemas = &document["components"]["schemas"];
    assert_eq!(*schemas, crate::document(&api("/b", "/a"))["components"]["schemas"], "the paths do not matter");
    assert_eq!(schemas["PagePlain"]["properties"]["items"]["items"]["$ref"], "#/components/schemas/Plain");
    assert_eq!(schemas["Shelf"]["properties"]["books"]["$ref"], "#/components/schemas/PageBooksItem");
}

/// A second type `Status`. Only a query or a path reads it.
mod filters {
    use super::{Deserialize, JsonSchema};

    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only its shape is read")]
    pub enum Status {
        Open,
        Closed,
    }
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Status {
    code: u32,
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct Filter {
    status: Option<filters::Status>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct PageItem {
    own: u32,
}

#[test]
fn own_name_comes_before_a_name_with_parameters() {
    let own = RouteHandlers::new().get("/own", documented(async || Json(PageItem { own: 1 })));
    let generic =
        RouteHandlers::new().get("/page", documented(async || Json(Page::<books::Item> { items: Vec::new() })));
    let one = document(&own.clone().merge(generic.clone()));
    assert_eq!(names(&one), ["Item", "PageItem", "PageItem2"]);
    assert_eq!(one["components"]["schemas"]["PageItem"]["required"], json!(["own"]));
    assert_eq!(one.to_string(), document(&generic.merge(own)).to_string());
}

#[test]
fn type_of_a_query_or_a_path_is_named_like_any_other_type() {
    let by_query = RouteHandlers::new().get("/a", documented(async |_: Query<Filter>| NoContent));
    let by_path = RouteHandlers::new()
        .get("/a/{status}/{other}", documented(async |_: Path<(filters::Status, String)>| NoContent));
    for first in [by_query, by_path] {
        let api = first.get("/b", documented(async |Json(status): Json<Status>| Json(status)));
        let document = document(&api);
        assert_eq!(names(&document), ["FiltersStatus", "NamesStatus", "Problem"]);
        assert_eq!(document["components"]["schemas"]["FiltersStatus"]["enum"], json!(["Open", "Closed"]));
        assert_eq!(document["components"]["schemas"]["NamesStatus"]["required"], json!(["code"]));
    }
}

/// Serde reads a field with another type of one name, and does not write it.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Search {
    #[serde(skip_serializing)]
    #[allow(dead_code, reason = "only its shape is read")]
    status: filters::Status,
    last: Status,
}

#[test]
fn type_that_is_only_read_does_not_change_the_name_of_another_type() {
    let api = RouteHandlers::new()
        .put("/a", documented(async |Json(search): Json<Search>| Json(search)))
        .get("/b", documented(async || Json(Status { code: 1 })));
    let document = document(&api);
    assert_eq!(names(&document), ["FiltersStatus", "NamesStatus", "Problem", "Search", "SearchInput"]);
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["SearchInput"]["properties"]["status"]["$ref"], "#/components/schemas/FiltersStatus");
    assert_eq!(schemas["SearchInput"]["properties"]["last"]["$ref"], "#/components/schemas/NamesStatus");
    assert_eq!(schemas["Search"]["properties"]["last"]["$ref"], "#/components/schemas/NamesStatus");
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct SettingsInput {
    of: Settings,
}

#[test]
fn own_name_of_a_type_comes_before_a_generated_name() {
    let api = RouteHandlers::new()
        .put("/a", documented(async |Json(settings): Json<Settings>| Json(settings)))
        .put("/b", documented(async |_: Json<SettingsInput>| NoContent));
    let document = document(&api);
    assert_eq!(names(&document), ["Problem", "Settings", "SettingsInput", "SettingsInput2"]);
    assert_eq!(document["components"]["schemas"]["SettingsInput"]["required"], json!(["of"]));
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Settings {
    #[serde(default)]
    dark: bool,
    child: Option<Box<Settings>>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Account {
    settings: Settings,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Plain {
    id: u32,
    leaves: Vec<Plain>,
}

#[test]
fn type_has_two_schemas_if_it_is_read_and_written_in_different_shapes() {
    let api = RouteHandlers::new().put("/account", documented(async |Json(account): Json<Account>| Json(account))).put(
        "/plain",
        documented(async |Json(settings): Json<Settings>| {
            let _ = settings;
            NoContent
        }),
    );
    let document = document(&api);
    assert_eq!(names(&document), ["Account", "AccountInput", "Problem", "Settings", "SettingsInput"]);
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["Settings"]["required"], json!(["dark", "child"]), "serde writes each field");
    assert_eq!(schemas["SettingsInput"]["required"], Value::Null, "serde reads it without `dark`");
    let input = json!({ "$ref": "#/components/schemas/SettingsInput" });
    assert_eq!(
        schemas["AccountInput"]["properties"]["settings"], input,
        "a type that contains a type with two shapes has two shapes too"
    );

    let plain = RouteHandlers::new().put("/plain", documented(async |Json(plain): Json<Plain>| Json(plain)));
    assert_eq!(names(&crate::document(&plain)), ["Plain", "Problem"], "a recursive type too");
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Tree<T> {
    value: T,
    leaves: Vec<Tree<T>>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "a name/with ~ signs")]
struct RenamedWithSpaces {
    id: u32,
}

#[test]
fn component_name_has_only_allowed_characters() {
    let api = RouteHandlers::new()
        .put("/tree", documented(async |Json(tree): Json<Tree<RenamedWithSpaces>>| Json(tree)))
        .put("/renamed", documented(async |Json(value): Json<RenamedWithSpaces>| Json(value)));
    let document = document(&api);
    let reference =
        document["paths"]["/renamed"]["put"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
            .clone();
    let pointer = reference.as_str().unwrap().trim_start_matches('#');
    assert_eq!(document.pointer(pointer).unwrap()["required"], json!(["id"]));
    for name in names(&document) {
        assert!(name.chars().all(|character| character.is_ascii_alphanumeric() || "._-".contains(character)), "{name}");
    }
    let text = document.to_string();
    assert!(!text.contains("#/input/") && !text.contains("#/output/"), "every reference points to a component");
}

/// A type with a schema that refers to a part of another type's definition.
struct IdOf;

impl JsonSchema for IdOf {
    fn schema_name() -> Cow<'static, str> {
        "".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let whole = generator.subschema_for::<RenamedWithSpaces>();
        json_schema!({ "$ref": format!("{}/properties/id", whole.get("$ref").and_then(Value::as_str).unwrap()) })
    }
}

/// A type with definitions inside its schema. A document has no place for them.
struct Foreign;

impl JsonSchema for Foreign {
    fn schema_name() -> Cow<'static, str> {
        "Foreign".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "$defs": { "Id": { "type": "integer" } }, "$ref": "#/$defs/Id" })
    }
}

#[test]
fn dangling_reference_is_refused_at_registration() {
    let route = get(documented(async || NoContent).response::<Json<Foreign>>(200));
    let error = RouteHandlers::new().try_route("/", route).unwrap_err().to_string();
    assert!(error.contains("refers to `#/$defs/Id`") && error.contains("`generator.subschema_for`"), "{error}");
}

#[derive(Serialize, JsonSchema)]
#[schemars(extend("examples" = [{ "$ref": "#/$defs/Id" }]))]
struct StoredSchema {
    #[serde(rename = "$ref")]
    reference: String,
}

#[test]
fn reference_in_an_example_is_data() {
    let example = StoredSchema { reference: String::from("#/$defs/Id") };
    let api = RouteHandlers::new().get("/", documented(async || Json(StoredSchema { reference: String::new() })));
    assert_eq!(document(&api)["components"]["schemas"]["StoredSchema"]["examples"], json!([example]));
}

macro_rules! named {
    ($($module:ident $name:literal)*) => {$(
        mod $module {
            #[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
            #[schemars(rename = $name)]
            pub struct Named {
                #[serde(default)]
                pub $module: u32,
                pub child: Option<Box<Named>>,
            }
        }
    )*};
}

named! {
    slash "a/b" tilde "a~1b" percent "a%2Fb" space "a b" accent "é" generic "Page<User>" quote "a\"b" hash "#/input/a" empty ""
    dots ".." underscore "a_b" number "a_b2" input "a_bInput"
}

/// The routes of a table with many unusual names.
fn routes() -> Vec<(&'static str, Route)> {
    macro_rules! both_ways {
        ($($path:literal $type:ty,)*) => {
            vec![$(($path, post(documented(async |Json(value): Json<$type>| Json(value)).security(&SecurityScheme::bearer($path))))),*]
        };
    }
    let mut routes = both_ways! {
        "/a" slash::Named, "/b" tilde::Named, "/c" percent::Named, "/d" space::Named, "/e" accent::Named, "/f" generic::Named,
        "/g" quote::Named, "/h" hash::Named, "/i" empty::Named, "/j" dots::Named, "/k" underscore::Named, "/l" number::Named,
        "/m" input::Named, "/n" Tree<generic::Named>, "/o" books::Item, "/p" orders::Item, "/q" Settings,
    };
    routes.extend([
        ("/{id}", get(documented(async |_: Path<String>, _: Query<Filter>| NoContent).tag("z").tag("a"))),
        ("/{*rest}", get(documented(async || Json(Status { code: 1 })).tag("b"))),
        ("/r/{status}", get(documented(async |_: Path<filters::Status>| NoContent).operation_id("postA"))),
        ("/s", get(documented(async || NoContent).response::<Json<IdOf>>(200))),
        ("/t", get(documented(async |_: Form<Filter>| NoContent).security(&SecurityScheme::basic("_a")))),
    ]);
    routes
}

fn is_component_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || "._-".contains(character))
}

/// Returns every object inside a value.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    match value {
        Value::Object(members) => std::iter::once(members).chain(members.values().flat_map(objects)).collect(),
        Value::Array(items) => items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn references_and_security_requirements_point_to_components() {
    let api = routes().into_iter().fold(RouteHandlers::new(), |api, (pattern, route)| api.route(pattern, route));
    let document = document(&api);
    let references: Vec<_> =
        objects(&document).into_iter().filter_map(|members| members.get("$ref")?.as_str()).collect();
    assert!(references.len() > 100, "{}", references.len());
    for reference in references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    for kind in ["schemas", "responses", "securitySchemes"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(is_component_name(name), "{name}");
        }
    }
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            for requirement in operation["security"].as_array().into_iter().flatten() {
                let [name] = &requirement.as_object().unwrap().keys().collect::<Vec<_>>()[..] else {
                    panic!("{requirement}")
                };
                assert!(document["components"]["securitySchemes"][*name].is_object(), "{name}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn document_does_not_depend_on_the_order_of_the_routes(order in Just((0..routes().len()).collect::<Vec<_>>()).prop_shuffle()) {
        let table = |order: &mut dyn Iterator<Item = usize>| {
            let mut routes: Vec<_> = routes().into_iter().map(Some).collect();
            order.fold(RouteHandlers::new(), |api, position| {
                let (pattern, route) = routes[position].take().unwrap();
                api.route(pattern, route)
            })
        };
        let info = || Info::new("Test", "1.0.0");
        let first = table(&mut (0..order.len())).openapi(info()).to_json();
        prop_assert_eq!(table(&mut order.into_iter()).openapi(info()).to_json(), first);
    }
}

#[test]
fn operation_ids_are_unique() {
    let api = RouteHandlers::new()
        .get("/users/{id}/files/{*path}", documented(async || NoContent))
        .get("/a-b", documented(async || NoContent))
        .get("/a/b", documented(async || NoContent))
        .get("/c", documented(async || NoContent).operation_id("same"))
        .get("/d", documented(async || NoContent).operation_id("same"))
        .get("/e", documented(async || NoContent))
        .get("/f", documented(async || NoContent).operation_id("getE"));
    let document = document(&api);
    let id = |path: &str| document["paths"][path]["get"]["operationId"].clone();
    assert_eq!(id("/users/{id}/files/{path}"), "getUsersIdFilesPath");
    assert_eq!((id("/a-b"), id("/a/b")), (json!("getAB"), json!("getAB2")));
    assert_eq!((id("/c"), id("/d")), (json!("same"), json!("same2")));
    assert_eq!((id("/e"), id("/f")), (json!("getE2"), json!("getE")));
}
