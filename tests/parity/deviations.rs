//! Cases in which the application should respond differently from Next.js. The texts are those of the corpus.

use http::StatusCode;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::client::ReceivedResponse;
use crate::corpus::Case;

type Check = fn(&Case, &ReceivedResponse) -> Result<(), String>;

/// The one case in which the response must be aborted.
const CUT_SHORT: &str = "abort the connection; Next appends 'Internal Server Error' to the body and ends it as a 200";

/// The deviation that the corpus describes, and the check for it.
const DEVIATIONS: &[(&str, Check)] = &[
    (
        "same status and empty body, but add Allow (RFC 9110 15.5.6 requires it): the value the automatic OPTIONS would send",
        not_allowed,
    ),
    ("405 + Allow for a verb the route has no handler for (Next: 400 with an empty body)", not_allowed),
    ("405 + Allow (or 501); never a 500 for a valid request", not_allowed),
    ("404 status, but a small plain/JSON body instead of a 9 kB HTML page", not_found),
    ("404 status, but a small body instead of Next's HTML page", not_found),
    ("400 status (undecodable param), but a small body instead of Next's HTML page", bad_path),
    ("ours: 400: NUL in a parameter is refused", bad_path),
    ("ours: 404 (or 400): an empty segment is significant; nothing is collapsed or redirected", empty_segment),
    ("ours: a backslash is data: no redirect", backslash),
    (
        "ours: 400 where a route would capture it, 404 elsewhere: dot segments are refused, never resolved or redirected",
        dot_segment,
    ),
    ("match static segments after percent-decoding (per segment, %2F never a separator)", decoded_literal),
    ("a body extractor should answer 400 (415 for a wrong content type), not 500", bad_body),
    ("typed extractor: 400/422", other_shape),
    (
        "take the authority from Host (or a trusted forwarded header); Next uses its own listen address, and believes x-forwarded-proto from anyone",
        authority,
    ),
    ("absolute-form targets must be accepted (RFC 9112 3.2.2); Next redirects to itself for ever", authority),
    ("OPTIONS * -> 204/200; other verbs on * -> 400; never 500", asterisk),
    (
        "hand over the raw query; Next rebuilds it from an object (order lost, __proto__ / nxtP* / nxtI* keys dropped, re-encoded)",
        whole_query,
    ),
    ("ignore the RSC header; Next answers 307 to ?_rsc", whole_query),
    (
        "keep a handler's content-length / content-encoding; Next drops both, so a handler can not serve pre-compressed or sized bodies",
        own_headers_kept,
    ),
    ("send content-length on HEAD when the GET body length is known", head_with_length),
    ("drop the body and send the status; Next throws and sends 500", status_without_content),
    ("accept a relative Location (RFC 9110 10.2.2)", relative_location),
    ("percent-encode Location; Next puts raw latin-1 bytes on the wire", encoded_location),
    ("an error before the first byte -> 500; Next closes the connection without an answer", failed_stream),
    ("in Rust an Err(Response) is a response; Next turns a thrown Response into 500", thrown_response),
    ("an error type that carries a status should be honoured; Next always says 500", thrown_status),
    ("trim white space around name and value (RFC 6265 5.2)", trimmed_cookies),
    ("a cookie pair without '=' should be an empty value or be dropped, not 'true'", cookie_without_value),
    ("refuse an invalid cookie name", refused_cookie),
    ("an enum makes this impossible; 'SameSite=true' is not valid", valid_same_site),
    ("keep a raw Set-Cookie appended before cookies.set(); Next loses it", raw_cookie_kept),
    ("leave raw Set-Cookie lines as they are; Next re-serialises them (Path=/ added)", raw_cookies_as_they_are),
    (
        "cookies set before notFound() should survive as they do for redirect(); for an error, dropping is right",
        cookies_of_a_failure,
    ),
    ("optional: answer 304 when the handler supplied a validator and the precondition holds", not_conditional),
    ("304 only for GET/HEAD with a 2xx answer", tagged_in_full),
    ("If-None-Match wins over If-Modified-Since (RFC 9110 13.2.2): 304", not_modified),
    ("a compressed answer must not carry the same strong ETag", tagged_in_full),
    ("refuse a status which is not a redirect", no_redirect),
    ("percent-encode Location instead of failing with 500", encoded_pages_location),
    ("do not keep headers of the failed answer", own_headers_dropped),
    (CUT_SHORT, cut_short),
    ("impossible when the handler must return a response; Next hangs for ever", responds),
];

