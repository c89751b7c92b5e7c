//! The path of a request in an HTML page.

use http::header::X_CONTENT_TYPE_OPTIONS;
use route_handlers::{Path, RouteHandlers};

use crate::get_from;

// CVE-2026-22256: Salvo wrote the request path into an HTML listing.
#[tokio::test]
async fn path_is_never_echoed_as_html() {
    let api =
        RouteHandlers::new().post("/{id}", async || "made").get("/by/{id}", async |Path(id): Path<u32>| id.to_string());
    for (path, status) in
        [("/no/%3Cscript%3E/x", 404), ("/%3Cscript%3E", 405), ("/%3Cscript%3E%00", 400), ("/%3Cscript%3E%zz", 400)]
    {
        let response = get_from(api.clone(), path).await;
        assert_eq!(response.status, status, "{path}");
        response.problem();
        assert!(!response.body.contains("script"), "{}", response.body);
    }
    let response = get_from(api, "/by/%3Cscript%3E").await;
    assert_eq!(response.status, 400);
    assert_eq!(response.headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
    response.problem(); // the detail quotes the value, in JSON and not in HTML
}
