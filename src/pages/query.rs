//! The names and values of `req.query` and of a parsed form.

use std::borrow::Cow;

use indexmap::IndexMap;
use indexmap::map::Entry;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::request::{MatchedRoute, Request};

/// The query of a [`PagesRequest`](crate::pages::PagesRequest): names with one or several values. It serializes to a JSON object.
///
/// The names are in the order in which they first occur.
///
/// A hash table finds a name, so a request with many names costs no quadratic time.
///
/// ```
/// use route_handlers::pages::pages;
///
/// let search = pages(async |req, res| {
///     // `?tag=a&tag=b`: {"first":"a","all":["a","b"]}
///     let (first, all) = (req.query().get("tag"), req.query().value("tag"));
///     res.json(&serde_json::json!({ "first": first, "all": all }))
/// });
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PagesQuery(IndexMap<String, PagesValue>);

/// A value of a [`PagesQuery`].
///
/// ```
/// use route_handlers::pages::{PagesValue, pages};
///
/// let tags = pages(async |req, res| match req.query().value("tag") {
///     Some(PagesValue::One(tag)) => res.send(tag.clone()),
///     Some(PagesValue::Many(tags)) => res.send(tags.join(", ")),
///     None => res.send("none"),
/// });
/// ```
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "Next's `string | string[]`")]
pub enum PagesValue {
    /// The value of a name that occurs once.
    One(String),
    /// The values of a name that occurs several times, or the segments of a catch-all.
    Many(Vec<String>),
}

impl PagesQuery {
    /// The query, with the parameters of the path in place of query values of the same name.
    pub(super) fn of(request: &Request) -> Self {
        let mut query = Self::default();
        request.query_pairs().for_each(|(name, value)| query.add(name, value));
        let route = request.matched_route();
        for name in route.iter().flat_map(MatchedRoute::names) {
            let segments = request.segments(name).map(|segments| segments.map(str::to_owned).collect::<Vec<_>>());
            let value = match segments {
                // In Next.js an optional catch-all that captured nothing has no value.
                Some(segments) if segments.is_empty() => continue,
                Some(segments) => PagesValue::Many(segments),
                None => match request.param(name) {
                    Some(value) => PagesValue::One(value.to_owned()),
                    None => continue,
                },
            };
            query.0.insert(name.to_owned(), value);
        }
        query
    }

    pub(super) fn add(&mut self, name: Cow<'_, str>, value: Cow<'_, str>) {
        match self.0.entry(name.into_owned()) {
            Entry::Vacant(vacant) => drop(vacant.insert(PagesValue::One(value.into_owned()))),
            Entry::Occupied(mut known) => known.get_mut().push(value.into_owned()),
        }
    }

    /// Returns the value of a name: the first one if there are several.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            PagesValue::One(value) => Some(value),
            PagesValue::Many(values) => values.first().map(String::as_str),
        }
    }

    /// Returns all values of a name.
    pub fn value(&self, name: &str) -> Option<&PagesValue> {
        self.0.get(name)
    }

    /// Iterates over the names and their values, in the order in which the names first occur.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PagesValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl PagesValue {
    fn push(&mut self, value: String) {
        match self {
            Self::One(first) => *self = Self::Many(vec![std::mem::take(first), value]),
            Self::Many(values) => values.push(value),
        }
    }
}

impl Serialize for PagesQuery {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

impl Serialize for PagesValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::One(value) => serializer.serialize_str(value),
            Self::Many(values) => values.serialize(serializer),
        }
    }
}
