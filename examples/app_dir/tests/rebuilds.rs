//! Builds a small project repeatedly, while its route files are added, moved and removed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

struct Project(PathBuf);

impl Project {
    /// Makes a project that prints its routes.
    fn new() -> Self {
        let project = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join("rebuilds"));
        let _ = fs::remove_dir_all(&project.0);
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        project.write(
            "Cargo.toml",
            &format!(
                r#"
                [package]
                name = "rebuilds"
                edition = "2024"

                [dependencies]
                handlers = {{ package = "route-handlers", path = {repository:?} }} # under another name

                [build-dependencies]
                handlers = {{ package = "route-handlers", path = {repository:?}, default-features = false, features = ["app-dir"] }}

                [workspace]
                "#
            ),
        );
        fs::copy(repository.join("Cargo.lock"), project.path("Cargo.lock")).expect("the repository has a Cargo.lock");
        project.write("build.rs", r#"fn main() { handlers::app_dir::Builder::new("app").generate() }"#);
        project.write("src/main.rs", MAIN);
        project.write("app/a/route.rs", r#"pub async fn GET() -> &'static str { "one" }"#);
        project
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder is created");
        fs::write(path, text).expect("the file is written");
    }

    fn cargo(&self, command: &str) -> Output {
        // Uses the built dependencies of this test.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder is in the target folder");
        Command::new(env!("CARGO"))
            .args([command, "--quiet", "--offline"])
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo runs")
    }

    /// Runs the program, and returns its output.
    #[track_caller]
    fn prints(&self) -> String {
        let output = self.cargo("run");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        assert_eq!(errors, "", "the build has no warnings");
        String::from_utf8(output.stdout).expect("the output is text")
    }

    /// Builds the program, which must fail, and returns the errors.
    #[track_caller]
    fn errors(&self) -> String {
        let output = self.cargo("build");
        assert!(!output.status.success());
        String::from_utf8(output.stderr).expect("the output is text")
    }

    /// Runs the program, which must panic at this place, and returns what it prints.
    #[track_caller]
    fn panics(&self, place: &str) -> String {
        let output = self.cargo("run");
        let errors = String::from_utf8(output.stderr).expect("the output is text");
        assert!(!output.status.success() && errors.contains(&format!("panicked at {place}")), "{errors}");
        errors
    }

    /// Returns the time when the routes were generated, and the time when the build script last ran.
    fn times(&self) -> (SystemTime, SystemTime) {
        let out = fs::read_to_string(self.path("out")).expect("the program wrote the file `out`");
        let written = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).expect("the file exists");
        let out = Path::new(&out);
        (written(&out.join("route_handlers_app_dir.rs")), written(&out.with_file_name("output")))
    }
}

/// Uses each form of the macro, with lints that the generated code must satisfy.
const MAIN: &str = r#"
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications, rust_2018_idioms)]
//! Prints the routes.

handlers::app_dir!(mod app);

fn main() {
    let names = |table: &handlers::RouteHandlers| {
        table.routes().map(|route| format!("{route:?}")).collect::<Vec<_>>().join(" ")
    };
    let table = app::register(handlers::RouteHandlers::new());
    let alone = handlers::app_dir!();
    let with_more = handlers::app_dir!(with: handlers::RouteHandlers::new().get("/more", async || "more"));
    assert_eq!(names(&table), names(&alone));
    assert_eq!(format!("/more [GET] {}", names(&table)).trim_end(), names(&with_more));
    assert_eq!(app::ROUTES.len(), table.routes().count());
    println!("{}", names(&table));
    std::fs::write("out", env!("OUT_DIR")).unwrap();
}
"#;

