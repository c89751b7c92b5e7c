//! Any preconditions: the status equals that of a second implementation of RFC 9110 §13.
#![no_main]

use arbitrary::Arbitrary;
use futures_util::FutureExt;
use http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE, LAST_MODIFIED};
use http::{HeaderName, HeaderValue, Method, Request};
use libfuzzer_sys::fuzz_target;
use route_handlers::{Body, RouteHandlers, get};
use tower::ServiceExt;

/// The dates that inputs refer to, in ascending order.
const DATES: [&str; 3] =
    ["Tue, 01 Jan 2030 00:00:00 GMT", "Wed, 02 Jan 2030 00:00:00 GMT", "Thu, 03 Jan 2030 00:00:00 GMT"];

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    is_head: bool,
    is_weak: bool,
    opaque: &'a [u8],
    modified: Option<u8>,
    if_match: Vec<&'a [u8]>,
    if_none_match: Vec<&'a [u8]>,
    if_modified_since: Vec<u8>,
    if_unmodified_since: Vec<u8>,
}

#[derive(PartialEq)]
enum List {
    Any,
    Tags(Vec<(bool, Vec<u8>)>),
    Malformed,
}

/// Parses a list differently from the library: it first splits at commas outside quotes.
fn list(lines: &[&[u8]]) -> List {
    let mut elements: Vec<Vec<u8>> = Vec::new();
    for line in lines {
        let mut element = Vec::new();
        let mut is_quoted = false;
        for byte in *line {
            is_quoted ^= *byte == b'"';
            if *byte == b',' && !is_quoted {
                elements.push(std::mem::take(&mut element));
            } else {
                element.push(*byte);
            }
        }
        if is_quoted {
            return List::Malformed;
        }
        elements.push(element);
    }
    let trimmed = elements.iter().map(|element| element.trim_ascii()).filter(|element| !element.is_empty());
    let trimmed: Vec<&[u8]> = trimmed.collect();
    if lines.len() == 1 && trimmed == [b"*"] && !lines[0].contains(&b',') {
        return List::Any;
    }
    let mut tags = Vec::new();
    for element in trimmed {
        let (is_weak, quoted) = element.strip_prefix(b"W/").map_or((false, element), |quoted| (true, quoted));
        let opaque = quoted.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
        match opaque.filter(|opaque| !opaque.contains(&b'"')) {
            Some(opaque) => tags.push((is_weak, opaque.to_vec())),
            None => return List::Malformed,
        }
    }
    List::Tags(tags)
}

fn date(positions: &[u8]) -> Option<usize> {
    match positions {
        [one] => Some(usize::from(*one)).filter(|position| *position < DATES.len()),
        _ => None,
    }
}

fn expected(input: &Input<'_>) -> u16 {
    let modified = input.modified.and_then(|position| date(&[position]));
    if !input.if_match.is_empty() {
        let holds = match list(&input.if_match) {
            List::Any => true,
            List::Tags(tags) => !input.is_weak && tags.contains(&(false, input.opaque.to_vec())),
            List::Malformed => false,
        };
        if !holds {
            return 412;
        }
    } else if date(&input.if_unmodified_since).zip(modified).is_some_and(|(since, modified)| modified > since) {
        return 412;
    }
    let is_known = if input.if_none_match.is_empty() {
        date(&input.if_modified_since).zip(modified).is_some_and(|(since, modified)| modified <= since)
    } else {
        match list(&input.if_none_match) {
            List::Any => true,
            List::Tags(tags) => tags.iter().any(|(_, opaque)| opaque == input.opaque),
            List::Malformed => false,
        }
    };
    if is_known { 304 } else { 200 }
}

fn append(request: &mut Request<Body>, name: &HeaderName, value: &[u8]) -> Option<()> {
    request.headers_mut().append(name, HeaderValue::from_bytes(value).ok()?);
    Some(())
}

fn request(input: &Input<'_>) -> Option<Request<Body>> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = if input.is_head { Method::HEAD } else { Method::GET };
    for (name, lines) in [(IF_MATCH, &input.if_match), (IF_NONE_MATCH, &input.if_none_match)] {
        lines.iter().try_for_each(|line| append(&mut request, &name, line))?;
    }
    for (name, positions) in
        [(IF_MODIFIED_SINCE, &input.if_modified_since), (IF_UNMODIFIED_SINCE, &input.if_unmodified_since)]
    {
        for position in positions {
            let date = DATES.get(usize::from(*position)).copied().unwrap_or("Tue, 32 Jan 2030 00:00:00 GMT");
            append(&mut request, &name, date.as_bytes())?;
        }
    }
    Some(request)
}

fuzz_target!(|input: Input<'_>| {
    if input.opaque.contains(&b'"') {
        return;
    }
    let quoted = [if input.is_weak { &b"W/\""[..] } else { b"\"" }, input.opaque, b"\""].concat();
    let Ok(etag) = HeaderValue::from_bytes(&quoted) else { return };
    let Some(request) = request(&input) else { return };
    let own = etag.clone();
    let modified = input.modified.and_then(|position| date(&[position])).map(|position| DATES[position]);
    let handler = move || {
        let mut response = http::Response::new(Body::from("content"));
        response.headers_mut().insert(ETAG, own.clone());
        if let Some(modified) = modified {
            response.headers_mut().insert(LAST_MODIFIED, HeaderValue::from_static(modified));
        }
        response.headers_mut().insert("x-request-id", HeaderValue::from_static("7"));
        std::future::ready(response)
    };
    let api = RouteHandlers::new().route("/", get(handler).etag());
    let Ok(response) = api.oneshot(request).now_or_never().expect("nothing waits");
    let status = response.status().as_u16();
    assert_eq!(status, expected(&input));
    let headers = response.headers();
    assert!(headers.contains_key("x-request-id"), "{headers:?}");
    assert_eq!(headers.get(ETAG).is_some_and(|tag| *tag == etag), status != 412);
    assert_eq!(headers.get(CONTENT_TYPE).is_some(), status == 412);
});
