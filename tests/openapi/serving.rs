//! The routes that serve the document and its page.

use std::sync::atomic::{AtomicUsize, Ordering};

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
async fn served_document_does_not_list_its_own_route() {
    let document = served(api(), "/openapi.json").await;
    assert_eq!(document, api().openapi(Info::new("Users", "1.0.0")).into_value());
    assert_eq!(paths(&document), ["/users"], "it lists routes that are registered later");
}

#[tokio::test]
async fn nested_table_serves_the_document_of_the_outer_table() {
    let outer = RouteHandlers::new().get("/about", async || "").nest("/api", api());
    let document = served(outer, "/api/openapi.json").await;
    assert_eq!(paths(&document), ["/about", "/api/users"]);
    assert_eq!(document["info"]["title"], "Users", "the outer table has no `Info`");
}

#[tokio::test]
async fn clone_with_more_routes_has_its_own_document() {
    let first = api();
    assert_eq!(paths(&served(first.clone(), "/openapi.json").await), ["/users"]);
    let second = first.clone().get("/more", async || "");
    assert_eq!(paths(&served(second, "/openapi.json").await), ["/more", "/users"]);
    assert_eq!(paths(&served(first, "/openapi.json").await), ["/users"]);
}

#[tokio::test]
async fn documented_handler_responds_like_the_handler_inside_it() {
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
async fn page_is_complete_and_may_load_nothing_from_other_hosts() {
    let info = Info::new("Users </title><script>", "1.0.0").description("</script><script>alert(1)</script>");
    let (status, headers, html) = send(api().with_info(info).serve_docs("/docs"), get("/docs")).await;
    assert_eq!((status.as_u16(), &headers["content-type"]), (200, &"text/html; charset=utf-8".parse().unwrap()));
    assert!(html.contains("<title>Users &lt;/title&gt;&lt;script&gt;</title>"));
    assert!(html.contains(r#""/users""#), "the document is in the page");
    assert_eq!(html.matches("</script").count(), 3, "no text of the document ends a script");
    for loads in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!html.contains(loads), "the page loads something: {loads}");
    }
    let policy = headers["content-security-policy"].to_str().unwrap();
    for allowed in ["default-src 'none';", "connect-src 'self';", "frame-ancestors 'none'"] {
        assert!(policy.contains(allowed), "{policy}");
    }
    assert!(!policy.contains("http") && !policy.contains("unsafe-eval"), "{policy}");
    assert!(html.len() < 320 * 1024, "{}", html.len());
}

#[tokio::test]
async fn page_may_call_each_server_of_the_document() {
    let info = Info::new("Users", "1.0.0")
        .server("https://api.example.com/v1")
        .server("https://api.example.com/v2/")
        .server("/relative")
        .server("https://evil.example;script-src");
    let (_, headers, _) = send(api().with_info(info).serve_docs("/docs"), get("/docs")).await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("; connect-src 'self' https://api.example.com; "), "{policy}");
    assert_eq!(policy.matches("script-src").count(), 1, "{policy}");
}

#[test]
fn invalid_server_url_panics() {
    for url in ["http://a\nb", "http://a b", "http://a\u{1}", "http://a\"", "http://münchen.example"] {
        let panic = std::panic::catch_unwind(|| Info::default().server(url)).unwrap_err();
        assert!(panic.downcast_ref::<String>().unwrap().contains("percent-encoded"), "{url}");
    }
}

/// The schema of this type panics from call number `FROM` on. With 0 it panics at every call.
struct Panics<const FROM: usize>;

impl<const FROM: usize> schemars::JsonSchema for Panics<FROM> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Panics".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        static CALLS: AtomicUsize = AtomicUsize::new(1);
        assert!(FROM > 0 && CALLS.fetch_add(1, Ordering::Relaxed) < FROM, "no schema today");
        schemars::json_schema!({ "type": "string" })
    }
}

impl<const FROM: usize> serde::Serialize for Panics<FROM> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("")
    }
}

#[test]
fn schema_that_panics_is_refused_at_registration() {
    let route = route_handlers::get(documented(async || Json(Panics::<0>)));
    let error = RouteHandlers::new().try_route("/a", route).unwrap_err();
    let expected =
        "the handler of `GET /a` is documented, and describing its types failed with a panic: no schema today";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[tokio::test]
async fn schema_that_panics_later_is_500_for_each_request_for_the_document() {
    let routes = || RouteHandlers::new().get("/a", documented(async || Json(Panics::<3>)));
    let app = routes().serve_openapi("/openapi.json").serve_docs("/docs"); // registration describes the type once per side
    for path in ["/openapi.json", "/docs", "/openapi.json"] {
        let (status, headers, body) = send(app.clone(), get(path)).await;
        assert_eq!((status.as_u16(), &headers["content-type"]), (500, &"application/problem+json".parse().unwrap()));
        assert!(!body.contains("no schema today"), "{body}");
    }
    assert_eq!(send(app, get("/a")).await.0, 200);
}
