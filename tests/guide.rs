//! The messages in the guide are those of the crate, and its chapters are short.
#![cfg(feature = "testing")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path as FilePath, PathBuf};

use route_handlers::extract::ClientIp;
use route_handlers::middleware::{Next, from_fn};
use route_handlers::testing::{Client, RequestBuilder, TestResponse};
use route_handlers::{
    After, Body, Error, Json, Path, Query, Request, Route, RouteHandlers, SetCookie, State, get, post,
};
use serde::Deserialize;
use tower::ServiceExt;

const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide");

/// Returns the files below a folder with this extension.
fn files(folder: &FilePath, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let inner = |path: PathBuf| if path.is_dir() { files(&path, extension) } else { vec![path] };
    entries.flat_map(inner).filter(|path| path.extension().is_some_and(|own| own == extension)).collect()
}

fn chapters() -> Vec<(PathBuf, String)> {
    files(FilePath::new(SRC), "md").into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn chapter_has_at_most_250_lines_and_ignores_no_block() {
    for (path, text) in chapters() {
        assert!(path.starts_with(format!("{SRC}/migration")) || text.lines().count() <= 250, "{}", path.display());
        // A recipe with other crates is compiled and tested as the file of `examples/recipes` with its name.
        let tested = FilePath::new("examples/recipes/src").join(path.file_stem().unwrap()).with_extension("rs");
        let code = fs::read_to_string(tested).unwrap_or_default();
        let text = text.replace(&format!("```rust,ignore\n{code}```\n"), "");
        assert!(!text.lines().any(|line| line.starts_with("```") && line.contains("ignore")), "{}", path.display());
    }
}

/// A page has a definition for each link to another page, for readers of the file, and `links.md` has the same for rustdoc.
#[test]
fn links_between_pages_lead_to_the_same_page_in_the_file_and_in_rustdoc() {
    let guide = FilePath::new(SRC);
    let links = fs::read_to_string(guide.join("links.md")).unwrap();
    let links: Vec<(&str, &str)> = links.lines().map(|line| line.split_once("]: crate::guide::").unwrap()).collect();
    for (path, text) in chapters().into_iter().filter(|(path, _)| !path.ends_with("links.md")) {
        let outside_code: String = text.split("```").step_by(2).collect();
        let (at, folder) = (path.display(), path.parent().unwrap());
        for target in outside_code.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(
                target.starts_with('#') || target.starts_with("http") || folder.join(target).exists(),
                "{at}: {target}: use a link of links.md"
            );
        }
        for (label, module) in &links {
            let defined = outside_code.lines().find_map(|line| line.strip_prefix(&format!("{label}]: ")));
            let used = outside_code.to_lowercase().matches(&format!("{}]", label.to_lowercase())).count();
            assert_eq!(defined.is_some(), used > 0, "{at}: {label}]");
            if let Some(file) = defined {
                let page = guide.join(module.trim_start_matches('_').replace("::", "/"));
                let page = if page.is_dir() { page.join("README.md") } else { page.with_extension("md") };
                assert_eq!(folder.join(file).canonicalize().unwrap(), page.canonicalize().unwrap(), "{at}: {label}]");
            }
        }
    }
}

#[test]
fn file_of_the_recipes_is_on_a_page() {
    for path in files(FilePath::new("examples/recipes/src"), "rs") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name != "lib" {
            let page = fs::read_to_string(format!("{SRC}/recipes/{name}.md")).expect(name);
            assert!(page.contains(&fs::read_to_string(&path).unwrap()), "{name}.md must have the text of {name}.rs");
        }
    }
}

/// Every line of a compiler message in the guide is in one of the messages that `tests/ui/cases` holds.
#[test]
fn compiler_messages_of_the_guide_are_in_tests_ui() {
    let spaces = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let messages: Vec<String> =
        files(FilePath::new("tests/ui/cases"), "stderr").iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let lines: Vec<String> = messages.iter().flat_map(|message| message.lines().map(spaces)).collect();
    for (path, text) in chapters() {
        for block in text.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            for line in block.lines().map(spaces).filter(|_| block.starts_with("error")) {
                assert!(lines.contains(&line), "{}: {line}", path.display());
            }
        }
    }
    for (chapter, message) in [
        ("01", "this is not a handler"),
        ("01", "`greeting` does not live long enough"),
        ("01", "type annotations needed"),
        ("01", "cannot infer type"),
        ("04", "a handler cannot return `std::io::Error`"),
        ("04", "`&'static str` is neither headers nor another part of a response"),
        ("04", "a handler cannot return `User`"),
        ("04", "`?` couldn't convert the error: `anyhow::Error: "),
        ("05", "`State<Cell<u32>>` cannot be an argument of a handler"),
        ("05", "future cannot be sent between threads safely"),
        ("06", "this is not a middleware function"),
        ("06", "`ServeDir` is not a layer for routes"),
        ("11", "the trait bound `New: schemars::JsonSchema` is not satisfied"),
        ("11", "the argument `Caller` does not describe itself for the OpenAPI document"),
        ("11", "the response `impl IntoResponse` does not describe itself"),
        ("axum", "`ConnectInfo<u32>` cannot be an argument of a handler"),
        ("axum", "a handler cannot return `axum::response::Html<&str>`"),
        ("06", "not a `Clone` `tower::Service<http::Request<route_handlers::Body>>` with an `http::Response`"),
    ] {
        assert!(messages.iter().any(|text| text.contains(message)), "{message}");
        assert_quoted(chapter, message);
    }
}

