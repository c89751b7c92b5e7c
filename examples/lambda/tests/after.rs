//! The time when the work of `After` is done. Lambda freezes a function after its response.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use http::{Request, Response};
use http_body_util::BodyExt;
use route_handlers::{After, Body, RouteHandlers};
use tower::ServiceExt;

/// Returns a table with slow work, and whether the work is done.
fn api() -> (RouteHandlers, Arc<AtomicBool>) {
    let done = Arc::new(AtomicBool::new(false));
    let (seen, slow) = (done.clone(), async |done: Arc<AtomicBool>| {
        tokio::time::sleep(Duration::from_millis(50)).await;
        done.store(true, Ordering::Relaxed);
    });
    let handler = move |after: After| {
        after.run(slow(done.clone()));
        after.run(async { panic!("on purpose: a task that panics affects no other task") });
        std::future::ready(Body::from_stream(stream::iter(["a", "b"].map(Ok::<_, Infallible>))))
    };
    (RouteHandlers::new().get("/", handler), seen)
}

fn request() -> lambda_http::Request {
    Request::get("/").body(lambda_http::Body::Empty).unwrap()
}

#[tokio::test]
async fn whole_runs_the_work_before_it_returns_the_response() {
    let (api, done) = api();
    lambda::whole(api).oneshot(request()).await.unwrap();
    assert!(done.load(Ordering::Relaxed));
}

#[tokio::test]
async fn streamed_runs_the_work_after_the_content_and_before_its_end() {
    let (api, done) = api();
    let mut body = lambda::streamed(api).oneshot(request()).await.unwrap().into_body();
    for piece in ["a", "b"] {
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), piece);
        assert!(!done.load(Ordering::Relaxed));
    }
    assert!(body.frame().await.is_none());
    assert!(done.load(Ordering::Relaxed));
}

#[tokio::test]
async fn streamed_runs_the_work_if_the_client_disconnects() {
    let (api, done) = api();
    drop(lambda::streamed(api).oneshot(request()).await.unwrap());
    let until_done = async {
        while !done.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), until_done).await.unwrap();
}

/// The way in which a response fails.
#[derive(Clone, Copy, Debug)]
enum Failing {
    Service,
    Panic,
    Header,
    FirstPiece,
    Body,
}

/// Returns a service that calls a table with work for `After`, and then fails.
fn failing(how: Failing) -> (impl lambda_service::Failing, Arc<AtomicBool>) {
    let (api, done) = api();
    let service = tower::service_fn(move |request: lambda_http::Request| {
        let api = api.clone();
        async move {
            let Ok(mut response) = api.oneshot(request).await;
            match how {
                Failing::Service => return Err(std::io::Error::other("the disk is gone")),
                Failing::Panic => panic!("on purpose"),
                Failing::Header => {
                    response.headers_mut().insert("x", http::HeaderValue::from_bytes(b"\xe9").unwrap());
                }
                Failing::FirstPiece | Failing::Body => {}
            }
            Ok(response.map(|body| {
                let count = if matches!(how, Failing::FirstPiece) { 0 } else { 1 };
                let pieces = body.into_data_stream().map_err(std::io::Error::other).take(count);
                let failure = stream::once(async { Err(std::io::Error::other("the disk is gone")) });
                Body::from_stream(pieces.chain(failure))
            }))
        }
    });
    (service, done)
}

mod lambda_service {
    use http::Response;
    use route_handlers::Body;
    use tower::Service;

    /// A service that both adapters accept.
    pub trait Failing:
        Service<lambda_http::Request, Response = Response<Body>, Error = std::io::Error, Future: Send>
        + Clone
        + Send
        + 'static
    {
    }

    impl<S> Failing for S where
        S: Service<lambda_http::Request, Response = Response<Body>, Error = std::io::Error, Future: Send>
            + Clone
            + Send
            + 'static
    {
    }
}

#[tokio::test]
async fn whole_runs_the_work_before_it_reports_a_failure() {
    for how in [Failing::Service, Failing::Panic, Failing::Header, Failing::FirstPiece, Failing::Body] {
        let (service, done) = failing(how);
        let result = AssertUnwindSafe(lambda::whole(service).oneshot(request())).catch_unwind().await;
        assert!(!matches!(result, Ok(Ok(_))), "{how:?}");
        assert!(done.load(Ordering::Relaxed), "{how:?}");
    }
}

#[tokio::test]
async fn streamed_runs_the_work_before_it_reports_a_failure() {
    for how in [Failing::Service, Failing::Panic, Failing::Header] {
        let (service, done) = failing(how);
        let result = AssertUnwindSafe(lambda::streamed(service).oneshot(request())).catch_unwind().await;
        assert!(!matches!(result, Ok(Ok(_))), "{how:?}");
        assert!(done.load(Ordering::Relaxed), "{how:?}");
    }
    for how in [Failing::FirstPiece, Failing::Body] {
        let (service, done) = failing(how);
        let mut body = lambda::streamed(service).oneshot(request()).await.unwrap().into_body();
        let failure = loop {
            match body.frame().await.expect("the body fails before its end") {
                Ok(_) => assert!(!done.load(Ordering::Relaxed), "{how:?}"),
                Err(error) => break error,
            }
        };
        assert_eq!(failure.to_string(), "the disk is gone");
        assert!(done.load(Ordering::Relaxed), "{how:?}");
    }
}

#[tokio::test]
async fn header_that_a_streamed_response_cannot_carry_is_an_error_that_names_it() {
    let titled = tower::service_fn(async |_: lambda_http::Request| {
        Ok::<_, Infallible>(Response::builder().header("x-title", "Crème").body(Body::from("a")).unwrap())
    });
    let error = lambda::streamed(titled).oneshot(request()).await.unwrap_err().to_string();
    assert!(error.contains("`x-title` is not ASCII"), "{error}");
    assert!(lambda::whole(titled).oneshot(request()).await.is_ok());
}

#[tokio::test]
async fn body_that_fails_fails_the_invocation() {
    let broken = tower::service_fn(async |_: lambda_http::Request| {
        let pieces = stream::iter([Ok("a"), Err(std::io::Error::other("the disk is gone"))]);
        Ok::<_, Infallible>(Response::new(Body::from_stream(pieces)))
    });
    let error = lambda::whole(broken).oneshot(request()).await.unwrap_err();
    assert_eq!(error.to_string(), "the disk is gone");
}
