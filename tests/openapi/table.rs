//! The routes that a document lists.

use http::Method;
use route_handlers::extract::Bearer;
use route_handlers::openapi::{Info, JsonEvents, JsonLines, SecurityScheme, Version};
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
    assert_eq!(
        *item,
        json!({
            "get": { "parameters": id, "summary": "GET /users/{id}" },
            "delete": { "parameters": id, "summary": "DELETE /users/{id}" },
        }),
        "linters and openapi-typescript refuse an operation without a summary"
    );
}

#[test]
fn head_options_and_undocumented_extension_methods_are_not_listed() {
    let api = RouteHandlers::new()
        .head("/head", async || ())
        .options("/options", async || ())
        .on(Method::from_bytes(b"PURGE").unwrap(), "/cache", async || "")
        .get("/home", async || "")
        .route("/all", get(async || "").any(pages(async |_, res| res.end(""))));
    assert_eq!(listed(&api), expected(&[("/all", &["delete", "get", "patch", "post", "put"]), ("/home", &["get"])]));
}

#[test]
fn query_and_methods_of_ones_own_are_operations_of_openapi_3_2() {
    let method = |name: &str| Method::from_bytes(name.as_bytes()).unwrap();
    let text = || documented(async |Json(text): Json<String>| text);
    let api = RouteHandlers::new()
        .get("/books", documented(async || ""))
        .query("/books", text())
        .on(method("PURGE"), "/books", documented(async || NoContent))
        .on(method("get"), "/books", documented(async || NoContent).operation_id("own"));
    let document = crate::document(&api);
    assert_eq!(document["openapi"], "3.2.0");
    let item = &document["paths"]["/books"];
    assert_eq!(item.as_object().unwrap().keys().collect::<Vec<_>>(), ["get", "query", "additionalOperations"]);
    assert_eq!(item["query"]["operationId"], "queryBooks");
    assert_eq!(item["query"]["requestBody"]["required"], true);
    assert_eq!(crate::statuses(&item["query"]), ["200", "400", "413", "415", "422"]);
    assert_eq!(item["additionalOperations"]["PURGE"]["operationId"], "purgeBooks");
    assert_eq!(item["additionalOperations"]["get"]["operationId"], "own", "methods are case-sensitive");

    let query = RouteHandlers::new()
        .query("/", documented(async || ""))
        .query("/text", documented(async |text: String| text))
        .query("/optional", documented(async |number: Option<Json<u8>>| number));
    let document = crate::document(&query);
    assert_eq!(crate::statuses(&document["paths"]["/"]["query"]), ["200", "400"], "no content type");
    for path in ["/text", "/optional"] {
        assert_eq!(document["paths"][path]["query"]["requestBody"]["required"], true, "{path}: no content type is 400");
    }
}

#[test]
fn version_is_3_1_unless_an_operation_needs_more_or_the_program_asks() {
    let version = |api: &RouteHandlers, info: Info| api.openapi(info).into_value()["openapi"].clone();
    let plain = RouteHandlers::new().get("/", documented(async || ""));
    assert_eq!(version(&plain, Info::default()), "3.1.1");
    assert_eq!(version(&plain, Info::default().openapi(Version::V3_2)), "3.2.0");
    let query = plain.clone().query("/", documented(async || ""));
    assert_eq!(version(&query, Info::default()), "3.2.0");
    let in_3_1 = query.openapi(Info::default().openapi(Version::V3_1)).into_value();
    assert_eq!((&in_3_1["openapi"], in_3_1["paths"]["/"].get("query")), (&json!("3.1.1"), None));
    let undocumented = plain.query("/", async || "");
    assert_eq!(version(&undocumented, Info::default()), "3.1.1");
}

#[test]
fn items_of_a_stream_have_a_schema() {
    let api = || {
        RouteHandlers::new()
            .get("/events", documented(async || "").response::<JsonEvents<Vec<u8>>>(200))
            .get("/lines", documented(async || "").response::<JsonLines<u32>>(200))
    };
    let document = crate::document(&api());
    assert_eq!(document["openapi"], "3.2.0");
    let content = |document: &Value, path: &str| document["paths"][path]["get"]["responses"]["200"]["content"].clone();
    let events = content(&document, "/events")["text/event-stream"]["itemSchema"].clone();
    assert_eq!((&events["type"], &events["required"]), (&json!("object"), &json!(["data"])));
    let data = &events["properties"]["data"];
    assert_eq!(
        (&data["contentMediaType"], &data["contentSchema"]["type"]),
        (&json!("application/json"), &json!("array"))
    );
    let lines = content(&document, "/lines")["application/jsonl"].clone();
    assert_eq!((&lines["itemSchema"]["format"], lines.get("schema")), (&json!("uint32"), None));

    let in_3_1 = api().openapi(Info::default().openapi(Version::V3_1)).into_value();
    assert_eq!(in_3_1["openapi"], "3.1.1");
    assert_eq!(content(&in_3_1, "/events")["text/event-stream"]["schema"]["type"], "array");
    assert_eq!(content(&in_3_1, "/lines")["application/jsonl"]["schema"]["format"], "uint32");
}

