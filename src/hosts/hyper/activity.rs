//! The activity of a connection, for its time limits.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Buf;
use http::Version;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

/// The time limits of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    pub(super) head: Duration,
    pub(super) idle: Duration,
}

impl Timeouts {
    /// Returns the next time to look at a phase that ends at `end`. Nothing wakes the timer when a request is done, so that the
    /// idle limit may end before.
    pub(super) fn next_look(self, end: Instant) -> Instant {
        end.min(after(Instant::now(), self.idle))
    }
}

/// Adds a limit of at most 30 years, because an `Instant` cannot hold the sum with `Duration::MAX`.
pub(super) fn after(start: Instant, limit: Duration) -> Instant {
    const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);
    start + limit.min(LONGEST)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The head of a request is not complete.
    Head,
    /// At least one request has no whole response.
    Running,
    /// All requests have their whole response.
    Idle,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// When the phase began, or when the connection last sent something while idle.
    since: Instant,
    running: usize,
    is_http2: bool,
}

/// The activity of one connection.
///
/// hyper has one timeout for both the idle connection and the head. It has none until the version of HTTP is known
/// (hyperium/hyper#3756). So this type watches the bytes and the requests.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
    /// Notified when a head begins, because its deadline may be before that of the idle connection.
    pub(super) head_begins: Notify,
}

impl Activity {
    pub(super) fn new() -> Self {
        let state = State { phase: Phase::Head, since: Instant::now(), running: 0, is_http2: false };
        Self { state: Mutex::new(state), head_begins: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the phase and its end. While requests run, the end is the next time to look.
    pub(super) fn phase(&self, timeouts: Timeouts) -> (Phase, Instant) {
        let state = self.state();
        match state.phase {
            Phase::Head => (Phase::Head, after(state.since, timeouts.head)),
            Phase::Running => (Phase::Running, after(Instant::now(), timeouts.idle)),
            Phase::Idle => (Phase::Idle, after(state.since, timeouts.idle)),
        }
    }

    pub(super) fn begin_request(self: &Arc<Self>, version: Version) -> RunningRequest {
        let mut state = self.state();
        state.phase = Phase::Running;
        state.running += 1;
        state.is_http2 = version == Version::HTTP_2;
        RunningRequest(Arc::clone(self))
    }

    /// Bytes after a response begin the next head. In HTTP/2 they may be anything, such as a ping.
    fn read(&self) {
        let mut state = self.state();
        if state.phase == Phase::Idle && !state.is_http2 {
            state.phase = Phase::Head;
            state.since = Instant::now();
            self.head_begins.notify_one();
        }
    }

    /// The client may read a response long after the body is in the buffers of the connection.
    fn wrote(&self) {
        let mut state = self.state();
        if state.phase == Phase::Idle {
            state.since = Instant::now();
        }
    }
}

/// A request that runs until this is dropped.
pub(super) struct RunningRequest(Arc<Activity>);

impl Drop for RunningRequest {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.running -= 1;
        if state.running == 0 {
            state.phase = Phase::Idle;
            state.since = Instant::now();
        }
    }
}

pin_project! {
    /// A response body. Its request runs until it is dropped.
    pub(super) struct RunningBody<B> {
        #[pin]
        body: B,
        request: RunningRequest,
    }
}

impl<B> RunningBody<B> {
    pub(super) fn new(body: B, request: RunningRequest) -> Self {
        Self { body, request }
    }
}

impl<D: Buf, B: Body<Data = D>> Body for RunningBody<B> {
    type Data = D;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<D>, B::Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

pin_project! {
    /// A connection that tells when bytes are read and written.
    pub(super) struct WatchedIo<I> {
        #[pin]
        io: I,
        activity: Arc<Activity>,
    }
}

impl<I> WatchedIo<I> {
    pub(super) fn new(io: I, activity: Arc<Activity>) -> Self {
        Self { io, activity }
    }
}

impl<I: AsyncRead> AsyncRead for WatchedIo<I> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        let before = buffer.filled().len();
        ready!(this.io.poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            this.activity.read();
        }
        Poll::Ready(Ok(()))
    }
}

impl<I: AsyncWrite> AsyncWrite for WatchedIo<I> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.project();
        let written = ready!(this.io.poll_write(cx, bytes))?;
        this.activity.wrote();
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        let written = ready!(this.io.poll_write_vectored(cx, bytes))?;
        this.activity.wrote();
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().io.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().io.poll_shutdown(cx)
    }
}
