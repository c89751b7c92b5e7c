//! Compares the routes from folders with the routes of the other examples, which are registered in code.

#[path = "../pages/api/greeting.rs"]
mod greeting;
#[allow(dead_code, reason = "the test uses its routes only")]
#[path = "../../quickstart.rs"]
mod quickstart;
#[path = "../../shared/users.rs"]
mod users;

use http::{HeaderMap, Method, StatusCode};
use route_handlers::RouteHandlers;
use route_handlers::openapi::Info;
use route_handlers::pages::pages;
use route_handlers::testing::Client;

fn in_code() -> RouteHandlers {
    users::api()
        .merge(quickstart::api())
        .any("/api/greeting", pages(greeting::handler))
        .get("/api/stats", async || "for administrators")
        .any("/api/old/{*path}", async || "by a service")
}

async fn send(client: &Client, method: &str, uri: &str, body: &'static str) -> (StatusCode, HeaderMap, String) {
    let request = client.request(method.parse::<Method>().unwrap(), uri).header("content-type", "application/json");
    let response = request.body(body).await;
    (response.status(), response.headers().clone(), response.text())
}

#[tokio::test]
async fn both_tables_send_the_same_responses() {
    let (folders, code) = (Client::new(app_dir::api()), Client::new(in_code()));
    for (method, uri, body, status) in [
        ("GET", "/api/users", "", 200),
        ("HEAD", "/api/users", "", 200),
        ("OPTIONS", "/api/users", "", 204),
        ("POST", "/api/users", r#"{"name":"Bo"}"#, 201),
        ("POST", "/api/users", r#"{"name":"#, 400),
        ("POST", "/api/users", r#"{"nom":"Bo"}"#, 422),
        ("PUT", "/api/users", "", 405),
        ("PURGE", "/api/users", "", 405),
        ("GET", "/api/users/2", "", 200),
        ("GET", "/api/users/x", "", 400),
        ("GET", "/api/users/%2", "", 400),
        ("DELETE", "/api/users/1", "", 204),
        ("GET", "/api/users/1", "", 404),
        ("OPTIONS", "/api/users/1", "", 204),
        ("GET", "/api/hello/Ada", "", 200),
        ("GET", "/api/hello/a%2Fb", "", 200),
        ("HEAD", "/api/hello/Ada", "", 200),
        ("GET", "/api/hello", "", 404),
        ("POST", "/api/sum", "[1,2,3]", 200),
        ("DELETE", "/api/sum", "", 405),
        ("GET", "/api/greeting?name=Ada", "", 200),
        ("PATCH", "/api/greeting", "", 405),
        ("GET", "/api/nothing", "", 404),
        ("GET", "/", "", 404),
    ] {
        let (mut one, other) = (send(&folders, method, uri, body).await, send(&code, method, uri, body).await);
        one.1.remove("x-route"); // by the layer of `app/api`
        assert_eq!(one, other, "{method} {uri}");
        assert_eq!(one.0, status, "{method} {uri}");
    }
}

#[test]
fn both_tables_have_the_same_routes() {
    let routes = |table: &RouteHandlers| {
        let mut routes: Vec<_> = table
            .routes()
            .map(|route| (route.pattern().to_owned(), route.methods().cloned().collect::<Vec<_>>(), route.has_any()))
            .collect();
        routes.sort_by(|one, other| one.0.cmp(&other.0));
        routes
    };
    assert_eq!(routes(&app_dir::api()), routes(&in_code()));
}

#[test]
fn document_describes_the_documented_handlers() {
    let document = app_dir::api().openapi(Info::default()).into_value();
    let hello = &document["paths"]["/api/hello/{name}"]["get"];
    assert!(hello["responses"]["200"]["content"]["application/json"].is_object(), "{hello}");
    let sum = &document["paths"]["/api/sum"]["post"];
    assert_eq!(sum["summary"], "Adds numbers.");
    assert_eq!(sum["description"], "The sum of no number is 0.");
    assert_eq!(sum["requestBody"]["content"]["application/json"]["schema"]["type"], "array");
    assert!(sum["responses"]["504"].is_object(), "the document knows the settings of the route: {sum}");
}
