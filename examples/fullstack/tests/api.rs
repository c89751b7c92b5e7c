//! The app without a network.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use fullstack::{Events, Store, api, app};
use route_handlers::testing::{Client, FormData, TestResponse};
use serde_json::{Value, json};

/// The app with a new database, and a client without a session.
async fn started() -> (Client, Events) {
    let (store, events) = (Store::in_memory().await.unwrap(), Events::new());
    let front_end = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("web/dist");
    (Client::new(app(api(store, events.clone()), front_end)), events)
}

/// Signs in, and returns a client with the session and its cookie.
async fn sign_in(client: &Client, name: &str) -> (Client, String) {
    let response = client.post("/api/session").json(&json!({ "name": name })).await;
    let cookie = response.assert_status(201).header("set-cookie").unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert!(pair.starts_with("__Host-session="), "{cookie}");
    assert_eq!(attributes, "Path=/; Max-Age=86400; Secure; HttpOnly; SameSite=strict");
    (client.clone().with_header("cookie", pair), pair.to_owned())
}

/// A new app, and a client with a session.
async fn signed_in() -> Client {
    sign_in(&started().await.0, "Zoë").await.0
}

async fn upload(client: &Client, path: &str, content: &[u8]) -> TestResponse {
    let form = FormData::new().file("avatar", "a", "application/octet-stream", content);
    client.put(path).multipart(&form).await
}

#[tokio::test]
async fn user_is_added_shown_changed_and_removed() {
    let client = signed_in().await;
    let new = json!({ "name": "Katherine Johnson", "email": "katherine@example.com" });
    let added = client.post("/api/users").json(&new).await;
    assert_eq!(added.assert_status(201).header("location"), Some("/api/users/4"));
    let user: Value = added.json();
    assert_eq!(user["role"], "member");
    assert_eq!(client.get("/api/users/4").await.json::<Value>(), user);

    let admin = json!({ "name": "Katherine", "email": "katherine@example.com", "role": "admin" });
    let changed = client.put("/api/users/4").json(&admin).await;
    assert_eq!(changed.assert_status(200).json::<Value>()["role"], "admin");
    let found: Value = client.get("/api/users?search=KATH&limit=1").await.json();
    assert_eq!((&found["total"], &found["users"][0]["name"]), (&json!(1), &json!("Katherine")));

    client.delete("/api/users/4").await.assert_status(204);
    client.delete("/api/users/4").await.assert_status(404);
    assert_eq!(client.get("/api/users").await.json::<Value>()["total"], 3);
}

#[tokio::test]
async fn invalid_fields_have_an_error_each() {
    let client = signed_in().await;
    let refused = client.post("/api/users").json(&json!({ "name": " ", "email": "nobody" })).await;
    assert_eq!(refused.assert_status(422).header("content-type"), Some("application/problem+json"));
    let errors = &refused.json::<Value>()["errors"];
    assert_eq!((&errors[0]["pointer"], &errors[1]["pointer"]), (&json!("/name"), &json!("/email")));
    let taken = client.put("/api/users/1").json(&json!({ "name": "A", "email": "grace@example.com" })).await;
    assert_eq!(taken.assert_status(409).json::<Value>()["errors"][0]["pointer"], "/email");
}

#[tokio::test]
async fn change_without_a_session_is_401() {
    let (client, _) = started().await;
    client.post("/api/users").json(&json!({ "name": "A", "email": "a@example.com" })).await.assert_status(401);
    client.get("/api/session").await.assert_status(401);
    for forged in ["__Host-session=Zoe", "__Host-session=", "__Host-session=%00"] {
        client.get("/api/session").header("cookie", forged).await.assert_status(401);
    }
    assert_eq!(signed_in().await.get("/api/session").await.json::<Value>(), json!({ "name": "Zoë" }));
}

