//! The inner service keeps its readiness, its errors and its bodies.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, Request, Response};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::{BodyExt, Empty, Full};
use route_handlers::body::BoxError;
use route_handlers::service::RouteHandlersService;
use route_handlers::{Body, RouteHandlers};
use tower::buffer::Buffer;
use tower::{Layer, Service, ServiceExt, service_fn};

/// An inner service with a given readiness and response body.
#[derive(Clone)]
struct Inner<T> {
    ready: Poll<Result<(), &'static str>>,
    polls: usize,
    response: T,
}

impl<T: Clone> Service<Request<Body>> for Inner<T> {
    type Response = Response<T>;
    type Error = &'static str;
    type Future = std::future::Ready<Result<Response<T>, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.polls += 1;
        self.ready
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let is_refused = request.uri().path() == "/refused";
        std::future::ready(if is_refused { Err("refused") } else { Ok(Response::new(self.response.clone())) })
    }
}

fn over<T>(response: T) -> RouteHandlersService<Inner<T>> {
    RouteHandlers::new().get("/ours", async || "ours").over(Inner { ready: Poll::Ready(Ok(())), polls: 0, response })
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn routes_work_while_the_inner_service_is_busy_or_failed() {
    for ready in [Poll::Pending, Poll::Ready(Err("closed")), Poll::Ready(Ok(()))] {
        let mut app = over(Full::<Bytes>::default());
        app.get_mut().ready = ready;
        assert_eq!(app.poll_ready(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(())));
        assert_eq!(app.call(get("/ours")).now_or_never().expect("nothing waits").unwrap().status(), 200);
        assert_eq!(app.get_ref().polls, 0, "a request that matches a route does not poll the inner service");
    }
}

#[test]
fn request_that_falls_through_waits_for_the_inner_service() {
    let mut app = over(Full::<Bytes>::default());
    app.get_mut().ready = Poll::Pending;
    let mut future = tokio_test::task::spawn(app.call(get("/else")));
    assert!(future.poll().is_pending());
    assert!(format!("{future:?}").contains("Waiting"));
    app.get_mut().ready = Poll::Ready(Ok(()));
    let later = app.call(get("/else")).now_or_never().expect("a clone replaces the service that waits");
    assert!(later.is_ok());
    drop(future);

    app.get_mut().ready = Poll::Ready(Err("closed"));
    let failed = app.call(get("/else")).now_or_never().expect("nothing waits");
    assert_eq!(failed.unwrap_err(), "closed");
}

/// A service that is ready, or fails, at its third poll.
#[derive(Clone)]
struct ThirdTime(u8, Result<(), &'static str>);

impl Service<Request<Body>> for ThirdTime {
    type Response = Response<Full<Bytes>>;
    type Error = &'static str;
    type Future = std::future::Ready<Result<Self::Response, &'static str>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.0 += 1;
        if self.0 < 3 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.1)
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        assert_eq!(self.0, 3, "the service that was ready is the one that is called");
        std::future::ready(Ok(Response::default()))
    }
}

#[tokio::test]
async fn service_that_was_ready_is_the_one_that_is_called() {
    for end in [Ok(()), Err("closed")] {
        let mut app = RouteHandlers::new().over(ThirdTime(0, end));
        for _ in 0..3 {
            assert_eq!(app.call(get("/")).await.map(|response| response.status().as_u16()), end.map(|()| 200));
        }
    }
}

/// Four clones serve four connections. The last request of each connection matches a route.
#[tokio::test]
async fn routes_hold_no_reservation_of_the_inner_service() {
    let limit = tower::limit::GlobalConcurrencyLimitLayer::new(4);
    let inner = service_fn(async |_: Request<Body>| {
        tokio::task::yield_now().await;
        Ok::<_, BoxError>(Response::new(Full::<Bytes>::default()))
    });
    let buffered = Buffer::new(limit.layer(inner), 4);
    let app = RouteHandlers::new().get("/ours", async || "ours").over(buffered);
    let mut clones: [_; 4] = std::array::from_fn(|_| app.clone());
    for clone in &mut clones {
        for path in ["/else", "/ours"] {
            let response = clone.ready().await.unwrap().call(get(path)).await.unwrap();
            assert_eq!(response.status(), 200);
        }
        std::future::poll_fn(|cx| clone.poll_ready(cx)).await.unwrap(); // for a request that never comes
    }
    let requests = (0..100).map(|_| app.clone().oneshot(get("/else")));
    let responses = futures_util::future::join_all(requests);
    let responses = tokio::time::timeout(Duration::from_secs(60), responses).await.expect("every request ends");
    assert!(responses.iter().all(Result::is_ok));
}

/// While the inner service is at its limit, routes respond, and requests that fall through wait.
#[tokio::test]
async fn routes_work_while_the_inner_service_is_at_its_limit() {
    let (open, gate) = tokio::sync::watch::channel(false);
    let inner = service_fn(move |_: Request<Body>| {
        let mut gate = gate.clone();
        async move {
            gate.wait_for(|is_open| *is_open).await.unwrap();
            Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
        }
    });
    let limited = tower::limit::GlobalConcurrencyLimitLayer::new(2).layer(inner);
    let mut app = RouteHandlers::new().get("/healthz", async || "well").over(limited);
    let waiting: Vec<_> = (0..5).map(|_| tokio::spawn(app.call(get("/else")))).collect();
    tokio::task::yield_now().await;
    let healthy = app.ready().await.unwrap().call(get("/healthz")).now_or_never().expect("it does not wait");
    assert_eq!(healthy.unwrap().status(), 200);
    assert!(waiting.iter().all(|task| !task.is_finished()));
    open.send(true).unwrap();
    for task in waiting {
        assert_eq!(task.await.unwrap().unwrap().status(), 200);
    }
}

#[tokio::test]
async fn error_of_the_inner_service_is_returned_unchanged() {
    let app = over(Full::<Bytes>::default());
    assert_eq!(app.clone().oneshot(get("/refused")).await.unwrap_err(), "refused");
    assert!(app.oneshot(get("/else")).await.is_ok());
}

/// A body that ends with trailers or an error.
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
async fn body_of_the_inner_service_keeps_its_size_trailers_and_error() {
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
async fn body_of_a_route_keeps_its_size_over_an_inner_service() {
    let body = over(Full::<Bytes>::default()).oneshot(get("/ours")).await.unwrap().into_body();
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(4), false));
    assert_eq!(body.collect().await.unwrap().to_bytes(), "ours");

    let request = Request::options("/ours").body(Body::empty()).unwrap();
    let body = over(Full::<Bytes>::default()).oneshot(request).await.unwrap().into_body();
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(0), true));
}

#[test]
fn debug_of_the_future_shows_its_state() {
    let mut app = over(Full::<Bytes>::default());
    assert!(format!("{:?}", app.call(get("/ours"))).contains("RouteFuture"));
    assert!(format!("{:?}", app.call(get("/else"))).contains("Ready"));
    let result = app.call(get("/ours")).now_or_never().expect("nothing waits");
    assert_eq!(result.unwrap().status(), 200);
}
