//! What a route file may export.

use route_handlers::Runtime;

use super::{Project, mistakes_of};

/// The one mistake of an app file.
#[track_caller]
fn mistake_of(text: &str) -> String {
    let mistakes = mistakes_of(text);
    assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
    mistakes[0].clone()
}

/// The one mistake of a file below `pages/api`.
#[track_caller]
fn pages_mistake_of(text: &str) -> String {
    let mistakes = Project::new(&[("pages/api/a.rs", text)]).mistakes();
    assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
    mistakes[0].clone()
}

/// The verbs of an app file that is accepted.
#[track_caller]
fn verbs_of(text: &str) -> Vec<String> {
    let project = Project::new(&[("app/a/route.rs", text)]);
    let generated = project.try_generate().unwrap_or_else(|error| panic!("{error}"));
    let route = generated.routes().next().expect("there is a route");
    route.methods().iter().map(ToString::to_string).collect()
}

#[test]
fn every_verb_of_next_is_one() {
    let verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let text = verbs.map(|verb| format!("pub async fn {verb}() {{}}")).join("\n");
    assert_eq!(verbs_of(&text), verbs);
}

#[test]
fn a_misspelt_verb_is_told_with_its_line_and_what_was_meant() {
    for (name, meant) in [
        ("Post", "POST"),
        ("get", "GET"),
        ("delete", "DELETE"),
        ("options", "OPTIONS"),
        ("DELTE", "DELETE"),
        ("PTACH", "PATCH"),
        ("Gett", "GET"),
        ("OPTION", "OPTIONS"),
    ] {
        let text = format!("use route_handlers::Json;\n\n  pub async fn {name}() -> &'static str {{ \"\" }}\n");
        let wanted = format!("app/a/route.rs:3:16: `{name}` is no verb: did you mean `{meant}`?");
        assert_eq!(mistake_of(&text), wanted);
    }
}

#[test]
fn a_verb_outside_the_seven_is_registered_in_code() {
    for verb in ["PURGE", "QUERY", "TRACE", "CONNECT"] {
        let text = mistake_of(&format!("pub async fn {verb}() {{}}"));
        assert!(
            text.starts_with(&format!("app/a/route.rs:1:14: `{verb}` is none of the verbs of a route file (GET, ")),
            "{text}"
        );
        assert!(text.contains("`.on(method, pattern, handler)`"), "{text}");
    }
}

#[test]
fn a_handler_is_public_and_async() {
    assert_eq!(mistake_of("async fn GET() {}"), "app/a/route.rs:1:10: `GET` is not `pub`: write `pub async fn GET`");
    assert_eq!(
        mistake_of("pub(super) async fn GET() {}"),
        "app/a/route.rs:1:21: `GET` is not `pub`: write `pub async fn GET`"
    );
    assert_eq!(mistake_of("pub fn GET() {}"), "app/a/route.rs:1:8: `GET` is not `async`: write `pub async fn GET`");
    assert!(mistake_of("pub const GET: fn() = f;").ends_with("`GET` is a constant: write `pub async fn GET`"));
    assert_eq!(
        pages_mistake_of("pub fn handler() {}"),
        "pages/api/a.rs:1:8: `handler` is not `async`: write `pub async fn handler`"
    );
    assert_eq!(verbs_of("pub(crate) async fn GET() {}"), ["GET"]);
}

#[test]
fn a_file_that_exports_nothing_is_a_mistake() {
    for text in
        ["", "pub fn helper() {}", "async fn get() {}", "#[cfg(test)] mod tests {}", "pub async fn handler() {}"]
    {
        let mistake = mistake_of(text);
        assert!(
            mistake.starts_with("app/a/route.rs: it exports no handler: write `pub async fn GET` (HEAD, POST, "),
            "{mistake}"
        );
    }
    let mistake = mistake_of("pub use crate::users::*;");
    assert!(mistake.ends_with("What `pub use …::*` brings is not seen: name it"), "{mistake}");
    let mistake = pages_mistake_of("pub struct NotHandler;");
    assert!(mistake.starts_with("pages/api/a.rs: it exports no handler: write `pub async fn handler("), "{mistake}");
}

#[test]
fn below_pages_one_function_answers_every_verb() {
    let project = Project::new(&[("pages/api/a.rs", "pub async fn handler() {}")]);
    let generated = project.try_generate().unwrap();
    assert!(generated.routes().next().unwrap().has_any());
    assert!(
        pages_mistake_of("pub async fn GET() {}").contains("`GET`: below `pages/api` one function answers every verb")
    );
    assert!(pages_mistake_of("pub async fn Handler() {}").contains("did you mean `handler`?"));
    assert!(pages_mistake_of("pub async fn handle() {}").contains("did you mean `handler`?"));
}

#[test]
fn what_else_stands_in_a_file_is_its_own() {
    let text = r##"
        //! `pub async fn Post` in a comment is none.
        #![allow(dead_code)]
        use std::{collections::HashMap as Map, sync::*};
        pub use crate::{users::{show as GET, self}, other::POST};
        extern crate alloc;
        mod helper;
        macro_rules! nothing { () => { pub async fn Put() {} } }
        thread_local! { static DEPTH: u8 = 0; }
        const LIMIT: usize = { 1; 2 };
        const _: () = assert!(LIMIT == 2);
        static NAMES: [&str; 2] = ["pub async fn Delete() {}", r#"""#];
        type Pair<const N: usize> = ([u8; N], Map<u8, u8>);
        trait Put { const RUNTIME: u8; fn put(&self); }
        impl Put for Wrapper<{ 1 + 1 }> { const RUNTIME: u8 = 1; fn put(&self) {} }
        pub struct Wrapper<const N: usize>;
        #[derive(Clone)]
        pub enum Patch { Get, Post }
        pub const fn helper<'a>(it: &'a str) -> &'a str { it }
        pub unsafe extern "C" fn raw() {}
        fn delete() {}
        pub(crate) async fn PUT<T>(_: Wrapper<{ 3 }>) -> [u8; { 1 }] where T: Copy { loop {} }
        #[cfg(test)]
        mod tests { pub async fn Options() {} }
    "##;
    assert_eq!(verbs_of(text), ["GET", "POST", "PUT"]);
}

