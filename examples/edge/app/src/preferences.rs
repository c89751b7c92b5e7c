//! A visitor's preferences in two cookies: one for the server, one for the scripts of the page.
//!
//! A client can write any cookie, so these two hold nothing that the server must trust. For a session, use a random id as
//! in `examples/fullstack`.

use http::StatusCode;
use route_handlers::{Cookies, IntoResponse, RouteHandlers, SetCookie, get};

pub(crate) fn api() -> RouteHandlers {
    RouteHandlers::new().route("/api/preferences", get(show).post(keep).delete(forget))
}

async fn show(cookies: Cookies) -> Option<String> {
    Some(format!("{} in {}", cookies.get("language")?, cookies.get("theme")?))
}

async fn keep() -> impl IntoResponse {
    let language = SetCookie::new("language", "en").http_only(true);
    (StatusCode::CREATED, language, SetCookie::new("theme", "dark"), ())
}

async fn forget() -> impl IntoResponse {
    (StatusCode::NO_CONTENT, SetCookie::delete("language"), SetCookie::delete("theme"), ())
}
