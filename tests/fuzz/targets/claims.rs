//! Any path reaches the inner service if and only if no server could resolve it into the claim.
#![no_main]

use std::convert::Infallible;

use arbitrary::Arbitrary;
use futures_util::FutureExt;
use http::{Request, Response, Uri};
use libfuzzer_sys::fuzz_target;
use route_handlers::{Body, RouteHandlers, TrailingSlash};
use tower::{ServiceExt, service_fn};

#[path = "../../support/readings.rs"]
mod readings;

use readings::{CLAIMS, is_below, own_reading, readings};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    claim: u8,
    policy: u8,
    pieces: Vec<u8>,
    end: &'a str,
}

const POLICIES: [TrailingSlash; 4] =
    [TrailingSlash::Strict, TrailingSlash::Ignore, TrailingSlash::Remove, TrailingSlash::Add];

const PIECES: [&str; 24] = [
    "/", "/api", "/v1", "/x", "/..", "/.", "/%2e", "/%2E.", "//", "%2F", "%2f", "%5C", "%5c", "\\", ";", ";x", "..", "%2e%2e",
    "api", "%61pi", "v1", "x", "%252e", "%",
];

fuzz_target!(|input: Input<'_>| {
    let pieces = input.pieces.iter().map(|number| PIECES[usize::from(*number) % PIECES.len()]);
    let path = pieces.fold("/".to_owned(), |path, piece| path + piece) + input.end;
    let Ok(uri) = Uri::try_from(path.as_str()) else { return };
    if uri.path() != path {
        return;
    }
    let (claim, segments) = CLAIMS[usize::from(input.claim) % CLAIMS.len()];
    let policy = POLICIES[usize::from(input.policy) % POLICIES.len()];
    let inner = service_fn(async |_: Request<Body>| Ok::<_, Infallible>(Response::new("inner".to_owned())));
    let app = RouteHandlers::new().claim(claim).trailing_slash(policy).over(inner);
    let Ok(response) = app.oneshot(Request::get(uri).body(Body::empty()).unwrap()).now_or_never().expect("nothing waits");
    let status = response.status().as_u16();
    let expected: &[u16] = if is_below(&own_reading(&path), segments) {
        &[404, 308]
    } else if readings(&path).iter().any(|reading| is_below(reading, segments)) {
        &[400]
    } else {
        &[200]
    };
    assert!(expected.contains(&status), "{claim} {path}: {status}");
});
