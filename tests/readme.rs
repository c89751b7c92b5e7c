//! The README is short, its links lead to files, and its lists are complete. Its blocks of code are documentation tests.

use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const README: &str = include_str!("../README.md");

#[test]
fn readme_has_at_most_150_lines() {
    assert!(README.lines().count() <= 150, "{}", README.lines().count());
}

#[test]
fn links_of_the_documents_lead_to_files() {
    for document in ["README.md", "COMPARISON.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md"] {
        let path = Path::new(ROOT).join(document);
        let text = fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let is_local = !link.is_empty() && !link.starts_with("http");
            assert!(!is_local || path.parent().unwrap().join(link).exists(), "{document}: {link}");
        }
    }
}

#[test]
fn files_that_the_comparison_names_exist() {
    let text = include_str!("../COMPARISON.md");
    let shown = text.split("\n## Where it is shown\n").nth(1).unwrap().split("\nThe other columns").next().unwrap();
    let names: Vec<_> = shown.split('`').skip(1).step_by(2).filter(|name| name.contains('/')).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(Path::new(ROOT).join(name).exists(), "COMPARISON.md: {name}");
    }
}

#[test]
fn rows_of_the_comparison_have_a_cell_for_each_framework() {
    let tables = include_str!("../COMPARISON.md").split("\n## Where it is shown\n").next().unwrap();
    for row in tables.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(row.matches('|').count(), 11, "{row}");
    }
}

#[test]
fn features_of_the_readme_are_those_of_the_manifest() {
    let manifest = include_str!("../Cargo.toml");
    let section = |text: &'static str, from: &str, to: &str| {
        text.split(from).nth(1).unwrap().split(to).next().unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let declared: Vec<_> = section(manifest, "\n[features]\n", "\n[")
        .iter()
        .filter_map(|line| line.split_once(" = [").map(|(name, _)| name.to_owned()))
        .filter(|name| name != "default")
        .collect();
    let listed: Vec<_> = section(README, "\n| feature | adds |\n", "\n\n")
        .iter()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next().map(str::to_owned))
        .flat_map(|names| names.split(", ").map(|name| name.trim_matches('`').to_owned()).collect::<Vec<_>>())
        .collect();
    for feature in &declared {
        assert!(listed.contains(feature), "the README does not list the feature `{feature}`");
    }
    assert_eq!(listed.len(), declared.len(), "the README lists a feature twice, or one that does not exist");
}

#[test]
fn example_of_the_readme_has_the_features_that_it_requires() {
    let manifest = include_str!("../Cargo.toml");
    let command = README.lines().find(|line| line.starts_with("cargo run --example ")).expect("the README runs one");
    let mut words = command.split_whitespace().skip(3);
    let name = words.next().expect("the command names an example");
    let given: Vec<&str> =
        words.skip_while(|word| *word != "--features").nth(1).unwrap_or_default().split(',').collect();
    let example = manifest.split("[[example]]\n").find(|part| part.starts_with(&format!("name = \"{name}\"\n")));
    let example = example.expect("the manifest has the example").split("\n\n").next().unwrap_or_default();
    let required = example.lines().find_map(|line| line.strip_prefix("required-features = ")).unwrap_or_default();
    for feature in required.split('"').skip(1).step_by(2) {
        assert!(given.contains(&feature), "`{command}` needs the feature `{feature}`");
    }
}
