//! Properties of every table and every path: routing compared with a naive router, with `matchit`, and with itself.

#[path = "support/table.rs"]
mod table;

use std::convert::Infallible;
use std::fmt::Write as _;
use std::path::{Component, PathBuf};

use futures_util::FutureExt;
use http::header::{ALLOW, CONTENT_TYPE, LOCATION};
use http::{Method, StatusCode, Uri};
use http_body_util::BodyExt;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use route_handlers::extract::MatchedRoute;
use route_handlers::{Body, IntoResponse, Request, RouteHandlers, TrailingSlash, get};
use table::{Pattern, Routing, SeenByGuard, Segment, Table, ask, send};
use tower::util::MapRequestLayer;
use tower::{ServiceExt, service_fn};

/// Bytes of a request target, often malformed.
fn target() -> impl Strategy<Value = Vec<u8>> {
    let special = select(&b"//%%..aabv12eEfF0?#*:@;{}~ \\\0\x7f\xc3\xa9\xff"[..]);
    let in_path = select(&b"//%%..aabv12eEfF0;{}~"[..]);
    prop_oneof![
        1 => vec(any::<u8>(), 0..40),
        2 => vec(special, 0..40),
        6 => vec(in_path, 0..40).prop_map(|bytes| [b"/", &bytes[..]].concat()),
        1 => Just(b"*".to_vec()),
    ]
}

fn policy() -> impl Strategy<Value = TrailingSlash> {
    select(&[TrailingSlash::Strict, TrailingSlash::Ignore, TrailingSlash::Remove, TrailingSlash::Add][..])
}

