//! `/api/p/…`: the files of `pages/api`, with handlers that take `req` and `res`.

use std::time::Duration;

use http::{Method, StatusCode, header};
use indexmap::IndexMap;
use route_handlers::pages::{PagesBody, PagesQuery, PagesRequest, PagesResponse, PagesValue, pages};
use route_handlers::{Body, Error, ErrorContext, Handler, IntoResponse, Response, Result, Route, RouteHandlers, any};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::web::{text, thrown, utf16_length};
use super::{Variant, pages_responses, requests};

/// The routes that respond with their own name.
const SHOWN: [(&str, &str); 17] = [
    ("/api/p/_under", "/api/p/_under"),
    ("/api/p/bt/{x}/b", "/api/p/bt/[x]/b"),
    ("/api/p/bt/static/c", "/api/p/bt/static/c"),
    ("/api/p/c/{*slug}", "/api/p/c/[...slug]"),
    ("/api/p/d/{id}", "/api/p/d/[id]"),
    ("/api/p/d/static", "/api/p/d/static"),
    ("/api/p/d/{id}/posts/{postId}", "/api/p/d/[id]/posts/[postId]"),
    ("/api/p/idx/{id}", "/api/p/idx/[id]"),
    ("/api/p/idx", "/api/p/idx/index"),
    ("/api/p/lit/UPPER", "/api/p/lit/UPPER"),
    ("/api/p/lit/(group)/x", "/api/p/lit/(group)/x"),
    ("/api/p/lit/sp ace", "/api/p/lit/sp ace"),
    ("/api/p/lit/with.dot", "/api/p/lit/with.dot"),
    ("/api/p/oc/{*slug?}", "/api/p/oc/[[...slug]]"),
    ("/api/p/prec/{*slug}", "/api/p/prec/[...slug]"),
    ("/api/p/prec/{id}", "/api/p/prec/[id]"),
    ("/api/p/prec/static", "/api/p/prec/static"),
];

#[derive(Serialize)]
struct Shown<'a> {
    route: &'static str,
    method: &'a str,
    query: &'a PagesQuery,
}

#[derive(Serialize)]
struct Echo<'a> {
    method: &'a str,
    url: String,
    query: &'a PagesQuery,
    cookies: IndexMap<String, String>,
}

fn echo(req: &PagesRequest, res: PagesResponse, variant: Variant) -> Response {
    res.json(&Echo { method: req.method().as_str(), url: url(req, variant), query: req.query(), cookies: cookies(req) })
}