#[test]
fn security_of_a_group_holds_for_its_routes_without_their_own() {
    let session = SecurityScheme::cookie("session", "sid");
    let admin = RouteHandlers::new()
        .get("/users", documented(async || ""))
        .get("/token", documented(async |_: Bearer| ""))
        .get("/own", documented(async || "").security(&SecurityScheme::basic("basic")))
        .get("/not-documented", async || "")
        .security(&session)
        .get("/later", documented(async || ""));
    let tokens = RouteHandlers::new()
        .get("/tokens", documented(async |_: Bearer| ""))
        .get("/tokens/own", documented(async |_: Bearer| "").security(&SecurityScheme::bearer("jwtAdmin")))
        .security(&SecurityScheme::bearer("jwt"));
    let document = document(&RouteHandlers::new().nest("/admin", admin).merge(tokens));
    let security = |path: &str| document["paths"][path]["get"].get("security").cloned().unwrap_or_default();
    assert_eq!(security("/admin/users"), json!([{ "session": [] }]));
    assert_eq!(security("/admin/token"), json!([{ "bearer": [] }]), "that of the argument");
    assert_eq!(security("/admin/own"), json!([{ "basic": [] }]));
    assert_eq!(security("/admin/later"), Value::Null);
    assert_eq!(security("/tokens"), json!([{ "jwt": [] }]), "the argument reads what the group names");
    assert_eq!(security("/tokens/own"), json!([{ "jwtAdmin": [] }]), "its own scheme, of the same kind as the group's");
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
fn catch_all_is_listed_instead_of_an_optional_one_with_its_template() {
    let whole = || RouteHandlers::new().get("/files/{*path}", documented(async || Json(1)));
    let optional = || RouteHandlers::new().get("/files/{*path?}", documented(async || NoContent));
    for api in [whole().merge(optional()), optional().merge(whole())] {
        let document = document(&api);
        assert!(document["paths"]["/files/{path}"]["get"]["responses"]["200"].is_object(), "{document}");
        assert!(document["paths"]["/files"]["get"]["responses"]["204"].is_object(), "{document}");
    }
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

#[test]
fn one_slash_at_the_end_of_a_server_url_is_removed() {
    for (url, expected) in [
        ("https://example.com", "https://example.com"),
        ("https://example.com/", "https://example.com"),
        ("https://example.com/v1/", "https://example.com/v1"),
        ("/v1/", "/v1"),
        ("/", "/"),
        ("//", "//"),
        ("https://", "https://"),
        ("https://example.com//", "https://example.com//"),
    ] {
        let document = RouteHandlers::new().openapi(Info::default().server(url)).into_value();
        assert_eq!(document["servers"], json!([{ "url": expected }]), "{url}");
    }
}

#[test]
#[should_panic(expected = "contains '{', which a URL cannot contain")]
fn server_url_with_a_variable_is_refused() {
    _ = Info::default().server("https://{tenant}.example.com");
}

#[test]
fn operation_id_has_letters_and_digits_only() {
    let method = |name: &str| Method::from_bytes(name.as_bytes()).unwrap();
    let api = RouteHandlers::new()
        .on(method("M-SEARCH"), "/größe/{id}", documented(async || NoContent))
        .on(method("a^b|c`%"), "/", documented(async || NoContent))
        .on(method("!"), "/", documented(async || NoContent));
    let document = document(&api);
    let ids = document["paths"].as_object().unwrap().values().flat_map(|item| {
        let operations = item["additionalOperations"].as_object().unwrap().values();
        operations.map(|operation| operation["operationId"].as_str().unwrap())
    });
    assert_eq!(ids.collect::<Vec<_>>(), ["operation", "aBC", "mSearchGrEId"]);
}
