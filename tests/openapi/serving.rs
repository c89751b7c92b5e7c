//! The document and its page, as routes.

use http::Method;
use route_handlers::openapi::Info;
use route_handlers::{Error, Json, RouteHandlers, documented};
use serde_json::Value;

use crate::support::{get, inner, request, send};

fn api() -> RouteHandlers {
    RouteHandlers::new()
        .with_info(Info::new("Users", "1.0.0"))
        .serve_openapi("/openapi.json")
        .get("/users", documented(async || Json(vec!["Ada".to_owned()])))
}

async fn served(api: RouteHandlers, path: &str) -> Value {
    let (status, headers, json) = send(api, get(path)).await;
    assert_eq!((status.as_u16(), &headers["content-type"]), (200, &"application/json".parse().unwrap()));
    serde_json::from_str(&json).unwrap()
}

fn paths(document: &Value) -> Vec<&str> {
    document["paths"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn what_is_served_is_the_document_of_the_table_without_itself() {
    let document = served(api(), "/openapi.json").await;
    assert_eq!(document, api().openapi(Info::new("Users", "1.0.0")).into_value());
    assert_eq!(paths(&document), ["/users"], "also of what is registered later");
}

#[tokio::test]
async fn a_nested_table_serves_the_document_of_the_whole() {
    let outer = RouteHandlers::new().get("/about", async || "").nest("/api", api());
    let document = served(outer, "/api/openapi.json").await;
    assert_eq!(paths(&document), ["/about", "/api/users"]);
    assert_eq!(document["info"]["title"], "Users", "as the outer table says nothing");
}

#[tokio::test]
async fn a_table_that_goes_on_from_a_clone_has_a_document_of_its_own() {
    let first = api();
    assert_eq!(paths(&served(first.clone(), "/openapi.json").await), ["/users"]);
    let second = first.clone().get("/more", async || "");
    assert_eq!(paths(&served(second, "/openapi.json").await), ["/more", "/users"]);
    assert_eq!(paths(&served(first, "/openapi.json").await), ["/users"]);
}

#[tokio::test]
async fn a_documented_handler_answers_as_it_does_alone() {
    let app = RouteHandlers::new()
        .post("/sum", documented(async |Json(numbers): Json<Vec<u32>>| Json(numbers.iter().sum::<u32>())))
        .get("/no", documented(async || Err::<Json<u32>, _>(Error::new(http::StatusCode::CONFLICT))))
        .over(inner());
    let mut post = request(Method::POST, "/sum", "[1,2]");
    assert_eq!(send(app.clone(), post).await.0, 415);
    post = crate::support::post_json("/sum", "[1,2]");
    assert_eq!(send(app.clone(), post).await.2, "3");
    assert_eq!(send(app.clone(), get("/no")).await.0, 409);
    assert_eq!(send(app.clone(), request(Method::OPTIONS, "/sum", "")).await.1["allow"], "OPTIONS, POST");
    assert_eq!(send(app, get("/elsewhere")).await.2, "inner: GET /elsewhere");
}

#[tokio::test]
async fn the_page_has_all_that_it_needs_in_it_and_may_ask_no_other_host() {
    let info = Info::new("Users </title><script>", "1.0.0").description("</script><script>alert(1)</script>");
    let (status, headers, html) = send(api().with_info(info).serve_docs("/docs"), get("/docs")).await;
    assert_eq!((status.as_u16(), &headers["content-type"]), (200, &"text/html; charset=utf-8".parse().unwrap()));
    assert!(html.contains("<title>Users &lt;/title&gt;&lt;script&gt;</title>"));
    assert!(html.contains(r#""/users""#), "the document is in the page");
    assert_eq!(html.matches("</script").count(), 3, "what the document says ends no script");
    for loads in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!html.contains(loads), "the page loads something: {loads}");
    }
    let policy = headers["content-security-policy"].to_str().unwrap();
    for allowed in ["default-src 'none';", "connect-src 'self';", "frame-ancestors 'none'"] {
        assert!(policy.contains(allowed), "{policy}");
    }
    assert!(!policy.contains("http") && !policy.contains("unsafe-eval"), "{policy}");
    assert!(html.len() < 320 * 1024, "{}", html.len());

    let elsewhere = Info::new("Users", "1.0.0").server("https://api.example.com/");
    let (_, headers, _) = send(api().with_info(elsewhere).serve_docs("/docs"), get("/docs")).await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("connect-src 'self' https://api.example.com;"), "{policy}");
}
