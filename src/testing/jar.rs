//! The cookies that a client keeps, by the rules of browsers (RFC 6265bis §5.7, §5.8).

use std::time::SystemTime;

use cookie::Cookie;
use http::header::{HOST, SET_COOKIE};
use http::request::Parts;
use http::uri::Scheme;
use http::{HeaderMap, Uri};

#[derive(Debug, Default)]
pub(super) struct Jar(Vec<Kept>);

#[derive(Debug)]
struct Kept {
    cookie: Cookie<'static>,
    domain: String,
    is_host_only: bool,
    path: String,
    expires: Option<SystemTime>,
}

/// The parts of a request that decide which cookies belong to it.
pub(super) struct Site {
    host: String,
    path: String,
    is_secure: bool,
}

impl Site {
    pub(super) fn of(request: &Parts) -> Self {
        let host = request.headers.get(HOST).and_then(|host| host.to_str().ok()?.parse::<Uri>().ok());
        let host = request.uri.host().or(host.as_ref().and_then(Uri::host)).unwrap_or("localhost").to_ascii_lowercase();
        // A path does not show whether a proxy has terminated TLS.
        let is_secure = request.uri.scheme() != Some(&Scheme::HTTP) || host == "localhost";
        Self { host, path: request.uri.path().to_owned(), is_secure }
    }

    /// The folder of the path (RFC 6265bis §5.1.4).
    fn default_path(&self) -> &str {
        match self.path.rfind('/') {
            Some(end) if end > 0 => &self.path[..end],
            _ => "/",
        }
    }

    fn is_below(&self, path: &str) -> bool {
        let rest = self.path.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || path.ends_with('/'))
    }

    fn is_in(&self, domain: &str) -> bool {
        let subdomain = self.host.strip_suffix(domain);
        subdomain.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

impl Jar {
    /// Keeps the cookies of a response, and removes those that it deletes.
    pub(super) fn store(&mut self, site: &Site, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = String::from_utf8_lossy(line.as_bytes()).into_owned();
            if let Ok(cookie) = Cookie::parse(line) {
                self.add(site, cookie);
            }
        }
    }

    fn add(&mut self, site: &Site, cookie: Cookie<'static>) {
        let domain = cookie.domain().map(str::to_ascii_lowercase).filter(|domain| !domain.is_empty());
        let is_foreign = domain.as_ref().is_some_and(|domain| !site.is_in(domain));
        if is_foreign || cookie.secure() == Some(true) && !site.is_secure {
            return;
        }
        let is_host_only = domain.is_none();
        let domain = domain.unwrap_or_else(|| site.host.clone());
        let path = cookie.path().filter(|path| path.starts_with('/')).unwrap_or(site.default_path()).to_owned();
        let expires = expiry(&cookie);
        let kept = Kept { cookie, domain, is_host_only, path, expires };
        let older = self.0.iter().position(|older| older.identity() == kept.identity());
        match older {
            _ if kept.is_expired() => self.0.retain(|older| older.identity() != kept.identity()),
            Some(older) => self.0[older] = kept,
            None => self.0.push(kept),
        }
    }

    /// The names and the values of the cookies for a request. Longer paths are first (RFC 6265bis §5.8.3).
    pub(super) fn pairs(&self, site: &Site) -> Vec<(&str, String)> {
        let mut sent: Vec<_> = self.0.iter().filter(|kept| kept.is_for(site)).collect();
        sent.sort_by_key(|kept| std::cmp::Reverse(kept.path.len()));
        sent.into_iter().map(|kept| (kept.cookie.name(), kept.cookie.stripped().to_string())).collect()
    }
}

impl Kept {
    fn identity(&self) -> (&str, &str, bool, &str) {
        (self.cookie.name(), &self.domain, self.is_host_only, &self.path)
    }

    fn is_expired(&self) -> bool {
        self.expires.is_some_and(|expires| expires <= SystemTime::now())
    }

    fn is_for(&self, site: &Site) -> bool {
        let has_host = if self.is_host_only { site.host == self.domain } else { site.is_in(&self.domain) };
        let may_be_sent = self.cookie.secure() != Some(true) || site.is_secure;
        has_host && may_be_sent && site.is_below(&self.path) && !self.is_expired()
    }
}

/// `Max-Age` has precedence over `Expires`. `None` is the end of the session.
fn expiry(cookie: &Cookie<'_>) -> Option<SystemTime> {
    match cookie.max_age() {
        Some(age) => match age.try_into() {
            Ok(age) => SystemTime::now().checked_add(age),
            Err(_negative) => Some(SystemTime::UNIX_EPOCH),
        },
        None => cookie.expires_datetime().map(Into::into),
    }
}
