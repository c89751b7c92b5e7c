//! The exports of a route file.

use route_handlers::app_dir::{Builder, Runtime};

use super::{Project, errors_of};

/// Returns the only error of an app file.
#[track_caller]
fn error_of(text: &str) -> String {
    let errors = errors_of(text);
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors[0].clone()
}

/// Returns the only error of a file below `pages/api`.
#[track_caller]
fn pages_error_of(text: &str) -> String {
    let errors = Project::new(&[("pages/api/a.rs", text)]).errors();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors[0].clone()
}

/// Returns the methods of an app file without errors.
#[track_caller]
fn methods_of(text: &str) -> Vec<String> {
    let project = Project::new(&[("app/a/route.rs", text)]);
    let generated = project.try_generate().unwrap_or_else(|error| panic!("{error}"));
    let route = generated.routes().next().expect("there is a route");
    route.methods().iter().map(ToString::to_string).collect()
}

#[test]
fn methods_of_next_js_and_query_are_supported() {
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];
    let text = methods.map(|method| format!("pub async fn {method}() {{}}")).join("\n");
    assert_eq!(methods_of(&text), methods);
}

#[test]
fn misspelled_method_is_an_error_with_its_line_and_the_right_name() {
    for (name, method) in [
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
        let expected = format!("app/a/route.rs:3:16: `{name}` is not a method: did you mean `{method}`?");
        assert_eq!(error_of(&text), expected);
    }
}

#[test]
fn other_method_must_be_registered_in_code() {
    for method in ["PURGE", "TRACE", "CONNECT"] {
        let text = error_of(&format!("pub async fn {method}() {{}}"));
        assert!(
            text.starts_with(&format!("app/a/route.rs:1:14: `{method}` is not a method of route files (GET, ")),
            "{text}"
        );
        assert!(text.contains("`.on(method, pattern, handler)`"), "{text}");
    }
}

#[test]
fn handler_must_be_public_and_async() {
    assert_eq!(error_of("async fn GET() {}"), "app/a/route.rs:1:10: `GET` is not `pub`: write `pub async fn GET`");
    assert_eq!(
        error_of("pub(super) async fn GET() {}"),
        "app/a/route.rs:1:21: `GET` is not `pub`: write `pub async fn GET`"
    );
    assert_eq!(error_of("pub fn GET() {}"), "app/a/route.rs:1:8: `GET` is not `async`: write `pub async fn GET`");
    assert!(error_of("pub const GET: fn() = f;").ends_with("`GET` is a constant: write `pub async fn GET`"));
    assert_eq!(
        pages_error_of("pub fn handler() {}"),
        "pages/api/a.rs:1:8: `handler` is not `async`: write `pub async fn handler`"
    );
    assert_eq!(methods_of("pub(crate) async fn GET() {}"), ["GET"]);
}

#[test]
fn file_without_a_handler_is_an_error() {
    for text in
        ["", "pub fn helper() {}", "async fn get() {}", "#[cfg(test)] mod tests {}", "pub async fn handler() {}"]
    {
        let error = error_of(text);
        assert!(
            error.starts_with("app/a/route.rs: it exports no handler: write `pub async fn GET` (or HEAD, POST, "),
            "{error}"
        );
    }
    let error = error_of("pub use crate::users::*;");
    assert!(error.ends_with("The names in `pub use …::*` are not known: write them out"), "{error}");
    let error = pages_error_of("pub struct NotHandler;");
    assert!(error.starts_with("pages/api/a.rs: it exports no handler: write `pub async fn handler("), "{error}");
}

#[test]
fn one_function_below_pages_handles_every_method() {
    let project = Project::new(&[("pages/api/a.rs", "pub async fn handler() {}")]);
    let generated = project.try_generate().unwrap();
    assert!(generated.routes().next().unwrap().has_any());
    assert!(
        pages_error_of("pub async fn GET() {}").contains("`GET`: below `pages/api` one function handles every method")
    );
    assert!(pages_error_of("pub async fn Handler() {}").contains("did you mean `handler`?"));
    assert!(pages_error_of("pub async fn handle() {}").contains("did you mean `handler`?"));
}

