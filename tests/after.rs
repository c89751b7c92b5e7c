//! Work that runs after the response was sent.

mod support;

use std::any::Any;
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::{FutureExt, StreamExt, stream};
use http::{Method, Request};
use http_body::Body as _;
use http_body_util::BodyExt;
use route_handlers::after::{BoxFuture, RequestWaitUntil, WaitUntil};
use route_handlers::response::not_found;
use route_handlers::service::HandlerService;
use route_handlers::{After, Body, Error, Request as OurRequest, Response, Result, RouteHandlers, any, get};
use support::{Later, send};
use tower::layer::layer_fn;
use tower::util::AndThenLayer;
use tower::{Service, ServiceExt};

fn request(method: Method) -> Request<Body> {
    Request::builder().method(method).uri("/").body(Body::empty()).unwrap()
}

fn run_once(after: &After, done: &Arc<AtomicUsize>) {
    let done = Arc::clone(done);
    after.run(async move {
        done.fetch_add(1, Ordering::Relaxed);
    });
}

#[tokio::test]
async fn work_is_given_to_the_hook_after_the_body_was_sent() {
    let later = Later::default();
    let done = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&done);
    let handler = move |after: After| {
        run_once(&after, &counted);
        async { "response" }
    };
    let api = RouteHandlers::new().route("/", get(handler)).wait_until(later.clone());
    let response: Response = api.oneshot(request(Method::GET)).await.unwrap();
    assert_eq!(later.count(), 0, "the response is not sent yet");
    assert_eq!(response.body().size_hint().exact(), Some(8), "a server sends `content-length`");
    drop(response);
    assert_eq!((later.count(), done.load(Ordering::Relaxed)), (1, 0));
    for work in later.take() {
        work.await;
    }
    assert_eq!(done.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn work_runs_after_head_failure_and_panic() {
    for (method, handler_fails) in [(Method::HEAD, 0), (Method::GET, 1), (Method::GET, 2)] {
        let later = Later::default();
        let handler = move |after: After| async move {
            after.run(async {});
            match handler_fails {
                0 => Ok("response"),
                1 => Err(not_found()),
                _ => panic!("expected by the test"),
            }
        };
        let api = RouteHandlers::new().route("/", any(handler)).wait_until(later.clone());
        send(api, request(method)).await;
        assert_eq!(later.count(), 1, "{handler_fails}");
    }
}

#[tokio::test]
async fn work_runs_if_the_client_disconnects() {
    let later = Later::default();
    let handler = async |after: After| {
        after.run(async {});
        std::future::pending::<()>().await;
    };
    let api = RouteHandlers::new().get("/", handler).wait_until(later.clone());
    let mut response = tokio_test::task::spawn(api.oneshot(request(Method::GET)));
    assert!(response.poll().is_pending());
    drop(response);
    assert_eq!(later.count(), 1);
}

#[tokio::test]
async fn work_without_a_hook_is_500_and_the_source_names_wait_until() {
    let api = RouteHandlers::new()
        .get("/", async |after: After| after.run(async {}))
        .put("/", async |request: route_handlers::Request| -> Result<()> { request.after(async {}) })
        .post("/", async |after: Option<After>| if after.is_some() { "a hook" } else { "no hook" });
    for method in [Method::GET, Method::PUT] {
        let response = api.clone().oneshot(request(method)).await.unwrap();
        assert_eq!(response.status(), 500);
        let error = response.extensions().get::<Error>().unwrap();
        assert!(error.source().unwrap().to_string().contains("RouteHandlers::wait_until"));
    }
    assert_eq!(send(api, request(Method::POST)).await.2, "no hook");
}

#[tokio::test]
async fn hook_of_the_request_wins_and_nested_tables_keep_theirs() {
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
async fn response_without_work_is_not_wrapped() {
    let api = RouteHandlers::new().get("/", async || "response").wait_until(Later::default());
    let response = api.oneshot(request(Method::GET)).await.unwrap();
    assert_eq!(format!("{:?}", response.body()), "Body(b\"response\")");
}

/// Counts how often work ran. Each request and each piece of work holds a clone of the token.
#[derive(Clone, Default)]
struct Counted {
    runs: Arc<AtomicUsize>,
    token: Arc<()>,
}

impl Counted {
    /// Work that owns a value.
    fn work<T: Any + Send>(&self, owned: T) -> impl Future<Output = ()> + Send + use<T> {
        let Self { runs, token } = self.clone();
        async move {
            runs.fetch_add(1, Ordering::Relaxed);
            drop((owned, token));
        }
    }

    fn runs(&self) -> usize {
        self.runs.load(Ordering::Relaxed)
    }

    /// Sends 100 requests to a table, every second one with its own hook. Checks that each piece of work runs once, and
    /// that no request is left in memory.
    async fn check(&self, name: &str, api: RouteHandlers, method: Method, each: usize) {
        let later = Later::default();
        let api = api.wait_until(later.clone());
        let before = Arc::strong_count(&self.token);
        for n in 0..100 {
            let mut request = request(method.clone());
            request.extensions_mut().insert(Arc::clone(&self.token));
            if n % 2 == 0 {
                request.extensions_mut().insert(RequestWaitUntil::new(later.clone()));
            }
            send(api.clone(), request).await;
        }
        while later.count() > 0 {
            for work in later.take() {
                work.await;
            }
        }
        assert_eq!(self.runs(), 100 * each, "{name}");
        assert_eq!(Arc::strong_count(&self.token), before, "{name}: a request is still in memory");
    }
}

#[tokio::test]
async fn work_may_own_the_request_that_holds_it() {
    type Own = fn(&Counted, OurRequest) -> Result<()>;
    let owns: [(&str, Own); 5] = [
        ("the request", |counted, request| {
            let slot = Arc::new(Mutex::new(None));
            request.after(counted.work(Arc::clone(&slot)))?;
            *slot.lock().unwrap() = Some(request);
            Ok(())
        }),
        ("http::Request", |counted, request| {
            let slot = Arc::new(Mutex::new(None));
            request.after(counted.work(Arc::clone(&slot)))?;
            *slot.lock().unwrap() = Some(http::Request::<Body>::from(request));
            Ok(())
        }),
        ("its Parts", |counted, request| {
            let slot = Arc::new(Mutex::new(None));
            request.after(counted.work(Arc::clone(&slot)))?;
            *slot.lock().unwrap() = Some(request.into_parts().0);
            Ok(())
        }),
        ("its extensions", |counted, request| {
            let (parts, body) = request.into_parts();
            let extensions = parts.extensions.clone();
            OurRequest::from(http::Request::from_parts(parts, body)).after(counted.work(extensions))
        }),
        ("a request rebuilt from its parts", |counted, request| {
            let (parts, body) = request.into_parts();
            let copy = OurRequest::from(http::Request::from_parts(parts.clone(), Body::empty()));
            OurRequest::from(http::Request::from_parts(parts, body)).after(counted.work(copy))
        }),
    ];
    for method in [Method::GET, Method::HEAD, Method::POST] {
        for (name, own) in owns {
            let counted = Counted::default();
            let owner = counted.clone();
            let handler = move |request: OurRequest| {
                let given = own(&owner, request);
                async move { given.map(|()| "response") }
            };
            counted.check(name, RouteHandlers::new().route("/", any(handler)), method.clone(), 1).await;
        }
    }
}

#[tokio::test]
async fn work_may_own_after_and_use_it() {
    let counted = Counted::default();
    let owner = counted.clone();
    let handler = move |after: After| {
        let (own, inner) = (after.clone(), owner.clone());
        after.run(async move {
            inner.work(()).await;
            let (again, innermost) = (own.clone(), inner.clone());
            own.run(async move {
                innermost.work(()).await;
                again.run(innermost.work(again.clone()));
            });
        });
        async { Err::<(), _>(not_found()) }
    };
    counted.check("three levels", RouteHandlers::new().get("/", handler), Method::GET, 3).await;
}

#[tokio::test]
async fn work_that_owns_the_request_runs_after_a_panic_and_with_every_option() {
    let counted = Counted::default();
    let owner = counted.clone();
    let handler = move |request: OurRequest| {
        let (head, body) = request.into_parts();
        let own = OurRequest::from(http::Request::from_parts(head.clone(), body));
        let given = own.after(owner.work(head));
        async move { assert!(given.is_err(), "expected by the test") }
    };
    let keeps_nothing = layer_fn(|handler: HandlerService| handler);
    let route = any(handler).layer(keeps_nothing).etag().body_limit(10);
    counted.check("options", RouteHandlers::new().route("/", route), Method::GET, 1).await;
}

/// The layer reads the response of the handler to its end before the final response is sent.
#[tokio::test]
async fn layer_that_reads_the_body_does_not_start_the_work() {
    let later = Later::default();
    let reads = AndThenLayer::new(async |response: Response| {
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Ok::<_, Infallible>(Response::from_parts(head, Body::from(bytes)))
    });
    for method in [Method::GET, Method::PUT] {
        let route = any(async |after: After| after.run(async {})).etag().layer(reads.clone()).layer(reads.clone());
        let api = RouteHandlers::new().route("/", route).wait_until(later.clone());
        let response = api.oneshot(request(method)).await.unwrap();
        assert_eq!(later.count(), 0, "the response is not sent yet");
        drop(response);
        assert_eq!(later.take().len(), 1);
    }
}

#[tokio::test]
async fn work_added_after_the_response_goes_to_the_hook_immediately() {
    let later = Later::default();
    let kept = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&kept);
    let keeps = layer_fn(move |handler: HandlerService| {
        let keep = Arc::clone(&keep);
        handler.map_request(move |request: Request<Body>| {
            let (head, body) = request.into_parts();
            *keep.lock().unwrap() = Some(head.clone());
            Request::from_parts(head, body)
        })
    });
    let api = RouteHandlers::new().route("/", get(async || "response").layer(keeps)).wait_until(later.clone());
    let response = api.oneshot(request(Method::GET)).await.unwrap();
    let head = kept.lock().unwrap().take().expect("the layer keeps the head");
    let request = OurRequest::from(Request::from_parts(head, Body::empty()));
    request.after(async {}).unwrap();
    assert_eq!(later.count(), 0, "the response is not sent yet");
    drop(response);
    assert_eq!(later.count(), 1);
    request.after(async {}).unwrap();
    assert_eq!(later.count(), 2);
}

#[tokio::test]
async fn work_added_by_a_body_waits_for_its_end() {
    let later = Later::default();
    let handler = async |after: After| {
        Body::from_stream(stream::iter(["one", "two"]).map(move |text| {
            after.run(async {});
            Ok::<_, Infallible>(text)
        }))
    };
    let api = RouteHandlers::new().get("/", handler).wait_until(later.clone());
    let mut body = api.oneshot(request(Method::GET)).await.unwrap().into_body();
    while body.frame().await.is_some() {
        assert_eq!(later.count(), 0, "the response is not sent yet");
    }
    drop(body);
    assert_eq!(later.count(), 2);
}

/// A hook that panics at the first piece of work and runs the others immediately.
struct Fails(AtomicUsize, AtomicUsize);

impl WaitUntil for Fails {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        assert!(self.0.fetch_add(1, Ordering::Relaxed) > 0, "expected by the test");
        work.now_or_never().expect("nothing waits");
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn panic_in_the_hook_loses_one_piece_of_work_only() {
    let hook = Arc::new(Fails(AtomicUsize::new(0), AtomicUsize::new(0)));
    let handler = async |after: After| {
        let own = after.clone();
        after.run(async {});
        after.run(async move { own.run(async {}) });
        after.run(async {});
        "response"
    };
    let mut api = RouteHandlers::new().get("/", handler).wait_until(Arc::clone(&hook));
    drop(tokio_test::block_on(api.call(request(Method::GET))));
    assert_eq!((hook.0.load(Ordering::Relaxed), hook.1.load(Ordering::Relaxed)), (4, 3));
}

#[cfg(feature = "tokio")]
#[test]
fn response_may_be_dropped_outside_the_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let tasks = tokio_util::task::TaskTracker::new();
    let counted = Counted::default();
    let owner = counted.clone();
    let handler = move |after: After, route_handlers::Json(waits): route_handlers::Json<bool>| {
        after.run(owner.work(after.clone()));
        async move {
            if waits {
                std::future::pending::<()>().await;
            }
            "response"
        }
    };
    let mut api = RouteHandlers::new().post("/", handler).wait_until(tasks.clone());
    let response = runtime.block_on(api.call(support::post_json("/", "false")));
    drop(response);
    let mut future = tokio_test::task::spawn(api.call(support::post_json("/", "true")));
    runtime.block_on(async { assert!(future.poll().is_pending()) });
    drop(future);
    assert_eq!(tasks.len() + counted.runs(), 2);
    tasks.close();
    runtime.block_on(tasks.wait());
    assert_eq!((tasks.len(), counted.runs(), Arc::strong_count(&counted.token)), (0, 2, 2)); // the handler holds a clone
}

/// Without a runtime, the hook panics. The panic is logged, and nothing else fails.
#[cfg(feature = "tokio")]
#[test]
fn response_is_dropped_without_a_panic_if_there_is_no_runtime() {
    let tasks = tokio_util::task::TaskTracker::new();
    let handler = async |after: After| after.run(async {});
    let mut api = RouteHandlers::new().get("/", handler).wait_until(tasks.clone());
    let mut future = tokio_test::task::spawn(api.call(request(Method::GET)));
    drop(future.poll());
    drop(future);
    assert!(tasks.is_empty());
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn task_that_keeps_the_request_adds_work_to_the_tracker() {
    let tasks = tokio_util::task::TaskTracker::new();
    let counted = Counted::default();
    let (owner, tracker) = (counted.clone(), tasks.clone());
    let handler = move |request: OurRequest| {
        let counted = owner.clone();
        tracker.spawn(async move {
            tokio::task::yield_now().await;
            let after = request.after(counted.work(()));
            drop(request);
            after.unwrap();
        });
        async { "response" }
    };
    let api = RouteHandlers::new().get("/", handler).wait_until(tasks.clone());
    for _ in 0..100 {
        send(api.clone(), request(Method::GET)).await;
    }
    drop(api);
    tasks.close();
    tasks.wait().await;
    assert_eq!((counted.runs(), tasks.len(), Arc::strong_count(&counted.token)), (100, 0, 1));
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn task_tracker_waits_for_the_work_at_shutdown() {
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
