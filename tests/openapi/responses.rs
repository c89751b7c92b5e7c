//! Responses in the document.

use http::StatusCode;
use route_handlers::openapi::{DocumentResponse, OperationBuilder, SecurityScheme};
use route_handlers::sse::{Event, Sse};
use route_handlers::{
    Created, Error, Html, IntoResponse, Json, NoContent, Redirect, Response, RouteHandlers, SetCookie, documented, get,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{document, operation, statuses};

#[derive(Serialize, JsonSchema)]
struct User {
    id: u32,
}

fn user() -> User {
    User { id: 1 }
}

/// Returns the status, media type and schema of the only response.
#[track_caller]
fn only_response((operation, _): (Value, Value)) -> (String, String, Value) {
    let [status] = &statuses(&operation)[..] else { panic!("{operation}") };
    let content = operation["responses"][status]["content"].as_object().cloned().unwrap_or_default();
    let (media_type, schema) = content.into_iter().next().unwrap_or_default();
    ((*status).to_owned(), media_type, schema["schema"].clone())
}

#[track_caller]
fn assert_response(found: (Value, Value), status: &str, media_type: &str, schema: Value) {
    assert_eq!(only_response(found), (status.to_owned(), media_type.to_owned(), schema));
}

#[test]
fn response_type_gives_the_status_and_the_content() {
    let user_schema = json!({ "$ref": "#/components/schemas/User" });
    let text = json!({ "type": "string" });
    let binary = json!({ "type": "string", "format": "binary" });
    assert_response(operation(documented(async || Json(user()))), "200", "application/json", user_schema.clone());
    assert_response(operation(documented(async || Created(user()))), "201", "application/json", user_schema.clone());
    assert_response(operation(documented(async || NoContent)), "204", "", Value::Null);
    assert_response(operation(documented(async || ())), "200", "", Value::Null);
    assert_response(operation(documented(async || Redirect::to("/"))), "3XX", "", Value::Null);
    assert_response(operation(documented(async || "text")), "200", "text/plain", text.clone());
    assert_response(operation(documented(async || String::new())), "200", "text/plain", text.clone());
    assert_response(operation(documented(async || Html(""))), "200", "text/html", text.clone());
    assert_response(operation(documented(async || vec![0_u8])), "200", "application/octet-stream", binary.clone());
    assert_response(operation(documented(async || Response::default())), "default", "", Value::Null);
    assert_response(operation(documented(async || StatusCode::ACCEPTED)), "default", "", Value::Null);
    let accepted = async || (StatusCode::ACCEPTED, Json(user()));
    assert_response(operation(documented(accepted)), "default", "application/json", user_schema.clone());
    let with_cookie = async || (SetCookie::new("a", "b"), Json(user()));
    assert_response(operation(documented(with_cookie)), "200", "application/json", user_schema.clone());
    let with_header = async || ([("x-a", "b")], Created(user()));
    assert_response(operation(documented(with_header)), "201", "application/json", user_schema.clone());
    let two_parts = async || (SetCookie::new("a", "b"), [("x-a", "b")], Created(user()));
    assert_response(operation(documented(two_parts)), "201", "application/json", user_schema.clone());
    let status_and_part = async || (StatusCode::ACCEPTED, [("x-a", "b")], Json(user()));
    assert_response(operation(documented(status_and_part)), "default", "application/json", user_schema.clone());
    let status_and_two = async || (StatusCode::ACCEPTED, SetCookie::new("a", "b"), [("x-a", "b")], Json(user()));
    assert_response(operation(documented(status_and_two)), "default", "application/json", user_schema);
    assert_response(operation(documented(async || b"bytes")), "200", "application/octet-stream", binary.clone());
    assert_response(operation(documented(async || &b"bytes"[..])), "200", "application/octet-stream", binary);
    let events = async || Sse::new(futures_util::stream::empty::<Result<Event, Error>>());
    assert_response(operation(documented(events)), "200", "text/event-stream", text);
}

#[test]
fn none_is_404_and_error_type_gives_its_failures() {
    let (option, _) = operation(documented(async || Some(Json(user()))));
    assert_eq!(statuses(&option), ["200", "404"]);
    let (result, _) = operation(documented(async || Ok::<_, Error>(Json(user()))));
    assert_eq!(statuses(&result), ["200", "default"]);
    let (own, schemas) = operation(documented(async || Ok::<_, BookingError>(Json(user()))));
    assert_eq!(statuses(&own), ["200", "404", "409"]);
    assert_eq!(own["responses"]["409"]["description"], "Conflict");
    let seats = &own["responses"]["409"]["content"]["application/json"]["schema"];
    assert_eq!(*seats, json!({ "$ref": "#/components/schemas/SoldOut" }));
    assert_eq!(schemas["Problem"]["required"], json!(["type", "title", "status"]));
}

#[derive(Serialize, JsonSchema)]
struct SoldOut {
    seats: u32,
}

struct BookingError;

impl IntoResponse for BookingError {
    fn into_response(self) -> Response {
        (StatusCode::CONFLICT, Json(SoldOut { seats: 0 })).into_response()
    }
}

impl DocumentResponse for BookingError {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.problem(StatusCode::NOT_FOUND);
        operation.response::<SoldOut>(StatusCode::CONFLICT, "application/json");
    }
}