/// Checks that a case has the response that its deviation describes.
pub(crate) fn check(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    let (_, check) = DEVIATIONS
        .iter()
        .find(|(words, _)| *words == case.deviation)
        .ok_or_else(|| format!("no check for {:?}", case.deviation))?;
    let whole = match response.error {
        None => Ok(()),
        Some(_) if case.deviation == CUT_SHORT => Ok(()),
        Some(error) => Err(format!("the response ended as {error}")),
    };
    whole.and_then(|()| check(case, response)).map_err(|reason| format!("{reason}: {response:?} {}", response.text()))
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, seen: &T, expected: &T) -> Result<(), String> {
    if seen == expected { Ok(()) } else { Err(format!("{what}: expected {expected:?}, not {seen:?}")) }
}

fn expect_status(response: &ReceivedResponse, status: StatusCode) -> Result<(), String> {
    expect("status", &response.status, &Some(status.as_u16()))
}

fn expect_header(response: &ReceivedResponse, name: &str, value: Option<&str>) -> Result<(), String> {
    expect(name, &response.header(name).as_deref(), &value)
}

fn expect_json(response: &ReceivedResponse, expected: &Value) -> Result<(), String> {
    let seen: Value = serde_json::from_slice(&response.body).map_err(|error| error.to_string())?;
    expect("body", &seen, expected)
}

/// A failure with a small document that is not HTML; a HEAD has none.
fn expect_problem(case: &Case, response: &ReceivedResponse, status: StatusCode) -> Result<(), String> {
    expect_status(response, status)?;
    expect_header(response, "location", None)?;
    expect_header(response, "content-type", Some("application/problem+json"))?;
    if case.request.method == "HEAD" {
        return expect("body", &response.body.len(), &0);
    }
    let problem: Value = serde_json::from_slice(&response.body).map_err(|error| error.to_string())?;
    expect("problem", &problem["status"], &json!(status.as_u16()))?;
    expect("a small body", &(response.body.len() < 1024), &true)
}

/// The methods of the application for a path, from the OPTIONS responses of Next.js.
fn methods(path: &str) -> &'static str {
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    match path.strip_prefix("/base").unwrap_or(path) {
        "/api/users" | "/api/ck/throw" | "/api/r/nav" | "/api/r/redirect" | "/api/r/status" | "/api/r/throw" => {
            "GET, HEAD, OPTIONS, POST"
        }
        "/api/ck/res" => "GET, HEAD, OPTIONS, POST, PUT",
        "/api/r/after" | "/api/m/all" | "/api/body/json" => "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
        "/api/body/text" => "DELETE, GET, HEAD, OPTIONS, POST",
        "/api/m/post-only" => "OPTIONS, POST",
        "/api/m/put-delete" => "DELETE, OPTIONS, PUT",
        "/api/m/head-only" => "HEAD, OPTIONS",
        "/api/m/options-body" | "/api/m/lowercase" | "/api/m/none" | "/api/m/default-export" => "OPTIONS",
        path if path.starts_with("/api/body/") => "OPTIONS, POST",
        path if path.starts_with("/api/users/") => "DELETE, GET, HEAD, OPTIONS",
        _ => "GET, HEAD, OPTIONS",
    }
}

fn not_allowed(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::METHOD_NOT_ALLOWED)?;
    expect("body", &response.body.len(), &0)?;
    expect_header(response, "allow", Some(methods(&case.request.path)))
}

fn not_found(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_problem(case, response, StatusCode::NOT_FOUND)
}

