//! The generated file.

use std::collections::BTreeSet;

use route_handlers::app_dir::FileRoute;

use super::Project;

const USERS: &str = "pub const BODY_LIMIT: usize = 1024;\npub async fn GET() {}\npub async fn POST() {}";

const EDGE: &str =
    "pub const RUNTIME: Runtime = Runtime::Edge;\npub const MAX_DURATION: Duration = Duration::from_secs(1);
#[cfg(feature = \"a\")]\npub async fn PUT() {}\npub async fn GET() {}";

const DOCUMENTED: &str =
    "pub const DOCUMENTED: bool = true;\n/// Shows the log.\n///\n/// The last lines.\npub async fn GET() {}";

const LAYER: &str = "pub fn layer() -> impl HandlerLayer { () }";

const PAGES: &str = "pub const BODY_PARSER: bool = false;\npub async fn handler() {}";

#[test]
fn generated_file_registers_each_route() {
    let project = Project::new(&[
        ("app/api/users/[id]/route.rs", USERS),
        ("app/api/users/[id]/(audit)/log/route.rs", DOCUMENTED),
        ("app/api/users/[id]/(audit)/layer.rs", LAYER),
        ("app/api/users/layer.rs", "pub fn layer(State(db): State<Db>) -> impl HandlerLayer {}"),
        ("app/api/hello/route.rs", EDGE),
        ("app/api/trpc/[...all]/route.rs", "pub fn route(route: Route, State(db): State<Db>) -> Route {}"),
        ("pages/api/legacy.rs", PAGES),
    ]);
    let generated = project.try_generate().unwrap();
    let expected = include_str!("generated.txt");
    let text = project.relative(generated.source());
    assert_eq!(text, expected, "{text}");
}

#[test]
fn generated_file_does_not_depend_on_the_order_of_writing() {
    let files = [("app/b/route.rs", USERS), ("app/a/route.rs", USERS), ("pages/api/legacy.rs", PAGES)];
    let project = Project::new(&files);
    let first = project.try_generate().unwrap();
    files.iter().rev().for_each(|(file, text)| project.write(file, text));
    assert_eq!(project.try_generate().unwrap().source(), first.source());
}

/// Returns the module paths of an app with these files, in the order of the generated file.
fn modules(files: &[&str]) -> Vec<String> {
    let text = |file: &str| match file.rsplit('/').next() {
        _ if file.starts_with("pages") => PAGES,
        Some("layer.rs") => LAYER,
        _ => USERS,
    };
    let files: Vec<_> = files.iter().map(|file| (*file, text(file))).collect();
    let generated = Project::new(&files).try_generate().unwrap_or_else(|error| panic!("{error}"));
    let (mut folders, mut modules) = (Vec::new(), Vec::new());
    for line in generated.source().lines().take_while(|line| !line.contains("The routes, in the order")) {
        let line = line.trim();
        if let Some(folder) = line.strip_prefix("pub mod ").and_then(|line| line.strip_suffix(" {")) {
            folders.push(folder);
        } else if let Some(file) = line.strip_prefix("pub mod ").and_then(|line| line.strip_suffix(';')) {
            modules.push(folders.iter().copied().chain([file]).collect::<Vec<_>>().join("::"));
        } else if line == "}" {
            folders.pop();
        }
    }
    modules
}

#[test]
fn module_path_follows_the_folders() {
    for (file, module) in [
        ("app/route.rs", "route"),
        ("app/api/users/route.rs", "api::users::route"),
        ("app/api/users/[id]/route.rs", "api::users::id::route"),
        ("app/api/[user-id]/route.rs", "api::user_id::route"),
        ("app/files/[...path]/route.rs", "files::rest_path::route"),
        ("app/docs/[[...page]]/route.rs", "docs::rest_page::route"),
        ("app/(admin)/stats/route.rs", "group_admin::stats::route"),
        ("app/users.json/route.rs", "users_json::route"),
        ("app/.well-known/x-y/route.rs", "_well_known::x_y::route"),
        ("app/%5Flib/route.rs", "_lib::route"),
        ("app/2fa/type/route.rs", "_2fa::type_::route"),
        ("app/self/[crate]/super/Self/route.rs", "self_::crate_::super_::Self_::route"),
        ("app/route/layer/gen/async/route.rs", "route_::layer_::gen_::async_::route"),
        ("app/ü/route.rs", "u00fc::route"),
        ("app/pages/pages/route.rs", "pages_::pages::route"),
        ("app/route-handlers/route-handlers/route.rs", "route_handlers_::route_handlers::route"),
        ("pages/api/hello.rs", "pages::api::hello::route"),
        ("pages/api/hello/index.rs", "pages::api::hello::route"),
        ("pages/api/[...all].rs", "pages::api::rest_all::route"),
    ] {
        assert_eq!(modules(&[file]), [module], "{file}");
    }
}

