//! What a route lists about a handler: the layers and the options around it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::handler::middleware_check::MiddlewareCheck;

/// A layer or an option around a handler.
#[derive(Clone, Debug)]
pub(crate) enum Wrapper {
    Layer(LayerInfo),
    BodyLimit(usize),
    Etag,
    Ranges,
    #[cfg_attr(not(feature = "timeout"), expect(dead_code, reason = "feature `timeout` makes it"))]
    Timeout(Duration),
}

/// The type of a layer, and the checks of the middleware functions in it.
#[derive(Clone, Debug)]
pub(crate) struct LayerInfo {
    type_name: &'static str,
    pub(crate) checks: Arc<[MiddlewareCheck]>,
}

impl LayerInfo {
    pub(super) fn new<L>(checks: Vec<MiddlewareCheck>) -> Self {
        Self { type_name: std::any::type_name::<L>(), checks: checks.into() }
    }

    /// The name of the type without the paths of modules: `SetResponseHeaderLayer<HeaderValue>`.
    pub(crate) fn name(&self) -> String {
        let parts = self.type_name.split_inclusive(['<', '(', '[', '&', ' ']);
        parts.map(|part| part.rsplit("::").next().unwrap_or(part)).collect()
    }
}

/// Writes the call that made it.
impl fmt::Display for Wrapper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layer(layer) => write!(f, ".layer({})", layer.name()),
            Self::BodyLimit(bytes) => write!(f, ".body_limit({bytes})"),
            Self::Etag => f.write_str(".etag()"),
            Self::Ranges => f.write_str(".ranges()"),
            Self::Timeout(duration) => write!(f, ".timeout({duration:?})"),
        }
    }
}