#[test]
fn the_runtime_is_read_from_its_text() {
    let runtime = |text: &str| {
        let project = Project::new(&[("app/a/route.rs", &format!("pub async fn GET() {{}}\n{text}"))]);
        project
            .try_generate()
            .map(|generated| generated.routes().next().unwrap().runtime())
            .map_err(|error| error.to_string())
    };
    assert_eq!(runtime(""), Ok(Runtime::Native));
    assert_eq!(runtime("pub const RUNTIME: Runtime = Runtime::Edge;"), Ok(Runtime::Edge));
    assert_eq!(runtime("pub const RUNTIME: route_handlers::Runtime = Edge;"), Ok(Runtime::Edge));
    assert_eq!(runtime("pub const RUNTIME: Runtime = Runtime::Native;"), Ok(Runtime::Native));
    for unclear in [
        "pub const RUNTIME: &str = \"edge\";",
        "pub const RUNTIME: Runtime = if cfg!(a) { Runtime::Edge } else { Runtime::Native };",
        "pub const RUNTIME: Runtime = Runtime::Nodejs;",
        "pub use crate::RUNTIME;",
    ] {
        let error = runtime(unclear).unwrap_err();
        assert!(
            error.contains(":2:") && error.contains("`RUNTIME` is read from its text: write `pub const RUNTIME"),
            "{error}"
        );
    }
    let error = runtime("#[cfg(unix)] pub const RUNTIME: Runtime = Runtime::Edge;").unwrap_err();
    assert!(error.contains("`RUNTIME` stands under a `#[cfg]`"), "{error}");
}

#[test]
fn a_setting_is_public_and_known() {
    let with_get = |text: &str| mistake_of(&format!("pub async fn GET() {{}}\n{text}"));
    assert!(with_get("const BODY_LIMIT: usize = 1;").starts_with("app/a/route.rs:2:7: `BODY_LIMIT` is not `pub`"));
    let unknown = with_get("pub const CACHE_SIZE: usize = 1;");
    assert_eq!(
        unknown,
        "app/a/route.rs:2:11: `CACHE_SIZE` is no setting of a route file. There are RUNTIME, MAX_DURATION, BODY_LIMIT. \
         A constant of your own is not `pub`"
    );
    assert!(with_get("pub const maxDuration: u8 = 1;").contains("did you mean `MAX_DURATION`?"));
    assert!(with_get("pub const RUNTIM: u8 = 1;").contains("did you mean `RUNTIME`?"));
    assert!(with_get("pub const BODY_PARSER: bool = false;").contains("There are RUNTIME, MAX_DURATION, BODY_LIMIT."));
    let pages = pages_mistake_of("pub async fn handler() {}\npub static POOL: u8 = 1;");
    assert!(pages.contains("There are RUNTIME, MAX_DURATION, BODY_LIMIT, BODY_PARSER."), "{pages}");
}

#[test]
fn what_next_would_cache_by_is_refused_with_the_reason_and_what_to_do() {
    for (text, name, words) in [
        ("pub const DYNAMIC: &str = \"force-static\";", "DYNAMIC", "nothing is cached unless you say so"),
        (
            "pub const REVALIDATE: i32 = -1;",
            "REVALIDATE",
            "Take it out; an answer that may be kept has `Cache-Control`",
        ),
        ("pub const revalidate: u32 = 60;", "revalidate", "nothing is cached unless you say so"),
        ("pub const FETCH_CACHE: &str = \"\";", "FETCH_CACHE", "nothing is cached unless you say so"),
        ("pub const DYNAMIC_PARAMS: bool = false;", "DYNAMIC_PARAMS", "an enum in `Path<T>`"),
        ("pub fn generate_static_params() {}", "generate_static_params", "no route is made beforehand"),
        ("pub const PREFERRED_REGION: &str = \"fra1\";", "PREFERRED_REGION", "where it is deployed"),
    ] {
        let mistake = mistake_of(&format!("pub async fn GET() {{}}\n{text}"));
        assert!(mistake.starts_with("app/a/route.rs:2:") && mistake.contains(&format!("`{name}`: ")), "{mistake}");
        assert!(mistake.contains(words), "{mistake}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let project = Project::new(&[
        ("app/a/route.rs", "pub async fn Get() {}\npub fn POST() {}\npub const DYNAMIC: u8 = 1;"),
        ("app/b/[[x]]/route.rs", "pub async fn GET() {}"),
        ("pages/api/c.rs", ""),
    ]);
    let mistakes = project.mistakes();
    let places: Vec<_> = mistakes.iter().map(|mistake| mistake.split(": ").next().unwrap()).collect();
    assert_eq!(
        places,
        ["app/a/route.rs:1:14", "app/a/route.rs:2:8", "app/a/route.rs:3:11", "app/b/[[x]]/route.rs", "pages/api/c.rs"]
    );
}
