//! The server: prints its address, serves until its input ends, and then prints how many jobs of `After` were started and done.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use route_handlers::hosts::hyper::serve;
use route_handlers::{After, Body, Json, Path, RouteHandlers, get};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use tower::service_fn;

/// The numbers of jobs that were started, and that are done.
#[derive(Clone, Default)]
struct Jobs {
    started: Arc<AtomicU64>,
    done: Arc<AtomicU64>,
}

pub async fn run() {
    std::panic::set_hook(Box::new(|_| {})); // some handlers panic on purpose, thousands of times
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    let (tasks, jobs) = (TaskTracker::new(), Jobs::default());
    let input_ends = async {
        let _ = tokio::io::stdin().read(&mut [0]).await;
    };
    let inner = service_fn(async |_: Request<_>| {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"the inner service"))))
    });
    let app = routes(&jobs).wait_until(tasks.clone()).over(inner);
    serve(listener, app).with_graceful_shutdown(input_ends).await;
    tasks.close();
    tasks.wait().await;
    println!("{} {}", jobs.started.load(Ordering::SeqCst), jobs.done.load(Ordering::SeqCst));
}

fn routes(jobs: &Jobs) -> RouteHandlers {
    async fn panics() {
        panic!("on purpose")
    }
    let jobs = jobs.clone();
    let later = move |after: After| {
        let jobs = jobs.clone();
        jobs.started.fetch_add(1, Ordering::SeqCst);
        after.run(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            jobs.done.fetch_add(1, Ordering::SeqCst);
        });
        async { StatusCode::ACCEPTED }
    };
    let streamed = async |Path(count): Path<usize>| {
        let pieces = (0..count).map(|piece| Ok::<_, Infallible>(Bytes::from(format!("{piece} "))));
        Body::from_stream(stream::iter(pieces))
    };
    RouteHandlers::new()
        .route("/api/hello", get(async || "hello"))
        .route("/api/users/{id}", get(async |Path(id): Path<u64>| id.to_string()))
        .post("/api/echo", async |Json(value): Json<Value>| (StatusCode::CREATED, Json(value)))
        .get("/api/stream/{count}", streamed)
        .get("/api/panics", panics)
        .get("/api/panics/late", async || {
            Body::from_stream(stream::poll_fn(|_| -> std::task::Poll<Option<Result<Bytes, Infallible>>> {
                panic!("on purpose, at the first chunk")
            }))
        })
        .post("/api/later", later)
        .claim("/api")
}
