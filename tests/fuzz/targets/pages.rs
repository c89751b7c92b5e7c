//! Names and values in the query, form and cookies of a pages-style handler: the result equals that of a linear search, and
//! the number of compared bytes is linear in the input. Any other body gets a response.
#![no_main]

use std::sync::atomic::{AtomicUsize, Ordering};

use arbitrary::Arbitrary;
use futures_util::FutureExt;
use http::header::{CONTENT_TYPE, COOKIE, HeaderValue};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use route_handlers::pages::{PagesBody, PagesQuery, PagesRequest, PagesResponse, PagesValue, pages};
use route_handlers::{Body, Response, RouteHandlers};
use tower::ServiceExt;

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    List { place: Place, pairs: Vec<(&'a str, &'a str)>, prefix: &'a str, distinct: u16, alike: u16 },
    Body { content_type: &'a str, body: &'a [u8] },
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
enum Place {
    Query,
    Form,
    Cookie,
}

type Found = Vec<(String, Vec<String>)>;

/// The number of comparisons, plus the number of compared bytes.
static COMPARED: AtomicUsize = AtomicUsize::new(0);

/// Counts the work of a search: equality of strings of one length is a call of this function.
///
/// # Safety
///
/// As that of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    unsafe { compare(left, right, length) }
}

/// # Safety
///
/// As that of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    unsafe { compare(left, right, length) }
}

unsafe fn compare(left: *const u8, right: *const u8, length: usize) -> i32 {
    COMPARED.fetch_add(1 + length, Ordering::Relaxed);
    for place in 0..length {
        let (left, right) = unsafe { (left.add(place).read_volatile(), right.add(place).read_volatile()) };
        if left != right {
            return i32::from(left) - i32::from(right);
        }
    }
    0
}

fn found(fields: &PagesQuery) -> Found {
    let values = |value: &PagesValue| match value {
        PagesValue::One(one) => vec![one.clone()],
        PagesValue::Many(many) => many.clone(),
    };
    fields.iter().map(|(name, value)| (name.to_owned(), values(value))).collect()
}

/// Looks up each name and sends the values.
async fn response(req: PagesRequest, res: PagesResponse) -> Response {
    let cookies = req.cookies();
    assert!(cookies.iter().all(|(name, value)| cookies.get(name) == Some(value)));
    let mut all: Found = cookies.iter().map(|(name, value)| (name.to_owned(), vec![value.to_owned()])).collect();
    let form = if let PagesBody::Form(form) = req.body() { form.clone() } else { PagesQuery::default() };
    for fields in [req.query(), &form] {
        assert!(fields.iter().all(|(name, value)| fields.value(name) == Some(value) && fields.get(name).is_some()));
        all.extend(found(fields));
    }
    res.json(&all)
}

/// The expected result, by a linear search for each element.
fn searched(pairs: &[(String, String)], place: Place) -> Found {
    let mut found = Found::new();
    for (name, value) in pairs {
        match found.iter_mut().find(|(own, _)| own == name) {
            None => found.push((name.clone(), vec![value.clone()])),
            Some(_) if place == Place::Cookie => {} // the first one counts
            Some((_, values)) => values.push(value.clone()),
        }
    }
    found
}

fn encoded(text: &str) -> String {
    let byte =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}

fn request(place: Place, pairs: &[(String, String)]) -> Option<Request<Body>> {
    // The name of a cookie is not decoded.
    let pair = |(name, value): &(String, String)| match place {
        Place::Cookie => format!("{name}={}", encoded(value)),
        Place::Query | Place::Form => format!("{}={}", encoded(name), encoded(value)),
    };
    let list: Vec<_> = pairs.iter().map(pair).collect();
    match place {
        Place::Query => Request::get(format!("/?{}", list.join("&"))).body(Body::empty()),
        Place::Cookie => Request::get("/").header(COOKIE, list.join("; ")).body(Body::empty()),
        Place::Form => {
            let request = Request::post("/").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            request.body(list.join("&").into())
        }
    }
    .ok()
}

fn send(request: Request<Body>) -> (StatusCode, Vec<u8>) {
    let api = RouteHandlers::new().any("/", pages(response));
    let Ok(response) = api.oneshot(request).now_or_never().expect("the body is ready");
    let (head, body) = response.into_parts();
    (head.status, body.collect().now_or_never().expect("the response is ready").unwrap().to_bytes().to_vec())
}

fuzz_target!(|input: Input<'_>| match input {
    Input::List { place, pairs, prefix, distinct, alike } => {
        let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let name = |text: &str| if place == Place::Cookie { hex(text) } else { text.to_owned() };
        let mut all: Vec<_> = pairs.iter().map(|(own, value)| (name(own), (*value).to_owned())).collect();
        let prefix = name(prefix);
        all.extend((0..distinct % 512).map(|number| (format!("{prefix}{number:04}"), String::new())));
        all.extend((0..alike % 512).map(|number| (prefix.clone(), number.to_string())));
        let Some(request) = request(place, &all) else { return }; // a URI has at most 65 534 bytes
        let bytes = request.uri().query().map_or(0, str::len)
            + request.headers().values().map(HeaderValue::len).sum::<usize>()
            + all.iter().map(|(name, value)| 3 * (name.len() + value.len())).sum::<usize>();

        let before = COMPARED.load(Ordering::Relaxed);
        let (status, body) = send(request);
        let compared = COMPARED.load(Ordering::Relaxed) - before;
        assert_eq!(status, StatusCode::OK);
        assert!(compared <= 4096 + 8 * bytes, "{compared} bytes were compared for {bytes}");
        let found: Found = serde_json::from_slice(&body).unwrap();
        assert_eq!(found, searched(&all, place));
    }
    Input::Body { content_type, body } => {
        let request = Request::post("/").header(CONTENT_TYPE, content_type).body(body.to_vec().into());
        let Ok(request) = request else { return };
        let (status, _) = send(request);
        assert!([200, 400].contains(&status.as_u16()), "{status}");
    }
});