/// `req.url`: without the base path, and with a query that is serialized again.
fn url(req: &PagesRequest, variant: Variant) -> String {
    let path = req.uri().path();
    let path = path.strip_prefix(variant.base_path()).unwrap_or(path);
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in req.query().iter() {
        match value {
            PagesValue::One(value) => query.append_pair(name, value),
            PagesValue::Many(values) => query.extend_pairs(values.iter().map(|value| (name, value))),
        };
    }
    match query.finish().as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// The members that each JavaScript object inherits. Next ignores a cookie with such a name.
const INHERITED: [&str; 8] = [
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// `req.cookies`, which is an object.
fn cookies(req: &PagesRequest) -> IndexMap<String, String> {
    let cookies = req.cookies();
    let own = cookies.iter().filter(|(name, _)| !INHERITED.contains(name));
    own.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// `res.json(req.headers)`
async fn headers(req: PagesRequest, res: PagesResponse) -> Response {
    let request = req.into_request();
    res.json(&requests::headers(request.headers(), request.extensions().get()))
}

#[derive(Serialize)]
struct Typed<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    body: &'a PagesBody,
}

async fn body(req: PagesRequest, res: PagesResponse) -> Response {
    let kind = match req.body() {
        PagesBody::Json(Value::Null) => "null",
        PagesBody::Json(Value::Array(_)) => "array",
        body => type_of(body),
    };
    res.json(&Typed { kind, body: req.body() })
}

/// `typeof req.body`
fn type_of(body: &PagesBody) -> &'static str {
    match body {
        PagesBody::Json(Value::Bool(_)) => "boolean",
        PagesBody::Json(Value::Number(_)) => "number",
        PagesBody::Json(Value::String(_)) | PagesBody::Text(_) => "string",
        PagesBody::Unparsed => "undefined",
        _ => "object",
    }
}

#[derive(Serialize)]
struct Measured {
    #[serde(rename = "type")]
    kind: &'static str,
    len: usize,
}

async fn body_stat(req: PagesRequest, res: PagesResponse) -> Result<Response> {
    let len = match req.body() {
        PagesBody::Text(text) | PagesBody::Json(Value::String(text)) => utf16_length(text),
        body => utf16_length(&serde_json::to_string(body)?),
    };
    Ok(res.json(&Measured { kind: type_of(req.body()), len }))
}

async fn body_1kb(req: PagesRequest, res: PagesResponse) -> Result<Response> {
    let len = utf16_length(&serde_json::to_string(req.body())?);
    Ok(res.json(&Measured { kind: type_of(req.body()), len }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Streamed {
    body_type: &'static str,
    bytes: usize,
    text: String,
}

async fn body_off(req: PagesRequest, res: PagesResponse) -> Result<Response> {
    let body_type = type_of(req.body());
    let bytes = req.into_request().bytes().await?;
    let units: Vec<u16> = String::from_utf8_lossy(&bytes).encode_utf16().take(100).collect();
    let text = String::from_utf16_lossy(&units);
    Ok(res.json(&Streamed { body_type, bytes: bytes.len(), text }))
}

#[derive(Serialize)]
struct User<'a> {
    id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a Value>,
}

async fn users(req: PagesRequest, res: PagesResponse) -> Result<Response> {
    Ok(match (req.method().as_str(), req.body()) {
        ("GET", _) => {
            let [alice, bob] = ["Alice", "Bob"].map(Value::from);
            res.json(&[User { id: 1, name: Some(&alice) }, User { id: 2, name: Some(&bob) }])
        }
        ("POST", PagesBody::Json(Value::Null)) => return Err(thrown("TypeError: `null` has no `name`")),
        ("POST", PagesBody::Json(value)) => res.status(201).json(&User { id: 3, name: value.get("name") }),
        ("POST", PagesBody::Form(fields)) => {
            let name = fields.value("name").map(|name| json!(name));
            res.status(201).json(&User { id: 3, name: name.as_ref() })
        }
        ("POST", _) => res.status(201).json(&User { id: 3, name: None }), // a string has no `name`
        (method, _) => {
            let content = format!("Method {method} Not Allowed");
            res.append_header(header::ALLOW, "GET").append_header(header::ALLOW, "POST").status(405).end(content)
        }
    })
}

async fn late(_: PagesRequest, res: PagesResponse) -> Response {
    sleep(Duration::from_millis(200)).await;
    res.send("late")
}

/// Responds to an error with its text. The application itself reshapes the error of a path without a route.
fn reshape(error: Error, context: &ErrorContext<'_>) -> Response {
    if context.matched_route().is_none() {
        return error.into_response();
    }
    let problem = error.problem();
    let text = match error.status() {
        StatusCode::INTERNAL_SERVER_ERROR => "Internal Server Error",
        _ => problem.detail().unwrap_or_else(|| problem.title()),
    };
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = error.status();
    super::as_next(response)
}

/// `export default function handler(req, res)`: it handles every method. `any` leaves out TRACE, so it is added.
pub fn api<H: Handler<A> + Clone, A: 'static>(handler: H) -> Route {
    any(handler.clone()).on(Method::TRACE, handler)
}

pub fn routes(variant: Variant) -> RouteHandlers {
    let shown = SHOWN.into_iter().fold(RouteHandlers::new(), |table, (pattern, route)| {
        let show = move |req: PagesRequest, res: PagesResponse| async move {
            res.json(&Shown { route, method: req.method().as_str(), query: req.query() })
        };
        table.route(pattern, api(pages(show)))
    });
    shown
        .route(
            "/api/p/hello",
            api(pages(async |_, res| res.status(200).json(&json!({ "message": "Hello from Next.js!" })))),
        )
        .route("/api/p/echo", api(pages(move |req, res| async move { echo(&req, res, variant) })))
        .route("/api/p/body", api(pages(body)))
        .route("/api/p/body-stat", api(pages(body_stat)))
        .route("/api/p/body-1kb", api(pages(body_1kb).body_limit(1024)))
        .route("/api/p/body-off", api(pages(body_off).body_parser(false)))
        .route("/api/p/users", api(pages(users)))
        .route("/api/p/late", api(pages(late)))
        .route("/api/p/headers", api(pages(headers)))
        // These never respond in Next. Here a handler must return its response.
        .route("/api/p/never", api(pages(async |_, res| res.end(""))))
        .route("/api/p/returns", api(pages(async |_, res| res.end(""))))
        .route("/api/p/returns-response", api(pages(async |_, _| text("web response"))))
        .route("/api/p/return-json", api(pages(async |_, res| res.json(&json!({ "returned": true })))))
        .merge(pages_responses::routes())
        .on_error(reshape)
}
