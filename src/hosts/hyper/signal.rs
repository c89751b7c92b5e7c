//! The signals that stop a server.

/// Waits for Ctrl-C or, on Unix, for `SIGTERM`, which containers and process managers send.
///
/// After the first signal, further ones have no effect: the drain timeout ends the server. If the process cannot listen to a
/// signal, that signal keeps its default effect.
///
/// ```no_run
/// use route_handlers::RouteHandlers;
/// use route_handlers::hosts::hyper::{serve, shutdown_signal};
/// use tokio::net::TcpListener;
///
/// # async fn run(api: RouteHandlers) -> std::io::Result<()> {
/// let listener = TcpListener::bind(("127.0.0.1", 3000)).await?;
/// serve(listener, api).with_graceful_shutdown(shutdown_signal()).await;
/// # Ok(())
/// # }
/// ```
pub async fn shutdown_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
