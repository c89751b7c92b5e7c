//! The exports of a route file: its handlers, its settings and `route`. The export of a layer file.

use crate::app_dir::generator::error::FileError;
use crate::app_dir::generator::folders::Convention;
use crate::app_dir::generator::items::{Item, Kind, Outline};

/// The methods that a file below `app` may export: those of Next.js, and QUERY.
pub(super) const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];

/// The function of a file below `pages/api`.
pub(super) const HANDLER: &str = "handler";

/// The function that changes the `Route` of a file.
pub(super) const ROUTE: &str = "route";

/// The function of a layer file.
const LAYER: &str = "layer";

const SETTINGS: [&str; 4] = ["RUNTIME", "MAX_DURATION", "BODY_LIMIT", "DOCUMENTED"];
const PAGES_SETTINGS: [&str; 4] = ["RUNTIME", "MAX_DURATION", "BODY_LIMIT", "BODY_PARSER"];

const GLOB: &str = ". The names in `pub use …::*` are not known: write them out";

const NO_CACHE: &str = "responses are not cached: each request runs its handler. Remove it, and set `Cache-Control` in the \
                        response, or use `Route::etag`";
const NO_PRERENDERING: &str = "routes are not prerendered: each request runs its handler. Remove it, and use an enum in \
                               `Path<T>` to refuse other values of a parameter";

/// The settings of Next.js that have no effect here, each with the reason.
const UNSUPPORTED: [(&str, &str); 6] = [
    ("DYNAMIC", NO_CACHE),
    ("REVALIDATE", NO_CACHE),
    ("FETCH_CACHE", NO_CACHE),
    ("DYNAMIC_PARAMS", NO_PRERENDERING),
    ("GENERATE_STATIC_PARAMS", NO_PRERENDERING),
    ("PREFERRED_REGION", "the deployment decides where a handler runs. Remove it"),
];

/// The exports of a route file.
#[derive(Clone, Debug, Default)]
pub(super) struct Exports {
    /// The conditions of the whole file.
    pub(super) conditions: Vec<String>,
    pub(super) handlers: Vec<Export>,
    /// The methods of the handlers. Empty if one function handles every method.
    pub(super) methods: Vec<&'static str>,
    pub(super) settings: Vec<&'static str>,
    pub(super) is_edge: bool,
    /// The value of `DOCUMENTED`.
    pub(super) documented: Option<bool>,
    /// The number of states that `route` takes, if the file has this function.
    pub(super) route: Option<usize>,
}

/// A handler, its conditions, and its documentation.
#[derive(Clone, Debug)]
pub(super) struct Export {
    pub(super) name: &'static str,
    pub(super) conditions: Vec<String>,
    pub(super) docs: String,
}

/// Collects the exports of a file, and adds its errors to `errors`.
pub(super) fn collect(file: &str, convention: Convention, outline: &Outline, errors: &mut Vec<FileError>) -> Exports {
    let mut exports = Exports { conditions: outline.conditions.clone(), ..Exports::default() };
    let before = errors.len();
    for item in &outline.items {
        let result = match &item.kind {
            Kind::Constant { .. } => exports.add_constant(item, convention),
            Kind::Reexport if setting(&item.name, convention).is_some() => exports.add_constant(item, convention),
            Kind::Function { .. } | Kind::Reexport => exports.add_function(item, convention),
        };
        if let Err(text) = result {
            errors.push(FileError::at(file, item.position, text));
        }
    }
    if exports.handlers.is_empty() && exports.route.is_none() && errors.len() == before {
        errors.push(FileError::new(file, exports_nothing(convention, outline.has_glob)));
    }
    exports
}

/// Returns the number of states that the function of a layer file takes.
///
/// # Errors
///
/// The file has no such function.
pub(super) fn layer(file: &str, outline: &Outline) -> Result<usize, FileError> {
    let Some(item) = outline.items.iter().find(|item| item.name == LAYER) else {
        let similar = outline.items.iter().find(|item| closest(&item.name, &[LAYER], false).is_some());
        let glob = if outline.has_glob { GLOB } else { "" };
        return Err(match similar {
            Some(Item { name, position, .. }) => FileError::at(
                file,
                *position,
                format!("`{name}` is not the name of the layer: did you mean `{LAYER}`?"),
            ),
            None => FileError::new(file, format!("it exports no layer: write `{LAYER_FN}`, or rename the file{glob}")),
        });
    };
    let refuse = |text: String| Err(FileError::at(file, item.position, text));
    if !outline.conditions.is_empty() {
        return refuse(format!("`{LAYER}` is under a `#![cfg]`: put the condition into its body"));
    }
    parameters(item, LAYER_FN).or_else(refuse)
}

