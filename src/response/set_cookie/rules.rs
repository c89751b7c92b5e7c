//! Checks the rules of browsers for a cookie (RFC 6265bis §5.6, §5.7). All rules are checked here, so that they hold for every
//! method of `SetCookie`.

use std::borrow::Cow;

use crate::headers::is_token;
use crate::headers::trim_ows;

/// Names and values, in the order in which they were set.
pub(super) type Attributes = [(Cow<'static, str>, Cow<'static, str>)];

/// The attributes that have no value. A browser ignores a value, so `Secure=false` would mean `Secure`.
const FLAGS: [&str; 3] = ["Secure", "HttpOnly", "Partitioned"];

/// A prefix of a cookie name, and the requirements of browsers for such a cookie.
pub(super) struct Prefix {
    text: &'static str,
    pub(super) requires_http_only: bool,
    requires_host: bool,
}

/// `__Host-Http-` is before `__Host-` because it begins with `__Host-`. All prefixes require `Secure`.
const PREFIXES: [Prefix; 4] = [
    Prefix { text: "__Host-Http-", requires_http_only: true, requires_host: true },
    Prefix { text: "__Host-", requires_http_only: false, requires_host: true },
    Prefix { text: "__Http-", requires_http_only: true, requires_host: false },
    Prefix { text: "__Secure-", requires_http_only: false, requires_host: false },
];

/// A browser drops a cookie with a longer name and value (RFC 6265bis §5.6).
const MAX_NAME_AND_VALUE: usize = 4096;

/// A browser ignores a longer attribute (RFC 6265bis §5.6).
const MAX_ATTRIBUTE: usize = 1024;

/// The value of an attribute.
pub(super) fn get<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
}

/// The reason why a browser would drop or change the cookie.
pub(super) fn fault(name: &str, encoded_value: &str, attributes: &Attributes) -> Option<String> {
    if !is_token(name) {
        return Some("its name must be a token: letters, digits, and some of `!#$%&'*+-.^_|~`".to_owned());
    }
    if name.len() + encoded_value.len() > MAX_NAME_AND_VALUE {
        return Some(format!("its name and its encoded value must have at most {MAX_NAME_AND_VALUE} bytes together"));
    }
    if !attributes.iter().all(|(name, _)| is_token(name)) {
        return Some("the name of an attribute must be a token".to_owned());
    }
    let fault = attributes.iter().find_map(|(name, value)| Some((name, attribute_fault(name, value)?)));
    if let Some((name, reason)) = fault {
        return Some(format!("its attribute `{name}` {reason}"));
    }
    missing(name, attributes).map(str::to_owned)
}

/// Checks the attributes that the name or another attribute requires or forbids.
fn missing(name: &str, attributes: &Attributes) -> Option<&'static str> {
    let has = |name| get(attributes, name).is_some();
    if !has("Secure") {
        if get(attributes, "SameSite").is_some_and(|value| value.eq_ignore_ascii_case("none")) {
            return Some("`SameSite=None` requires `Secure`");
        } else if has("Partitioned") {
            return Some("`Partitioned` requires `Secure`");
        }
    }
    let prefix = prefix(name)?;
    if !has("Secure") {
        Some("the prefix of its name requires `Secure`")
    } else if prefix.requires_http_only && !has("HttpOnly") {
        Some("the prefix of its name requires `HttpOnly`")
    } else if prefix.requires_host && (get(attributes, "Path") != Some("/") || has("Domain")) {
        Some("the prefix of its name requires `Path=/` and allows no `Domain`")
    } else {
        None
    }
}

/// The prefix of the name. Browsers ignore its case (RFC 6265bis §5.7).
pub(super) fn prefix(name: &str) -> Option<Prefix> {
    let name = name.as_bytes();
    let begins = |prefix: &str| name.get(..prefix.len()).is_some_and(|own| own.eq_ignore_ascii_case(prefix.as_bytes()));
    PREFIXES.into_iter().find(|prefix| begins(prefix.text))
}

/// The reason why a browser would ignore an attribute or read another value (RFC 6265bis §5.6).
fn attribute_fault(name: &str, value: &str) -> Option<&'static str> {
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    if value.bytes().any(|byte| !matches!(byte, b' '..=b'~') || byte == b';') {
        Some("must not have a control character, a `;`, or a character that is not ASCII")
    } else if value != trim_ows(value) {
        Some("must not begin or end with a space")
    } else if value.len() > MAX_ATTRIBUTE {
        Some("must have at most 1024 bytes")
    } else if FLAGS.into_iter().any(is) && !value.is_empty() {
        Some("takes no value: leave it out to unset it")
    } else if is("Path") && !value.starts_with('/') {
        Some("must begin with `/`")
    } else if is("Domain") && !is_domain(value) {
        Some("must be a host name, such as `example.com`")
    } else if is("Max-Age") && !is_integer(value) {
        Some("must be a number of seconds")
    } else if is("Expires") && httpdate::parse_http_date(value).is_err() {
        Some("must be an HTTP date, such as `Wed, 02 Jan 2030 03:04:05 GMT`")
    } else if is("SameSite") && !["strict", "lax", "none"].iter().any(|mode| value.eq_ignore_ascii_case(mode)) {
        Some("must be `Strict`, `Lax` or `None`")
    } else {
        None
    }
}

/// Whether a text is a host name or an IPv4 address. A leading dot is allowed: browsers ignore it (RFC 6265bis §4.1.2.3).
fn is_domain(text: &str) -> bool {
    let is_label_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_label_byte);
    text.strip_prefix('.').unwrap_or(text).split('.').all(is_label)
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
