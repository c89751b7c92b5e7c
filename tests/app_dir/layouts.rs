//! Layouts of folders that Next.js was tried with, under the names they had there: accepted or refused as by `next build`
//! and `next start`, but where it is said.
//!
//! The layouts there that are about the text of one file stand in `files.rs`; what TypeScript says of a signature, the
//! compiler says here.

use futures_util::FutureExt;
use route_handlers::{MatchedRoute, Request, RouteHandlers};

use super::Project;
use super::support::send_get;

enum Outcome {
    /// Path → the pattern that answers, and its parameters; or 404.
    Answers(&'static [(&'static str, &'static str)]),
    /// The mistakes: where each begins, and what it says, among other words.
    Refused(&'static [(&'static str, &'static str)]),
}

use Outcome::{Answers, Refused};

const NOT_FOUND: &str = "404";

const LAYOUTS: &[(&str, &[&str], Outcome)] = &[
    (
        "two names at the same level",
        &["app/a/[x]/route.rs", "app/a/[y]/route.rs"],
        Refused(&[("app/a/[y]/route.rs: ", "`/a/{y}` is answered by app/a/[x]/route.rs already")]),
    ),
    (
        "two names, one of them deeper",
        &["app/a/[x]/route.rs", "app/a/[y]/b/route.rs"],
        Refused(&[(
            "app/a/[y]/b/route.rs: ",
            "`[y]` stands where app/a/[x]/route.rs has `[x]`: one level has one name",
        )]),
    ),
    (
        "two names across routers",
        &["app/api/u/[id]/route.rs", "pages/api/u/[name]/x.rs"],
        Refused(&[("pages/api/u/[name]/x.rs: ", "`[name]` stands where app/api/u/[id]/route.rs has `[id]`")]),
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
            "`[[...s]]` also takes the path of app/a/route.rs: write `[...rest]`",
        )]),
    ),
    (
        "optional catch-all of a group, and index",
        &["app/(g)/a/[[...s]]/route.rs", "app/a/route.rs"],
        Refused(&[("app/a/route.rs: ", "`[[...s]]` of app/(g)/a/[[...s]]/route.rs takes this path, too")]),
    ),
    (
        "optional and required catch-all",
        &["app/a/[...s]/route.rs", "app/a/[[...t]]/route.rs"],
        Refused(&[("app/a/[[...t]]/route.rs: ", "`[[...t]]` stands where app/a/[...s]/route.rs has `[...s]`")]),
    ),
    (
        "optional and required catch-all of the same name",
        &["app/a/[...s]/route.rs", "app/a/[[...s]]/route.rs"],
        Refused(&[("app/a/[[...s]]/route.rs: ", "`[[...s]]` stands where app/a/[...s]/route.rs has `[...s]`")]),
    ),
    (
        "a name twice",
        &["app/a/[x]/b/[x]/route.rs"],
        Refused(&[("app/a/[x]/b/[x]/route.rs: ", "`/a/{x}/b/{x}`: the parameter `x` stands in it twice")]),
    ),
    (
        "dynamic and catch-all",
        &["app/a/[...s]/route.rs", "app/a/[x]/route.rs"],
        Answers(&[("/a/1", "/a/{x} x=1"), ("/a/1/2", "/a/{*s} s=1,2"), ("/a", NOT_FOUND)]),
    ),
    (
        "dynamic and catch-all of the same name",
        &["app/a/[...x]/route.rs", "app/a/[x]/route.rs"],
        Answers(&[("/a/1", "/a/{x} x=1"), ("/a/1/2", "/a/{*x} x=1,2")]),
    ),
    (
        "dynamic and optional catch-all",
        &["app/a/[[...s]]/route.rs", "app/a/[x]/route.rs"],
        Answers(&[("/a", "/a/{*s?}"), ("/a/1", "/a/{x} x=1"), ("/a/1/2", "/a/{*s?} s=1,2")]),
    ),
    (
        "names that differ by punctuation",
        &["app/a/[a-b]/[ab]/route.rs"],
        Refused(&[("app/a/[a-b]/[ab]/route.rs: ", "`a-b` and `ab` differ in punctuation only")]),
    ),
    (
        "the same path in two groups",
        &["app/(g1)/a/route.rs", "app/(g2)/a/route.rs"],
        Refused(&[("app/(g2)/a/route.rs: ", "`/a` is answered by app/(g1)/a/route.rs already")]),
    ),
    (
        "the same dynamic path in two groups",
        &["app/(g1)/[x]/route.rs", "app/(g2)/[y]/route.rs"],
        Refused(&[("app/(g2)/[y]/route.rs: ", "`/{y}` is answered by app/(g1)/[x]/route.rs already")]),
    ),
    (
        "route and page",
        &["app/a/page.js", "app/a/route.rs", "app/layout.js"],
        Refused(&[("app/a/route.rs: ", "`/a` is answered by app/a/page.js, too")]),
    ),
    (
        "route and page of a group",
        &["app/(site)/a/page.tsx", "app/a/route.rs"],
        Refused(&[("app/a/route.rs: ", "`/a` is answered by app/(site)/a/page.tsx, too")]),
    ),
    (
        "a page elsewhere",
        &["app/page.js", "app/[[x]]/page.js", "app/api/a/route.rs"],
        Answers(&[("/api/a", "/api/a"), ("/", NOT_FOUND)]),
    ),
    (
        "app and pages, the same path",
        &["app/api/a/route.rs", "pages/api/a.rs"],
        Refused(&[("pages/api/a.rs: ", "`/api/a` is answered by app/api/a/route.rs already")]),
    ),
    (
        "app and pages, the same dynamic path",
        &["app/api/[a]/route.rs", "pages/api/[a].rs"],
        Refused(&[("pages/api/[a].rs: ", "`/api/{a}` is answered by app/api/[a]/route.rs already")]),
    ),
    (
        "optional single segment",
        &["app/a/[[x]]/route.rs"],
        Refused(&[("app/a/[[x]]/route.rs: ", "`[[x]]` would be an optional segment, and there is none: write `[id]`")]),
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
        Refused(&[("app/a/[[[x]]]/route.rs: ", "would be an optional segment")]),
    ),
    (
        "a dot before the name",
        &["app/a/[.x]/route.rs"],
        Refused(&[("app/a/[.x]/route.rs: ", "`.x` is no parameter name: did you mean `[...x]`")]),
    ),
    (
        "a catch-all with two dots",
        &["app/a/[..x]/route.rs"],
        Refused(&[("app/a/[..x]/route.rs: ", "`..x` is no parameter name: did you mean `[...x]`")]),
    ),
    (
        "a catch-all with the character of three dots",
        &["app/a/[…x]/route.rs"],
        Refused(&[("app/a/[…x]/route.rs: ", "`…x` is no parameter name: did you mean `[...x]`, with three dots?")]),
    ),
    (
        "a suffix after a name",
        &["app/a/[x].json/route.rs"],
        // There `/a/%5Bx%5D.json` is 404; here the escape is another spelling of the same path.
        Answers(&[
            ("/a/1.json", NOT_FOUND),
            ("/a/[x].json", "/a/[x].json"),
            ("/a/%5Bx%5D.json", "/a/[x].json"),
            ("/a/1", NOT_FOUND),
        ]),
    ),
    (
        "a prefix before a name",
        &["app/a/pre-[x]/route.rs"],
        Answers(&[("/a/pre-1", NOT_FOUND), ("/a/pre-[x]", "/a/pre-[x]"), ("/a/pre-", NOT_FOUND), ("/a/1", NOT_FOUND)]),
    ),
    (
        "pages: a file and an index",
        &["pages/api/a.rs", "pages/api/a/index.rs"],
        // There the one is taken and the other is dead, without a word.
        Refused(&[("pages/api/a/index.rs: ", "`/api/a` is answered by pages/api/a.rs already")]),
    ),
    (
        "pages: two names",
        &["pages/api/[a].rs", "pages/api/[b]/c.rs"],
        Refused(&[("pages/api/[b]/c.rs: ", "`[b]` stands where pages/api/[a].rs has `[a]`")]),
    ),
    (
        "pages: a prefix before a name",
        &["pages/api/pre-[x].rs"],
        Answers(&[("/api/pre-1", NOT_FOUND), ("/api/pre-[x]", "/api/pre-[x]")]),
    ),
    ("a difference in case", &["app/A/route.rs", "app/a/route.rs"], Answers(&[("/a", "/a"), ("/A", "/A")])),
    (
        "app catch-all and pages static",
        &["app/api/[...s]/route.rs", "pages/api/x.rs"],
        Answers(&[("/api/x", "/api/x"), ("/api/y", "/api/{*s} s=y")]),
    ),
    (
        "app dynamic and pages static",
        &["app/api/[s]/route.rs", "pages/api/x.rs"],
        Answers(&[("/api/x", "/api/x"), ("/api/y", "/api/{s} s=y")]),
    ),
    (
        "pages catch-all and app static",
        &["app/api/x/route.rs", "pages/api/[...s].rs"],
        Answers(&[("/api/x", "/api/x"), ("/api/y", "/api/{*s} s=y")]),
    ),
    // What follows is of the routing rules, and was no layout of its own.
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
        Answers(&[
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
        Answers(&[
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
        Refused(&[("app/(g)/ü/route.rs: ", "`/ü` is answered by app/%C3%BC/route.rs already")]),
    ),
    (
        "a pattern's syntax",
        &["app/a/{id}/route.rs", "app/b/:id/route.rs", "app/c/*/route.rs"],
        Refused(&[
            ("app/a/{id}/route.rs: ", "`{id}` is a pattern's syntax: a folder's is `[id]`"),
            ("app/b/:id/route.rs: ", "`:id` is a pattern's syntax"),
            ("app/c/*/route.rs: ", "`*` is a pattern's syntax"),
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
            ("app/api/a/route.rs: ", "`/api/a` is answered by app/api/a/route.ts, too"),
            ("pages/api/b.rs: ", "`/api/b` is answered by pages/api/b.js, too"),
        ]),
    ),
    (
        "the older convention ranks as the newer one",
        &["app/s/[...rest]/route.rs", "app/[a]/[b]/c/route.rs", "app/static/[x]/route.rs", "app/[a]/leaf/route.rs"],
        Answers(&[
            ("/s/y/c", "/s/{*rest} rest=y,c"),
            ("/z/y/c", "/{a}/{b}/c a=z b=y"),
            ("/static/leaf", "/static/{x} x=leaf"),
            ("/static", NOT_FOUND),
        ]),
    ),
];

#[test]
fn each_layout_is_accepted_or_refused() {
    for (name, files, outcome) in LAYOUTS {
        let text =
            |file: &str| if file.starts_with("app") { "pub async fn GET() {}" } else { "pub async fn handler() {}" };
        let files: Vec<_> = files.iter().map(|file| (*file, text(file))).collect();
        let project = Project::new(&files);
        match outcome {
            Refused(wanted) => {
                let mistakes = project.mistakes();
                assert_eq!(mistakes.len(), wanted.len(), "{name}: {mistakes:#?}");
                for (mistake, (file, words)) in mistakes.iter().zip(*wanted) {
                    assert!(mistake.starts_with(file) && mistake.contains(words), "{name}: {mistake}");
                }
            }
            Answers(wanted) => {
                let generated = project.try_generate().unwrap_or_else(|error| panic!("{name}: {error}"));
                let table =
                    generated.routes().fold(RouteHandlers::new(), |table, route| table.get(route.pattern(), show));
                for (path, answer) in *wanted {
                    let (status, text) = send_get(table.clone(), path).now_or_never().expect("nothing waits");
                    let text = if status == 404 { NOT_FOUND } else { &text };
                    assert_eq!(text, *answer, "{name}: {path}");
                }
            }
        }
    }
}

/// The pattern that answers, and its parameters.
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
fn what_looks_like_a_parameter_and_is_none_is_warned_of() {
    let project = Project::new(&[("app/a/[x].json/route.rs", "pub async fn GET() {}")]);
    let generated = project.try_generate().unwrap();
    let warnings: Vec<_> = generated.warnings().map(|warning| project.within(warning)).collect();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("app/a/[x].json/route.rs: `[x].json` is a literal"), "{warnings:?}");
}

#[test]
fn a_folder_that_is_not_there_is_a_mistake_and_an_empty_one_a_warning() {
    let error = route_handlers::app_dir::Builder::new("no/app").try_generate().unwrap_err();
    assert!(error.to_string().starts_with("no/app: the folder cannot be read: "), "{error}");
    let project = Project::new(&[("app/layout.tsx", "")]);
    let generated = project.try_generate().unwrap();
    let warnings: Vec<_> = generated.warnings().map(|warning| project.within(warning)).collect();
    assert!(warnings[0].ends_with("app: there is no route file in it"), "{warnings:?}");
}

#[cfg(unix)]
#[test]
fn control_character_in_a_name_is_a_mistake_of_one_line() {
    for name in ["a\ncargo::rustc-env=X=1", "a\rb", "a\u{85}b", "[i\nd]", "(g\n)", "\t"] {
        for file in [format!("app/{name}/route.rs"), format!("pages/api/{name}.rs")] {
            let project = Project::new(&[(&file, "pub async fn GET() {}\npub async fn handler() {}")]);
            let mistakes = project.mistakes();
            assert!(mistakes[0].ends_with("its name has a control character: give it another one"), "{mistakes:?}");
            assert!(!mistakes[0].contains(char::is_control), "{mistakes:?}");
        }
    }
}

/// rustc refuses a comment with a character that reverses its direction (CVE-2021-42574).
#[test]
fn line_separators_and_directions_in_a_name_are_escaped_in_the_generated_file() {
    let project = Project::new(&[("app/a\u{2028}b\u{202e}c\u{2066}/route.rs", "pub async fn GET() {}")]);
    let generated = project.try_generate().unwrap();
    assert!(!generated.source().contains(['\u{2028}', '\u{202e}', '\u{2066}']), "{}", generated.source());
    assert!(generated.source().contains("a\\u{2028}b\\u{202e}c\\u{2066}"), "{}", generated.source());
}

#[cfg(unix)]
#[test]
fn link_to_a_folder_is_followed_and_link_to_a_parent_is_a_mistake() {
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
        let mistakes = project.mistakes();
        assert!(mistakes[0].contains("app/v1/users/again") && mistakes[0].contains("it is a link to "), "{mistakes:?}");
        std::fs::remove_file(link).unwrap();
    }
}