#[test]
fn other_items_of_a_file_are_ignored() {
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
    assert_eq!(methods_of(text), ["GET", "POST", "PUT"]);
}

#[test]
fn runtime_is_read_from_the_text_of_the_file() {
    let runtime = |text: &str| {
        let project = Project::new(&[("app/a/route.rs", &format!("pub async fn GET() {{}}\n{text}"))]);
        project
            .try_generate()
            .map(|generated| generated.routes().next().unwrap().runtime())
            .map_err(|error| error.to_string())
    };
    assert_eq!(runtime(""), Ok(Runtime::Native));
    assert_eq!(runtime("pub const RUNTIME: Runtime = Runtime::Edge;"), Ok(Runtime::Edge));
    assert_eq!(runtime("pub const RUNTIME: route_handlers::app_dir::Runtime = Edge;"), Ok(Runtime::Edge));
    assert_eq!(runtime("pub const RUNTIME: Runtime = Runtime::Native;"), Ok(Runtime::Native));
    for invalid in [
        "pub const RUNTIME: &str = \"edge\";",
        "pub const RUNTIME: Runtime = if cfg!(a) { Runtime::Edge } else { Runtime::Native };",
        "pub const RUNTIME: Runtime = Runtime::Nodejs;",
        "pub use crate::RUNTIME;",
    ] {
        let error = runtime(invalid).unwrap_err();
        assert!(
            error.contains(":2:") && error.contains("the value of `RUNTIME` must be a path: write `pub const RUNTIME"),
            "{error}"
        );
    }
    let error = runtime("#[cfg(unix)] pub const RUNTIME: Runtime = Runtime::Edge;").unwrap_err();
    assert!(error.contains("`RUNTIME` is under a `#[cfg]`"), "{error}");
}

#[test]
fn setting_must_be_public_and_known() {
    let with_get = |text: &str| error_of(&format!("pub async fn GET() {{}}\n{text}"));
    assert!(with_get("const BODY_LIMIT: usize = 1;").starts_with("app/a/route.rs:2:7: `BODY_LIMIT` is not `pub`"));
    let unknown = with_get("pub const CACHE_SIZE: usize = 1;");
    assert_eq!(
        unknown,
        "app/a/route.rs:2:11: `CACHE_SIZE` is not a setting of a route file. The settings are RUNTIME, MAX_DURATION, BODY_LIMIT, \
         DOCUMENTED. \
         Remove `pub` from other constants"
    );
    assert!(with_get("pub const maxDuration: u8 = 1;").contains("did you mean `MAX_DURATION`?"));
    assert!(with_get("pub const RUNTIM: u8 = 1;").contains("did you mean `RUNTIME`?"));
    assert!(
        with_get("pub const BODY_PARSER: bool = false;")
            .contains("The settings are RUNTIME, MAX_DURATION, BODY_LIMIT, DOCUMENTED.")
    );
    let pages = pages_error_of("pub async fn handler() {}\npub static POOL: u8 = 1;");
    assert!(pages.contains("The settings are RUNTIME, MAX_DURATION, BODY_LIMIT, BODY_PARSER."), "{pages}");
}

