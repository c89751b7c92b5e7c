//! Logs failures of the server with feature `tracing`. Without the feature, it does nothing.

use crate::error::Error;

/// Logs an error with a 5xx status and its source, which the client never receives.
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
