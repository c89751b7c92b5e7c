//! Sessions: a record in the database, with its random id in a cookie.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use route_handlers::cookie::SameSite;
use route_handlers::extract::RouteCheck;
use route_handlers::openapi::{DocumentArgument, OperationBuilder, SecurityScheme};
use route_handlers::{
    Cookies, Created, Error, FromRequest, Json, NoContent, Request, RouteHandlers, SetCookie, State, documented, get,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::store::Store;

/// Only this host can set a cookie with the prefix `__Host-`. Another host of the domain cannot sign a visitor in as another
/// person.
const COOKIE: &str = "__Host-session";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The person who is signed in.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Session {
    #[schemars(length(min = 1, max = 80))]
    pub name: String,
}

/// A handler with this argument responds with 401 if nobody is signed in.
impl FromRequest for Session {
    async fn from_request(request: &mut Request) -> Result<Self, Error> {
        let State(store) = State::<Store>::from_request(request).await?;
        let cookies = request.cookies();
        let name = match id_of(&cookies) {
            Some(id) => store.session(id, SystemTime::now()).await?,
            None => None,
        };
        let missing = || Error::new(StatusCode::UNAUTHORIZED).with_detail("sign in first: POST /api/session");
        name.map(|name| Self { name }).ok_or_else(missing)
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.needs_state::<Store>();
    }
}

impl DocumentArgument for Session {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.security(&SecurityScheme::cookie("session", COOKIE));
        operation.problem(StatusCode::UNAUTHORIZED);
    }
}

pub fn register(api: RouteHandlers) -> RouteHandlers {
    let show = documented(show).summary("Shows who is signed in").tag("session").operation_id("showSession");
    let sign_in = documented(sign_in).summary("Signs in").tag("session").operation_id("signIn");
    let sign_out = documented(sign_out).summary("Signs out").tag("session").operation_id("signOut");
    api.route("/session", get(show).post(sign_in).delete(sign_out))
}

async fn show(session: Session) -> Json<Session> {
    Json(session)
}

/// Begins a session with a new id, and ends the previous session of the client.
async fn sign_in(
    State(store): State<Store>,
    cookies: Cookies,
    Json(session): Json<Session>,
) -> Result<(SetCookie, Created<Session>), Error> {
    if session.name.is_empty() || session.name.chars().count() > 80 {
        return Err(Error::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail("a name has 1 to 80 characters"));
    }
    if let Some(id) = id_of(&cookies) {
        store.end_session(id).await?;
    }
    let id = new_id()?;
    let now = SystemTime::now();
    store.begin_session(&id, &session.name, now, now + DAY).await?;
    Ok((restricted(SetCookie::new(COOKIE, id).max_age(DAY)), Created(session)))
}

/// Ends the session in the database too, so that a copy of the cookie is invalid.
async fn sign_out(_: Session, State(store): State<Store>, cookies: Cookies) -> Result<(SetCookie, NoContent), Error> {
    if let Some(id) = id_of(&cookies) {
        store.end_session(id).await?;
    }
    Ok((restricted(SetCookie::delete(COOKIE)), NoContent))
}

/// Returns the id from the cookie if it has the form of an id, as a database may refuse other text.
fn id_of(cookies: &Cookies) -> Option<&str> {
    cookies.get(COOKIE).filter(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Makes an id of 256 random bits.
fn new_id() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Restricts a cookie: browsers send it only over TLS (or to localhost) and from pages of this site, and hide it from scripts.
fn restricted(cookie: SetCookie) -> SetCookie {
    cookie.secure(true).http_only(true).same_site(SameSite::Strict)
}
