//! `examples/README.md` lists every example, once, with the command that runs it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");

/// The files and folders of `examples` that are not examples themselves.
const OTHERS: [&str; 2] = ["README.md", "shared"];

fn index() -> String {
    fs::read_to_string(Path::new(FOLDER).join("README.md")).expect("the index can be read")
}

#[test]
fn every_example_is_in_the_index_once() {
    let files = fs::read_dir(FOLDER).expect("the folder can be read");
    let names =
        files.map(|file| file.expect("the entry can be read").file_name().into_string().expect("a name is text"));
    let examples: BTreeSet<_> = names.filter(|name| !OTHERS.contains(&name.as_str())).collect();
    let text = index();
    let rows: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("| [")?.split_once(']')).collect();
    let listed: BTreeSet<_> = rows.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed, examples, "`examples/README.md` and the folder `examples` must have the same examples");
    assert_eq!(listed.len(), rows.len(), "an example is listed twice");
    for (name, rest) in rows {
        assert!(rest.starts_with(&format!("({name}) | ")), "the row of `{name}` must link to it: [{name}]({name})");
        assert!(rest.ends_with("` |"), "the row of `{name}` must end with the command that runs it");
    }
}

#[test]
fn commands_of_the_index_name_their_examples() {
    let manifest = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).expect("it can be read");
    for row in index().lines().filter(|line| line.starts_with("| [")) {
        let command = row.trim_end_matches("` |").rsplit('`').next().unwrap_or_default();
        let mut words = command.split(' ').skip_while(|word| !["--example", "-p"].contains(word));
        match (words.next(), words.next()) {
            (Some("--example"), Some(name)) => {
                assert!(
                    manifest.contains(&format!("[[example]]\nname = \"{name}\"\n")),
                    "`{command}` names no example"
                );
            }
            (_, Some(package)) => {
                assert!(manifest.contains(&format!("\"examples/{package}")), "`{command}` names no package");
            }
            _ => assert!(Path::new(FOLDER).join("..").join(command).is_file(), "`{command}` is no file"),
        }
    }
}
