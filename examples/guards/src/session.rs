//! A session in a signed cookie: its user is an argument that guards a handler.
//!
//! ```text
//! curl -i localhost:3000/session/me                                                              # 401
//! curl -i localhost:3000/session/log-in -c jar -d name=ada -d 'password=correct horse'           # 200 welcome
//! curl -i localhost:3000/session/me -b jar                                                       # 200 ada
//! ```

use std::time::{Duration, SystemTime};

use route_handlers::cookie::{Key, SameSite};
use route_handlers::extract::{RouteCheck, constant_time_eq};
use route_handlers::response::unauthorized;
use route_handlers::{Form, FromHead, Head, IntoResponse, Result, RouteHandlers, SetCookie, State};
use serde::Deserialize;

const LIFETIME: Duration = Duration::from_secs(8 * 60 * 60);

/// The user of the session.
struct User(String);

impl FromHead for User {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        let State(key) = State::<Key>::from_head(head)?;
        let session = head.cookies().get_signed("session", &key).ok_or_else(unauthorized)?;
        // A client can keep the cookie after its `Max-Age`, so the signed value has the time.
        let (end, name) = session.split_once(' ').ok_or_else(unauthorized)?;
        if end.parse::<u64>()? > now() { Ok(Self(name.to_owned())) } else { Err(unauthorized()) }
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.needs_state::<Key>();
    }
}

#[derive(Deserialize)]
struct Credentials {
    name: String,
    password: String,
}

async fn log_in(State(key): State<Key>, Form(sent): Form<Credentials>) -> Result<impl IntoResponse> {
    // A real program verifies the password with its hash in a database: see the crate `argon2`.
    if !constant_time_eq(&sent.password, "correct horse") {
        return Err(unauthorized());
    }
    let session = SetCookie::new("session", format!("{} {}", now() + LIFETIME.as_secs(), sent.name));
    let session = session.max_age(LIFETIME).http_only(true).secure(true).same_site(SameSite::Lax);
    Ok((session.signed(&key), "welcome"))
}

fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs()
}

/// The routes. Sessions outlive a restart if the key is the same.
pub fn api(key: Key) -> RouteHandlers {
    RouteHandlers::new().with_state(key).post("/log-in", log_in).get("/me", async |User(name): User| name)
}
