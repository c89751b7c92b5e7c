//! Mistakes at registration: each is refused with a text that names both sides and how to fix it.

use std::any::type_name;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

use bytes::Bytes;
use http::Method;
use route_handlers::{Body, Json, Path, Request, Route, RouteError, RouteHandlers, RouteInfo, State, get, on, post};
use serde_json::Value;

async fn hello() -> &'static str {
    "hello"
}

fn table() -> RouteHandlers {
    RouteHandlers::new()
}

/// The error of registering a route in an empty table.
#[track_caller]
fn refused(pattern: &str, route: Route) -> String {
    let error = table().try_route(pattern, route).expect_err(pattern);
    assert_eq!(error.pattern(), pattern);
    error.to_string()
}

/// The reason why a pattern is malformed.
#[track_caller]
fn malformed(pattern: &str) -> String {
    let text = refused(pattern, get(hello));
    let prefix = format!("invalid pattern `{pattern}`: ");
    text.strip_prefix(&prefix).unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// A line of this file in the form that the messages use.
fn here(line: u32) -> String {
    format!("{}:{line}:", file!())
}

#[test]
fn method_registered_twice_is_refused() {
    let (first, line) = (table().get("/users/{id}", hello), line!());
    let error = first.clone().try_route("/users/{id}", get(hello)).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("`GET /users/{id}` is registered twice"), "{text}");
    assert!(text.contains(&here(line)), "{text}");
    assert_eq!(error.pattern(), "/users/{id}");
    let place = error.first_registered().expect("the conflict has a first registration");
    assert_eq!((place.file(), place.line()), (file!(), line));

    assert!(first.try_route("/users/{id}", post(hello)).is_ok(), "another method is no conflict");
}

#[test]
fn method_twice_in_one_route_is_refused() {
    let text = refused("/", get(hello).get(hello));
    assert!(text.starts_with("`GET /` is registered twice"), "{text}");
    let text = refused("/", get(hello).any(hello).any(hello));
    assert!(text.starts_with("`any /` is registered twice"), "{text}");
    let purge = || Method::from_bytes(b"PURGE").unwrap();
    let text = refused("/", on(purge(), hello).on(purge(), hello));
    assert!(text.starts_with("`PURGE /` is registered twice"), "{text}");
}

#[test]
fn two_spellings_of_one_path_are_refused() {
    for (one, other) in [("/abc", "/%61bc"), ("/ü", "/%C3%BC"), ("/{{a}}", "/%7Ba%7D"), ("/a%2fb", "/a%2Fb")] {
        for route in [get(hello), post(hello)] {
            let text = table().get(one, hello).try_route(other, route).unwrap_err().to_string();
            assert!(text.starts_with(&format!("`{other}` and `{one}` match the same paths")), "{text}");
        }
    }
}

#[test]
fn patterns_that_differ_only_in_names_are_refused() {
    for (one, other) in [
        ("/users/{id}", "/users/{name}"),
        ("/users/{id}/posts", "/users/{name}/posts"),
        ("/v{major}", "/v{minor}"),
        ("/files/{*path}", "/files/{*rest}"),
        ("/files/{*path?}", "/files/{*rest?}"),
        ("/{a}/{b}", "/{b}/{a}"),
    ] {
        let (first, line) = (table().get(one, hello), line!());
        let error = first.try_route(other, post(hello)).expect_err(other);
        let text = error.to_string();
        assert!(text.starts_with(&format!("`{other}` and `{one}` match the same paths")), "{text}");
        assert!(text.contains(&here(line)), "{text}");
        assert_eq!((error.pattern(), error.first_registered().map(Location::line)), (other, Some(line)));
    }
}

#[test]
fn names_may_differ_in_different_patterns() {
    let _ = table()
        .get("/users/{id}/posts", hello)
        .get("/users/{name}/friends", hello)
        .get("/users/{user}", hello)
        .get("/users/{*rest}", hello)
        .get("/users/{*others?}", hello)
        .get("/users/v{version}", hello);
}

#[test]
fn pattern_without_a_leading_slash_is_refused() {
    for pattern in ["", "users", "{id}", "*"] {
        assert_eq!(malformed(pattern), "a pattern begins with `/`", "{pattern}");
    }
}

#[test]
fn pattern_that_is_too_long_is_refused() {
    for (pattern, is_accepted) in [
        ("/".to_owned() + &"a".repeat(65_534), true),
        ("/".to_owned() + &"a".repeat(65_535), false),
        ("/a".repeat(1024), true),
        ("/a".repeat(1025), false),
    ] {
        let refused = RouteHandlers::new().try_route(&pattern, get(hello)).err().map(|error| error.to_string());
        assert_eq!(refused.is_none(), is_accepted);
        assert!(refused.is_none_or(|text| text.contains("at most 65535 bytes and 1024 segments")));
    }
}