/// Records the route that a layer sees, as an authorization layer would.
fn guard(mut request: http::Request<Body>) -> http::Request<Body> {
    let seen = request.extensions().get::<MatchedRoute>().expect("the request has a matched route").to_string();
    request.extensions_mut().insert(SeenByGuard(seen));
    request
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_target_gets_a_response_that_the_rules_allow(
        table in table::table(),
        policy in policy(),
        claim in table::prefix(),
        method in table::method(),
        target in target(),
    ) {
        let Ok(uri) = Uri::try_from(&target[..]) else { return Ok(()) };
        let is_asterisk = uri.path() == "*";
        let api = table.build().trailing_slash(policy).claim(&claim.text());
        let (head, body) = send(&api, &method, uri).into_parts();
        let body = body.collect().now_or_never().expect("nothing waits").unwrap().to_bytes();

        let status = head.status.as_u16();
        prop_assert!([200, 204, 308, 400, 404, 405].contains(&status), "{status}");
        let is_automatic_options = status == 204 && !is_asterisk;
        prop_assert_eq!(head.headers.contains_key(ALLOW), status == 405 || is_automatic_options);
        if method == Method::HEAD || status == 204 {
            prop_assert!(body.is_empty());
        } else if status >= 400 {
            prop_assert_eq!(&head.headers[CONTENT_TYPE], "application/problem+json");
            let problem: serde_json::Value = serde_json::from_slice(&body)?;
            prop_assert_eq!(&problem["status"], status);
        }
        if status == 308 {
            let location = head.headers[LOCATION].to_str()?;
            prop_assert!(location.starts_with('/') && !location.starts_with("//"), "{location}");
        }
    }

    #[test]
    fn routing_equals_the_naive_router(
        (table, path) in table::table_and_path(),
        method in table::method(),
    ) {
        prop_assert_eq!(ask(&table.build(), &method, &path), table.expected(&method, &path));
    }

    #[test]
    fn routing_without_trailing_slash_equals_the_naive_router(
        (table, path) in table::table_and_path(),
        slash in any::<bool>(),
        method in table::method(),
    ) {
        let path = if slash { format!("{path}/") } else { path };
        let with = |policy| ask(&table.build().trailing_slash(policy), &method, &path);
        let expected = table.expected_without_slash(&method, &path);
        prop_assert_eq!(with(TrailingSlash::Ignore), expected.clone());
        for policy in [TrailingSlash::Remove, TrailingSlash::Add] {
            let response = with(policy);
            if response.status == 308 {
                let names_a_file = path.trim_end_matches('/').rsplit('/').next().unwrap().contains('.');
                let is_cut = policy == TrailingSlash::Remove || names_a_file;
                prop_assert!(expected.status != 404 && path.ends_with('/') == is_cut);
            } else {
                prop_assert_eq!(response, expected.clone());
            }
        }
    }

    #[test]
    fn every_pattern_matches_its_own_paths(table in table::table(), values in table::plain_values()) {
        let api = table.build();
        for (pattern, method) in &table.0 {
            let (path, method) = (values.path_of(pattern), method.as_ref().unwrap_or(&Method::POST));
            let response = ask(&api, method, &path);
            let expected = table.expected(method, &path);
            // A more specific pattern may capture a dot segment, which is 400.
            prop_assert!(response.status == 200 || expected.status == 400, "{} {} {}", response.status, method, path);
            prop_assert_eq!(response, expected);
        }
    }

    #[test]
    fn layer_sees_the_pattern_of_the_handler_that_runs(
        (table, path) in table::table_and_path(),
        method in table::method(),
    ) {
        let mut guarded = ask(&table.build_with(0, |route| route.layer(MapRequestLayer::new(guard))), &method, &path);
        if let Some(found) = &mut guarded.found {
            let seen = found.seen_by_guard.take();
            prop_assert_eq!(seen.as_ref(), Some(&found.registered));
            prop_assert_eq!(&found.matched_route, &found.registered);
        }
        prop_assert_eq!(guarded, ask(&table.build(), &method, &path));
    }

    /// In Next.js, middleware and router once read some paths differently, and a query could set a parameter.
    #[test]
    fn layer_sees_the_route_that_runs_for_any_target_and_query(
        table in table::table(),
        method in table::method(),
        target in target(),
        query in "[?]((p[0-4]|rest|id|nxtPrest)=(evil|%2e%2e|/)&?){1,4}",
    ) {
        let Ok(uri) = Uri::try_from(&target[..]) else { return Ok(()) };
        let guarded = table.build_with(0, |route| route.layer(MapRequestLayer::new(guard)));
        let response = Routing::of(&send(&guarded, &method, uri.clone()));
        if let Some(found) = &response.found {
            prop_assert_eq!(found.seen_by_guard.as_ref(), Some(&found.registered));
            prop_assert_eq!(&found.matched_route, &found.registered);
        }
        let Ok(queried) = Uri::try_from(format!("{}{query}", uri.path())) else { return Ok(()) };
        prop_assert_eq!(Routing::of(&send(&guarded, &method, queried)), response);
    }

    #[test]
    fn safe_path_consists_of_plain_names(
        segments in vec(prop_oneof!["[a-c./\\\\: ]{0,4}", "\\PC{0,3}", any::<String>()], 1..4),
    ) {
        let path = segments.iter().fold(String::new(), |path, segment| path + "/" + &table::encode(segment));
        let Ok(uri) = Uri::try_from(path) else { return Ok(()) };
        let handler = async |request: Request| request.safe_path("rest").map(|path| format!("{}", path.display()));
        let (head, body) = send(&RouteHandlers::new().get("/{*rest?}", handler), &Method::GET, uri).into_parts();
        let body = body.collect().now_or_never().expect("nothing waits").unwrap().to_bytes();
        if head.status == 200 {
            let path = PathBuf::from(String::from_utf8(body.into())?);
            prop_assert!(path.components().all(|component| matches!(component, Component::Normal(_))), "{path:?}");
            let names = path.iter().map(|name| name.to_str().unwrap()).collect::<Vec<_>>();
            let sent = segments.iter().map(String::as_str).collect::<Vec<_>>();
            prop_assert_eq!(&names, sent.strip_suffix(&[""]).unwrap_or(&sent));
        } else {
            prop_assert_eq!(head.status.as_u16(), 400);
        }
    }

    #[test]
    fn order_of_registration_does_not_matter(
        (table, path, shuffled) in table::table_and_path()
            .prop_flat_map(|(table, path)| (Just(table.clone()), Just(path), Just(table.0).prop_shuffle())),
        method in table::method(),
    ) {
        prop_assert_eq!(ask(&table.build(), &method, &path), ask(&Table(shuffled).build(), &method, &path));
    }

    #[test]
    fn inner_service_receives_only_what_is_404_without_it(
        (table, path) in table::table_and_path(),
        method in table::method(),
    ) {
        let inner = service_fn(async |_: http::Request<Body>| Ok::<_, Infallible>(StatusCode::IM_A_TEAPOT.into_response()));
        let request = http::Request::builder().method(&method).uri(&path).body(Body::empty())?;
        let Ok(over) = table.build().over(inner).oneshot(request).now_or_never().expect("nothing waits");
        let mut alone = ask(&table.build(), &method, &path);
        if alone.status == 404 {
            alone.status = 418;
        }
        prop_assert_eq!(Routing::of(&over), alone);
    }

    #[test]
    fn nested_routes_equal_flat_routes(
        (inner, outer) in (table::table(), table::table()),
        prefixes in vec(table::prefix(), 1..3),
        (values, path, nearby) in (table::values(), table::path(), any::<bool>()),
        method in table::method(),
    ) {
        let length = prefixes.iter().map(|prefix| prefix.0.len()).sum::<usize>();
        let (mut nested, mut flat, mut depth) = (inner.build_with(length, |route| route), inner, length);
        for prefix in prefixes.iter().rev() {
            depth -= prefix.0.len();
            nested = RouteHandlers::new().nest(&prefix.text_from(depth), nested);
            flat = flat.below(prefix);
        }
        // The reported pattern is the inner one if the route is nested, and the full one if it is flat.
        let without_registration = |mut response: Routing| {
            response.found.iter_mut().for_each(|found| found.registered.clear());
            response
        };
        for (pattern, _) in &flat.0 {
            let path = if nearby { values.path_of(pattern) } else { path.clone() };
            let expected = without_registration(flat.expected(&method, &path));
            prop_assert_eq!(without_registration(ask(&nested, &method, &path)), expected.clone());
            prop_assert_eq!(without_registration(ask(&flat.build(), &method, &path)), expected);
        }

        // If the two tables can be merged, the merged table has the routes of both.
        let Ok(both) = outer.build().try_merge(nested) else { return Ok(()) };
        let all = Table([outer.0, flat.0].concat());
        prop_assert_eq!(
            without_registration(ask(&both, &method, &path)),
            without_registration(all.expected(&method, &path)),
        );
    }

    /// `matchit` has no methods and treats `%`, dots and empty segments differently, so none of these occur here. A route
    /// that `matchit` refuses (a catch-all beside a longer parameter route) is left out of both tables.
    #[test]
    fn routing_equals_matchit(
        patterns in vec((vec(shared_segment(), 1..4), any::<bool>()), 1..8),
        path in vec(select(&["a", "b", "ab", "abc", "x"][..]), 1..6),
    ) {
        let path = format!("/{}", path.join("/"));
        let mut theirs = matchit::Router::new();
        let mut ours = RouteHandlers::new();
        for (mut segments, has_tail) in patterns {
            segments.extend(has_tail.then_some(Segment::CatchAll));
            let text = Pattern(segments).text();
            if theirs.insert(text.clone(), text.clone()).is_ok() {
                ours = ours.route(&text, table::reporting(&text, Some(Method::GET)));
            }
        }
        let found = ask(&ours, &Method::GET, &path).found;
        let values = |found: table::Found| found.params.into_iter().map(|own| (own.name, own.text.unwrap())).collect();
        let ours = found.map(|found| (found.registered.clone(), values(found)));
        let theirs = theirs.at(&path).ok().map(|found| {
            let values = found.params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>();
            (found.value.clone(), values)
        });
        prop_assert_eq!(ours, theirs, "{}", path);
    }

    #[test]
    fn percent_encoded_path_equals_the_plain_one(
        table in table::table(),
        segments in vec(vec(select(&["a", "b", "v", "1", ".", "é", "%", "/", " ", "{x}", ";", "F", "5"][..]), 0..4), 1..4),
        choices in vec(0_u8..4, 48),
        method in table::method(),
    ) {
        let segments = segments.iter().map(|segment| segment.concat()).collect::<Vec<_>>();
        let plain = segments.iter().fold(String::new(), |path, segment| path + "/" + &table::encode(segment));
        let mut choices = choices.into_iter().cycle();
        let escaped = segments.iter().fold(String::new(), |mut path, segment| {
            path.push('/');
            segment.chars().for_each(|character| push_encoded(character, choices.next().unwrap(), &mut path));
            path
        });
        let (api, expected) = (table.build(), table.expected(&method, &plain));
        prop_assert_eq!(ask(&api, &method, &plain), expected.clone(), "{}", plain);
        prop_assert_eq!(ask(&api, &method, &escaped), expected, "{}", escaped);
    }
}

