//! `/api/ck`: the cookies of a request and of a response.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use indexmap::IndexMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use route_handlers::cookie::SameSite;
use route_handlers::{Cookies, IntoResponse, Json, Query, Redirect, Response, Result, RouteHandlers, SetCookie, get};
use serde::Serialize;

use super::web::{self, Case, no_such_case, text, thrown};

/// The characters that `encodeURIComponent` encodes.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

#[derive(Clone, Serialize)]
struct Cookie {
    name: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'static str>,
}

impl Cookie {
    fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: value.to_owned(), path: None }
    }

    /// `cookies()` also returns a path, which is always the default one.
    fn with_path(self) -> Self {
        Self { path: Some("/"), ..self }
    }

    fn of(cookies: &Cookies, name: &str) -> Option<Self> {
        cookies.get(name).map(|value| Self::new(name, value))
    }
}

/// `getAll()`: Next keeps one cookie for each name, at the position of the first and with the value of the last.
fn all(cookies: &Cookies) -> Vec<Cookie> {
    let unique: IndexMap<&str, &str> = cookies.iter().collect();
    unique.into_iter().map(|(name, value)| Cookie::new(name, value)).collect()
}

/// `toString()`
fn line(cookies: &[Cookie]) -> String {
    let pair = |cookie: &Cookie| format!("{}={}", cookie.name, utf8_percent_encode(&cookie.value, COMPONENT));
    cookies.iter().map(pair).collect::<Vec<_>>().join("; ")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Got {
    all: Vec<Cookie>,
    size: usize,
    a: Option<Cookie>,
    a_all: Vec<Cookie>,
    has_a: bool,
    has_z: bool,
    z: Option<Cookie>,
    str: String,
}

/// `request.cookies`
async fn read(cookies: Cookies) -> Json<Got> {
    let all = all(&cookies);
    Json(Got {
        size: all.len(),
        a: Cookie::of(&cookies, "a"),
        a_all: all.iter().filter(|cookie| cookie.name == "a").cloned().collect(),
        has_a: cookies.contains("a"),
        has_z: cookies.contains("zzz"),
        z: Cookie::of(&cookies, "zzz"),
        str: line(&all),
        all,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GotByStore {
    all: Vec<Cookie>,
    a: Option<Cookie>,
    has_a: bool,
}

/// `await cookies()`
async fn read_by_store(cookies: Cookies) -> Json<GotByStore> {
    Json(GotByStore {
        all: all(&cookies).into_iter().map(Cookie::with_path).collect(),
        a: Cookie::of(&cookies, "a").map(Cookie::with_path),
        has_a: cookies.contains("a"),
    })
}

#[derive(Serialize)]
struct Mutated {
    all: Vec<Cookie>,
    header: String,
}

/// `request.cookies.set`: sends nothing, as the handler does not return the cookies.
async fn mutate(mut cookies: Cookies) -> Json<Mutated> {
    cookies.set(("added", "1"));
    cookies.delete("a");
    let all = all(&cookies);
    Json(Mutated { header: line(&all), all })
}

/// `new Date(Date.UTC(2030, 0, 2, 3, 4, 5))`
fn in_2030() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_893_553_445)
}

/// `{ maxAge }`: Next also sends `Expires`, for browsers that do not know `Max-Age`.
fn with_max_age(cookie: SetCookie, seconds: i64) -> SetCookie {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let now = SystemTime::now();
    match seconds {
        0 => cookie.max_age(distance),
        1.. => cookie.expires(now + distance).max_age(distance),
        _ => cookie.expires(now - distance).attribute("Max-Age", seconds.to_string()),
    }
}

/// `delete` as in Next: an empty cookie with `Expires`, which the handler can read back. `SetCookie::delete` also sends
/// `Max-Age=0`, as some clients ignore `Expires`.
fn deleted() -> SetCookie {
    SetCookie::new("n", "").expires(SystemTime::UNIX_EPOCH)
}

#[derive(Serialize)]
struct Set {
    r: Option<Cookie>,
    n: Option<Cookie>,
}

/// `(await cookies()).set`: reads the cookie back, and sends it with the response.
async fn set(mut cookies: Cookies, Query(Case { case }): Query<Case>) -> Result<impl IntoResponse> {
    let n = SetCookie::new("n", "v");
    let mut r = None;
    match case.as_str() {
        "plain" => cookies.set(n),
        "object" => cookies.set(n.path("/x")),
        "opts" => cookies.set(n.path("/p").http_only(true).secure(true).same_site(SameSite::Lax)),
        "strict" | "sameSiteTrue" => cookies.set(n.same_site(SameSite::Strict)), // `sameSite: true` is the same as `strict`
        "none" => cookies.set(n.same_site(SameSite::None).secure(true)),
        "maxAge" => cookies.set(with_max_age(n, 3600)),
        "maxAge0" => cookies.set(with_max_age(n, 0)),
        "maxAgeNeg" => cookies.set(with_max_age(n, -1)),
        "expires" | "expiresNum" => cookies.set(n.expires(in_2030())),
        "expiresAndMaxAge" => cookies.set(with_max_age(n.expires(in_2030()), 60)),
        "domain" => cookies.set(n.domain("example.com")),
        "partitioned" => cookies.set(n.partitioned(true).secure(true)),
        "priority" => cookies.set(n.attribute("Priority", "high")),
        "all" => {
            let n = n.path("/p").domain("example.com").http_only(true).secure(true).same_site(SameSite::Strict);
            cookies.set(n.expires(in_2030()).partitioned(true).attribute("Priority", "low"));
        }
        "emptyPath" => cookies.set(n.path("")),
        "encode" => cookies.set(("n", "a b;c,d\"e=f%é+\\")),
        "encodeName" => cookies.set(("na me", "v")),
        "empty" => cookies.set(("n", "")),
        "two" => [("a", "1"), ("b", "2")].into_iter().for_each(|cookie| cookies.set(cookie)),
        "same" => [("a", "1"), ("a", "2")].into_iter().for_each(|cookie| cookies.set(cookie)),
        "del" => cookies.set(deleted()),
        "delObj" => cookies.set(deleted().path("/p").domain("example.com")),
        "setThenDel" => {
            cookies.set(n);
            cookies.set(deleted());
        }
        "crlf" => cookies.set(("n", "a\r\nSet-Cookie: evil=1")),
        "pathCrlf" => cookies.set(n.path("/\r\nX-Evil: 1")),
        "readBack" => {
            cookies.set(("n", "v1"));
            r = Cookie::of(&cookies, "n").map(Cookie::with_path);
        }
        _ => return Err(no_such_case()),
    }
    let n = Cookie::of(&cookies, "n");
    Ok((cookies, Json(Set { r, n })))
}

#[derive(Serialize)]
struct Named {
    case: String,
}

/// `response.cookies.set`: a cookie is a part of the response.
async fn respond(Query(Case { case }): Query<Case>) -> Result<Response> {
    let n = SetCookie::new("n", "v");
    let json = Json(Named { case: case.clone() });
    Ok(match case.as_str() {
        "plain" => (n, json).into_response(),
        "opts" => (n.path("/p").http_only(true).secure(true).same_site(SameSite::Lax), json).into_response(),
        "object" => (n.http_only(true), json).into_response(),
        "two" => (SetCookie::new("a", "1"), SetCookie::new("b", "2").path("/b"), json).into_response(),
        "del" => (deleted(), json).into_response(),
        "delObj" => (deleted().path("/p"), json).into_response(),
        "maxAge" => (with_max_age(n, 60), json).into_response(),
        "expires" => (n.expires(in_2030()), json).into_response(),
        "expires0" => (n.expires(SystemTime::UNIX_EPOCH), json).into_response(),
        "encode" => (SetCookie::new("n", "a b;c,d\"e=f%é"), json).into_response(),
        "headerAppend" => {
            let raw = ("set-cookie", "raw2=2; Expires=Wed, 02 Jan 2030 03:04:05 GMT");
            (web::headers([("set-cookie", "raw1=1; Path=/"), raw])?, json).into_response()
        }
        "headerThenCookies" => (web::headers([("set-cookie", "raw1=1; Path=/")])?, n, json).into_response(),
        _ => return Err(no_such_case()),
    })
}

#[derive(Serialize)]
struct Fine {
    ok: bool,
}

/// `cookies()` and cookies of the response, which come first and replace those with the same name.
async fn merge(mut cookies: Cookies) -> impl IntoResponse {
    cookies.set(("fromStore", "1"));
    cookies.set(("both", "store"));
    let own = (SetCookie::new("fromRes", "1"), SetCookie::new("both", "res"), Json(Fine { ok: true }));
    (cookies, own.into_response())
}

/// `cookies()` and `Set-Cookie` lines of the response, which stay unchanged.
async fn merge_raw(mut cookies: Cookies) -> Result<impl IntoResponse> {
    cookies.set(("fromStore", "1"));
    let own = web::headers([("set-cookie", "raw=1"), ("set-cookie", "raw2=2; HttpOnly")])?;
    Ok((cookies, (own, text("x")).into_response()))
}

async fn redirect(mut cookies: Cookies) -> impl IntoResponse {
    cookies.set(("n", "v"));
    (cookies, Redirect::to("/api/users"))
}

/// An error response does not have the cookie.
async fn throw(mut cookies: Cookies) -> Result<Response> {
    cookies.set(("n", "v"));
    Err(thrown("Error: boom"))
}

/// `notFound()`: a normal response here, with the cookies.
async fn not_found(mut cookies: Cookies) -> impl IntoResponse {
    cookies.set(("n", "v"));
    (StatusCode::NOT_FOUND, cookies, ())
}

pub fn routes() -> RouteHandlers {
    RouteHandlers::new()
        .get("/api/ck/get", read)
        .get("/api/ck/next", read_by_store)
        .get("/api/ck/mutate-request", mutate)
        .get("/api/ck/set", set)
        .route("/api/ck/res", get(respond).post(merge).put(merge_raw))
        .get("/api/ck/redirect", redirect)
        .route("/api/ck/throw", get(throw).post(not_found))
}
