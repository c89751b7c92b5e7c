//! The names of types in the document. They depend on the types only, and not on the routes.

use std::collections::{BTreeMap, BTreeSet};

/// Returns the name of each type. `ids` maps the id of a type to its name in the schema generator.
///
/// A type has its own name, with the names of its type parameters after it: `PageUser`. If types in several modules have one
/// name, the name of each begins with its module: `BooksItem`, `OrdersItem`.
pub(super) fn display_names(ids: &BTreeMap<&str, &str>) -> BTreeMap<String, String> {
    let types: Vec<Type<'_>> = ids.iter().map(|(id, name)| Type::parse(id, name, ids)).collect();
    let paths = names_of_paths(&types);
    let name = |of: &Type<'_>| paths[of.path].clone() + &names_of_parameters(of.parameters, &paths);
    types.iter().map(|of| (of.id.to_owned(), name(of))).collect()
}

/// The parts of an id.
struct Type<'a> {
    id: &'a str,
    /// The part without type parameters: `shop::Page`.
    path: &'a str,
    /// The ids of the type parameters, joined without a separator: `shop::User`.
    parameters: &'a str,
    /// The name without its module and type parameters.
    name: &'a str,
}

impl<'a> Type<'a> {
    fn parse(id: &'a str, name: &'a str, ids: &BTreeMap<&str, &str>) -> Self {
        let (path, parameters) = match id.strip_suffix('>').and_then(|id| id.split_once('<')) {
            Some((path, parameters)) => (path, parameters),
            None => (id, ""),
        };
        let own = path.rsplit("::").next().unwrap_or_default();
        if own == name || is_numbered(own, name) {
            return Self { id, path, parameters, name: own };
        }
        // The name of the type is not in its id: `rename = "{T}s"`, or another implementation of `JsonSchema`.
        let is_taken = |first: &&str| ids.values().any(|other| other == first);
        let first = name.trim_end_matches(|character: char| character.is_ascii_digit());
        let name = Some(first).filter(|first| is_numbered(first, name)).filter(is_taken).unwrap_or(name);
        Self { id, path: id, parameters: "", name }
    }

    /// Returns the name with the last modules before it, each in upper camel case.
    fn with_modules(&self, count: usize) -> String {
        let modules: Vec<_> = self.path.split('<').next().unwrap_or_default().split("::").collect();
        let modules = &modules[..modules.len() - 1];
        let last = &modules[modules.len().saturating_sub(count)..];
        last.iter().map(|module| upper_camel_case(module)).collect::<String>() + self.name
    }
}

/// Whether a schema generator made a name unique with a number.
fn is_numbered(name: &str, numbered: &str) -> bool {
    numbered.strip_prefix(name).is_some_and(|number| number.parse::<u32>().is_ok_and(|number| number > 1))
}

/// Returns the name of each path. It begins with as many modules as the paths with one name need to differ.
fn names_of_paths<'a>(types: &[Type<'a>]) -> BTreeMap<&'a str, String> {
    let mut by_name: BTreeMap<&str, BTreeMap<&str, &Type<'a>>> = BTreeMap::new();
    for of in types {
        by_name.entry(of.name).or_default().insert(of.path, of);
    }
    let mut names = BTreeMap::new();
    for types in by_name.into_values() {
        let count = |path: &str| path.matches("::").count();
        let most = types.keys().copied().map(count).max().unwrap_or(0);
        let differ = |modules: &usize| {
            types.values().map(|of| of.with_modules(*modules)).collect::<BTreeSet<_>>().len() == types.len()
        };
        let modules = (0..=most).find(differ).unwrap_or(0);
        names.extend(types.into_iter().map(|(path, of)| (path, of.with_modules(modules))));
    }
    names
}

/// Returns the names in a list of ids.
fn names_of_parameters(mut ids: &str, paths: &BTreeMap<&str, String>) -> String {
    let mut names = String::new();
    while let Some(first) = ids.chars().next() {
        let known = paths.iter().filter(|(path, _)| !path.is_empty() && ids.starts_with(**path));
        let length = if let Some((path, name)) = known.max_by_key(|(path, _)| path.len()) {
            names.push_str(&upper_camel_case(name));
            path.len()
        } else {
            let is_part = |character: char| character.is_alphanumeric() || "_:".contains(character);
            let path = &ids[..ids.find(|character| !is_part(character)).unwrap_or(ids.len())];
            names.push_str(&upper_camel_case(path.rsplit("::").next().unwrap_or_default()));
            match first {
                '[' => names.push_str("Array"),
                '(' => names.push_str("Tuple"),
                _ => {}
            }
            path.len().max(first.len_utf8())
        };
        ids = &ids[length..];
    }
    names
}

fn upper_camel_case(words: &str) -> String {
    let mut name = String::with_capacity(words.len());
    for word in words.split('_') {
        let mut characters = word.chars();
        name.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(characters.as_str());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_of_a_type_comes_from_its_id() {
        for (types, expected) in [
            (&[("shop::User", "User")][..], &["User"][..]),
            (&[("shop::Page<shop::User>", "Page")], &["PageUser"]),
            (&[("shop::Page<shop::Item>", "Page2"), ("shop::Page<shop::User>", "Page")], &["PageItem", "PageUser"]),
            (&[("books::Item", "Item"), ("shop::orders::Item", "Item2")], &["BooksItem", "OrdersItem"]),
            (&[("a::v_1::Item", "Item2"), ("a::v_2::Item", "Item")], &["V1Item", "V2Item"]),
            (&[("a::x::Item", "Item"), ("b::x::Item", "Item2")], &["AXItem", "BXItem"]),
            (&[("shop::Item2", "Item2")], &["Item2"]),
            (&[("shop::Page<[uint32]>", "Page")], &["PageArrayUint32"]),
            (&[("shop::Page<Option<other::Hidden>>", "Page")], &["PageOptionHidden"]),
            (
                &[("a::Item", "Item"), ("b::Item", "Item2"), ("shop::Pair<b::Itema::Item>", "Pair")],
                &["AItem", "BItem", "PairBItemAItem"],
            ),
            // renamed with the names of the parameters, or by hand
            (&[("shop::{T}s<shop::User>", "Users")], &["Users"]),
            (&[("shop::All{T}<a::I>", "AllI2"), ("shop::All{T}<b::I>", "AllI")], &["AllI", "AllI"]),
            (
                &[("shop::Page<User>", "Page<User>"), ("shop::Tree<shop::Page<User>>", "Tree")],
                &["Page<User>", "TreePage<User>"],
            ),
            (&[("", "")], &[""]),
        ] {
            let types: BTreeMap<&str, &str> = types.iter().copied().collect();
            let names: Vec<_> = display_names(&types).into_values().collect();
            assert_eq!(names, expected, "{types:?}");
        }
    }
}
