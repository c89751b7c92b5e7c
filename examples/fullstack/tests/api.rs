//! The app without a network.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use fullstack::{Events, Store, api, app};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use route_handlers::{Body, IntoResponse, Response};
use serde_json::{Value, json};
use tower::ServiceExt;

/// The app with a new database.
struct App {
    store: Store,
    events: Events,
    session: Option<String>,
}

struct Received {
    status: StatusCode,
    headers: http::HeaderMap,
    body: Vec<u8>,
}

impl Received {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Returns the name and value of the session cookie, and checks its attributes.
    fn session(&self) -> String {
        let cookie = self.headers["set-cookie"].to_str().unwrap();
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        assert!(pair.starts_with("__Host-session="), "{cookie}");
        assert_eq!(attributes, "Path=/; Max-Age=86400; Secure; HttpOnly; SameSite=strict");
        pair.to_owned()
    }
}

impl App {
    async fn new() -> Self {
        let store = Store::in_memory().await.unwrap();
        Self { store, events: Events::new(), session: None }
    }

    async fn signed_in() -> Self {
        let mut app = Self::new().await;
        let response = app.send_json(Method::POST, "/api/session", json!({ "name": "Zoë" })).await;
        assert_eq!(response.status, 201);
        app.session = Some(response.session());
        app
    }

    async fn send(&self, mut request: Request<Body>) -> Response {
        if let Some(session) = &self.session {
            request.headers_mut().insert("cookie", session.parse().unwrap());
        }
        let api = api(self.store.clone(), self.events.clone());
        app(api, PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("web/dist")).oneshot(request).await.into_response()
    }

    async fn receive(&self, request: Request<Body>) -> Received {
        let (head, body) = self.send(request).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Received { status: head.status, headers: head.headers, body }
    }

    async fn send_json(&self, method: Method, path: &str, json: Value) -> Received {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        self.receive(request.body(Body::from(json.to_string())).unwrap()).await
    }

    async fn get(&self, path: &str) -> Received {
        self.receive(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn upload(&self, path: &str, content: &[u8]) -> Received {
        let mut form = b"--b\r\ncontent-disposition: form-data; name=\"avatar\"; filename=\"a\"\r\n\r\n".to_vec();
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n--b--\r\n");
        let request = Request::put(path).header("content-type", "multipart/form-data; boundary=b");
        self.receive(request.body(Body::from(form)).unwrap()).await
    }
}

#[tokio::test]
async fn user_is_added_shown_changed_and_removed() {
    let app = App::signed_in().await;
    let new = json!({ "name": "Katherine Johnson", "email": "katherine@example.com" });
    let added = app.send_json(Method::POST, "/api/users", new).await;
    assert_eq!((added.status, &added.headers["location"]), (StatusCode::CREATED, &"/api/users/4".parse().unwrap()));
    let mut user = added.json();
    assert_eq!(user["role"], "member");
    assert_eq!(app.get("/api/users/4").await.json(), user);

    user = json!({ "name": "Katherine", "email": "katherine@example.com", "role": "admin" });
    let changed = app.send_json(Method::PUT, "/api/users/4", user).await;
    assert_eq!((changed.status, &changed.json()["role"]), (StatusCode::OK, &json!("admin")));
    let found = app.get("/api/users?search=KATH&limit=1").await.json();
    assert_eq!((&found["total"], &found["users"][0]["name"]), (&json!(1), &json!("Katherine")));

    let delete = || Request::delete("/api/users/4").body(Body::empty()).unwrap();
    assert_eq!(app.receive(delete()).await.status, 204);
    assert_eq!(app.receive(delete()).await.status, 404);
    assert_eq!(app.get("/api/users").await.json()["total"], 3);
}

#[tokio::test]
async fn invalid_fields_have_an_error_each() {
    let app = App::signed_in().await;
    let refused = app.send_json(Method::POST, "/api/users", json!({ "name": " ", "email": "nobody" })).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.headers["content-type"]),
        (422, &"application/problem+json".parse().unwrap())
    );
    let errors = refused.json()["errors"].clone();
    assert!(errors["name"].is_string() && errors["email"].is_string(), "{errors}");
    let taken = app.send_json(Method::PUT, "/api/users/1", json!({ "name": "A", "email": "grace@example.com" })).await;
    assert_eq!((taken.status.as_u16(), taken.json()["errors"]["email"].is_string()), (409, true));
}

