//! The addresses in `Forwarded` (RFC 7239) and `X-Forwarded-For`.

use std::iter::from_fn;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::header::{FORWARDED, HeaderName};
use http::{HeaderMap, HeaderValue};

use crate::headers::{Quoting, parameters, trim_ows};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The header to which the proxies append.
#[derive(Clone, Copy, Debug)]
pub(super) enum ForwardedHeader {
    Forwarded,
    XForwardedFor,
}

impl ForwardedHeader {
    fn name(self) -> HeaderName {
        match self {
            Self::Forwarded => FORWARDED,
            Self::XForwardedFor => X_FORWARDED_FOR,
        }
    }

    /// The position of the last comma that separates two entries.
    fn last_separator(self, list: &[u8]) -> Option<usize> {
        match self {
            Self::Forwarded => last_unquoted_comma(list),
            Self::XForwardedFor => list.iter().rposition(|byte| *byte == b','),
        }
    }

    /// The address in an entry.
    fn address(self, entry: &str) -> Option<IpAddr> {
        match self {
            Self::Forwarded => forwarded_for(entry),
            Self::XForwardedFor => node_address(entry),
        }
    }
}

/// The addresses of the header, from the right. An entry without an address, or a malformed one, is `None`.
pub(super) fn hops(headers: &HeaderMap, header: ForwardedHeader) -> impl Iterator<Item = Option<IpAddr>> {
    let lines = headers.get_all(header.name()).into_iter().rev();
    let entries = lines.flat_map(move |line| entries(line, header));
    entries.map(move |entry| header.address(entry?).map(|ip| ip.to_canonical()))
}

/// The entries of one line, from the right. `None` is an entry that is not text. Empty entries are skipped (RFC 9110 §5.6.1.2).
///
/// Read from the right, what a client wrote cannot change the meaning of what the proxies appended.
fn entries(line: &HeaderValue, header: ForwardedHeader) -> impl Iterator<Item = Option<&str>> {
    let mut rest = Some(line.as_bytes());
    let entries = from_fn(move || {
        let list = rest?;
        let comma = header.last_separator(list);
        rest = comma.map(|at| &list[..at]);
        Some(std::str::from_utf8(&list[comma.map_or(0, |at| at + 1)..]).ok().map(trim_ows))
    });
    entries.filter(|entry| *entry != Some(""))
}

fn last_unquoted_comma(list: &[u8]) -> Option<usize> {
    let mut is_quoted = false;
    list.iter().enumerate().rev().find_map(|(at, byte)| match byte {
        b'"' => {
            // Inside a quoted string, an escaped quote does not begin it.
            is_quoted = !is_quoted || is_escaped(&list[..at]);
            None
        }
        b',' if !is_quoted => Some(at),
        _ => None,
    })
}

/// Whether a text escapes the character after it: it ends with an odd number of backslashes.
fn is_escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// The address in an element of `Forwarded`: that of its only parameter `for` (RFC 7239 §4).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let parameters = parameters(element, Quoting::Escapes).ok()?;
    let mut nodes = parameters.iter().filter(|(name, _)| name.eq_ignore_ascii_case("for"));
    match (nodes.next(), nodes.next()) {
        (Some((_, node)), None) => node_address(node),
        _ => None,
    }
}

/// The address of a node (RFC 7239 §6): an IP address, and perhaps a port. An IPv6 address may stand without brackets, as
/// proxies write it into `X-Forwarded-For`.
fn node_address(node: &str) -> Option<IpAddr> {
    if let Some(node) = node.strip_prefix('[') {
        let (ip, port) = node.split_once(']')?;
        let ip: Ipv6Addr = ip.parse().ok()?;
        return (port.is_empty() || is_port(port.strip_prefix(':')?)).then_some(ip.into());
    }
    match node.split_once(':') {
        Some((ip, port)) if !port.contains(':') => {
            let ip: Ipv4Addr = ip.parse().ok()?;
            is_port(port).then_some(ip.into())
        }
        _ => node.parse().ok(),
    }
}

/// Whether a text is a port, as a number or obfuscated (RFC 7239 §6).
fn is_port(text: &str) -> bool {
    match text.strip_prefix('_') {
        Some(rest) => {
            !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        }
        None => text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok(),
    }
}
