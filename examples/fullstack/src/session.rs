//! Who is signed in: a signed cookie that holds the name.

use std::time::Duration;

use http::StatusCode;
use route_handlers::openapi::{DocumentArgument, OperationBuilder, SecurityScheme};
use route_handlers::{
    Cookies, Created, Error, FromRequest, Json, Key, NoContent, Reads, Request, RouteHandlers, SameSite, SetCookie,
    State, documented, get,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const COOKIE: &str = "session";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Whoever is signed in.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Session {
    #[schemars(length(min = 1, max = 80))]
    pub name: String,
}

/// As an argument it is 401 for everybody else.
impl FromRequest for Session {
    const READS: Reads = Reads::Request;

    async fn from_request(request: &mut Request) -> Result<Self, Error> {
        let State(key) = State::<Key>::from_request(request).await?;
        let name = request.cookies().get_signed(COOKIE, &key);
        let missing = || Error::new(StatusCode::UNAUTHORIZED).with_detail("sign in first: POST /api/session");
        name.map(|name| Self { name }).ok_or_else(missing)
    }
}

impl DocumentArgument for Session {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.security(&SecurityScheme::cookie("session", COOKIE));
        operation.problem(StatusCode::UNAUTHORIZED);
    }
}

pub fn register(api: RouteHandlers) -> RouteHandlers {
    let show = documented(show).summary("Who is signed in").tag("session").operation_id("showSession");
    let sign_in = documented(sign_in).summary("Signs in").tag("session").operation_id("signIn");
    let sign_out = documented(sign_out).summary("Signs out").tag("session").operation_id("signOut");
    api.route("/session", get(show).post(sign_in).delete(sign_out))
}

async fn show(session: Session) -> Json<Session> {
    Json(session)
}

async fn sign_in(State(key): State<Key>, Json(session): Json<Session>) -> Result<(SetCookie, Created<Session>), Error> {
    if session.name.is_empty() || session.name.chars().count() > 80 {
        return Err(Error::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail("a name has 1 to 80 characters"));
    }
    let cookie = cookie(session.name.clone()).max_age(DAY).signed(&key);
    Ok((cookie, Created(session)))
}

async fn sign_out(_: Session, _: Cookies) -> (SetCookie, NoContent) {
    (cookie(String::new()).max_age(Duration::ZERO), NoContent)
}

/// Sent by this origin's pages alone: no page elsewhere can change anything in somebody's name.
fn cookie(value: String) -> SetCookie {
    SetCookie::new(COOKIE, value).path("/api").http_only(true).same_site(SameSite::Strict)
}