#[test]
fn texts_tags_security_and_responses_are_added_by_chained_calls() {
    let session = SecurityScheme::cookie("session", "sid");
    let handler = documented(async || Json(user()))
        .summary("One user")
        .description("The *first* one.")
        .tag("users")
        .tag("first")
        .operation_id("first")
        .deprecated()
        .security(&session)
        .security(&SecurityScheme::bearer("token"))
        .response::<Json<Vec<User>>>(200)
        .response::<NoContent>(StatusCode::ACCEPTED);
    let document = document(&RouteHandlers::new().get("/", handler));
    let operation = &document["paths"]["/"]["get"];
    assert_eq!(operation["summary"], "One user");
    assert_eq!(operation["description"], "The *first* one.");
    assert_eq!(operation["tags"], json!(["users", "first"]));
    assert_eq!(document["tags"], json!([{ "name": "users" }, { "name": "first" }]));
    assert_eq!(operation["operationId"], "first");
    assert_eq!(operation["deprecated"], true);
    assert_eq!(operation["security"], json!([{ "session": [] }, { "token": [] }]));
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["session"], json!({ "type": "apiKey", "in": "cookie", "name": "sid" }));
    assert_eq!(schemes["token"], json!({ "type": "http", "scheme": "bearer" }));
    assert_eq!(operation["responses"]["200"]["content"]["application/json"]["schema"]["type"], "array");
    assert_eq!(operation["responses"]["202"], json!({ "description": "Accepted" }));
}

#[test]
#[should_panic(expected = "`Documented::response` needs an HTTP status")]
fn invalid_status_panics() {
    let _ = documented(async || NoContent).response::<NoContent>(1000);
}

#[test]
fn options_of_a_route_add_their_responses() {
    let route = get(documented(async || Json(user()))).put(documented(async || NoContent)).any(documented(async || ()));
    let route = route.etag().timeout(std::time::Duration::from_secs(1));
    let document = document(&RouteHandlers::new().route("/", route));
    let operations = &document["paths"]["/"];
    assert_eq!(statuses(&operations["get"]), ["200", "304", "412", "504"]);
    assert_eq!(statuses(&operations["put"]), ["204", "504"], "a precondition of PUT is for the handler");
    assert_eq!(statuses(&operations["delete"]), ["200", "504"]);
}

