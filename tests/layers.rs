//! How modules may import each other.
//!
//! * `src/lib.rs` lists the modules in layers. A module imports only from the layers above its own.
//! * The files of one folder do not import each other in a circle.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

/// Maps each module to its layer: the number of blank lines before its `mod` line.
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

/// Returns the entries of a folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Returns all Rust files in a file or folder.
fn rust_files(path: &Path) -> Vec<PathBuf> {
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    match path.is_dir() {
        true => entries(path).iter().flat_map(|path| rust_files(path)).collect(),
        false if is_rust => vec![path.to_owned()],
        false => Vec::new(),
    }
}

/// Returns the text of a file without comment lines.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Returns the names after a path: `a` for `crate::a::X`, and `a` and `b` for `crate::{a, b}`. A macro's `$crate::` is not an
/// import.
fn names_after<'c>(code: &'c str, path: &str) -> Vec<&'c str> {
    let parts = code.match_indices(path).filter(|(at, _)| !code[..*at].ends_with('$'));
    let rests = parts.map(|(at, path)| &code[at + path.len()..]);
    let names = |rest: &'c str| match rest.strip_prefix('{') {
        Some(list) => words(list.split('}').next().unwrap_or_default()).collect(),
        None => words(rest).take(1).collect::<Vec<_>>(),
    };
    rests.flat_map(names).collect()
}

/// Returns the name of a file or folder as a module. `None` for the file that declares the modules of its folder.
fn module(path: &Path) -> Option<String> {
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    Some(name).filter(|name| !["lib", "main", "mod"].contains(&name.as_str()))
}

/// Maps each name in a folder to its module: the modules, and the names that `mod.rs` re-exports from them.
fn names_of(folder: &Path) -> HashMap<String, String> {
    let mut names: HashMap<_, _> =
        entries(folder).iter().filter_map(|path| module(path)).map(|name| (name.clone(), name)).collect();
    let declarations = if folder.join("mod.rs").exists() { code(&folder.join("mod.rs")) } else { String::new() };
    for (_, path) in declarations.split(';').filter_map(|statement| statement.rsplit_once("use ")) {
        let Some((module, exported)) = path.split_once("::").filter(|(module, _)| names.contains_key(*module)) else {
            continue;
        };
        names.extend(words(exported).map(|name| (name.to_owned(), module.to_owned())).collect::<Vec<_>>());
    }
    names
}

/// Maps each module of a folder to the modules of the same folder that it imports.
fn imports_within(root: &Path, folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let names = names_of(folder);
    let path: String =
        folder.strip_prefix(root).unwrap().iter().flat_map(|name| [name.to_str().unwrap(), "::"]).collect();
    let imports = |entry: &PathBuf| {
        let own = module(entry)?;
        let mut imports = BTreeSet::new();
        for code in rust_files(entry).iter().map(|file| code(file)) {
            let mut imported = names_after(&code, &format!("crate::{path}"));
            if entry.is_file() {
                imported.extend(names_after(&code, "super::"));
            }
            imports
                .extend(imported.into_iter().filter_map(|name| names.get(name)).filter(|name| **name != own).cloned());
        }
        Some((own, imports))
    };
    entries(folder).iter().filter_map(imports).collect()
}

/// Returns the modules that import each other in a circle, and those that lead into it. Removes all others one by one.
fn circle(mut imports: BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    let is_leaf = |name: &String, imports: &BTreeMap<_, BTreeSet<_>>| {
        imports[name].iter().all(|name| !imports.contains_key(name))
    };
    while let Some(leaf) = imports.keys().find(|name| is_leaf(name, &imports)).cloned() {
        imports.remove(&leaf);
    }
    imports
}

/// Returns a folder and all folders below it.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let inner = entries(folder).into_iter().filter(|path| path.is_dir());
    std::iter::once(folder.to_owned()).chain(inner.flat_map(|path| folders(&path))).collect()
}

#[test]
fn module_imports_only_from_the_layers_above_its_own() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let layers = layers(&fs::read_to_string(src.join("lib.rs")).unwrap());
    let mut checked = 0;
    // The guide is text for rustdoc: its pages link to the items of all modules.
    let is_code = |file: &&PathBuf| !file.ends_with("src/lib.rs") && !file.starts_with(src.join("guide"));
    for file in rust_files(&src).iter().filter(is_code) {
        let relative = file.strip_prefix(&src).unwrap();
        let own = module(Path::new(relative.iter().next().unwrap())).unwrap();
        let own_layer = *layers.get(&own).unwrap_or_else(|| panic!("lib.rs does not list `{own}`"));
        for name in names_after(&code(file), "crate::") {
            checked += 1;
            let layer = layers.get(name).unwrap_or_else(|| {
                panic!(
                    "{}: `crate::{name}` is not a module: import from the module, not from the root",
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
fn files_of_a_folder_do_not_import_each_other_in_a_circle() {
    for root in ["src", "benches/peers/src"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
        for folder in folders(&root) {
            let circle = circle(imports_within(&root, &folder));
            assert!(circle.is_empty(), "{}: these import each other: {circle:?}", folder.display());
        }
    }
}

#[test]
fn circle_is_found_and_other_modules_are_not() {
    let imports = [("a", "b"), ("b", "c"), ("c", "b"), ("d", "e"), ("e", "f")];
    let imports = imports.map(|(name, imported)| (String::from(name), BTreeSet::from([String::from(imported)])));
    assert_eq!(circle(BTreeMap::from(imports)).into_keys().collect::<Vec<_>>(), ["a", "b", "c"], "`a` leads into it");
}

#[test]
fn names_after_a_path_are_found_in_code_and_not_in_macros() {
    let layers = layers("mod a;\nmod b;\n\npub mod c;\n");
    assert_eq!((layers["a"], layers["b"], layers["c"]), (0, 0, 1));
    let code = "use crate::a::X;\nuse crate::{b, c};\nlet y = crate::d::f() + $crate::e!();";
    assert_eq!(names_after(code, "crate::"), ["a", "b", "c", "d"]);
}
