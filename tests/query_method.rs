//! QUERY (RFC 10008): `query`, `Route::query` and `RouteHandlers::query`.

mod support;

use http::{HeaderMap, Method, Request};
use route_handlers::extract::RouteCheck;
use route_handlers::{Body, Form, FromRequest, Json, Path, Result, RouteHandlers, any, get, on, patch, query};
use support::{problem, request, send, status_and_detail};

/// A body of the media type `application/sql`.
struct Sql(String);

impl FromRequest for Sql {
    async fn from_request(request: &mut route_handlers::Request) -> Result<Self> {
        request.require_media_type("application/sql")?;
        request.text().await.map(Self)
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("Sql");
        route.accepts("application/sql");
    }
}

fn api() -> RouteHandlers {
    RouteHandlers::new()
        .query("/json", async |Json(names): Json<Vec<String>>| names.join(" "))
        .route("/sql", get(async || "all").query(async |Sql(sql): Sql| sql).patch(async |_: Json<u8>| ()))
        .route("/form", query(async |Form(pairs): Form<Vec<(String, String)>>| Json(pairs)))
        .route("/on", on(Method::QUERY, async |text: String| text))
        .route("/text/{id}", query(async |Path(id): Path<u32>, text: String| format!("{id}: {text}")))
        .query("/no-body", async || "nothing to read")
        .route("/any", any(async |method: Method| method.to_string()))
}

async fn query_of(path: &str, content_type: Option<&str>, body: &'static str) -> support::ReceivedResponse {
    let mut request = request(Method::QUERY, path, body);
    if let Some(content_type) = content_type {
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
    }
    send(api(), request).await
}

async fn options(path: &str) -> HeaderMap {
    let (status, headers, _) = send(api(), request(Method::OPTIONS, path, "")).await;
    assert_eq!(status, 204);
    headers
}

