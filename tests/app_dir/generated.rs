//! What is written.

use std::process::{Command, Stdio};

use route_handlers::FileRoute;

use super::Project;

const USERS: &str = "pub const BODY_LIMIT: usize = 1024;\npub async fn GET() {}\npub async fn POST() {}";

const EDGE: &str =
    "pub const RUNTIME: Runtime = Runtime::Edge;\npub const MAX_DURATION: Duration = Duration::from_secs(1);
#[cfg(feature = \"a\")]\npub async fn PUT() {}\npub async fn GET() {}";

const PAGES: &str = "pub const BODY_PARSER: bool = false;\npub async fn handler() {}";

#[test]
fn the_generated_file_shows_each_route_beside_its_file() {
    let project = Project::new(&[
        ("app/api/users/[id]/route.rs", USERS),
        ("app/api/hello/route.rs", EDGE),
        ("pages/api/legacy.rs", PAGES),
    ]);
    let generated = project.try_generate().unwrap();
    let wanted = include_str!("generated.txt");
    let text = project.within(generated.source());
    assert_eq!(text, wanted, "{text}");
}

#[test]
fn it_is_laid_out_as_rustfmt_does() {
    let long = "app/a/very/long/path/with/many/segments/of/which/none/is/short/[parameter]/and/[another]/route.rs";
    let verbs = "pub async fn GET() {} pub async fn PUT() {} pub async fn PATCH() {} pub async fn OPTIONS() {}";
    let project = Project::new(&[
        (long, &format!("{verbs} {EDGE}")),
        ("app/a/route.rs", "pub async fn GET() {}"),
        ("app/b/route.rs", USERS),
        ("app/c/route.rs", EDGE),
        ("pages/api/d.rs", PAGES),
    ]);
    let generated = project.try_generate().unwrap();
    project.write("rustfmt.toml", ""); // its defaults, and not those of this repository
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--check", "--color", "never"])
        .arg("--config-path")
        .arg(project.path("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt is there");
    std::io::Write::write_all(&mut rustfmt.stdin.take().unwrap(), generated.source().as_bytes()).unwrap();
    let output = rustfmt.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stdout), generated.source());
}

#[test]
fn the_same_folders_give_the_same_text() {
    let files = [("app/b/route.rs", USERS), ("app/a/route.rs", USERS), ("pages/api/legacy.rs", PAGES)];
    let project = Project::new(&files);
    let first = project.try_generate().unwrap();
    files.iter().rev().for_each(|(file, text)| project.write(file, text));
    assert_eq!(project.try_generate().unwrap().source(), first.source());
}

#[test]
fn modules_have_names_of_their_own() {
    let project = Project::new(&[
        ("app/A/route.rs", USERS),
        ("app/a/route.rs", USERS),
        ("app/(g)/a/[...x]/route.rs", USERS),
        ("app/a-b/route.rs", USERS),
        ("app/a/b/route.rs", USERS),
        ("app/type/route.rs", USERS),
        ("app/1/route.rs", USERS),
        ("app/ü/route.rs", USERS),
        ("app/route.rs", USERS),
    ]);
    let generated = project.try_generate().unwrap();
    let mut modules: Vec<_> = generated.source().lines().filter_map(|line| line.strip_prefix("mod ")).collect();
    modules.sort_unstable();
    assert_eq!(
        modules,
        ["app;", "app_1;", "app_2;", "app_a;", "app_a_2;", "app_a_b;", "app_a_b_2;", "app_g_a_x;", "app_type;"]
    );
}

#[test]
fn what_is_no_rust_is_left_to_the_compiler_and_not_forgotten() {
    let project =
        Project::new(&[("app/a/route.rs", "pub async fn GET() {\n  let x = (;\n}"), ("app/b/route.rs", USERS)]);
    let generated = project.try_generate().unwrap();
    let text = project.within(generated.source());
    assert!(text.contains("mod app_a;\ncompile_error!(\"app/a/route.rs:"), "{text}");
    assert_eq!(generated.routes().map(FileRoute::pattern).collect::<Vec<_>>(), ["/b"]);
}