#[tokio::test]
async fn sign_out_ends_the_session_of_a_copied_cookie() {
    let client = signed_in().await;
    let signed_out = client.delete("/api/session").await;
    let deletion = signed_out.assert_status(204).header("set-cookie").unwrap();
    assert!(deletion.starts_with("__Host-session=; Path=/; ") && deletion.contains("Max-Age=0; Secure"), "{deletion}");
    client.get("/api/session").await.assert_status(401); // with the old cookie
}

#[tokio::test]
async fn sign_in_begins_a_session_with_a_new_id_and_ends_the_old_one() {
    let (client, cookie) = sign_in(&started().await.0, "Zoë").await;
    let (again, new_cookie) = sign_in(&client, "Ada").await;
    assert_ne!(cookie, new_cookie);
    client.get("/api/session").await.assert_status(401); // with the old cookie
    assert_eq!(again.get("/api/session").await.json::<Value>(), json!({ "name": "Ada" }));

    // Another host of the domain can set `session`, but no cookie with the prefix.
    let without_prefix = new_cookie.replace("__Host-", "");
    client.get("/api/session").header("cookie", without_prefix).await.assert_status(401);
}

#[tokio::test]
async fn session_ends_at_its_time() {
    let store = Store::in_memory().await.unwrap();
    let (begun, end) = (SystemTime::now(), SystemTime::now() + Duration::from_secs(60));
    store.begin_session("id", "Ada", begun, end).await.unwrap();
    assert_eq!(store.session("id", end - Duration::from_secs(1)).await.unwrap().as_deref(), Some("Ada"));
    assert_eq!(store.session("id", end).await.unwrap(), None);
}

#[tokio::test]
async fn search_finds_a_letter_beyond_ascii() {
    let client = signed_in().await;
    client.post("/api/users").json(&json!({ "name": "Åsa ÖST", "email": "asa@example.com" })).await.assert_status(201);
    for search in ["Åsa", "ÅSA", "Öst"] {
        let found: Value = client.get("/api/users").query(&[("search", search)]).await.json();
        assert_eq!(found["total"], 1, "{search}");
    }
}

#[tokio::test]
async fn media_type_of_a_picture_comes_from_its_bytes() {
    let client = signed_in().await;
    client.get("/api/users/1/avatar").await.assert_status(204);
    upload(&client, "/api/users/1/avatar", b"<svg>").await.assert_status(422);
    upload(&client, "/api/users/9/avatar", b"\x89PNG...").await.assert_status(404);
    upload(&client, "/api/users/1/avatar", &vec![0; 2 << 20]).await.assert_status(413);
    let user: Value = upload(&client, "/api/users/1/avatar", b"\x89PNG...").await.json();
    let avatar = client.get(user["avatar"].as_str().unwrap()).await;
    assert_eq!(avatar.header("content-type"), Some("image/png"));
    assert_eq!(avatar.bytes(), &b"\x89PNG..."[..]);
}

#[tokio::test]
async fn listener_receives_changes_until_the_server_ends() {
    let (client, events) = started().await;
    let (client, _) = sign_in(&client, "Zoë").await;
    let mut listening = client.get("/api/users/events").stream().await;
    client.put("/api/users/1").json(&json!({ "name": "Ada", "email": "ada@example.com" })).await.assert_status(200);
    let change: Value = listening.next_event().await.unwrap().json();
    assert_eq!((&change["type"], &change["name"]), (&json!("changed"), &json!("Ada")));
    events.close();
    assert_eq!(listening.next_event().await, None);
}

#[tokio::test]
async fn front_end_and_api_share_one_origin() {
    let (client, _) = started().await;
    let page = client.get("/").await;
    assert_eq!(page.assert_status(200).header("content-type"), Some("text/html"));
    for name in ["content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"] {
        assert!(page.headers().contains_key(name), "{name}");
    }
    let missing = client.get("/api/user").await;
    assert_eq!(missing.assert_status(404).header("content-type"), Some("application/problem+json"));
    let compressed = client.get("/api/openapi.json").header("accept-encoding", "gzip").await;
    assert_eq!(compressed.header("content-encoding"), Some("gzip"));
}
