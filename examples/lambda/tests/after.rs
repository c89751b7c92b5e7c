//! When the work for after an answer is done. Lambda stops the clock of a function that has answered.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::stream;
use http::{Request, Response};
use http_body_util::BodyExt;
use route_handlers::{After, Body, RouteHandlers};
use tower::ServiceExt;

/// A table whose work takes a while, and whether it was done.
fn api() -> (RouteHandlers, Arc<AtomicBool>) {
    let done = Arc::new(AtomicBool::new(false));
    let (seen, slow) = (done.clone(), async |done: Arc<AtomicBool>| {
        tokio::time::sleep(Duration::from_millis(50)).await;
        done.store(true, Ordering::Relaxed);
    });
    let handler = move |after: After| {
        after.run(slow(done.clone()));
        after.run(async { panic!("what a task does is its own") });
        std::future::ready(Body::from_stream(stream::iter(["a", "b"].map(Ok::<_, Infallible>))))
    };
    (RouteHandlers::new().get("/", handler), seen)
}

fn request() -> lambda_http::Request {
    Request::get("/").body(lambda_http::Body::Empty).unwrap()
}

#[tokio::test]
async fn whole_does_it_before_the_answer_is_handed_back() {
    let (api, done) = api();
    lambda::whole(api).oneshot(request()).await.unwrap();
    assert!(done.load(Ordering::Relaxed));
}

#[tokio::test]
async fn streamed_does_it_after_the_content_and_before_its_end() {
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
async fn streamed_does_it_if_the_client_has_gone_away() {
    let (api, done) = api();
    drop(lambda::streamed(api).oneshot(request()).await.unwrap());
    let until_done = async {
        while !done.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), until_done).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_breaks_off_fails_the_invocation() {
    let broken = tower::service_fn(async |_: lambda_http::Request| {
        let pieces = stream::iter([Ok("a"), Err(std::io::Error::other("the disk is gone"))]);
        Ok::<_, Infallible>(Response::new(Body::from_stream(pieces)))
    });
    let error = lambda::whole(broken).oneshot(request()).await.unwrap_err();
    assert_eq!(error.to_string(), "the disk is gone");
}
