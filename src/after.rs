//! Work that runs after the response was sent: Next's `after()`.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::body::{Body, BodyError};
use crate::catch_panic::catch_panic;
use crate::error::Error;
use crate::log;
use crate::platform::{BoxFuture, MaybeSend, Parked};

/// Where work goes that outlives its request: a runtime's tasks, or a serverless host's `waitUntil`.
///
/// With feature `tokio` it is implemented for `tokio_util::task::TaskTracker`, which a server closes and awaits when it
/// shuts down. Any hook may then call `tokio::spawn`: the hook is called within the runtime in which the work was given,
/// even if a host drops the response outside of it.
///
/// A panic of a hook is caught and logged. Only the work that the hook was called with is lost.
///
/// ```
/// use route_handlers::{BoxFuture, WaitUntil};
///
/// struct Threads;
///
/// impl WaitUntil for Threads {
///     fn wait_until(&self, work: BoxFuture<'static, ()>) {
///         std::thread::spawn(move || tokio_test::block_on(work));
///     }
/// }
/// ```
pub trait WaitUntil: Send + Sync + 'static {
    /// Runs a future to its end, which may be long after the end of its request.
    ///
    /// A request calls this once for each piece of work, after the response was sent or dropped.
    fn wait_until(&self, work: BoxFuture<'static, ()>);
}

impl<W: WaitUntil + ?Sized> WaitUntil for Arc<W> {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        (**self).wait_until(work);
    }
}

#[cfg(feature = "tokio")]
impl WaitUntil for tokio_util::task::TaskTracker {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        self.spawn(work);
    }
}

/// The hook of one request, for a host that has another for each: it goes into the request's extensions, where it wins
/// over that of the table.
///
/// ```
/// use route_handlers::{BoxFuture, RequestWaitUntil, WaitUntil};
///
/// struct Context; // the host's, for one request
///
/// impl WaitUntil for Context {
///     fn wait_until(&self, work: BoxFuture<'static, ()>) {
///         std::thread::spawn(move || tokio_test::block_on(work));
///     }
/// }
///
/// let request = http::Request::get("/").extension(RequestWaitUntil::new(Context)).body(())?;
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone)]
pub struct RequestWaitUntil(Arc<dyn WaitUntil>);

impl RequestWaitUntil {
    /// A hook for the extensions of a request.
    pub fn new(hook: impl WaitUntil) -> Self {
        Self(Arc::new(hook))
    }
}

impl fmt::Debug for RequestWaitUntil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestWaitUntil").finish_non_exhaustive()
    }
}

/// The work for after the response of one request. The request, its clones and [`After`](crate::After) add to it;
/// [`HandOver`] hands it to the hook.
#[derive(Clone)]
pub(crate) struct AfterJobs(Arc<Jobs>);

struct Jobs {
    hook: RequestWaitUntil,
    /// `None` after the work was handed over: later work goes to the hook immediately.
    waiting: Mutex<Option<Vec<Job>>>,
}

impl AfterJobs {
    pub(crate) fn new(hook: RequestWaitUntil) -> Self {
        Self(Arc::new(Jobs { hook, waiting: Mutex::new(Some(Vec::new())) }))
    }

    pub(crate) fn push(&self, work: impl Future<Output = ()> + MaybeSend + 'static) {
        let job = Job::new(Box::pin(work));
        let late = match &mut *self.0.lock() {
            Some(waiting) => {
                waiting.push(job);
                None
            }
            None => Some(job),
        };
        // Not under the lock: a hook may run the work in place, and the work may add more.
        if let Some(job) = late {
            job.hand_to(&self.0.hook);
        }
    }
}

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, Option<Vec<Job>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for AfterJobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AfterJobs").finish_non_exhaustive()
    }
}

struct Job {
    work: Parked<BoxFuture<'static, ()>>,
    /// The runtime in which the work was given. A response may be dropped outside of it, where `tokio::spawn` panics.
    #[cfg(feature = "tokio")]
    runtime: Option<tokio::runtime::Handle>,
}

impl Job {
    fn new(work: BoxFuture<'static, ()>) -> Self {
        Self {
            work: Parked::new(work),
            #[cfg(feature = "tokio")]
            runtime: tokio::runtime::Handle::try_current().ok(),
        }
    }

    /// A panic of the hook must not leave the destructor that calls this, nor take the other jobs with it.
    fn hand_to(self, hook: &RequestWaitUntil) {
        let handed = catch_panic(|| {
            #[cfg(feature = "tokio")]
            let _entered = self.runtime.as_ref().map(tokio::runtime::Handle::enter);
            hook.0.wait_until(self.work.into_inner());
        });
        if let Err(panic) = handed {
            let reason = format!("work for after a response is lost, as the `wait_until` hook failed: {panic}");
            log::failure(&Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason));
        }
    }
}

/// Hands the work to the hook when it is dropped: with the future of the response, or else with the body.
///
/// A job may own its request, and the request owns the list of jobs. Only this value breaks the cycle, so no job may own
/// it: it must be neither in the request nor in [`After`](crate::After).
pub(crate) struct HandOver(AfterJobs);

impl HandOver {
    pub(crate) fn new(jobs: AfterJobs) -> Self {
        Self(jobs)
    }

    /// Waits for the body to be sent or dropped, if there is work, or if an owner of the list may still add some.
    pub(crate) fn follow(self, body: Body) -> Body {
        let may_grow = Arc::strong_count(&self.0.0) > 1;
        if may_grow || self.0.0.lock().as_ref().is_some_and(|waiting| !waiting.is_empty()) {
            return Body::new(Followed { body, _hand_over: self });
        }
        body
    }
}

impl Drop for HandOver {
    fn drop(&mut self) {
        let waiting = self.0.0.lock().take();
        for job in waiting.into_iter().flatten() {
            job.hand_to(&self.0.0.hook);
        }
    }
}

pin_project! {
    /// A body with the work to hand over after its end.
    struct Followed {
        #[pin]
        body: Body,
        _hand_over: HandOver,
    }
}

impl http_body::Body for Followed {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.project().body.poll_frame(cx)
    }

    /// Always `false`: a host may drop a body that is at its end before it sends the head. The work would then run too early.
    fn is_end_stream(&self) -> bool {
        false
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
