//! `After`: an argument that runs work after the response.

use crate::after::AfterJobs;
use crate::error::Result;
use crate::extract::FromHead;
use crate::platform::MaybeSend;
use crate::request::Head;

/// Runs work after the response was sent, like `after()` in Next.js.
///
/// If no hook is set to run the work, the response is 500, and the log names the cause:
/// [`RouteHandlers::wait_until`](crate::RouteHandlers::wait_until) sets one.
///
/// A task or the work itself may keep a clone. Work that is added after the response was sent goes to the hook
/// immediately.
///
/// ```
/// use route_handlers::{After, RouteHandlers};
///
/// async fn sign_up(after: After) -> &'static str {
///     after.run(async { /* send a mail */ });
///     "welcome"
/// }
///
/// let api = RouteHandlers::new().post("/sign-up", sign_up); // and `.wait_until(…)`
/// ```
#[derive(Clone, Debug)]
pub struct After(AfterJobs);

impl After {
    /// Runs a future after the response was sent: for HEAD too, and if the handler fails or the client disconnects.
    ///
    /// Each future runs once. It may own the request or this value: both are dropped with the future.
    ///
    /// ```
    /// # use route_handlers::{After, Json};
    /// async fn order(after: After, Json(id): Json<u32>) {
    ///     after.run(async move { println!("the response to order {id} was sent") });
    /// }
    /// ```
    pub fn run(&self, work: impl Future<Output = ()> + MaybeSend + 'static) {
        self.0.push(work);
    }
}

impl FromHead for After {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        head.require_after_jobs().cloned().map(Self)
    }

    fn is_present(head: &Head<'_>) -> bool {
        head.after_jobs().is_some()
    }
}
