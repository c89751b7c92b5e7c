//! A panic in a handler is its request's failure, not the connection's.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use http::StatusCode;

use crate::error::Error;

/// What `attempt` gives, or its panic as an error. What it was about when it panicked must not be used again.
///
/// Where panics abort, as on wasm32, it does nothing: there the host must begin anew.
pub(crate) fn catch_panic<R>(attempt: impl FnOnce() -> R) -> Result<R, Error> {
    catch_unwind(AssertUnwindSafe(attempt)).map_err(|payload| describe(&*payload))
}

/// The panic's message is for the log alone.
#[cold]
fn describe(payload: &(dyn Any + Send)) -> Error {
    let message = payload.downcast_ref::<String>().map(String::as_str);
    let message = message.or(payload.downcast_ref::<&str>().copied()).unwrap_or("a value that is no text");
    Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, format!("a panic: {message}"))
}
