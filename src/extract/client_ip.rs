//! The address of the client as an argument.

use std::net::{IpAddr, SocketAddr};

#[cfg(feature = "axum")]
use axum::extract::ConnectInfo;

use crate::error::{Error, Result};
use crate::extract::FromHead;
use crate::extract::trusted_proxies::TrustedProxies;
use crate::request::Head;

/// The IP address of the client.
///
/// Without more, it is the address of the connection, which the host puts into the extensions of the request: a
/// [`SocketAddr`], as [`hosts::hyper::serve`](crate::hosts) does, or with feature `axum` also a `ConnectInfo<SocketAddr>`. For
/// `axum::serve`, call `.into_make_service_with_connect_info::<SocketAddr>()` on the router.
///
/// Behind a proxy, that is the address of the proxy. Give the table the proxies to trust, with the header that they write:
/// [`TrustedProxies`]. This header is never read without it, because any client can send it.
///
/// A host or a layer that knows the client otherwise, for example by `CF-Connecting-IP`, puts a `ClientIp` into the extensions.
/// It is then the value of the argument.
///
/// If the host sets no address, the response is 500, and `Option<ClientIp>` is `None`. An IPv4 address that is mapped to
/// IPv6 (`::ffff:192.0.2.1`) becomes an IPv4 address.
///
/// ```
/// use route_handlers::RouteHandlers;
/// use route_handlers::extract::{ClientIp, TrustedProxies};
/// # use std::net::SocketAddr;
/// # use http_body_util::BodyExt;
/// # use tower::ServiceExt;
///
/// let api = RouteHandlers::new()
///     .with_state(TrustedProxies::x_forwarded_for(["10.0.0.0/8", "::1"])) // before the routes
///     .get("/ip", async |ClientIp(ip): ClientIp| ip.to_string());
/// # tokio_test::block_on(async {
/// # let request = http::Request::get("/ip").header("x-forwarded-for", "203.0.113.7, 10.1.2.3")
/// #     .extension(SocketAddr::from(([10, 0, 0, 1], 5000))).body(route_handlers::Body::empty())?;
/// # assert_eq!(api.oneshot(request).await?.into_body().collect().await?.to_bytes(), "203.0.113.7");
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart by its pattern")]
pub struct ClientIp(pub IpAddr);

impl FromHead for ClientIp {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        client_ip(head).map(Self).ok_or_else(unknown)
    }

    fn is_present(head: &Head<'_>) -> bool {
        client_ip(head).is_some()
    }
}

fn client_ip(head: &Head<'_>) -> Option<IpAddr> {
    if let Some(ClientIp(ip)) = head.extensions().get() {
        return Some(ip.to_canonical());
    }
    let peer = peer(head).map(|address| address.ip().to_canonical());
    match head.state::<TrustedProxies>() {
        Some(proxies) => proxies.client(peer, head.headers()),
        None => peer,
    }
}

/// The address of the connection.
fn peer(head: &Head<'_>) -> Option<SocketAddr> {
    let address = head.extensions().get::<SocketAddr>();
    #[cfg(feature = "axum")]
    let address = address.or_else(|| head.extensions().get().map(|ConnectInfo(address)| address));
    address.copied()
}

#[cold]
fn unknown() -> Error {
    let reason = "the address of the client is not known: serve with `hosts::hyper::serve`, or call \
                  `.into_make_service_with_connect_info::<SocketAddr>()` on the router for `axum::serve`, or have the host \
                  or a layer put a `SocketAddr` or a `ClientIp` into the extensions of the request. On a Unix socket, trust the proxy: add \
                  \"unix:\" to the list of `TrustedProxies`, and have the proxy send its header";
    Error::internal(reason)
}
