//! A request that is not assembled yet.

use crate::request::{Head, Request};

/// A request that a route matched, as it arrived: with the host's body type, or as a [`Request`].
///
/// A handler whose arguments need only the head never assembles the request.
pub trait Incoming {
    /// The head, by reference.
    fn head(&self) -> Head<'_>;

    /// Sets how many bytes of the body an argument or a method of `Request` may buffer.
    fn limit_body(&mut self, bytes: usize);

    /// Assembles the request.
    ///
    /// # Panics
    ///
    /// If the request was taken before.
    fn take(&mut self) -> Request;
}

impl Incoming for Request {
    fn head(&self) -> Head<'_> {
        Self::head(self)
    }

    fn limit_body(&mut self, bytes: usize) {
        self.set_body_limit(bytes);
    }

    fn take(&mut self) -> Request {
        Self::take(self)
    }
}
