//! The HTML page: one file with the viewer and the OpenAPI document inside.
//!
//! The viewer is RapiDoc 9.3.8 (MIT, see `LICENSE-rapidoc.txt`). `rapidoc-min.js.gz` is `dist/rapidoc-min.js.gz` of the npm
//! package `rapidoc@9.3.8`. The page contains it compressed, and the browser decompresses it, so the page loads no other
//! file.

use std::collections::BTreeSet;

use serde_json::Value;

const PAGE: &str = include_str!("page.html");
const BOOT: &str = include_str!("boot.js");
const VIEWER: &[u8] = include_bytes!("rapidoc-min.js.gz");

/// The hashes that allow the two scripts of the page to run, and no other script (Content Security Policy Level 3 §6.7.3.2).
const BOOT_HASH: &str = "sha256-12AjgBS4ifK+tYIms20op0BziUXWRdo7ClCfxKOSL3o=";
const VIEWER_HASH: &str = "sha256-r/vRc6Zehw4Y85LMqWMRO82vtuUOiM0vaoNKZbItuU0=";

/// Returns the page of a document.
pub(super) fn html(document: &Value) -> String {
    let title = escape(document["info"]["title"].as_str().unwrap_or_default());
    // HTML in a script element is not unescaped. Without `<` the JSON cannot contain `</script` or `<!--`.
    let json = document.to_string().replace('<', "\\u003c");
    let mut page = String::with_capacity(PAGE.len() + BOOT.len() + VIEWER.len() * 4 / 3 + json.len());
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once('{') {
        page.push_str(before);
        let Some((name, after)) = after.split_once('}').filter(|(name, _)| PLACEHOLDERS.contains(name)) else {
            page.push('{');
            rest = after;
            continue;
        };
        match name {
            "title" => page.push_str(&title),
            "document" => page.push_str(&json),
            "viewer" => push_base64(VIEWER, &mut page),
            _ => page.push_str(BOOT),
        }
        rest = after;
    }
    page.push_str(rest);
    page
}

/// Escapes text for HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const PLACEHOLDERS: [&str; 4] = ["title", "document", "viewer", "boot"];

/// Returns the policy of the page: it may run its two scripts, and call the servers of the document.
pub(super) fn content_security_policy(document: &Value) -> String {
    let servers = document["servers"].as_array().into_iter().flatten();
    let origins: BTreeSet<_> = servers.filter_map(|server| host_source(server["url"].as_str()?)).collect();
    let others = origins.iter().fold(String::new(), |others, origin| others + " " + origin);
    format!(
        "default-src 'none'; script-src '{BOOT_HASH}' '{VIEWER_HASH}'; style-src 'unsafe-inline'; \
         img-src 'self' data:; connect-src 'self'{others}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// Returns the origin of a server as a host source (CSP3 §2.3.1). `None` if the server is on the page's own origin, or if a
/// policy cannot name it.
///
/// The origin is in lower case, because Chromium does not know the scheme `HTTP`. The path is left out: a source with a path
/// that does not end in `/` matches only that path (CSP3 §6.7.2.12).
fn host_source(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("//")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host_and_port = authority.rsplit('@').next()?;
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) => (host, format!(":{port}")),
        None => (host_and_port, String::new()),
    };
    let is_scheme = ["", "http:", "https:"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_port = port.bytes().skip(1).all(|byte| byte.is_ascii_digit()) && port != ":";
    let scheme = if scheme.is_empty() { String::new() } else { format!("{scheme}//") };
    (is_scheme && is_port && host.split('.').all(is_label))
        .then(|| format!("{scheme}{host}{port}").to_ascii_lowercase())
}

/// Appends bytes as Base64 (RFC 4648 §4).
fn push_base64(bytes: &[u8], out: &mut String) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0_u32, |group, index| group << 8 | u32::from(*chunk.get(index).unwrap_or(&0)));
        for index in 0..4 {
            let sextet = group >> (18 - 6 * index) & 63;
            out.push(if index <= chunk.len() { char::from(ALPHABET[sextet as usize]) } else { '=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn base64_matches_the_standard_alphabet_and_padding() {
        for length in 0..10 {
            let bytes: Vec<u8> = (0..length).map(|byte: u8| byte.wrapping_mul(97)).collect();
            let mut text = String::new();
            push_base64(&bytes, &mut text);
            assert_eq!(text, STANDARD.encode(&bytes));
        }
    }

    #[test]
    fn host_source_is_the_origin_without_the_path() {
        for (url, source) in [
            ("https://api.example.com", Some("https://api.example.com")),
            ("https://api.example.com/v1", Some("https://api.example.com")),
            ("https://user:word@api.example.com:8443/v1/?a=b#c", Some("https://api.example.com:8443")),
            ("https://api.example.com/a;b'c,d", Some("https://api.example.com")),
            ("HTTP://LOCALHOST:3000", Some("http://localhost:3000")),
            ("//api.example.com/v1", Some("api.example.com")),
            ("https://xn--mnchen-3ya.example", Some("https://xn--mnchen-3ya.example")),
            // on the page's own origin
            ("/", None),
            ("/v1//a", None),
            ("v1", None),
            ("../v1", None),
            // a host source cannot express these
            ("https://{region}.example.com/v1", None),
            ("https://api.example.com:{port}", None),
            ("https://*", None),
            ("https://*.example.com", None),
            ("https://api.example.com;script-src", None),
            ("https://api.example.com'", None),
            ("https://api.example.com,", None),
            ("https://[::1]:3000", None),
            ("https://", None),
            ("https://a..b", None),
            ("ftp://example.com", None),
        ] {
            assert_eq!(host_source(url).as_deref(), source, "{url}");
        }
    }

    #[test]
    fn hash_is_the_hash_of_the_script() {
        assert_eq!(BOOT_HASH, format!("sha256-{}", STANDARD.encode(Sha256::digest(BOOT))));
    }
}
