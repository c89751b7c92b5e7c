//! The key by which a browser stores a cookie.

use http::header::HeaderValue;

use crate::headers::trim_ows;

/// The key of a cookie in a browser (RFC 6265bis §5.7): a second cookie with an equal key replaces the first.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    name: String,
    domain: Option<String>,
    path: Option<String>,
}

impl Identity {
    pub(super) fn new(name: &str, domain: Option<&str>, path: Option<&str>) -> Self {
        let domain = domain.map(|domain| domain.strip_prefix('.').unwrap_or(domain).to_ascii_lowercase());
        Self {
            name: name.to_owned(),
            domain: domain.filter(|domain| !domain.is_empty()),
            path: path.filter(|path| path.starts_with('/')).map(str::to_owned),
        }
    }

    /// The identity of the cookie that a `Set-Cookie` line sets. If an attribute repeats, the last one counts.
    pub(crate) fn of_line(line: &HeaderValue) -> Self {
        let line = String::from_utf8_lossy(line.as_bytes());
        let mut parts = line.split(';').map(|part| part.split_once('=').unwrap_or(("", part)));
        let (name, _) = parts.next().unwrap_or_default();
        let (mut domain, mut path) = (None, None);
        for (attribute, value) in parts {
            match trim_ows(attribute) {
                attribute if attribute.eq_ignore_ascii_case("domain") => domain = Some(trim_ows(value)),
                attribute if attribute.eq_ignore_ascii_case("path") => path = Some(trim_ows(value)),
                _ => {}
            }
        }
        Self::new(trim_ows(name), domain, path)
    }
}
