//! The query string.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::request::Request;

impl Request {
    /// The query as one value. A key that repeats fills a `Vec`.
    ///
    /// # Errors
    ///
    /// 400 if the query is not of the type.
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

    /// The pairs of the query, decoded, in their order and with their repeats.
    ///
    /// Nothing fails here: an escape that is none stays as it is, bytes that are not UTF-8 become U+FFFD.
    ///
    /// ```
    /// # use route_handlers::{Body, Request};
    /// let request = Request::from(http::Request::get("/?tag=a+b&tag=%C3%A9&%zz").body(Body::empty())?);
    /// let pairs: Vec<_> = request.query_pairs().collect();
    /// assert_eq!(pairs, [("tag".into(), "a b".into()), ("tag".into(), "é".into()), ("%zz".into(), "".into())]);
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn query_pairs(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        form_urlencoded::parse(self.uri().query().unwrap_or_default().as_bytes())
    }
}
