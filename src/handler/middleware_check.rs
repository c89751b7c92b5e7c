//! The checks of middleware functions at registration.

use std::cell::RefCell;
use std::panic::Location;

use crate::extract::RouteCheck;

thread_local! {
    /// The checks of the middleware functions in the layer that this thread applies now. `tower::Layer` cannot return them.
    static APPLYING: RefCell<Option<Vec<MiddlewareCheck>>> = const { RefCell::new(None) };
}

/// The check of the arguments of one middleware function.
#[derive(Clone, Debug)]
pub(crate) struct MiddlewareCheck {
    pub(crate) check: fn(&mut RouteCheck<'_>),
    pub(crate) location: &'static Location<'static>,
}

impl MiddlewareCheck {
    /// Applies a layer, and returns the checks of the middleware functions in it.
    pub(super) fn collect<T>(apply: impl FnOnce() -> T) -> (T, Vec<Self>) {
        let outer = APPLYING.replace(Some(Vec::new()));
        let applied = apply();
        (applied, APPLYING.replace(outer).unwrap_or_default())
    }

    /// Adds the check to the layer that is applied now. Outside a route table there is none.
    pub(crate) fn add(self) {
        APPLYING.with_borrow_mut(|checks| checks.as_mut().map(|checks| checks.push(self)));
    }
}
