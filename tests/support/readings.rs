//! Computes every reading of a path by brute force, as the model for the tests of `claim`.

use std::collections::BTreeSet;

/// A claim, and its segments; `*` is a parameter.
pub const CLAIMS: [(&str, &[&str]); 5] = [
    ("/api", &["api"]),
    ("/v1/api", &["v1", "api"]),
    ("/api/v1/x", &["api", "v1", "x"]),
    ("/v1/{tenant}/api", &["v1", "*", "api"]),
    ("/{tenant}/api", &["*", "api"]),
];

/// The treatment of empty segments by one service.
#[derive(Clone, Copy, PartialEq)]
enum Empty {
    Kept,
    DroppedFirst,
    DroppedLast,
}

/// The dot segments that one service resolves.
#[derive(Clone, Copy, PartialEq)]
enum Dots {
    Kept,
    Raw,
    Encoded,
}

/// The text with the `;…` of each segment cut, as servlet containers do it.
fn without_parameters(path: &str) -> String {
    let segments: Vec<_> =
        path.split('/').map(|segment| segment.split_once(';').map_or(segment, |(name, _)| name)).collect();
    segments.join("/")
}

fn resolve(path: &str, empty: Empty, dots: Dots) -> Vec<String> {
    let mut resolved: Vec<String> = Vec::new();
    for segment in path.split('/').skip(1) {
        let decoded =
            if dots == Dots::Encoded { segment.replace("%2e", ".").replace("%2E", ".") } else { segment.into() };
        match decoded.as_str() {
            "" if empty == Empty::DroppedFirst => {}
            "." if dots != Dots::Kept => {}
            ".." if dots != Dots::Kept => drop(resolved.pop()),
            _ => resolved.push(segment.to_owned()),
        }
    }
    resolved.retain(|segment| !segment.is_empty() || empty != Empty::DroppedLast);
    resolved
}

const EVERY_EMPTY: [Empty; 3] = [Empty::Kept, Empty::DroppedFirst, Empty::DroppedLast];
const EVERY_DOTS: [Dots; 3] = [Dots::Kept, Dots::Raw, Dots::Encoded];

/// The segments of the path in the readings of all services that also split it at some of these separators.
fn readings_of_one(path: &str, separators: &[&[&str]]) -> BTreeSet<Vec<String>> {
    let mut texts = BTreeSet::from([path.to_owned()]);
    for alike in separators {
        let split = |text: &String| alike.iter().fold(text.clone(), |text, separator| text.replace(separator, "/"));
        texts = texts.iter().map(split).chain(texts.clone()).collect();
    }
    texts = texts.iter().map(|text| without_parameters(text)).chain(texts.clone()).collect();
    let every_resolution = || EVERY_EMPTY.iter().flat_map(|empty| EVERY_DOTS.map(|dots| (*empty, dots)));
    texts.iter().flat_map(|text| every_resolution().map(move |(empty, dots)| resolve(text, empty, dots))).collect()
}

/// The segments of the path in every reading, not decoded. The path is read by one service, or resolved by one service
/// and then read by a second one.
pub fn readings(path: &str) -> BTreeSet<Vec<String>> {
    let resolved = readings_of_one(path, &[&["\\"]]);
    let second = |segments: Vec<String>| {
        let path = "/".to_owned() + &segments.join("/");
        readings_of_one(&path, &[&["%2F", "%2f"], &["\\"], &["%5C", "%5c"]])
    };
    resolved.into_iter().flat_map(second).collect()
}

/// The segments of the path as this crate reads it.
pub fn own_reading(path: &str) -> Vec<String> {
    resolve(path, Empty::Kept, Dots::Kept)
}

/// Whether the segments are at or below a claim. `*` in the claim stands for any segment that is not empty.
pub fn is_below(segments: &[String], claim: &[&str]) -> bool {
    let holds =
        |(segment, own): (&String, &&str)| if *own == "*" { !segment.is_empty() } else { decode(segment) == *own };
    segments.len() >= claim.len() && segments.iter().zip(claim).all(holds)
}

/// Decodes the escapes of ASCII characters, once.
fn decode(segment: &str) -> String {
    let (plain, escaped) = segment.split_once('%').unwrap_or((segment, ""));
    match escaped.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
        Some(byte) if byte.is_ascii() => format!("{plain}{}{}", byte as char, decode(&escaped[2..])),
        _ if segment.contains('%') => format!("{plain}%{}", decode(escaped)),
        _ => plain.to_owned(),
    }
}
