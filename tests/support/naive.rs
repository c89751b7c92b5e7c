//! A naive router as the model for the real one: it tries every pattern and takes the most specific match.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use futures_util::FutureExt;
use http::header::ALLOW;
use http::{Method, Uri};
use route_handlers::{Body, IntoResponse, Request, Response, Route, RouteHandlers, on};
use tower::ServiceExt;

/// A segment of a pattern; its literals are decoded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    Literal(&'a str),
    Mixed(&'a str, &'a str),
    Param,
    CatchAll,
    OptionalCatchAll,
}

use Segment::{CatchAll, Literal, Mixed, OptionalCatchAll, Param};

/// A parsed pattern. A last `Literal("")` stands for a `/` at the end of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern<'a>(pub Vec<Segment<'a>>);

/// A route table: patterns with their methods, without duplicates. `None` stands for `any`.
#[derive(Clone, Debug)]
pub struct Table<'a>(pub Vec<(Pattern<'a>, Option<Method>)>);

/// The part of a response that depends on the routing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    pub status: u16,
    pub allow: Option<String>,
    pub found: Option<Found>,
}

/// The pattern of the handler that ran, and the route and parameters that it received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub registered: String,
    pub matched_route: String,
    pub seen_by_guard: Option<String>,
    pub params: Vec<Captured>,
}

/// The route that a layer around the handler found in the request extensions.
#[derive(Clone, Debug)]
pub struct SeenByGuard(pub String);

/// A parameter: its text, and the segments if it is a catch-all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    pub name: String,
    pub text: Option<String>,
    pub segments: Option<Vec<String>>,
}

const CATCH_ALL: &str = "rest";

impl Pattern<'_> {
    pub fn text(&self) -> String {
        self.text_from(0)
    }

    /// The text of a pattern below a prefix: the parameter names are numbered from `first`.
    pub fn text_from(&self, first: usize) -> String {
        let segments = self.0.iter().enumerate().map(|(at, segment)| match segment {
            Literal(text) => literal(text),
            Mixed(prefix, suffix) => format!("{}{{p{}}}{}", literal(prefix), first + at, literal(suffix)),
            Param => format!("{{p{}}}", first + at),
            CatchAll => format!("{{*{CATCH_ALL}}}"),
            OptionalCatchAll => format!("{{*{CATCH_ALL}?}}"),
        });
        segments.fold(String::new(), |text, segment| text + "/" + &segment)
    }

    /// This pattern nested below a prefix.
    pub fn below(&self, prefix: &Self) -> Self {
        let own = if self.0 == [Literal("")] { &[] } else { &self.0[..] };
        Self([&prefix.0, own].concat())
    }

    /// A path that matches this pattern: each parameter takes one value, and a catch-all takes `tail` values.
    pub fn path(&self, values: &[&str], tail: usize) -> String {
        let mut values = values.iter().cycle().copied();
        let mut path = String::new();
        for segment in &self.0 {
            match segment {
                Literal(text) => write!(path, "/{}", encode(text)).unwrap(),
                Mixed(prefix, suffix) => {
                    write!(path, "/{}{}{}", encode(prefix), values.next().unwrap(), encode(suffix)).unwrap();
                }
                Param => write!(path, "/{}", values.next().unwrap()).unwrap(),
                CatchAll => (0..tail.max(1)).for_each(|_| write!(path, "/{}", values.next().unwrap()).unwrap()),
                OptionalCatchAll => (0..tail).for_each(|_| write!(path, "/{}", values.next().unwrap()).unwrap()),
            }
        }
        if path.is_empty() { "/".into() } else { path }
    }

    /// Of two patterns that match one path, the more specific one has the smaller rank. Ranks are compared by segment.
    fn rank(&self) -> Vec<impl Ord + 'static> {
        let rank = |segment: &Segment<'_>| match segment {
            Literal(_) => (0, Reverse((0, 0))),
            // The longer literal comes first; of two equally long ones, the one with the longer prefix.
            Mixed(prefix, suffix) => (1, Reverse((prefix.len() + suffix.len(), prefix.len()))),
            Param => (2, Reverse((0, 0))),
            CatchAll => (3, Reverse((0, 0))),
            OptionalCatchAll => (4, Reverse((0, 0))),
        };
        self.0.iter().map(rank).collect()
    }

    /// The segments of a path that each parameter captures, in the order of the parameters.
    fn captures(&self, path: &[Bytes]) -> Option<Vec<Vec<Bytes>>> {
        let mut captures = Vec::new();
        for (at, segment) in self.0.iter().enumerate() {
            if matches!(segment, CatchAll | OptionalCatchAll) {
                let tail = path.get(at..).unwrap_or_default();
                let is_empty = tail.iter().map(Vec::len).sum::<usize>() + tail.len().saturating_sub(1) == 0;
                captures.extend((!is_empty).then(|| tail.to_vec()));
                return (!is_empty || *segment == OptionalCatchAll).then_some(captures);
            }
            let own = path.get(at)?;
            let (prefix, suffix) = match segment {
                Literal(text) if *own == bytes(text) => continue,
                Literal(_) => return None,
                Mixed(prefix, suffix) => (bytes(prefix), bytes(suffix)),
                _ => (Vec::new(), Vec::new()),
            };
            let value = own.strip_prefix(&prefix[..])?.strip_suffix(&suffix[..])?;
            if value.is_empty() {
                return None;
            }
            captures.push(vec![value.to_vec()]);
        }
        (self.0.len() == path.len()).then_some(captures)
    }

    fn names(&self) -> impl Iterator<Item = String> {
        self.0.iter().enumerate().filter_map(|(at, segment)| match segment {
            Literal(_) => None,
            Mixed(..) | Param => Some(format!("p{at}")),
            CatchAll | OptionalCatchAll => Some(CATCH_ALL.to_owned()),
        })
    }

    /// The values that a handler receives, or `None` if the table refuses a value.
    fn found(&self, captures: Vec<Vec<Bytes>>) -> Option<Found> {
        let mut captures = captures.into_iter();
        let mut params = Vec::new();
        for name in self.names() {
            let is_catch_all = name == CATCH_ALL;
            let value = match captures.next() {
                Some(segments) => Some(decode_all(&segments)?),
                None => None,
            };
            let parted = |segments: &Vec<String>| is_catch_all && segments.iter().any(|segment| segment.contains('/'));
            params.push(Captured {
                name,
                text: value.as_ref().filter(|segments| !parted(segments)).map(|segments| segments.join("/")),
                segments: is_catch_all.then(|| value.unwrap_or_default()),
            });
        }
        Some(Found { registered: self.text(), matched_route: self.text(), seen_by_guard: None, params })
    }
}

