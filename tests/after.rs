//! Work that is done once the answer was sent.

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use http::{Method, Request};
use route_handlers::{
    After, Body, BoxFuture, Error, RequestWaitUntil, Response, Result, RouteHandlers, WaitUntil, any, get, not_found,
};
use support::send;
use tower::ServiceExt;

/// A hook that keeps the work until it is told to do it.
#[derive(Clone, Default)]
struct Later(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl WaitUntil for Later {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        self.0.lock().unwrap().push(work);
    }
}

impl Later {
    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

fn request(method: Method) -> Request<Body> {
    Request::builder().method(method).uri("/").body(Body::empty()).unwrap()
}

fn one(after: &After, done: &Arc<AtomicUsize>) {
    let done = Arc::clone(done);
    after.run(async move {
        done.fetch_add(1, Ordering::Relaxed);
    });
}

#[tokio::test]
async fn it_is_handed_over_when_the_body_was_sent_and_not_before() {
    let later = Later::default();
    let done = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&done);
    let handler = move |after: After| {
        one(&after, &counted);
        async { "answer" }
    };
    let api = RouteHandlers::new().route("/", get(handler)).wait_until(later.clone());
    let answer: Response = api.oneshot(request(Method::GET)).await.unwrap();
    assert_eq!(later.count(), 0, "the answer is not sent yet");
    drop(answer);
    assert_eq!((later.count(), done.load(Ordering::Relaxed)), (1, 0));
    let work = std::mem::take(&mut *later.0.lock().unwrap());
    for work in work {
        work.await;
    }
    assert_eq!(done.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn it_is_done_for_head_after_a_failure_and_after_a_panic_too() {
    for (method, handler_fails) in [(Method::HEAD, 0), (Method::GET, 1), (Method::GET, 2)] {
        let later = Later::default();
        let handler = move |after: After| async move {
            after.run(async {});
            match handler_fails {
                0 => Ok("answer"),
                1 => Err(not_found()),
                _ => panic!("as the test wants it"),
            }
        };
        let api = RouteHandlers::new().route("/", any(handler)).wait_until(later.clone());
        send(api, request(method)).await;
        assert_eq!(later.count(), 1, "{handler_fails}");
    }
}

#[tokio::test]
async fn it_is_done_when_the_client_goes_away() {
    let later = Later::default();
    let handler = async |after: After| {
        after.run(async {});
        std::future::pending::<()>().await;
    };
    let api = RouteHandlers::new().get("/", handler).wait_until(later.clone());
    let mut answer = tokio_test::task::spawn(api.oneshot(request(Method::GET)));
    assert!(answer.poll().is_pending());
    drop(answer);
    assert_eq!(later.count(), 1);
}

#[tokio::test]
async fn without_a_hook_it_is_refused_and_the_log_says_what_to_add() {
    let api = RouteHandlers::new()
        .get("/", async |after: After| after.run(async {}))
        .put("/", async |request: route_handlers::Request| -> Result<()> { request.after(async {}) })
        .post("/", async |after: Option<After>| if after.is_some() { "somebody" } else { "nobody" });
    for method in [Method::GET, Method::PUT] {
        let answer = api.clone().oneshot(request(method)).await.unwrap();
        assert_eq!(answer.status(), 500);
        let error = answer.extensions().get::<Error>().unwrap();
        assert!(error.source().unwrap().to_string().contains("RouteHandlers::wait_until"));
    }
    assert_eq!(send(api, request(Method::POST)).await.2, "nobody");
}

#[tokio::test]
async fn the_hook_of_the_request_wins_and_a_nested_table_keeps_its_own() {
    let [of_request, of_nested, of_table] = [Later::default(), Later::default(), Later::default()];
    let handler = async |after: After| after.run(async {});
    let nested = RouteHandlers::new().get("/nested", handler).wait_until(of_nested.clone());
    let api = RouteHandlers::new().get("/", handler).merge(nested).wait_until(of_table.clone());
    let mut with_hook = request(Method::GET);
    with_hook.extensions_mut().insert(RequestWaitUntil::new(of_request.clone()));
    send(api.clone(), with_hook).await;
    send(api.clone(), request(Method::GET)).await;
    send(api, Request::get("/nested").body(Body::empty()).unwrap()).await;
    assert_eq!([of_request.count(), of_nested.count(), of_table.count()], [1, 1, 1]);
}

#[tokio::test]
async fn an_answer_without_work_is_not_wrapped() {
    let api = RouteHandlers::new().get("/", async || "answer").wait_until(Later::default());
    let answer = api.oneshot(request(Method::GET)).await.unwrap();
    assert_eq!(format!("{:?}", answer.body()), "Body(b\"answer\")");
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn a_task_tracker_waits_for_it_at_shutdown() {
    let tasks = tokio_util::task::TaskTracker::new();
    let done = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&done);
    let handler = move |after: After| {
        let counted = Arc::clone(&counted);
        after.run(async move {
            tokio::task::yield_now().await;
            counted.fetch_add(1, Ordering::Relaxed);
        });
        async { http::StatusCode::NO_CONTENT }
    };
    let api = RouteHandlers::new().get("/", handler).wait_until(tasks.clone());
    for _ in 0..100 {
        send(api.clone(), request(Method::GET)).await;
    }
    tasks.close();
    tasks.wait().await;
    assert_eq!(done.load(Ordering::Relaxed), 100);
}