#[test]
fn empty_segment_is_refused() {
    for pattern in ["//", "/a//b", "//a", "/a//", "/{id}//x"] {
        assert!(malformed(pattern).contains("empty segment (`//`)"), "{pattern}");
    }
    let _ = table().get("/a/", hello); // a different path than `/a`
}

#[test]
fn catch_all_before_the_last_segment_is_refused() {
    for pattern in ["/{*rest}/x", "/{*rest?}/x", "/a/{*rest}/{id}", "/{*rest}/"] {
        assert_eq!(malformed(pattern), "a catch-all must be the last segment", "{pattern}");
    }
}

#[test]
fn catch_all_with_other_text_in_its_segment_is_refused() {
    for segment in ["v{*rest}", "{*rest}.json", "a{*rest?}b"] {
        let expected = format!("in `{segment}` the catch-all must be the whole segment");
        assert_eq!(malformed(&format!("/files/{segment}")), expected);
    }
}

#[test]
fn two_parameters_in_a_segment_are_refused() {
    for segment in ["{a}{b}", "{a}-{b}", "{a}{*b}", "{*a}{b}"] {
        let text = malformed(&format!("/{segment}"));
        assert!(text.starts_with(&format!("`{segment}` has two parameters")), "{text}");
    }
}

#[test]
fn repeated_parameter_name_is_refused() {
    for pattern in ["/{id}/x/{id}", "/{id}/{*id}", "/v{id}/{id}"] {
        assert_eq!(malformed(pattern), "two parameters are named `id`: rename one", "{pattern}");
    }
}

#[test]
fn missing_or_invalid_parameter_name_is_refused() {
    for pattern in ["/{}", "/{*}", "/{*?}", "/v{}"] {
        assert_eq!(malformed(pattern), "a parameter has no name", "{pattern}");
    }
    let names = ["a b", "id:[0-9]+", "id:[0-9]?", "a.b", "a×b", "a…", "a、b", "“a”", "a\u{feff}\u{a0}"];
    for (pattern, name) in names.map(|name| (format!("/{{{name}}}"), name)) {
        let text = malformed(&pattern);
        assert!(text.starts_with(&format!("`{name}` is no parameter name")), "{text}");
    }
}

#[test]
fn optional_parameter_is_refused() {
    for segment in ["{id?}", "v{id?}"] {
        let reason = format!("`{segment}` cannot be optional: register a second pattern without this segment");
        assert_eq!(malformed(&format!("/users/{segment}")), reason);
    }
}

#[test]
fn parameter_name_may_have_letters_of_any_script() {
    for name in ["id", "user_id-2", "größe", "имя", "名前", "人々"] {
        let api = table().route(&format!("/{{{name}}}"), get(hello));
        assert_eq!(api.routes().flat_map(RouteInfo::names).collect::<Vec<_>>(), [name]);
    }
}

#[test]
fn unpaired_braces_are_refused() {
    for segment in ["{id", "id}", "{", "}", "{{id}", "{a{b}}", "{id}}"] {
        let text = malformed(&format!("/{segment}"));
        assert!(text.starts_with(&format!("the braces of `{segment}` do not pair")), "{text}");
    }
}

#[test]
fn literal_that_can_never_match_is_refused() {
    for (pattern, literal) in [
        ("/a/../b", ".."),
        ("/.", "."),
        ("/%2e%2E", ".."),
        ("/%zz", "%zz"),
        ("/a%", "a%"),
        ("/%ff", "%ff"),
        ("/%00", "%00"),
        ("/%zz{n}", "%zz"),
        ("/search?q=1", "search?q=1"),
        ("/a#b", "a#b"),
        ("/{id}?x", "?x"),
    ] {
        let text = malformed(pattern);
        assert!(text.starts_with(&format!("`{literal}` can never match")), "{text}");
    }
}

#[test]
fn brackets_of_next_js_are_refused_with_the_right_syntax() {
    for (pattern, segment, meant) in [
        ("/[id]", "[id]", "{id}"),
        ("/users/[id]/posts", "[id]", "{id}"),
        ("/[...rest]", "[...rest]", "{*rest}"),
        ("/docs/[[...rest]]", "[[...rest]]", "{*rest?}"),
    ] {
        assert_eq!(malformed(pattern), format!("`{segment}` is another router's syntax: write `{meant}`"));
    }
}

