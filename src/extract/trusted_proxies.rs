//! The proxies of a table, and the client behind them.

use std::net::IpAddr;

use http::HeaderMap;

use crate::extract::forwarded::{ForwardedHeader, hops};
use crate::headers::trim_ows;

/// The proxies that may tell the address of the client in a header. [`ClientIp`](crate::extract::ClientIp) reads it as a state.
///
/// Choose the header that your proxies write. The other one is not read, because the proxies may pass it on from the client.
///
/// Each proxy appends the address of its own client to the header, so the header is read from the right. The client is the
/// first address that is not in the list, beginning with the address of the connection. If all are in the list, the client is the
/// leftmost address. If an entry is malformed or names no address (`unknown`, `_hidden`), the client is the last trusted proxy
/// to the right of it.
///
/// An item of the list is an IP address, a network (`10.0.0.0/8`, `2001:db8::/32`), or `unix:` for each connection without an IP
/// address. A proxy in the list can claim any address for its client: do not list networks that clients have addresses in.
///
/// The state applies to the routes of its table that are registered after it. A nested table has its own states, so begin each
/// table with a clone of one that has the state: see [`with_state`](crate::RouteHandlers::with_state). In a route
/// without the state, the client is the last proxy.
///
/// ```
/// use route_handlers::RouteHandlers;
/// use route_handlers::extract::TrustedProxies;
///
/// let list = std::env::var("TRUSTED_PROXIES").unwrap_or("10.0.0.0/8, ::1".to_owned());
/// let api = RouteHandlers::new().with_state(TrustedProxies::x_forwarded_for(list.split(',')));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct TrustedProxies {
    header: ForwardedHeader,
    networks: Vec<Network>,
    /// Whether a connection without an IP address is one of a proxy.
    trusts_unix: bool,
}

impl TrustedProxies {
    /// Trusts these proxies, which append to `X-Forwarded-For`: nginx, Apache, Envoy, and most load balancers and CDNs.
    ///
    /// # Panics
    ///
    /// If an item is neither an IP address nor a network.
    ///
    /// ```
    /// use http::Request;
    /// use route_handlers::extract::{ClientIp, TrustedProxies};
    /// use route_handlers::RouteHandlers;
    /// # use std::net::SocketAddr;
    /// # use http_body_util::BodyExt;
    /// # use tower::ServiceExt;
    ///
    /// let proxies = TrustedProxies::x_forwarded_for(["10.0.0.0/8", "192.0.2.1"]);
    /// let api = RouteHandlers::new().with_state(proxies).get("/", async |ClientIp(ip): ClientIp| ip.to_string());
    /// # tokio_test::block_on(async {
    ///
    /// // The client claims to be 1.1.1.1. The proxy 192.0.2.1 appended the second address, and connects from there.
    /// let request = Request::get("/").header("x-forwarded-for", "1.1.1.1, 203.0.113.7");
    /// # let request = request.extension(SocketAddr::from(([192, 0, 2, 1], 5000))).body(route_handlers::Body::empty())?;
    /// let response = api.oneshot(request).await?;
    /// assert_eq!(response.into_body().collect().await?.to_bytes(), "203.0.113.7");
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn x_forwarded_for(proxies: impl IntoIterator<Item: AsRef<str>>) -> Self {
        Self::new(ForwardedHeader::XForwardedFor, proxies)
    }

