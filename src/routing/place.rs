//! Where a route was registered.

use std::fmt;
use std::panic::Location;

/// The call that registered a route, and the route file if the route is from a folder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    call: &'static Location<'static>,
    file: Option<&'static str>,
}

impl Place {
    /// The place of the caller.
    #[track_caller]
    pub(crate) fn caller() -> Self {
        Self { call: Location::caller(), file: None }
    }

    /// Names the route file.
    pub(crate) fn set_file(&mut self, file: &'static str) {
        self.file = Some(file);
    }

    pub(super) fn call(self) -> &'static Location<'static> {
        self.call
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.file {
            Some(file) => write!(f, "{file} by {}", self.call),
            None => self.call.fmt(f),
        }
    }
}