#[test]
fn colons_and_stars_are_refused_with_the_right_syntax() {
    for (pattern, segment, meant) in [
        ("/users/:id", ":id", "{id}"),
        ("/users/:id.json", ":id.json", "{id}.json"),
        ("/users/:id([0-9]+)", ":id([0-9]+)", "{id}"),
        ("/files/*path", "*path", "{*path}"),
        ("/files/*path.json", "*path.json", "{*path}"),
        ("/files/*", "*", "{*rest}"),
    ] {
        assert_eq!(malformed(pattern), format!("`{segment}` is another router's syntax: write `{meant}`"));
    }
}

#[test]
fn angle_brackets_are_refused_with_the_right_syntax() {
    for (pattern, segment, meant) in [
        ("/users/<id>", "<id>", "{id}"),
        ("/users/<id>.json", "<id>.json", "{id}.json"),
        ("/users/<int:id>/posts", "<int:id>", "{id}"),
        ("/files/<path:rest>", "<path:rest>", "{*rest}"),
        ("/files/<path..>", "<path..>", "{*path}"),
        ("/<>", "<>", "{name}"),
    ] {
        assert_eq!(malformed(pattern), format!("`{segment}` is another router's syntax: write `{meant}`"));
    }
}

#[test]
fn braces_of_other_routers_are_refused_with_the_right_syntax() {
    for (pattern, segment, meant) in [
        ("/files/{...path}", "{...path}", "{*path}"),
        ("/files/{path...}", "{path...}", "{*path}"),
        ("/files/{**path}", "{**path}", "{*path}"),
        ("/files/{path:.*}", "{path:.*}", "{*path}"),
        ("/users/{:id}", "{:id}", "{id}"),
    ] {
        assert_eq!(malformed(pattern), format!("`{segment}` is another router's syntax: write `{meant}`"));
    }
}

#[test]
fn suggested_syntax_can_be_registered() {
    let mut wrong = Vec::new();
    let brackets = ["[id]", "[...rest]", "[[...rest]]", "[[id]]", "<id>", "<rest..>", "<path:rest>", "<id>.json", "<>"];
    let others = [":id", "*rest", "*", ":id.json", ":id?", "{...rest}", "{rest...}", "{**rest}", "{rest:.*}", "{:id}"];
    for segment in brackets.into_iter().chain(others) {
        let text = malformed(&format!("/{segment}"));
        let Some((_, meant)) = text.split_once("write `") else { continue };
        let meant = format!("/{}", meant.trim_end_matches('`'));
        wrong.extend(table().try_route(&meant, get(hello)).err().map(|error| format!("/{segment}: {error}")));
    }
    assert!(wrong.is_empty(), "a suggestion is refused: {wrong:#?}");
}

struct Database;

#[test]
fn missing_state_is_refused() {
    async fn show(_: State<Database>) {}
    let takes = format!("the handler of `GET /users` takes `State<{}>`", type_name::<Database>());
    let lacking = table().with_state(7_u8);
    let layered = get(show).layer(tower::layer::util::Identity::new());
    for route in [get(show), layered, get(show).body_limit(1), get(show).etag()] {
        let error = lacking.clone().try_route("/users", route).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with(&takes), "{text}");
        assert!(text.contains("call `with_state` before the route"), "{text}");
        assert!(text.contains("it has `u8`"), "{text}");
        assert!(error.first_registered().is_none());
    }
    assert!(refused("/users", get(show)).contains("it has no state yet"));
    assert!(table().with_state(Database).try_route("/users", get(show)).is_ok());
}

#[test]
fn optional_state_may_be_missing() {
    let _ = table()
        .get("/option", async |state: Option<State<Database>>| state.is_some().to_string())
        .get("/result", async |state: route_handlers::Result<State<Database>>| state.is_ok().to_string());
}

#[test]
fn two_arguments_that_read_the_body_are_refused() {
    let cases = [
        (get(async |_: Json<Value>, _: String| ()), "`Json` and as `String`"),
        (get(async |_: String, _: Path<u32>, _: Bytes| ()), "`String` and as `Bytes`"),
        (get(async |_: Body, _: Request| ()), "`Body` and as `Request`"),
        (get(async |_: Request, _: http::Request<Body>| ()), "`Request` and as `http::Request`"),
        (get(async |_: Json<Value>, _: Json<u32>| ()), "`Json` and as `Json`"),
        (get(async |_: String, _: Option<Bytes>| ()), "`String` and as `Bytes`"),
        (get(async |_: Option<String>, _: Bytes| ()), "`String` and as `Bytes`"),
    ];
    for (route, readers) in cases {
        let text = refused("/users/{id}", route);
        assert!(text.starts_with("the handler of `GET /users/{id}` reads the body twice"), "{text}");
        assert!(text.contains(readers), "{text}");
    }
}

