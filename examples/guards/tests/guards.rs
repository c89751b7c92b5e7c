//! Each guard lets the right requests pass, and no others.

use guards::roles::{Role, User};
use guards::{api_key, bearer, github_webhook, roles, session, stripe_webhook};
use route_handlers::cookie::Key;
use route_handlers::testing::Client;

#[tokio::test]
async fn group_requires_the_bearer_token() {
    let client = Client::new(bearer::api("7d1e"));
    client.get("/status").await.assert_status(200);
    let reload = |authorization: &str| client.post("/admin/reload").header("authorization", authorization);
    assert_eq!(reload("Bearer 7d1e").await.text(), "reloaded");

    let wrong = reload("Bearer 7d1f").await;
    assert_eq!(wrong.assert_status(401).header("www-authenticate"), Some(r#"Bearer error="invalid_token""#));
    client.post("/admin/reload").await.assert_status(401);
    reload("Bearer 7d1e, 7d1f").await.assert_status(400);
}

#[tokio::test]
async fn session_begins_with_the_right_password() {
    let client = Client::new(session::api(Key::generate())).keep_cookies();
    let log_in = |password: &str| client.post("/log-in").form(&[("name", "ada"), ("password", password)]);
    log_in("wrong horse").await.assert_status(401);
    client.get("/me").await.assert_status(401);

    let cookie = log_in("correct horse").await.cookie("session").expect("a session");
    assert!(cookie.http_only() == Some(true) && cookie.secure() == Some(true));
    assert_eq!(client.get("/me").await.text(), "ada");
}

#[tokio::test]
async fn session_with_another_key_or_another_name_is_refused() {
    let [client, other] = [Key::generate(), Key::generate()].map(|key| Client::new(session::api(key)));
    let log_in = other.post("/log-in").form(&[("name", "ada"), ("password", "correct horse")]).await;
    let value = log_in.cookie("session").expect("a session").value().to_owned();
    other.get("/me").cookie("session", &value).await.assert_status(200);
    client.get("/me").cookie("session", &value).await.assert_status(401);
    other.get("/me").cookie("session", &value.replace("ada", "bob")).await.assert_status(401);
}

#[tokio::test]
async fn group_requires_its_role() {
    let ada = User { token: "a11y", name: "ada", role: Role::Admin };
    let bo = User { token: "b0b5", name: "bo", role: Role::Editor };
    let client = Client::new(roles::api(vec![ada, bo]));
    let drafts = |token: &str| client.get("/posts/drafts").header("authorization", format!("Bearer {token}"));
    let delete = |token: &str| client.delete("/users/7").header("authorization", format!("Bearer {token}"));

    assert_eq!(drafts("b0b5").await.text(), "the drafts of bo");
    assert_eq!(drafts("a11y").await.text(), "the drafts of ada");
    delete("a11y").await.assert_status(204);
    delete("b0b5").await.assert_status(403);
    delete("b0b6").await.assert_status(401);
    client.delete("/users/7").await.assert_status(401);
}

#[tokio::test]
async fn route_requires_one_of_the_api_keys() {
    let client = Client::new(api_key::api([("k-ada", "ada"), ("k-bo", "bo")]));
    let usage = |key: &str| client.get("/usage").header("x-api-key", key);
    assert_eq!(usage("k-bo").await.text(), "the usage of bo");
    for key in ["", "k-", "k-ada ", "k-eve"] {
        let refused = usage(key).await;
        assert_eq!(
            refused.assert_status(401).header("www-authenticate"),
            Some(r#"ApiKey header="x-api-key""#),
            "{key}"
        );
    }
    client.get("/usage").await.assert_status(401);
}

/// The vector of "Validating webhook deliveries" in the documentation of GitHub.
#[test]
fn signature_of_github_is_accepted() {
    let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let is_signed = |secret, signature: &str, body: &str| github_webhook::is_signed(secret, signature, body.as_bytes());
    assert!(is_signed("It's a Secret to Everybody", signature, "Hello, World!"));
    assert!(!is_signed("It's a Secret to Everybody", signature, "Hello, World?"));
    assert!(!is_signed("It's no Secret to Everybody", signature, "Hello, World!"));
    for signature in ["", "sha256=", &signature[7..], &signature[..69], &format!("{signature}00"), "sha256=nothex"] {
        assert!(!is_signed("It's a Secret to Everybody", signature, "Hello, World!"), "{signature}");
    }
}

#[tokio::test]
async fn webhook_of_github_is_verified_before_it_is_parsed() {
    let client = Client::new(github_webhook::api("It's a Secret to Everybody"));
    let send = |body: &'static str, signature: &str| {
        client.post("/events").header("x-hub-signature-256", signature).body(body)
    };
    // openssl dgst -sha256 -hmac "It's a Secret to Everybody"
    let opened = "sha256=5ccdd8275f57d608741ad8390e42e8696ebfcd85607d9c2ef890769dda8f7568";
    assert_eq!(send(r#"{"action":"opened"}"#, opened).await.assert_status(200).text(), "opened");
    send(r#"{"action":"closed"}"#, opened).await.assert_status(403);
    let hello = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    send("Hello, World!", hello).await.assert_status(400); // signed, but not JSON
    send("{}", "sha256=50b0123e6e44430d2c43ecca0ee520d961ffd326425c07859f70a57161c3ebcd").await.assert_status(422);
    client.post("/events").body("{").await.assert_status(403);
}

/// The documentation of Stripe publishes the scheme and no vector: these signatures are from `openssl dgst -sha256 -hmac`.
#[test]
fn signature_of_stripe_is_accepted_for_five_minutes() {
    const TIME: u64 = 1_492_774_577;
    let body = r#"{"type":"charge.succeeded"}"#;
    let v1 = "abdd4852cf3f81ce88d67d0a49f05651ca99ac7774c41e754b852810c595ef76";
    let header = format!("t={TIME},v1={v1},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39");
    let is_signed = |header: &str, now| stripe_webhook::is_signed("whsec_test", header, body.as_bytes(), now);
    for now in [TIME, TIME + 300, TIME - 300] {
        assert!(is_signed(&header, now));
    }
    assert!(!is_signed(&header, TIME + 301) && !is_signed(&header, TIME - 301));
    assert!(is_signed(&format!("t={TIME},v1={},v1={v1}", "0".repeat(64)), TIME), "Stripe rolls a secret");
    let refused = [
        String::new(),
        format!("v1={v1}"),
        format!("t={TIME}"),
        format!("t={},v1={v1}", TIME + 1),
        format!("t={TIME},v0={v1}"),
        format!("t={TIME},v1={}", &v1[2..]),
        format!("t={TIME},v1="),
        format!("t=now,v1={v1}"),
    ];
    for header in refused {
        assert!(!is_signed(&header, TIME), "{header}");
    }
    assert!(!stripe_webhook::is_signed("whsec_other", &header, body.as_bytes(), TIME));
    assert!(!stripe_webhook::is_signed("whsec_test", &header, b"{}", TIME));
}

#[tokio::test]
async fn old_webhook_of_stripe_is_400() {
    let client = Client::new(stripe_webhook::api("whsec_test"));
    let v1 = "abdd4852cf3f81ce88d67d0a49f05651ca99ac7774c41e754b852810c595ef76";
    let header = format!("t=1492774577,v1={v1}");
    let request = client.post("/events").header("stripe-signature", header).body(r#"{"type":"charge.succeeded"}"#);
    request.await.assert_status(400);
    client.post("/events").await.assert_status(400);
}