fn bad_path(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    if case.request.path.starts_with("/api/p/") {
        expect_status(response, StatusCode::BAD_REQUEST)?;
        expect_header(response, "content-type", None)?;
        expect_header(response, "location", None)?;
        return expect("the reason as text", &response.text().starts_with("the path "), &true);
    }
    expect_problem(case, response, StatusCode::BAD_REQUEST)
}

/// 400 if a route would capture the segment, else 404.
fn refused_path(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    not_found(case, response).or_else(|_| bad_path(case, response))
}

/// 400 in a catch-all, which cannot represent an empty segment; else 404.
fn empty_segment(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    let is_captured = ["/api/c/", "/api/oc/", "/api/p/c/", "/api/p/oc/"];
    if is_captured.iter().any(|route| case.request.path.starts_with(route)) {
        refused_path(case, response)
    } else {
        not_found(case, response)
    }
}

fn dot_segment(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    let path = case.request.path.as_str();
    let id = path.strip_prefix("/api/d/").or_else(|| path.strip_prefix("/api/p/d/"));
    if path.starts_with("/api/c/") || id.is_some_and(|id| !id.contains('/')) {
        bad_path(case, response)
    } else {
        refused_path(case, response)
    }
}

/// No literal has a backslash; a parameter captures it.
fn backslash(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    if !case.request.path.starts_with("/api/d/") {
        return not_found(case, response);
    }
    let id = case.request.path.trim_start_matches("/api/d/");
    expect_json(response, &json!({"route": "/api/d/[id]", "method": "GET", "params": {"id": id}}))
}

/// The route of the decoded path.
fn decoded_literal(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::OK)?;
    let path = percent_decode_str(&case.request.path).decode_utf8().map_err(|error| error.to_string())?;
    let method = &case.request.method;
    let expected = match &*path {
        "/api/users" => json!([{"id": 1, "name": "Alice"}, {"id": 2, "name": "Bob"}]),
        "/api/_under" => json!({"route": "/api/%5Funder", "method": method, "params": null}),
        path if path.starts_with("/api/p/") => json!({"route": path, "method": method, "query": {}}),
        path => json!({"route": path, "method": method, "params": null}),
    };
    expect_json(response, &expected)
}

/// Routes that read JSON accept any media type, as `request.json()` does. Routes that read forms do not.
fn bad_body(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    let is_form = case.request.path.starts_with("/api/body/form");
    let status = if is_form { StatusCode::UNSUPPORTED_MEDIA_TYPE } else { StatusCode::BAD_REQUEST };
    expect_problem(case, response, status)
}

/// JSON, but not of the handler's type.
fn other_shape(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_problem(case, response, StatusCode::UNPROCESSABLE_ENTITY)
}

/// The authority is read from the target or from `Host`. The scheme is never read from a forwarded header.
fn authority(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::OK)?;
    let target = case.request.path.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    let host = target.map_or(case.request.header("host").unwrap_or_default(), |(host, _)| host);
    let path = target.map_or(case.request.path.clone(), |(_, path)| format!("/{path}"));
    if path == "/api/users" {
        return expect_json(response, &json!([{"id": 1, "name": "Alice"}, {"id": 2, "name": "Bob"}]));
    }
    if path == "/api/p/echo?x=1" {
        return expect_json(response, &json!({"method": "GET", "url": path, "query": {"x": "1"}, "cookies": {}}));
    }
    let seen: Value = serde_json::from_slice(&response.body).map_err(|error| error.to_string())?;
    let scheme = if case.request.path.starts_with("https:") { "https" } else { "http" };
    expect("url", &seen["url"], &json!(format!("{scheme}://{host}{path}")))?;
    expect("host", &seen["host"], &json!(host))?;
    expect("protocol", &seen["protocol"], &json!(format!("{scheme}:")))
}

fn asterisk(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    if case.request.method == "OPTIONS" {
        expect_status(response, StatusCode::NO_CONTENT)
    } else {
        expect_problem(case, response, StatusCode::BAD_REQUEST)
    }
}

