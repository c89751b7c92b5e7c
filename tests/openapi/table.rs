//! The routes that a document lists.

use http::Method;
use route_handlers::openapi::Info;
use route_handlers::pages::pages;
use route_handlers::{Json, NoContent, RouteHandlers, documented, get};
use serde_json::{Value, json};

use crate::document;

/// Returns each path with its methods.
fn listed(api: &RouteHandlers) -> Vec<(String, Vec<String>)> {
    let document = document(api);
    let paths = document["paths"].as_object().unwrap();
    paths.iter().map(|(path, item)| (path.clone(), item.as_object().unwrap().keys().cloned().collect())).collect()
}

fn expected(paths: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    paths
        .iter()
        .map(|(path, methods)| ((*path).into(), methods.iter().map(|method| (*method).into()).collect()))
        .collect()
}

#[test]
fn undocumented_handler_is_listed_with_its_path_and_method_only() {
    let api = RouteHandlers::new().route("/users/{id}", get(async || "one").delete(async || "gone"));
    let item = &document(&api)["paths"]["/users/{id}"];
    let id = json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } }]);
    assert_eq!(*item, json!({ "get": { "parameters": id }, "delete": { "parameters": id } }));
}

#[test]
fn head_options_and_extension_methods_are_not_listed() {
    let api = RouteHandlers::new()
        .head("/head", async || ())
        .options("/options", async || ())
        .on(Method::from_bytes(b"PURGE").unwrap(), "/cache", async || "")
        .get("/home", async || "")
        .route("/all", get(async || "").any(pages(async |_, res| res.end(""))));
    assert_eq!(listed(&api), expected(&[("/all", &["delete", "get", "patch", "post", "put"]), ("/home", &["get"])]));
}

#[test]
fn catch_all_is_one_parameter_and_optional_catch_all_is_two_paths() {
    let api = RouteHandlers::new()
        .get("/files/{*path}", async || "")
        .get("/docs/{*page?}", async || "")
        .post("/docs", async || "");
    assert_eq!(
        listed(&api),
        expected(&[("/docs", &["get", "post"]), ("/docs/{page}", &["get"]), ("/files/{path}", &["get"])])
    );
}

#[test]
fn more_specific_of_two_patterns_with_one_template_is_listed() {
    let api = RouteHandlers::new()
        .get("/files/{*path}", documented(async || NoContent))
        .get("/files/{id}", documented(async || Json(1)))
        .get("/docs", documented(async || Json(1)))
        .get("/docs/{*page?}", documented(async || NoContent));
    assert_eq!(listed(&api), expected(&[("/docs", &["get"]), ("/docs/{page}", &["get"]), ("/files/{id}", &["get"])]));
    let docs = &document(&api)["paths"]["/docs"]["get"]["responses"];
    assert!(docs["200"].is_object(), "the literal route wins over the optional catch-all: {docs}");
}

#[test]
fn routes_of_nested_and_merged_tables_are_listed() {
    let users = || RouteHandlers::new().get("/{id}", documented(async || Json(1)).operation_id("show"));
    let layered = RouteHandlers::new().route(
        "/layered",
        get(documented(async || Json(1)).summary("kept")).layer(tower_http::trace::TraceLayer::new_for_http()),
    );
    let api = RouteHandlers::new().nest("/v1/users", users()).nest("/v2/users", users()).merge(layered);
    let document = document(&api);
    assert_eq!(document["paths"]["/v1/users/{id}"]["get"]["operationId"], "show");
    assert_eq!(document["paths"]["/v2/users/{id}"]["get"]["operationId"], "show2");
    assert_eq!(document["paths"]["/layered"]["get"]["summary"], "kept", "a layer keeps the operation");
}

#[test]
fn info_servers_and_tags_are_in_the_document() {
    let info = Info::new("Users", "1.2.3")
        .description("Who works here.")
        .license("MIT")
        .server("https://example.com")
        .tag("z", "Last letter");
    let api = RouteHandlers::new().get("/", documented(async || Json(1)).tag("a").tag("z"));
    let mut document = api.openapi(info).into_value();
    assert_eq!(
        document["info"],
        json!({
            "title": "Users", "version": "1.2.3", "description": "Who works here.",
            "license": { "name": "MIT", "identifier": "MIT" },
        })
    );
    assert_eq!(document["openapi"], "3.1.1");
    assert_eq!(document["servers"], json!([{ "url": "https://example.com" }]));
    assert_eq!(document["tags"], json!([{ "name": "z", "description": "Last letter" }, { "name": "a" }]));
    assert_eq!(document["components"].take(), json!({ "responses": {}, "schemas": {}, "securitySchemes": {} }));
    assert_eq!(document["security"], Value::Array(Vec::new()));
}