/// A segment with the same meaning in `matchit` and in this crate.
fn shared_segment() -> impl Strategy<Value = Segment<'static>> {
    prop_oneof![select(&["a", "b", "ab", "abc"][..]).prop_map(Segment::Literal), Just(Segment::Param)]
}

/// Writes a character raw if that is allowed (0, 1), or percent-encoded in upper case (2) or lower case (3).
fn push_encoded(character: char, choice: u8, path: &mut String) {
    let must_be_encoded = matches!(character, '/' | '%' | ' ');
    if choice < 2 && !must_be_encoded {
        path.push(character);
        return;
    }
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        if choice % 2 == 0 { write!(path, "%{byte:02X}") } else { write!(path, "%{byte:02x}") }.unwrap();
    }
}

#[test]
fn suffix_of_a_parameter_never_splits_a_percent_encoding() {
    // A percent-encoded byte is one character: `%25` does not end in `5`, and `%2F` does not end in `F`.
    for (pattern, path) in [("/{p}5", "/a%25"), ("/{p}F", "/a%2F"), ("/{p}2F", "/a%2F"), ("/{p}0", "/a%00")] {
        let api = RouteHandlers::new().get(pattern, async || ());
        assert_eq!(ask(&api, &Method::GET, path).status, 404, "{pattern} {path}");
        let api = api.get("/{whole}", async || ());
        let expected = if path.ends_with("%00") { 400 } else { 200 };
        assert_eq!(ask(&api, &Method::GET, path).status, expected, "{pattern} {path}");
    }
}

