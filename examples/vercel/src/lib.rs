//! Adapts a route table to `vercel_runtime::run`.

use bytes::Buf;
use http::{Request, Response};
use http_body_util::BodyExt;
use route_handlers::after::{BoxFuture, RequestWaitUntil, WaitUntil};
use route_handlers::body::BoxError;
use route_handlers::{Body, RouteHandlers};
use tokio::sync::oneshot;
use tower::{Service, ServiceExt, service_fn};
use vercel_runtime::{AppState, ResponseBody};

/// Adapts a route table. The work of `After` goes to the `waitUntil` of the request. Bodies are streams in both directions.
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

/// The hook of one request. It keeps the invocation open.
///
/// Vercel ends an invocation when it waits for nothing. This may happen before the end of the response, when the table has not
/// yet passed the work to the hook. For this reason the invocation also waits until the table drops the hook, after all work
/// was passed to it.
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
