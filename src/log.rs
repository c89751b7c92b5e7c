//! The log: with feature `tracing` an event for each failure of the server, without it nothing.

use crate::error::Error;

/// Logs a failure that is the server's: its cause, which the client is not told.
#[cfg(feature = "tracing")]
pub(crate) fn failure(error: &Error) {
    if error.status().is_server_error() {
        match error.source() {
            Some(source) => tracing::error!(status = error.status().as_u16(), source, "{error}"),
            None => tracing::error!(status = error.status().as_u16(), "{error}"),
        }
    }
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn failure(_: &Error) {}
