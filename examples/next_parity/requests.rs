//! `/api/q`, `/api/url`, `/api/h`: the query, URL and headers of a request.

use std::net::SocketAddr;

use http::HeaderMap;
use http::header::HeaderName;
use indexmap::IndexMap;
use route_handlers::{FromRequest, Json, Path, Request, Result, RouteHandlers};
use serde::Serialize;

use super::Variant;
use super::next_url::NextUrl;
use super::web::from_latin1;

#[derive(Serialize)]
struct Searched {
    search: String,
    entries: Vec<(String, String)>,
    a: Option<String>,
    #[serde(rename = "aAll")]
    a_all: Vec<String>,
    size: usize,
}

/// `request.nextUrl.searchParams`
async fn query(mut request: Request) -> Result<Json<Searched>> {
    let search = NextUrl::from_request(&mut request).await?.search;
    let pairs = request.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned()));
    let entries: Vec<(String, String)> = pairs.collect();
    let a_all: Vec<String> = entries.iter().filter(|(name, _)| name == "a").map(|(_, value)| value.clone()).collect();
    Ok(Json(Searched { search, a: a_all.first().cloned(), a_all, size: entries.len(), entries }))
}

#[derive(Serialize)]
struct Shown {
    url: String,
    href: String,
    origin: String,
    host: String,
    hostname: String,
    port: String,
    protocol: &'static str,
    pathname: String,
    search: String,
    #[serde(rename = "basePath")]
    base_path: &'static str,
    locale: &'static str,
}

async fn url(url: NextUrl) -> Json<Shown> {
    Json(Shown {
        url: url.href(),
        href: url.href(),
        origin: url.origin(),
        host: url.host(),
        hostname: url.hostname,
        port: url.port,
        protocol: url.protocol,
        pathname: url.pathname,
        search: url.search,
        base_path: "",
        locale: "",
    })
}

#[derive(Serialize)]
struct UrlAndParams {
    url: String,
    pathname: String,
    params: Slug,
}

#[derive(Serialize)]
struct Slug {
    slug: Vec<String>,
}

async fn url_and_params(url: NextUrl, Path(slug): Path<Vec<String>>) -> Json<UrlAndParams> {
    Json(UrlAndParams { url: url.href(), pathname: url.pathname, params: Slug { slug } })
}

/// The headers that Node.js does not join: it keeps the first of several lines.
const SINGLE: [&str; 18] = [
    "age",
    "authorization",
    "content-length",
    "content-type",
    "etag",
    "expires",
    "from",
    "host",
    "if-modified-since",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "proxy-authorization",
    "referer",
    "retry-after",
    "server",
    "user-agent",
];

/// `req.headers`: in the order of the request, with the headers that Next's server adds.
pub fn headers(headers: &HeaderMap, client: Option<&SocketAddr>) -> IndexMap<String, String> {
    let value = |name: &HeaderName| -> String {
        let mut values = headers.get_all(name).iter().map(from_latin1);
        match name.as_str() {
            name if SINGLE.contains(&name) => values.next().unwrap_or_default(),
            "cookie" => values.collect::<Vec<_>>().join("; "),
            _ => values.collect::<Vec<_>>().join(", "),
        }
    };
    let mut all: IndexMap<String, String> = headers.keys().map(|name| (name.to_string(), value(name))).collect();
    let host = all.get("host").cloned().unwrap_or_default();
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port).to_owned();
    let client = client.map(|client| client.ip().to_string()).unwrap_or_default();
    let added = [("host", host), ("port", port), ("proto", "http".to_owned()), ("for", client)];
    for (name, value) in added {
        all.entry(format!("x-forwarded-{name}")).or_insert(value);
    }
    all
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Echo {
    request: Vec<(String, String)>,
    next_headers_same: bool,
    ua: Option<String>,
    missing: Option<String>,
    case_insensitive: bool,
}

/// `[...request.headers]`, which is sorted, and `await headers()`, which is equal here.
async fn echo(request: Request) -> Json<Echo> {
    let mut all = headers(request.headers(), request.extensions().get());
    all.sort_unstable_keys();
    Json(Echo {
        ua: all.get("user-agent").cloned(),
        missing: all.get("x-none").cloned(),
        case_insensitive: request.headers().get("X-FOO") == request.headers().get("x-foo"),
        next_headers_same: true,
        request: all.into_iter().collect(),
    })
}

#[derive(Serialize)]
struct Thrown {
    name: &'static str,
    message: &'static str,
}

/// `(await headers()).set('x', '1')`: the compiler refuses that here, so the response is Next's text.
async fn read_only() -> Json<Thrown> {
    Json(Thrown {
        name: "Error",
        message: "Headers cannot be modified. Read more: https://nextjs.org/docs/app/api-reference/functions/headers",
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    keys: [&'static str; 1],
    params_type: &'static str,
}

/// The second argument of a handler, for a route without parameters.
async fn context() -> Json<Context> {
    Json(Context { keys: ["params"], params_type: "undefined" })
}

pub fn routes(variant: Variant) -> RouteHandlers {
    RouteHandlers::new()
        .with_state(variant)
        .get("/api/h/echo", echo)
        .get("/api/h/readonly", read_only)
        .get("/api/nextctx", context)
        .get("/api/q", query)
        .get("/api/url", url)
        .get("/api/urlp/{*slug}", url_and_params)
}
