//! One contender at one workload, ready to be run: in process, without a runtime and without a socket.

use std::convert::Infallible;
use std::fmt::Debug;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::header::ALLOW;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tower::{Service, service_fn};

use crate::work::Work;

/// What came back, for the check.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// So many requests, one after the other.
pub type Run = Box<dyn FnMut(u32)>;

/// A contender at a workload.
pub struct Subject {
    pub answer: Answer,
    /// Makes the request, has it answered, drops the answer.
    pub run: Run,
    /// The same with a service whose answer is empty: what the measuring itself costs.
    pub bare: Run,
}

impl Subject {
    /// Whether the answer names GET among the methods that are allowed.
    pub fn has_allow(&self) -> bool {
        self.answer.headers.get(ALLOW).is_some_and(|allow| allow.to_str().unwrap().contains("GET"))
    }
}

/// A tower service.
pub fn http<S, B>(work: &'static Work, mut service: S) -> Subject
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error: Debug> + 'static,
    B: http_body::Body<Error: Debug> + 'static,
{
    let (head, body) = answer(work, &mut service).into_parts();
    let body = now(body.collect()).unwrap().to_bytes();
    Subject {
        answer: Answer { status: head.status, headers: head.headers, body },
        run: repeat(work, service),
        bare: repeat(work, service_fn(nothing)),
    }
}

fn repeat<S>(work: &'static Work, mut service: S) -> Run
where
    S: Service<Request<Full<Bytes>>, Error: Debug> + 'static,
{
    times(move || answer(work, &mut service))
}

/// Again and again, each result dropped.
pub fn times<T>(mut once: impl FnMut() -> T + 'static) -> Run {
    Box::new(move |times| (0..times).for_each(|_| drop(black_box(once()))))
}

#[inline]
fn answer<S>(work: &Work, service: &mut S) -> S::Response
where
    S: Service<Request<Full<Bytes>>, Error: Debug>,
{
    now(service.call(work.request())).unwrap()
}

async fn nothing(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::default()))
}

/// The result of a future that waits for nothing.
#[inline]
pub fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}
