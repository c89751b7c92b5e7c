//! Where connections come from.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

/// A source of connections for [`serve`](super::serve): tokio's `TcpListener` and `UnixListener`, or your own.
///
/// The server calls [`accept`](Self::accept) for one connection at a time. A listener with TLS must not wait for a handshake in
/// it: spawn a task for each handshake.
pub trait Listener: Send + 'static {
    /// A connection.
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
