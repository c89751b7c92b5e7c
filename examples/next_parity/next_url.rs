//! `request.nextUrl`.

use std::borrow::Cow;
use std::fmt::Write as _;

use http::header::HOST;
use route_handlers::{FromRequest, Request, Requirements, Result, State};

use super::Variant;

/// The URL that was asked for, without the base path. Its authority is that of the request: of an absolute target, or
/// of `Host`; what a client says in `X-Forwarded-*` is not believed.
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

    /// `url = nextUrl.clone(); url.pathname = …; url.search = ''`: Next ends the path as its configuration says.
    pub fn with_pathname(&self, pathname: &str) -> String {
        let slash = if self.has_trailing_slash { "/" } else { "" };
        format!("{}{pathname}{slash}", self.origin())
    }

    pub fn href(&self) -> String {
        format!("{}{}{}", self.origin(), self.pathname, self.search)
    }
}

impl FromRequest for NextUrl {
    async fn from_request(request: &mut Request) -> Result<Self> {
        let State(variant) = State::<Variant>::from_request(request).await?;
        let uri = request.uri();
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let authority = uri.authority().map(http::uri::Authority::as_str).or(host).unwrap_or("localhost");
        let (protocol, default_port) = match uri.scheme_str() {
            Some("https") => ("https:", "443"),
            _ => ("http:", "80"),
        };
        let (hostname, port) = match authority.rsplit_once(':') {
            Some((hostname, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (hostname, port),
            _ => (authority, ""),
        };
        let path = request.path();
        Ok(Self {
            hostname: hostname.to_ascii_lowercase(),
            port: if port == default_port { String::new() } else { port.to_owned() },
            protocol,
            pathname: encode(path.strip_prefix(variant.base_path()).unwrap_or(path)),
            search: search(request.query_pairs()),
            has_trailing_slash: *variant == Variant::TrailingSlash,
        })
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.state::<Variant>();
    }
}

/// Percent-encodes what the URL standard does in a path.
fn encode(path: &str) -> String {
    path.chars().fold(String::with_capacity(path.len()), |mut out, character| {
        match character {
            '"' | '<' | '>' | '`' | '{' | '}' => {
                write!(out, "%{:02X}", u32::from(character)).expect("writing to a String does not fail");
            }
            _ => out.push(character),
        }
        out
    })
}

/// `searchParams.toString()` behind its `?`: Next writes the query anew.
fn search<'q>(pairs: impl Iterator<Item = (Cow<'q, str>, Cow<'q, str>)>) -> String {
    let mut pairs = pairs.peekable();
    match pairs.peek() {
        None => String::new(),
        Some(_) => form_urlencoded::Serializer::for_suffix("?".to_owned(), 1).extend_pairs(pairs).finish(),
    }
}
