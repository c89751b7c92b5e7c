//! Layouts of folders that were tried with Next.js. They are accepted or refused as by `next build` and `next start`, except
//! where a comment says otherwise.
//!
//! `files.rs` has the tests about the text of one file. The signatures that TypeScript checks are checked by rustc.

use futures_util::FutureExt;
use route_handlers::extract::MatchedRoute;
use route_handlers::{Request, RouteHandlers};

use super::Project;
use super::support::send_get;

enum Outcome {
    /// Maps a path to the pattern that matches and its parameters, or to 404.
    Accepted(&'static [(&'static str, &'static str)]),
    /// Lists the errors: the beginning of each, and a part of its text.
    Refused(&'static [(&'static str, &'static str)]),
}

use Outcome::{Accepted, Refused};

const NOT_FOUND: &str = "404";

const LAYOUTS: &[(&str, &[&str], Outcome)] = &[
    (
        "two names at the same level",
        &["app/a/[x]/route.rs", "app/a/[y]/route.rs"],
        Refused(&[("app/a/[y]/route.rs: ", "app/a/[x]/route.rs already has the path `/a/{y}`")]),
    ),
    (
        "two names, one of them deeper",
        &["app/a/[x]/route.rs", "app/a/[y]/b/route.rs"],
        Refused(&[(
            "app/a/[y]/b/route.rs: ",
            "`[y]` is at the level of `[x]` in app/a/[x]/route.rs: use one name for both",
        )]),
    ),
    (
        "two names across routers",
        &["app/api/u/[id]/route.rs", "pages/api/u/[name]/x.rs"],
        Refused(&[("pages/api/u/[name]/x.rs: ", "`[name]` is at the level of `[id]` in app/api/u/[id]/route.rs")]),
    ),
    (
        "catch-all not last",
        &["app/a/[...s]/b/route.rs"],
        Refused(&[("app/a/[...s]/b/route.rs: ", "`/a/{*s}/b`: a catch-all must be the last segment")]),
    ),
    (
        "optional catch-all not last",
        &["app/a/[[...s]]/b/route.rs"],
        Refused(&[("app/a/[[...s]]/b/route.rs: ", "`/a/{*s?}/b`: a catch-all must be the last segment")]),
    ),
    (
        "optional catch-all and index",
        &["app/a/[[...s]]/route.rs", "app/a/route.rs"],
        Refused(&[(
            "app/a/[[...s]]/route.rs: ",
            "`[[...s]]` also matches the path of app/a/route.rs: write `[...rest]`",
        )]),
    ),
    (
        "optional catch-all of a group, and index",
        &["app/(g)/a/[[...s]]/route.rs", "app/a/route.rs"],
        Refused(&[("app/a/route.rs: ", "`[[...s]]` of app/(g)/a/[[...s]]/route.rs also matches this path")]),
    ),
    (
        "optional and required catch-all",
        &["app/a/[...s]/route.rs", "app/a/[[...t]]/route.rs"],
        Refused(&[("app/a/[[...t]]/route.rs: ", "`[[...t]]` is at the level of `[...s]` in app/a/[...s]/route.rs")]),
    ),
    (
        "optional and required catch-all of the same name",
        &["app/a/[...s]/route.rs", "app/a/[[...s]]/route.rs"],
        Refused(&[("app/a/[[...s]]/route.rs: ", "`[[...s]]` is at the level of `[...s]` in app/a/[...s]/route.rs")]),
    ),
    (
        "a name twice",
        &["app/a/[x]/b/[x]/route.rs"],
        Refused(&[("app/a/[x]/b/[x]/route.rs: ", "`/a/{x}/b/{x}`: two parameters are named `x`: rename one")]),
    ),
    (
        "dynamic and catch-all",
        &["app/a/[...s]/route.rs", "app/a/[x]/route.rs"],
        Accepted(&[("/a/1", "/a/{x} x=1"), ("/a/1/2", "/a/{*s} s=1,2"), ("/a", NOT_FOUND)]),
    ),
    (
        "dynamic and catch-all of the same name",
        &["app/a/[...x]/route.rs", "app/a/[x]/route.rs"],
        Accepted(&[("/a/1", "/a/{x} x=1"), ("/a/1/2", "/a/{*x} x=1,2")]),
    ),
    (
        "dynamic and optional catch-all",
        &["app/a/[[...s]]/route.rs", "app/a/[x]/route.rs"],
        Accepted(&[("/a", "/a/{*s?}"), ("/a/1", "/a/{x} x=1"), ("/a/1/2", "/a/{*s?} s=1,2")]),
    ),
    (
        "names that differ by punctuation",
        &["app/a/[a-b]/[ab]/route.rs"],
        Refused(&[("app/a/[a-b]/[ab]/route.rs: ", "`a-b` and `ab` differ in punctuation only")]),
    ),
    (
        "the same path in two groups",
        &["app/(g1)/a/route.rs", "app/(g2)/a/route.rs"],
        Refused(&[("app/(g2)/a/route.rs: ", "app/(g1)/a/route.rs already has the path `/a`")]),
    ),
    (
        "the same dynamic path in two groups",
        &["app/(g1)/[x]/route.rs", "app/(g2)/[y]/route.rs"],
        Refused(&[("app/(g2)/[y]/route.rs: ", "app/(g1)/[x]/route.rs already has the path `/{y}`")]),
    ),
    (
        "route and page",
        &["app/a/page.js", "app/a/route.rs", "app/layout.js"],
        Refused(&[("app/a/route.rs: ", "app/a/page.js also has the path `/a`")]),
    ),
    (
        "route and page of a group",
        &["app/(site)/a/page.tsx", "app/a/route.rs"],
        Refused(&[("app/a/route.rs: ", "app/(site)/a/page.tsx also has the path `/a`")]),
    ),
    (
        "a page elsewhere",
        &["app/page.js", "app/[[x]]/page.js", "app/api/a/route.rs"],
        Accepted(&[("/api/a", "/api/a"), ("/", NOT_FOUND)]),
    ),
    (
        "app and pages, the same path",
        &["app/api/a/route.rs", "pages/api/a.rs"],
        Refused(&[("pages/api/a.rs: ", "app/api/a/route.rs already has the path `/api/a`")]),
    ),
    (
        "app and pages, the same dynamic path",
        &["app/api/[a]/route.rs", "pages/api/[a].rs"],
        Refused(&[("pages/api/[a].rs: ", "app/api/[a]/route.rs already has the path `/api/{a}`")]),
    ),
    (
        "optional single segment",
        &["app/a/[[x]]/route.rs"],
        Refused(&[("app/a/[[x]]/route.rs: ", "`[[x]]` is an optional segment, which does not exist: write `[id]`")]),
    ),
    ("empty name", &["app/a/[]/route.rs"], Refused(&[("app/a/[]/route.rs: ", "a parameter has no name")])),
    (
        "empty name of a catch-all",
        &["app/a/[...]/route.rs"],
        Refused(&[("app/a/[...]/route.rs: ", "a parameter has no name")]),
    ),
    (
        "too many brackets",
        &["app/a/[[[x]]]/route.rs"],
        Refused(&[("app/a/[[[x]]]/route.rs: ", "is an optional segment")]),
    ),
    (
        "a dot before the name",
        &["app/a/[.x]/route.rs"],
        Refused(&[("app/a/[.x]/route.rs: ", "`.x` is not a parameter name: did you mean `[...x]`")]),
    ),
    (
        "a catch-all with two dots",
        &["app/a/[..x]/route.rs"],
        Refused(&[("app/a/[..x]/route.rs: ", "`..x` is not a parameter name: did you mean `[...x]`")]),
    ),
    (
        "a catch-all with the character of three dots",
        &["app/a/[…x]/route.rs"],
        Refused(&[("app/a/[…x]/route.rs: ", "`…x` is not a parameter name: did you mean `[...x]`, with three dots?")]),
    ),
    (
        "a suffix after a name",
        &["app/a/[x].json/route.rs"],
        // In Next.js `/a/%5Bx%5D.json` is 404. Here it is the percent-encoded form of the same path.
        Accepted(&[
            ("/a/1.json", NOT_FOUND),
            ("/a/[x].json", "/a/[x].json"),
            ("/a/%5Bx%5D.json", "/a/[x].json"),
            ("/a/1", NOT_FOUND),
        ]),
    ),
    (
        "a prefix before a name",
        &["app/a/pre-[x]/route.rs"],
        Accepted(&[("/a/pre-1", NOT_FOUND), ("/a/pre-[x]", "/a/pre-[x]"), ("/a/pre-", NOT_FOUND), ("/a/1", NOT_FOUND)]),
    ),
    (
        "pages: a file and an index",
        &["pages/api/a.rs", "pages/api/a/index.rs"],
        // Next.js ignores one of them without an error.
        Refused(&[("pages/api/a/index.rs: ", "pages/api/a.rs already has the path `/api/a`")]),
    ),
    (
        "pages: two names",
        &["pages/api/[a].rs", "pages/api/[b]/c.rs"],
        Refused(&[("pages/api/[b]/c.rs: ", "`[b]` is at the level of `[a]` in pages/api/[a].rs")]),
    ),
    (
        "pages: a prefix before a name",
        &["pages/api/pre-[x].rs"],
        Accepted(&[("/api/pre-1", NOT_FOUND), ("/api/pre-[x]", "/api/pre-[x]")]),
    ),
    ("a difference in case", &["app/A/route.rs", "app/a/route.rs"], Accepted(&[("/a", "/a"), ("/A", "/A")])),
    (
        "app catch-all and pages static",
        &["app/api/[...s]/route.rs", "pages/api/x.rs"],
        Accepted(&[("/api/x", "/api/x"), ("/api/y", "/api/{*s} s=y")]),
    ),
    (
        "app dynamic and pages static",
        &["app/api/[s]/route.rs", "pages/api/x.rs"],
        Accepted(&[("/api/x", "/api/x"), ("/api/y", "/api/{s} s=y")]),
    ),
    (
        "pages catch-all and app static",
        &["app/api/x/route.rs", "pages/api/[...s].rs"],
        Accepted(&[("/api/x", "/api/x"), ("/api/y", "/api/{*s} s=y")]),
    ),
    // The following layouts test rules from the documentation of Next.js.
    (
        "app: groups, private folders, `%5F`, `index`",
        &[
            "app/(group)/(inner)/a/route.rs",
            "app/_private/a/route.rs",
            "app/%5Funder/route.rs",
            "app/index/route.rs",
            "app/route.rs",
            "app/a/helper.rs",
        ],
        Accepted(&[
            ("/a", "/a"),
            ("/group/a", NOT_FOUND),
            ("/_private/a", NOT_FOUND),
            ("/_under", "/_under"),
            ("/index", "/index"),
            ("/", "/"),
            ("/a/helper", NOT_FOUND),
        ]),
    ),
    (
        "pages: groups, `_` and `%5F` are literal, `index` is its folder",
        &[
            "pages/api/(group)/x.rs",
            "pages/api/_under.rs",
            "pages/api/idx/index.rs",
            "pages/api/idx/[id].rs",
            "pages/api/index.rs",
            "pages/api/with.dot.rs",
            "pages/index.tsx",
            "pages/api/oc/[[...slug]].rs",
        ],
        Accepted(&[
            ("/api/(group)/x", "/api/(group)/x"),
            ("/api/x", NOT_FOUND),
            ("/api/_under", "/api/_under"),
            ("/api/idx", "/api/idx"),
            ("/api/idx/index", "/api/idx/{id} id=index"),
            ("/api", "/api"),
            ("/api/with.dot", "/api/with.dot"),
            ("/api/oc", "/api/oc/{*slug?}"),
            ("/api/oc/a/b", "/api/oc/{*slug?} slug=a,b"),
            ("/", NOT_FOUND),
        ]),
    ),
    (
        "two spellings of one path",
        &["app/(g)/ü/route.rs", "app/%C3%BC/route.rs"],
        Refused(&[("app/(g)/ü/route.rs: ", "app/%C3%BC/route.rs already has the path `/ü`")]),
    ),
    (
        "a pattern's syntax",
        &["app/a/{id}/route.rs", "app/b/:id/route.rs", "app/c/*/route.rs"],
        Refused(&[
            ("app/a/{id}/route.rs: ", "`{id}` has the syntax of a pattern: write `[id]`"),
            ("app/b/:id/route.rs: ", "`:id` has the syntax of a pattern"),
            ("app/c/*/route.rs: ", "`*` has the syntax of a pattern"),
        ]),
    ),
    (
        "parallel and intercepting routes",
        &["app/@slot/a/route.rs", "app/(..)b/route.rs"],
        Refused(&[
            ("app/(..)b/route.rs: ", "`(..)b` is a parallel or an intercepting"),
            ("app/@slot/a/route.rs: ", "`@slot`"),
        ]),
    ),
    (
        "Next.js's own route beside ours",
        &["app/api/a/route.ts", "app/api/a/route.rs", "pages/api/b.js", "pages/api/b.rs"],
        Refused(&[
            ("app/api/a/route.rs: ", "app/api/a/route.ts also has the path `/api/a`"),
            ("pages/api/b.rs: ", "pages/api/b.js also has the path `/api/b`"),
        ]),
    ),
    (
        "the older convention ranks as the newer one",
        &["app/s/[...rest]/route.rs", "app/[a]/[b]/c/route.rs", "app/static/[x]/route.rs", "app/[a]/leaf/route.rs"],
        Accepted(&[
            ("/s/y/c", "/s/{*rest} rest=y,c"),
            ("/z/y/c", "/{a}/{b}/c a=z b=y"),
            ("/static/leaf", "/static/{x} x=leaf"),
            ("/static", NOT_FOUND),
        ]),
    ),
];

#[test]
fn layout_is_accepted_or_refused_as_in_next_js() {
    for (name, files, outcome) in LAYOUTS {
        let text =
            |file: &str| if file.starts_with("app") { "pub async fn GET() {}" } else { "pub async fn handler() {}" };
        let files: Vec<_> = files.iter().map(|file| (*file, text(file))).collect();
        let project = Project::new(&files);
        match outcome {
            Refused(expected) => {
                let errors = project.errors();
                assert_eq!(errors.len(), expected.len(), "{name}: {errors:#?}");
                for (error, (file, text)) in errors.iter().zip(*expected) {
                    assert!(error.starts_with(file) && error.contains(text), "{name}: {error}");
                }
            }
            Accepted(expected) => {
                let generated = project.try_generate().unwrap_or_else(|error| panic!("{name}: {error}"));
                let table =
                    generated.routes().fold(RouteHandlers::new(), |table, route| table.get(route.pattern(), show));
                for (path, shown) in *expected {
                    let (status, text) = send_get(table.clone(), path).now_or_never().expect("no handler waits");
                    let text = if status == 404 { NOT_FOUND } else { &text };
                    assert_eq!(text, *shown, "{name}: {path}");
                }
            }
        }
    }
}

/// Responds with the matched pattern and its parameters.
async fn show(route: MatchedRoute, request: Request) -> String {
    let route = route.as_str();
    let mut text = route.to_owned();
    let names: Vec<&str> =
        route.split(['{', '}']).skip(1).step_by(2).map(|name| name.trim_matches(['*', '?'])).collect();
    for name in names {
        let value = match request.segments(name) {
            Some(segments) => Some(segments.collect::<Vec<_>>().join(",")),
            None => request.param(name).map(str::to_owned),
        };
        text += &value.filter(|value| !value.is_empty()).map(|value| format!(" {name}={value}")).unwrap_or_default();
    }
    text
}

#[test]
fn literal_that_looks_like_a_parameter_is_a_warning() {
    let project = Project::new(&[("app/a/[x].json/route.rs", "pub async fn GET() {}")]);
    let generated = project.try_generate().unwrap();
    let warnings: Vec<_> = generated.warnings().map(|warning| project.relative(warning)).collect();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("app/a/[x].json/route.rs: `[x].json` is a literal"), "{warnings:?}");
}

#[test]
fn missing_folder_is_an_error_and_empty_folder_is_a_warning() {
    let error = route_handlers::app_dir::Builder::new("no/app").try_generate().unwrap_err();
    assert!(error.to_string().starts_with("no/app: the folder cannot be read: "), "{error}");
    let project = Project::new(&[("app/layout.tsx", "")]);
    let generated = project.try_generate().unwrap();
    let warnings: Vec<_> = generated.warnings().map(|warning| project.relative(warning)).collect();
    assert!(warnings[0].ends_with("app: it contains no route file"), "{warnings:?}");
}

#[test]
fn file_without_a_runtime_is_a_warning_of_a_build_for_wasm32() {
    // The test runs itself with the variable that cargo gives to a build script.
    const FOLDER: &str = "FOLDER_OF_THE_BUILD";
    if let Some(folder) = std::env::var_os(FOLDER) {
        let generated = route_handlers::app_dir::Builder::new(folder).try_generate().unwrap();
        return generated.warnings().for_each(|warning| println!("{warning}"));
    }
    let project = Project::new(&[
        ("app/a/route.rs", "pub async fn GET() {}"),
        ("app/b/route.rs", "pub const RUNTIME: Runtime = Runtime::Edge; pub async fn GET() {}"),
        ("app/c/route.rs", "pub const RUNTIME: Runtime = Runtime::Native; pub async fn GET() {}"),
        ("app/d/route.rs", "pub async fn GET() {}"),
    ]);
    assert_eq!(project.try_generate().unwrap().warnings().len(), 0);

    let name = "layouts::file_without_a_runtime_is_a_warning_of_a_build_for_wasm32";
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(FOLDER, project.path("app"))
        .env("CARGO_CFG_TARGET_ARCH", "wasm32")
        .output()
        .unwrap();
    let output = project.relative(&String::from_utf8(output.stdout).unwrap());
    let warning = "this build for wasm32 leaves out app/a/route.rs, app/d/route.rs: write `pub const RUNTIME: ";
    assert!(output.contains(warning), "{output}");
}

#[cfg(unix)]
#[test]
fn control_character_in_a_name_is_an_error_of_one_line() {
    for name in ["a\ncargo::rustc-env=X=1", "a\rb", "a\u{85}b", "[i\nd]", "(g\n)", "\t"] {
        for file in [format!("app/{name}/route.rs"), format!("pages/api/{name}.rs")] {
            let project = Project::new(&[(&file, "pub async fn GET() {}\npub async fn handler() {}")]);
            let errors = project.errors();
            assert!(errors[0].ends_with("its name contains a control character: rename it"), "{errors:?}");
            assert!(!errors[0].contains(char::is_control), "{errors:?}");
        }
    }
}

/// rustc refuses a comment with a character that reverses its direction (CVE-2021-42574).
#[test]
fn line_separator_or_direction_mark_in_a_name_is_escaped_in_the_generated_file() {
    let project = Project::new(&[("app/a\u{2028}b\u{202e}c\u{2066}/route.rs", "pub async fn GET() {}")]);
    let generated = project.try_generate().unwrap();
    assert!(!generated.source().contains(['\u{2028}', '\u{202e}', '\u{2066}']), "{}", generated.source());
    assert!(generated.source().contains("a\\u{2028}b\\u{202e}c\\u{2066}"), "{}", generated.source());
}

#[cfg(unix)]
#[test]
fn link_to_a_folder_is_followed_and_link_to_a_parent_is_an_error() {
    use std::os::unix::fs::symlink;

    let project = Project::new(&[("app/v1/users/route.rs", "pub async fn GET() {}")]);
    symlink(project.path("app/v1"), project.path("app/v2")).unwrap();
    let generated = project.try_generate().unwrap();
    assert_eq!(
        generated.routes().map(|route| route.pattern().to_owned()).collect::<Vec<_>>(),
        ["/v1/users", "/v2/users"]
    );

    for target in ["app", "app/v1", "app/v1/users"] {
        let link = project.path("app/v1/users/again");
        symlink(project.path(target), &link).unwrap();
        let errors = project.errors();
        assert!(errors[0].contains("app/v1/users/again") && errors[0].contains("it is a link to "), "{errors:?}");
        std::fs::remove_file(link).unwrap();
    }
}
