//! Whole responses: texts, ETags, errors, redirects, cookies, and a document that changes.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use futures_util::stream;
use http::StatusCode;
use http::header::{CACHE_CONTROL, ETAG, HeaderMap, HeaderName};
use route_handlers::response::{not_found, redirect};
use route_handlers::{
    Body, Cookies, Download, Error, Html, IntoResponse, Json, Path, Redirect, Result, RouteHandlers, SetCookie, State,
    get,
};
use tower_http::compression::CompressionLayer;

const TEXT: &str = include_str!("../README.md");

pub(crate) fn api() -> RouteHandlers {
    RouteHandlers::new()
        .with_state(Document::default())
        .get("/text", async || "hello")
        .get("/html", async || Html("<!doctype html><html lang=\"en\"><title>Hello</title><p>Hello"))
        .route("/etag", get(async || ([(CACHE_CONTROL, "max-age=60")], TEXT)).etag())
        .route("/etag/no-cache", get(async || ([(CACHE_CONTROL, "no-cache")], TEXT)).etag())
        .route("/ranges", get(async || ([(CACHE_CONTROL, "max-age=60"), (ETAG, "\"own\"")], TEXT)).etag().ranges())
        .route("/ranges/etag", get(async || ([(CACHE_CONTROL, "max-age=60")], TEXT)).etag().ranges())
        .route("/ranges/download", get(download).etag().ranges())
        .route("/compressed", get(async || TEXT).layer(CompressionLayer::new()))
        .route(
            "/compressed/etag",
            get(async || ([(CACHE_CONTROL, "max-age=2")], TEXT)).layer(CompressionLayer::new()).etag(),
        )
        .route("/document", get(read).put(write).etag())
        .route("/vary", get(greeting).etag())
        .get("/error", async || -> Result<()> { Err(io::Error::other("this text is for the log"))? })
        .get("/error/{status}", fail)
        .get("/none", async || Err::<(), _>(not_found()))
        .get("/panic", async || -> () { panic!("this text is for the log") })
        .get("/redirect", async || redirect("/text"))
        .get("/redirect/{status}", redirected)
        .post("/redirect/{status}", redirected)
        .get("/cookies", show_cookies)
        .get("/cookies/set", set_cookies)
        .get("/cookies/delete", delete_cookies)
}

async fn download() -> impl IntoResponse {
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let content = Body::from_ranges(TEXT.len() as u64, |range| {
        let position = |position| usize::try_from(position).unwrap_or(TEXT.len());
        stream::iter([Ok::<_, io::Error>(&TEXT[position(range.start)..position(range.end)])])
    });
    let download = Download::new(content).file_name("Übersicht.md").content_type("text/markdown; charset=utf-8");
    ([(CACHE_CONTROL, "max-age=60")], download.last_modified(modified))
}

/// The content of `/document`, which caches may keep for two seconds.
#[derive(Clone, Default)]
struct Document(Arc<Mutex<String>>);

async fn read(State(document): State<Document>) -> Result<([(HeaderName, &'static str); 1], String)> {
    let text = document.0.lock().unwrap().clone();
    if text.is_empty() {
        return Err(Error::new(StatusCode::SERVICE_UNAVAILABLE));
    }
    Ok(([(CACHE_CONTROL, "max-age=2")], text))
}

/// An empty document makes the route fail with 503.
async fn write(State(document): State<Document>, text: String) -> StatusCode {
    *document.0.lock().unwrap() = text;
    StatusCode::NO_CONTENT
}

async fn greeting(headers: HeaderMap) -> ([(&'static str, &'static str); 2], &'static str) {
    let german = headers.get("accept-language").is_some_and(|languages| languages.as_bytes().starts_with(b"de"));
    ([("cache-control", "max-age=60"), ("vary", "accept-language")], if german { "Hallo" } else { "Hello" })
}

async fn fail(Path(status): Path<u16>) -> Result<(), Error> {
    Err(Error::new(StatusCode::from_u16(status)?).with_detail("requested by the client"))
}

async fn redirected(Path(status): Path<u16>) -> Result<Redirect> {
    let to = if matches!(status, 307 | 308) { "/json" } else { "/text" };
    Ok(Redirect::with_status(StatusCode::from_u16(status)?, to))
}

/// The names and values that the client sends, sorted, as the order differs between clients.
async fn show_cookies(cookies: Cookies) -> Json<Vec<(String, String)>> {
    let mut pairs: Vec<_> = cookies.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    pairs.sort();
    Json(pairs)
}

async fn set_cookies(mut cookies: Cookies) -> (Cookies, &'static str) {
    cookies.set(("plain", "1"));
    cookies.set(SetCookie::new("spaced", "two words; and, \"more\" ü"));
    cookies.set(SetCookie::new("hidden", "3").http_only(true));
    (cookies, "set")
}

async fn delete_cookies(mut cookies: Cookies) -> (Cookies, &'static str) {
    cookies.delete("plain");
    cookies.delete("spaced");
    (cookies, "deleted")
}