/// Asserts that the chapter with a file that begins with this name quotes a message.
#[track_caller]
fn assert_quoted(chapter: &str, message: &str) {
    let chapters = chapters();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let (_, text) = chapters.iter().find(|(path, _)| name(path).starts_with(chapter)).expect("the chapter exists");
    assert!(text.contains(message), "chapter {chapter} does not quote the message: {message}");
}

struct Database;

#[derive(Deserialize)]
#[expect(dead_code, reason = "only its shape is read")]
struct Page {
    offset: u32,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only its shape is read")]
struct Nested {
    page: Page,
}

/// The error of registering a route, without the place where another one was registered.
fn refused(table: RouteHandlers, pattern: &str, route: Route) -> String {
    let error = table.try_route(pattern, route).expect_err(pattern).to_string();
    let text = error.split(" (`").next().unwrap_or_default().split(" at tests").next();
    text.unwrap_or_default().replace("guide::", "app::")
}

fn table() -> RouteHandlers {
    RouteHandlers::new()
}

#[test]
fn registration_errors_of_the_guide_are_those_of_the_crate() {
    let hello = || get(async || "hello");
    let users = |pattern| table().get(pattern, async || "hello");
    for (chapter, message) in [
        ("01", refused(users("/users"), "/users", hello())),
        ("02", refused(table(), "/users/:id", hello())),
        ("02", refused(users("/users/{id}"), "/users/{name}", hello())),
        ("02", refused(table(), "/{a}-{b}", hello())),
        ("02", refused(table(), "/{*path}/edit", hello())),
        ("03", refused(table(), "/users", post(async |_: Json<Page>, _: String| ()))),
        ("03", refused(table(), "/users/{id}/{tab}", get(async |_: Path<u32>| ()))),
        ("05", refused(table(), "/users", get(async |_: State<Database>| ()))),
    ] {
        assert_quoted(chapter, &message);
    }
    let long = refused(table(), "/users?page=1", hello());
    assert_quoted("02", long.split(", no").next().unwrap());
    let nested = refused(table(), "/users", get(async |_: Query<Nested>| ()));
    let reason = "the field `page`: a parameter is text, not the struct `Page`";
    assert!(nested.contains(reason), "{nested}");
    assert_quoted("03", reason);
}

/// The message of a panic, without the place in this file.
fn panic_text(register: impl FnOnce() -> RouteHandlers) -> String {
    let panic = catch_unwind(AssertUnwindSafe(register)).expect_err("the registration panics");
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref().map(|text: &&str| (*text).to_owned())).expect("the message is text")
}

#[test]
fn panics_of_the_guide_are_those_of_the_crate() {
    let nothing = panic_text(|| table().layer(from_fn(async |request: Request, next: Next| next.run(request).await)));
    assert_quoted("06", &nothing);

    let get_x = || table().get("/x", async || "x");
    let state = from_fn(async |_: State<Database>, request: Request, next: Next| next.run(request).await);
    let text = panic_text(|| get_x().layer(state)).replace("guide::", "app::");
    let (head, tail) = (text.split(" tests/").next().unwrap(), text.split(", which").nth(1).unwrap());
    assert_quoted("06", head);
    assert_quoted("06", tail);

    let body = from_fn(async |_: String, request: Request, next: Next| next.run(request).await);
    let text = panic_text(|| get_x().layer(body));
    assert_quoted("06", &text[text.find("which reads").unwrap()..]);
}