#[test]
fn two_optional_arguments_that_read_the_body_are_refused() {
    let text = refused("/", get(async |_: Option<Json<u32>>, _: Option<Json<Value>>| ()));
    assert!(text.contains("reads the body twice"), "{text}");
    let text = refused("/", get(async |_: String, _: route_handlers::Result<String>| ()));
    assert!(text.contains("reads the body twice"), "{text}");
}

#[test]
fn nest_below_a_catch_all_is_refused() {
    for prefix in ["/files/{*rest}", "/{*rest?}"] {
        let error = table().try_nest(prefix, table().get("/x", hello)).unwrap_err();
        assert_eq!(error.to_string(), format!("invalid pattern `{prefix}`: a catch-all must be the last segment"));
        assert_eq!(error.pattern(), prefix);
    }
}

#[test]
fn malformed_prefix_is_refused_even_for_an_empty_table() {
    for prefix in ["api", "", "/a//b", "/[id]", "/{*rest}"] {
        assert!(table().try_nest(prefix, table().get("/x", hello)).is_err(), "{prefix}");
        assert!(table().try_nest(prefix, table()).is_err(), "{prefix}, an empty table");
    }
}

#[test]
fn conflict_through_nest_or_merge_is_refused() {
    let (first, line) = (table().get("/api/users/{id}", hello), line!());
    let names = |error: RouteError| (error.to_string(), error.first_registered().map(Location::line));

    let users = table().get("/users/{id}", hello);
    let (text, at) = names(first.clone().try_nest("/api", users).unwrap_err());
    assert!(text.starts_with("`GET /api/users/{id}` is registered twice"), "{text}");
    assert_eq!(at, Some(line));

    let users = table().post("/users/{name}", hello);
    let (text, at) = names(first.clone().try_nest("/api", users).unwrap_err());
    assert!(text.starts_with("`/api/users/{name}` and `/api/users/{id}` match the same paths"), "{text}");
    assert_eq!(at, Some(line));

    let (text, at) = names(first.clone().try_merge(table().get("/api/users/{id}", hello)).unwrap_err());
    assert!(text.starts_with("`GET /api/users/{id}` is registered twice"), "{text}");
    assert_eq!(at, Some(line));

    let text = table().try_nest("/{id}", table().get("/{id}", hello)).unwrap_err().to_string();
    assert_eq!(text, "invalid pattern `/{id}/{id}`: two parameters are named `id`: rename one");
}

/// The panic message of a registration.
fn panic_text(register: impl FnOnce() -> RouteHandlers) -> String {
    let panic = catch_unwind(AssertUnwindSafe(register)).expect_err("the registration panics");
    *panic.downcast::<String>().expect("the message is text")
}

#[test]
fn panics_have_the_text_of_the_route_error() {
    let table = table().get("/{a}", hello);
    let pairs: [(&str, String, RouteError); 5] = [
        (
            "route",
            panic_text(|| table.clone().route("/[id]", get(hello))),
            table.clone().try_route("/[id]", get(hello)).unwrap_err(),
        ),
        (
            "on",
            panic_text(|| table.clone().on(Method::GET, "/{b}", hello)),
            table.clone().try_on(Method::GET, "/{b}", hello).unwrap_err(),
        ),
        (
            "nest",
            panic_text(|| table.clone().nest("/{*all}", table.clone())),
            table.clone().try_nest("/{*all}", table.clone()).unwrap_err(),
        ),
        ("nest at the root", panic_text(|| table.clone().nest("/", table.clone())), {
            table.clone().try_nest("/", table.clone()).unwrap_err()
        }),
        (
            "merge",
            panic_text(|| table.clone().merge(table.clone())),
            table.clone().try_merge(table.clone()).unwrap_err(),
        ),
    ];
    for (method, panic, error) in pairs {
        assert_eq!(panic, error.to_string(), "{method}");
        let _: &dyn std::error::Error = &error;
    }
}

#[test]
fn malformed_claim_panics() {
    assert_eq!(panic_text(|| table().claim("api")), "invalid pattern `api`: a pattern begins with `/`");
    assert!(panic_text(|| table().claim("/[id]")).contains("write `{id}`"));
}

#[test]
fn refused_route_does_not_change_other_clones() {
    let table = table().get("/a", hello);
    assert!(table.clone().try_route("/b", get(hello).post(hello).get(hello)).is_err());
    assert_eq!(format!("{table:?}"), "[/a [GET]]");
}
