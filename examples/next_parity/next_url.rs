//! `request.nextUrl`, as an argument of handlers.

use std::borrow::Cow;
use std::fmt::Write as _;

use http::uri::Scheme;
use route_handlers::extract::RouteCheck;
use route_handlers::{FromHead, Head, Result, State};

use super::Variant;

/// The URL of the request without the base path.
pub struct NextUrl {
    pub hostname: String,
    pub port: String,
    pub protocol: &'static str,
    pub pathname: String,
    pub search: String,
    has_trailing_slash: bool,
}

impl NextUrl {
    pub fn host(&self) -> String {
        match self.port.as_str() {
            "" => self.hostname.clone(),
            port => format!("{}:{port}", self.hostname),
        }
    }

    pub fn origin(&self) -> String {
        format!("{}//{}", self.protocol, self.host())
    }

    /// `url = nextUrl.clone(); url.pathname = …; url.search = ''`: Next adds a trailing slash if it is configured to.
    pub fn with_pathname(&self, pathname: &str) -> String {
        let slash = if self.has_trailing_slash { "/" } else { "" };
        format!("{}{pathname}{slash}", self.origin())
    }

    pub fn href(&self) -> String {
        format!("{}{}{}", self.origin(), self.pathname, self.search)
    }
}

impl FromHead for NextUrl {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        let State(variant) = State::<Variant>::from_head(head)?;
        let url = head.url()?;
        let path = url.path();
        Ok(Self {
            hostname: url.host().unwrap_or_default().to_owned(),
            port: url.port().map(|port| port.to_string()).unwrap_or_default(),
            protocol: if url.scheme() == Some(&Scheme::HTTPS) { "https:" } else { "http:" },
            pathname: encode(path.strip_prefix(variant.base_path()).unwrap_or(path)),
            search: search(head.query_pairs()),
            has_trailing_slash: *variant == Variant::TrailingSlash,
        })
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.needs_state::<Variant>();
    }
}

/// Percent-encodes the characters that the URL standard encodes in a path.
fn encode(path: &str) -> String {
    path.chars().fold(String::with_capacity(path.len()), |mut out, character| {
        match character {
            '"' | '<' | '>' | '`' | '{' | '}' => {
                write!(out, "%{:02X}", u32::from(character)).expect("a String can always be written");
            }
            _ => out.push(character),
        }
        out
    })
}

/// `searchParams.toString()` after its `?`: Next serializes the query again.
fn search<'q>(pairs: impl Iterator<Item = (Cow<'q, str>, Cow<'q, str>)>) -> String {
    let mut pairs = pairs.peekable();
    match pairs.peek() {
        None => String::new(),
        Some(_) => form_urlencoded::Serializer::for_suffix("?".to_owned(), 1).extend_pairs(pairs).finish(),
    }
}
