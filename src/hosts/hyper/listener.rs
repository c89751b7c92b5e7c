//! Sources of connections.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

/// A source of connections for [`serve`](super::serve): tokio's `TcpListener` and `UnixListener`, or your own.
///
/// The server calls [`accept`](Self::accept) for one connection at a time. A listener with TLS must not wait for a handshake in
/// it: spawn a task for each handshake.
///
/// ```no_run
/// use std::future::pending;
/// use std::io;
/// use std::net::SocketAddr;
///
/// use route_handlers::RouteHandlers;
/// use route_handlers::hosts::hyper::{Listener, serve};
/// use tokio::net::{TcpListener, TcpStream};
/// use tokio::sync::mpsc;
///
/// /// Connections after their handshake.
/// struct Ready(mpsc::Receiver<(TcpStream, SocketAddr)>);
///
/// impl Listener for Ready {
///     type Io = TcpStream; // with TLS, the stream that the handshake returns
///
///     async fn accept(&mut self) -> io::Result<(TcpStream, Option<SocketAddr>)> {
///         match self.0.recv().await {
///             Some((stream, client)) => Ok((stream, Some(client))),
///             None => pending().await,
///         }
///     }
/// }
///
/// async fn accept_all(listener: TcpListener, ready: mpsc::Sender<(TcpStream, SocketAddr)>) -> io::Result<()> {
///     loop {
///         let (stream, client) = listener.accept().await?;
///         let ready = ready.clone();
///         tokio::spawn(async move {
///             // with TLS: let Ok(stream) = acceptor.accept(stream).await else { return };
///             let _ = ready.send((stream, client)).await;
///         });
///     }
/// }
///
/// # async fn run() -> io::Result<()> {
/// let listener = TcpListener::bind(("127.0.0.1", 3000)).await?;
/// let (sender, ready) = mpsc::channel(16);
/// tokio::spawn(accept_all(listener, sender));
/// serve(Ready(ready), RouteHandlers::new().get("/", async || "hello")).await;
/// # Ok(())
/// # }
/// ```
pub trait Listener: Send + 'static {
    /// The type of a connection.
    type Io: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Waits for a connection, and returns it with the address of the client, if it has one.
    ///
    /// The future may be dropped before it is ready, and must not lose a connection then.
    ///
    /// # Errors
    ///
    /// An error does not end the server, which calls `accept` again. It waits 50 milliseconds before that, unless the client
    /// disconnected, because the process may have no file descriptor left.
    fn accept(&mut self) -> impl Future<Output = io::Result<(Self::Io, Option<SocketAddr>)>> + Send;
}

impl Listener for TcpListener {
    type Io = TcpStream;

    async fn accept(&mut self) -> io::Result<(TcpStream, Option<SocketAddr>)> {
        let (stream, client) = Self::accept(self).await?;
        let _ = stream.set_nodelay(true); // sends each piece of a stream without a delay
        Ok((stream, Some(client)))
    }
}

#[cfg(unix)]
impl Listener for tokio::net::UnixListener {
    type Io = tokio::net::UnixStream;

    async fn accept(&mut self) -> io::Result<(Self::Io, Option<SocketAddr>)> {
        let (stream, _) = Self::accept(self).await?;
        Ok((stream, None))
    }
}