#[test]
fn module_path_is_unique_and_does_not_depend_on_other_files() {
    let deep = "a/folder/whose/path/is/much/longer/than/forty/characters/of/a/name";
    let files = [
        "app/route.rs".to_owned(),
        "app/A/route.rs".to_owned(),
        "app/a/route.rs".to_owned(),
        "app/(a)/a/[...a]/route.rs".to_owned(),
        "app/(h)/a/[a]/x/route.rs".to_owned(),
        "app/a/b/route.rs".to_owned(),
        "app/a/[a]/route.rs".to_owned(),
        "app/ab/route.rs".to_owned(),
        "app/(h)/ab/c/route.rs".to_owned(),
        "app/ü/route.rs".to_owned(),
        "app/u\u{308}/route.rs".to_owned(),
        "app/1/route.rs".to_owned(),
        "app/1-2/route.rs".to_owned(),
        "app/12/route.rs".to_owned(),
        "app/pages/api/x/route.rs".to_owned(),
        "pages/api/x.rs".to_owned(),
        "pages/api/x/y.rs".to_owned(),
        format!("app/{deep}/one/route.rs"),
        format!("app/{deep}/two/route.rs"),
    ];
    let files: Vec<_> = files.iter().map(String::as_str).collect();
    let together = modules(&files);
    assert_eq!(together.iter().collect::<BTreeSet<_>>().len(), files.len(), "{together:#?}");
    for file in files {
        assert!(together.contains(&modules(&[file])[0]), "{file} has another name alone");
    }
}

#[test]
fn two_folders_with_one_module_are_an_error_that_names_both() {
    for (one, other, module) in [
        ("app/a-b", "app/a_b", "a_b"),
        ("app/a-b", "app/a.b", "a_b"),
        ("app/x/id", "app/x/[id]", "x::id"),
        ("app/x/type", "app/x/type_", "x::type_"),
    ] {
        let files = [format!("{one}/route.rs"), format!("{other}/c/route.rs"), format!("{other}/route.rs")];
        let errors = Project::new(&files.each_ref().map(|file| (file.as_str(), USERS))).errors();
        assert!(!errors.is_empty(), "{one} {other}");
        for error in errors {
            let names = [one, other].map(|folder| format!("`{}`", folder.rsplit('/').next().unwrap()));
            assert!(error.contains(&format!(" has the module `{module}`, and so has ")), "{error}");
            assert!(names.iter().all(|name| error.contains(name)), "{error}");
            assert!(error.matches("/route.rs").count() == 2 && error.contains("rename one of them"), "{error}");
        }
    }
}

#[test]
fn layer_of_a_folder_with_the_module_of_another_is_an_error() {
    let layer = "pub fn layer() -> impl route_handlers::service::HandlerLayer { tower::layer::util::Identity::new() }";
    let errors = Project::new(&[("app/a-b/layer.rs", layer), ("app/a_b/route.rs", USERS)]).errors();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(errors[0].contains(" has the module `a_b`, and so has "), "{}", errors[0]);
}

#[test]
fn work_is_linear_in_the_number_of_files() {
    let allocations = |count: usize| {
        let files: Vec<_> = (0..count)
            .map(|number| format!("app/a/common/prefix/of/more/than/forty/characters/{number:04}/[id]/route.rs"))
            .collect();
        let files: Vec<_> = files.iter().map(|file| (file.as_str(), USERS)).collect();
        let project = Project::new(&files);
        allocation_counter::measure(|| drop(project.try_generate().unwrap())).count_total
    };
    let (few, many) = (allocations(50), allocations(400));
    assert!(many < 9 * few, "{few} allocations for 50 files, {many} for 400");
}

#[test]
fn file_is_listed_under_the_conditions_of_its_handlers() {
    let project = Project::new(&[
        ("app/one/route.rs", "#[cfg(feature = \"a\")]\npub async fn GET() {}\npub const BODY_LIMIT: usize = 1;"),
        (
            "app/two/route.rs",
            "#[cfg(feature = \"a\")]\n#[cfg(unix,)]\npub async fn GET() {}\n#[cfg(windows)]\npub async fn PUT() {}",
        ),
        ("app/open/route.rs", "#[cfg(feature = \"a\")]\npub async fn GET() {}\npub async fn PUT() {}"),
        ("pages/api/three.rs", "#[cfg(any())]\npub async fn handler() {}"),
    ]);
    let generated = project.try_generate().unwrap();
    let condition = |pattern: &str| {
        let before = generated.source().split(&format!("\"{pattern}\", &[")).next().unwrap();
        let entry = before.lines().rev().skip(1).map(str::trim);
        let conditions = entry.take_while(|line| line.starts_with("#[cfg("));
        conditions.filter(|line| !line.contains("wasm32")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(condition("/one"), ["#[cfg(feature = \"a\")]"], "{}", generated.source());
    assert_eq!(condition("/two"), ["#[cfg(any(all(feature = \"a\", unix), windows))]"]);
    assert_eq!(condition("/open"), [""; 0]);
    assert_eq!(condition("/api/three"), ["#[cfg(any())]"]);
}

#[test]
fn invalid_rust_is_left_to_the_compiler_and_fails_the_build() {
    let project =
        Project::new(&[("app/a/route.rs", "pub async fn GET() {\n  let x = (;\n}"), ("app/b/route.rs", USERS)]);
    let generated = project.try_generate().unwrap();
    let text = project.relative(generated.source());
    assert!(text.contains("mod route;\n    compile_error!(\"app/a/route.rs:"), "{text}");
    assert_eq!(generated.routes().map(FileRoute::pattern).collect::<Vec<_>>(), ["/b"]);
}
