//! The port of the examples.

use std::io;

use tokio::net::TcpListener;

/// Listens on the port in the environment variable `PORT`, or on 3000.
pub async fn listen() -> io::Result<TcpListener> {
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3000);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(listener)
}
