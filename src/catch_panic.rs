//! Catches panics, so that a panic fails one request and not its connection.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A caught panic. Its message is for the log and is not sent.
#[derive(Debug)]
pub(crate) struct Panic(String);

/// Runs `attempt` and catches its panic. The values that it changed must not be used after a panic.
///
/// It has no effect where panics abort, as on wasm32. There, the host must restart the program.
pub(crate) fn catch_panic<R>(attempt: impl FnOnce() -> R) -> Result<R, Panic> {
    catch_unwind(AssertUnwindSafe(attempt)).map_err(|payload| {
        let panic = describe(&*payload);
        // The payload is any value, so its destructor may panic too. That payload is not dropped.
        if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(second);
        }
        panic
    })
}

#[cold]
fn describe(payload: &(dyn Any + Send)) -> Panic {
    let message = payload.downcast_ref::<String>().map(String::as_str);
    let message = message.or(payload.downcast_ref::<&str>().copied()).unwrap_or("a value that is not text");
    Panic(message.to_owned())
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a panic: {}", self.0)
    }
}

impl Error for Panic {}
