//! Any table and any path: the pattern, the parameters and `Allow` equal those of the naive router.
#![no_main]
#![allow(dead_code, reason = "the tests use the rest of the naive router")]

use arbitrary::{Arbitrary, Unstructured};
use http::{Method, Uri};
use libfuzzer_sys::fuzz_target;
use route_handlers::{RouteHandlers, TrailingSlash};

#[path = "../../support/naive.rs"]
mod naive;

use naive::{Pattern, Routing, Segment, Table};

/// Text of a pattern. Most texts are parts of others, so that patterns often match the same paths.
#[derive(Clone, Copy, Debug)]
struct Text<'a>(&'a str);

const TEXTS: [&str; 16] =
    ["a", "b", "ab", "abc", "v", "1", ".b", "c", "é", "%", "a b", "a/b", "abcdefgh", "abcdefghi", "ijklmnop", "F"];

impl<'a> Arbitrary<'a> for Text<'a> {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let number = u8::arbitrary(u)?;
        Ok(Self(if number < 240 { TEXTS[usize::from(number) % TEXTS.len()] } else { <&str>::arbitrary(u)? }))
    }
}

/// A path segment, percent-encoded or malformed.
#[derive(Clone, Debug)]
struct Sent(String);

const SENT: [&str; 32] = [
    "a",
    "b",
    "ab",
    "abc",
    "abcb",
    "v1",
    "1.b",
    "abcdefghijklmnop",
    "abcdefghi",
    "aF",
    "",
    ".",
    "..",
    "%2e",
    ".%2E",
    "...",
    "%61",
    "%c3%a9",
    "é",
    "a%20b",
    "a%2Fb",
    "%2f",
    "%25",
    "%2561",
    "%",
    "%zz",
    "%ff",
    "%00",
    "x%2F..%2Fy",
    "a;b",
    "{x}",
    "%5C..",
];

impl<'a> Arbitrary<'a> for Sent {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        Ok(Self(match u8::arbitrary(u)? {
            number @ 0..=199 => SENT[usize::from(number) % SENT.len()].to_owned(),
            200..=227 => naive::encode(<&str>::arbitrary(u)?),
            _ => Self::arbitrary(u)?.0 + TEXTS[usize::from(u8::arbitrary(u)?) % 8],
        }))
    }
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Piece<'a> {
    Literal(Text<'a>),
    Mixed(Text<'a>, Text<'a>),
    Before(Text<'a>),
    After(Text<'a>),
    Param,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Last {
    Nothing,
    Slash,
    CatchAll,
    OptionalCatchAll,
}

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    method: u8,
    ignore_slash: bool,
    routes: [Option<(u8, Last, [Option<Piece<'a>>; 3])>; 6],
    target: Target<'a>,
}

#[derive(Arbitrary, Debug)]
enum Target<'a> {
    Bytes(&'a [u8]),
    Segments([Option<Sent>; 4]),
    /// A path that matches one of the patterns, with these values.
    Of(u8, [Sent; 3], u8),
}

const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::OPTIONS, Method::TRACE, Method::DELETE];

fn method(number: u8) -> Method {
    METHODS[usize::from(number) % METHODS.len()].clone()
}

fn pattern<'a>(pieces: &[Option<Piece<'a>>], last: Last) -> Pattern<'a> {
    let mut segments: Vec<_> = pieces
        .iter()
        .flatten()
        .map(|piece| match *piece {
            Piece::Literal(Text(text)) => Segment::Literal(text),
            Piece::Mixed(Text(""), Text("")) | Piece::Before(Text("")) | Piece::After(Text("")) | Piece::Param => {
                Segment::Param
            }
            Piece::Mixed(Text(prefix), Text(suffix)) => Segment::Mixed(prefix, suffix),
            Piece::Before(Text(prefix)) => Segment::Mixed(prefix, ""),
            Piece::After(Text(suffix)) => Segment::Mixed("", suffix),
        })
        .collect();
    match last {
        Last::Nothing if segments.is_empty() => segments.push(Segment::Literal("")),
        Last::Nothing => {}
        Last::Slash => segments.push(Segment::Literal("")),
        Last::CatchAll => segments.push(Segment::CatchAll),
        Last::OptionalCatchAll => segments.push(Segment::OptionalCatchAll),
    }
    Pattern(segments)
}

/// The routes that a table accepts, in order.
fn table<'a>(input: &Input<'a>) -> Table<'a> {
    let mut accepted = RouteHandlers::new();
    let mut routes = Vec::new();
    for (number, last, pieces) in input.routes.iter().flatten() {
        let pattern = pattern(pieces, *last);
        let method = (*number < 250).then(|| method(*number));
        let text = pattern.text();
        if let Ok(more) = accepted.clone().try_route(&text, naive::reporting(&text, method.clone())) {
            accepted = more;
            routes.push((pattern, method));
        }
    }
    Table(routes)
}

fuzz_target!(|input: Input<'_>| {
    let table = table(&input);
    let target = match &input.target {
        Target::Bytes(bytes) => [b"/", *bytes].concat(),
        Target::Segments(segments) => {
            let path = segments.iter().flatten().fold(String::new(), |path, Sent(segment)| path + "/" + segment);
            if path.is_empty() { b"/".to_vec() } else { path.into_bytes() }
        }
        Target::Of(route, values, tail) => {
            let Some((pattern, _)) = table.0.get(usize::from(*route) % table.0.len().max(1)) else { return };
            pattern.path(&values.each_ref().map(|Sent(value)| value.as_str()), usize::from(*tail) % 8).into_bytes()
        }
    };
    let Ok(uri) = Uri::try_from(&target[..]) else { return };
    if !uri.path().starts_with('/') || uri.scheme().is_some() {
        return;
    }
    let (method, path) = (method(input.method), uri.path().to_owned());
    let (api, expected) = match input.ignore_slash {
        false => (table.build(), table.expected(&method, &path)),
        true => (table.build().trailing_slash(TrailingSlash::Ignore), table.expected_without_slash(&method, &path)),
    };
    assert_eq!(Routing::of(&naive::send(&api, &method, uri)), expected, "{method} {path} {:?}", table.0);
});