#[test]
fn failure_has_no_content_if_a_hook_changes_it() {
    let api = RouteHandlers::new()
        .get("/{id}", documented(async || Some(Json(user()))))
        .on_error(|error, _| (error.status(), "no").into_response());
    let nested = RouteHandlers::new().nest("/a", api).get("/{id}", documented(async || Some(Json(user()))));
    let document = document(&nested);
    assert_eq!(document["paths"]["/a/{id}"]["get"]["responses"]["404"], json!({ "description": "Not Found" }));
    let outer = &document["paths"]["/{id}"]["get"]["responses"]["404"];
    assert_eq!(*outer, json!({ "$ref": "#/components/responses/NotFoundProblem" }), "the outer table has no hook");
}

#[test]
fn problem_is_one_component_for_each_status() {
    let api = RouteHandlers::new().get("/{id}", documented(async || Ok::<_, Error>(Json(user()))));
    let components = &document(&api)["components"];
    let problem = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    let expected = json!({
        "BadRequestProblem": { "description": "Bad Request", "content": problem },
        "Problem": { "description": "Any other status", "content": problem },
    });
    assert_eq!(components["responses"], expected);
}

#[test]
fn status_with_a_problem_and_other_content_has_both() {
    struct Either;
    impl IntoResponse for Either {
        fn into_response(self) -> Response {
            Json(user()).into_response()
        }
    }
    impl DocumentResponse for Either {
        fn document_response(operation: &mut OperationBuilder<'_>) {
            operation.problem(StatusCode::CONFLICT);
            operation.response::<User>(StatusCode::CONFLICT, "application/json");
            operation.problem(StatusCode::CONFLICT);
        }
    }
    let (operation, _) = operation(documented(async || Either));
    let content = operation["responses"]["409"]["content"].as_object().unwrap();
    let mut media_types: Vec<_> = content.keys().collect();
    media_types.sort();
    assert_eq!(media_types, ["application/json", "application/problem+json"]);
}

#[test]
fn security_scheme_keeps_its_name_beside_a_longer_name_with_that_prefix() {
    let bearer = SecurityScheme::bearer("bearer");
    let admin = SecurityScheme::bearer("bearerAdmin");
    let other = SecurityScheme::basic("bearer");
    let with_spaces = SecurityScheme::basic("a name/with ~ signs");
    let api = RouteHandlers::new()
        .get("/1", documented(async || NoContent).security(&admin))
        .get("/2", documented(async || NoContent).security(&bearer).security(&admin))
        .get("/3", documented(async || NoContent).security(&other))
        .get("/4", documented(async || NoContent).security(&with_spaces));
    let document = document(&api);
    let security = |path: &str| document["paths"][path]["get"]["security"].clone();
    assert_eq!(security("/1"), json!([{ "bearerAdmin": [] }]));
    assert_eq!(security("/2"), json!([{ "bearer": [] }, { "bearerAdmin": [] }]));
    assert_eq!(security("/3"), json!([{ "bearer2": [] }]), "another scheme of that name");
    assert_eq!(security("/4"), json!([{ "a_name_with___signs": [] }]));
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["a_name_with___signs", "bearer", "bearer2", "bearerAdmin"]);
    assert_eq!(schemes["bearer2"], json!({ "type": "http", "scheme": "basic" }));
}

#[test]
#[should_panic(expected = "the security scheme `key` needs the member `name`, because its type is \"apiKey\"")]
fn security_scheme_without_a_required_member_panics() {
    let _ = SecurityScheme::other("key", json!({ "type": "apiKey", "in": "header" }));
}

#[test]
fn status_above_599_is_listed_as_default() {
    let handler = documented(async || Json(user())).response::<Json<u8>>(999).response::<Json<bool>>(600);
    let (operation, _) = operation(handler);
    assert_eq!(statuses(&operation), ["200", "default"]);
    let content = &operation["responses"]["default"]["content"]["application/json"]["schema"]["anyOf"];
    assert_eq!(content.as_array().map(Vec::len), Some(2), "{operation}");
}
