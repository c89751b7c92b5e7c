//! The layers of the folders `app/api` and `app/api/(admin)`.

use http::{HeaderMap, Request, StatusCode};
use route_handlers::Body;
use tower::ServiceExt;

async fn send(method: &str, uri: &str, authorization: &str) -> (StatusCode, HeaderMap) {
    let request = Request::builder().method(method).uri(uri).header("authorization", authorization);
    let response = app_dir::api().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    (response.status(), response.headers().clone())
}

#[tokio::test]
async fn layer_wraps_the_routes_of_its_folder_and_of_the_folders_below() {
    for (method, uri, status, route) in [
        ("GET", "/api/users", 200, Some("/api/users")),
        ("HEAD", "/api/users", 200, Some("/api/users")),
        ("OPTIONS", "/api/users", 204, Some("/api/users")),
        ("PUT", "/api/users", 405, Some("/api/users")),
        ("GET", "/api/users/7", 404, Some("/api/users/{id}")),
        ("GET", "/api/users/x", 400, Some("/api/users/{id}")),
        ("GET", "/api/hello/Ada", 200, Some("/api/hello/{name}")),
        ("PATCH", "/api/old/a/b", 200, Some("/api/old/{*path}")), // a service that `route` adds
        ("GET", "/api/greeting", 200, None),                      // below `pages`
        ("GET", "/api/nothing", 404, None),
    ] {
        let (sent, headers) = send(method, uri, "").await;
        let named = headers.get("x-route").map(|route| route.to_str().unwrap());
        assert_eq!((sent.as_u16(), named), (status, route), "{method} {uri}");
    }
}

#[tokio::test]
async fn layer_of_a_group_wraps_its_routes_alone_inside_the_layers_above() {
    for method in ["GET", "PUT", "OPTIONS"] {
        let (status, headers) = send(method, "/api/stats", "").await;
        assert_eq!((status, &headers["x-route"]), (StatusCode::FORBIDDEN, &"/api/stats".parse().unwrap()), "{method}");
    }
    let (status, headers) = send("GET", "/api/stats", "Bearer admin").await;
    assert_eq!((status, &headers["x-route"]), (StatusCode::OK, &"/api/stats".parse().unwrap()));
    assert!(headers.contains_key("etag"), "the function `route` of the file adds it");
}
