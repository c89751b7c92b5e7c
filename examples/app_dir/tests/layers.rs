//! The layers of the folders `app/api` and `app/api/(admin)`.

use http::Method;
use route_handlers::testing::{Client, TestResponse};

async fn send(method: &str, uri: &str, authorization: &str) -> TestResponse {
    let client = Client::new(app_dir::api());
    client.request(method.parse::<Method>().unwrap(), uri).header("authorization", authorization).await
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
        let response = send(method, uri, "").await;
        assert_eq!((response.status().as_u16(), response.header("x-route")), (status, route), "{method} {uri}");
    }
}

#[tokio::test]
async fn layer_of_a_group_wraps_its_routes_alone_inside_the_layers_above() {
    for method in ["GET", "PUT", "OPTIONS"] {
        let refused = send(method, "/api/stats", "").await;
        assert_eq!(refused.assert_status(403).header("x-route"), Some("/api/stats"));
    }
    let stats = send("GET", "/api/stats", "Bearer admin").await;
    assert_eq!(stats.assert_status(200).header("x-route"), Some("/api/stats"));
    assert!(stats.headers().contains_key("etag"), "the function `route` of the file adds it");
}
