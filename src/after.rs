//! Work that is done once the answer was sent: Next's `after()`.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::body::{Body, BoxError};
use crate::platform::{BoxFuture, MaybeSend, Parked};

/// Where work goes that outlives its request: a runtime's tasks, or a serverless host's `waitUntil`.
///
/// With feature `tokio` it is implemented for `tokio_util::task::TaskTracker`, which a server closes and awaits when it
/// shuts down.
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
    /// Runs a future to its end, however long its request is over.
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

/// The work that a request has asked for. It is handed to the hook when the last who holds this is done: the handler,
/// and the body of the answer.
#[derive(Clone)]
pub(crate) struct AfterJobs(Arc<Jobs>);

struct Jobs {
    hook: RequestWaitUntil,
    work: Mutex<Work>,
}

struct Work {
    jobs: Vec<Parked<BoxFuture<'static, ()>>>,
    /// What becomes of the body. A program that never leaves any work does not have a body that is followed by it.
    after: fn(AfterJobs, Body) -> Body,
}

impl AfterJobs {
    pub(crate) fn new(hook: RequestWaitUntil) -> Self {
        let none = Work { jobs: Vec::new(), after: |_, body| body };
        Self(Arc::new(Jobs { hook, work: Mutex::new(none) }))
    }

    pub(crate) fn push(&self, work: impl Future<Output = ()> + MaybeSend + 'static) {
        let mut own = self.lock();
        own.jobs.push(Parked::new(Box::pin(work)));
        own.after = |jobs, body| Body::new(Followed { body, _jobs: jobs });
    }

    /// The same body; if there is work to do, it waits for the body to be sent or given up.
    pub(crate) fn after(self, body: Body) -> Body {
        let after = self.lock().after;
        after(self, body)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Work> {
        self.0.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        let work = self.work.get_mut().unwrap_or_else(PoisonError::into_inner);
        for job in mem::take(&mut work.jobs) {
            self.hook.0.wait_until(job.into_inner());
        }
    }
}

impl fmt::Debug for AfterJobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AfterJobs").finish_non_exhaustive()
    }
}

pin_project! {
    /// A body with work that is to be done after it.
    struct Followed {
        #[pin]
        body: Body,
        _jobs: AfterJobs,
    }
}

impl http_body::Body for Followed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.project().body.poll_frame(cx)
    }

    /// Never, lest it is given up before it is asked for: a host drops it when the answer is sent.
    fn is_end_stream(&self) -> bool {
        false
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
