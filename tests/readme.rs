//! The test in the README. `readme_has_this_test` compares the texts.
#![cfg(feature = "testing")]

use http::StatusCode;
use route_handlers::testing::Client;
use route_handlers::{Error, FromHead, Head, Result, RouteHandlers, State};

struct Greeting(&'static str);

struct Token(String);

impl FromHead for Token {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        let value = head.header("authorization");
        value.map(|value| Self(value.to_owned())).ok_or(Error::new(StatusCode::UNAUTHORIZED))
    }
}

fn api() -> RouteHandlers {
    RouteHandlers::new()
        .with_state(Greeting("hello")) // before the routes that take it
        .get("/greeting", async |State(greeting): State<Greeting>, Token(token): Token| {
            format!("{} {token}", greeting.0)
        })
}

#[tokio::test]
async fn request_without_token_is_401() {
    let client = Client::new(api()); // feature `testing`, in the dev-dependencies

    client.get("/greeting").await.assert_status(401);
    assert_eq!(client.get("/greeting").header("authorization", "me").await.text(), "hello me");
}

// The README ends here.

#[test]
fn readme_has_this_test() {
    let own = include_str!("readme.rs");
    let code = &own[own.find("use http").unwrap()..own.find("\n// The README ends here.").unwrap()];
    assert!(include_str!("../README.md").contains(&format!("```rust\n{code}```")), "{code}");
}
