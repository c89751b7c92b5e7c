//! API keys in the header `x-api-key`: the caller is an argument that guards a handler.
//!
//! ```text
//! curl -i localhost:3000/api-key/usage -H 'x-api-key: k-ada'    # 200 the usage of ada
//! curl -i localhost:3000/api-key/usage                          # 401
//! ```

use http::header::{HeaderValue, WWW_AUTHENTICATE};
use route_handlers::extract::{RouteCheck, constant_time_eq};
use route_handlers::response::unauthorized;
use route_handlers::{FromHead, Head, Result, RouteHandlers, State};

/// The keys, each with the name of its owner.
struct Keys(Vec<(String, String)>);

/// The owner of the key.
struct Caller(String);

impl FromHead for Caller {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        let State(keys) = State::<Keys>::from_head(head)?;
        let sent = head.header("x-api-key").unwrap_or_default();
        let found = keys.0.iter().find(|(key, _)| constant_time_eq(key, sent));
        let (_, owner) = found.ok_or_else(|| {
            unauthorized().with_header(WWW_AUTHENTICATE, HeaderValue::from_static(r#"ApiKey header="x-api-key""#))
        })?;
        Ok(Self(owner.clone()))
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.needs_state::<Keys>();
    }
}

/// The routes, with these keys and their owners.
///
/// # Panics
///
/// If a key is empty: every request would have it.
pub fn api(keys: impl IntoIterator<Item = (&'static str, &'static str)>) -> RouteHandlers {
    let keys: Vec<_> = keys.into_iter().map(|(key, owner)| (key.to_owned(), owner.to_owned())).collect();
    assert!(keys.iter().all(|(key, _)| !key.is_empty()), "an API key is empty: set it in the environment");
    RouteHandlers::new()
        .with_state(Keys(keys))
        .get("/usage", async |Caller(owner): Caller| format!("the usage of {owner}"))
}
