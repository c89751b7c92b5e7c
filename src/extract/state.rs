//! The table's state as an argument.

use std::any::type_name;

use crate::error::{Error, Result};
use crate::extract::{FromHead, RouteCheck};
use crate::request::Head;
use crate::state::State;

impl<T: Send + Sync + 'static> FromHead for State<T> {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        head.state().map(Self).ok_or_else(|| missing(type_name::<T>()))
    }

    fn is_present(head: &Head<'_>) -> bool {
        head.states.contains::<T>()
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.needs_state::<T>();
    }
}

#[cold]
fn missing(name: &str) -> Error {
    let reason = format!(
        "the table has no state `{name}`: call `with_state` before the route. If an argument of your own reads the state, \
         add `fn check(route: &mut RouteCheck<'_>) {{ route.needs_state::<{name}>(); }}` to it, so that registration finds \
         this mistake"
    );
    Error::internal(reason)
}
