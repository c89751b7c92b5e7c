//! Every public item has an example in its documentation, or in that of its type or its module.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

/// Types that a program gets and does not name: futures, services and layers. The documentation of the function that returns one
/// has an example.
const RESULTS: [&str; 17] = [
    "AxumHandler",
    "AxumHandlerService",
    "AxumLayer",
    "AxumLayerService",
    "BoxFuture",
    "Documented",
    "DocumentedArguments",
    "FromFn",
    "FromFnService",
    "HandlerFuture",
    "InnerFuture",
    "NoClient",
    "PagesArguments",
    "ResponseBody",
    "ResponseFuture",
    "RouteFuture",
    "ServiceHandler",
];

/// Traits of bounds, which this crate implements for every type that they fit.
const BOUNDS: [&str; 6] =
    ["DocumentArgument", "DocumentArguments", "DocumentResponse", "MaybeSend", "MaybeSync", "MiddlewareFunction"];

struct Item {
    file: String,
    line: usize,
    /// The type of a method.
    owner: Option<String>,
    kind: String,
    name: String,
    rest: String,
    docs: String,
}

impl Item {
    /// Whether it has an example, or, for a type, names the item that has one.
    fn has_example(&self) -> bool {
        let names_another = [": see [`", "has an example"].iter().any(|words| self.docs.contains(words));
        self.docs.contains("```") || self.kind != "fn" && names_another
    }

    /// Whether it only returns a part of its value: its documentation is one line.
    fn is_getter(&self) -> bool {
        (self.rest.starts_with("(&self)") || self.rest.starts_with("(self)")) && self.docs.lines().count() == 1
    }

    fn is_public(&self, api: &str) -> bool {
        let name = &self.name;
        match (&*self.kind, &self.owner) {
            ("fn", Some(owner)) => {
                let generic = format!("{owner}<");
                api.lines()
                    .filter(|line| line.contains(&format!("::{name}(")))
                    .any(|line| line.contains(&format!("::{owner}::{name}(")) || line.contains(&format!("::{generic}")))
                    || api.contains(&format!("::{owner}::{name}<"))
            }
            ("fn", None) => api.lines().any(|line| {
                line.starts_with("pub ")
                    && line.contains(" fn route_handlers::")
                    && [format!("::{name}("), format!("::{name}<")].iter().any(|end| line.contains(end))
            }),
            (kind, _) => api.lines().any(|line| {
                line.contains(&format!("pub {kind} route_handlers::"))
                    && [" ", "<", "(", ":"].iter().any(|end| line.contains(&format!("::{name}{end}")))
                    || line.contains(&format!("pub {kind} route_handlers::")) && line.ends_with(&format!("::{name}"))
            }),
        }
    }
}

fn rust_files(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() {
        let entries = fs::read_dir(path).expect("the folder can be read");
        return entries.flat_map(|entry| rust_files(&entry.expect("the entry can be read").path())).collect();
    }
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    if is_rust { vec![path.to_owned()] } else { Vec::new() }
}

/// The name at the beginning of a text.
fn name_of(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// The type of an `impl` block.
fn type_of(line: &str) -> &str {
    let rest = line.strip_prefix("impl").unwrap_or_default();
    let mut depth = 0_i32;
    let end_of_generics = rest.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '<') - i32::from(*c == '>');
        depth == 0
    });
    let start = if rest.starts_with('<') { end_of_generics.map_or(0, |(at, _)| at + 1) } else { 0 };
    let rest = &rest[start..];
    name_of(rest.trim_start())
}

/// The documentation of the module of a file, and of the file itself.
fn module_docs(file: &Path) -> String {
    let files = [file.to_owned(), file.with_file_name("mod.rs")];
    let texts: Vec<_> = files.iter().filter_map(|file| fs::read_to_string(file).ok()).collect();
    texts.iter().flat_map(|text| text.lines()).filter(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n")
}

/// Another item of the crate with an example of this one.
fn shown_by(item: &Item) -> Option<&'static str> {
    match item.owner.as_deref()? {
        "Documented" => Some("documented"),
        "RequestBuilder" => Some("Client"),
        _ => None,
    }
}

