//! `/api/m`: methods that a file exports, and methods that it does not export.

use http::{Method, StatusCode};
use route_handlers::{Body, Handler, IntoResponse, Json, RouteHandlers, get, head, options, post, put};
use serde::Serialize;

use super::web::text;

#[derive(Serialize)]
struct Ok {
    ok: bool,
}

/// Names the handler in a header of its response.
fn by(handler: &'static str, response: impl IntoResponse) -> impl IntoResponse {
    ([("x-handler", handler)], response)
}

/// `export const GET = h('GET')`, and so on.
fn h(handler: &'static str) -> impl Handler<(Method,)> {
    move |method: Method| async move { by(handler, text(format!("{handler}:{method}"))) }
}

/// A file that exports no method, such as `export function get()`: Next responds to OPTIONS only.
async fn only_options() -> impl IntoResponse {
    (StatusCode::NO_CONTENT, [("allow", "OPTIONS")], ())
}

pub fn routes() -> RouteHandlers {
    let all = get(h("GET"))
        .head(async || by("HEAD", Body::empty()))
        .options(h("OPTIONS"))
        .post(h("POST"))
        .put(h("PUT"))
        .delete(h("DELETE"))
        .patch(h("PATCH"));
    let custom_head =
        get(async || by("GET", text("get body"))).head(async || by("HEAD", ([("x-total", "42")], Body::empty())));
    let cors = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET, OPTIONS"),
        ("access-control-allow-headers", "Content-Type, Authorization"),
    ];
    let custom_options = get(async || text("get")).options(move || async move { (StatusCode::NO_CONTENT, cors, ()) });
    RouteHandlers::new()
        .route("/api/m/all", all)
        .route("/api/m/custom-head", custom_head)
        .route("/api/m/custom-options", custom_options)
        .route("/api/m/default-export", options(only_options))
        .route("/api/m/extension", get(async || text("get")))
        .route("/api/m/get-only", get(async || by("GET", Json(Ok { ok: true }))))
        .route("/api/m/head-only", head(async || by("HEAD", text("ignored body"))))
        .route(
            "/api/m/head-sees-method",
            get(async |method: Method| {
                ([("x-method", method.to_string()), ("content-length", "4".to_owned())], text("body"))
            }),
        )
        .route("/api/m/lowercase", options(only_options))
        .route("/api/m/none", options(only_options))
        .route("/api/m/options-body", options(async || text("options body")))
        .route("/api/m/post-only", post(async || by("POST", Json(Ok { ok: true }))))
        .route("/api/m/put-delete", put(async || by("PUT", text("put"))).delete(async || by("DELETE", text("delete"))))
}
