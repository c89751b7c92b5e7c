//! Runs one contender with one workload, in process, without a runtime and without a socket.

use std::convert::Infallible;
use std::fmt::Debug;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Service, service_fn};

use crate::received::Received;
use crate::work::Work;

/// Runs the given number of requests, one after the other.
pub type Run = Box<dyn FnMut(u32)>;

/// A contender with a workload.
pub struct Subject {
    pub response: Received,
    /// Makes the request, calls the contender, and drops the response.
    pub run: Run,
    /// Does as `run` with a service that sends an empty response. Its cost is subtracted.
    pub bare: Run,
}

/// Makes a subject of a tower service.
pub fn http<S, B>(work: &'static Work, mut service: S) -> Subject
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error: Debug> + 'static,
    B: http_body::Body<Error: Debug> + 'static,
{
    let (head, body) = respond(work, &mut service).into_parts();
    let body = ready(body.collect()).unwrap().to_bytes();
    Subject {
        response: Received { status: head.status, headers: head.headers, body },
        run: repeat(work, service),
        bare: repeat(work, service_fn(empty)),
    }
}

fn repeat<S>(work: &'static Work, mut service: S) -> Run
where
    S: Service<Request<Full<Bytes>>, Error: Debug> + 'static,
{
    times(move || respond(work, &mut service))
}

/// Calls `once` repeatedly, and drops each result.
pub fn times<T>(mut once: impl FnMut() -> T + 'static) -> Run {
    Box::new(move |times| (0..times).for_each(|_| drop(black_box(once()))))
}

#[inline]
fn respond<S>(work: &Work, service: &mut S) -> S::Response
where
    S: Service<Request<Full<Bytes>>, Error: Debug>,
{
    ready(service.call(work.request())).unwrap()
}

async fn empty(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::default()))
}

/// Returns the output of a future that is ready at its first poll.
#[inline]
pub fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is pending: a contender must respond without waiting"),
    }
}