#[test]
fn setting_of_next_js_without_effect_is_an_error_with_the_fix() {
    for (text, name, words) in [
        (
            "pub const DYNAMIC: &str = \"force-static\";",
            "DYNAMIC",
            "responses are not cached: each request runs its handler",
        ),
        ("pub const REVALIDATE: i32 = -1;", "REVALIDATE", "Remove it, and set `Cache-Control` in the response"),
        ("pub const revalidate: u32 = 60;", "revalidate", "responses are not cached: each request runs its handler"),
        (
            "pub const FETCH_CACHE: &str = \"\";",
            "FETCH_CACHE",
            "responses are not cached: each request runs its handler",
        ),
        ("pub const DYNAMIC_PARAMS: bool = false;", "DYNAMIC_PARAMS", "an enum in `Path<T>`"),
        ("pub fn generate_static_params() {}", "generate_static_params", "routes are not prerendered"),
        (
            "pub const PREFERRED_REGION: &str = \"fra1\";",
            "PREFERRED_REGION",
            "the deployment decides where a handler runs",
        ),
    ] {
        let error = error_of(&format!("pub async fn GET() {{}}\n{text}"));
        assert!(error.starts_with("app/a/route.rs:2:") && error.contains(&format!("`{name}`: ")), "{error}");
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn file_may_consist_of_the_function_route() {
    let route = "pub fn route(route: Route) -> Route { route.any(service) }";
    assert_eq!(methods_of(route), [""; 0]);
    assert_eq!(methods_of(&format!("{route}\npub async fn GET() {{}}")), ["GET"]);
    assert_eq!(methods_of("pub use crate::auth::route;"), [""; 0]);
    let project = Project::new(&[("pages/api/a.rs", route)]);
    assert!(project.try_generate().unwrap().routes().next().unwrap().has_any());
}

#[test]
fn function_route_that_has_no_effect_is_an_error() {
    for (text, expected) in [
        ("fn route(route: Route) -> Route {}", "1:4: `route` is not `pub`, so it has no effect: write `pub fn route"),
        ("pub async fn route(route: Route) -> Route {}", "1:14: `route` is `async`: write `pub fn route(route: Route)"),
        ("pub fn route() -> Route {}", "1:8: `route` has no parameter: write `pub fn route(route: Route) -> Route`"),
        ("#[cfg(unix)]\npub fn route(route: Route) {}", "2:8: `route` is under a `#[cfg]`: put the condition into its"),
        ("pub const route: fn() = f;", "1:11: `route` is a constant: write `pub fn route(route: Route) -> Route`"),
    ] {
        let error = error_of(&format!("{text}\npub async fn GET() {{}}"));
        assert!(error.starts_with(&format!("app/a/route.rs:{expected}")), "{error}");
    }
}

#[test]
fn states_of_the_function_route_are_counted() {
    for (parameters, states) in [
        ("route: Route", 0),
        ("route: Route,", 0),
        ("route: Route, State(db): State<Db>", 1),
        ("route: Route, a: State<HashMap<u8, Vec<u8>>>, #[allow(unused)] b: State<fn(u8, u8) -> (u8, u8)>,", 2),
    ] {
        let text = format!("pub fn route({parameters}) -> Route {{}}");
        let project = Project::new(&[("app/a/route.rs", &text)]);
        let generated = project.try_generate().unwrap();
        assert_eq!(generated.source().matches("file.state(&table)").count(), states, "{}", generated.source());
    }
}

#[test]
fn documented_is_read_from_the_text_of_the_file() {
    let documented = |text: &str, default: bool| {
        let project = Project::new(&[("app/a/route.rs", &format!("pub async fn GET() {{}}\n{text}"))]);
        let generated = Builder::new(project.path("app")).documented(default).try_generate();
        generated
            .map(|generated| generated.source().contains("route_handlers::documented(a::route::GET)"))
            .map_err(|error| error.to_string())
    };
    assert_eq!(documented("", false), Ok(false));
    assert_eq!(documented("", true), Ok(true));
    assert_eq!(documented("pub const DOCUMENTED: bool = true;", false), Ok(true));
    assert_eq!(documented("pub const DOCUMENTED: bool = false;", true), Ok(false));
    let error = documented("pub const DOCUMENTED: bool = cfg!(unix);", false).unwrap_err();
    assert!(error.ends_with(":2:11: the value of `DOCUMENTED` must be `true` or `false`"), "{error}");
}

#[test]
fn documentation_of_a_handler_is_its_summary_and_description() {
    let texts = |docs: &str| {
        let project = Project::new(&[("app/a/route.rs", &format!("{docs}\npub async fn GET() {{}}"))]);
        let generated = Builder::new(project.path("app")).documented(true).try_generate().unwrap();
        let lines = generated.source().lines().filter_map(|line| line.trim().strip_prefix("let handler = handler."));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(texts("// Lists the users."), [""; 0]);
    assert_eq!(texts("/// Lists the users."), ["summary(\"Lists the users.\");"]);
    assert_eq!(
        texts("/// Lists\n/// the \"users\".\n///\n/// In order.\n///\n///     code"),
        [r#"summary("Lists the \"users\".");"#, r#"description("In order.\n\n    code");"#]
    );
}

/// Returns the only error of a layer file.
#[track_caller]
fn layer_error_of(text: &str) -> String {
    let errors = Project::new(&[("app/layer.rs", text), ("app/a/route.rs", "pub async fn GET() {}")]).errors();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors[0].clone()
}

#[test]
fn layer_file_that_has_no_effect_is_an_error() {
    for (text, expected) in [
        ("", ": it exports no layer: write `pub fn layer() -> impl HandlerLayer`, or rename the file"),
        (
            "fn layer() {}",
            ":1:4: `layer` is not `pub`, so it has no effect: write `pub fn layer() -> impl HandlerLayer`, or rename it",
        ),
        ("pub async fn layer() {}", ":1:14: `layer` is `async`: write `pub fn layer() -> impl HandlerLayer`"),
        ("pub fn layers() {}", ":1:8: `layers` is not the name of the layer: did you mean `layer`?"),
        ("pub const layer: u8 = 1;", ":1:11: `layer` is a constant: write `pub fn layer() -> impl HandlerLayer`"),
        ("#[cfg(unix)] pub fn layer() {}", ":1:21: `layer` is under a `#[cfg]`: put the condition into its body"),
        ("#![cfg(unix)]\npub fn layer() {}", ":2:8: `layer` is under a `#![cfg]`: put the condition into its body"),
    ] {
        assert_eq!(layer_error_of(text), format!("app/layer.rs{expected}"));
    }
    let glob = layer_error_of("pub use crate::layers::*;");
    assert!(glob.ends_with("The names in `pub use …::*` are not known: write them out"), "{glob}");
}

#[test]
fn layer_that_wraps_no_route_is_an_error() {
    let project = Project::new(&[
        ("app/(g)/layer.rs", "pub fn layer() {}"),
        ("app/a/route.rs", "pub async fn GET() {}"),
        ("pages/api/a/b.rs", "pub async fn handler() {}"),
    ]);
    assert_eq!(
        project.errors(),
        ["app/(g)/layer.rs: it wraps no route: the folder has no route file. Move or remove it"]
    );
    let project =
        Project::new(&[("app/layer.rs", "pub fn layer() {}"), ("pages/api/a/b.rs", "pub async fn handler() {}")]);
    assert!(project.errors()[0].starts_with("app/layer.rs: it wraps no route"), "files below `pages` have no layer");
}

#[test]
fn two_layers_of_one_folder_are_an_error() {
    let (get, layer) = ("pub async fn GET() {}", "pub fn layer() {}");
    let files = [("app/a/layer.rs", layer), ("app/a/layer/mod.rs", layer), ("app/a/route.rs", get)];
    let error = "app/a/layer/mod.rs: app/a/layer.rs is also a layer of the folder: keep one of them";
    assert_eq!(Project::new(&files).errors(), [error]);
    let error = "app/a/layer/mod.rs: the layer of a folder is the file `layer.rs`: move this file to app/a/layer.rs";
    assert_eq!(Project::new(&files[1..]).errors(), [error]);
}

#[test]
fn layer_with_another_name_is_a_warning() {
    for name in ["middleware.rs", "_middleware.rs", "layers.rs", "Layer.rs"] {
        let file = format!("app/a/{name}");
        let project = Project::new(&[(&file, ""), ("app/a/route.rs", "pub async fn GET() {}")]);
        let generated = project.try_generate().unwrap();
        let warnings: Vec<_> = generated.warnings().map(|warning| project.relative(warning)).collect();
        assert_eq!(warnings, [format!("{file}: it wraps no route by itself: the layer of a folder is `layer.rs`")]);
    }
}

#[test]
fn all_errors_are_reported_together() {
    let project = Project::new(&[
        ("app/a/route.rs", "pub async fn Get() {}\npub fn POST() {}\npub const DYNAMIC: u8 = 1;"),
        ("app/b/[[x]]/route.rs", "pub async fn GET() {}"),
        ("pages/api/c.rs", ""),
    ]);
    let errors = project.errors();
    let positions: Vec<_> = errors.iter().map(|error| error.split(": ").next().unwrap()).collect();
    assert_eq!(
        positions,
        ["app/a/route.rs:1:14", "app/a/route.rs:2:8", "app/a/route.rs:3:11", "app/b/[[x]]/route.rs", "pages/api/c.rs"]
    );
}
