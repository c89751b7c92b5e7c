//! Any text as a pattern: it is refused with a reason, or it is a route that is listed, found, and refused a second time.
#![no_main]

use futures_util::FutureExt;
use http::Request;
use libfuzzer_sys::fuzz_target;
use route_handlers::{Body, RouteError, RouteHandlers, get};
use tower::ServiceExt;

fn table(pattern: &str) -> Result<RouteHandlers, RouteError> {
    RouteHandlers::new().try_route(pattern, get(async || "found"))
}

fn status(table: RouteHandlers, path: &str) -> Option<u16> {
    let request = Request::get(path).body(Body::empty()).ok()?;
    let Ok(response) = table.oneshot(request).now_or_never().expect("nothing waits");
    Some(response.status().as_u16())
}

fuzz_target!(|patterns: (&str, &str)| {
    let (first, second) = patterns;
    let Ok(one) = table(first).map_err(|error| assert!(!error.to_string().is_empty())) else { return };
    assert_eq!(one.routes().map(|route| route.pattern().to_owned()).collect::<Vec<_>>().len(), 1);
    let twice = one.clone().try_route(first, get(async || "again")).unwrap_err();
    assert!(!twice.to_string().is_empty());

    // A pattern without parameters is a path, after characters that a path cannot have are percent-encoded.
    if !first.contains(['{', '}', '%']) {
        let path = first.bytes().fold(String::new(), |path, byte| match byte {
            b'/' => path + "/",
            byte => path + &format!("%{byte:02X}"),
        });
        assert_eq!(status(one.clone(), &path), Some(200), "{first:?} {path}");
    }

    // In either order, both of two patterns are accepted or the second one is refused.
    let Ok(other) = table(second) else { return };
    let both = one.clone().try_merge(other.clone());
    assert_eq!(both.is_ok(), other.clone().try_merge(one.clone()).is_ok(), "{first:?} {second:?}");
    if let Ok(both) = both {
        assert_eq!(both.routes().count(), 2);
        for path in [first, second] {
            let alone = [status(one.clone(), path), status(other.clone(), path)];
            if alone.contains(&Some(200)) && !alone.contains(&Some(400)) {
                assert_eq!(status(both.clone(), path), Some(200), "{first:?} {second:?}");
            }
        }
    }
    if let Ok(nested) = RouteHandlers::new().try_nest(first, other) {
        assert_eq!(nested.routes().count(), 1);
    }
});