    /// Trusts these proxies, which append to `Forwarded` (RFC 7239).
    ///
    /// # Panics
    ///
    /// If an item is neither an IP address nor a network.
    ///
    /// ```
    /// use http::Request;
    /// use route_handlers::extract::{ClientIp, TrustedProxies};
    /// use route_handlers::RouteHandlers;
    /// # use std::net::SocketAddr;
    /// # use http_body_util::BodyExt;
    /// # use tower::ServiceExt;
    ///
    /// let proxies = TrustedProxies::forwarded(["10.0.0.0/8", "192.0.2.1"]);
    /// let api = RouteHandlers::new().with_state(proxies).get("/", async |ClientIp(ip): ClientIp| ip.to_string());
    /// # tokio_test::block_on(async {
    ///
    /// // The client claims to be 1.1.1.1. The proxy 192.0.2.1 appended the second address, and connects from there.
    /// let request = Request::get("/").header("forwarded", "for=1.1.1.1, for=203.0.113.7;proto=https");
    /// # let request = request.extension(SocketAddr::from(([192, 0, 2, 1], 5000))).body(route_handlers::Body::empty())?;
    /// let response = api.oneshot(request).await?;
    /// assert_eq!(response.into_body().collect().await?.to_bytes(), "203.0.113.7");
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn forwarded(proxies: impl IntoIterator<Item: AsRef<str>>) -> Self {
        Self::new(ForwardedHeader::Forwarded, proxies)
    }

    #[track_caller]
    fn new(header: ForwardedHeader, proxies: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let mut new = Self { header, networks: Vec::new(), trusts_unix: false };
        for proxy in proxies {
            match trim_ows(proxy.as_ref()) {
                "unix:" => new.trusts_unix = true,
                text => match Network::parse(text) {
                    Ok(network) => new.networks.push(network),
                    Err(reason) => panic!("the trusted proxy `{text}` {reason}"),
                },
            }
        }
        new
    }

    /// The client of a connection from `peer`, if it is known.
    pub(super) fn client(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let mut client = peer;
        for hop in hops(headers, self.header) {
            let is_proxy =
                client.map_or(self.trusts_unix, |ip| self.networks.iter().any(|network| network.contains(ip)));
            match hop {
                Some(address) if is_proxy => client = Some(address),
                _ => break,
            }
        }
        client
    }
}

/// The addresses that begin with the first `prefix` bits of `address` (RFC 4632 §3.1, RFC 4291 §2.3).
#[derive(Clone, Copy, Debug)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// # Errors
    ///
    /// Why the text is refused. It completes the sentence "the trusted proxy `…` …".
    fn parse(text: &str) -> Result<Self, String> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let Ok(address) = address.parse::<IpAddr>() else {
            let examples = "`192.0.2.1`, `10.0.0.0/8` or `2001:db8::/32`";
            return Err(format!("is neither an IP address nor a network: write it as in {examples}, and no host name"));
        };
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => {
                let is_number = prefix.bytes().all(|byte| byte.is_ascii_digit());
                let number = prefix.parse().ok().filter(|prefix| is_number && *prefix <= bits);
                number
                    .ok_or_else(|| format!("has no valid prefix length: write a number from 0 to {bits} after `/`"))?
            }
            None => bits,
        };
        let network = Self { address, prefix };
        let first = network.first_address();
        if first != address {
            return Err(format!(
                "has bits after its prefix: write `{first}/{prefix}` for the network, or `{address}` for one address"
            ));
        }
        Ok(network.to_canonical())
    }

    /// The address with all bits after the prefix cleared.
    fn first_address(self) -> IpAddr {
        match self.address {
            IpAddr::V4(ip) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0);
                IpAddr::V4((u32::from(ip) & mask).into())
            }
            IpAddr::V6(ip) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
                IpAddr::V6((u128::from(ip) & mask).into())
            }
        }
    }

    /// The network as one of IPv4, if all its addresses are mapped ones.
    fn to_canonical(self) -> Self {
        match self.address.to_canonical() {
            address @ IpAddr::V4(_) if self.address.is_ipv6() && self.prefix >= 96 => {
                Self { address, prefix: self.prefix - 96 }
            }
            _ => self,
        }
    }

    fn contains(self, address: IpAddr) -> bool {
        let equal_bits = match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (u32::from(own) ^ u32::from(other)).leading_zeros(),
            (IpAddr::V6(own), IpAddr::V6(other)) => (u128::from(own) ^ u128::from(other)).leading_zeros(),
            _ => return false,
        };
        equal_bits >= self.prefix
    }
}