#[test]
fn changed_route_files_change_the_routes() {
    let project = Project::new();
    assert_eq!(project.prints(), "/a [GET]\n");
    let (generated, run) = project.times();

    // A change outside the folders does not run the build script.
    project.write("src/main.rs", &format!("{MAIN}// changed"));
    assert_eq!(project.prints(), "/a [GET]\n");
    assert_eq!(project.times(), (generated, run), "the build script did not run");

    // A change of a handler's body does not write the generated file.
    project.write("app/a/route.rs", r#"pub async fn GET() -> &'static str { "two" }"#);
    assert_eq!(project.prints(), "/a [GET]\n");
    assert_eq!(project.times().0, generated, "the generated file was not written");
    project.write("app/a/route.rs", r#"pub async fn POST() -> &'static str { "two" }"#);
    assert_eq!(project.prints(), "/a [POST]\n");

    // A file that is added, moved or removed changes the routes.
    project.write("app/b/[id]/route.rs", "mod helper;\npub use helper::show as GET;");
    project.write("app/b/[id]/helper.rs", "pub async fn show() {}");
    assert_eq!(project.prints(), "/a [POST] /b/{id} [GET]\n");
    fs::rename(project.path("app/b"), project.path("app/c")).unwrap();
    assert_eq!(project.prints(), "/a [POST] /c/{id} [GET]\n");
    fs::remove_file(project.path("app/c/[id]/route.rs")).unwrap();
    assert_eq!(project.prints(), "/a [POST]\n");
    fs::remove_dir_all(project.path("app/a")).unwrap();
    project
        .write("app/d/route.rs", "#[cfg(windows)] pub async fn GET() {}\n#[cfg(not(windows))] pub async fn PUT() {}");
    assert_eq!(project.prints(), if cfg!(windows) { "/d [GET]\n" } else { "/d [PUT]\n" });

    // A layer around no compiled route is left out.
    let layer = "use handlers::middleware::{Next, from_fn};\n\
                 pub fn layer() -> impl handlers::service::HandlerLayer {\n    \
                 from_fn(async |request: handlers::Request, next: Next| next.run(request).await)\n}";
    project.write("app/d/layer.rs", layer);
    project.write("app/d/none/route.rs", "#[cfg(any())] pub async fn GET() {}");
    project.write("app/d/none/layer.rs", layer);
    let method = if cfg!(windows) { "GET" } else { "PUT" };
    assert_eq!(project.prints(), format!("/d [{method}].layer(FromFn<{{{{closure}}}}, ()>)\n"));

    // Every mistake is reported, and reported again until it is fixed.
    project.write("app/e/route.rs", "pub async fn Post() {}\npub async fn GET() {}");
    project.write("app/[[x]]/route.rs", "pub async fn GET() {}");
    for _ in 0..2 {
        let errors = project.errors();
        let lines: Vec<_> = errors.lines().collect();
        assert_eq!(lines.len(), 3, "{errors}");
        assert!(lines[0].contains(": app/[[x]]/route.rs: `[[x]]` is an optional segment"), "{errors}");
        assert!(lines[1].ends_with(": app/e/route.rs:1:14: `Post` is not a method: did you mean `POST`?"), "{errors}");
        assert_eq!(lines[2], "error: build script logged errors");
    }
    fs::remove_dir_all(project.path("app/[[x]]")).unwrap();

    // The compiler reports the other mistakes in the route file.
    project.write("app/e/route.rs", "pub async fn GET( {}");
    let errors = project.errors();
    assert!(errors.contains("app/e/route.rs:1:"), "{errors}");
    project.write("app/e/route.rs", "pub async fn GET() -> std::fs::File { loop {} }");
    let errors = project.errors();
    assert!(errors.contains("the trait bound `File: IntoResponse`") || errors.contains("`File`"), "{errors}");
    project
        .write("app/e/route.rs", "#[derive(Clone)] struct Wrong;\npub async fn GET(_: handlers::Extension<Wrong>) {}");
    let errors = project.errors();
    assert!(errors.contains("e::route::Wrong` is more private than the item"), "{errors}");
    assert!(errors.contains("app/e/route.rs:2:1"), "{errors}");
    project.write(
        "app/e/route.rs",
        "pub const MAX_DURATION: std::time::Duration = std::time::Duration::ZERO;\npub async fn GET() {}",
    );
    let errors = project.errors();
    assert!(errors.contains("`e::route::MAX_DURATION` needs the feature `timeout` of route-handlers"), "{errors}");

    // A file, and the program, can use the items of another file by the path of its folder.
    project.write("app/e/route.rs", "pub async fn GET(_: handlers::State<u8>) {}");
    project.write("app/e/[id]/copy/route.rs", "pub use super::super::super::route::GET;");
    project.write("app/f/route.rs", "pub use crate::app::e::route::GET as POST;");
    project.write(
        "src/main.rs",
        "handlers::app_dir!(mod app);\nfn main() {\n    let table = handlers::RouteHandlers::new().put(\"/\", app::f::route::POST);\n}",
    );
    let errors = project.panics("src/main.rs:3:");
    assert!(errors.contains("the handler of `PUT /` takes `State<u8>`"), "{errors}");

    // The panic of a registration names the route file, and the line of the program.
    project.write(
        "src/main.rs",
        "handlers::app_dir!(mod app);\nfn main() {\n    app::register(handlers::RouteHandlers::new());\n}",
    );
    let errors = project.panics("src/main.rs:3:");
    let expected = "\napp/e/route.rs: the handler of `GET /e` takes `State<u8>`, which the table lacks";
    assert!(errors.contains(expected), "{errors}");
    project.write(
        "app/e/route.rs",
        "pub fn route(route: handlers::Route, _: handlers::State<u8>) -> handlers::Route { route }",
    );
    fs::remove_dir_all(project.path("app/e/[id]")).unwrap();
    fs::remove_dir_all(project.path("app/f")).unwrap();
    let errors = project.panics("src/main.rs:3:");
    assert!(errors.contains("\napp/e/route.rs: its function takes `State<u8>`, which the table lacks"), "{errors}");
    project.write("app/e/route.rs", "pub fn route(route: handlers::Route) -> handlers::Route { route }");
    let errors = project.panics("src/main.rs:3:");
    assert!(errors.contains("\napp/e/route.rs: `route` returns a `Route` without a handler"), "{errors}");
    project.write("app/e/route.rs", "pub async fn GET() {}");
    project.write("app/e/layer.rs", "pub fn layer(_: handlers::State<u8>) -> impl handlers::service::HandlerLayer {}");
    let errors = project.panics("src/main.rs:3:");
    assert!(errors.contains("\napp/e/layer.rs: its function takes `State<u8>`, which the table lacks"), "{errors}");
    let middleware = "async |_: handlers::State<u8>, request: handlers::Request, next: Next| next.run(request).await";
    project.write(
        "app/e/layer.rs",
        &layer.replace("async |request: handlers::Request, next: Next| next.run(request).await", middleware),
    );
    let errors = project.panics("src/main.rs:3:");
    assert!(errors.contains("app/e/layer.rs:3:"), "{errors}");
    project.write("app/e/layer.rs", "pub fn layer() -> impl handlers::service::HandlerLayer { 1 }");
    let errors = project.errors();
    assert!(errors.contains("is not a layer for routes") && errors.contains("app/e/layer.rs:1:19"), "{errors}");

    // A mistake that is found later names the route file too.
    fs::remove_file(project.path("app/e/layer.rs")).unwrap();
    project.write("app/e/[id]/route.rs", "pub async fn GET(_: handlers::Path<(u8, u8)>) {}");
    let main =
        "handlers::app_dir!(mod app);\nfn main() {\n    let table = app::register(handlers::RouteHandlers::new());\n";
    project.write("src/main.rs", &format!("{main}    table.over(());\n}}"));
    let errors = project.panics("src/main.rs:4:");
    assert!(errors.contains("it was registered at app/e/[id]/route.rs by src/main.rs:3:17"), "{errors}");
    project.write("src/main.rs", &format!("{main}    table.get(\"/e\", async || ());\n}}"));
    let errors = project.panics("src/main.rs:4:");
    assert!(errors.contains("it was first registered at app/e/route.rs by src/main.rs:3:17"), "{errors}");
}