#[test]
fn encoded_slash_does_not_split_a_plain_parameter() {
    let handler = async |request: Request| {
        assert_eq!(request.param("id"), Some("a/b"));
        let segments = request.segments("id").map(|segments| segments.map(str::to_owned).collect::<Vec<_>>());
        assert!(segments.as_ref().is_none_or(|segments| segments == &["a/b"]), "{segments:?}");
    };
    let api = RouteHandlers::new().route("/{id}", get(handler));
    assert_eq!(ask(&api, &Method::GET, "/a%2Fb").status, 200);
}

#[test]
fn table_nested_at_the_root_is_unchanged() {
    let table = || RouteHandlers::new().get("/", async || ()).get("/a/{p}", async || ());
    for path in ["/", "/a/b", "/a", "//", "/a/b/"] {
        let nested = RouteHandlers::new().nest("/", table());
        assert_eq!(ask(&nested, &Method::GET, path), ask(&table(), &Method::GET, path), "{path}");
    }
}

#[test]
fn pattern_may_have_many_parameters() {
    let all = Pattern(vec![Segment::Param; 30]);
    let unmatched =
        Pattern([&[Segment::Literal("a")], &[Segment::Param; 28][..], &[Segment::Literal("never")]].concat());
    let table = Table(vec![(all, Some(Method::GET)), (unmatched, Some(Method::GET))]);
    for path in ["/a".repeat(30), "/%61".repeat(30), "/a%2Fb".repeat(30), "/a".repeat(31), "/..".repeat(30)] {
        assert_eq!(ask(&table.build(), &Method::GET, &path), table.expected(&Method::GET, &path), "{path}");
    }
}

