//! Serves one connection.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use http::header::{CONNECTION, HOST};
use http::uri::Authority;
use http::{HeaderValue, Request, Response, StatusCode, Version};
use http_body_util::Either::{Left, Right};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tower_service::Service;

use super::activity::{Activity, Phase, RunningBody, Timeouts, WatchedIo, after};
use crate::body::BoxError;
use crate::log::connection_failure;

/// Serves a connection until its client closes it, a time limit ends it, or its requests are done after `shutdown`.
pub(super) async fn serve_connection<I, S, R>(
    io: I,
    client: Option<SocketAddr>,
    service: S,
    timeouts: Timeouts,
    mut shutdown: watch::Receiver<()>,
) where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<R>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    S::Future: 'static,
    R: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    let activity = Arc::new(Activity::new());
    let io = TokioIo::new(WatchedIo::new(io, Arc::clone(&activity)));
    let requests = Arc::clone(&activity);
    let service = TowerToHyperService::new(service);
    let service = service_fn(move |mut request: Request<Incoming>| {
        if let Some(client) = client {
            request.extensions_mut().insert(client);
            #[cfg(feature = "axum")]
            request.extensions_mut().insert(axum::extract::ConnectInfo(client));
        }
        let running = requests.begin_request(request.version());
        let response = has_valid_host(&request).then(|| service.call(request));
        async move {
            match response {
                Some(response) => {
                    response.await.map(|response| response.map(|body| Left(RunningBody::new(body, running))))
                }
                None => Ok(bad_request().map(Right)),
            }
        }
    });
    let http = auto::Builder::new(TokioExecutor::new());
    let mut connection = pin!(http.serve_connection_with_upgrades(io, service));
    let mut timer = pin!(sleep_until(timeouts.next_look(activity.phase(timeouts).1)));
    let mut is_closing = false;
    loop {
        tokio::select! {
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    connection_failure(&*error);
                }
                return;
            }
            _ = shutdown.changed(), if !is_closing => {
                is_closing = true;
                connection.as_mut().graceful_shutdown();
            }
            () = activity.head_begins.notified() => {
                timer.as_mut().reset(timeouts.next_look(activity.phase(timeouts).1));
            }
            () = timer.as_mut() => match activity.phase(timeouts) {
                (Phase::Running, end) => timer.as_mut().reset(end),
                (_, end) if end > Instant::now() => timer.as_mut().reset(timeouts.next_look(end)),
                (Phase::Idle, _) if !is_closing => {
                    // This tells an HTTP/2 client to send no more requests. It has the idle limit again to close the connection.
                    is_closing = true;
                    connection.as_mut().graceful_shutdown();
                    timer.as_mut().reset(after(Instant::now(), timeouts.idle));
                }
                _ => return,
            },
        }
    }
}

/// Whether an HTTP/1.1 request has one `Host` header, and it is valid (RFC 9112 §3.2). hyper does not check this.
fn has_valid_host<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_host(host.as_bytes()),
        (None, _) => request.version() != Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

/// Whether a text is a host with an optional port. It is empty if the URI of the request has no authority.
fn is_host(text: &[u8]) -> bool {
    text.is_empty() || (!text.contains(&b'@') && Authority::try_from(text).is_ok())
}

fn bad_request<D: bytes::Buf>() -> Response<Empty<D>> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