/// The items that a file declares as `pub`, with their documentation.
fn items(file: &Path) -> Vec<Item> {
    let text = fs::read_to_string(file).expect("the file can be read");
    let mut items = Vec::new();
    let (mut docs, mut owner, mut attribute) = (Vec::new(), None, false);
    for (number, line) in text.lines().enumerate() {
        if line == "#[cfg(test)]" {
            break;
        }
        if line.starts_with("impl") && !line.contains(" for ") {
            owner = Some(type_of(line).to_owned());
        } else if line == "}" {
            owner = None;
        }
        let line = line.trim();
        if let Some(doc) = line.strip_prefix("///") {
            docs.push(doc.to_owned());
            continue;
        }
        if line.starts_with("#[") || attribute {
            attribute = !line.ends_with(']');
            continue;
        }
        let declared = line.strip_prefix("pub ").map(|line| {
            let line = line.trim_start_matches("const ").trim_start_matches("async ");
            line.split_once(' ').unwrap_or_default()
        });
        if let Some((kind @ ("fn" | "struct" | "enum" | "trait" | "type"), rest)) = declared {
            let name = name_of(rest);
            items.push(Item {
                file: file.display().to_string(),
                line: number + 1,
                owner: owner.clone().filter(|_| kind == "fn"),
                kind: kind.to_owned(),
                name: name.to_owned(),
                rest: rest[name.len()..].to_owned(),
                docs: docs.join("\n"),
            });
        }
        docs.clear();
    }
    items
}

#[test]
fn public_module_has_a_default_and_a_customised_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let api = fs::read_to_string(root.join(".ci/public-api.txt")).expect("the list can be read");
    let modules = api.lines().filter_map(|line| line.strip_prefix("pub mod route_handlers::"));
    for module in modules.filter(|module| !module.starts_with("guide")) {
        let path = match module {
            "multipart" => "request/multipart".to_owned(),
            "sse" => "response/sse".to_owned(),
            other => other.replace("::", "/"),
        };
        let files = [format!("{path}.rs"), format!("{path}/mod.rs")];
        let text = files.iter().find_map(|file| fs::read_to_string(root.join("src").join(file)).ok());
        let text = text.unwrap_or_else(|| panic!("`{module}` has no file"));
        let fences = text.lines().filter(|line| line.starts_with("//! ```")).count();
        assert!(fences >= 4, "write a default and a customised example for the module `{module}`");
    }
}

#[test]
fn every_public_item_has_an_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let api = fs::read_to_string(root.join(".ci/public-api.txt")).expect("the list can be read");
    let items: Vec<_> = rust_files(&root.join("src")).iter().flat_map(|file| items(file)).collect();
    assert!(items.len() > 300, "the items are found");
    let mut docs_of: HashMap<&str, String> = HashMap::new();
    for item in items.iter().filter(|item| item.owner.is_none()) {
        docs_of.entry(&item.name).or_default().push_str(&item.docs);
    }
    let is_shown = |docs: &str, item: &Item| {
        let calls = [format!("{}(", item.name), format!("{}::<", item.name)];
        let is_call = |at: usize| !docs[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        docs.contains("```") && calls.iter().any(|call| docs.match_indices(call).any(|(at, _)| is_call(at)))
    };
    let is_shown_elsewhere = |item: &Item| {
        let owners = item.owner.iter().map(|owner| &**owner).chain(shown_by(item));
        owners.filter_map(|owner| docs_of.get(owner)).any(|docs| is_shown(docs, item))
            || is_shown(&module_docs(Path::new(&item.file)), item)
    };
    let exempt: BTreeSet<_> = RESULTS.into_iter().chain(BOUNDS).collect();
    let without: Vec<_> = items
        .iter()
        .filter(|item| !item.has_example() && !item.is_getter() && !exempt.contains(&*item.name))
        .filter(|item| item.is_public(&api) && !is_shown_elsewhere(item))
        .map(|item| format!("{}:{} {}", item.file, item.line, item.name))
        .collect();
    assert!(without.is_empty(), "write an example for each of these:\n{}", without.join("\n"));
}
