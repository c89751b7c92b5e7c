//! The error of a body.

use std::error::Error;
use std::fmt;

use crate::body::BoxError;

/// The error of a [`Body`](crate::Body).
///
/// It displays the text of the inner error, which is its [`source`](Error::source). In a handler, `?` converts it into an
/// [`Error`](crate::Error): 413 if a layer limits the body, the [`Error`](crate::Error) of the body if it has one, else 500.
///
/// ```
/// use std::io;
///
/// use futures_util::stream;
/// use http_body_util::BodyExt;
/// use route_handlers::body::BodyError;
/// use route_handlers::{Body, Result};
///
/// async fn length(body: Body) -> Result<String> {
///     Ok(body.collect().await?.to_bytes().len().to_string())
/// }
///
/// # tokio_test::block_on(async {
/// let broken = Body::from_stream(stream::iter([Err::<&str, _>(io::Error::other("gone"))]));
/// let error: BodyError = broken.collect().await.unwrap_err();
/// assert_eq!(error.to_string(), "gone");
/// assert!(error.get_ref().is::<io::Error>());
/// # });
/// ```
#[derive(Debug)]
pub struct BodyError(BoxError);

impl BodyError {
    /// Creates the error of a custom body type. A `BodyError` is not nested in another one.
    ///
    /// ```
    /// use route_handlers::body::BodyError;
    ///
    /// assert_eq!(BodyError::new(BodyError::new("gone")).get_ref().to_string(), "gone");
    /// ```
    pub fn new(error: impl Into<BoxError>) -> Self {
        error.into().downcast().map_or_else(Self, |own: Box<Self>| *own)
    }

    /// Returns a reference to the inner error, for a downcast.
    pub fn get_ref(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.0
    }

    /// Returns the inner error by value.
    ///
    /// ```
    /// use route_handlers::body::BodyError;
    ///
    /// let inner = BodyError::new(std::io::Error::other("gone")).into_inner();
    /// assert!(inner.downcast::<std::io::Error>().is_ok());
    /// ```
    pub fn into_inner(self) -> BoxError {
        self.0
    }
}

impl From<BoxError> for BodyError {
    fn from(error: BoxError) -> Self {
        Self::new(error)
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for BodyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}
