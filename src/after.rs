//! Work that runs after the response was sent: the counterpart of `after()` in Next.js.
//!
//! Use it for short work that the client need not wait for, such as a mail or a counter. The work is lost if the process ends
//! before it runs. Work that must not be lost belongs in a job queue.
//!
//! A handler adds work with the argument [`After`](crate::After), or with [`Request::after`](crate::Request::after). A hook of the
//! table runs it. With feature `tokio`, `TaskTracker` is a hook:
//!
//! ```
//! # #[cfg(feature = "tokio")]
//! # tokio_test::block_on(async {
//! use http::Request;
//! use route_handlers::{After, Body, RouteHandlers};
//! use tokio_util::task::TaskTracker;
//! use tower::ServiceExt;
//!
//! async fn sign_up(after: After) -> &'static str {
//!     after.run(async { println!("a mail is sent") });
//!     "welcome"
//! }
//!
//! let tasks = TaskTracker::new();
//! let api = RouteHandlers::new().post("/sign-up", sign_up).wait_until(tasks.clone());
//!
//! let response = api.oneshot(Request::post("/sign-up").body(Body::empty())?).await?;
//! assert_eq!(response.status(), 200);
//!
//! drop(response); // the server has sent it
//! assert_eq!(tasks.len(), 1);
//! tasks.close(); // at shutdown
//! tasks.wait().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! Your own hook implements [`WaitUntil`]. This one limits the time of the work:
//!
//! ```
//! use std::time::Duration;
//!
//! use route_handlers::after::{BoxFuture, WaitUntil};
//! use route_handlers::{After, RouteHandlers};
//!
//! struct TenSeconds;
//!
//! impl WaitUntil for TenSeconds {
//!     fn wait_until(&self, work: BoxFuture<'static, ()>) {
//!         tokio::spawn(tokio::time::timeout(Duration::from_secs(10), work));
//!     }
//! }
//!
//! let api = RouteHandlers::new()
//!     .post("/visits", async |after: After| after.run(async { /* count it */ }))
//!     .wait_until(TenSeconds);
//! ```

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::body::{Body, BodyError};
use crate::catch_panic::catch_panic;
use crate::error::Error;
use crate::log::Subject;
pub use crate::platform::BoxFuture;
use crate::platform::{MaybeSend, Parked};

/// A hook that runs work after the response: as a task of a runtime, or with `waitUntil` of a serverless host.
///
/// With feature `tokio`, it is implemented for `tokio_util::task::TaskTracker`, which a server closes and awaits at
/// shutdown. With this feature, any hook may call `tokio::spawn`: the hook is called in the runtime in which the work was
/// added, even if a host drops the response outside of it.
///
/// A panic of a hook is caught and logged. Only the work passed in that call is lost.
///
/// ```
/// use route_handlers::after::{BoxFuture, WaitUntil};
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
    /// Runs a future to its end, possibly long after the end of its request.
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

/// The hook of one request, for hosts with a hook for each request.
///
/// A host stores it in the extensions of the request. It takes precedence over the hook of the table.
///
/// ```
/// use route_handlers::after::{BoxFuture, RequestWaitUntil, WaitUntil};
///
/// struct Context; // of the host, for one request
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
    /// Wraps a hook for the extensions of a request.
    pub fn new(hook: impl WaitUntil) -> Self {
        Self(Arc::new(hook))
    }
}

impl fmt::Debug for RequestWaitUntil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestWaitUntil").finish_non_exhaustive()
    }
}

/// The work that runs after the response of one request. The request, its clones and [`After`](crate::After) add work;
/// [`HandOver`] passes it to the hook.
#[derive(Clone)]
pub(crate) struct AfterJobs(Arc<Jobs>);

struct Jobs {
    hook: RequestWaitUntil,
    subject: Subject,
    /// `None` after the work was passed to the hook. Later work goes to the hook immediately.
    waiting: Mutex<Option<Vec<Job>>>,
}

impl AfterJobs {
    pub(crate) fn new(hook: RequestWaitUntil, subject: Subject) -> Self {
        Self(Arc::new(Jobs { hook, subject, waiting: Mutex::new(Some(Vec::new())) }))
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
        // The lock is released first: a hook may run the work immediately, and the work may add more.
        if let Some(job) = late {
            job.hand_to(&self.0.hook, &self.0.subject);
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
    /// The runtime in which the work was added. A response may be dropped outside of it, where `tokio::spawn` panics.
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

    /// Catches a panic of the hook: this is called in a destructor, and the other jobs must still run.
    fn hand_to(self, hook: &RequestWaitUntil, subject: &Subject) {
        let result = catch_panic(|| {
            #[cfg(feature = "tokio")]
            let _entered = self.runtime.as_ref().map(tokio::runtime::Handle::enter);
            hook.0.wait_until(self.work.into_inner());
        });
        if let Err(panic) = result {
            let reason = format!("the `wait_until` hook failed, so its work is lost: {panic}");
            subject.log_failure(&Error::internal(reason));
        }
    }
}

/// Passes the work to the hook when it is dropped: with the response future or with the body.
///
/// A job may own its request, and the request owns the list of jobs. Only this value breaks that cycle, so neither the
/// request nor [`After`](crate::After) may own it.
pub(crate) struct HandOver(AfterJobs);

impl HandOver {
    pub(crate) fn new(jobs: AfterJobs) -> Self {
        Self(jobs)
    }

    /// Delays the work until the body is sent or dropped, if there is work or another owner may still add some.
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
            job.hand_to(&self.0.0.hook, &self.0.0.subject);
        }
    }
}

pin_project! {
    /// A body that passes the work to the hook when it is dropped.
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

    /// Always `false`: a host may drop a body at its end before it sends the head, and the work would run too early.
    fn is_end_stream(&self) -> bool {
        false
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