#[tokio::test]
async fn query_reads_its_content() {
    for (path, content_type, body, expected) in [
        ("/json", "application/json", r#"["a","b"]"#, "a b"),
        ("/json", "application/json; charset=utf-8", "[]", ""),
        ("/sql", "application/sql", "select 1", "select 1"),
        ("/form", "application/x-www-form-urlencoded", "a=1&b=2", r#"[["a","1"],["b","2"]]"#),
        ("/on", "text/plain", "hello", "hello"),
        ("/text/7", "text/plain", "hello", "7: hello"),
        ("/no-body", "text/plain", "", "nothing to read"),
    ] {
        let (status, _, text) = query_of(path, Some(content_type), body).await;
        assert_eq!((status.as_u16(), text.as_str()), (200, expected), "{path}");
    }
    assert_eq!(query_of("/any", None, "").await.2, "QUERY");
    assert_eq!(send(api(), support::get("/sql")).await.2, "all");
}

/// RFC 10008 §2.1.
#[tokio::test]
async fn query_without_a_content_type_is_400() {
    for (path, accepted) in [
        ("/json", Some("application/json")),
        ("/sql", Some("application/sql")),
        ("/form", Some("application/x-www-form-urlencoded")),
        ("/on", None),
        ("/text/7", None),
        ("/no-body", None),
    ] {
        for content_type in [None, Some(""), Some(" "), Some(";charset=utf-8")] {
            let response = query_of(path, content_type, "[]").await;
            assert_eq!(status_and_detail(&response), (400, "a QUERY must have a `content-type`".to_owned()), "{path}");
            let accept_query = response.1.get("accept-query").map(|value| value.to_str().unwrap());
            assert_eq!(accept_query, accepted, "{path}");
        }
    }
}

/// RFC 10008 §2.1, RFC 9110 §15.5.16.
#[tokio::test]
async fn query_of_another_media_type_is_415_with_accept_query() {
    for (path, accepted) in
        [("/json", "application/json"), ("/sql", "application/sql"), ("/form", "application/x-www-form-urlencoded")]
    {
        let response = query_of(path, Some("text/csv"), "[]").await;
        assert_eq!(problem(&response)["status"], 415, "{path}");
        assert_eq!(response.1["accept-query"], accepted);
        assert!(!response.1.contains_key("accept-patch"));
    }
    assert_eq!(query_of("/json", Some("application/json"), "[").await.0, 400);
    assert_eq!(query_of("/json", Some("application/json"), "{}").await.0, 422);
}

/// RFC 10008 §3.
#[tokio::test]
async fn options_has_accept_query_beside_allow() {
    for (path, allow, accept_query) in [
        ("/json", "OPTIONS, QUERY", Some("application/json")),
        ("/sql", "GET, HEAD, OPTIONS, PATCH, QUERY", Some("application/sql")),
        ("/form", "OPTIONS, QUERY", Some("application/x-www-form-urlencoded")),
        ("/on", "OPTIONS, QUERY", None),
        ("/no-body", "OPTIONS, QUERY", None),
    ] {
        let headers = options(path).await;
        assert_eq!(headers["allow"], allow, "{path}");
        assert_eq!(headers.get("accept-query").map(|value| value.to_str().unwrap()), accept_query, "{path}");
    }
    assert_eq!(options("/sql").await["accept-patch"], "application/json");
    assert!(!options("/json").await.contains_key("accept-patch"));
    let (status, headers, _) = send(api(), request(Method::POST, "/json", "")).await;
    assert_eq!((status.as_u16(), headers["allow"].to_str().unwrap()), (405, "OPTIONS, QUERY"));
}

/// Rows in either of two formats.
struct Rows(String);

impl FromRequest for Rows {
    async fn from_request(request: &mut route_handlers::Request) -> Result<Self> {
        request.require_media_type("text/csv").or_else(|_| request.require_media_type("application/sql"))?;
        request.text().await.map(Self)
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("Rows");
        route.accepts("text/csv, application/sql");
    }
}

#[tokio::test]
async fn accept_query_lists_each_type_that_an_argument_accepts() {
    let api = RouteHandlers::new().nest("/in", RouteHandlers::new().query("/", async |Rows(rows): Rows| rows));
    let (_, headers, _) = send(api.clone(), request(Method::OPTIONS, "/in", "")).await;
    assert_eq!(headers["accept-query"], "text/csv, application/sql");
    let (status, headers, _) = send(api, request(Method::QUERY, "/in", "")).await;
    assert_eq!((status.as_u16(), headers["accept-query"].to_str().unwrap()), (400, "text/csv, application/sql"));
}

#[cfg(feature = "multipart")]
#[tokio::test]
async fn accept_query_lists_both_types_of_form_data() {
    use route_handlers::FormData;
    let api = RouteHandlers::new().query("/", async |FormData(pairs): FormData<Vec<(String, String)>>| Json(pairs));
    let (_, headers, _) = send(api, request(Method::OPTIONS, "/", "")).await;
    assert_eq!(headers["accept-query"], "application/x-www-form-urlencoded, multipart/form-data");
}

#[tokio::test]
async fn accept_query_is_that_of_any_pattern_that_the_path_matches() {
    let api = RouteHandlers::new()
        .get("/books/new", async || "form")
        .route("/books/{id}", patch(async |_: String| ()).query(async |_: Json<u8>| ()));
    let (_, headers, _) = send(api, request(Method::OPTIONS, "/books/new", "")).await;
    assert_eq!(headers["accept-query"], "application/json");
    assert_eq!(headers["allow"], "GET, HEAD, OPTIONS, PATCH, QUERY");
}

/// The conditions and ranges of a QUERY are those of the result, which `etag` and `ranges` do not know.
#[tokio::test]
async fn conditions_and_ranges_do_not_apply_to_a_query() {
    let api = RouteHandlers::new().route("/", query(async |text: String| text).get(async || "got").etag().ranges());
    let request = Request::builder()
        .method(Method::QUERY)
        .header("content-type", "text/plain")
        .header("if-none-match", "*")
        .header("range", "bytes=0-1");
    let (status, headers, text) = send(api, request.body(Body::from("content")).unwrap()).await;
    assert_eq!((status.as_u16(), text.as_str()), (200, "content"));
    assert!(!headers.contains_key("etag") && !headers.contains_key("accept-ranges"));
}

#[tokio::test]
async fn layers_see_the_400_of_a_query() {
    use tower_http::set_header::SetResponseHeaderLayer;
    let mark = SetResponseHeaderLayer::overriding(
        http::HeaderName::from_static("x-seen"),
        http::HeaderValue::from_static("yes"),
    );
    let api = RouteHandlers::new().route("/", query(async |text: String| text).layer(mark));
    let (status, headers, _) = send(api, request(Method::QUERY, "/", "")).await;
    assert_eq!((status.as_u16(), headers["x-seen"].to_str().unwrap()), (400, "yes"));
}

#[test]
fn second_query_handler_is_refused() {
    let twice = std::panic::catch_unwind(|| RouteHandlers::new().query("/", async || ()).query("/", async || ()));
    let message = *twice.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("QUERY /"), "{message}");
}