/// Every pair, in the order of the query.
fn whole_query(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::OK)?;
    let (path, query) = case.request.path.split_once('?').unwrap_or((&case.request.path, ""));
    if path.starts_with("/api/p/") {
        return expect_pages_query(response, query);
    }
    if path != "/api/q" {
        return expect_header(response, "location", None);
    }
    let pairs = |query: &str| json!(form_urlencoded::parse(query.as_bytes()).collect::<Vec<_>>());
    let seen: Value = serde_json::from_slice(&response.body).map_err(|error| error.to_string())?;
    expect("entries", &seen["entries"], &pairs(query))?;
    let search = seen["search"].as_str().and_then(|search| search.strip_prefix('?'));
    expect("search", &search.map(pairs), &Some(pairs(query)))
}

/// `req.query` has the sent pairs, without the fragment.
fn expect_pages_query(response: &ReceivedResponse, query: &str) -> Result<(), String> {
    let expected = match query {
        "nxtPid=9" => json!({"nxtPid": "9", "id": "42"}),
        "__proto__=1&a=2" => json!({"__proto__": "1", "a": "2"}),
        "x=%20+#f" => json!({"x": "  "}),
        query => return Err(format!("no check for {query}")),
    };
    let seen: Value = serde_json::from_slice(&response.body).map_err(|error| error.to_string())?;
    expect("query", &seen["query"], &expected)
}

/// A failed response of a pages route: plain text without a content type.
fn expect_pages_failure(response: &ReceivedResponse, status: StatusCode, text: &str) -> Result<(), String> {
    expect_status(response, status)?;
    expect_header(response, "content-type", None)?;
    expect_header(response, "location", None)?;
    expect("body", &response.text().as_str(), &text)
}

fn own_headers_kept(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::OK)?;
    if case.request.path.ends_with("contentEncoding") {
        expect_header(response, "content-encoding", Some("gzip"))?;
        expect("body", &response.text().as_str(), &"not really gzip")
    } else {
        expect_header(response, "content-length", Some("5"))?;
        expect("body", &response.text().as_str(), &"hello")
    }
}

fn head_with_length(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    let length = if case.request.path.ends_with("case=big") { "100000" } else { "4" };
    expect_header(response, "content-length", Some(length))?;
    expect("other parts", &case.differences(response), &Vec::new())
}

fn status_without_content(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    let status = ["204", "205", "304"].iter().find(|status| case.request.path.contains(*status));
    expect("status", &response.status, &status.and_then(|status| status.parse().ok()))?;
    expect("body", &response.body.len(), &0)
}

fn relative_location(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    let is_temporary = case.request.path.ends_with("nrRelative"); // `Response.redirect` has a different default status
    expect_status(response, if is_temporary { StatusCode::TEMPORARY_REDIRECT } else { StatusCode::FOUND })?;
    expect_header(response, "location", Some("/api/users"))
}

fn encoded_location(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    let query = if case.request.path.starts_with("/api/p/") { "" } else { "?q=%C3%BC" };
    expect_status(response, StatusCode::TEMPORARY_REDIRECT)?;
    expect_header(response, "location", Some(&format!("/%C3%A9%20b{query}")))
}

fn failed_stream(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::INTERNAL_SERVER_ERROR)
}

fn thrown_response(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::IM_A_TEAPOT)?;
    expect("body", &response.text().as_str(), &"thrown response")
}

fn thrown_status(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    if case.request.path.starts_with("/api/p/") {
        return expect_pages_failure(response, StatusCode::IM_A_TEAPOT, "I am a teapot");
    }
    expect_problem(case, response, StatusCode::IM_A_TEAPOT)
}

fn trimmed_cookies(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::OK)?;
    let [a, b] = [json!({"name": "a", "value": "1"}), json!({"name": "b", "value": "2"})];
    let expected = json!({
        "all": [a, b], "size": 2, "a": a, "aAll": [a], "hasA": true, "hasZ": false, "z": null, "str": "a=1; b=2",
    });
    expect_json(response, &expected)
}

