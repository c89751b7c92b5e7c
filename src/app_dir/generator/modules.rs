//! The modules of the folders: their names, and the conflicts between them.

use std::collections::HashMap;
use std::fmt::Write as _;

use syn::Ident;

use crate::app_dir::generator::error::FileError;
use crate::app_dir::generator::folders::Convention;

/// Names that a folder cannot have as a module: of the modules of the files in its parent, and a keyword that `syn` accepts.
const TAKEN: [&str; 3] = ["route", "layer", "gen"];

/// Names in the root module of the generated file.
const TAKEN_AT_THE_ROOT: [&str; 2] = ["route_handlers", "pages"];

/// The folders of all modules.
#[derive(Default)]
pub(super) struct Modules {
    /// Maps the path of a module to the folder, and to the first file in it.
    folders: HashMap<String, (String, String)>,
}

impl Modules {
    /// Checks that no other folder has the module of a folder above a file.
    ///
    /// # Errors
    ///
    /// Another folder has the module.
    pub(super) fn check(&mut self, file: &str, convention: Convention, names: &[String]) -> Result<(), FileError> {
        let modules = path(convention, names);
        let root = modules.len() - names.len();
        for (depth, name) in names.iter().enumerate() {
            let module = modules[..=root + depth].join("::");
            let (other, first) = self.folders.entry(module.clone()).or_insert_with(|| (name.clone(), file.to_owned()));
            if other != name {
                let text = format!(
                    "the folder `{name}` has the module `{module}`, and so has `{other}` in {first}: rename one of them (a \
                     parameter or a group can have any name), or register one of the routes in code"
                );
                return Err(FileError::new(file, text));
            }
        }
        Ok(())
    }
}

/// Returns the modules of the folders above a file: `["api", "users", "id"]` for `app/api/users/[id]/route.rs`.
pub(super) fn path(convention: Convention, names: &[String]) -> Vec<String> {
    let root = match convention {
        Convention::App => None,
        Convention::Pages => Some("pages".to_owned()),
    };
    let is_root = |position| position == 0 && convention == Convention::App;
    let folders = names.iter().enumerate().map(|(position, name)| module(name, is_root(position)));
    root.into_iter().chain(folders).collect()
}

/// Returns the module name of a folder. It depends on the name of the folder alone.
///
/// `[id]` is `id`, `[...path]` and `[[...path]]` are `rest_path`, `(admin)` is `group_admin`. ASCII punctuation becomes `_`,
/// and another character its code in hexadecimal. A name that is taken gets `_` at its end.
fn module(name: &str, is_root: bool) -> String {
    let name = name.replace("%5F", "_").replace("%5f", "_");
    let within = |open: &str, close: &str| name.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let (prefix, text) = within("[[...", "]]")
        .or_else(|| within("[...", "]"))
        .map(|name| ("rest_", name))
        .or_else(|| Some(("group_", within("(", ")")?)))
        .or_else(|| Some(("", within("[", "]")?)))
        .unwrap_or(("", &name));
    let mut module = prefix.to_owned();
    for character in text.chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => module.push(character),
            _ if character.is_ascii() => module.push('_'),
            // Not as it is: rustc normalizes identifiers, and its lints about scripts cannot be allowed for one module.
            _ => write!(module, "u{:04x}", u32::from(character)).expect("writing to a String does not fail"),
        }
    }
    if module.starts_with(|first: char| first.is_ascii_digit()) {
        module.insert(0, '_');
    }
    let is_taken = TAKEN.contains(&&*module) || (is_root && TAKEN_AT_THE_ROOT.contains(&&*module));
    if is_taken || syn::parse_str::<Ident>(&module).is_err() {
        module.push('_');
    }
    module
}

#[cfg(test)]
mod tests {
    use super::module;

    #[test]
    fn module_is_named_after_its_folder() {
        for (folder, name) in [
            ("users", "users"),
            ("[id]", "id"),
            ("[...path]", "rest_path"),
            ("[[...path]]", "rest_path"),
            ("(admin)", "group_admin"),
            ("[user-id]", "user_id"),
            ("users.json", "users_json"),
            (".well-known", "_well_known"),
            ("%5Flib", "_lib"),
            ("Users", "Users"),
            ("2fa", "_2fa"),
            ("type", "type_"),
            ("self", "self_"),
            ("[crate]", "crate_"),
            ("gen", "gen_"),
            ("route", "route_"),
            ("layer", "layer_"),
            ("-", "__"),
            ("ü", "u00fc"),
            ("pages", "pages"),
        ] {
            assert_eq!(module(folder, false), name, "{folder}");
        }
        assert_eq!(module("pages", true), "pages_");
        assert_eq!(module("route-handlers", true), "route_handlers_");
    }
}
