//! Makes the arguments of this crate without a future.

use std::fmt;

use crate::error::Result;
use crate::request::{Head, Incoming};

/// A function that makes an argument without a future.
///
/// If all arguments of a handler have one, the handler is called immediately, and no future stores the request.
pub enum Shortcut<T> {
    /// The argument is made from the head.
    Head {
        /// As [`FromHead::from_head`](crate::FromHead::from_head).
        make: fn(&Head<'_>) -> Result<T>,
        /// As [`FromHead::is_present`](crate::FromHead::is_present).
        is_present: fn(&Head<'_>) -> bool,
    },
    /// The argument takes the request or its body. No argument can be made after it.
    Take(fn(&mut dyn Incoming) -> Result<T>),
}

impl<T> fmt::Debug for Shortcut<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head { .. } => "Head",
            Self::Take(_) => "Take",
        })
    }
}

impl<T> Shortcut<T> {
    /// Makes the last argument of a handler.
    #[inline]
    pub(super) fn make_last(&self, incoming: &mut dyn Incoming) -> Result<T> {
        match self {
            Self::Head { make, .. } => make(&incoming.head()),
            Self::Take(take) => take(incoming),
        }
    }
}
