//! The URL that was asked for.

use std::net::Ipv6Addr;

use http::header::{HOST, HeaderMap, HeaderName};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{StatusCode, Uri};

use crate::error::{Error, Result};
use crate::request::Request;

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

impl Request {
    /// The URL that was asked for, with scheme and host: Next's `request.url`, and as a [`Uri`] what `nextUrl` has.
    ///
    /// The host is the request's own: that of an absolute target, as HTTP/2 has it, or else of `Host`. So it is the
    /// client's word, in lower case and without the port that its scheme has anyway: compare it with the hosts that are
    /// yours before anything is built on it. No header of a proxy is read; see [`forwarded_url`](Self::forwarded_url).
    ///
    /// The scheme is that of an absolute target, or else `http`, as nothing in an HTTP/1.1 request tells of TLS. A host
    /// that ends TLS itself says so: it puts a [`Scheme`] into the request's extensions.
    ///
    /// # Errors
    ///
    /// 400 if the request names no host, or two, or what is none.
    ///
    /// ```
    /// use http::uri::Scheme;
    /// # use route_handlers::{Body, Request};
    ///
    /// let request = http::Request::get("/users?page=2").header("host", "Example.com:8080");
    /// let url = Request::from(request.body(Body::empty())?).url()?;
    /// assert_eq!(url, "http://example.com:8080/users?page=2");
    ///
    /// let over_tls = http::Request::get("/").header("host", "example.com").extension(Scheme::HTTPS);
    /// assert_eq!(Request::from(over_tls.body(Body::empty())?).url()?, "https://example.com/");
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
    pub fn url(&self) -> Result<Uri> {
        self.join_url(self.scheme()?, &self.authority()?)
    }

    /// The URL that a proxy was asked for: as [`url`](Self::url), with the host of `X-Forwarded-Host` and the scheme of
    /// `X-Forwarded-Proto` where these are sent.
    ///
    /// Any client can send these headers. Ask for this only behind a proxy that sets or removes both; of several values
    /// the last one counts, as it is the nearest proxy's.
    ///
    /// # Errors
    ///
    /// As [`url`](Self::url), and 400 if a header that is there holds no host, or another scheme than `http` and `https`.
    ///
    /// ```
    /// # use route_handlers::{Body, Request};
    /// let request = http::Request::get("/users")
    ///     .header("host", "10.0.0.7:3000")
    ///     .header("x-forwarded-host", "example.com")
    ///     .header("x-forwarded-proto", "https");
    /// let request = Request::from(request.body(Body::empty())?);
    /// assert_eq!(request.forwarded_url()?, "https://example.com/users");
    /// assert_eq!(request.url()?, "http://10.0.0.7:3000/users");
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
    pub fn forwarded_url(&self) -> Result<Uri> {
        let scheme = match last_of(self.headers(), &FORWARDED_PROTO) {
            Some(proto) => web_scheme(proto)?,
            None => self.scheme()?,
        };
        match last_of(self.headers(), &FORWARDED_HOST) {
            Some(host) => self.join_url(scheme, &to_authority(host)?),
            None => self.join_url(scheme, &self.authority()?),
        }
    }

    /// RFC 9112 §3.3: the target's own, else what the server knows, else `http`.
    fn scheme(&self) -> Result<Scheme> {
        let known = self.uri().scheme().or_else(|| self.extensions().get());
        known.map_or(Ok(Scheme::HTTP), |scheme| web_scheme(scheme.as_str().as_bytes()))
    }

    /// RFC 9112 §3.2: a target with a host wins over `Host`, of which there is one.
    fn authority(&self) -> Result<Authority> {
        if let Some(authority) = self.uri().authority() {
            return to_authority(authority.as_str().as_bytes());
        }
        let mut hosts = self.headers().get_all(HOST).iter();
        match (hosts.next(), hosts.next()) {
            (Some(host), None) => to_authority(host.as_bytes()),
            (None, _) => Err(bad_request("the request has no `Host`")),
            (Some(_), Some(_)) => Err(bad_request("the request has more than one `Host`")),
        }
    }

    fn join_url(&self, scheme: Scheme, authority: &Authority) -> Result<Uri> {
        let default_port = if scheme == Scheme::HTTPS { 443 } else { 80 };
        let has_default_port = authority.port_u16().is_none_or(|port| port == default_port);
        let kept = if has_default_port { authority.host() } else { authority.as_str() };
        // `*`, and the target of a CONNECT, are no path (RFC 9112 §3.3).
        let target = self.uri().path_and_query().filter(|target| target.path() != "*").cloned();
        let target = target.unwrap_or_else(|| PathAndQuery::from_static("/"));
        let url = Uri::builder().scheme(scheme).authority(kept.to_ascii_lowercase()).path_and_query(target).build();
        url.map_err(|error| {
            Error::from_source(StatusCode::BAD_REQUEST, error).with_detail("the request target is not a valid URL")
        })
    }
}

/// The last element of a list that may go over several lines (RFC 9110 §5.3).
fn last_of<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h [u8]> {
    let line = headers.get_all(name).iter().next_back()?.as_bytes();
    line.rsplit(|byte| *byte == b',').next().map(<[u8]>::trim_ascii)
}

fn web_scheme(name: &[u8]) -> Result<Scheme> {
    match name {
        name if name.eq_ignore_ascii_case(b"http") => Ok(Scheme::HTTP),
        name if name.eq_ignore_ascii_case(b"https") => Ok(Scheme::HTTPS),
        _ => Err(bad_request("the scheme is neither `http` nor `https`")),
    }
}

/// A host and perhaps a port, without user or password (RFC 9110 §4.2.4), of what a domain name or an IP address is
/// written with: what a URI allows besides may mean something to where the URL ends up.
fn to_authority(text: &[u8]) -> Result<Authority> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:[]".contains(byte);
    let is_host = |host: &str| match host.strip_prefix('[') {
        Some(address) => address.trim_end_matches(']').parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty(),
    };
    let is_authority = |authority: &Authority| {
        let after_host = authority.as_str().strip_prefix(authority.host());
        is_host(authority.host()) && (matches!(after_host, Some("" | ":")) || authority.port_u16().is_some())
    };
    let authority = Authority::try_from(text).ok().filter(|_| text.iter().all(is_plain));
    authority
        .filter(is_authority)
        .ok_or_else(|| bad_request("the host is not a domain name or an IP address with an optional port"))
}

fn bad_request(detail: &'static str) -> Error {
    Error::new(StatusCode::BAD_REQUEST).with_detail(detail)
}
