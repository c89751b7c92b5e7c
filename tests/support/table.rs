//! Random tables and paths.

pub mod naive;

use http::Method;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use naive::Segment::{CatchAll, Literal, Mixed, OptionalCatchAll, Param};
pub use naive::{Found, Pattern, Routing, SeenByGuard, Segment, Table, ask, encode, reporting, send};

const LITERALS: &[&str] = &["a", "b", "ab", "abc", "v1", "é", "a b", "%", "a/b", "{x}"];

/// Texts of about eight and sixteen bytes. Some share their first or last eight bytes.
const LONG: &[&str] = &[
    "abcdefg",
    "abcdefh",
    "abcdefgh",
    "bbcdefgh",
    "abcdefghi",
    "abcdefghj",
    "bbcdefghi",
    "abcdefghijklmno",
    "abcdefghijklmnop",
    "abcdefghijklmnoq",
    "xbcdefghijklmnop",
    "abcdefghxjklmnop",
    "abcdefghijklmnopq",
    "abcdefghijklmnopr",
    "abcdefé",
    "abcdefgé",
    "abcdefghé",
    "éééé",
    "ééééé",
];

const MIXED: &[(&str, &str)] = &[
    ("abcdefgh", ""),
    ("", "ijklmnop"),
    ("abcdefghi", "p"),
    ("a", ""),
    ("ab", ""),
    ("v", ""),
    ("", "b"),
    ("", ".b"),
    ("a", "b"),
    ("é", ""),
    ("", "é"),
    ("", "F"),
    ("", "5"),
];

/// Path segments: plain ones, percent-encoded ones, and ones that no parameter accepts.
const PIECES: &[&str] = &[
    "a", "b", "ab", "abc", "v1", "v", "x", "1.b", "aF", "A", "a;b", "a+b", "é", "{x}", "%61", "%c3%a9", "%C3%A9x",
    "a%20b", "a%2Fb", "a%2fb", "%2F", "a%25", "%25", "%2561", "%252e", ".", "..", "...", "%2e", "%2E.", "", "%", "x%2",
    "%zz", "%ff", "v%C3", "%00", "a%00",
];

const PLAIN: &[&str] = &["a", "b", "ab", "abc", "v1", "x", "1.b", "aF", "é", "%61", "a%2Fb", "%25", "%2561"];

pub const METHODS: &[Method] = &[Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];

pub fn method() -> impl Strategy<Value = Method> {
    prop_oneof![8 => select(METHODS), 1 => Just(Method::TRACE), 1 => Just(Method::from_bytes(b"PURGE").unwrap())]
}

fn segment() -> impl Strategy<Value = Segment<'static>> {
    prop_oneof![
        4 => select(LITERALS).prop_map(Literal),
        2 => select(LONG).prop_map(Literal),
        2 => select(MIXED).prop_map(|(prefix, suffix)| Mixed(prefix, suffix)),
        3 => Just(Param),
    ]
}

/// A pattern that can be a prefix for nesting.
pub fn prefix() -> impl Strategy<Value = Pattern<'static>> {
    vec(segment(), 1..3).prop_map(Pattern)
}

pub fn pattern() -> impl Strategy<Value = Pattern<'static>> {
    let last = prop_oneof![
        5 => Just(None),
        1 => Just(Some(Literal(""))),
        1 => Just(Some(CatchAll)),
        1 => Just(Some(OptionalCatchAll)),
    ];
    (vec(segment(), 0..4), last).prop_map(|(mut segments, last)| {
        segments.extend(last);
        if segments.is_empty() {
            segments.push(Literal(""));
        }
        Pattern(segments)
    })
}

/// A table with a few patterns that often match the same paths.
pub fn table() -> impl Strategy<Value = Table<'static>> {
    let method = prop_oneof![9 => select(METHODS).prop_map(Some), 1 => Just(None)];
    vec((pattern(), vec(method, 1..3)), 1..8).prop_map(|patterns| {
        let mut routes = Vec::new();
        for (pattern, methods) in patterns {
            for method in methods {
                let route = (pattern.clone(), method);
                if !routes.contains(&route) {
                    routes.push(route);
                }
            }
        }
        Table(routes)
    })
}

/// A path of arbitrary segments.
pub fn path() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![2 => select(PLAIN), 2 => select(PIECES), 1 => select(LONG)];
    vec(pieces, 1..5).prop_map(|segments| format!("/{}", segments.join("/")))
}

/// Values for the parameters of a pattern, and the number of values that a catch-all takes.
#[derive(Clone, Debug)]
pub struct Values(Vec<&'static str>, usize);

impl Values {
    pub fn path_of(&self, pattern: &Pattern<'_>) -> String {
        pattern.path(&self.0, self.1)
    }
}

/// Values that every pattern accepts.
pub fn plain_values() -> impl Strategy<Value = Values> {
    (vec(prop_oneof![3 => select(PLAIN), 1 => select(LONG)], 5), 0_usize..4)
        .prop_map(|(values, tail)| Values(values, tail))
}

/// Values that a pattern may refuse.
pub fn values() -> impl Strategy<Value = Values> {
    (vec(prop_oneof![3 => select(PIECES), 1 => select(LONG)], 5), 0_usize..4)
        .prop_map(|(values, tail)| Values(values, tail))
}

/// A table, and a path that often matches one of its patterns.
pub fn table_and_path() -> impl Strategy<Value = (Table<'static>, String)> {
    let kind = prop_oneof![Just(true), Just(false)];
    (table(), path(), values(), any::<Index>(), kind).prop_map(|(table, path, values, index, of_pattern)| {
        let path = if of_pattern { values.path_of(&index.get(&table.0).0) } else { path };
        (table, path)
    })
}