impl<'a> Table<'a> {
    /// The same routes in a real table.
    pub fn build(&self) -> RouteHandlers {
        self.build_with(0, |route| route)
    }

    /// The same routes in a real table, with an option on each one. The parameter names are numbered from `first`.
    pub fn build_with(&self, first: usize, option: impl Fn(Route) -> Route) -> RouteHandlers {
        self.0.iter().fold(RouteHandlers::new(), |table, (pattern, method)| {
            let text = pattern.text_from(first);
            table.route(&text, option(reporting(&text, method.clone())))
        })
    }

    /// The same routes below a prefix.
    pub fn below(&self, prefix: &Pattern<'a>) -> Self {
        Self(self.0.iter().map(|(pattern, method)| (pattern.below(prefix), method.clone())).collect())
    }

    /// The routing that the rules require: every pattern is tried, and the most specific match wins.
    pub fn expected(&self, method: &Method, path: &str) -> Routing {
        let segments = path[1..].split('/').map(units).collect::<Vec<_>>();
        let mut matching = Vec::new();
        for (pattern, _) in &self.0 {
            if let Some(captures) = pattern.captures(&segments) {
                matching.push((pattern, captures));
            }
        }
        matching.sort_by_key(|(pattern, _)| pattern.rank());
        self.routing(method, &matching)
    }

    /// The routing that the rules require if a `/` at the end of the path is ignored.
    pub fn expected_without_slash(&self, method: &Method, path: &str) -> Routing {
        let cut = path.strip_suffix('/').filter(|rest| !rest.is_empty() && !rest.ends_with('/'));
        let segments = cut.unwrap_or(path)[1..].split('/').map(units).collect::<Vec<_>>();
        let mut matching = Vec::new();
        for (pattern, _) in &self.0 {
            let bare = match pattern.0.split_last() {
                Some((Literal(""), bare)) if !bare.is_empty() => Some(Pattern(bare.to_vec())),
                _ => None,
            };
            let is_other_form = bare.is_some() != cut.is_some();
            // The root is `/` in both forms. Any other pattern is compared without its last `/`.
            let bare = bare.unwrap_or_else(|| pattern.clone());
            if let Some(captures) = bare.captures(&segments) {
                matching.push((pattern, captures, (bare.rank(), is_other_form)));
            }
        }
        matching.sort_by(|(.., one), (.., other)| one.cmp(other));
        let matching: Vec<_> = matching.into_iter().map(|(pattern, captures, _)| (pattern, captures)).collect();
        self.routing(method, &matching)
    }

