//! Serves on port 3000, or `PORT`, in front of the server that the first argument names.

use std::io;

use next_proxy::{api, proxy, serve};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> io::Result<()> {
    let upstream = std::env::args().nth(1).unwrap_or_else(|| String::from("http://localhost:3001"));
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3000);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}, in front of {upstream}", listener.local_addr()?);
    let shutdown = async { drop(tokio::signal::ctrl_c().await) };
    serve(listener, api().over(proxy(&upstream)), shutdown).await;
    Ok(())
}
