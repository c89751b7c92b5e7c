//! One method treated as another.

use http::{Method, StatusCode};
use route_handlers::{RouteHandlers, any, get, post};
use tower::layer::layer_fn;

use crate::{refuse_admin, request, send};

// Rails and Express: a guard for GET does not cover HEAD, and a header overrides the method.
#[tokio::test]
async fn head_is_guarded_like_get_and_no_header_overrides_the_method() {
    let guarded = get(async || "admins only").layer(layer_fn(refuse_admin));
    let api =
        RouteHandlers::new().route("/admin", guarded).route("/notes", post(async || "made").delete(async || "gone"));
    for method in [Method::GET, Method::HEAD] {
        let response = send(api.clone(), request(method, "/admin")).await;
        assert_eq!((response.status, response.body.as_str()), (StatusCode::FORBIDDEN, ""));
    }
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let mut request = request(Method::POST, "/notes?_method=DELETE");
        request.headers_mut().insert(name, "DELETE".parse().unwrap());
        assert_eq!(send(api.clone(), request).await.body, "made", "{name}");
    }
}

// Cloudflare's workers crate: `Method::from(unknown) = GET`. `tests/wire` sends PROPFIND and PURGE through each host, and
// `examples/lambda/tests` sends the methods that API Gateway allows.
#[tokio::test]
async fn unknown_method_is_never_treated_as_get() {
    let api = RouteHandlers::new()
        .get("/notes", async || "read")
        .route("/any", any(async |method: Method| method.to_string()));
    for name in ["PROPFIND", "QUERY", "get", "Get", "GETS", "G", "TRACE", "CONNECT"] {
        let method = Method::from_bytes(name.as_bytes()).unwrap();
        let response = send(api.clone(), request(method.clone(), "/notes")).await;
        assert_eq!(
            (response.status, response.headers["allow"].to_str().unwrap()),
            (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD, OPTIONS")
        );
        let response = send(api.clone(), request(method, "/any")).await;
        let expected = if ["TRACE", "CONNECT"].contains(&name) { 405 } else { 200 };
        assert_eq!(response.status, expected, "{name}");
        assert!(expected == 405 || response.body == name, "{name}: {}", response.body);
    }
}