const LAYER_FN: &str = "pub fn layer() -> impl HandlerLayer";
const ROUTE_FN: &str = "pub fn route(route: Route) -> Route";

/// Returns the number of parameters of a function of this form, or why the generated code cannot call it. The parameters of a
/// re-exported function are not known here, so their number is the one of the form.
fn parameters(item: &Item, form: &str) -> Result<usize, String> {
    let name = &item.name;
    let required = usize::from(form == ROUTE_FN);
    match item.kind {
        _ if !item.is_public => {
            Err(format!("`{name}` is not `pub`, so it has no effect: write `{form}`, or rename it"))
        }
        _ if !item.conditions.is_empty() => {
            Err(format!("`{name}` is under a `#[cfg]`: put the condition into its body"))
        }
        Kind::Constant { .. } => Err(format!("`{name}` is a constant: write `{form}`")),
        Kind::Function { is_async: true, .. } => Err(format!("`{name}` is `async`: write `{form}`")),
        Kind::Function { parameters, .. } if parameters < required => {
            Err(format!("`{name}` has no parameter: write `{form}`"))
        }
        Kind::Function { parameters, .. } => Ok(parameters - required),
        Kind::Reexport => Ok(0),
    }
}

impl Exports {
    fn add_function(&mut self, item: &Item, convention: Convention) -> Result<(), String> {
        let name = item.name.as_str();
        if name == ROUTE {
            self.route = Some(parameters(item, ROUTE_FN)?);
            return Ok(());
        }
        let known = match convention {
            Convention::App => METHODS.iter().find(|method| **method == name),
            Convention::Pages => Some(&HANDLER).filter(|handler| **handler == name),
        };
        if let Some(known) = known {
            check_handler(item)?;
            let Item { conditions, docs, .. } = item.clone();
            self.handlers.push(Export { name: known, conditions, docs });
            self.methods.extend(Some(known).filter(|_| convention == Convention::App));
            return Ok(());
        }
        check_unsupported(item)?;
        let is_upper_case = !name.contains(|c: char| c.is_lowercase());
        let is_snake_case = !name.contains(|c: char| c.is_uppercase());
        match convention {
            _ if is_snake_case && !item.is_public => Ok(()),
            Convention::App => match closest(name, &METHODS, is_snake_case) {
                Some(method) => Err(format!("`{name}` is not a method: did you mean `{method}`?")),
                None if is_upper_case => Err(format!(
                    "`{name}` is not a method of route files ({}): register it in code, with `.on(method, pattern, handler)`",
                    METHODS.join(", ")
                )),
                None => Ok(()),
            },
            Convention::Pages => match closest(name, &[HANDLER], false) {
                Some(handler) => Err(format!("`{name}` is not the name of the handler: did you mean `{handler}`?")),
                None if METHODS.contains(&name) => Err(format!(
                    "`{name}`: below `pages/api` one function handles every method: write `pub async fn handler(req, res)`, or \
                     move `{name}` to `app/…/route.rs`"
                )),
                None => Ok(()),
            },
        }
    }

    fn add_constant(&mut self, item: &Item, convention: Convention) -> Result<(), String> {
        let name = item.name.as_str();
        if let Some(known) = setting(name, convention) {
            if !item.is_public {
                return Err(format!(
                    "`{name}` is not `pub`, so it has no effect: write `pub const {name}`, or rename it"
                ));
            }
            if !item.conditions.is_empty() {
                return Err(format!("`{name}` is under a `#[cfg]`: put the condition into its value"));
            }
            if known == "RUNTIME" {
                self.is_edge = is_edge(item)?;
            }
            if known == "DOCUMENTED" {
                self.documented = Some(is_documented(item)?);
            }
            self.settings.push(known);
            return Ok(());
        }
        if !item.is_public {
            return Ok(());
        }
        if name == ROUTE {
            return parameters(item, ROUTE_FN).map(drop);
        }
        if METHODS.contains(&name) || name == HANDLER {
            return Err(format!("`{name}` is a constant: write `pub async fn {name}`"));
        }
        check_unsupported(item)?;
        let settings = settings(convention);
        let hint = closest(name, settings, false).map(|known| format!(": did you mean `{known}`?"));
        Err(format!(
            "`{name}` is not a setting of a route file{} The settings are {}. Remove `pub` from other constants",
            hint.as_deref().unwrap_or("."),
            settings.join(", "),
        ))
    }
}

