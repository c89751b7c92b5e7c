//! The title, version and servers of a document.

use serde_json::{Value, json};

/// The metadata of the whole API: its title and version, its servers and tags.
///
/// ```
/// use route_handlers::RouteHandlers;
/// use route_handlers::openapi::Info;
///
/// let info = Info::new("Users", "1.0.0")
///     .description("Who works here.")
///     .license("MIT")
///     .server("https://api.example.com")
///     .tag("users", "The people of the company");
/// let document = RouteHandlers::new().openapi(info);
/// assert_eq!(document.as_value()["servers"][0]["url"], "https://api.example.com");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Info {
    title: String,
    version: String,
    description: Option<String>,
    license: Option<String>,
    servers: Vec<String>,
    tags: Vec<(String, String)>,
    openapi: Option<Version>,
}

/// A version of OpenAPI: see [`Info::openapi`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Version {
    /// OpenAPI 3.1.
    V3_1,
    /// OpenAPI 3.2. It describes the method QUERY, extension methods, and the items of streams.
    V3_2,
}

impl Version {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::V3_1 => "3.1.1",
            Self::V3_2 => "3.2.0",
        }
    }
}

impl Info {
    /// Sets the title of the API and the version of its contract.
    pub fn new(title: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            version: version.into(),
            description: None,
            license: None,
            servers: Vec::new(),
            tags: Vec::new(),
            openapi: None,
        }
    }

    /// Sets the description of the API, in CommonMark.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Sets the license of the API by its SPDX identifier.
    pub fn license(mut self, identifier: impl Into<String>) -> Self {
        self.license = Some(identifier.into());
        self
    }

    /// Adds a base URL of the API, without the paths of the routes.
    ///
    /// It may be relative to the document. The default is the origin that serves the document.
    /// One `/` at the end is removed, because the paths begin with one. `/` and several, as in `https://`, stay.
    ///
    /// # Panics
    ///
    /// If the URL contains a character that a URL cannot contain (RFC 3986 §2), such as white space, a quotation mark, a brace
    /// or a letter beyond ASCII.
    #[track_caller]
    pub fn server(mut self, url: impl Into<String>) -> Self {
        let url = url.into();
        let is_invalid = |character: &char| !character.is_ascii_graphic() || "\"<>\\^`{|}".contains(*character);
        if let Some(invalid) = url.chars().find(is_invalid) {
            panic!(
                "the server URL {url:?} contains {invalid:?}, which a URL cannot contain: write it percent-encoded, or a host \
                 name in Punycode"
            );
        }
        self.servers.push(match url.strip_suffix('/') {
            Some(base) if !base.is_empty() && !base.ends_with('/') => base.to_owned(),
            _ => url,
        });
        self
    }

    /// Describes a tag. The document lists the described tags in the order of these calls, and then the other tags.
    pub fn tag(mut self, name: impl Into<String>, description: impl Into<String>) -> Self {
        let name = name.into();
        self.tags.retain(|(known, _)| *known != name); // each name once (OpenAPI 3.1.1 §4.8.1)
        self.tags.push((name, description.into()));
        self
    }

    /// Sets the version of OpenAPI. The default is 3.1, and 3.2 if an operation needs it.
    ///
    /// A document in 3.1 does not list QUERY and extension methods. The schema of a stream's content is that of an item.
    ///
    /// ```
    /// use route_handlers::openapi::{Info, Version};
    /// use route_handlers::{RouteHandlers, documented};
    ///
    /// let api = RouteHandlers::new().query("/books", documented(async || "some books"));
    /// assert_eq!(api.openapi(Info::default()).as_value()["openapi"], "3.2.0");
    /// assert_eq!(api.openapi(Info::default().openapi(Version::V3_1)).as_value()["openapi"], "3.1.1");
    /// ```
    pub fn openapi(mut self, version: Version) -> Self {
        self.openapi = Some(version);
        self
    }

    /// The version of OpenAPI that the program asks for.
    pub(super) fn version_of_openapi(&self) -> Option<Version> {
        self.openapi
    }

    /// Returns the `info` object.
    pub(super) fn to_value(&self) -> Value {
        let mut info = json!({ "title": self.title, "version": self.version });
        if let Some(description) = &self.description {
            info["description"] = description.as_str().into();
        }
        if let Some(license) = &self.license {
            info["license"] = json!({ "name": license, "identifier": license });
        }
        info
    }

    /// Returns the `servers` array.
    pub(super) fn servers(&self) -> Value {
        match &self.servers[..] {
            [] => json!([{ "url": "/" }]),
            servers => servers.iter().map(|url| json!({ "url": url })).collect(),
        }
    }

    /// Returns the `tags` array: the described tags, then the other tags of operations.
    pub(super) fn tags(&self, used: Vec<String>) -> Value {
        let described = self.tags.iter().map(|(name, text)| json!({ "name": name, "description": text }));
        let others = used.into_iter().filter(|name| self.tags.iter().all(|(known, _)| known != name));
        described.chain(others.map(|name| json!({ "name": name }))).collect()
    }
}

/// The title `API`, and version 0.0.0.
impl Default for Info {
    fn default() -> Self {
        Self::new("API", "0.0.0")
    }
}