/// The other pairs are read. The pair without a value is read as an empty value or dropped.
fn cookie_without_value(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::OK)?;
    let seen: Value = serde_json::from_slice(&response.body).map_err(|error| error.to_string())?;
    let seen = seen["all"].as_array().map_or(&[][..], Vec::as_slice);
    let cookies = case.request.header("cookie").unwrap_or_default().split(';').map(str::trim);
    for (name, value) in cookies.map(|pair| pair.split_once('=').unwrap_or((pair, ""))) {
        let of_name: Vec<&Value> = seen.iter().filter(|cookie| cookie["name"] == name).collect();
        let is_dropped = value.is_empty() && of_name.is_empty();
        expect(name, &(is_dropped || of_name.iter().any(|cookie| cookie["value"] == value)), &true)?;
    }
    Ok(())
}

fn valid_same_site(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_set_cookies(response, &["n=v; Path=/; SameSite=strict"])
}

fn raw_cookie_kept(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_set_cookies(response, &["raw1=1; Path=/", "n=v; Path=/"])
}

fn raw_cookies_as_they_are(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_set_cookies(response, &["raw=1", "raw2=2; HttpOnly", "fromStore=1; Path=/"])
}

fn expect_set_cookies(response: &ReceivedResponse, lines: &[&str]) -> Result<(), String> {
    expect_status(response, StatusCode::OK)?;
    let seen = response.headers.get("set-cookie").map_or(&[][..], Vec::as_slice);
    expect("set-cookie", &seen, &lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>().as_slice())
}

fn refused_cookie(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::INTERNAL_SERVER_ERROR)?;
    expect_header(response, "set-cookie", None)
}

fn cookies_of_a_failure(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    let is_not_found = case.request.method == "POST";
    expect_status(response, if is_not_found { StatusCode::NOT_FOUND } else { StatusCode::INTERNAL_SERVER_ERROR })?;
    expect("body", &response.body.len(), &0)?;
    expect_header(response, "set-cookie", is_not_found.then_some("n=v; Path=/"))
}

/// The application does not use validators here, so the response equals that of Next.js.
fn not_conditional(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect("parts that differ", &case.differences(response), &Vec::new())
}

/// The full response with its tag: the precondition is ignored.
fn tagged_in_full(case: &Case, response: &ReceivedResponse) -> Result<(), String> {
    let (status, body) = match case.request.path.as_str() {
        "/api/p/hello" => (StatusCode::OK, r#"{"message":"Hello from Next.js!"}"#.to_owned()),
        "/api/p/send?case=s404" => (StatusCode::NOT_FOUND, "nope".to_owned()),
        "/api/p/send?case=s500" => (StatusCode::INTERNAL_SERVER_ERROR, r#"{"error":"x"}"#.to_owned()),
        "/api/p/json?case=s201" => (StatusCode::CREATED, r#"{"id":1}"#.to_owned()),
        "/api/p/json?case=big" => (StatusCode::OK, format!(r#"{{"s":"{}"}}"#, "x".repeat(70000))),
        path => return Err(format!("no check for {path}")),
    };
    expect_status(response, status)?;
    expect_header(response, "content-encoding", None)?;
    expect("a tag", &response.header("etag").is_some(), &true)?;
    expect("body", &response.text(), &body)
}

fn not_modified(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::NOT_MODIFIED)?;
    expect("a tag", &response.header("etag").is_some(), &true)
}

fn no_redirect(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_pages_failure(response, StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

fn encoded_pages_location(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::TEMPORARY_REDIRECT)?;
    expect_header(response, "location", Some("/%E4%BD%A0"))
}

fn own_headers_dropped(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_header(response, "x-set", None)?;
    expect_pages_failure(response, StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

/// A part of the body, and no regular end.
fn cut_short(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::OK)?;
    expect("an abort", &response.error.is_some(), &true)?;
    expect("body", &"part".starts_with(&response.text()), &true)
}

fn responds(_: &Case, response: &ReceivedResponse) -> Result<(), String> {
    expect_status(response, StatusCode::OK)
}