fn settings(convention: Convention) -> &'static [&'static str] {
    match convention {
        Convention::App => &SETTINGS,
        Convention::Pages => &PAGES_SETTINGS,
    }
}

fn setting(name: &str, convention: Convention) -> Option<&'static str> {
    settings(convention).iter().find(|setting| **setting == name).copied()
}

fn check_handler(item: &Item) -> Result<(), String> {
    let name = &item.name;
    match item.kind {
        _ if !item.is_public => Err(format!("`{name}` is not `pub`: write `pub async fn {name}`")),
        Kind::Function { is_async: false, .. } => Err(format!("`{name}` is not `async`: write `pub async fn {name}`")),
        _ => Ok(()),
    }
}

/// Reads `RUNTIME` from the text of the file: the generated code leaves a file out of wasm32 before any type is known.
fn is_edge(item: &Item) -> Result<bool, String> {
    match &item.kind {
        Kind::Constant { last_word: Some(word) } if word == "Edge" => Ok(true),
        Kind::Constant { last_word: Some(word) } if word == "Native" => Ok(false),
        _ => Err(
            "the value of `RUNTIME` must be a path: write `pub const RUNTIME: Runtime = Runtime::Edge`, or `Runtime::Native`"
                .to_owned(),
        ),
    }
}

/// Reads `DOCUMENTED` from the text of the file: the generated code differs.
fn is_documented(item: &Item) -> Result<bool, String> {
    match &item.kind {
        Kind::Constant { last_word: Some(word) } if word == "true" => Ok(true),
        Kind::Constant { last_word: Some(word) } if word == "false" => Ok(false),
        _ => Err("the value of `DOCUMENTED` must be `true` or `false`".to_owned()),
    }
}

/// Refuses the settings of Next.js that have no effect here, so that nobody relies on them.
fn check_unsupported(item: &Item) -> Result<(), String> {
    let name = plain(&item.name);
    let unsupported = UNSUPPORTED.iter().find(|(setting, _)| item.is_public && plain(setting) == name);
    unsupported.map_or(Ok(()), |(_, reason)| Err(format!("`{}`: {reason}", item.name)))
}

fn exports_nothing(convention: Convention, has_glob: bool) -> String {
    let fix = match convention {
        Convention::App => {
            format!("write `pub async fn GET` (or {}), or rename the file", METHODS[1..].join(", "))
        }
        Convention::Pages => {
            "write `pub async fn handler(req: PagesRequest, res: PagesResponse)`, or move the file out of \
                              `pages/api`, where each file is a route"
                .to_owned()
        }
    };
    let glob = if has_glob { GLOB } else { "" };
    format!("it exports no handler: {fix}{glob}")
}

/// Returns the known name that is most like a misspelled one. With `only_case` it differs in case and underscores only.
fn closest(name: &str, known: &[&'static str], only_case: bool) -> Option<&'static str> {
    let name = plain(name);
    let same = known.iter().find(|known| plain(known) == name);
    let near = || known.iter().find(|known| !only_case && is_near(&name, &plain(known)));
    same.or_else(near).copied()
}

/// Returns a name in upper case, without underscores.
fn plain(name: &str) -> String {
    name.replace('_', "").to_uppercase()
}

/// Returns whether two names differ by one edit: a letter is missing, added or replaced, or two neighbours are swapped.
fn is_near(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let start = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[start..], &other[start..]);
    match (one, other) {
        ([_, one @ ..], [_, other @ ..]) if one == other => true,
        ([_, one @ ..], other) if one == other => true,
        (one, [_, other @ ..]) if one == other => true,
        ([a, b, one @ ..], [c, d, other @ ..]) => a == d && b == c && one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_name_differs_by_one_edit() {
        for near in ["GE", "GETT", "GTE", "GEG", "EGT", "GEET"] {
            assert!(is_near(near, "GET"), "{near}");
        }
        for other in ["", "G", "TEG", "GETTT", "POST"] {
            assert!(!is_near(other, "GET"), "{other}");
        }
    }

    #[test]
    fn closest_name_ignores_case_and_underscores() {
        assert_eq!(closest("Post", &METHODS, true), Some("POST"));
        assert_eq!(closest("posts", &METHODS, true), None);
        assert_eq!(closest("DELTE", &METHODS, false), Some("DELETE"));
        assert_eq!(closest("maxDuration", &SETTINGS, false), Some("MAX_DURATION"));
        assert_eq!(closest("TIMEOUT", &SETTINGS, false), None);
    }
}
