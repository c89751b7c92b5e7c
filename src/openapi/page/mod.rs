//! The page for people: one HTML document with the viewer and the OpenAPI document in it.
//!
//! The viewer is RapiDoc 9.3.8 (MIT, see `LICENSE-rapidoc.txt`) as its npm package ships it: `rapidoc-min.js.gz` is
//! `dist/rapidoc-min.js.gz` of `rapidoc@9.3.8`. A page that loaded it from elsewhere would need another host, and a file
//! more; so it lies packed in the page, and the browser unpacks it.

use serde_json::Value;

const PAGE: &str = include_str!("page.html");
const BOOT: &str = include_str!("boot.js");
const VIEWER: &[u8] = include_bytes!("rapidoc-min.js.gz");

/// The hashes by which the two scripts of the page may run (Content Security Policy Level 3 §6.7.3.2), and no other.
const BOOT_HASH: &str = "sha256-12AjgBS4ifK+tYIms20op0BziUXWRdo7ClCfxKOSL3o=";
const VIEWER_HASH: &str = "sha256-r/vRc6Zehw4Y85LMqWMRO82vtuUOiM0vaoNKZbItuU0=";

/// The page of a document.
pub(super) fn html(document: &Value) -> String {
    let title = escaped(document["info"]["title"].as_str().unwrap_or_default());
    // In a script element nothing is escaped, and only `</script` or `<!--` would end or change it.
    let json = document.to_string().replace('<', "\\u003c");
    let mut page = String::with_capacity(PAGE.len() + BOOT.len() + VIEWER.len() * 4 / 3 + json.len());
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once('{') {
        page.push_str(before);
        let Some((name, after)) = after.split_once('}').filter(|(name, _)| PLACES.contains(name)) else {
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

/// Text for HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const PLACES: [&str; 4] = ["title", "document", "viewer", "boot"];

/// What the page may do: run its two scripts, and call the servers of the document.
pub(super) fn content_security_policy(document: &Value) -> String {
    let servers = document["servers"].as_array().into_iter().flatten();
    let urls = servers.filter_map(|server| server["url"].as_str());
    let is_origin = |url: &&str| url.starts_with("http") && !url.contains([';', ',', ' ', '\'', '{']) && url.is_ascii();
    let others = urls.filter(is_origin).fold(String::new(), |others, url| others + " " + url.trim_end_matches('/'));
    format!(
        "default-src 'none'; script-src '{BOOT_HASH}' '{VIEWER_HASH}'; style-src 'unsafe-inline'; \
         img-src 'self' data:; connect-src 'self'{others}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// Base64 (RFC 4648 §4).
fn push_base64(bytes: &[u8], out: &mut String) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0_u32, |group, place| group << 8 | u32::from(*chunk.get(place).unwrap_or(&0)));
        for place in 0..4 {
            let sextet = group >> (18 - 6 * place) & 63;
            out.push(if place <= chunk.len() { char::from(ALPHABET[sextet as usize]) } else { '=' });
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
    fn base64_is_that_of_the_standard() {
        for length in 0..10 {
            let bytes: Vec<u8> = (0..length).map(|byte: u8| byte.wrapping_mul(97)).collect();
            let mut text = String::new();
            push_base64(&bytes, &mut text);
            assert_eq!(text, STANDARD.encode(&bytes));
        }
    }

    #[test]
    fn the_hash_is_that_of_the_script() {
        assert_eq!(BOOT_HASH, format!("sha256-{}", STANDARD.encode(Sha256::digest(BOOT))));
    }
}