#[tokio::test]
async fn change_without_a_session_is_401() {
    let app = App::new().await;
    let new = json!({ "name": "A", "email": "a@example.com" });
    assert_eq!(app.send_json(Method::POST, "/api/users", new).await.status, 401);
    assert_eq!(app.get("/api/session").await.status, 401);
    for forged in ["__Host-session=Zoe", "__Host-session=", "__Host-session=%00"] {
        let forged = App { session: Some(forged.to_owned()), store: app.store.clone(), events: Events::new() };
        assert_eq!(forged.get("/api/session").await.status, 401);
    }
    assert_eq!(App::signed_in().await.get("/api/session").await.json(), json!({ "name": "Zoë" }));
}

#[tokio::test]
async fn sign_out_ends_the_session_of_a_copied_cookie() {
    let app = App::signed_in().await;
    let signed_out = app.receive(Request::delete("/api/session").body(Body::empty()).unwrap()).await;
    assert_eq!(signed_out.status, 204);
    let deletion = signed_out.headers["set-cookie"].to_str().unwrap();
    assert!(deletion.starts_with("__Host-session=; Path=/; ") && deletion.contains("Max-Age=0; Secure"), "{deletion}");
    assert_eq!(app.get("/api/session").await.status, 401, "the old cookie");
}

#[tokio::test]
async fn sign_in_begins_a_session_with_a_new_id_and_ends_the_old_one() {
    let mut app = App::signed_in().await;
    let again = app.send_json(Method::POST, "/api/session", json!({ "name": "Ada" })).await.session();
    assert_ne!(Some(&again), app.session.as_ref());
    assert_eq!(app.get("/api/session").await.status, 401, "the old cookie");
    app.session = Some(again.clone());
    assert_eq!(app.get("/api/session").await.json(), json!({ "name": "Ada" }));

    // Another host of the domain can set `session`, but no cookie with the prefix.
    app.session = Some(again.replace("__Host-", ""));
    assert_eq!(app.get("/api/session").await.status, 401);
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
    let app = App::signed_in().await;
    app.send_json(Method::POST, "/api/users", json!({ "name": "Åsa ÖST", "email": "asa@example.com" })).await;
    for search in ["%C3%85sa", "%C3%85SA", "%C3%96st"] {
        assert_eq!(app.get(&format!("/api/users?search={search}")).await.json()["total"], 1, "{search}");
    }
}

#[tokio::test]
async fn media_type_of_a_picture_comes_from_its_bytes() {
    let app = App::signed_in().await;
    assert_eq!(app.get("/api/users/1/avatar").await.status, 204);
    assert_eq!(app.upload("/api/users/1/avatar", b"<svg>").await.status, 422);
    assert_eq!(app.upload("/api/users/9/avatar", b"\x89PNG...").await.status, 404);
    assert_eq!(app.upload("/api/users/1/avatar", &vec![0; 2 << 20]).await.status, 413);
    let user = app.upload("/api/users/1/avatar", b"\x89PNG...").await.json();
    let avatar = app.get(user["avatar"].as_str().unwrap()).await;
    assert_eq!(
        (&avatar.headers["content-type"], &avatar.body[..]),
        (&"image/png".parse().unwrap(), &b"\x89PNG..."[..])
    );
}

#[tokio::test]
async fn listener_receives_changes_until_the_server_ends() {
    let app = App::signed_in().await;
    let mut listening = app.send(Request::get("/api/users/events").body(Body::empty()).unwrap()).await.into_body();
    app.send_json(Method::PUT, "/api/users/1", json!({ "name": "Ada", "email": "ada@example.com" })).await;
    let event = listening.frame().await.unwrap().unwrap().into_data().unwrap();
    let event = String::from_utf8(event.to_vec()).unwrap();
    let change: Value = serde_json::from_str(event.trim().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!((&change["type"], &change["name"]), (&json!("changed"), &json!("Ada")));
    app.events.close();
    assert!(listening.frame().await.is_none());
}

#[tokio::test]
async fn front_end_and_api_share_one_origin() {
    let app = App::new().await;
    let page = app.get("/").await;
    assert_eq!((page.status, &page.headers["content-type"]), (StatusCode::OK, &"text/html".parse().unwrap()));
    for name in ["content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"] {
        assert!(page.headers.contains_key(name), "{name}");
    }
    let missing = app.get("/api/user").await;
    assert_eq!(
        (missing.status.as_u16(), &missing.headers["content-type"]),
        (404, &"application/problem+json".parse().unwrap())
    );
    let compressed = Request::get("/api/openapi.json").header("accept-encoding", "gzip").body(Body::empty()).unwrap();
    assert_eq!(app.receive(compressed).await.headers["content-encoding"], "gzip");
}
