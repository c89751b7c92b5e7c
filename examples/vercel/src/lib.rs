//! A table of routes as a service for `vercel_runtime::run`.

use bytes::Buf;
use http::{Request, Response};
use http_body_util::BodyExt;
use route_handlers::{Body, BoxError, BoxFuture, RequestWaitUntil, RouteHandlers, WaitUntil};
use tokio::sync::oneshot;
use tower::{Service, ServiceExt, service_fn};
use vercel_runtime::{AppState, ResponseBody};

/// The table, with the `waitUntil` of each request for the work after its answer. Bodies are streams, both ways.
pub fn adapt<B>(
    api: RouteHandlers,
) -> impl Service<(AppState, Request<B>), Response = Response<ResponseBody>, Error = BoxError, Future: Send> + Clone
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    service_fn(move |(state, mut request): (AppState, Request<B>)| {
        let api = api.clone();
        async move {
            request.extensions_mut().insert(RequestWaitUntil::new(Invocation::of(state)));
            let Ok(response) = api.oneshot(request).await;
            Ok(response.map(|body: Body| ResponseBody(body.map_err(BoxError::from).boxed())))
        }
    })
}

/// The hook of one request, by which the invocation is kept open.
///
/// Vercel ends an invocation as soon as nothing is waited for, which may be before the answer was sent to its end, and
/// so before there is any work. The table lets go of the hook once it has handed over all of it; until then there is
/// something to wait for.
struct Invocation {
    state: AppState,
    _open: oneshot::Sender<()>,
}

impl Invocation {
    fn of(state: AppState) -> Self {
        let (open, closed) = oneshot::channel();
        state.wait_until(async {
            let _ = closed.await;
        });
        Self { state, _open: open }
    }
}

impl WaitUntil for Invocation {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        self.state.wait_until(work);
    }
}