    /// The routing if these patterns match, ordered from the most specific one.
    fn routing(&self, method: &Method, matching: &[(&Pattern<'_>, Vec<Vec<Bytes>>)]) -> Routing {
        let serving = matching.iter().find(|(pattern, _)| self.serves(pattern, method));
        let Some((best, captures)) = serving.or(matching.first()) else { return Routing::plain(404) };
        let Some(found) = best.found(captures.clone()) else { return Routing::plain(400) };
        if serving.is_some() {
            return Routing { found: Some(found), ..Routing::plain(200) };
        }
        let mut allow = BTreeSet::from(["OPTIONS"]);
        for (pattern, own) in &self.0 {
            if !matching.iter().any(|(other, _)| **other == *pattern) {
                continue;
            }
            match own {
                Some(own) => {
                    allow.insert(own.as_str());
                    allow.extend((own == Method::GET).then_some("HEAD"));
                }
                None => allow.extend(["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]),
            }
        }
        let allow = allow.into_iter().collect::<Vec<_>>().join(", ");
        Routing { allow: Some(allow), ..Routing::plain(if method == Method::OPTIONS { 204 } else { 405 }) }
    }

    fn serves(&self, pattern: &Pattern<'_>, method: &Method) -> bool {
        let has = |method: Option<Method>| self.0.iter().any(|route| *route == (pattern.clone(), method.clone()));
        let by_any = *method != Method::TRACE && *method != Method::CONNECT && has(None);
        has(Some(method.clone())) || (method == Method::HEAD && has(Some(Method::GET))) || by_any
    }
}

impl Routing {
    fn plain(status: u16) -> Self {
        Self { status, allow: None, found: None }
    }

    pub fn of<B>(response: &http::Response<B>) -> Self {
        let allow = response.headers().get(ALLOW).map(|value| value.to_str().unwrap().to_owned());
        let found = response.extensions().get().cloned();
        Self { status: response.status().as_u16(), allow, found }
    }
}

/// The routing of a request without a body.
pub fn ask(table: &RouteHandlers, method: &Method, path: &str) -> Routing {
    Routing::of(&send(table, method, path.parse().expect("a path")))
}

/// The response to a request without a body. Every handler of the table must be ready at its first poll.
pub fn send(table: &RouteHandlers, method: &Method, uri: Uri) -> Response {
    let mut request = http::Request::new(Body::empty());
    *request.method_mut() = method.clone();
    *request.uri_mut() = uri;
    let Ok(response) = table.clone().oneshot(request).now_or_never().expect("nothing waits");
    response
}

/// A route with a handler that reports its pattern and the values that it received.
pub fn reporting(pattern: &str, method: Option<Method>) -> Route {
    let registered = pattern.to_owned();
    let handler = move |request: Request| {
        let registered = registered.clone();
        async move { report(registered, &request) }
    };
    match method {
        Some(method) => on(method, handler),
        None => route_handlers::any(handler),
    }
}

fn report(registered: String, request: &Request) -> Response {
    let route = request.matched_route().expect("a route matched");
    let segments = |name: &str| request.segments(name).map(|segments| segments.map(str::to_owned).collect());
    let params = route.names().map(|name| Captured {
        name: name.to_owned(),
        text: request.param(name).map(str::to_owned),
        segments: (name == CATCH_ALL).then(|| segments(name)).flatten(),
    });
    let params = params.collect();
    let seen_by_guard = request.extensions().get::<SeenByGuard>().map(|seen| seen.0.clone());
    let mut response = "found".into_response();
    response.extensions_mut().insert(Found { registered, matched_route: route.to_string(), seen_by_guard, params });
    response
}

/// A decoded segment. A `%` that begins no percent-encoding is [`MALFORMED`], which differs from every byte.
type Bytes = Vec<u16>;

const MALFORMED: u16 = 0x100;

fn bytes(text: &str) -> Bytes {
    text.bytes().map(u16::from).collect()
}

fn units(segment: &str) -> Bytes {
    let mut units = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let escaped = digits.map(|digits| u16::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap());
        let (unit, next) = match (first, escaped) {
            (b'%', Some(byte)) => (byte, &after[2..]),
            (b'%', None) => (MALFORMED, after),
            (byte, _) => (u16::from(*byte), after),
        };
        units.push(unit);
        rest = next;
    }
    units
}

fn decode_all(segments: &[Bytes]) -> Option<Vec<String>> {
    // A catch-all may end in `/`; an empty segment elsewhere is refused.
    let (_, all_but_last) = segments.split_last()?;
    let is_refused = all_but_last.iter().any(Vec::is_empty);
    if is_refused { None } else { segments.iter().map(decode).collect() }
}

fn decode(segment: &Bytes) -> Option<String> {
    let bytes = segment.iter().map(|unit| u8::try_from(*unit).ok()).collect::<Option<Vec<_>>>()?;
    let text = String::from_utf8(bytes).ok()?;
    let climbs = text.split(['/', '\\']).any(|part| part == "." || part == "..");
    (!text.contains('\0') && !climbs).then_some(text)
}

/// A literal in the syntax of a pattern.
fn literal(text: &str) -> String {
    text.replace('%', "%25").replace('/', "%2F").replace('{', "{{").replace('}', "}}")
}

/// Percent-encodes all characters of a segment except the unreserved ones (RFC 3986 §2.3).
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => write!(out, "%{byte:02X}").unwrap(),
        }
        out
    })
}