#[test]
fn path_spelled_like_a_pattern_is_captured() {
    use Segment::{CatchAll, Literal, Mixed, Param};
    for segments in [vec![Param], vec![Literal("a"), Param], vec![Mixed("v", "")], vec![Literal("a"), CatchAll]] {
        let pattern = Pattern(segments);
        let path = pattern.text();
        let table = Table(vec![(pattern, Some(Method::GET))]);
        let response = ask(&table.build(), &Method::GET, &path);
        assert!(response.found.is_some(), "{path}");
        assert_eq!(response, table.expected(&Method::GET, &path), "{path}");
    }
}

#[test]
fn each_of_many_routes_matches_its_own_paths_only() {
    let names = |number: usize| {
        [format!("/{number}/x"), format!("/{number}/segment-{number}/x"), format!("/{number:03}-with-the-same-end")]
    };
    let api = (0..200).step_by(2).flat_map(names).fold(RouteHandlers::new(), |api, name| {
        let pattern = name + "/{id}";
        api.route(&pattern, table::reporting(&pattern, Some(Method::GET)))
    });
    for number in 0..200 {
        for name in names(number) {
            let found = ask(&api, &Method::GET, &format!("{name}/7")).found.map(|found| found.registered);
            assert_eq!(found, (number % 2 == 0).then(|| name.clone() + "/{id}"), "{name}");
            assert_eq!(ask(&api, &Method::GET, &format!("{name}s/7")).status, 404, "{name}");
        }
        assert_eq!(ask(&api, &Method::GET, &format!("/{number}/y/7")).status, 404);
    }
}

#[test]
fn stray_percent_sign_matches_no_literal() {
    let api = RouteHandlers::new().get("/a/{id}", async || ()).get("/abcdefgh/{id}", async || ());
    for path in ["/a%/x", "/%a/x", "/abcdefgh%/x", "/%abcdefgh/x", "/abcdefg%/x"] {
        assert_eq!(ask(&api, &Method::GET, path).status, 404, "{path}");
    }
}

#[test]
fn custom_methods_are_told_apart() {
    let [link, unlink] = ["LINK", "UNLINK"].map(|name| name.parse::<Method>().unwrap());
    let api = RouteHandlers::new().on(link.clone(), "/a", async || ()).on(unlink.clone(), "/b", async || ());
    let asked = |method, path| {
        let response = ask(&api, method, path);
        (response.status, response.allow)
    };
    let allows = |allow: &str| Some(allow.to_owned());
    assert_eq!([asked(&link, "/a").0, asked(&unlink, "/b").0], [200, 200]);
    assert_eq!(asked(&unlink, "/a"), (405, allows("LINK, OPTIONS")));
    assert_eq!(asked(&link, "/b"), (405, allows("OPTIONS, UNLINK")));
    assert_eq!(asked(&Method::GET, "/a"), (405, allows("LINK, OPTIONS")));
}

#[test]
fn longer_literal_around_a_parameter_is_more_specific() {
    let short = |api: RouteHandlers| api.get("/a{x}d", async || StatusCode::ACCEPTED);
    let long = |api: RouteHandlers| api.get("/{x}bcd", async || "the longer");
    for both in [short(long(RouteHandlers::new())), long(short(RouteHandlers::new()))] {
        assert_eq!(ask(&both, &Method::GET, "/azbcd").status, 200);
        assert_eq!(ask(&both, &Method::GET, "/azd").status, 202);
    }
}
