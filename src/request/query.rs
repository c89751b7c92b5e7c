//! The query string.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::request::{Head, Request};

impl Request {
    /// Deserializes the query. A repeated key fills a `Vec`.
    ///
    /// # Errors
    ///
    /// 400 if the query does not match the type.
    ///
    /// ```
    /// use serde::Deserialize;
    /// # use route_handlers::{Request, Result};
    ///
    /// #[derive(Deserialize)]
    /// struct Search {
    ///     q: String,
    ///     #[serde(default)]
    ///     tag: Vec<String>,
    /// }
    ///
    /// async fn search(request: Request) -> Result<String> {
    ///     let Search { q, tag } = request.query()?;
    ///     Ok(format!("{q} in {tag:?}"))
    /// }
    /// ```
    pub fn query<T: DeserializeOwned>(&self) -> Result<T> {
        self.head().query()
    }

    /// Returns the decoded pairs of the query, in order, with repeated keys.
    ///
    /// It never fails: a malformed percent-encoding is kept, and invalid UTF-8 becomes U+FFFD.
    ///
    /// ```
    /// # use route_handlers::{Body, Request};
    /// let request = Request::from(http::Request::get("/?tag=a+b&tag=%C3%A9&%zz").body(Body::empty())?);
    /// let pairs: Vec<_> = request.query_pairs().collect();
    /// assert_eq!(pairs, [("tag".into(), "a b".into()), ("tag".into(), "é".into()), ("%zz".into(), "".into())]);
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn query_pairs(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        self.head().query_pairs()
    }
}

impl<'r> Head<'r> {
    /// Returns the pairs of the query, decoded: see [`Request::query_pairs`].
    pub fn query_pairs(&self) -> impl Iterator<Item = (Cow<'r, str>, Cow<'r, str>)> + use<'r> {
        form_urlencoded::parse(self.uri().query().unwrap_or_default().as_bytes())
    }
}
