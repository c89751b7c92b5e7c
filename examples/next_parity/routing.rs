//! Routes that respond with their own name: folders, parameters, catch-alls and their precedence.

use indexmap::IndexMap;
use route_handlers::{Handler, Json, Request, RouteHandlers};
use serde::Serialize;

/// The response of `show(route)`.
#[derive(Serialize)]
struct Shown {
    route: &'static str,
    method: String,
    params: Option<IndexMap<String, Param>>,
}

/// `params.id` or `params.slug`.
#[derive(Serialize)]
#[serde(untagged)]
enum Param {
    One(String),
    Many(Vec<String>),
}

/// Makes a handler that responds with Next's name of its route.
fn show(route: &'static str) -> impl Handler<(Request,)> {
    move |request: Request| async move {
        Json(Shown { route, method: request.method().to_string(), params: params(&request) })
    }
}

/// `await params`: `null` for a route without parameters. An optional catch-all without segments is left out.
fn params(request: &Request) -> Option<IndexMap<String, Param>> {
    let route = request.matched_route()?;
    let value = |name: &str| match request.segments(name) {
        Some(segments) => {
            let segments: Vec<_> = segments.map(str::to_owned).collect();
            (!segments.is_empty()).then_some(Param::Many(segments))
        }
        None => request.param(name).map(|value| Param::One(value.to_owned())),
    };
    let has_names = route.names().len() > 0;
    has_names.then(|| route.names().filter_map(|name| Some((name.to_owned(), value(name)?))).collect())
}

pub fn routes() -> RouteHandlers {
    RouteHandlers::new()
        .get("/api/_under", show("/api/%5Funder"))
        .get("/api/bt/{x}/b", show("/api/bt/[x]/b"))
        .get("/api/bt/static/c", show("/api/bt/static/c"))
        .get("/api/bt2/{*rest}", show("/api/bt2/[...rest]"))
        .get("/api/bt2/{x}/b", show("/api/bt2/[x]/b"))
        .get("/api/bt2/static/c", show("/api/bt2/static/c"))
        .get("/api/bt3/{a}/{b}/c", show("/api/bt3/[a]/[b]/c"))
        .get("/api/bt3/{a}/x/{d}", show("/api/bt3/[a]/x/[d]"))
        .get("/api/bt3/s/{*rest}", show("/api/bt3/s/[...rest]"))
        .get("/api/bt3/s/{b}/e", show("/api/bt3/s/[b]/e"))
        .get("/api/bt4/{x}/z", show("/api/bt4/[x]/z"))
        .get("/api/bt4/a/{*rest}", show("/api/bt4/a/[...rest]"))
        .get("/api/c/{*slug}", show("/api/c/[...slug]"))
        .get("/api/d/{id}", show("/api/d/[id]"))
        .get("/api/d/{id}/posts/{postId}", show("/api/d/[id]/posts/[postId]"))
        .get("/api/d/static", show("/api/d/static"))
        .get("/api/grp", show("/(group)/api/grp"))
        .get("/api/grp2/{id}", show("/(group)/(inner)/api/grp2/[id]"))
        .get("/api/hy/{user-id}", show("/api/hy/[user-id]"))
        .get("/api/lit/UPPER", show("/api/lit/UPPER"))
        .get("/api/lit/a+b", show("/api/lit/a+b"))
        .get("/api/lit/index", show("/api/lit/index"))
        .get("/api/lit/sp ace", show("/api/lit/sp ace"))
        .get("/api/lit/with-dash_underscore~tilde", show("/api/lit/with-dash_underscore~tilde"))
        .get("/api/lit/with.dot", show("/api/lit/with.dot"))
        .get("/api/lit/ünï", show("/api/lit/ünï"))
        .get("/api/nest/{tenant}/files/{*path}", show("/api/nest/[tenant]/files/[...path]"))
        .get("/api/nest/{tenant}/opt/{*path?}", show("/api/nest/[tenant]/opt/[[...path]]"))
        .get("/api/noindex/deep/leaf", show("/api/noindex/deep/leaf"))
        .get("/api/oc/{*slug?}", show("/api/oc/[[...slug]]"))
        .get("/api/oc2/{*slug?}", show("/api/oc2/[[...slug]]"))
        .get("/api/oc2/{id}/x", show("/api/oc2/[id]/x"))
        .get("/api/oc2/fixed", show("/api/oc2/fixed"))
        .get("/api/prec/{*slug}", show("/api/prec/[...slug]"))
        .get("/api/prec/{id}", show("/api/prec/[id]"))
        .get("/api/prec/{id}/leaf", show("/api/prec/[id]/leaf"))
        .get("/api/prec/static", show("/api/prec/static"))
        .get("/api/prec/static/{x}", show("/api/prec/static/[x]"))
}
