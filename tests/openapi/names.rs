//! The names of schemas and operations.

use route_handlers::{Created, Json, NoContent, RouteHandlers, documented};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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
fn two_types_of_one_name_have_two_whatever_the_order_of_their_routes() {
    let one = document(&books().merge(orders()));
    assert_eq!(names(&one), ["Item", "Item2", "Problem"]);
    let order = json!({ "$ref": "#/components/schemas/Item2" });
    let post = &one["paths"]["/orders"]["post"];
    assert_eq!(post["requestBody"]["content"]["application/json"]["schema"], order);
    assert_eq!(post["responses"]["201"]["content"]["application/json"]["schema"], order);
    assert_eq!(one["components"]["schemas"]["Item2"]["required"], json!(["count"]));
    assert_eq!(one.to_string(), document(&orders().merge(books())).to_string());
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
fn a_type_that_is_read_and_written_alike_is_one_schema_and_otherwise_two() {
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
    assert_eq!(schemas["Settings"]["required"], json!(["dark", "child"]), "serde writes all of it");
    assert_eq!(schemas["SettingsInput"]["required"], Value::Null, "serde reads it without");
    let input = json!({ "$ref": "#/components/schemas/SettingsInput" });
    assert_eq!(
        schemas["AccountInput"]["properties"]["settings"], input,
        "a type that holds another shape is another shape"
    );

    let plain = RouteHandlers::new().put("/plain", documented(async |Json(plain): Json<Plain>| Json(plain)));
    assert_eq!(names(&crate::document(&plain)), ["Plain", "Problem"], "a type that refers to itself, too");
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Tree<T> {
    value: T,
    leaves: Vec<Tree<T>>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "a name/with ~ signs")]
struct Odd {
    id: u32,
}

#[test]
fn a_name_has_only_the_characters_that_a_component_may_have() {
    let api = RouteHandlers::new()
        .put("/tree", documented(async |Json(tree): Json<Tree<Odd>>| Json(tree)))
        .put("/odd", documented(async |Json(odd): Json<Odd>| Json(odd)));
    let document = document(&api);
    let odd =
        document["paths"]["/odd"]["put"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].clone();
    let pointer = odd.as_str().unwrap().trim_start_matches('#');
    assert_eq!(document.pointer(pointer).unwrap()["required"], json!(["id"]));
    for name in names(&document) {
        assert!(name.chars().all(|character| character.is_ascii_alphanumeric() || "._-".contains(character)), "{name}");
    }
    let text = document.to_string();
    assert!(!text.contains("#/input/") && !text.contains("#/output/"), "every reference leads to a component");
}

#[test]
fn operations_have_ids_of_their_own() {
    let api = RouteHandlers::new()
        .get("/users/{id}/files/{*path}", documented(async || NoContent))
        .get("/a-b", documented(async || NoContent))
        .get("/a/b", documented(async || NoContent))
        .get("/c", documented(async || NoContent).operation_id("same"))
        .get("/d", documented(async || NoContent).operation_id("same"));
    let document = document(&api);
    let id = |path: &str| document["paths"][path]["get"]["operationId"].clone();
    assert_eq!(id("/users/{id}/files/{path}"), "getUsersIdFilesPath");
    assert_eq!((id("/a-b"), id("/a/b")), (json!("getAB"), json!("getAB2")));
    assert_eq!((id("/c"), id("/d")), (json!("same"), json!("same2")));
}
