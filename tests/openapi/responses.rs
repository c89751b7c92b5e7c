//! What answers say.

use http::StatusCode;
use route_handlers::openapi::{DocumentAnswer, OperationBuilder, SecurityScheme};
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

/// Status, media type and schema of the only answer.
#[track_caller]
fn only_answer((operation, _): (Value, Value)) -> (String, String, Value) {
    let [status] = &statuses(&operation)[..] else { panic!("{operation}") };
    let content = operation["responses"][status]["content"].as_object().cloned().unwrap_or_default();
    let (media_type, schema) = content.into_iter().next().unwrap_or_default();
    ((*status).to_owned(), media_type, schema["schema"].clone())
}

#[track_caller]
fn says(found: (Value, Value), status: &str, media_type: &str, schema: Value) {
    assert_eq!(only_answer(found), (status.to_owned(), media_type.to_owned(), schema));
}

#[test]
fn an_answer_says_its_status_and_its_content() {
    let user_schema = json!({ "$ref": "#/components/schemas/User" });
    let text = json!({ "type": "string" });
    let binary = json!({ "type": "string", "format": "binary" });
    says(operation(documented(async || Json(user()))), "200", "application/json", user_schema.clone());
    says(operation(documented(async || Created(user()))), "201", "application/json", user_schema.clone());
    says(operation(documented(async || NoContent)), "204", "", Value::Null);
    says(operation(documented(async || ())), "200", "", Value::Null);
    says(operation(documented(async || Redirect::to("/"))), "3XX", "", Value::Null);
    says(operation(documented(async || "text")), "200", "text/plain", text.clone());
    says(operation(documented(async || String::new())), "200", "text/plain", text.clone());
    says(operation(documented(async || Html(""))), "200", "text/html", text.clone());
    says(operation(documented(async || vec![0_u8])), "200", "application/octet-stream", binary.clone());
    says(operation(documented(async || Response::default())), "default", "", Value::Null);
    says(operation(documented(async || StatusCode::ACCEPTED)), "default", "", Value::Null);
    let accepted = async || (StatusCode::ACCEPTED, Json(user()));
    says(operation(documented(accepted)), "default", "application/json", user_schema.clone());
    let with_cookie = async || (SetCookie::new("a", "b"), Json(user()));
    says(operation(documented(with_cookie)), "200", "application/json", user_schema.clone());
    let with_header = async || ([("x-a", "b")], Created(user()));
    says(operation(documented(with_header)), "201", "application/json", user_schema.clone());
    let two_parts = async || (SetCookie::new("a", "b"), [("x-a", "b")], Created(user()));
    says(operation(documented(two_parts)), "201", "application/json", user_schema.clone());
    let status_and_part = async || (StatusCode::ACCEPTED, [("x-a", "b")], Json(user()));
    says(operation(documented(status_and_part)), "default", "application/json", user_schema.clone());
    let status_and_two = async || (StatusCode::ACCEPTED, SetCookie::new("a", "b"), [("x-a", "b")], Json(user()));
    says(operation(documented(status_and_two)), "default", "application/json", user_schema);
    says(operation(documented(async || b"bytes")), "200", "application/octet-stream", binary.clone());
    says(operation(documented(async || &b"bytes"[..])), "200", "application/octet-stream", binary);
    let events = async || Sse::new(futures_util::stream::empty::<Result<Event, Error>>());
    says(operation(documented(events)), "200", "text/event-stream", text);
}

#[test]
fn none_is_404_and_an_error_is_what_it_says() {
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

impl DocumentAnswer for BookingError {
    fn document_answer(operation: &mut OperationBuilder<'_>) {
        operation.problem(StatusCode::NOT_FOUND);
        operation.response::<SoldOut>(StatusCode::CONFLICT, "application/json");
    }
}

#[test]
fn what_is_said_beside_the_handler_chains() {
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
#[should_panic(expected = "a status that is none")]
fn a_status_that_is_none_is_refused() {
    let _ = documented(async || NoContent).response::<NoContent>(1000);
}

#[test]
fn a_route_adds_what_its_options_answer() {
    let route = get(documented(async || Json(user()))).put(documented(async || NoContent)).any(documented(async || ()));
    let route = route.etag().timeout(std::time::Duration::from_secs(1));
    let document = document(&RouteHandlers::new().route("/", route));
    let operations = &document["paths"]["/"];
    assert_eq!(statuses(&operations["get"]), ["200", "304", "504"]);
    assert_eq!(statuses(&operations["put"]), ["204", "504"], "only GET and HEAD are answered with 304");
    assert_eq!(statuses(&operations["delete"]), ["200", "504"]);
}

#[test]
fn a_failure_that_a_hook_shapes_is_listed_without_a_content() {
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
fn a_problem_is_one_component_for_each_status() {
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
fn a_status_with_a_problem_and_something_else_has_both() {
    struct Either;
    impl IntoResponse for Either {
        fn into_response(self) -> Response {
            Json(user()).into_response()
        }
    }
    impl DocumentAnswer for Either {
        fn document_answer(operation: &mut OperationBuilder<'_>) {
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
fn security_scheme_keeps_its_name_beside_one_that_begins_with_it() {
    let bearer = SecurityScheme::bearer("bearer");
    let admin = SecurityScheme::bearer("bearerAdmin");
    let other = SecurityScheme::basic("bearer");
    let odd = SecurityScheme::basic("a name/with ~ signs");
    let api = RouteHandlers::new()
        .get("/1", documented(async || NoContent).security(&admin))
        .get("/2", documented(async || NoContent).security(&bearer).security(&admin))
        .get("/3", documented(async || NoContent).security(&other))
        .get("/4", documented(async || NoContent).security(&odd));
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
#[should_panic(expected = "the security scheme `key` needs the member `name`, as its type is \"apiKey\"")]
fn security_scheme_that_lacks_a_member_is_refused() {
    let _ = SecurityScheme::other("key", json!({ "type": "apiKey", "in": "header" }));
}
