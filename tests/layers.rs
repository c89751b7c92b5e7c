//! `src/lib.rs` lists the modules layer by layer; a module imports only from the layers above it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Module → its layer: the number of blank lines before its `mod` line.
fn layers(lib: &str) -> HashMap<String, usize> {
    let mut layer = 0;
    let mut layers = HashMap::new();
    for line in lib.lines().map(str::trim) {
        if let Some(name) = line.strip_suffix(';').and_then(|line| line.split("mod ").nth(1)) {
            layers.insert(name.to_owned(), layer);
        } else if line.is_empty() {
            layer += 1;
        }
    }
    layers
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The names after `crate::`, in code; a macro's `$crate::` is what users write.
fn imports(source: &str) -> impl Iterator<Item = &str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let paths =
        code.flat_map(|line| line.match_indices("crate::").map(move |(at, path)| line.split_at(at + path.len())));
    paths.filter(|(before, _)| !before.ends_with("$crate::")).map(|(_, rest)| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn a_module_imports_only_from_the_layers_above_its_own() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let layers = layers(&fs::read_to_string(src.join("lib.rs")).unwrap());
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut checked = 0;
    for file in files.iter().filter(|file| !file.ends_with("src/lib.rs")) {
        let relative = file.strip_prefix(&src).unwrap();
        let own = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let own_layer = *layers.get(own).unwrap_or_else(|| panic!("lib.rs does not list `{own}`"));
        for name in imports(&fs::read_to_string(file).unwrap()) {
            checked += 1;
            let layer = layers.get(name).unwrap_or_else(|| {
                panic!(
                    "{}: `crate::{name}` is no module: import from the module, not from the root",
                    relative.display()
                )
            });
            assert!(
                name == own || *layer < own_layer,
                "{}: `{own}` (layer {own_layer}) may not import from `{name}` (layer {layer})",
                relative.display(),
            );
        }
    }
    assert!(checked > 100, "only {checked} imports were found");
}

#[test]
fn siblings_are_told_apart_from_layers() {
    let layers = layers("mod a;\nmod b;\n\npub mod c;\n");
    assert_eq!((layers["a"], layers["b"], layers["c"]), (0, 0, 1));
    assert_eq!(
        imports("use crate::a::X;\n// crate::b\nlet y = crate::c::f() + $crate::d!();").collect::<Vec<_>>(),
        ["a", "c"]
    );
}
