//! The URL of a request.

use std::net::Ipv6Addr;

use http::header::{HOST, HeaderMap, HeaderName};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{StatusCode, Uri};

use crate::error::{Error, Result};
use crate::request::{Head, Request};

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

impl Request {
    /// Returns the full URL of the request, with scheme and host, like `request.url` in Next.js.
    ///
    /// The host is read from an absolute target, as in HTTP/2, else from `Host`. It is in lower case, without the default port
    /// of the scheme. **The client chooses it**: compare it with your own host names before you rely on it. No header of a
    /// proxy is read; see [`forwarded_url`](Self::forwarded_url).
    ///
    /// The scheme is read from an absolute target. Otherwise it is `http`, because an HTTP/1.1 request does not show TLS. A
    /// host that terminates TLS inserts a [`Scheme`] into the extensions of the request.
    ///
    /// # Errors
    ///
    /// 400 if the request has no host, more than one, or an invalid one.
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
        self.head().url()
    }

    /// Returns the URL of the request that a proxy received.
    ///
    /// The URL is [`url`](Self::url) with the host of `X-Forwarded-Host` and the scheme of `X-Forwarded-Proto`, if they are
    /// present.
    ///
    /// Any client can send these headers. Use this method only behind a proxy that sets or removes both. Of several values, the
    /// last one is used: the nearest proxy added it.
    ///
    /// # Errors
    ///
    /// As [`url`](Self::url), and 400 if one of the headers has an invalid host, or a scheme other than `http` and `https`.
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
        self.head().forwarded_url()
    }
}

impl Head<'_> {
    /// Returns the URL that the client requested: see [`Request::url`].
    ///
    /// # Errors
    ///
    /// As [`Request::url`].
    ///
    /// ```
    /// use http::Uri;
    /// use route_handlers::{FromHead, Head, Result};
    ///
    /// struct Asked(Uri);
    ///
    /// impl FromHead for Asked {
    ///     fn from_head(head: &Head<'_>) -> Result<Self> {
    ///         head.url().map(Self)
    ///     }
    /// }
    /// ```
    pub fn url(&self) -> Result<Uri> {
        self.join_url(self.scheme()?, &self.authority()?)
    }

    /// Returns the URL that the client requested from a proxy: see [`Request::forwarded_url`].
    ///
    /// # Errors
    ///
    /// As [`Request::forwarded_url`].
    ///
    /// ```
    /// use http::Uri;
    /// use route_handlers::{FromHead, Head, Result};
    ///
    /// /// The URL that the browser asked for, behind a proxy that sets `X-Forwarded-Host` and `X-Forwarded-Proto`.
    /// struct Public(Uri);
    ///
    /// impl FromHead for Public {
    ///     fn from_head(head: &Head<'_>) -> Result<Self> {
    ///         head.forwarded_url().map(Self)
    ///     }
    /// }
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

    /// The scheme of the target, else the one that the host inserted, else `http` (RFC 9112 §3.3).
    fn scheme(&self) -> Result<Scheme> {
        let known = self.uri().scheme().or_else(|| self.extensions().get());
        known.map_or(Ok(Scheme::HTTP), |scheme| web_scheme(scheme.as_str().as_bytes()))
    }

    /// The host of the target, else of the only `Host` header (RFC 9112 §3.2).
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
        // `*` and the target of a CONNECT are not paths (RFC 9112 §3.3).
        let target = self.uri().path_and_query().filter(|target| target.path() != "*").cloned();
        let target = target.unwrap_or_else(|| PathAndQuery::from_static("/"));
        let url = Uri::builder().scheme(scheme).authority(kept.to_ascii_lowercase()).path_and_query(target).build();
        url.map_err(|error| {
            Error::from_source(StatusCode::BAD_REQUEST, error).with_detail("the request target is not a valid URL")
        })
    }
}

/// The last element of a list that may have several header lines (RFC 9110 §5.3).
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

/// Parses a host and an optional port, without user information (RFC 9110 §4.2.4). Only the characters of domain names and
/// IP addresses are accepted: others, which a URI allows, may have a meaning where the URL is used.
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