#[tokio::test]
async fn problems_of_the_guide_are_those_of_the_crate() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape is read")]
    struct Order {
        items: Vec<Item>,
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape is read")]
    struct Item {
        count: u8,
    }
    let api = table()
        .post("/orders", async |_: Json<Order>| ())
        .get("/users/{id}", async |_: Path<u32>| ())
        .get("/pages", async |_: Query<Page>| ())
        .route("/small", post(async |text: String| text).body_limit(8))
        .claim("/api");
    let client = Client::new(api);
    let detail = async |request: RequestBuilder<Client>| {
        let problem = request.await.json::<serde_json::Value>();
        problem["detail"].as_str().expect("the problem has a detail").to_owned()
    };
    for (chapter, request) in [
        ("02", client.get("/users/ada")),
        ("02", client.get("/users/%zz")),
        ("02", client.get("/users/%2e%2e")),
        ("02", client.get("/x/..%2Fapi")),
        ("03", client.post("/orders").json(&serde_json::json!({"items": [{"count": 300}]}))),
        ("03", client.post("/orders").body("{}")),
        ("03", client.get("/pages")),
        ("03", client.post("/small").body("0123456789")),
    ] {
        assert_quoted(chapter, &detail(request).await);
    }
}

/// The cause of a 500, which is logged and never sent.
fn cause_of(response: &TestResponse) -> String {
    let text = format!("{response:?}");
    text.split("the cause, which is not sent: ").nth(1).expect("the response has a cause").to_owned()
}

#[tokio::test]
async fn causes_of_the_guide_are_those_of_the_crate() {
    let session = async || (SetCookie::new("__Host-session", "7"), "");
    let api = table().get("/session", session).get("/ip", async |_: ClientIp| ());
    let client = Client::new(api);
    assert_quoted("07", &cause_of(&client.get("/session").await));
    assert_quoted("07", cause_of(&client.get("/ip").await).split(':').next().unwrap());

    let without_a_pattern = panic_text(|| {
        drop(RequestBuilder::get("/users/7").call(async |_: Path<u32>| ()));
        table()
    });
    assert_quoted("13", without_a_pattern.split(" it is").next().unwrap());

    let layer = from_fn(async |_: State<Database>, request: Request, next: Next| next.run(request).await);
    let around_the_server = Client::new(tower::ServiceBuilder::new().layer(layer).service(table()));
    let cause = cause_of(&around_the_server.get("/").await).replace("guide::Database", "Metrics");
    assert_quoted("14", cause.split(" call").next().unwrap());

    let without_a_hook = table().get("/", async |after: After| after.run(async {}));
    let response = without_a_hook.oneshot(http::Request::new(Body::empty())).await.unwrap();
    let error = response.extensions().get::<Error>().expect("the response has an error");
    assert_quoted("10", error.source().expect("it has a cause").to_string().split(" (").next().unwrap());
}

#[tokio::test]
async fn panics_of_tests_in_the_guide_are_those_of_the_crate() {
    for request in [
        || drop(RequestBuilder::get("users/0")),
        || drop(RequestBuilder::get("/a b")),
        || drop(RequestBuilder::get("/users/7").pattern("/user/{id}").build()),
    ] {
        let text = panic_text(|| {
            request();
            table()
        });
        assert_quoted("13", &text);
    }
    let state = panic_text(|| {
        drop(RequestBuilder::get("/").call(async |_: State<Database>| ()));
        table()
    });
    assert_quoted("13", &state.split(" (").next().unwrap().replace("guide::Database", "Users"));
    assert_quoted(
        "14",
        panic_text(|| table().layer(tower::layer::util::Identity::new())).split(": register").next().unwrap(),
    );
}

#[cfg(feature = "multipart")]
#[tokio::test]
async fn problems_with_forms_in_the_guide_are_those_of_the_crate() {
    use route_handlers::Form;
    use route_handlers::multipart::Multipart;

    let client = Client::new(table().post("/form", async |_: Form<Page>| ()));
    let json = client.post("/form").json(&7).await.json::<serde_json::Value>();
    assert_quoted("08", json["detail"].as_str().unwrap());
    let long = client.post("/form").form(&[("a", "x".repeat(3 << 20))]).await.json::<serde_json::Value>();
    assert_quoted("08", long["detail"].as_str().unwrap());

    let twice = refused(table(), "/form", post(async |_: Form<Page>, _: Multipart| ()));
    assert_quoted("08", &twice[twice.find("reads").unwrap()..]);
}

#[cfg(feature = "sse")]
#[test]
fn error_of_an_event_in_the_guide_is_that_of_the_crate() {
    let error = route_handlers::sse::Event::new().with_name("a\nb").unwrap_err();
    assert_quoted("09", &error.source().expect("it has a cause").to_string());
}

#[cfg(feature = "openapi")]
#[test]
fn error_of_a_schema_in_the_guide_is_that_of_the_crate() {
    #[derive(Deserialize, schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its shape is read")]
    struct Within {
        timeout: std::time::Duration,
    }
    let error =
        refused(table(), "/jobs", get(route_handlers::documented(async |_: Query<Within>| route_handlers::NoContent)));
    assert_quoted("11", error.split(". A field").next().unwrap());
}
