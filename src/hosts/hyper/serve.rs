//! A server by hyper.

use std::fmt;
use std::future::{Pending, pending};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower_service::Service;

use super::activity::Timeouts;
use super::connection::serve_connection;
use super::listener::Listener;
use crate::body::BoxError;
use crate::log::server_warning;
use crate::platform::BoxFuture;
use crate::route_handlers::assert_complete;

/// The pause after an error of the listener.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves a tower service over HTTP/1 and HTTP/2: a table, a table over a service, an axum `Router`, or any other.
///
/// Await the result. It runs until the signal of [`with_graceful_shutdown`](Serve::with_graceful_shutdown), or forever. If it is
/// dropped before that, all connections are closed.
///
/// - The extensions of each request contain the `SocketAddr` of its client, unless the listener is a Unix socket. With feature
///   `axum`, they also contain axum's `ConnectInfo<SocketAddr>`.
/// - The response to an HTTP/1.1 request without one valid `Host` header is 400 (RFC 9112 §3.2).
/// - A client may upgrade an HTTP/1 connection. After the response with 101, the connection belongs to the handler, and neither
///   the time limits nor the shutdown apply to it.
/// - A client speaks HTTP/2 with prior knowledge: this server has no TLS. Put it behind a proxy, or implement [`Listener`].
/// - A connection that fails, or that cannot be accepted, does not end the server. With feature `tracing` the errors are logged.
/// - A request that has its head has no time limit before the shutdown. Set one with `Route::timeout` or a layer of tower.
///   The limits apply again when the response is whole, even if its request body is still read.
///
/// ```no_run
/// use route_handlers::RouteHandlers;
/// use route_handlers::hosts::hyper::{serve, shutdown_signal};
/// use tokio::net::TcpListener;
///
/// # async fn run() -> std::io::Result<()> {
/// let api = RouteHandlers::new().get("/api/hello", async || "hello");
/// let listener = TcpListener::bind(("127.0.0.1", 3000)).await?;
/// serve(listener, api).with_graceful_shutdown(shutdown_signal()).await;
/// # Ok(())
/// # }
/// ```
#[track_caller]
pub fn serve<L, S, R>(listener: L, service: S) -> Serve<L, S>
where
    L: Listener,
    S: Service<Request<Incoming>, Response = Response<R>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    R: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    assert_complete(&service);
    let timeouts = Timeouts { head: Duration::from_secs(30), idle: Duration::from_secs(75) };
    Serve { listener, service, signal: pending(), timeouts, drain: Duration::from_secs(10) }
}

/// A server: see [`serve`].
///
/// ```no_run
/// use std::time::Duration;
///
/// use route_handlers::RouteHandlers;
/// use route_handlers::hosts::hyper::{serve, shutdown_signal};
/// use tokio::net::TcpListener;
///
/// # async fn run(listener: TcpListener, api: RouteHandlers) {
/// serve(listener, api)
///     .head_timeout(Duration::from_secs(10))
///     .idle_timeout(Duration::from_secs(120))
///     .drain_timeout(Duration::from_secs(25))
///     .with_graceful_shutdown(shutdown_signal())
///     .await;
/// # }
/// ```
#[must_use = "a server does nothing until it is awaited"]
pub struct Serve<L, S, F = Pending<()>> {
    listener: L,
    service: S,
    signal: F,
    timeouts: Timeouts,
    drain: Duration,
}

impl<L, S, F> Serve<L, S, F> {
    /// Stops the server gracefully when `signal` is ready.
    ///
    /// After the signal no connection is accepted, idle connections are closed, and the running requests are completed.
    /// Connections that remain after the [drain timeout](Self::drain_timeout) are cut.
    ///
    /// A stream that does not end by itself keeps its connection until then. `Sse::until` ends such a stream at the signal.
    ///
    /// ```no_run
    /// use route_handlers::RouteHandlers;
    /// use route_handlers::hosts::hyper::serve;
    /// use tokio::net::TcpListener;
    /// use tokio_util::sync::CancellationToken;
    ///
    /// # async fn run(api: RouteHandlers, listener: TcpListener) {
    /// let shutdown = CancellationToken::new(); // call `shutdown.cancel()` to stop
    /// serve(listener, api).with_graceful_shutdown(shutdown.cancelled_owned()).await;
    /// # }
    /// ```
    pub fn with_graceful_shutdown<G>(self, signal: G) -> Serve<L, S, G>
    where
        G: Future<Output = ()> + Send + 'static,
    {
        let Self { listener, service, signal: _, timeouts, drain } = self;
        Serve { listener, service, signal, timeouts, drain }
    }

    /// Sets the time for the head of a request. The default is 30 seconds.
    ///
    /// It begins with the first byte of the head, and for the first request with the connection. The connection is cut after it.
    /// In HTTP/2 it applies to the first request. [`Duration::MAX`] is no limit.
    pub fn head_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.head = timeout;
        self
    }

    /// Sets the time after which a connection without a request is closed. The default is 75 seconds.
    ///
    /// It should be longer than that of a proxy in front of the server. Otherwise the proxy may send a request while the
    /// connection is closed, and respond with 502. [`Duration::MAX`] is no limit, and the least limit is 1 millisecond.
    ///
    /// In HTTP/2, a client that sends pings keeps its connection.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.idle = timeout.max(Duration::from_millis(1)); // also the pause between two looks at a running request
        self
    }

    /// Sets the time for running requests after the signal of a graceful shutdown. The default is 10 seconds.
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain = timeout;
        self
    }
}

impl<L, S, R, F> IntoFuture for Serve<L, S, F>
where
    L: Listener,
    S: Service<Request<Incoming>, Response = Response<R>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    R: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    S::Future: 'static,
    F: Future<Output = ()> + Send + 'static,
{
    type Output = ();
    type IntoFuture = BoxFuture<'static, ()>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(run(self))
    }
}

impl<L: fmt::Debug, S, F> fmt::Debug for Serve<L, S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("listener", &self.listener)
            .field("head_timeout", &self.timeouts.head)
            .field("idle_timeout", &self.timeouts.idle)
            .field("drain_timeout", &self.drain)
            .finish_non_exhaustive()
    }
}

async fn run<L, S, R, F>(server: Serve<L, S, F>)
where
    L: Listener,
    S: Service<Request<Incoming>, Response = Response<R>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    S::Future: 'static,
    R: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    F: Future<Output = ()>,
{
    let Serve { mut listener, service, signal, timeouts, drain } = server;
    let (shutdown, is_over) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut signal = pin!(signal);
    loop {
        tokio::select! {
            (io, client) = accept(&mut listener) => {
                connections.spawn(serve_connection(io, client, service.clone(), timeouts, is_over.clone()));
            }
            Some(_ended) = connections.join_next() => {}
            () = &mut signal => break,
        }
    }
    drop(listener); // refuses new clients, which would otherwise wait
    let _ = shutdown.send(());
    let drained = timeout(drain, async { while connections.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        server_warning(format_args!("{} connections were cut: not done after {drain:?}", connections.len()));
        connections.shutdown().await;
    }
}

/// Waits for the next connection, whatever the listener returns before it.
async fn accept<L: Listener>(listener: &mut L) -> (L::Io, Option<SocketAddr>) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                server_warning(format_args!("a connection was not accepted: {error}"));
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Whether the client disconnected before its connection was accepted.
fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
