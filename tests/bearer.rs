//! The argument `Bearer` (RFC 6750), and the comparison of secrets.
#![cfg(feature = "testing")]

mod support;

use http::header::AUTHORIZATION;
use http::{HeaderValue, StatusCode};
use route_handlers::extract::{Bearer, constant_time_eq};
use route_handlers::testing::{Client, RequestBuilder, TestResponse};
use route_handlers::{Error, ErrorContext, FromHead, IntoResponse, Result, RouteHandlers};

use support::get;

const MISSING: (u16, &str) = (401, r#"Bearer realm="api""#);
const MALFORMED: (u16, &str) = (400, r#"Bearer error="invalid_request""#);
const INVALID: (u16, &str) = (401, r#"Bearer error="invalid_token""#);

async fn secret(bearer: Bearer) -> Result<String> {
    if bearer.token() == "wrong" { Err(Bearer::invalid_token()) } else { Ok(bearer.token().to_owned()) }
}

fn client() -> Client {
    let api = RouteHandlers::new().get("/", secret).get("/optional", async |bearer: Option<Bearer>| {
        bearer.map_or("none".to_owned(), |bearer| bearer.token().into())
    });
    Client::new(api)
}

async fn send(authorization: impl AsRef<[u8]>) -> TestResponse {
    let value = HeaderValue::from_bytes(authorization.as_ref()).expect("valid in a header");
    client().get("/").header("authorization", value).await
}

#[track_caller]
fn assert_refused(response: &TestResponse, (status, challenge): (u16, &str)) {
    response.assert_status(status);
    assert_eq!(response.header("www-authenticate"), Some(challenge));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(response.header("content-type"), Some("application/problem+json"));
}

#[tokio::test]
async fn token_is_read_after_the_scheme_in_any_case() {
    for value in
        ["Bearer mF_9.B5f-4.1JqM", "bearer mF_9.B5f-4.1JqM", "BEARER   mF_9.B5f-4.1JqM", " Bearer mF_9.B5f-4.1JqM\t"]
    {
        assert_eq!(send(value).await.assert_status(200).text(), "mF_9.B5f-4.1JqM", "{value:?}");
    }
    for token in ["a", "AZaz09-._~+/", "a=", "dG9rZW4=="] {
        assert_eq!(send(format!("Bearer {token}")).await.assert_status(200).text(), token);
    }
}

#[tokio::test]
async fn request_without_bearer_credentials_is_401_without_an_error_code() {
    assert_refused(&client().get("/").await, MISSING);
    for value in ["Basic dTpw", "Bearerx a", "", "Token a", "Bearer,a", "Digest username=\"Bearer a\""] {
        assert_refused(&send(value).await, MISSING);
    }
}

#[tokio::test]
async fn malformed_token_is_400() {
    let values = [
        "Bearer",
        "Bearer ",
        "Bearer =",
        "Bearer a b",
        "Bearer a,b",
        "Bearer \"a\"",
        "Bearer\ta",
        "Bearer a=b",
        "Bearer a==b=",
    ];
    for value in values {
        assert_refused(&send(value).await, MALFORMED);
    }
}

#[tokio::test]
async fn token_that_is_not_ascii_is_refused() {
    let response = send(b"Bearer t\xc3\xb6ken").await;
    assert_refused(&response, MALFORMED);
}

#[tokio::test]
async fn two_authorization_headers_are_400() {
    let api = RouteHandlers::new().get("/", secret).get("/optional", async |_: Option<Bearer>| ());
    for (path, second) in
        [("/", "Bearer a"), ("/", "Basic dTpw"), ("/optional", "Bearer a"), ("/optional", "Basic dTpw")]
    {
        let mut request = get(path);
        request.headers_mut().append(AUTHORIZATION, HeaderValue::from_static("Bearer a"));
        request.headers_mut().append(AUTHORIZATION, HeaderValue::from_static(second));
        let (status, headers, _) = support::send(api.clone(), request).await;
        assert_eq!((status.as_u16(), headers["www-authenticate"].to_str().unwrap()), MALFORMED, "{path} {second}");
    }
}

#[tokio::test]
async fn wrong_token_is_401_invalid_token() {
    assert_refused(&send("Bearer wrong").await, INVALID);
}

#[tokio::test]
async fn optional_bearer_is_none_without_bearer_credentials() {
    let client = client();
    assert_eq!(client.get("/optional").await.text(), "none");
    assert_eq!(client.get("/optional").header("authorization", "Basic dTpw").await.text(), "none");
    assert_eq!(client.get("/optional").header("authorization", "Bearer a").await.text(), "a");
    assert_refused(&client.get("/optional").header("authorization", "Bearer a b").await, MALFORMED);
}

#[tokio::test]
async fn challenge_survives_an_error_hook() {
    let plain = |error: Error, _: &ErrorContext<'_>| (error.status(), error.to_string()).into_response();
    let client = Client::new(RouteHandlers::new().get("/", secret).on_error(plain));
    let response = client.get("/").await;
    response.assert_status(401);
    assert_eq!(response.header("www-authenticate"), Some(MISSING.1));
    assert_eq!(response.header("cache-control"), Some("no-store"));
}

#[test]
fn token_is_compared_with_a_secret() {
    let request = RequestBuilder::get("/").header("authorization", "Bearer 7d1e").build();
    let bearer = Bearer::from_head(&request.head()).unwrap();
    assert!(bearer.is("7d1e") && bearer.is(b"7d1e") && bearer.is(String::from("7d1e")));
    for other in ["", "7d1", "7d1e ", "7d1f", "7D1E", "7d1e7d1e"] {
        assert!(!bearer.is(other), "{other:?}");
    }
}

#[test]
fn debug_output_does_not_show_the_token() {
    let request = RequestBuilder::get("/").header("authorization", "Bearer 7d1e").build();
    let bearer = Bearer::from_head(&request.head()).unwrap();
    assert_eq!(format!("{bearer:?}"), "Bearer { .. }");
}

#[test]
fn constant_time_eq_is_equality_of_bytes() {
    let texts: [&[u8]; 7] = [b"", b"\0", b"a", b"b", b"ab", b"\xff", &[b'a'; 1000]];
    for (at, left) in texts.iter().enumerate() {
        for (other, right) in texts.iter().enumerate() {
            assert_eq!(constant_time_eq(left, right), at == other, "{left:?} {right:?}");
        }
    }
}

#[test]
fn invalid_token_can_say_why() {
    let error = Bearer::invalid_token().with_detail("the token expired");
    assert_eq!(error.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(error.problem().detail(), Some("the token expired"));
}
