//! A session in two cookies: one for the server, one for the page's script.

use http::StatusCode;
use route_handlers::{Cookies, IntoResponse, RouteHandlers, SetCookie, get};

pub(crate) fn api() -> RouteHandlers {
    RouteHandlers::new().route("/api/session", get(show).post(begin).delete(end))
}

async fn show(cookies: Cookies) -> Option<String> {
    Some(format!("{} likes it {}", cookies.get("session")?, cookies.get("theme")?))
}

async fn begin() -> impl IntoResponse {
    let session = SetCookie::new("session", "Ada").http_only(true);
    (StatusCode::CREATED, session, SetCookie::new("theme", "dark"), ())
}

async fn end() -> impl IntoResponse {
    (StatusCode::NO_CONTENT, SetCookie::delete("session"), SetCookie::delete("theme"), ())
}
