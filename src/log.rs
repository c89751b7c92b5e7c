//! Logs failures of the server with feature `tracing`. Without the feature, it does nothing.
//!
//! Each line about a request names its method, its route and the status. The lines about connections have none of them.

#[cfg(feature = "tracing")]
use std::error::Error as _;
#[cfg(feature = "serve")]
use std::fmt;
use std::sync::Arc;

use http::{Method, StatusCode};

use crate::body::BodyError;
use crate::error::Error;
use crate::routing::Pattern;

/// The request that a line of the log is about. It is empty without feature `tracing`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    #[cfg(feature = "tracing")]
    method: Method,
    /// `None` for a request without a route.
    #[cfg(feature = "tracing")]
    route: Option<Arc<Pattern>>,
}

#[cfg(feature = "tracing")]
impl Subject {
    pub(crate) fn new(method: &Method, route: Option<&Arc<Pattern>>) -> Self {
        Self { method: method.clone(), route: route.cloned() }
    }

    /// Logs an error of this request.
    pub(crate) fn log_failure(&self, error: &Error) {
        failure(error, &self.method, self.route());
    }

    /// Logs that the body of a response failed after its head was sent, unless the error is that of the client.
    pub(crate) fn log_body_failure(&self, status: StatusCode, error: &BodyError) {
        if Error::known(error).is_none_or(|known| known.status().is_server_error()) {
            tracing::error!(
                http.request.method = self.method.as_str(),
                http.route = self.route(),
                http.response.status_code = status.as_u16(),
                source = error.source(),
                "the body of the response failed"
            );
        }
    }

    fn route(&self) -> Option<&str> {
        self.route.as_deref().map(Pattern::as_str)
    }
}

#[cfg(not(feature = "tracing"))]
impl Subject {
    #[inline]
    pub(crate) fn new(_: &Method, _: Option<&Arc<Pattern>>) -> Self {
        Self {}
    }

    #[inline]
    #[expect(clippy::unused_self, reason = "feature `tracing` reads it")]
    pub(crate) fn log_failure(&self, _: &Error) {}

    #[inline]
    #[expect(clippy::unused_self, reason = "feature `tracing` reads it")]
    pub(crate) fn log_body_failure(&self, _: StatusCode, _: &BodyError) {}
}

/// Logs an error with a 5xx status and its source, which the client never receives.
///
/// The fields have the names of OpenTelemetry's semantic conventions for HTTP.
#[cfg(feature = "tracing")]
pub(crate) fn failure(error: &Error, method: &Method, route: Option<&str>) {
    if error.status().is_server_error() {
        tracing::error!(
            http.request.method = method.as_str(),
            http.route = route,
            http.response.status_code = error.status().as_u16(),
            source = error.source(),
            "{error}"
        );
    }
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn failure(_: &Error, _: &Method, _: Option<&str>) {}

/// Logs what an operator of the server should know.
#[cfg(feature = "serve")]
pub(crate) fn server_warning(text: fmt::Arguments<'_>) {
    #[cfg(feature = "tracing")]
    tracing::warn!("{text}");
    #[cfg(not(feature = "tracing"))]
    let _ = text;
}

/// Logs a connection that failed, which is often the fault of its client.
#[cfg(feature = "serve")]
pub(crate) fn connection_failure(error: &(dyn std::error::Error + 'static)) {
    #[cfg(feature = "tracing")]
    tracing::debug!(source = error.source(), "a connection failed: {error}");
    #[cfg(not(feature = "tracing"))]
    let _ = error;
}
