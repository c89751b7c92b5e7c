//! The recipes keep what their pages promise. The test of Redis starts `redis-server` (Debian: `apt install redis-server`).

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use recipes::{events, graphql, grpc, jobs, upload};
use route_handlers::testing::{Client, FormData};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

#[tokio::test]
async fn graphql_query_runs_beside_a_route() {
    let client = Client::new(graphql::api());
    assert_eq!(client.get("/api/hello").await.text(), "hello");

    let users = json!({"query": "query($id: Int!) { user(id: $id) { name } }", "variables": {"id": 1}});
    let response = client.post("/graphql").json(&users).await;
    assert_eq!(response.json::<Value>(), json!({"data": {"user": {"name": "Ada"}}}));

    let me = json!({"query": "{ me { id } }"});
    let response = client.post("/graphql").json(&me).await;
    response.assert_status(200);
    assert_eq!(response.json::<Value>()["errors"][0]["message"], "log in first");
    let response = client.post("/graphql").header("authorization", "Bearer 7d1e").json(&me).await;
    assert_eq!(response.json::<Value>(), json!({"data": {"me": {"id": 1}}}));

    client.get("/graphql").await.assert_status(405);
    client.post("/graphql").body("{").header("content-type", "application/json").await.assert_status(400);
}

#[tokio::test]
async fn grpc_client_calls_a_service_beside_a_route() {
    let (api, _reporter) = grpc::api().await;
    assert_eq!(Client::new(api.clone()).get("/api/hello").await.text(), "hello");

    let mut health = HealthClient::new(api);
    let reply = health.check(HealthCheckRequest { service: "shop".to_owned() }).await.expect("the service is known");
    assert_eq!(reply.get_ref().status, ServingStatus::NotServing as i32);
    let failed = health.check(HealthCheckRequest { service: "none".to_owned() }).await.unwrap_err();
    assert_eq!(failed.code(), tonic::Code::NotFound);
}

#[tokio::test]
async fn uploaded_file_is_in_the_store_and_is_sent_back() {
    let store = Arc::new(InMemory::new());
    let client = Client::new(upload::api(store.clone()));
    let content = vec![7; 6 << 20]; // two parts
    let form = FormData::new().text("title", "x").file("file", "../x.html", "text/html", &content);
    let created = client.post("/files").multipart(&form).await;
    created.assert_status(201);

    let url = created.header("location").expect("a URL").to_owned();
    let file = client.get(&url).await;
    assert_eq!(file.bytes(), content);
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"upload.bin\""));
    let key = object_store::path::Path::from(format!("uploads/{}", url.trim_start_matches("/files/")));
    assert_eq!(store.head(&key).await.expect("the object exists").size, 6 << 20);

    client.get("/files/00000000-0000-4000-8000-000000000000").await.assert_status(404);
    client.get("/files/secret").await.assert_status(400);
    client.post("/files").multipart(&FormData::new().text("title", "x")).await.assert_status(422);
}

/// A server on a free port, without files. It ends with the test.
struct Redis(Child, u16);

impl Redis {
    async fn start() -> Self {
        Self::start_on(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()).await
    }

    async fn start_on(port: u16) -> Self {
        let arguments = ["--save", "", "--bind", "127.0.0.1", "--port", &port.to_string()];
        let server = Command::new("redis-server").args(arguments).stdout(Stdio::null()).spawn();
        let server = Self(server.expect("`redis-server` is installed"), port);
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return server;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("redis-server does not listen");
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.1)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn event_reaches_the_clients_of_another_instance() {
    let redis = Redis::start().await;
    let instance =
        async || Client::new(events::api(events::Events::connect(&redis.url()).await.expect("Redis responds")));
    let (first, second) = (instance().await, instance().await);
    let mut stream = second.get("/chat").stream().await;
    first.post("/chat").body("hello").await.assert_status(204);
    let event = timeout(LONG, stream.next_event()).await.expect("an event arrives").expect("the stream goes on");
    assert_eq!(event.data(), "hello");
}

#[tokio::test]
async fn events_continue_after_a_restart_of_redis() {
    let redis = Redis::start().await;
    let client = Client::new(events::api(events::Events::connect(&redis.url()).await.expect("Redis responds")));
    let mut stream = client.get("/chat").stream().await;
    let port = redis.1;
    drop(redis);
    let _redis = Redis::start_on(port).await;
    let again = async {
        loop {
            client.post("/chat").body("again").await;
            sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::select! {
        () = again => {}
        event = timeout(LONG, stream.next_event()) => {
            assert_eq!(event.expect("an event arrives").expect("the stream goes on").data(), "again");
        }
    }
}

#[tokio::test]
async fn job_is_done_by_a_worker_that_starts_later() {
    let redis = Redis::start().await;
    let client = Client::new(jobs::api(jobs::queue(&redis.url()).await.expect("Redis responds")));
    client.post("/users").json("Ada").await.assert_status(202);

    let (mailer, mut mails) = mpsc::unbounded_channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let queue = jobs::queue(&redis.url()).await.expect("Redis responds");
    let worker = tokio::spawn(jobs::work("worker-1", queue, mailer, async {
        let _ = stopped.await;
    }));
    let mail = timeout(LONG, mails.recv()).await.expect("the worker does the job");
    assert_eq!(mail.as_deref(), Some("Welcome, Ada"));
    stop.send(()).expect("the worker runs");
    timeout(LONG, worker).await.expect("the worker ends").expect("it does not panic").expect("it succeeds");
}
