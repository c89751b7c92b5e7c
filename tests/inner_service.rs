//! The inner service is not disturbed: its readiness, its failures and its bodies are its own.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, Request, Response};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::{BodyExt, Empty, Full};
use route_handlers::{Body, BoxError, RouteHandlers, RouteHandlersService};
use tower::{Service, ServiceExt};

/// A service that says whether it is ready, and answers with what it was told.
#[derive(Clone)]
struct Inner<T> {
    ready: Poll<Result<(), &'static str>>,
    answer: T,
}

impl<T: Clone> Service<Request<Body>> for Inner<T> {
    type Response = Response<T>;
    type Error = &'static str;
    type Future = std::future::Ready<Result<Response<T>, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.ready
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let is_refused = request.uri().path() == "/refused";
        std::future::ready(if is_refused { Err("refused") } else { Ok(Response::new(self.answer.clone())) })
    }
}

fn over<T>(answer: T) -> RouteHandlersService<Inner<T>> {
    RouteHandlers::new().get("/ours", async || "ours").over(Inner { ready: Poll::Ready(Ok(())), answer })
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[test]
fn it_is_ready_when_the_inner_service_is() {
    let mut app = over(Full::<Bytes>::default());
    let cx = &mut Context::from_waker(Waker::noop());
    for ready in [Poll::Pending, Poll::Ready(Err("closed")), Poll::Ready(Ok(()))] {
        app.get_mut().ready = ready;
        assert_eq!(app.poll_ready(cx), ready);
        assert_eq!((app.get_ref().ready, app.clone().into_inner().ready), (ready, ready));
    }
}

#[tokio::test]
async fn its_failure_is_passed_on_as_it_is() {
    let app = over(Full::<Bytes>::default());
    assert_eq!(app.clone().oneshot(get("/refused")).await.unwrap_err(), "refused");
    assert!(app.oneshot(get("/else")).await.is_ok());
}

/// A body that fails, or ends with trailers.
#[derive(Clone)]
struct Ends(Option<Result<HeaderMap, &'static str>>);

impl http_body::Body for Ends {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(self.0.take().map(|end| end.map(Frame::trailers).map_err(Into::into)))
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(3);
        hint.set_upper(7);
        hint
    }
}

#[tokio::test]
async fn what_its_body_says_of_itself_is_passed_on() {
    let body = over(Full::new(Bytes::from("inner"))).oneshot(get("/else")).await.unwrap().into_body();
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(5), false));
    assert_eq!(body.collect().await.unwrap().to_bytes(), "inner");

    let body = over(Empty::<Bytes>::new()).oneshot(get("/else")).await.unwrap().into_body();
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(0), true));

    let trailers = HeaderMap::from_iter([("x-sum".parse().unwrap(), "1".parse().unwrap())]);
    let body = over(Ends(Some(Ok(trailers.clone())))).oneshot(get("/else")).await.unwrap().into_body();
    assert_eq!((body.size_hint().lower(), body.size_hint().upper(), body.is_end_stream()), (3, Some(7), false));
    assert_eq!(body.collect().await.unwrap().trailers(), Some(&trailers));

    let body = over(Ends(Some(Err("cut off")))).oneshot(get("/else")).await.unwrap().into_body();
    assert_eq!(body.collect().await.unwrap_err().to_string(), "cut off");
}

#[tokio::test]
async fn what_our_body_says_of_itself_is_said_over_an_inner_service_too() {
    let body = over(Full::<Bytes>::default()).oneshot(get("/ours")).await.unwrap().into_body();
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(4), false));
    assert_eq!(body.collect().await.unwrap().to_bytes(), "ours");

    let request = Request::options("/ours").body(Body::empty()).unwrap();
    let body = over(Full::<Bytes>::default()).oneshot(request).await.unwrap().into_body();
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(0), true));
}

#[test]
fn a_future_says_what_it_is_of() {
    let mut app = over(Full::<Bytes>::default());
    assert!(format!("{:?}", app.call(get("/ours"))).contains("AnswerFuture"));
    assert!(format!("{:?}", app.call(get("/else"))).contains("Ready"));
    let answered = app.call(get("/ours")).now_or_never().expect("nothing waits");
    assert_eq!(answered.unwrap().status(), 200);
}
