//! What AWS Lambda needs beside `lambda_http::run(api)`.
//!
//! Lambda freezes the process as soon as an invocation is answered: work for [`After`](route_handlers::After) would stand
//! still until the next request, or for ever. So these two services have it done within the invocation.
//!
//! | | the client has its answer | Lambda's limit |
//! |---|---|---|
//! | [`whole`], for `lambda_http::run` | after the work | 6 MB |
//! | [`streamed`], for `lambda_http::run_with_streaming_response` | piece by piece, before the work; its end comes after it | 200 MB |
//!
//! Both hold for every tower service, so for `api.over(inner)`, too.
//!
//! Without them, as in `bin/plain.rs`, a table runs as it is, but a handler that takes `After` is 500, text that is not
//! UTF-8 is changed, and of a header with several lines an HTTP API sees the first.
//!
//! What stays: `lambda_http` resolves `.` and `..` in a path before a table sees it, and a load balancer passes on several
//! cookies only if its target group has multi-value headers switched on.

mod headers;
mod stage;
mod streamed;
mod whole;

pub use stage::with_stage;
pub use streamed::streamed;
pub use whole::{Answer, whole};

use route_handlers::RequestWaitUntil;
use tokio_util::task::TaskTracker;

/// Takes the work that one request leaves behind. A task that panics takes nothing with it.
fn track(request: &mut lambda_http::Request) -> TaskTracker {
    let work = TaskTracker::new();
    request.extensions_mut().insert(RequestWaitUntil::new(work.clone()));
    work
}

/// Waits until that work is done, which nobody adds to any more.
async fn finish(work: TaskTracker) {
    work.close();
    work.wait().await;
}
